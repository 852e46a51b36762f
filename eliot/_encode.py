"""
Encoding: a message becomes one line of JSON, as bytes.

orjson does the work, but only on what :mod:`eliot._plain` lets through, and it
is given no function to call back: it does not survive everything.  Any other
message takes the slow path of :mod:`eliot._represent` first.  An encoder never
raises, and always gives exactly one line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from orjson import OPT_APPEND_NEWLINE, dumps

from eliot._fields import ENCODING_FIELD, RESERVED
from eliot._json_default import json_default
from eliot._plain import plain_copy
from eliot._represent import Default, represent
from eliot._text import type_name

#: Turns a message into one line of JSON: UTF-8, ended by a newline.
Encoder: TypeAlias = Callable[[dict[str, object]], bytes]

#: How a line of JSON shows that something has failed, in both usual spellings.
FAILURE_MARKS = (
    b'"action_status":"failed"',
    b'"action_status": "failed"',
    b'"message_type":"eliot:traceback"',
    b'"message_type": "eliot:traceback"',
    b'"traceback":',
)


def failure_marks_of(encoder: Encoder) -> tuple[bytes, ...]:
    """
    Find out how the lines of an encoder show that something has failed.

    :param encoder: any encoder; one that writes no JSON says it by its
        attribute ``failure_marks``.
    :returns: parts of lines, of which each is a mark.
    """
    marks: tuple[bytes, ...] = getattr(encoder, "failure_marks", FAILURE_MARKS)
    return marks


class LineEncoder:
    """
    An encoder that never raises.

    :param default: turns values of types that JSON does not know into ones
        that it knows.
    """

    __slots__ = ("_default",)

    def __init__(self, default: Default) -> None:
        self._default = default

    def __call__(self, message: dict[str, object]) -> bytes:
        """
        Encode a message.

        :param message: any dictionary; not changed.
        :returns: one line of JSON, UTF-8, ended by a newline.
        """
        try:
            copy = plain_copy(message)
        except Exception:
            # Another thread changes it; the slow path takes what it finds.
            copy = None
        if copy is None:
            return _encode_carefully(message, self._default)
        return self.encode_plain(copy)

    def encode_plain(self, message: dict[str, object]) -> bytes:
        """
        Encode a message whose values are known to be harmless: exact scalars,
        or exact lists and dictionaries of such that nobody else can reach.
        """
        try:
            return dumps(message, None, OPT_APPEND_NEWLINE)
        except Exception:
            # Text with surrogates, a large integer, a name that is not text.
            return _encode_carefully(message, self._default)


def _encode_carefully(message: dict[str, object], default: Default) -> bytes:
    try:
        return dumps(represent(message, default), None, OPT_APPEND_NEWLINE)
    except Exception as error:
        # Something changed the message meanwhile, or memory ran out: what
        # matters most is that the message keeps its place in the tree.
        kept = {name: value for name, value in list(message.items()) if name in RESERVED}
        kept[ENCODING_FIELD] = [type_name(error)]
        return dumps(represent(kept, default), None, OPT_APPEND_NEWLINE)


#: The encoder of destinations that were given no other: all of them share it.
encode = LineEncoder(json_default)


def encoder_for(
    encoder: type[json.JSONEncoder] | None = None,
    json_default: Default | None = None,
) -> Encoder:
    """
    Make the encoder that a destination was asked to use.

    :param encoder: a class whose ``default`` method turns values of unknown
        types into known ones.  Where the class does more than that (has
        ``encode`` or ``iterencode`` of its own), its ``encode`` is used.
    :param json_default: a function that does the same; where it raises
        :class:`TypeError`, :func:`json_default` of this module is asked.
    :returns: an encoder; the one and only :func:`encode` for neither.
    :raises TypeError: if both are given, or either is of another kind.
    """
    if encoder is not None and json_default is not None:
        raise TypeError("Give encoder= or json_default=, not both.")
    if encoder is not None:
        given: object = encoder
        if not (isinstance(given, type) and issubclass(given, json.JSONEncoder)):
            raise TypeError(f"encoder= takes a subclass of json.JSONEncoder, not {encoder!r}.")
        if _overrides_encoding(encoder):
            return _encoder_by_class(encoder)
        return _encoder_by_function(encoder().default)
    if json_default is None:
        return encode
    if not callable(json_default):
        raise TypeError(f"json_default= takes a function, not {json_default!r}.")
    return _encoder_by_function(json_default)


def _overrides_encoding(encoder: type[json.JSONEncoder]) -> bool:
    ordinary = json.JSONEncoder
    return (
        encoder.encode is not ordinary.encode
        or encoder.iterencode is not ordinary.iterencode
        or encoder.__init__ is not ordinary.__init__
    )


def _encoder_by_function(users_default: Default) -> Encoder:
    def default(value: object) -> object:
        try:
            return users_default(value)
        except TypeError:
            return json_default(value)

    return LineEncoder(default)


def _encoder_by_class(encoder: type[json.JSONEncoder]) -> Encoder:
    instance = encoder()
    # NaN is not JSON: such a message takes the slow path, which writes null.
    instance.allow_nan = False

    def default(value: object) -> object:
        try:
            return instance.default(value)
        except TypeError:
            return json_default(value)

    def encode_with_class(message: dict[str, object]) -> bytes:
        try:
            # Newlines within strings are escaped; others come from indentation.
            return instance.encode(message).replace("\n", " ").encode() + b"\n"
        except Exception:
            # Whatever the class could not encode.
            return _encode_carefully(message, default)

    return encode_with_class
