"""
Values in descriptions, as people write them: sizes, durations, permissions.

All of these raise :class:`ValueError`, which says what was given and what may be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

_SIZES: Final = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}

_SECONDS: Final = {
    "": 1,
    "s": 1,
    "min": 60,
    "h": 60 * 60,
    "d": 24 * 60 * 60,
}

_PERIODS: Final = ("hour", "day", "week")

# Longer numbers are no sizes, nor times.
_NUMBER = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,18})?)([A-Za-z]*)")

_MODE = re.compile(r"(?:0o)?([0-7]{3,4})")

_COUNT = re.compile(r"[0-9]{1,9}")


def size(text: str) -> int:
    """
    Read a number of bytes: ``4096``, ``100MB`` (millions), ``1.5GiB`` (powers of 1024).
    """
    number = _read(text, _SIZES)
    if number is None or number < 1:
        raise ValueError(
            f"{text!r} is not a size; write a number of bytes, or one with a unit: "
            "kB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB (of 1024)"
        )
    return int(number)


def duration(text: str) -> float:
    """
    Read a number of seconds: ``30s``, ``15min``, ``6h``, ``2d``, ``0.5``.
    """
    number = _read(text, _SECONDS)
    if not number:
        raise ValueError(
            f"{text!r} is not a duration; write a number of seconds, or one with a unit: "
            "s, min, h, d"
        )
    return float(number)


def period(text: str) -> str | float:
    """
    Read how often something happens: a :func:`duration`, or ``hour``, ``day``,
    ``week`` by the calendar.
    """
    if text in _PERIODS:
        return text
    try:
        return duration(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not a period; write hour, day or week, or a number of seconds, "
            "or one with a unit: s, min, h, d"
        ) from None


def count(text: str) -> int:
    """
    Read how many there are: ``0``, ``10``.
    """
    if not _COUNT.fullmatch(text):
        raise ValueError(f"{text!r} is not a number; write one without a sign, such as 10")
    return int(text)


def mode(text: str) -> int:
    """
    Read the permissions of a file, octal: ``640``, ``0640``.
    """
    match = _MODE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} are no permissions; write them in octal, such as 640")
    return int(match[1], 8)


def choice(text: str, *allowed: str) -> str:
    """
    Read one of a few words.
    """
    if text not in allowed:
        raise ValueError(f"{text!r} is not a choice; write {listed(allowed, 'or')}")
    return text


def listed(words: tuple[str, ...] | list[str], last: str = "and") -> str:
    """
    Name some things in a sentence.

    :param last: the word before the last of them.
    """
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _read(text: str, units: Mapping[str, int]) -> Fraction | None:
    match = _NUMBER.fullmatch(text)
    unit = None if match is None else units.get(match[2].lower())
    return None if match is None or unit is None else Fraction(match[1]) * unit
