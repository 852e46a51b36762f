"""
What may be asked of a log file, and what contradicts itself.
"""

from __future__ import annotations

import os


def checked_path(path: object) -> str:
    """
    Get a path as text.

    :raises TypeError: if it is no path.
    :raises ValueError: if no file can have it.
    """
    try:
        text = os.fsdecode(path)  # type: ignore[arg-type]  # it raises for others
    except TypeError:
        raise TypeError(f"path={path!r}: it has to be a path") from None
    if not text or "\0" in text or text.endswith(os.sep):
        raise ValueError(f"path={text!r}: it has to be the path of a file")
    return text


def check_sizes(
    rotate: int | None, every: object, keep: int | None, total: int | None, compress: bool
) -> None:
    """
    Check when a file is rotated, and what becomes of the old ones.

    :raises TypeError: if something is of a wrong type.
    :raises ValueError: if something is too small, or makes no sense without another.
    """
    _check_number("rotate", rotate, 1, "a number of bytes, at least 1")
    _check_number("keep", keep, 0, "a number of old files, at least 0")
    _check_number("total", total, 1, "a number of bytes, at least that of rotate")
    if type(compress) is not bool:
        raise TypeError(f"compress={compress!r}: it has to be True or False")
    if rotate is None and every is None:
        for name, value in (("keep", keep), ("total", total), ("compress", compress or None)):
            if value is not None:
                raise ValueError(
                    f"{name}={value!r}: there are old files only where rotate or every is given"
                )
    if total is not None:
        if rotate is None:
            raise ValueError(f"total={total}: it needs rotate, which bounds the present file")
        if total < rotate:
            raise ValueError(f"total={total}: it has to be at least that of rotate, {rotate}")


def check_rights(mode: int | None, owner: tuple[int, int] | None) -> None:
    """
    Check whom new files belong to, and who may do what with them.

    :raises TypeError: if something is of a wrong type.
    :raises ValueError: if something is out of range.
    """
    _check_number("mode", mode, 0, "permissions, from 0 to 0o777")
    if mode is not None and mode > 0o777:
        raise ValueError(f"mode={mode:#o}: it has to be permissions, from 0 to 0o777")
    if owner is None:
        return
    what = "the numbers of a user and a group"
    if type(owner) is not tuple or [type(each) for each in owner] != [int, int]:
        raise TypeError(f"owner={owner!r}: it has to be {what}")
    if min(owner) < 0:
        raise ValueError(f"owner={owner!r}: it has to be {what}")


def _check_number(name: str, value: object, least: int, what: str) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}={value!r}: it has to be {what}")
    if value < least:
        raise ValueError(f"{name}={value!r}: it has to be {what}")
