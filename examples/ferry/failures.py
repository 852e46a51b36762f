"""
What goes wrong at sea: ``python failures.py | eliot tree``.
"""

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress

from twisted.internet.defer import Deferred, fail

from eliot import (
    register_exception_extractor,
    start_action,
    to_file,
    write_failure,
    write_traceback,
)


class TooWindy(Exception):
    """
    A ferry stays where it is.
    """

    def __init__(self, knots: int) -> None:
        super().__init__(f"too windy at {knots} knots")
        self.knots = knots


register_exception_extractor(TooWindy, lambda error: {"knots": error.knots})


def cast_off(knots: int) -> None:
    """
    An action that fails says why by itself.
    """
    with start_action(action_type="ferry:cast_off"):
        if knots > 40:
            raise TooWindy(knots)


def read_chart(path: str) -> str:
    """
    Do without a chart where there is none, but have the reason written down.
    """
    try:
        with open(path, encoding="utf-8") as chart:
            return chart.read()
    except OSError:
        write_traceback()
        return "here be dragons"


def radio(answer: Deferred[str]) -> Deferred[str | None]:
    """
    Do without an answer that does not come, likewise.
    """
    return answer.addErrback(write_failure)


def sound_horns(horns: Iterable[Callable[[], object]]) -> None:
    """
    Sound all horns, and only then write down which are broken.
    """
    broken = []
    for sound in horns:
        try:
            sound()
        except RuntimeError:
            broken.append(sys.exc_info())
    for exc_info in broken:
        write_traceback(exc_info=exc_info)


def rusty_horn() -> None:
    """
    One of them.
    """
    raise RuntimeError("rust")


if __name__ == "__main__":
    to_file(sys.stdout)
    with suppress(TooWindy):
        cast_off(knots=45)
    with start_action(action_type="ferry:cross"):
        read_chart("sound.chart")
        radio(fail(LookupError("nobody on channel 16")))
        sound_horns([rusty_horn])
