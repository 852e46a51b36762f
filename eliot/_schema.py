"""
Types of messages and actions: which fields they have, and how those are written.

A type serializes the fields of what is logged by it.  It checks nothing then:
whether a message is what its type says is asked in tests, by
:meth:`MemoryLogger.validate`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from eliot import _logger, _watch
from eliot._action import Action
from eliot._context import current_action
from eliot._field import Field, ValidationError, checked_fields, identity, short_repr
from eliot._fields import DURATION_FIELD
from eliot._interfaces import ILogger, MessageSerializer
from eliot._message import Message
from eliot._public import show_in
from eliot._stamp import stamp
from eliot._start import begin, begin_task
from eliot._text import safe_repr, safe_str, type_name

_EVERY_MESSAGE: Final = frozenset(["task_uuid", "task_level", "timestamp"])


class FieldsSerializer:
    """
    Serializes, and validates, the messages of one type.

    :param fields: the fields that each must have.
    :param own: further fields that the framework puts into them.
    :param kind: the field that says which type a message is of, and the type.
    :param more: whether there may be any others.
    """

    __slots__ = ("_fields", "_kind", "_more", "_own", "_work")

    def __init__(
        self,
        fields: list[Field],
        own: Iterable[str],
        kind: tuple[str, str],
        more: bool = False,
    ) -> None:
        self._fields = {field.key: field for field in fields}
        self._own = _EVERY_MESSAGE.union(own, kind[:1])
        self._kind = kind
        self._more = more
        # Most fields are written as they are, and cost nothing here.
        self._work = tuple(
            (field.key, field._serializer) for field in fields if field._serializer is not identity
        )

    def serialize(self, message: dict[str, object]) -> None:
        """
        Serialize the fields of ``message``, in place.  One that cannot be is
        replaced by a text that shows it.

        :raises Exception: what the first serializer that fails raises.
        """
        first: Exception | None = None
        for key, serializer in self._work:
            # Nobody has to give all fields, except in tests.
            if key in message:
                try:
                    message[key] = serializer(message[key])
                except Exception as error:
                    message[key] = safe_repr(message[key])
                    first = first or error
        if first is not None:
            raise first

    def validate(self, message: dict[str, object]) -> None:
        """
        Check that ``message`` is what its type says.

        :raises ValidationError: if it is not; says which field is wrong.
        """
        key, expected = self._kind
        if message.get(key, expected) != expected:
            raise ValidationError(
                f"Field {key!r} must be {expected!r}, not {short_repr(message[key])}."
            )
        for field in self._fields.values():
            if field.key not in message:
                raise ValidationError(f"Field {field.key!r} is missing.")
            try:
                field.validate(message[field.key])
            except ValidationError:
                raise
            except Exception as error:
                raise ValidationError(
                    f"Field {field.key!r} is {short_repr(message[field.key])}, on which its "
                    f"serializer or validator raises {type_name(error)}: {safe_str(error)}"
                ) from error
        if not self._more:
            for name in message:
                if name not in self._fields and name not in self._own:
                    raise ValidationError(f"Field {short_repr(name)} is unexpected.")


class MessageType:
    """
    A type of messages.

    :param message_type: what kind of message it is, such as
        ``"yourapp:subsystem:event"``.
    :param fields: the fields of such messages: see :func:`eliot.fields`.
    :param description: what such a message means.
    :raises TypeError: if one of ``fields`` is not a :class:`Field`.
    :raises ValueError: if a field's name is the framework's own, begins with
        an underscore, or is there twice.
    :ivar message_type: what kind of message it is.
    :ivar description: what such a message means.
    """

    __slots__ = ("__weakref__", "_serializer", "description", "message_type")

    def __init__(self, message_type: str, fields: Iterable[Field], description: str = "") -> None:
        self.message_type = message_type
        self.description = description
        self._serializer = FieldsSerializer(
            checked_fields(fields), (), ("message_type", message_type)
        )

    def __repr__(self) -> str:
        return f"<MessageType {self.message_type!r}>"

    def __call__(self, /, **fields: object) -> Message:
        """
        Make a message of this type, to be written later.

        :param fields: what it says; more can be bound before it is written.
        """
        fields["message_type"] = self.message_type
        return Message(fields, self._serializer)

    def log(self, /, **fields: object) -> None:
        """
        Log a message of this type inside the current action.  Never raises;
        may be called in any thread.

        :param fields: what it says.
        """
        if (watcher := _watch.watcher) is not None:
            watcher.given(fields)
        stamp(fields, current_action(), self.message_type)
        try:
            _logger.default_logger.write(fields, self._serializer)
        except Exception as error:
            _logger.rescue(fields, error)


class _Serializers:
    """
    How the messages of a typed action are serialized.
    """

    __slots__ = ("failure", "start", "success")

    def __init__(self, action_type: str, start: list[Field], success: list[Field]) -> None:
        kind = ("action_type", action_type)
        status = "action_status"
        self.start: MessageSerializer | None = FieldsSerializer(start, [status], kind)
        self.success: MessageSerializer | None = FieldsSerializer(
            success, [status, DURATION_FIELD], kind
        )
        # Whoever registers an extractor adds fields to every failure.
        self.failure: MessageSerializer | None = FieldsSerializer(
            [Field.for_types("exception", [str]), Field.for_types("reason", [str])],
            [status],
            kind,
            more=True,
        )


class ActionType:
    """
    A type of actions.

    :param action_type: what kind of action it is, such as
        ``"yourapp:subsystem:deed"``.
    :param startFields: the fields of the start message: see :func:`eliot.fields`.
    :param successFields: the fields of the end message of one that succeeds.
    :param description: what such an action does.
    :raises TypeError: if one of the fields is not a :class:`Field`.
    :raises ValueError: if a field's name is the framework's own, begins with
        an underscore, or is there twice.
    :ivar action_type: what kind of action it is.
    :ivar description: what such an action does.
    """

    __slots__ = ("__weakref__", "_logger_is_field", "_serializers", "action_type", "description")

    def __init__(
        self,
        action_type: str,
        startFields: Iterable[Field],  # noqa: N803 (what older programs call it)
        successFields: Iterable[Field],  # noqa: N803 (what older programs call it)
        description: str = "",
    ) -> None:
        start = checked_fields(startFields)
        self.action_type = action_type
        self.description = description
        self._serializers = _Serializers(action_type, start, checked_fields(successFields))
        self._logger_is_field = any(field.key == "logger" for field in start)

    def __repr__(self) -> str:
        return f"<ActionType {self.action_type!r}>"

    def __call__(self, logger: ILogger | None = None, /, **fields: object) -> Action:
        """
        Start an action of this type inside the current one, or a task where
        there is none, as :func:`start_action` does.

        :param logger: what its messages are written to; the default logger for
            ``None``.  May be given by name, too, unless there is a field of
            that name.
        :param fields: what the start message says.
        """
        logger = self._logger(logger, fields)
        return begin(logger, self.action_type, fields, self._serializers)

    def as_task(self, logger: ILogger | None = None, /, **fields: object) -> Action:
        """
        Start an action of this type that is the root of a new task, whatever
        the current action is.  Parameters are those of a call.
        """
        logger = self._logger(logger, fields)
        return begin_task(logger, self.action_type, fields, self._serializers)

    # The older spelling.
    asTask = as_task  # noqa: N815

    def _logger(self, logger: ILogger | None, fields: dict[str, object]) -> ILogger | None:
        if logger is None and "logger" in fields and not self._logger_is_field:
            logger = fields.pop("logger")  # type: ignore[assignment]  # whatever it is
        return logger


show_in("eliot", ActionType, MessageType)
