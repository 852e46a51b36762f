"""
JSON that is not quite JSON, as programs write it.
"""

from __future__ import annotations

import json
from typing import Final

from orjson import JSONDecodeError

from eliot.read._message import JSON, MalformedMessage

# What orjson reads as an integer.
_LEAST: Final = -(2**63)
_GREATEST: Final = 2**64 - 1
_DIGITS: Final = 20


def decode_leniently(
    line: bytes, end: bytes, refusal: JSONDecodeError, *, exact: bool = False
) -> JSON:
    """
    Try again with Python's own decoder.  It takes what its encoder, and so
    many a program, writes although JSON has no word for it: ``NaN``,
    ``Infinity``, and lone surrogates.

    :param line: the line.
    :param end: how it ends: with nothing if it may be cut off.
    :param refusal: what orjson had against it.
    :param exact: take documents of all kinds, and leave integers as large as they are.
    :raises MalformedMessage: if it is nothing else either; the text says why.
    """
    if b"\0" in line:
        raise MalformedMessage("NUL bytes") from None
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedMessage(f"not UTF-8 at byte {error.start + 1}") from None
    # Most lines that are no messages are none of JSON at all, and there may be very many.
    if exact or text.lstrip().startswith("{"):
        try:
            decoded: JSON = json.loads(text) if exact else _DECODER.decode(text)
        except RecursionError:
            raise MalformedMessage("JSON that is nested too deeply") from None
        except ValueError:
            pass
        else:
            return decoded
    cut_off = "" if end else ", and the line is cut off"
    raise MalformedMessage(f"not JSON ({refusal.msg}{cut_off})") from None


def _integer(digits: str) -> float:
    """
    Read an integer as orjson does: what has more than 64 bits is a float, perhaps an infinite one.
    """
    if len(digits) <= _DIGITS and _LEAST <= (number := int(digits)) <= _GREATEST:
        return number
    return float(digits)


_DECODER: Final = json.JSONDecoder(parse_int=_integer)
