"""
Messages in the log of trial, Twisted's runner of tests.
"""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import Final

from orjson import dumps, loads
from twisted.logger import LogLevel

from eliot._destinations import add_destinations
from eliot._encode import encode
from eliot._fields import ENCODING_FIELD, RESERVED
from eliot.twisted._destination import TwistedDestination

# What the programs are called, without what may follow a dot.
_SCRIPTS: Final = frozenset(["trial", "trial3", "trial-script"])

_MODULE: Final = ("twisted", "trial", "__main__.py")
_WORKER: Final = ("twisted", "trial", "_dist", "workertrial.py")

# A worker sends its log to the parent as values of AMP, of which none may be
# longer than 65,535 bytes; a longer one would be an error of the test.
_MAXIMUM_IN_WORKER: Final = 65_000

_IDENTITY: Final = ("task_uuid", "task_level", "timestamp")

# Taking from a list succeeds once, in one thread.
_left: Final = [True]


def redirectLogsForTrial() -> TwistedDestination | None:  # noqa: N802 (the documented name)
    """
    Where tests are run by trial, have all messages written to its log,
    ``_trial_temp/test.log``, each as JSON in one line, after what trial puts
    in front of lines.  Elsewhere nothing is done.

    Call it in the ``__init__.py`` of your package, or of its tests.  What is
    logged before the first test is run, as while modules are imported, comes
    before trial opens its log, and is not found there.

    In the workers of ``trial -j``, a message of more than 65,000 bytes has its
    largest fields replaced, and named in ``eliot:encoding``.

    :returns: the destination that was added, for
        :func:`~eliot.remove_destination`; ``None`` where nothing was done, as
        in all calls but the first.
    """
    is_worker = _is_worker()
    if not (is_worker or _is_trial()):
        return None
    try:
        _left.pop()
    except IndexError:
        return None
    destination = _TrialDestination(_MAXIMUM_IN_WORKER if is_worker else None)
    add_destinations(destination)
    return destination


class _TrialDestination(TwistedDestination):
    """
    Hands each message to Twisted's log as a line of JSON.

    :param maximum: how many bytes such a line may have.
    """

    __slots__ = ("_maximum",)

    def __init__(self, maximum: int | None) -> None:
        super().__init__()
        self._maximum = maximum

    def _details(self, message: dict[str, object]) -> dict[str, object]:
        line = encode(message)
        if self._maximum is not None and len(line) > self._maximum:
            line = shortened(line, self._maximum)
        # Neither a failure, which trial would take for an error of the test, nor
        # a level that Twisted prints to standard error at once.
        return {"log_level": LogLevel.info, "text": line.decode().removesuffix("\n")}


def shortened(line: bytes, maximum: int) -> bytes:
    """
    Replace the largest fields of a message, until it is short enough; and if
    that does not help, all but those that say which one it was.

    :param line: the message, as a line of JSON.
    :param maximum: how many bytes it may have.
    """
    fields: dict[str, object] = loads(line)
    sizes = {name: len(dumps(value)) for name, value in fields.items() if name not in RESERVED}
    replaced: list[str] = []
    excess = len(line) - maximum
    for name in sorted(sizes, key=sizes.__getitem__, reverse=True):
        text = f"<{sizes[name]} bytes>"
        # What its name costs in the list of what was replaced has to be gained.
        gain = sizes[name] - len(dumps(text)) - len(dumps(name)) - len(ENCODING_FIELD)
        if excess <= 0 or gain <= 0:
            break
        fields[name] = text
        replaced.append(name)
        excess -= gain
    before = fields.get(ENCODING_FIELD)
    fields[ENCODING_FIELD] = [*(before if isinstance(before, list) else ()), *replaced]
    line = dumps(fields)
    return line if len(line) <= maximum else dumps({each: fields[each] for each in _IDENTITY})


def _program() -> PurePath:
    # An interpreter that is embedded in a program may have no arguments.
    return PurePath(next(iter(getattr(sys, "argv", ())), ""))


def _is_trial() -> bool:
    """
    Tell whether this process is ``trial``, or ``python -m twisted.trial``.
    """
    program = _program()
    # Others may have programs of that name.
    return "twisted.scripts.trial" in sys.modules and (
        program.stem in _SCRIPTS or program.parts[-len(_MODULE) :] == _MODULE
    )


def _is_worker() -> bool:
    """
    Tell whether this process was started by ``trial -j``.
    """
    return _program().parts[-len(_WORKER) :] == _WORKER
