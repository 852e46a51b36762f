"""
A task that crosses a network: what is sent with a request, and what is read from
one.

Two headers go along.  ``X-Eliot-Task-Id`` names the place where the other side can
go on.  ``traceparent``, as the W3C has defined it, is for those who know only that: its
trace is the task, its parent the action that makes the request.

What is read was written by strangers: whatever it is, reading it does not raise,
and costs no more than its first few thousand characters do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from eliot import _ids
from eliot._action import Action
from eliot._environment import MALFORMED

#: The header that names the place where a task goes on.
TASK_ID_HEADER: Final = "X-Eliot-Task-Id"

#: The header of the W3C.
TRACEPARENT_HEADER: Final = "traceparent"

# What an action knows of where it came from: the fields of its start message.
REMOTE_TASK_ID: Final = "remote_task_id"
TRACE_ID: Final = "trace_id"
PARENT_ID: Final = "parent_id"

_NO_TRACE: Final = "0" * 32
_NO_PARENT: Final = "0" * 16

# Versions to come may add more to it, after a hyphen; this one must not.
_TRACEPARENT = r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_LONGEST_TRACEPARENT: Final = 512
_EXCERPT: Final = 60


class Traceparent(NamedTuple):
    """
    What a ``traceparent`` header says.

    :ivar trace_id: the trace, as 32 hexadecimal digits.
    :ivar parent_id: the caller's span in it, as 16 of them.
    :ivar sampled: whether the caller records it.
    """

    trace_id: str
    parent_id: str
    sampled: bool = True

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.parent_id}-{'01' if self.sampled else '00'}"


class RemoteContext(NamedTuple):
    """
    What a request says of where it came from.

    :ivar task_id: the serialized identifier that came, if it is well formed.
    :ivar traceparent: what the other header says, if it is well formed.
    :ivar problem: what is wrong with the headers, if something is; excerpts
        are short, and printable ASCII.
    """

    task_id: str | None = None
    traceparent: Traceparent | None = None
    problem: str | None = None

    def place(self) -> tuple[str, list[int]] | None:
        """
        Find where the caller's task goes on: for those who trust the caller.

        :returns: the task's identifier and the level; ``None`` if no well-formed
            identifier came.  A shared one gives a new place each time.
        """
        return None if self.task_id is None else _ids.parse(self.task_id)

    def fields(self) -> dict[str, object]:
        """
        Say who called: for the start message of an action that does not go on with
        the caller's task.
        """
        fields: dict[str, object] = {}
        if self.task_id is not None:
            fields[REMOTE_TASK_ID] = self.task_id
        if self.traceparent is not None:
            fields[TRACE_ID] = self.traceparent.trace_id
            fields[PARENT_ID] = self.traceparent.parent_id
        return fields

    def complain(self, action: Action) -> None:
        """
        Tell of what is wrong, if something is.

        :param action: where to do that.
        """
        if self.problem is not None:
            action.log(MALFORMED, reason=self.problem)


_NOTHING_CAME: Final = RemoteContext()


def headers_for(action: Action, *, shared: bool = False) -> dict[str, str]:
    """
    Take a place in an action, for the other side of a request, and say in headers where
    that is.  Never raises; may be called in any thread.

    :param action: what makes the request.
    :param shared: whether the place is good for any number of those who read it,
        see :meth:`Action.serialize_task_id`; otherwise it is good for one.
    :returns: the headers to send, by their names.
    """
    return {
        TASK_ID_HEADER: action.serialize_task_id(shared=shared).decode("ascii"),
        TRACEPARENT_HEADER: str(traceparent_of(action)),
    }


def traceparent_of(action: Action) -> Traceparent:
    """
    Find the trace that an action belongs to, and its span there.

    :returns: always the same for the same action: the bytes of its task's identifier
        where that is a UUID, as those that we make are, or else a hash of it; and a
        hash of its place.
    """
    task_uuid = action.task_uuid
    trace_id = _NO_TRACE
    if re.fullmatch(_UUID, task_uuid, re.IGNORECASE):
        trace_id = task_uuid.replace("-", "").lower()
    if trace_id == _NO_TRACE:
        trace_id = _hash(task_uuid, 16)
    place = "/".join(map(str, action.task_level))
    return Traceparent(trace_id, _hash(f"{task_uuid}@/{place}", 8))


def _hash(text: str, size: int) -> str:
    return blake2b(text.encode("utf-8", "backslashreplace"), digest_size=size).hexdigest()


def read_headers(
    task_ids: Sequence[bytes | str] | None,
    traceparents: Sequence[bytes | str] | None = None,
) -> RemoteContext:
    """
    Read what came with a request.  Never raises; may be called in any thread.

    A header that is there twice is refused, since nobody knows which was meant.  The
    ``traceparent`` is looked at only where no good identifier of ours came.

    :param task_ids: all values of the header ``X-Eliot-Task-Id``, as they came; ``None``
        if there are none.
    :param traceparents: all values of the header ``traceparent``.
    """
    problem = None
    if task_ids:
        if len(task_ids) > 1:
            problem = _repeated(TASK_ID_HEADER, task_ids)
        else:
            text = _text(task_ids[0], _ids.MAXIMUM_LENGTH)
            try:
                _ids.parse(text)
                return RemoteContext(text)
            except ValueError as error:
                problem = str(error)
    if not traceparents:
        return _NOTHING_CAME if problem is None else RemoteContext(problem=problem)
    found = None
    if len(traceparents) > 1:
        complaint = _repeated(TRACEPARENT_HEADER, traceparents)
    else:
        text = _text(traceparents[0], _LONGEST_TRACEPARENT)
        found = parse_traceparent(text)
        complaint = f"Malformed traceparent {_excerpt(text)}."
    if found is None:
        problem = complaint if problem is None else f"{problem} {complaint}"
    return RemoteContext(None, found, problem)


def parse_traceparent(text: str) -> Traceparent | None:
    """
    Read the value of a ``traceparent`` header, as strictly as the W3C demands.

    :returns: ``None`` if it is malformed.
    """
    if len(text) > _LONGEST_TRACEPARENT:
        return None
    match = re.fullmatch(_TRACEPARENT, text)
    if match is None:
        return None
    version, trace_id, parent_id, flags, more = match.groups()
    if version == "ff" or (version == "00" and more is not None):
        return None
    if trace_id == _NO_TRACE or parent_id == _NO_PARENT:
        return None
    return Traceparent(trace_id, parent_id, bool(int(flags, 16) & 1))


def _text(value: bytes | str, longest: int) -> str:
    # A character more than is allowed, so that it is still seen to be too long.
    if isinstance(value, str):
        return value[: longest + 1]
    return bytes(value[: longest + 1]).decode("ascii", "replace")


def _repeated(name: str, values: Sequence[bytes | str]) -> str:
    return f"{len(values)} headers {name}, the first is {_excerpt(_text(values[0], _EXCERPT))}."


def _excerpt(text: str) -> str:
    return ascii(text[:_EXCERPT]) + ("..." if len(text) > _EXCERPT else "")
