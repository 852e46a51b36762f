"""
Answering commands of AMP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final, TypeVar, cast

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.protocols.amp import Command

from eliot._action import Action
from eliot._fields import RESERVED
from eliot._propagation import read_headers
from eliot.twisted._amp_argument import argument_names, command_name, task_id_name
from eliot.twisted._deferred import DeferredContext
from eliot.twisted._trust import Trust, begin_asked

#: The type of an action that lasts from a command to its response.
ANSWER: Final = "eliot:amp_answer"

_Responder = TypeVar("_Responder", bound=Callable[..., object])


def logged_responder(
    command: type[Command],
    *,
    trusted: Trust[Any] = True,
    action_type: str = ANSWER,
    include_args: Iterable[str] = (),
) -> Callable[[_Responder], _Responder]:
    """
    Make a method the responder for a command of AMP, as
    :meth:`Command.responder <twisted.protocols.amp.Command.responder>` does, and have each call
    of it be an action.

    ::

        class Scales(AMP):
            @logged_responder(Weigh)
            async def weigh(self, cars):
                return {"tons": ...}

    The action lasts until the response is there, whether the method returns that, a
    Deferred, or a coroutine.  It is where the :class:`TaskId` says that came with the command, and
    a new task where none came.  The method is not given that argument.

    What comes in never harms the call.  If the identifier is malformed, or is one that is good for
    one call and comes a second time, the action is a new task, in which a message of
    the type ``eliot:malformed_task_id`` or ``eliot:repeated_task_id`` says so.

    :param command: the command.
    :param trusted: whether the identifiers that come in are believed; or a function that says
        so, and is given the object whose method this is, which knows its ``transport``.
        Whoever is not trusted cannot add to a task: the action is a new task, and says what
        came in its field ``remote_task_id``.
    :param action_type: what kind of action it is.
    :param include_args: the names of the arguments that the start message has.
    :returns: a decorator of methods.
    :raises ValueError: if ``include_args`` has a name that the command does not.
    """
    own_name = task_id_name(command)
    shown = _fields_of(command, include_args)
    name = command_name(command)

    def decorate(method: _Responder) -> _Responder:
        @wraps(method)
        def respond(self: object, /, **arguments: object) -> Deferred[object]:
            task_id = arguments.pop(own_name, None) if own_name is not None else None
            fields: dict[str, object] = {"command": name}
            for each, field in shown.items():
                fields[field] = arguments.get(each)
            remote = read_headers([task_id] if isinstance(task_id, bytes) else None)
            action = begin_asked(Action, action_type, fields, remote, trusted, self)
            with action.context():
                answer: Deferred[object] = maybeDeferred(method, self, **arguments)
                return DeferredContext(answer).addActionFinish()

        command.responder(respond)
        # The same, but that the answer is a Deferred always.
        return cast("_Responder", respond)

    return decorate


def _fields_of(command: type[Command], names: Iterable[str]) -> dict[str, str]:
    """
    Name the fields for arguments: with an underscore appended where the name is the framework's.

    :raises ValueError: if one of the names is no argument of the command.
    """
    names = list(names)
    unknown = sorted(set(names).difference(argument_names(command)))
    if unknown:
        raise ValueError(
            f"include_args has what is no argument of {command_name(command)}: "
            f"{', '.join(unknown)}."
        )
    return {each: f"{each}_" if each in RESERVED or each == "command" else each for each in names}
