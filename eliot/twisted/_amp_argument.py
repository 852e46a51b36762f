"""
The argument of a command of AMP that says where its task goes on.
"""

from __future__ import annotations

from twisted.protocols.amp import Argument, Command

from eliot._context import current_action
from eliot._ids import MAXIMUM_LENGTH


class TaskId(Argument):
    """
    An argument of a :class:`~twisted.protocols.amp.Command`: a place in the
    current action of whoever calls, where the other side goes on.

    ::

        class Weigh(Command):
            arguments = [(b"cars", Integer()), (b"task_id", TaskId())]
            response = [(b"tons", Float())]

    Nobody has to give it: each call takes a place of its own, if there is a current action.
    It is optional, so that peers which do not have it can call, and be called.  What comes in
    is not looked at here: a responder that :func:`logged_responder` does not decorate gets
    :class:`bytes`, or ``None`` where nothing was sent.
    """

    def __init__(self) -> None:
        Argument.__init__(self, optional=True)

    def toBox(
        self, name: bytes, strings: dict[bytes, bytes], objects: dict[str, object], proto: object
    ) -> None:
        """
        Write the identifier that was given, as bytes or text, or a new one.
        Never raises.
        """
        given = objects.pop(_argument_name(name), None)
        if isinstance(given, str):
            given = given.encode("ascii", "backslashreplace")
        elif not isinstance(given, bytes):
            action = current_action()
            given = None if action is None else action.serialize_task_id()
        # What nobody would read costs the argument, not the call.
        if given is not None and len(given) <= MAXIMUM_LENGTH:
            strings[name] = given

    def fromBox(
        self, name: bytes, strings: dict[bytes, bytes], objects: dict[str, object], proto: object
    ) -> None:
        """
        Read the identifier as it is.
        """
        objects[_argument_name(name)] = strings.pop(name, None)


def task_id_name(command: type[Command]) -> str | None:
    """
    Find the argument of a command that is a :class:`TaskId`.

    :returns: the name by which a responder gets it; ``None`` if there is none.
    """
    for name, argument in command.arguments:
        if isinstance(argument, TaskId):
            return _argument_name(name)
    return None


def argument_names(command: type[Command]) -> list[str]:
    """
    Name the arguments of a command but the :class:`TaskId`, as a responder gets them.
    """
    return [
        _argument_name(name)
        for name, argument in command.arguments
        if not isinstance(argument, TaskId)
    ]


def command_name(command: type[Command]) -> str:
    """
    Get the name of a command, as it is sent.
    """
    return command.commandName.decode("utf-8", "backslashreplace")


def _argument_name(name: bytes) -> str:
    """
    Make the name of a keyword argument of one on the wire.
    """
    return name.decode("ascii").replace("-", "_")
