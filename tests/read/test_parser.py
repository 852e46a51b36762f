"""
Tests of :mod:`eliot.read._parser`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, MalformedMessage
from eliot.read._misfits import WrongTask
from eliot.read._parser import Parser, Task
from eliot.read._written import WrittenAction, WrittenMessage
from tests.read.test_written import elsewhere, end, said, start

Fields = dict[str, JSON]


def action_of(task: Task) -> WrittenAction:
    """
    Get the root of a task that is an action.
    """
    root = task.root()
    assert isinstance(root, WrittenAction), root
    return root


def fields_of(*messages: WrittenMessage) -> list[Fields]:
    """
    Get messages as they were decoded.
    """
    return [each.as_dict() for each in messages]


def parsed(*messages: WrittenMessage) -> list[Task]:
    """
    Parse messages.
    """
    return list(Parser.parse_stream(fields_of(*messages)))


def deep(depth: int) -> list[Fields]:
    """
    Make actions in one another, so many.
    """
    levels = [[2] * each for each in range(depth)]
    return fields_of(
        *[start(level) for level in levels],
        *[end([*level, 3 if level != levels[-1] else 2]) for level in reversed(levels)],
    )


class TaskTests(SynchronousTestCase):
    """
    A task is put together of messages.
    """

    def test_by_hand(self) -> None:
        """
        A task may be put together by hand.
        """
        task = Task()
        self.assertFalse(task.is_complete())
        self.assertIs(task.add(start([]).as_dict()), task)
        self.assertFalse(task.is_complete())
        self.assertTrue(task.add(end([2]).as_dict()).is_complete())
        expected = WrittenAction.from_messages(start([]), end_message=end([2]))
        self.assertEqual(task.root(), expected)

    def test_empty(self) -> None:
        """
        An empty task has no root.
        """
        self.assertRaises(ValueError, Task().root)

    def test_other_task(self) -> None:
        """
        A message of another task is refused, and so is what is none.
        """
        task = Task().add(start([]).as_dict())
        self.assertRaises(WrongTask, task.add, elsewhere(end([2])).as_dict())
        self.assertRaises(MalformedMessage, task.add, {})
        self.assertEqual(task.root(), WrittenAction.from_messages(start([])))

    def test_lone_message(self) -> None:
        """
        The root of a task that is one message is this message.
        """
        [task] = parsed(said([1], x=1))
        self.assertEqual(task.root(), said([1], x=1))
        self.assertTrue(task.is_complete())

    def test_equal(self) -> None:
        """
        Tasks with equal roots are equal, and hashed so.
        """
        [one], [two] = parsed(start([]), end([2])), parsed(end([2]), start([]))
        self.assertEqual(one, two)
        self.assertEqual(len({one, two, Task(), Task()}), 2)
        self.assertNotEqual(one, parsed(start([]))[0])
        self.assertNotEqual(one, Task())
        self.assertNotEqual(Task(), one)
        self.assertNotEqual(one, one.root())
        self.assertEqual(Task(), Task())

    def test_repr(self) -> None:
        """
        The representation says how far a task has come.
        """
        task = Task()
        self.assertEqual(repr(task), "<Task incomplete>")
        task.add(said([1]).as_dict())
        self.assertEqual(repr(task), "<Task u complete>")

    def test_root_is_kept(self) -> None:
        """
        The root of a task that was handed out is made once.
        """
        [task] = parsed(start([]), said([2]), end([3]))
        self.assertIs(task.root(), task.root())
        self.assertIs(action_of(task).children, action_of(task).children)

    def test_root_does_not_change(self) -> None:
        """
        The root of a task that still grows shows what there was.
        """
        parser = Parser()
        for each in fields_of(start([]), start([2])):
            parser.add(each)
        [task] = parser.incomplete_tasks()
        before = action_of(task)
        for each in fields_of(said([2, 2]), said([3])):
            parser.add(each)
        inner = WrittenAction.from_messages(start([2]))
        self.assertEqual(before.children, [inner])
        more = WrittenAction.from_messages(start([2]), [said([2, 2])])
        self.assertEqual(action_of(task).children, [more, said([3])])


class ParserTests(SynchronousTestCase):
    """
    Messages go in, tasks come out.
    """

    def test_add(self) -> None:
        """
        A task is handed out with its last message, and forgotten.
        """
        parser = Parser()
        completed, again = parser.add(message_dict=end([2]).as_dict())
        self.assertEqual(completed, [])
        self.assertIs(again, parser)
        [task], again = parser.add(start([]).as_dict())
        self.assertIs(again, parser)
        self.assertTrue(task.is_complete())
        self.assertEqual(task.root(), WrittenAction.from_messages(start([]), (), end([2])))
        self.assertEqual(parser.incomplete_tasks(), [])

    def test_incomplete_tasks(self) -> None:
        """
        Tasks that are not complete so far can be looked at, and go on.
        """
        parser = Parser()
        parser.add(start([]).as_dict())
        parser.add(elsewhere(start([])).as_dict())
        self.assertEqual(len(parser.incomplete_tasks()), 2)
        tasks = parser.incomplete_tasks()
        self.assertEqual([each.root().task_uuid for each in tasks], ["u", "v"])
        self.assertEqual([each.is_complete() for each in tasks], [False, False])
        [task], _ = parser.add(end([2]).as_dict())
        self.assertEqual(task, tasks[0])
        self.assertTrue(tasks[0].is_complete())
        self.assertEqual(parser.incomplete_tasks(), tasks[1:])

    def test_stream(self) -> None:
        """
        Each message is taken only when it is needed; complete tasks come at once, the others at
        the end, in the order of their first messages.
        """
        taken: list[Fields] = []

        def messages() -> Iterator[Fields]:
            for each in fields_of(said([4]), elsewhere(start([])), elsewhere(end([2]))):
                taken.append(each)
                yield each

        tasks = Parser.parse_stream(messages())
        self.assertEqual(taken, [])
        complete = next(tasks)
        self.assertEqual(len(taken), 3)
        self.assertEqual((complete.is_complete(), complete.root().task_uuid), (True, "v"))
        [incomplete] = tasks
        self.assertEqual((incomplete.is_complete(), incomplete.root().task_uuid), (False, "u"))

    def test_malformed(self) -> None:
        """
        What is no message is refused, also in a stream; a parser then goes on as before.
        """
        wrong: list[object] = [None, 3, [], "x", {}, {"task_uuid": "u"}]
        for each in wrong:
            garbage = cast(Fields, each)
            parser = Parser()
            parser.add(start([]).as_dict())
            self.assertRaises(MalformedMessage, parser.add, garbage)
            self.assertEqual(len(parser.add(end([2]).as_dict())[0]), 1)
            self.assertRaises(MalformedMessage, list, Parser.parse_stream([garbage]))

    def test_missing(self) -> None:
        """
        Actions of which nothing was found are there all the same, without a type.
        """
        [task] = parsed(said([2, 3, 4]))
        root = action_of(task)
        [second] = root.children
        assert isinstance(second, WrittenAction)
        [third] = second.children
        expected = WrittenAction.from_messages(children=[said([2, 3, 4])])
        self.assertEqual(third, expected)
        for each in (root, second):
            self.assertEqual((each.action_type, each.status), (None, None))

    def test_copies(self) -> None:
        """
        A message that is there more than once is one message: also a start or an end.
        """
        messages = [start([]), said([2]), end([3])]
        [task] = parsed(messages[0], messages[0], said([2]), said([2]), messages[2])
        self.assertEqual(
            task.root(), WrittenAction.from_messages(messages[0], [messages[1]], messages[2])
        )
        self.assertTrue(task.is_complete())
        [late] = parsed(end([3]), end([3]), start([]))
        self.assertEqual(late.root(), WrittenAction.from_messages(start([]), (), end([3])))

    def test_used_twice(self) -> None:
        """
        Messages that differ but claim the same place are all there, the first one first.
        """
        messages = [start([], 1.0), start([], 2.0), said([2], x=1), said([2], x=2, timestamp=3.0)]
        for order in (messages, messages[::-1]):
            [task] = parsed(*order, end([3]))
            root = action_of(task)
            self.assertEqual(root.start_message, messages[0])
            self.assertEqual(root.children, messages[1:])
            self.assertTrue(task.is_complete())

    def test_late(self) -> None:
        """
        What came after the end of its action is among its children.
        """
        [task] = parsed(start([]), start([2]), end([2, 2]), said([2, 3]), end([3]))
        [inner] = action_of(task).children
        assert isinstance(inner, WrittenAction)
        self.assertEqual(inner.children, [said([2, 3])])
        self.assertEqual(inner.end_message, end([2, 2]))

    def test_rest(self) -> None:
        """
        What comes after its task was handed out is a task of its own, not a complete one.
        """
        tasks = parsed(start([]), end([2]), said([3]))
        self.assertEqual([each.is_complete() for each in tasks], [True, False])
        self.assertEqual(action_of(tasks[1]).children, [said([3])])

    def test_deep(self) -> None:
        """
        Tasks may be 3,000 levels deep, in any order.
        """
        messages = deep(3_000)
        [task] = Parser.parse_stream(messages)
        self.assertTrue(task.is_complete())
        [other] = Parser.parse_stream(messages[::-1])
        self.assertEqual(task, other)

    def test_wide(self) -> None:
        """
        An action may have 100,000 children.
        """
        messages = fields_of(
            start([]), *[said([number]) for number in range(2, 100_002)], end([100_002])
        )
        [task] = Parser.parse_stream(messages)
        self.assertEqual(len(action_of(task).children), 100_000)

    def test_many_claims(self) -> None:
        """
        One place may be claimed by 100,000 messages.
        """
        messages = fields_of(*[said([2], x=number) for number in range(100_000)])
        [task] = Parser.parse_stream(messages)
        self.assertEqual(len(action_of(task).children), 100_000)
