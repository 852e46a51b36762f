"""
Tests of :mod:`eliot.read._action`.
"""

from __future__ import annotations

from itertools import permutations

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, ActionNode, Child, Gap, LeftOut, Message, Task


def message(level: list[int], timestamp: float = 1.0, **fields: JSON) -> Message:
    """
    Make a message at a level.
    """
    place: dict[str, JSON] = {"task_uuid": "u", "task_level": [*level], "timestamp": timestamp}
    return Message({**place, **fields})


def started(level: list[int], timestamp: float = 1.0, action_type: str = "a") -> Message:
    """
    Make the start message of the action at a level.
    """
    return message([*level, 1], timestamp, action_type=action_type, action_status="started")


def ended(level: list[int], timestamp: float = 2.0, **fields: JSON) -> Message:
    """
    Make an end message at its own level.
    """
    return message(level, timestamp, **{"action_type": "a", "action_status": "succeeded", **fields})


def root_of(*messages: Message) -> ActionNode:
    """
    Put the messages of one task together.
    """
    task = Task("u", is_rest=False)
    for each in messages:
        task.add(each)
    return task.root


class ActionNodeTests(SynchronousTestCase):
    """
    An action knows what was found of it, and what was not.
    """

    def test_whole(self) -> None:
        """
        An action with all of its levels is complete; type and status come from its messages.
        """
        start, inner, end = started([]), message([2]), ended([3])
        root = root_of(end, inner, start)
        self.assertTrue(root.is_complete)
        self.assertIs(root.start, start)
        self.assertIs(root.end, end)
        self.assertEqual((root.type, root.status), ("a", "succeeded"))
        self.assertEqual(list(root.children()), [Child(2, inner), Child(3, end)])

    def test_no_end(self) -> None:
        """
        Without its end, an action has started only, and is not complete.
        """
        root = root_of(started([]))
        self.assertEqual((root.type, root.status, root.duration), ("a", "started", None))
        self.assertFalse(root.is_complete)

    def test_no_start(self) -> None:
        """
        Without its start, an action has its type and status from its end, and is not complete.
        """
        root = root_of(ended([2]))
        self.assertEqual((root.type, root.status, root.duration), ("a", "succeeded", None))
        self.assertFalse(root.is_complete)

    def test_unknown(self) -> None:
        """
        An action that shows only by what is below it has a place, but neither type nor status.
        """
        inner = root_of(started([4, 7])).actions[4]
        self.assertEqual((inner.type, inner.status), (None, None))
        self.assertEqual(inner.level, (4,))
        self.assertEqual(inner.actions[7].level, (4, 7))

    def test_gaps(self) -> None:
        """
        Levels that are missing are gaps, as ranges, however large.
        """
        root = root_of(started([]), message([4]), message([5]), ended([10**15]))
        self.assertEqual(
            [child.item for child in root.children() if isinstance(child.item, Gap)],
            [Gap(2, 3), Gap(6, 10**15 - 1)],
        )
        self.assertFalse(root.is_complete)

    def test_no_gaps_in_unknown(self) -> None:
        """
        An action of which nothing was found has no gaps: it may hold random levels.
        """
        root = root_of(started([5]), started([9]))
        self.assertEqual([child.number for child in root.children()], [5, 9])

    def test_late(self) -> None:
        """
        What stands above the end is late, messages and actions alike; the end is not.
        """
        root = root_of(started([]), ended([2]), message([3]), started([4]), ended([4, 2]))
        self.assertEqual([child.late for child in root.children()], [False, True, True])
        self.assertTrue(root.is_complete)

    def test_late_action_is_open(self) -> None:
        """
        An action that has begun late has to end as well before all is complete.
        """
        root = root_of(started([]), ended([2]), started([3]))
        self.assertFalse(root.is_complete)

    def test_duplicate(self) -> None:
        """
        A message whose level is taken is kept beside the first, flagged, and changes nothing else.
        """
        first, second, third = message([2], x=1), message([2], x=1), message([2], x=2)
        root = root_of(started([]), first, second, third, ended([3]))
        self.assertEqual(
            list(root.children())[:3],
            [Child(2, first), Child(2, second, duplicate=True), Child(2, third, duplicate=True)],
        )
        self.assertTrue(root.is_complete)

    def test_duplicate_start(self) -> None:
        """
        A second start is a duplicate, too.
        """
        first, second = started([]), started([])
        root = root_of(first, second)
        self.assertIs(root.start, first)
        self.assertEqual(list(root.children()), [Child(1, second, duplicate=True)])

    def test_first_logged(self) -> None:
        """
        A level that is claimed more than once belongs to the message that was logged first, not
        to the one that was found first; the others stand after it, by their time.
        """
        first, second, third = message([2], 1.0), message([2], 2.0), message([2], 3.0)
        for order in permutations([first, second, third]):
            root = root_of(started([]), *order, ended([3]))
            self.assertEqual(
                [(child.item, child.duplicate) for child in root.children()][:3],
                [(first, False), (second, True), (third, True)],
            )
            self.assertTrue(root.is_complete)

    def test_first_start_and_end(self) -> None:
        """
        So it is with starts and ends.
        """
        starts = [started([], 1.0), started([], 2.0)]
        ends = [ended([2], 3.0), ended([2], 4.0)]
        for order in permutations([*starts, *ends]):
            root = root_of(*order)
            self.assertIs(root.start, starts[0])
            self.assertIs(root.end, ends[0])
            self.assertEqual([child.item for child in root.children()], [starts[1], *ends])

    def test_start_and_end_prevail(self) -> None:
        """
        A start or an end has its level even if another message was logged there before: an action
        that has ended is not spoilt by one whose identifier was used again.
        """
        start, end = started([], 2.0), ended([2], 2.0)
        others = [message([1], 1.0), message([2], 1.0)]
        for order in permutations([start, end, *others]):
            root = root_of(*order)
            self.assertTrue(root.is_complete)
            self.assertIs(root.start, start)
            self.assertIs(root.end, end)
            self.assertEqual([child.item for child in root.children()], [others[0], end, others[1]])

    def test_second_end(self) -> None:
        """
        The lowest end is the end; another one is a message like others.
        """
        first, second = ended([2]), ended([3])
        for order in permutations([started([]), first, second]):
            root = root_of(*order)
            self.assertIs(root.end, first)
            self.assertEqual(list(root.children()), [Child(2, first), Child(3, second, late=True)])

    def test_message_and_action(self) -> None:
        """
        A level that is taken by a message and by an action gives both.
        """
        root = root_of(started([]), message([2]), started([2]), ended([2, 2]), ended([3]))
        self.assertEqual([child.number for child in root.children()], [2, 2, 3])
        self.assertTrue(root.is_complete)
        other = root_of(started([]), started([2]), message([2]), ended([2, 2]), ended([3]))
        self.assertTrue(other.is_complete)

    def test_shared(self) -> None:
        """
        The holder of a shared task id is complete with its own end; what continues below it is
        neither late nor does it leave gaps.
        """
        holder = [
            started([], action_type="eliot:shared_task"),
            ended([2], action_type="eliot:shared_task"),
        ]
        self.assertTrue(root_of(*holder).is_complete)
        root = root_of(*holder, started([2**52 + 3]), ended([2**52 + 3, 2]))
        self.assertTrue(root.is_complete)
        self.assertEqual([child.late for child in root.children()], [False, False])

    def test_shared_open(self) -> None:
        """
        A continuation that is known to have started is waited for.
        """
        root = root_of(
            started([], action_type="eliot:shared_task"),
            ended([2], action_type="eliot:shared_task"),
            started([2**52 + 3]),
        )
        self.assertFalse(root.is_complete)

    def test_no_longer_complete(self) -> None:
        """
        What was complete is so no more once something of it turns out to be missing, up to the
        root, and is again when that has come.
        """
        task = Task("u", is_rest=False)
        for each in [started([]), started([2]), ended([2, 2]), ended([3])]:
            task.add(each)
        self.assertTrue(task.is_complete)
        task.add(message([2, 4]))
        self.assertFalse(task.is_complete)
        task.add(message([2, 3]))
        self.assertTrue(task.is_complete)
        task.add(message([2, 5, 2]))
        self.assertFalse(task.is_complete)

    def test_duration(self) -> None:
        """
        The duration is what the action measured, or else the difference of its timestamps.
        """
        self.assertEqual(root_of(started([], 3.0), ended([2], 5.5)).duration, 2.5)
        measured = ended([2], 5.5, **{"eliot:duration": 0.25})
        self.assertEqual(root_of(started([], 3.0), measured).duration, 0.25)
        self.assertEqual(root_of(measured).duration, 0.25)
        nonsense = ended([2], 5.5, **{"eliot:duration": "long"})
        self.assertEqual(root_of(started([], 3.0), nonsense).duration, 2.5)

    def test_orderly(self) -> None:
        """
        What stands in an action about which nothing is odd can be had as it is.
        """
        start, inner, end = started([]), message([2]), ended([4])
        root = root_of(start, inner, started([3]), ended([3, 2]), end)
        self.assertEqual(root.orderly_items(), [inner, root.actions[3], end])
        odd: list[list[Message]] = [
            [start, inner],
            [inner, ended([3])],
            [start, inner, end],
            [start, inner, ended([3]), message([4])],
            [start, inner, inner, ended([3])],
        ]
        for messages in odd:
            self.assertIsNone(root_of(*messages).orderly_items(), messages)

    def test_without(self) -> None:
        """
        A copy may leave things out: it says how many messages, and misses what was missing before.
        """
        root = root_of(started([]), message([2]), started([3]), message([4]), ended([6]))
        copy = root.without({2: 1, 3: 1}, {})
        left = root.messages[4]
        self.assertEqual(
            copy.children(),
            [Child(2, LeftOut(2)), Child(4, left), Child(5, Gap(5, 5)), Child(6, root.end or left)],
        )
        self.assertEqual((copy.start, copy.end, copy.missing), (root.start, root.end, root.missing))
        self.assertEqual(len(root.children()), 5)
