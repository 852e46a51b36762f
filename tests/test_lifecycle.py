"""
The life of an action: the machine, the table made from it, and actions, which must be the same.
"""

from __future__ import annotations

from collections.abc import Callable

from automat import TypeMachineBuilder
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action
from eliot._lifecycle import INPUTS, TABLE, Effects, Life, Row, action_machine, derive_table
from tests.helpers import RecordingLogger, fresh_context

#: The life, for people.  What an input does in a state: the state that follows, and the effect.
#:
#: - A start is written once, and not after the end.
#: - Messages are always made; those after the end are counted.
#: - The first end counts, also of an action that was never started.
TRANSITIONS = """
created    start    started    write_start
created    message  created    -
created    succeed  succeeded  write_end
created    fail     failed     write_end
started    start    started    -
started    message  started    -
started    succeed  succeeded  write_end
started    fail     failed     write_end
succeeded  start    succeeded  -
succeeded  message  succeeded  count_late
succeeded  succeed  succeeded  -
succeeded  fail     succeeded  -
failed     start    failed     -
failed     message  failed     count_late
failed     succeed  failed     -
failed     fail     failed     -
"""

WALKS = st.lists(st.sampled_from(INPUTS), max_size=12)


class RecordedEffects:
    """
    Effects that are only noted.

    :ivar noted: their names, in order.
    """

    def __init__(self) -> None:
        self.noted: list[str] = []

    def write_start(self) -> None:
        """
        Note it.
        """
        self.noted.append("write_start")

    def write_end(self) -> None:
        """
        Note it.
        """
        self.noted.append("write_end")

    def count_late(self) -> None:
        """
        Note it.
        """
        self.noted.append("count_late")


class LivedAction:
    """
    A real action, given the inputs of the machine; what it does is seen from outside.

    :ivar noted: the effects that can be seen, by their names.
    """

    def __init__(self) -> None:
        self._logger = RecordingLogger()
        self._action = Action(self._logger, "task", [], "life")
        self.noted: list[str] = []

    def give(self, name: str) -> None:
        """
        Give it an input.
        """
        late, written = self._action.late_messages, len(self._logger.messages)
        inputs: dict[str, Callable[[], None]] = {
            "start": self._action.start,
            "message": lambda: self._action.log("said"),
            "succeed": self._action.finish,
            "fail": lambda: self._action.finish(ValueError()),
        }
        inputs[name]()
        for message in self._logger.messages[written:]:
            if "action_status" in message:
                started = message["action_status"] == "started"
                self.noted.append("write_start" if started else "write_end")
        self.noted.extend(["count_late"] * (self._action.late_messages - late))

    @property
    def status(self) -> str:
        """
        What the last message about the action's own life says.
        """
        told = [each["action_status"] for each in self._logger.messages if "action_status" in each]
        return str(told[-1]) if told else "created"


def walk_machine(walk: list[str]) -> tuple[str, list[str]]:
    """
    Give the machine some inputs.

    :returns: its state then, and all effects.
    """
    effects = RecordedEffects()
    life = action_machine(effects)
    for name in walk:
        getattr(life, name)()
    return life.status(), effects.noted


def walk_table(walk: list[str]) -> tuple[str, list[str]]:
    """
    Follow the table.

    :returns: the state it leads to, and all effects.
    """
    row, effects = TABLE["created"], []
    for name in walk:
        move = getattr(row, name)
        if move.effect is not None:
            effects.append(move.effect)
        row = move.target
    return row.status, effects


class TransitionsTests(SynchronousTestCase):
    """
    The declared machine is the one that people read about.
    """

    def test_transitions(self) -> None:
        """
        The machine's transitions are those of the table above, all of them and no others.
        """
        lines = []
        for status, row in TABLE.items():
            for name in INPUTS:
                move = getattr(row, name)
                lines.append([status, name, move.target.status, move.effect or "-"])
        expected = [line.split() for line in TRANSITIONS.strip().splitlines()]
        self.assertEqual(sorted(lines), sorted(expected))


class SameLifeTests(SynchronousTestCase):
    """
    Machine, table and actions live the same life.
    """

    def setUp(self) -> None:
        """
        Begin outside of all actions.
        """
        fresh_context(self)

    @given(WALKS)
    def test_table(self, walk: list[str]) -> None:
        """
        The table leads where the machine goes, by the same effects.
        """
        self.assertEqual(walk_table(walk), walk_machine(walk))

    @given(WALKS)
    def test_action(self, walk: list[str]) -> None:
        """
        An action goes where the machine goes, and does what the machine has done, at each step.
        """
        action = LivedAction()
        for step, name in enumerate(walk, 1):
            action.give(name)
            self.assertEqual((action.status, action.noted), walk_machine(walk[:step]))


def machine_with(
    effect: Callable[[Life, Effects], None],
) -> Callable[[Effects], Life]:
    """
    Build a machine of one state.

    :param effect: what starting does.
    """
    machine = TypeMachineBuilder(Life, Effects)  # type: ignore[type-abstract]  # a protocol will do
    created = machine.state("created")
    created.upon(Life.start).loop()(effect)
    for nothing in (Life.message, Life.succeed, Life.fail):
        created.upon(nothing).loop().returns(None)
    created.upon(Life.status).loop().returns("created")
    return machine.build()


class DeriveTableTests(SynchronousTestCase):
    """
    Deriving a table from a machine.
    """

    def test_closed(self) -> None:
        """
        Every move leads to a row of the same table, under the name of its state.
        """
        rows: list[Row] = [getattr(row, name).target for row in TABLE.values() for name in INPUTS]
        for row in rows:
            self.assertIs(TABLE[row.status], row)

    def test_only_what_can_be_reached(self) -> None:
        """
        A machine of one state gives one row.
        """

        def start(life: Life, effects: Effects) -> None:
            effects.write_start()

        table = derive_table(machine_with(start))
        self.assertEqual(list(table), ["created"])
        self.assertEqual(table["created"].start.effect, "write_start")
        self.assertIsNone(table["created"].succeed.effect)

    def test_several_effects(self) -> None:
        """
        A machine whose input has two effects is refused: actions could not have both.
        """

        def start(life: Life, effects: Effects) -> None:
            effects.write_start()
            effects.count_late()

        error = self.assertRaises(ValueError, derive_table, machine_with(start))
        self.assertIn("write_start", str(error))
        self.assertIn("count_late", str(error))
