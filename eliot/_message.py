"""
Messages: named fields, logged at once or later.
"""

from __future__ import annotations

from typing import Final

from eliot import _logger, _watch
from eliot._action import Action
from eliot._context import current_action, scope
from eliot._fields import make_names_exact
from eliot._interfaces import ILogger, MessageSerializer
from eliot._logger import rescue, short_way
from eliot._public import show_in
from eliot._stamp import stamp

_current_scope = scope.get

# The type that names have, as far as they come from keyword arguments.
_EXACT: Final = frozenset([str])


def log_message(message_type: str, **fields: object) -> None:
    """
    Log a message inside the current action; outside of all actions it is a
    task of its own.  Never raises; may be called in any thread.

    :param message_type: what kind of message it is, such as
        ``"yourapp:subsystem:event"``.
    :param fields: what it says.
    """
    if (watcher := _watch.watcher) is not None:
        watcher.given(fields)
    logger = _logger.default_logger
    write = short_way(logger, message_type, fields)
    stamp(fields, _current_scope()[0], message_type)
    if write is not None:
        write(fields)
        return
    try:
        logger.write(fields)
    except Exception as error:
        rescue(fields, error)


class Message:
    """
    Fields that will be logged.  A message does not change: binding more
    fields gives a new one.

    :param contents: the fields; names may be bytes in UTF-8.
    :param serializer: how to serialize them, for a typed message.
    """

    __slots__ = ("_contents", "_serializer")

    def __init__(
        self, contents: dict[str, object], serializer: MessageSerializer | None = None
    ) -> None:
        self._contents = dict(contents)
        if not _EXACT.issuperset(map(type, self._contents)):
            make_names_exact(self._contents)
        self._serializer = serializer

    @classmethod
    def new(cls, /, _serializer: MessageSerializer | None = None, **fields: object) -> Message:
        """
        Make a message to be written later.

        :param fields: what it says; ``message_type`` says what kind it is.
        """
        return cls(fields, _serializer)

    @classmethod
    def log(cls, /, **fields: object) -> None:
        """
        Log a message inside the current action.  Never raises.

        :param fields: what it says; ``message_type`` says what kind it is.
        """
        cls(fields).write()

    def bind(self, /, **fields: object) -> Message:
        """
        Make a message with more fields, or other values for the same ones.
        """
        return type(self)({**self._contents, **fields}, self._serializer)

    def contents(self) -> dict[str, object]:
        """
        Get a copy of the fields.
        """
        return self._contents.copy()

    def write(self, logger: ILogger | None = None, action: Action | None = None) -> None:
        """
        Log the message.  Never raises; may be called in any thread, and more
        than once: each time it is a new message.

        :param logger: what to write it to; the default logger for ``None``.
        :param action: the action it belongs to; the current one for ``None``.
        """
        fields = self._contents.copy()
        message_type = fields.pop("message_type", "")
        if (watcher := _watch.watcher) is not None:
            watcher.given(fields)
        stamp(fields, current_action() if action is None else action, message_type)
        try:
            (_logger.default_logger if logger is None else logger).write(fields, self._serializer)
        except Exception as error:
            rescue(fields, error)


show_in("eliot", Message, log_message)
