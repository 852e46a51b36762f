"""
One time that a reactor was blocked, and what is told of it.
"""

from __future__ import annotations

from typing import Final

from eliot._context import Scope
from eliot._direct import write_message
from eliot._stamp import stamp, unfinished
from eliot.twisted._turns import Snapshot, as_text

_TYPE: Final = "eliot:reactor_blocked"

# How many different stacks are told.
_MAXIMUM_STACKS: Final = 4

# Where it was for a smaller part of the longest time in one place, it was by chance.
_LEAST_PART: Final = 0.1

# Nobody measures shorter than microseconds here.
_DIGITS: Final = 6


def placed(scope: Scope) -> dict[str, object]:
    """
    Take the place of a message in the innermost action that has not ended.  The
    message may be written when the action has ended long ago; its time is now, too.

    :param scope: where the reactor is.
    :returns: the message, as far as it is known.
    """
    fields: dict[str, object] = {"log_level": "warn"}
    stamp(fields, unfinished(scope), _TYPE)
    return fields


class _Stack:
    """
    A place in the code where the reactor was seen.
    """

    __slots__ = ("seconds", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.seconds = 0.0


class Blocked:
    """
    What was seen while the reactor did not answer.

    It is filled by one thread, and may be told by another.
    """

    __slots__ = ("_fields", "_seen", "_stacks")

    def __init__(self) -> None:
        self._stacks: dict[object, _Stack] = {}
        self._seen = 0.0
        # Whoever takes them away tells the end.
        self._fields: list[dict[str, object]] = []

    def see(self, taken: Snapshot, age: float) -> None:
        """
        Note where the reactor is.

        :param age: for how many seconds it has not answered.
        """
        seconds, self._seen = age - self._seen, age
        # By function: to go from line to line is not to be elsewhere.
        key = tuple(code for code, _, _ in taken)
        stack = self._stacks.get(key)
        if stack is None:
            if len(self._stacks) >= _MAXIMUM_STACKS:
                return
            stack = self._stacks[key] = _Stack(as_text(taken))
        stack.seconds += seconds

    def keep(self, place: dict[str, object]) -> None:
        """
        Keep the place of the message that tells the end.

        :param place: what :func:`placed` gave.
        """
        self._fields.append(place)

    @property
    def has_place(self) -> bool:
        """
        Whether a place is kept: the end is still to be told.
        """
        return bool(self._fields)

    def forget(self) -> None:
        """
        Leave the end to somebody else.
        """
        self._fields.clear()

    def tell_end(self, duration: float, cpu_time: float) -> None:
        """
        Log that the reactor goes on, if a place is kept for that.  Never raises.

        :param duration: for how many seconds it was blocked.
        :param cpu_time: for how many of them its thread computed.
        """
        try:
            fields = self._fields.pop()
        except IndexError:
            return
        self._write(fields, duration, cpu_time, ended=True)

    def tell_so_far(self, scope: Scope, duration: float, cpu_time: float) -> None:
        """
        Log that the reactor is still blocked.  Never raises.

        :param scope: where it is now.
        """
        self._write(placed(scope), duration, cpu_time, ended=False)

    def _write(
        self, fields: dict[str, object], duration: float, cpu_time: float, *, ended: bool
    ) -> None:
        fields |= {
            "duration": round(duration, _DIGITS),
            "cpu_time": round(cpu_time, _DIGITS),
            "ended": ended,
        }
        # The copy is made at once, whatever another thread adds.
        stacks = sorted(self._stacks.copy().values(), key=lambda each: -each.seconds)
        if stacks:
            fields["stack"] = stacks[0].text
        samples = [
            {"share": round(each.seconds / (self._seen or 1.0), 2), "stack": each.text}
            for each in stacks
            if each.seconds >= stacks[0].seconds * _LEAST_PART
        ]
        if len(samples) > 1:
            fields["samples"] = samples
        write_message(fields)


def tell_standstill(duration: float) -> None:
    """
    Log that the whole process stood still, which is nothing that the reactor has
    done.  Never raises.

    :param duration: for how many seconds.
    """
    fields: dict[str, object] = {"log_level": "warn", "duration": round(duration, _DIGITS)}
    stamp(fields, None, "eliot:process_stood_still")
    write_message(fields)
