"""From rounds to ratios and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

from benchmarks.programs import Program
from benchmarks.rounds import Rounds
from benchmarks.rows import MEMORY, PAUSES, AnyRow, Measure, MemoryRow, PauseRow, Row


class Verdict(Enum):
    """How far a row has come."""

    GOAL_REACHED = "goal reached"
    REACHED = "reached"
    NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Spread:
    """
    What the rounds gave for one number.

    :ivar values: One value a round.
    """

    values: Sequence[float]

    @property
    def median(self) -> float:
        """
        The value in the middle.
        """
        return median(self.values)

    @property
    def lowest(self) -> float:
        """
        The smallest value.
        """
        return min(self.values)

    @property
    def highest(self) -> float:
        """
        The largest value.
        """
        return max(self.values)


@dataclass(frozen=True)
class Result:
    """
    A row with what was found.

    Ratios are made within each round, between processes that ran next to each other, before the
    median is taken. So a ratio may differ a little from that of the two median times.

    :ivar row: The row.
    :ivar ours: Our time, in nanoseconds per operation.
    :ivar theirs: The peer's time, in nanoseconds per operation.
    :ivar ratio: How many times as fast as the peer we are.
    :ivar context: The time of the row's context, in nanoseconds, if it has one.
    :ivar context_ratio: How many times as long as its context our operation takes.
    :ivar peer_context_ratio: The same for the peer's. Where the context is the floor, nobody can be
        more times as fast as the peer than this.
    """

    row: Row
    ours: Spread
    theirs: Spread
    ratio: Spread
    context: Spread | None = None
    context_ratio: Spread | None = None
    peer_context_ratio: Spread | None = None

    @property
    def verdict(self) -> Verdict:
        """Both goals count for the goal: that beside the peer, and that beside the context."""
        if self.ratio.median < self.row.at_least:
            return Verdict.NOT_REACHED
        if self.ratio.median < self.row.goal or self._beyond_context():
            return Verdict.REACHED
        return Verdict.GOAL_REACHED

    def _beyond_context(self) -> bool:
        goal = self.row.context.goal if self.row.context else None
        if goal is None or self.context_ratio is None:
            return False
        return self.context_ratio.median > goal


@dataclass(frozen=True)
class Pauses:
    """
    How long one side's reactor stands still.

    :ivar p999: The pause that one in a thousand exceeds, in nanoseconds, beyond that of the loop
        alone.
    :ivar maximum: The longest pause, likewise.
    :ivar p999_alone: The first, of the loop alone.
    :ivar maximum_alone: The second, of the loop alone.
    :ivar memory: By how many bytes the process has grown.
    """

    p999: Spread
    maximum: Spread
    p999_alone: Spread
    maximum_alone: Spread
    memory: Spread


@dataclass(frozen=True)
class PauseResult:
    """
    A row of pauses with its figures.

    :ivar row: The row.
    :ivar ours: Our pauses.
    :ivar theirs: The peer's.
    """

    row: PauseRow
    ours: Pauses
    theirs: Pauses

    @property
    def verdict(self) -> Verdict:
        """The longest pause counts, and memory must be within its bound."""
        longest = max(self.ours.p999.median, self.ours.maximum.median) / 1_000_000
        if longest > self.row.at_least or self.ours.memory.median > self.row.memory:
            return Verdict.NOT_REACHED
        return Verdict.REACHED if longest > self.row.goal else Verdict.GOAL_REACHED


@dataclass(frozen=True)
class MemoryResult:
    """
    A row of memory with its figures.

    :ivar row: The row.
    :ivar peak: How many bytes the process took at most.
    :ivar operation: How long an operation took, in nanoseconds.
    """

    row: MemoryRow
    peak: Spread
    operation: Spread

    @property
    def verdict(self) -> Verdict:
        """Less is better."""
        if self.peak.median > self.row.at_least:
            return Verdict.NOT_REACHED
        return Verdict.REACHED if self.peak.median > self.row.goal else Verdict.GOAL_REACHED


#: A result of any kind.
AnyResult = Result | PauseResult | MemoryResult


def times(measure: Measure, rounds: Rounds) -> list[float]:
    """
    Pick one figure out of all that was measured.

    :param measure: Which one.
    :param rounds: All that was measured.
    :returns: Nanoseconds per operation, one number a round.
    """
    return [figures[measure.figure] for figures in rounds[measure.program]]


def compare(row: Row, rounds: Rounds) -> Result:
    """
    Compare the two sides of a row.

    :param row: The row.
    :param rounds: What the row's programs measured.
    """
    ours = times(row.ours, rounds)
    theirs = times(row.theirs, rounds)
    ratio = Spread(_ratios(theirs, ours))
    if row.context is None:
        return Result(row, Spread(ours), Spread(theirs), ratio)
    context = [time * row.context.times for time in times(row.context.measure, rounds)]
    return Result(
        row,
        Spread(ours),
        Spread(theirs),
        ratio,
        Spread(context),
        Spread(_ratios(ours, context)),
        Spread(_ratios(theirs, context)),
    )


def compare_any(row: AnyRow, rounds: Rounds) -> AnyResult:
    """
    Compare the two sides of a row, or look at what there is but one of.

    :param row: The row.
    :param rounds: What the row's programs measured.
    """
    if isinstance(row, Row):
        return compare(row, rounds)
    if isinstance(row, MemoryRow):
        peak, operation = (times(Measure(row.ours, name), rounds) for name in MEMORY)
        return MemoryResult(row, Spread(peak), Spread(operation))
    return PauseResult(row, _pauses(row.ours, rounds), _pauses(row.theirs, rounds))


def _pauses(program: Program, rounds: Rounds) -> Pauses:
    return Pauses(*(Spread(times(Measure(program, name), rounds)) for name in PAUSES))


def _ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    return [upper / lower for upper, lower in zip(over, under, strict=True)]
