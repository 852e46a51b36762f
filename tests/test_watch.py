"""
Looking on.
"""

from __future__ import annotations

from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, _watch, log_message, start_action
from tests.helpers import record


class Onlooker:
    """
    Keeps what it is told.

    :ivar told: the names of what has happened.
    """

    def __init__(self) -> None:
        self.told: list[str] = []

    def started(self, action: Action) -> None:
        """
        An action has been started.
        """
        self.told.append("started")

    def finished(self, action: Action) -> None:
        """
        An action has ended.
        """
        self.told.append("finished")

    def late(self, action: Action) -> None:
        """
        Something is logged in an action that has ended.
        """
        self.told.append("late")

    def leaked(self, action: Action, current: Action | None) -> None:
        """
        A block was left while another action was current.
        """
        self.told.append("leaked")

    def given(self, fields: Mapping[str, object]) -> None:
        """
        Fields are given.
        """
        self.told.append("given")


def do_everything() -> None:
    """
    Do what onlookers are told of.
    """
    action = start_action(action_type="deed")
    action.finish()
    action.log("late")
    outer = start_action(action_type="outer").context()
    outer.__enter__()
    with action.context():
        outer.__exit__(None, None, None)


EVERYTHING = [
    "given",
    "started",
    "given",
    "finished",
    "given",
    "late",
    "given",
    "started",
    "leaked",
    "leaked",
]


class WatchTests(SynchronousTestCase):
    """
    Who looks on.
    """

    def setUp(self) -> None:
        """
        Begin with two who do not look on yet.
        """
        record(self)
        self.first, self.second = Onlooker(), Onlooker()
        for each in (self.first, self.second):
            self.addCleanup(_watch.remove, each)

    def test_nobody(self) -> None:
        """
        Where nobody looks on, there is nobody to be asked.
        """
        before = _watch.watcher
        _watch.add(self.first)
        _watch.remove(self.first)
        self.assertIs(_watch.watcher, before)

    def test_several(self) -> None:
        """
        All who look on are told everything.
        """
        _watch.add(self.first)
        _watch.add(self.second)
        do_everything()
        self.assertEqual(self.first.told, EVERYTHING)
        self.assertEqual(self.second.told, EVERYTHING)

    def test_twice(self) -> None:
        """
        Whoever looks on already is told once.
        """
        _watch.add(self.first)
        _watch.add(self.first)
        log_message("said")
        self.assertEqual(self.first.told, ["given"])

    def test_remove(self) -> None:
        """
        Whoever has left is told no more; the others are.
        """
        _watch.add(self.first)
        _watch.add(self.second)
        _watch.remove(self.first)
        _watch.remove(self.first)
        log_message("said")
        self.assertEqual((self.first.told, self.second.told), ([], ["given"]))


class Leaver(Onlooker):
    """
    One who leaves when he is told something.
    """

    def given(self, fields: Mapping[str, object]) -> None:
        """
        Fields are given.
        """
        super().given(fields)
        _watch.remove(self)


class LeaveTests(SynchronousTestCase):
    """
    Leaving at any time.
    """

    def test_leave(self) -> None:
        """
        Whoever leaves while he is told something disturbs nobody.
        """
        messages = record(self)
        leaver = Leaver()
        action = start_action(action_type="before")
        for log in (
            lambda: start_action(action_type="deed"),
            lambda: log_message("said"),
            action.finish,
        ):
            _watch.add(leaver)
            log()
        self.assertEqual(leaver.told.count("given"), 3)
        self.assertEqual(len(messages), 4)
