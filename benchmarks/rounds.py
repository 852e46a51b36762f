"""
Rounds: in each, every program runs once.

So whatever slows the machine down for a while slows all of them, and spares the ratios.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from benchmarks.programs import Figures, Program
from benchmarks.rows import AnyRow

#: What each program measured, round by round.
Rounds = dict[Program, list[Figures]]


def programs_of(rows: Iterable[AnyRow]) -> list[Program]:
    """
    Collect what has to be run, each program once, the two sides of a row close to each other.

    :param rows: The rows that are asked for.
    """
    return list(dict.fromkeys(program for row in rows for program in row.programs()))


def interleave(
    programs: Iterable[Program],
    rounds: int,
    run: Callable[[Program], Figures],
    announce: Callable[[str], object],
) -> Rounds:
    """
    Run the programs one after the other, then all of them again, and so on.

    :param programs: The programs, in the order in which they run.
    :param rounds: How many rounds each program gets, unless it needs
        more, or takes too long.
    :param run: Runs a program once.
    :param announce: Called with a line for people before each round.
    :returns: The figures of each program, one entry a round.
    """
    found: Rounds = {program: [] for program in programs}
    wanted = {program: program.rounds(rounds) for program in found}
    last = max(wanted.values(), default=0)
    for number in range(1, last + 1):
        due = [program for program in found if number <= wanted[program]]
        announce(f"round {number} of {last}: {len(due)} processes")
        for program in due:
            found[program].append(run(program))
    return found
