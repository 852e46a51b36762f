"""
Tests of what is called in an action.
"""

from __future__ import annotations

from typing import cast

from twisted.internet.interfaces import IPullProducer, IPushProducer
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import current_action, start_task
from eliot._crossed import innermost
from eliot.twisted._in_action import InAction, within
from tests.helpers import record


class WithinTests(SynchronousTestCase):
    """
    Functions.
    """

    def setUp(self) -> None:
        """
        Begin in some action.
        """
        record(self)
        self.action = start_task(action_type="inner")
        self.around = start_task(action_type="outer")

    def test_result(self) -> None:
        """
        A function is given its arguments, runs in the action, and in nothing else; what it returns
        is returned.
        """

        def work(number: int, *, text: str) -> tuple[int, str, object, object]:
            before = current_action()
            # It may leave what it is in.
            self.action.finish()
            with self.action.context():
                pass
            return number, text, before, current_action()

        with self.around.context():
            result = within(self.action, work, 1, text="a")
            self.assertIs(current_action(), self.around)
        self.assertEqual(result, (1, "a", self.action, self.action))

    def test_raises(self) -> None:
        """
        So is what it raises, on which the action is remembered.
        """

        def work() -> None:
            raise ZeroDivisionError

        with self.around.context():
            error = self.assertRaises(ZeroDivisionError, within, self.action, work)
            self.assertIs(current_action(), self.around)
        self.assertIs(innermost(error), self.action)

    def test_enters(self) -> None:
        """
        What it has entered, and not left, is left.
        """
        other = start_task(action_type="other")
        within(self.action, other.__enter__)
        self.assertIsNone(current_action())


class InActionTests(SynchronousTestCase):
    """
    Producers.
    """

    def test_interfaces(self) -> None:
        """
        What stands in for a producer is one.
        """
        record(self)
        wrapped = InAction(cast("IPullProducer", None), start_task(action_type="a"))
        verifyObject(IPushProducer, wrapped)
        verifyObject(IPullProducer, wrapped)

    def test_calls(self) -> None:
        """
        Each of its calls is made in the action.
        """
        record(self)
        called: list[tuple[str, object]] = []

        class Producer:
            def __getattr__(self, name: str) -> object:
                return lambda: called.append((name, current_action()))

        action = start_task(action_type="a")
        wrapped = InAction(cast("IPushProducer", Producer()), action)
        wrapped.resumeProducing()
        wrapped.pauseProducing()
        wrapped.stopProducing()
        names = ["resumeProducing", "pauseProducing", "stopProducing"]
        self.assertEqual(called, [(name, action) for name in names])
        self.assertIsNone(current_action())
