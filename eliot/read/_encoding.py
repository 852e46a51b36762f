"""
Writing JSON again, whatever was read.
"""

from __future__ import annotations

import json
from typing import Final

from orjson import JSONEncodeError, dumps

from eliot.read._message import JSON

_TOO_DEEP: Final = "(nested too deeply to be written)"


def to_json(fields: dict[str, JSON]) -> bytes:
    """
    Write an object as one line of JSON, in UTF-8.

    What reading has let pass although JSON has no word for it does no harm: lone surrogates become
    escapes, and what is no number ``null``.

    :param fields: the object, as it was decoded.
    """
    try:
        return dumps(fields)
    except JSONEncodeError:
        return _to_json_leniently(fields)


def _to_json_leniently(fields: dict[str, JSON]) -> bytes:
    try:
        # Decoding once more is what finds NaN and the infinities wherever they are.
        finite = json.loads(json.dumps(fields), parse_constant=lambda name: None)
        return json.dumps(finite, separators=(",", ":")).encode("ascii")
    except RecursionError:
        # One field costs itself alone.
        parts = [
            json.dumps(name).encode("ascii") + b":" + _field(value)
            for name, value in fields.items()
        ]
        return b"{" + b",".join(parts) + b"}"


def _field(value: JSON) -> bytes:
    try:
        finite = json.loads(json.dumps(value), parse_constant=lambda name: None)
        return json.dumps(finite, separators=(",", ":")).encode("ascii")
    except RecursionError:
        return json.dumps(_TOO_DEEP).encode("ascii")
