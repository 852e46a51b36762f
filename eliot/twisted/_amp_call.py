"""
Calling commands of AMP.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

from twisted.internet.defer import Deferred, fail, succeed
from twisted.protocols.amp import Command

from eliot._start import begin
from eliot.twisted._amp_argument import command_name
from eliot.twisted._deferred import DeferredContext
from eliot.twisted._kept import keep

#: The type of an action that lasts from a call to its answer.
CALL: Final = "eliot:amp_call"


class Caller(Protocol):
    """
    The side of a connection that calls: :class:`twisted.protocols.amp.AMP`, or
    what stands for one.
    """

    def callRemote(
        self, command: type[Command], /, *args: Any, **arguments: Any
    ) -> Deferred[Any] | None:
        """
        Call a command.
        """


def call_remote(
    protocol: Caller, command: type[Command], /, *args: object, **arguments: object
) -> Deferred[Any]:
    """
    Call a command of AMP, as an action of the type ``eliot:amp_call`` inside the current one.

    The action lasts until the answer is there.  It fails with what the other side answers instead,
    if the connection is lost, or if the Deferred is cancelled; the other side does not notice
    that.  If the command has an argument that is a :class:`TaskId`, what is done there is a
    part of the action.

    What waits for the answer runs in the action that is current now.  Arguments are not logged.
    To be called in the thread of the reactor.

    :param protocol: the connection: an :class:`~twisted.protocols.amp.AMP`, or whatever else has
        its ``callRemote``.
    :param command: the command.
    :param args: what commands that switch protocols take.
    :param arguments: the arguments.
    :returns: a Deferred that fires with the response; with ``None``, at once, if
        the command requires no answer.  It fails as well where ``callRemote`` raises.
    """
    action = begin(None, CALL, {"command": command_name(command)})
    with action.context():
        try:
            called = protocol.callRemote(command, *args, **arguments)
        except Exception:
            called = fail()
        if called is None:
            # It has been sent, which is all that is ever known.
            called = succeed(None)
        ended = DeferredContext(called).addActionFinish()
    return keep(ended)
