"""
The life of an action, as a state machine.

This is the only place where the life is written down.  Stepping an Automat
machine takes longer than writing a message, so actions do not step one: they
hold a :class:`Row` of a table that is made from the machine once, by running
it through every input in every state that it can reach.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias

from automat import TypeMachineBuilder, pep614

#: The states of an action.  All but the first are what ``action_status`` says
#: in messages.
Status: TypeAlias = Literal["created", "started", "succeeded", "failed"]


class Life(Protocol):
    """
    What can happen to an action: the inputs of the machine.
    """

    def start(self) -> None:
        """
        The action begins.
        """

    def message(self) -> None:
        """
        A message, or an action of its own, is made inside this action.
        """

    def succeed(self) -> None:
        """
        The action ends well.
        """

    def fail(self) -> None:
        """
        The action ends with an exception.
        """

    def status(self) -> Status:
        """
        Ask which state the action is in.
        """


class Effects(Protocol):
    """
    What an action does as it moves: the outputs of the machine.
    """

    def write_start(self) -> None:
        """
        Log the start message.
        """

    def write_end(self) -> None:
        """
        Log the end message.
        """

    def count_late(self) -> None:
        """
        Count something that came after the end.
        """


def _declare() -> Callable[[Effects], Life]:
    machine = TypeMachineBuilder(Life, Effects)  # type: ignore[type-abstract]  # a protocol will do

    created = machine.state("created")
    started = machine.state("started")
    succeeded = machine.state("succeeded")
    failed = machine.state("failed")

    @pep614(created.upon(Life.start).to(started))
    def start(life: Life, effects: Effects) -> None:
        effects.write_start()

    # An action that was never started can still be finished: its end tells
    # more than nothing would.
    @pep614(created.upon(Life.succeed).to(succeeded))
    @pep614(started.upon(Life.succeed).to(succeeded))
    @pep614(created.upon(Life.fail).to(failed))
    @pep614(started.upon(Life.fail).to(failed))
    def end(life: Life, effects: Effects) -> None:
        effects.write_end()

    @pep614(succeeded.upon(Life.message).loop())
    @pep614(failed.upon(Life.message).loop())
    def late(life: Life, effects: Effects) -> None:
        effects.count_late()

    # What happens again, or too late, does nothing.
    started.upon(Life.start).loop().returns(None)
    for state in (created, started):
        state.upon(Life.message).loop().returns(None)
    for state in (succeeded, failed):
        state.upon(Life.start).loop().returns(None)
        state.upon(Life.succeed).loop().returns(None)
        state.upon(Life.fail).loop().returns(None)

    created.upon(Life.status).loop().returns("created")
    started.upon(Life.status).loop().returns("started")
    succeeded.upon(Life.status).loop().returns("succeeded")
    failed.upon(Life.status).loop().returns("failed")
    return machine.build()


#: Makes a machine, given what it shall act upon.
action_machine = _declare()


class Move:
    """
    What one input does in one state.

    :ivar target: the row of the state that follows.
    :ivar effect: the name of the method of :class:`Effects` that is called,
        or ``None``.
    """

    __slots__ = ("effect", "target")

    target: Row
    effect: str | None


class Row:
    """
    One state of the machine, with what each input does in it.
    """

    __slots__ = ("fail", "message", "start", "status", "succeed")

    status: Status
    start: Move
    message: Move
    succeed: Move
    fail: Move


#: The inputs that move an action, by name.
INPUTS = ("start", "message", "succeed", "fail")


class _Recorder:
    """
    Effects that are only remembered.
    """

    def __init__(self) -> None:
        self.effects: list[str] = []

    def write_start(self) -> None:
        self.effects.append("write_start")

    def write_end(self) -> None:
        self.effects.append("write_end")

    def count_late(self) -> None:
        self.effects.append("count_late")


def derive_table(machine: Callable[[Effects], Life]) -> dict[Status, Row]:
    """
    Run a machine through every input in every state that it can reach.

    :param machine: makes a new machine, given its effects.
    :returns: a row for each state that can be reached.
    :raises ValueError: if one input has more than one effect: the table, and
        so actions, know of one at most.
    """
    rows: dict[Status, Row] = {}

    def visit(path: tuple[str, ...], status: Status) -> Row:
        row = rows[status] = Row()
        row.status = status
        for name in INPUTS:
            move = Move()
            setattr(row, name, move)
            there, effects = _run(machine, (*path, name))
            if len(effects) > 1:
                raise ValueError(f"{name} in {status} has several effects: {effects}")
            move.effect = effects[0] if effects else None
            move.target = rows[there] if there in rows else visit((*path, name), there)
        return row

    visit((), _run(machine, ())[0])
    return rows


def _run(machine: Callable[[Effects], Life], path: tuple[str, ...]) -> tuple[Status, list[str]]:
    """
    Give a new machine the inputs of ``path``.

    :returns: the state it is in then, and the effects of the last input.
    """
    recorder = _Recorder()
    life = machine(recorder)
    for name in path:
        recorder.effects.clear()
        getattr(life, name)()
    return life.status(), recorder.effects


#: What actions act on.
TABLE = derive_table(action_machine)
