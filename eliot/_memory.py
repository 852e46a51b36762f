"""
A logger that keeps everything, for tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from threading import RLock

from zope.interface import implementer

from eliot._clashes import clashes
from eliot._encode import Encoder, encoder_for
from eliot._errors import TRACEBACK
from eliot._field import ValidationError, short_repr
from eliot._fields import ENCODING_FIELD, RESERVED
from eliot._fork import RenewedAfterFork
from eliot._interfaces import ILogger, MessageSerializer
from eliot._public import show_in
from eliot._represent import Default
from eliot._text import qualified_name, safe_str, shorten, type_name
from eliot._where import where


class NotEncodable(ValidationError, TypeError):
    """
    A message cannot be encoded as it is.  Older programs expect a :class:`TypeError`.
    """


class _Note:
    """
    What is known of a message besides what it says.

    :param message: the message.
    :param serializer: how to serialize it.
    :param lost: the names of fields that were given, but lost against the
        framework's own.
    :param place: where it was logged, if that is known.
    """

    __slots__ = ("exceptions", "lost", "message", "place", "serializer")

    def __init__(
        self,
        message: dict[str, object],
        serializer: MessageSerializer | None,
        lost: list[str],
        place: str | None,
    ) -> None:
        self.message = message
        self.serializer = serializer
        self.lost = lost
        self.place = place
        # Of a message with a traceback: which class of exceptions it tells of.
        # Found out now, since later such a class may be gone.
        self.exceptions: list[type[BaseException]] | None = None
        with suppress(Exception):
            # What is no message cannot be one with a traceback.
            if message["message_type"] == TRACEBACK:
                self.exceptions = []
                self.exceptions = _classes_named(message.get("exception"))


@implementer(ILogger)
class MemoryLogger(RenewedAfterFork):
    """
    A logger that keeps what is logged, for tests.  May be used in any thread.

    :param encoder: the subclass of :class:`json.JSONEncoder` that messages
        will be encoded with.
    :param json_default: a function for values that JSON does not know, instead
        of ``encoder``.
    :raises TypeError: if both are given.
    :ivar messages: the messages, as they were given.
    :ivar tracebackMessages: those of them that show an exception with its
        traceback, but for the ones that have been flushed.
    """

    def __init__(
        self,
        encoder: type[json.JSONEncoder] | None = None,
        json_default: Default | None = None,
    ) -> None:
        super().__init__()
        self._encode = _strict(encoder, json_default)
        self._lock = RLock()
        self.reset()
        clashes.look_on_for(self)

    def reset(self) -> None:
        """
        Forget everything.
        """
        self.messages: list[dict[str, object]] = []
        self.tracebackMessages: list[dict[str, object]] = []
        # By the identity of the message.
        self._notes: dict[int, _Note] = {}

    @property
    def traceback_messages(self) -> list[dict[str, object]]:
        """
        The list ``tracebackMessages``.
        """
        return self.tracebackMessages

    @property
    def serializers(self) -> list[MessageSerializer | None]:
        """
        The serializer of each message.
        """
        return [self._note(message).serializer for message in self.messages]

    def write(
        self, dictionary: dict[str, object], serializer: MessageSerializer | None = None
    ) -> None:
        """
        Keep a message.  Never raises.

        :param dictionary: the fields of the message, which may be anything.
        :param serializer: how to serialize the fields, for a typed message.
        """
        note = _Note(dictionary, serializer, clashes.of(dictionary), where())
        # Each step is atomic, so messages may come in any thread, and another
        # one in the middle of this.
        self._notes[id(dictionary)] = note
        self.messages.append(dictionary)
        if note.exceptions is not None:
            self.tracebackMessages.append(dictionary)

    def _note(self, message: dict[str, object]) -> _Note:
        # A test may have put a message there by itself.
        return self._notes.get(id(message)) or _Note(message, None, [], None)

    def validate(self) -> None:
        """
        Check that each message is what its type says, can be encoded without
        anything being replaced by a text that shows it, and that no field has
        a name that belongs to the framework.

        :raises ValidationError: for the first message that is not so; says
            which it is, and where it was logged.  Where a message cannot be
            encoded, this is a :class:`TypeError`, too.
        """
        for message in list(self.messages):
            note = self._note(message)
            try:
                self._validate(note)
            except ValidationError as error:
                kind = NotEncodable if isinstance(error, NotEncodable) else ValidationError
                said = " ".join(map(safe_str, error.args))
                raise kind(f"{said}\n{_about(note)}") from error

    def _validate(self, note: _Note) -> None:
        message: object = note.message
        if not isinstance(message, dict):
            raise ValidationError("A message is a dictionary.")
        for name in note.lost:
            raise ValidationError(f"The field name {name!r} is the framework's own.")
        for given, _ in dict.items(message):
            if not isinstance(given, (str, bytes)):
                raise ValidationError(f"The name of a field is text, not {short_repr(given)}.")
        copy = _copy(note.message)
        serializer = note.serializer
        if serializer is not None:
            try:
                # Serializers of others may not validate.
                validate = getattr(serializer, "validate", None)
                if validate is not None:
                    validate(copy)
                serializer.serialize(copy)
            except ValidationError:
                raise
            except Exception as error:
                raise ValidationError(
                    f"Its serializer raises {type_name(error)}: {safe_str(error)}"
                ) from error
        try:
            plain = json.loads(self._encode(copy))
        except ValueError as error:
            raise NotEncodable(f"The encoder makes no JSON of it: {safe_str(error)}") from error
        # What an encoder that makes something else has replaced is not known.
        for name in plain.get(ENCODING_FIELD, ()) if isinstance(plain, dict) else ():
            raise NotEncodable(
                f"Field {name!r} cannot be encoded as it is; {short_repr(plain.get(name))} "
                "would be written."
            )

    def serialize(self) -> list[dict[str, object]]:
        """
        Serialize all messages.  A field that cannot be is replaced by a text
        that shows it.

        :returns: copies of them, with their fields serialized.
        """
        copies = []
        for message in list(self.messages):
            copy = _copy(message)
            serializer = self._note(message).serializer
            if serializer is not None:
                # A field that cannot be serialized is told of by validate().
                with suppress(Exception):
                    serializer.serialize(copy)
            copies.append(copy)
        return copies

    def flush_tracebacks(
        self,
        exceptionType: type[BaseException] | tuple[type[BaseException], ...],  # noqa: N803 (documented)
    ) -> list[dict[str, object]]:
        """
        Take out of ``tracebackMessages`` those of expected exceptions.

        :param exceptionType: the class of these, or a tuple of classes;
            subclasses count.
        :returns: the messages that were taken out, in order.
        """
        flushed = []
        with self._lock:
            remaining = self.tracebackMessages
            # From the end, so that what is added meanwhile does not matter.
            for index in reversed(range(len(remaining))):
                exceptions = self._note(remaining[index]).exceptions or []
                if any(issubclass(each, exceptionType) for each in exceptions):
                    flushed.append(remaining.pop(index))
        return flushed[::-1]

    # The older spelling.
    flushTracebacks = flush_tracebacks  # noqa: N815

    def _renew_after_fork(self) -> None:
        self._lock = RLock()


def _strict(encoder: type[json.JSONEncoder] | None, json_default: Default | None) -> Encoder:
    """
    Make the encoder that was asked for, but for bytes that are not UTF-8, which
    it refuses.
    """
    made = encoder_for(encoder, json_default)
    if encoder is not None:
        return made

    def default(value: object) -> object:
        if json_default is not None:
            try:
                return json_default(value)
            except TypeError:
                pass
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value).decode("utf-8")
        raise TypeError

    return encoder_for(json_default=default)


def _copy(message: dict[str, object]) -> dict[str, object]:
    # The copy of an exact dictionary asks nothing of its names; that of any
    # other class may be whatever the class likes.
    return message.copy() if type(message) is dict else dict(dict.items(message))


def _about(note: _Note) -> str:
    """
    Show a message, and where it was logged.
    """
    lines = []
    message: object = note.message
    if isinstance(message, dict):
        fields = [
            f"{safe_str(name)}={short_repr(value)}"
            for name, value in dict.items(message)
            if type(name) is not str or name not in RESERVED
        ]
        if "action_type" in message:
            kind = f"action {short_repr(message['action_type'])}"
            kind += f" ({safe_str(message.get('action_status'))})"
        else:
            kind = f"message {short_repr(message.get('message_type', ''))}"
        lines.append(shorten(f"In the {kind}: {', '.join(fields) or 'no fields'}", 1000))
    else:
        lines.append(f"It is {short_repr(message)}")
    if note.place is not None:
        lines.append(f"Logged at {note.place}")
    return "\n".join(lines)


def _classes_named(name: object) -> list[type[BaseException]]:
    """
    Find the classes of exceptions that have a name.  There is one at most, but
    where functions define their own.
    """
    return [each for each in _subclasses() if qualified_name(each) == name]


def _subclasses() -> Iterator[type[BaseException]]:
    # By identity: what compares classes, or hashes them, may be of their own.
    seen = set()
    waiting = [BaseException]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += type.__subclasses__(each)


show_in("eliot", MemoryLogger)
