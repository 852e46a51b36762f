"""
Actions: they start, cause others, and succeed or fail.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from threading import RLock
from time import monotonic, time
from types import TracebackType
from typing import Final, ParamSpec, Protocol, Self, TypeVar

from eliot import _ids, _logger, _watch
from eliot._context import enter, leave, scope
from eliot._crossed import remember
from eliot._errors import describe_failure
from eliot._fields import DURATION_FIELD, make_names_exact
from eliot._fork import call_in_forked_child
from eliot._interfaces import ILogger, MessageSerializer
from eliot._lifecycle import TABLE
from eliot._live import telling
from eliot._logger import rescue, short_way
from eliot._public import show_in
from eliot._stamp import stamp

_P = ParamSpec("_P")
_R = TypeVar("_R")

_get_scope = scope.get
_set_scope = scope.set

_CREATED: Final = TABLE["created"]
_SHARED_TASK: Final = "eliot:shared_task"
# Known by its identity, so it is not an object that others have, as b"" is.
_NOT_GIVEN: Final = bytes(bytearray(b"not given"))

_measure_durations = False
_late_lock = RLock()


@call_in_forked_child
def _renew_lock() -> None:
    global _late_lock  # noqa: PLW0603 (another thread of the parent may hold the old one)
    _late_lock = RLock()


def measure_durations(enabled: bool = True) -> None:
    """
    Have the end messages of actions say how long they took, in the field
    ``eliot:duration``: seconds by the monotonic clock, which is not set while
    an action runs as the clock of timestamps may be.

    :param enabled: whether actions that start from now on are measured.
    """
    global _measure_durations  # noqa: PLW0603 (a setting of the process, read for every action)
    _measure_durations = enabled


class ActionSerializers(Protocol):
    """
    How the messages of a typed action are serialized.
    """

    start: MessageSerializer | None
    success: MessageSerializer | None
    failure: MessageSerializer | None


class Action:
    """
    One thing that a program does: it starts, causes messages and further
    actions, and ends once, well or with an exception.

    As a context manager it is the current action of the block, and ends with
    the block: it has failed if an exception leaves it.  All methods may be
    called in any thread, and none raises on account of what is logged.

    Actions are made by :func:`start_action`, :func:`start_task` and
    :meth:`continue_task`.

    :param logger: what its messages are written to; the default logger for ``None``.
    :param task_uuid: the identifier of its task.
    :param task_level: its place in the task.
    :param action_type: what kind of action it is.
    :param serializers: how its messages are serialized, for a typed action.
    :ivar task_uuid: the identifier of the task that the action is part of.
    :ivar action_type: what kind of action it is.
    """

    __slots__ = (
        "__weakref__",
        "_late",
        "_levels",
        "_logger",
        "_prefix",
        "_row",
        "_serializers",
        "_started_at",
        "_success_fields",
        "_turn",
        "action_type",
        "task_uuid",
    )

    def __init__(
        self,
        logger: ILogger | None,
        task_uuid: str,
        task_level: list[int],
        action_type: str,
        serializers: ActionSerializers | None = None,
    ) -> None:
        self.task_uuid = task_uuid
        self.action_type = action_type
        self._logger = _logger.default_logger if logger is None else logger
        self._prefix = task_level
        # The first level is the start message's, whenever that comes.
        self._levels = count(2)
        self._row = _CREATED
        # Whoever takes it away ends the action.
        self._turn = None
        self._serializers = serializers
        self._success_fields: dict[str, object] | None = None
        self._started_at: float | None = None

    def __repr__(self) -> str:
        level = "/".join(map(str, self._prefix))
        return f"<Action {self.action_type!r} {self._row.status} {self.task_uuid}@/{level}>"

    @property
    def task_level(self) -> list[int]:
        """
        The action's place in its task; its messages are numbered below it.
        """
        return list(self._prefix)

    @property
    def late_messages(self) -> int:
        """
        How many messages and actions were logged in this one after its end.
        """
        return getattr(self, "_late", 0)

    # -- Its life

    def start(self, /, **fields: object) -> None:
        """
        Log the start message of an action that was made by :meth:`child`.
        Again, or after the end, this does nothing.

        :param fields: what the start message says.
        """
        self._start(fields)

    def _start(self, fields: dict[str, object]) -> None:
        move = self._row.start
        if move.effect is None:
            return
        self._row = move.target
        if (watcher := _watch.watcher) is not None:
            watcher.given(fields)
            watcher.started(self)
        if _measure_durations:
            self._started_at = monotonic()
        serializers = self._serializers
        self._write(fields, [*self._prefix, 1], None if serializers is None else serializers.start)

    def finish(self, exception: BaseException | object | None = None) -> None:
        """
        End the action.  Only the first time counts; again, this does nothing.

        :param exception: why it failed: an exception, or a Twisted
            :class:`~twisted.python.failure.Failure`; ``None`` if it succeeded.
        """
        row = self._row
        move = row.succeed if exception is None else row.fail
        if move.effect is None:
            return
        try:
            # Deleting an attribute succeeds once, in one thread.
            del self._turn
        except AttributeError:
            return
        serializers = self._serializers
        if exception is None:
            # Fields that are added from now on belong to no message.
            fields, self._success_fields = self._success_fields or {}, None
            serializer = None if serializers is None else serializers.success
        else:
            # What was to be said of a success is not kept as long as the exception.
            self._success_fields = None
            remember(exception, self)
            fields = describe_failure(exception)
            serializer = None if serializers is None else serializers.failure
        # What an extractor logs comes before the end.
        level = [*self._prefix, next(self._levels)]
        self._row = move.target
        if (watcher := _watch.watcher) is not None:
            if exception is None:
                # Otherwise it has been told already, by whoever asked the extractor.
                watcher.given(fields)
            watcher.finished(self)
        if self._started_at is not None:
            fields[DURATION_FIELD] = monotonic() - self._started_at
        if exception is None:
            self._write(fields, level, serializer)
        else:
            telling(exception, self._write, fields, level, serializer)

    def _write(
        self, fields: dict[str, object], level: list[int], serializer: MessageSerializer | None
    ) -> None:
        write = None
        if serializer is None:
            write = short_way(self._logger, self.action_type, fields)
        try:
            fields["task_uuid"] = self.task_uuid
            fields["task_level"] = level
            fields["timestamp"] = time()
            fields["action_type"] = self.action_type
            fields["action_status"] = self._row.status
        except Exception:
            # A name that cannot even be compared with these.
            make_names_exact(fields)
            self._write(fields, level, serializer)
            return
        if write is not None:
            write(fields)
            return
        try:
            self._logger.write(fields, serializer)
        except Exception as error:
            rescue(fields, error)

    def add_success_fields(self, /, **fields: object) -> None:
        """
        Add fields to the end message, for the case that the action succeeds.
        """
        if self._success_fields is None:
            self._success_fields = fields
        else:
            self._success_fields.update(fields)

    # -- What happens in it

    def log(self, /, message_type: str, **fields: object) -> None:
        """
        Log a message inside this action, whichever is the current one.

        :param message_type: what kind of message it is.
        :param fields: what it says.
        """
        if (watcher := _watch.watcher) is not None:
            watcher.given(fields)
        write = short_way(self._logger, message_type, fields)
        stamp(fields, self, message_type)
        if write is not None:
            write(fields)
            return
        try:
            self._logger.write(fields)
        except Exception as error:
            rescue(fields, error)

    def child(
        self,
        logger: ILogger | None,
        action_type: str,
        serializers: ActionSerializers | None = None,
    ) -> Action:
        """
        Make an action inside this one that has not started yet; what
        :func:`start_action` does with the current action is seldom done by
        hand.

        :param logger: what its messages are written to.
        :param action_type: what kind of action it is.
        :param serializers: how its messages are serialized.
        """
        return Action(logger, self.task_uuid, self.next_level(), action_type, serializers)

    def next_level(self) -> list[int]:
        """
        Take the next place in this action; it is nobody else's then.
        """
        if self._row.message.effect is not None:
            self._count_late()
        return [*self._prefix, next(self._levels)]

    def _count_late(self, blame: bool = True) -> None:
        with _late_lock:
            self._late = self.late_messages + 1
        if blame and (watcher := _watch.watcher) is not None:
            watcher.late(self)

    # -- As the context of other code

    def __enter__(self) -> Self:
        # What enter() does, without calling it; __exit__ does likewise.
        _set_scope((self, _get_scope()))
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        here = _get_scope()
        if here[0] is self:
            _set_scope(here[1])
        else:
            leave(self)
        self.finish(exception)

    def context(self) -> ActionContext:
        """
        Make a context manager in whose block this is the current action, but
        which does not end it.

        :returns: a context manager that gives the action.
        """
        return ActionContext(self)

    def run(self, function: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """
        Call ``function`` with this as the current action; the action does not end.

        :returns: what the function returns.
        :raises BaseException: what the function raises.
        """
        enter(self)
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            remember(error, self)
            raise
        finally:
            leave(self)

    # -- Elsewhere

    def serialize_task_id(self, *, shared: bool = False) -> bytes:
        """
        Make an identifier with which this task can be continued elsewhere: in
        another thread, process, or machine.

        :param shared: whether it may be continued more than once, as for
            retries and broadcasts; otherwise it is good for one.
        :returns: ASCII, fit for a header.
        """
        if not shared:
            return _ids.serialize(self.task_uuid, self.next_level())
        holder = self.child(self._logger, _SHARED_TASK)
        holder.start()
        holder.finish()
        return _ids.serialize(self.task_uuid, holder._prefix, shared=True)

    @classmethod
    def continue_task(
        cls,
        logger: ILogger | None = None,
        task_id: bytes | str = _NOT_GIVEN,
        *,
        action_type: str = "eliot:remote_task",
        _serializers: ActionSerializers | None = None,
        **fields: object,
    ) -> Action:
        """
        Start an action at the place that a serialized identifier names.

        :param logger: what its messages are written to; the default logger for ``None``.
        :param task_id: what :meth:`serialize_task_id` gave, as bytes or text.
        :param action_type: what kind of action it is.
        :param fields: what the start message says.
        :raises ValueError: if ``task_id`` is malformed; the message says how.
        :raises RuntimeError: if there is no ``task_id``.
        """
        if task_id is _NOT_GIVEN:
            raise RuntimeError("continue_task needs the task_id that the other side serialized.")
        task_uuid, level = _ids.parse(task_id)
        action = cls(logger, task_uuid, level, action_type, _serializers)
        action._start(fields)
        return action

    # Older spellings.
    addSuccessFields = add_success_fields  # noqa: N815
    continueTask = continue_task  # noqa: N815
    serializeTaskId = serialize_task_id  # noqa: N815


class ActionContext:
    """
    A block of which an action is the context, without ending with it.

    :param action: the action.
    """

    __slots__ = ("_action",)

    def __init__(self, action: Action) -> None:
        self._action = action

    def __enter__(self) -> Action:
        _set_scope((self._action, _get_scope()))
        return self._action

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        here = _get_scope()
        if here[0] is self._action:
            _set_scope(here[1])
        else:
            leave(self._action)
        if exception is not None:
            remember(exception, self._action)


show_in("eliot", Action, measure_durations)
