"""
Child processes, each of which is an action.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, ParamSpec, cast

from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone, ProcessTerminated
from twisted.internet.interfaces import IProcessProtocol, IProcessTransport, IReactorProcess
from twisted.python.failure import Failure
from zope.interface import implementer

from eliot._action import Action
from eliot._context import NOWHERE, Scope, current_action, scope
from eliot._environment import VARIABLE, task_environment
from eliot._errors import offer_exception_extractor
from eliot._ids import new_task_uuid
from eliot._tracebacks import write_traceback
from eliot.twisted._child_lines import LineCutter
from eliot.twisted._child_log import take_in

_P = ParamSpec("_P")

#: The type of the action that a process is.
PROCESS: Final = "eliot:process"

_NAMES: Final = {0: "stdin", 1: "stdout", 2: "stderr"}

# What Twisted gives a process that is asked for nothing else.
_USUAL_DESCRIPTORS: Final[dict[int, int | str]] = {0: "w", 1: "r", 2: "r"}

_set_scope = scope.set
_reset_scope = scope.reset


@implementer(IProcessProtocol)
class LoggedProcess:
    """
    A process protocol: the process is an action, which lasts from its start until it has
    ended, and all that it has written was read.

    What the process logs goes to the destinations of this one: each line that is a
    message is written on as it is.  Any other line, there and on the other
    descriptors, is a message of the type ``eliot:process_output`` inside the action, with the
    fields ``stream`` (``stdout``, ``stderr``, or the descriptor's number) and ``text``;
    where bytes are not UTF-8, they are shown as escapes.  Of a line
    beyond 1 MiB each piece is a message of its own, with its number as
    ``piece``; ``unfinished`` says that the end of the line has not come with this
    text.

    The start message has the field ``pid``.  The action succeeds if the process exits with
    0, and its end message has ``exit_code``, or ``signal``.

    :func:`spawn_logged` makes one, and starts the process.  Where somebody else calls
    ``spawnProcess``, give them this; :func:`eliot.task_environment` makes of :attr:`action` what
    the environment of the process needs.  Belongs to the reactor's thread.

    :param action_type: what kind of action it is.  It is part of the current one.
    :param protocol: gets all that happens to the process as well, inside the
        action.  What it raises is logged.
    :param log_descriptor: the descriptor to which the process logs; ``None`` if there is none.
    :param output: the descriptors of which the lines are logged, besides; ``None`` for
        all of them.
    :param fields: what the start message says, besides.
    :ivar action: the action.
    :ivar ended: a Deferred that fires when the action has ended, with Twisted's
        reason: a :class:`~twisted.internet.error.ProcessDone`, or a
        :class:`~twisted.internet.error.ProcessTerminated`, which know ``exitCode`` and ``signal``.
    """

    def __init__(
        self,
        action_type: str = PROCESS,
        *,
        protocol: IProcessProtocol | None = None,
        log_descriptor: int | None = 1,
        output: Collection[int] | None = None,
        fields: Mapping[str, object] | None = None,
    ) -> None:
        self.ended: Deferred[BaseException] = Deferred()
        around = current_action()
        self.action = (
            Action(None, new_task_uuid(), [], action_type)
            if around is None
            else around.child(None, action_type)
        )
        self._scope: Scope = (self.action, NOWHERE)
        self._protocol = protocol
        self._log_descriptor = log_descriptor
        self._output = output
        self._fields = dict(fields or {})
        self._cutters: dict[int, LineCutter] = {}
        self._transport: IProcessTransport | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._transport!r} in {self.action!r}>"

    @property
    def transport(self) -> IProcessTransport:
        """
        The process, for those who want to write to it or to end it.

        :raises RuntimeError: if it has not been started.
        """
        if self._transport is None:
            raise RuntimeError("The process has not been started.")
        return self._transport

    # What Twisted calls.

    def makeConnection(self, process: IProcessTransport) -> None:  # noqa: N802 - this and the others
        """
        Begin the action: the process has been started.
        """
        self._transport = process
        pid: object = getattr(process, "pid", None)
        if pid is not None:
            self._fields["pid"] = pid
        self._start()
        if self._protocol is not None:
            self._within(self._protocol.makeConnection, process)

    def childDataReceived(self, childFD: int, data: bytes) -> None:  # noqa: N803
        """
        Log the lines that have come.
        """
        if self._reads(childFD):
            self._within(self._take, childFD, data)
        if self._protocol is not None:
            self._within(self._protocol.childDataReceived, childFD, data)

    def childConnectionLost(self, childFD: int) -> None:  # noqa: N802, N803
        """
        Log what is left of what has come from a descriptor.
        """
        self._within(self._take_rest, childFD)
        if self._protocol is not None:
            self._within(self._protocol.childConnectionLost, childFD)

    def processExited(self, reason: Failure) -> None:
        """
        Wait for what the process has written before it exited.
        """
        if self._protocol is not None:
            self._within(self._protocol.processExited, reason)

    def processEnded(self, reason: Failure) -> None:
        """
        End the action.
        """
        for descriptor in list(self._cutters):
            # Not all transports tell that a descriptor was closed.
            self._within(self._take_rest, descriptor)
        try:
            if self._protocol is not None:
                self._within(self._protocol.processEnded, reason)
        finally:
            self._finish(reason)

    # What this does.

    def not_spawned(self, error: BaseException, *, shared: bool) -> None:
        """
        End the action: the process could not be started.

        :param error: why.
        :param shared: whether the place of the process was a shared one.
        """
        if self._transport is None and not shared:
            # There is nobody who could go on at the place that was taken.
            action = self.action
            self.action = Action(None, action.task_uuid, action.task_level, action.action_type)
            self._scope = (self.action, NOWHERE)
        self._start()
        self.action.finish(error)

    def _start(self) -> None:
        self._within(self.action._start, self._fields)

    def _finish(self, reason: Failure) -> None:
        if reason.check(ProcessDone):
            self.action.add_success_fields(exit_code=0)
            self.action.finish()
        else:
            self.action.finish(reason)
        # Whoever has cancelled it does not wait any longer.
        if not self.ended.called:
            self.ended.callback(cast("BaseException", reason.value))

    def _reads(self, descriptor: int) -> bool:
        return (
            self._output is None or descriptor == self._log_descriptor or descriptor in self._output
        )

    def _take(self, descriptor: int, data: bytes) -> None:
        cutter = self._cutters.get(descriptor)
        if cutter is None:
            cutter = self._cutters[descriptor] = LineCutter()
        stream = _NAMES.get(descriptor, str(descriptor))
        logs = descriptor == self._log_descriptor
        for line in cutter.feed(data):
            take_in(line, stream, may_be_message=logs)

    def _take_rest(self, descriptor: int) -> None:
        cutter = self._cutters.pop(descriptor, None)
        if cutter is not None:
            stream = _NAMES.get(descriptor, str(descriptor))
            for line in cutter.end():
                take_in(line, stream, may_be_message=descriptor == self._log_descriptor)

    def _within(
        self, function: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """
        Call a function inside the action; what it raises is logged there.
        """
        token = _set_scope(self._scope)
        try:
            function(*args, **kwargs)
        except Exception:
            write_traceback()
        finally:
            _reset_scope(token)


def spawn_logged(
    reactor: IReactorProcess,
    executable: bytes | str,
    args: Sequence[bytes | str] = (),
    env: Mapping[str, str] | Mapping[bytes, bytes] | None = None,
    path: bytes | str | None = None,
    uid: int | None = None,
    gid: int | None = None,
    usePTY: bool = False,  # noqa: N803 (Twisted's names, here and below)
    childFDs: Mapping[int, int | str] | None = None,  # noqa: N803
    *,
    action_type: str = PROCESS,
    protocol: IProcessProtocol | None = None,
    log_descriptor: int | None = 1,
    output: Collection[int] | None = None,
    continued: bool = True,
    shared: bool = False,
) -> LoggedProcess:
    """
    Start a process as an action inside the current one, see
    :class:`LoggedProcess`.

    The environment of the process says where its task goes on, see
    :func:`eliot.continue_task_from_environment`.  The start message has the fields
    ``executable`` and ``arguments``: what is secret does not belong there.

    :param reactor: the reactor.  It, and the parameters up to ``childFDs``, are those of
        :meth:`~twisted.internet.interfaces.IReactorProcess.spawnProcess`, with these differences:
        without ``args`` there is only the name of the program, without ``env`` the process has the
        environment of this one, and ``log_descriptor`` is opened without being asked for
        in ``childFDs``.
    :param action_type: what kind of action it is.
    :param protocol: gets all that happens to the process as well.
    :param log_descriptor: the descriptor to which the process logs; ``None`` if there is none.
    :param output: the descriptors of which the lines are logged, besides; ``None`` for
        all of them.
    :param continued: whether the process logs by this framework, and so can go on with
        the task.  For one that does not, say no: readers would miss what should be there.
    :param shared: whether there may be more or fewer processes than one that do so, as where a
        script runs several.
    :returns: the process; it has been started.
    :raises Exception: what ``spawnProcess`` raises; the action has failed then.
    """
    given = list(args) or [executable]
    process = LoggedProcess(
        action_type,
        protocol=protocol,
        log_descriptor=log_descriptor,
        output=output,
        fields={"executable": executable, "arguments": given},
    )
    # An event loop may keep the context of whoever adds a reader to it.
    token = _set_scope(NOWHERE)
    try:
        opened = _USUAL_DESCRIPTORS if childFDs is None else childFDs
        if log_descriptor is not None and log_descriptor not in opened:
            childFDs = {**opened, log_descriptor: "r"}  # noqa: N806
        reactor.spawnProcess(
            process,
            executable,
            given,
            _environment(env, process.action, continued, shared),
            path,
            uid,
            gid,
            usePTY,
            childFDs,
        )
    except BaseException as error:
        process.not_spawned(error, shared=shared)
        raise
    finally:
        _reset_scope(token)
    return process


def _environment(
    given: Mapping[str, str] | Mapping[bytes, bytes] | None,
    action: Action,
    continued: bool,
    shared: bool,
) -> Mapping[str, str]:
    # Twisted takes text and bytes side by side, too.
    environment = dict(cast("Mapping[str, str]", os.environ if given is None else given))
    # Where this process itself should have gone on is nobody else's place.
    environment.pop(VARIABLE, None)
    environment.pop(cast("str", VARIABLE.encode()), None)
    if continued:
        environment |= task_environment(action, shared=shared)
    return environment


def _describe_end(error: ProcessTerminated) -> dict[str, object]:
    number = error.signal
    if number is None:
        return {"exit_code": error.exitCode}
    try:
        return {"signal": signal.Signals(number).name}
    except ValueError:
        return {"signal": number}


offer_exception_extractor(ProcessTerminated, _describe_end)
