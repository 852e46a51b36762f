"""What people and programs get to see: a table as text, or the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.results import AnyResult, MemoryResult, PauseResult, Pauses, Result, Spread

_COLUMNS = "{:>3}  {:<52} {:<22} {:>10} {:>10}  {:>7}  {:<15} {:>8} {:>6}  {}"


def _microseconds(spread: Spread) -> float:
    return spread.median / 1000


def _lines(result: Result) -> list[str]:
    row = result.row
    lines = [
        _COLUMNS.format(
            row.number,
            row.work,
            row.peer.name,
            f"{_microseconds(result.ours):.2f}",
            f"{_microseconds(result.theirs):.2f}",
            f"{result.ratio.median:.2f} x",
            f"({result.ratio.lowest:.2f} - {result.ratio.highest:.2f})",
            f"{row.at_least:g} x",
            f"{row.goal:g} x",
            result.verdict.value,
        )
    ]
    if row.context and result.context and result.context_ratio and result.peer_context_ratio:
        goal = f" (goal: at most {row.context.goal:g})" if row.context.goal else ""
        lines.append(
            f"     {row.context.name}: {_microseconds(result.context):.2f} us;"
            f" ours takes {result.context_ratio.median:.2f} times as long{goal},"
            f" the peer's {result.peer_context_ratio.median:.2f} times"
        )
    return lines


def _milliseconds(spread: Spread) -> float:
    return spread.median / 1_000_000


def _megabytes(spread: Spread) -> float:
    return spread.median / 1_000_000


def _pause_lines(result: PauseResult) -> list[str]:
    row, ours, theirs = result.row, result.ours, result.theirs
    lowest, highest = ours.maximum.lowest / 1_000_000, ours.maximum.highest / 1_000_000
    targets = f"at least {row.at_least:g} ms, goal {row.goal:g} ms"
    peer = f"{_pauses_as_text(theirs)}, memory +{_megabytes(theirs.memory):.1f} MB"
    alone = f"{_milliseconds(ours.p999_alone):.2f} and {_milliseconds(ours.maximum_alone):.2f} ms"
    return [
        f"{row.number:>3}  {row.work}: {result.verdict.value}",
        f"     {_pauses_as_text(ours)} ({lowest:.2f} - {highest:.2f} ms); {targets}",
        f"     beyond those of the same loop without logging, {alone}",
        f"     memory +{_megabytes(ours.memory):.1f} MB of {row.memory / 1_000_000:.1f} MB",
        f"     {row.peer.name}: {peer}",
    ]


def _pauses_as_text(pauses: Pauses) -> str:
    p999, maximum = _milliseconds(pauses.p999), _milliseconds(pauses.maximum)
    return f"p99.9 {p999:.2f} ms, maximum {maximum:.2f} ms"


def _memory_lines(result: MemoryResult) -> list[str]:
    row = result.row
    targets = f"at least {row.at_least / 1_000_000:g} MB, goal {row.goal / 1_000_000:g} MB"
    return [
        f"{row.number:>3}  {row.work}: {result.verdict.value}",
        f"     at most {_megabytes(result.peak):.1f} MB for the whole process; {targets}",
        f"     {_microseconds(result.operation):.2f} us a message, which was also made",
    ]


def _any_lines(result: AnyResult) -> list[str]:
    if isinstance(result, Result):
        return _lines(result)
    return _memory_lines(result) if isinstance(result, MemoryResult) else _pause_lines(result)


def as_text(results: Sequence[AnyResult], floor: Spread | None) -> str:
    """
    Make the table.

    :param results: The rows, in the order in which they are to be shown.
    :param floor: The times of the floor, in nanoseconds, if it was measured.
    :returns: Lines of text, with a newline at the end of each.
    """
    headings = (
        "row",
        "work",
        "peer",
        "ours us",
        "peer us",
        "ratio",
        "(rounds)",
        "at least",
        "goal",
    )
    lines = [_COLUMNS.format(*headings, "verdict")]
    if floor:
        work = "the floor: what no logging can avoid"
        time = f"{_microseconds(floor):.2f}"
        lines.append(_COLUMNS.format("-", work, "", time, "", "", "", "", "", "").rstrip())
    for result in results:
        lines += _any_lines(result)
    return "".join(f"{line}\n" for line in lines)


def _spread(spread: Spread) -> dict[str, object]:
    return {
        "median": spread.median,
        "lowest": spread.lowest,
        "highest": spread.highest,
        "rounds": list(spread.values),
    }


def _row(result: Result) -> dict[str, object]:
    row = result.row
    return {
        "number": row.number,
        "work": row.work,
        "peer": row.peer.name,
        "ours": _spread(result.ours),
        "theirs": _spread(result.theirs),
        "ratio": _spread(result.ratio),
        "at_least": row.at_least,
        "goal": row.goal,
        "context": row.context.name if row.context else None,
        "context_time": _spread(result.context) if result.context else None,
        "context_ratio": _spread(result.context_ratio) if result.context_ratio else None,
        "peer_context_ratio": (
            _spread(result.peer_context_ratio) if result.peer_context_ratio else None
        ),
        "context_goal": row.context.goal if row.context else None,
        "verdict": result.verdict.value,
    }


def _pause_row(result: PauseResult) -> dict[str, object]:
    row = result.row
    return {
        "number": row.number,
        "work": row.work,
        "peer": row.peer.name,
        "ours": _pauses(result.ours),
        "theirs": _pauses(result.theirs),
        "at_least_milliseconds": row.at_least,
        "goal_milliseconds": row.goal,
        "memory_at_most": row.memory,
        "verdict": result.verdict.value,
    }


def _memory_row(result: MemoryResult) -> dict[str, object]:
    row = result.row
    return {
        "number": row.number,
        "work": row.work,
        "peak": _spread(result.peak),
        "operation": _spread(result.operation),
        "at_least_bytes": row.at_least,
        "goal_bytes": row.goal,
        "verdict": result.verdict.value,
    }


def _any_row(result: AnyResult) -> dict[str, object]:
    if isinstance(result, Result):
        return _row(result)
    return _memory_row(result) if isinstance(result, MemoryResult) else _pause_row(result)


def _pauses(pauses: Pauses) -> dict[str, object]:
    return {
        "p99.9": _spread(pauses.p999),
        "maximum": _spread(pauses.maximum),
        "p99.9 alone": _spread(pauses.p999_alone),
        "maximum alone": _spread(pauses.maximum_alone),
        "memory": _spread(pauses.memory),
    }


def as_json(
    results: Sequence[AnyResult], floor: Spread | None, machine: Mapping[str, object]
) -> dict[str, object]:
    """
    Make what ``--json`` writes: everything that was found, each round of it.

    :param results: The rows.
    :param floor: The times of the floor, in nanoseconds, if it was measured.
    :param machine: What the figures were measured on.
    :returns: A dictionary that ``json`` can write; times are in nanoseconds per operation,
        memory is in bytes.
    """
    return {
        "machine": dict(machine),
        "floor": _spread(floor) if floor else None,
        "rows": [_any_row(result) for result in results],
    }
