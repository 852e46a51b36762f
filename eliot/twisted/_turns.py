"""
What the thread of a reactor does, as its frames show it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from types import CodeType, FrameType
from typing import Final, TypeAlias

from eliot._stacks import Frame, cut, without_ours
from eliot._text import scrub, shorten

#: Frames as they were at one moment, the innermost first: the code of each, the line,
#: and the globals of its module.
Snapshot: TypeAlias = "Sequence[tuple[CodeType, int, dict[str, object]]]"

# Recursion may be deep.
_MAXIMUM_DEPTH: Final = 2_000

_MAXIMUM_LINE: Final = 300

# Modules whose frames say only how the reactor got there.
_ROUTINE: Final = frozenset(
    [
        *("asyncio.base_events", "asyncio.events", "asyncio.runners"),
        *("twisted.internet.asyncioreactor", "twisted.internet.base", "twisted.internet.defer"),
        *("twisted.internet.epollreactor", "twisted.internet.posixbase"),
        *("twisted.python.context", "twisted.python.log"),
    ]
)


class Turns:
    """
    Knows the functions in which a reactor goes round, and waits.

    :param reactor: any reactor.  Of one whose functions are others, it cannot be
        told when it waits.
    """

    __slots__ = ("_turning", "_waiting")

    def __init__(self, reactor: object) -> None:
        loop: object = getattr(reactor, "_asyncioEventloop", None)
        self._waiting = _codes(reactor, "doIteration")
        self._turning = _codes(reactor, "mainLoop") | _codes(loop, "_run_once")

    def waits(self, frame: FrameType) -> bool:
        """
        Tell whether the reactor has nothing to do at the moment.

        :param frame: the innermost frame of its thread.
        """
        if frame.f_code in self._waiting:
            return True
        outer = frame.f_back
        return (
            outer is not None
            and outer.f_code in self._turning
            and frame.f_code.co_name == "select"
            and frame.f_globals.get("__name__") == "selectors"
        )

    def frames(self, frame: FrameType | None) -> Iterator[FrameType]:
        """
        Go from the innermost frame to that which the reactor has called.
        """
        for _ in range(_MAXIMUM_DEPTH):
            if frame is None or frame.f_code in self._turning:
                return
            yield frame
            frame = frame.f_back


def frame_of_thread(ident: int) -> FrameType | None:
    """
    Get the innermost frame of a thread.

    :returns: ``None`` if there is no such thread.
    """
    return sys._current_frames().get(ident)


def snapshot(frames: Sequence[FrameType]) -> Snapshot:
    """
    Note what frames do at the moment.
    """
    return [(each.f_code, each.f_lineno or 0, each.f_globals) for each in frames]


def as_text(taken: Snapshot) -> str:
    """
    Show frames as tracebacks do, the innermost last, within bounds.  Frames of this
    package, of the reactor and of Deferreds are left out where frames of others follow.
    """
    frames, left_out = cut(without_ours(Frame.of(*each) for each in _telling(taken)))
    lines = [_as_text(each) for each in frames]
    if left_out:
        lines.insert(len(lines) // 2, f"... ({left_out} more) ...")
    return scrub("\n".join(lines))


def _telling(taken: Snapshot) -> Iterator[tuple[CodeType, int, dict[str, object]]]:
    routine = []
    for each in reversed(taken):
        if each[2].get("__name__") in _ROUTINE:
            routine.append(each)
        else:
            routine.clear()
            yield each
    yield from routine


def _as_text(frame: Frame) -> str:
    file, source = shorten(frame.file, _MAXIMUM_LINE), shorten(frame.source(), _MAXIMUM_LINE)
    line = f'File "{file}", line {frame.line}, in {shorten(frame.function, _MAXIMUM_LINE)}'
    return f"{line}\n    {source}" if source else line


def _codes(owner: object, name: str) -> frozenset[CodeType]:
    """
    Get the code of a method, if there is one, and it is written in Python.
    """
    code: object = getattr(getattr(type(owner), name, None), "__code__", None)
    return frozenset([code] if isinstance(code, CodeType) else [])
