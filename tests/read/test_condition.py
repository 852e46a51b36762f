"""
Tests of :mod:`eliot.read._condition`.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import ActionNode, Message, read_tasks
from eliot.read._condition import Condition, asking_task, nodes
from tests.forests import Fields, damaged, forests
from tests.read.selecting import ended, message, started, task


class NodesTests(SynchronousTestCase):
    """
    The nodes of a task.
    """

    @given(st.data())
    def test_every_message(self, data: st.DataObject) -> None:
        """
        Each message of a task belongs to one node, however damaged the log is.
        """
        log = data.draw(damaged(data.draw(forests(odd=True))))
        for each in read_tasks(map(Message, log.survivors)):
            belonging: list[Message] = []
            for node in nodes(each):
                halves = [node.start, node.end] if isinstance(node, ActionNode) else [node]
                belonging += [half for half in halves if half is not None]
            self.assertEqual(Counter(map(id, belonging)), Counter(map(id, each.messages())))

    def test_deep(self) -> None:
        """
        Tasks may be deep.
        """
        fields: Fields = {"task_uuid": "t", "task_level": [1] * 10_000, "timestamp": 1.0}
        (deep,) = read_tasks([Message(fields)])
        self.assertEqual(sum(1 for _ in nodes(deep)), 10_001)


class AskingTests(SynchronousTestCase):
    """
    Conditions are asked.
    """

    def test_cheap_first(self) -> None:
        """
        The cheap conditions are asked first, and the others only where these hold.
        """
        asked: list[str] = []

        def saying(name: str, *, answer: bool) -> Condition:
            def of_message(message: Message) -> bool:
                asked.append(name)
                return answer

            return Condition(len(name), of_message)

        conditions = [
            saying("dear", answer=True),
            saying("ab", answer=False),
            saying("a", answer=True),
        ]
        (lone,) = read_tasks([message()])
        self.assertFalse(asking_task(conditions)(lone))
        self.assertEqual(asked, ["a", "a", "ab"])

    def test_of_task(self) -> None:
        """
        Where nothing of a task can fit, nothing more is asked.
        """
        never = Condition(1, None, lambda node: True, lambda task: False)
        broken = Condition(0, lambda message: bool(1 // 0))
        (action,) = read_tasks(task(started(), ended()))
        self.assertFalse(asking_task([never, broken])(action))

    def test_nothing_known(self) -> None:
        """
        Nothing holds of an action of which only what is below was found.
        """
        (unknown,) = read_tasks([message(level=[2, 2])])
        anything = Condition(1, None, lambda node: True)
        self.assertTrue(asking_task([anything])(unknown))
        of_action = Condition(1, None, lambda node: isinstance(node, ActionNode))
        self.assertFalse(asking_task([of_action])(unknown))
