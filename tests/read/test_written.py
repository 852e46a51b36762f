"""
Tests of :mod:`eliot.read._written`.
"""

from __future__ import annotations

import json
from random import Random
from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, MalformedMessage
from eliot.read._level import TaskLevel
from eliot.read._misfits import (
    DuplicateChild,
    InvalidStartMessage,
    InvalidStatus,
    WrongActionType,
    WrongTask,
    WrongTaskLevel,
)
from eliot.read._written import Contents, WrittenAction, WrittenMessage
from tests.read.test_action import ended, message, started

Fields = dict[str, JSON]


def said(level: list[int], timestamp: float = 1.0, **fields: JSON) -> WrittenMessage:
    """
    Make a message that was read.
    """
    return WrittenMessage(message(level, timestamp, **fields))


def start(level: list[int], timestamp: float = 1.0, action_type: str = "a") -> WrittenMessage:
    """
    Make the start message of the action at a level.
    """
    return WrittenMessage(started(level, timestamp, action_type))


def end(level: list[int], timestamp: float = 2.0, **fields: JSON) -> WrittenMessage:
    """
    Make an end message at its own level.
    """
    return WrittenMessage(ended(level, timestamp, **fields))


def elsewhere(written: WrittenMessage) -> WrittenMessage:
    """
    Move a message to another task.
    """
    return WrittenMessage.from_dict({**written.as_dict(), "task_uuid": "v"})


class ContentsTests(SynchronousTestCase):
    """
    The fields of a message are a dictionary with attributes.
    """

    def test_attributes(self) -> None:
        """
        Fields are attributes, too; those that are missing are missing as attributes are.
        """
        contents = Contents(x=1)
        self.assertEqual(contents.x, 1)
        self.assertEqual(getattr(contents, "y", 2), 2)
        error = self.assertRaises(AttributeError, getattr, contents, "y")
        self.assertEqual(str(error), "there is no field 'y'")

    def test_dictionary(self) -> None:
        """
        It is a dictionary otherwise, whose methods are not hidden by fields.
        """
        contents = Contents(items=1)
        self.assertEqual(contents, {"items": 1})
        self.assertEqual(list(contents.items()), [("items", 1)])
        self.assertEqual(json.dumps(contents), '{"items": 1}')


class WrittenMessageTests(SynchronousTestCase):
    """
    A message shows what was logged.
    """

    def test_parts(self) -> None:
        """
        Place and time stand apart from the rest.
        """
        fields: Fields = {
            "task_uuid": "u",
            "task_level": [2, 1],
            "timestamp": 7,
            "message_type": "m",
            "x": [1],
        }
        written = WrittenMessage.from_dict(fields)
        self.assertEqual(written.task_uuid, "u")
        self.assertEqual(written.task_level, TaskLevel([2, 1]))
        self.assertEqual(written.timestamp, 7.0)
        self.assertIs(type(written.timestamp), float)
        self.assertEqual(written.contents, {"message_type": "m", "x": [1]})
        self.assertEqual(written.contents.message_type, "m")
        self.assertEqual(written.as_dict(), fields)
        self.assertEqual(repr(written), "<WrittenMessage 'm' at u@/2/1>")

    def test_copies(self) -> None:
        """
        What it gives are copies: the message does not change with them.
        """
        written = said([1], x=1)
        written.contents["x"] = 2
        written.as_dict()["x"] = 2
        self.assertEqual(written, said([1], x=1))
        self.assertRaises(AttributeError, setattr, written, "timestamp", 3.0)

    def test_equal(self) -> None:
        """
        Messages with equal fields are equal, and hashed so.
        """
        self.assertEqual(said([1], x=[1]), said([1], x=[1]))
        self.assertEqual(len({said([1], x=[1]), said([1], x=[1])}), 1)
        self.assertNotEqual(said([1], x=1), said([1], x=2))
        self.assertNotEqual(said([1]), said([2]))
        self.assertNotEqual(said([1]), said([1]).as_dict())

    def test_incomparable(self) -> None:
        """
        Messages that hold what cannot be compared are not equal.
        """
        deep: list[JSON] = []
        other: list[JSON] = []
        for _ in range(100_000):
            deep, other = [deep], [other]
        self.assertNotEqual(said([1], x=deep), said([1], x=other))

    def test_malformed(self) -> None:
        """
        What is no message is refused; what is wrong is said.
        """
        good = said([1]).as_dict()
        for name in ("task_uuid", "task_level", "timestamp"):
            wrong: Fields = {**good, name: {}}
            error = self.assertRaises(MalformedMessage, WrittenMessage.from_dict, wrong)
            self.assertTrue(str(error).startswith(f"{name} is not"))
            del wrong[name]
            error = self.assertRaises(MalformedMessage, WrittenMessage.from_dict, wrong)
            self.assertEqual(str(error), f"no {name}")
        nothing: list[object] = [None, 3, [], "x"]
        for each in nothing:
            self.assertRaises(MalformedMessage, WrittenMessage.from_dict, each)
        self.assertTrue(issubclass(MalformedMessage, ValueError))

    def test_mapping(self) -> None:
        """
        Other mappings than dictionaries will do, too.
        """
        written = said([1], x=1)
        self.assertEqual(WrittenMessage.from_dict(Contents(written.as_dict())), written)


class WrittenActionTests(SynchronousTestCase):
    """
    An action shows what was found of it.
    """

    def test_whole(self) -> None:
        """
        All there is to an action can be asked for, and the children are sorted.
        """
        inner = WrittenAction.from_messages(start([4, 2]))
        action = WrittenAction.from_messages(
            start([4], 3), [said([4, 3]), inner, said([4, 12])], end([4, 13], 5)
        )
        self.assertEqual(action.start_message, start([4], 3))
        self.assertEqual(action.end_message, end([4, 13], 5))
        self.assertEqual(action.children, [inner, said([4, 3]), said([4, 12])])
        self.assertEqual(action.task_level, TaskLevel([4]))
        self.assertEqual(action.task_uuid, "u")
        self.assertEqual(action.action_type, "a")
        self.assertEqual(action.status, "succeeded")
        self.assertEqual((action.start_time, action.end_time), (3.0, 5.0))
        self.assertEqual((action.exception, action.reason), (None, None))
        self.assertEqual(repr(action), "<WrittenAction 'a' succeeded at u@/4>")

    def test_failed(self) -> None:
        """
        One that failed says why.
        """
        why: Fields = {"action_status": "failed", "exception": "x.Y", "reason": "it broke"}
        action = WrittenAction.from_messages(start([]), end_message=end([2], 2.0, **why))
        self.assertEqual(action.status, "failed")
        self.assertEqual((action.exception, action.reason), ("x.Y", "it broke"))

    def test_start_only(self) -> None:
        """
        Without its end, an action has started; the rest is not known.
        """
        action = WrittenAction.from_messages(start([]))
        self.assertEqual(action.status, "started")
        self.assertEqual((action.start_time, action.end_time), (1.0, None))
        self.assertEqual((action.end_message, action.exception, action.reason), (None,) * 3)
        self.assertEqual(action.task_level, TaskLevel([]))

    def test_end_only(self) -> None:
        """
        Without its start, an action has its place, type and status from its end.
        """
        action = WrittenAction.from_messages(end_message=end([4, 2]))
        self.assertEqual((action.start_message, action.start_time), (None, None))
        self.assertEqual((action.action_type, action.status), ("a", "succeeded"))
        self.assertEqual(action.task_level, TaskLevel([4]))

    def test_children_only(self) -> None:
        """
        With neither, an action has just its place.
        """
        action = WrittenAction.from_messages(children=[said([4, 2])])
        self.assertEqual((action.action_type, action.status), (None, None))
        self.assertEqual((action.task_uuid, action.task_level), ("u", TaskLevel([4])))

    def test_nothing(self) -> None:
        """
        An action of nothing is none.
        """
        self.assertRaises(ValueError, WrittenAction.from_messages)

    def test_not_a_start(self) -> None:
        """
        A start says so, and is at the first level of an action.
        """
        second = said([2], action_type="a", action_status="started")
        for wrong in (said([1]), end([1]), said([2]), second):
            self.assertRaises(InvalidStartMessage, WrittenAction.from_messages, wrong)

    def test_not_an_end(self) -> None:
        """
        An end says so.
        """
        untold = said([2], action_type="a")
        for wrong in (untold, end([2], action_status="started"), end([2], action_status="done")):
            self.assertRaises(InvalidStatus, WrittenAction.from_messages, None, (), wrong)
            self.assertRaises(InvalidStatus, WrittenAction.from_messages, start([]), (), wrong)

    def test_other_type(self) -> None:
        """
        Start and end name the same type.
        """
        for wrong in (end([2], action_type="b"), said([2])):
            self.assertRaises(WrongActionType, WrittenAction.from_messages, start([]), (), wrong)

    def test_other_task(self) -> None:
        """
        All belong to one task.
        """
        make = WrittenAction.from_messages
        inner = make(elsewhere(start([2])))
        self.assertRaises(WrongTask, make, start([]), [elsewhere(said([2]))])
        self.assertRaises(WrongTask, make, start([]), [inner])
        self.assertRaises(WrongTask, make, start([]), (), elsewhere(end([2])))
        self.assertRaises(WrongTask, make, None, [said([2])], elsewhere(end([3])))

    def test_other_level(self) -> None:
        """
        All stand right below the action.
        """
        make = WrittenAction.from_messages
        self.assertRaises(WrongTaskLevel, make, start([]), [said([2, 2])])
        self.assertRaises(WrongTaskLevel, make, start([]), [make(start([2, 2]))])
        self.assertRaises(WrongTaskLevel, make, start([2]), [said([2])])
        self.assertRaises(WrongTaskLevel, make, start([]), (), end([2, 2]))
        self.assertRaises(WrongTaskLevel, make, None, [make(start([]))])

    def test_duplicates(self) -> None:
        """
        A child that is there twice counts once; another one at its level is refused.
        """
        make = WrittenAction.from_messages
        action = make(start([]), [said([2], x=1), said([2], x=1)])
        self.assertEqual(action.children, [said([2], x=1)])
        self.assertRaises(DuplicateChild, make, start([]), [said([2], x=1), said([2], x=2)])
        self.assertRaises(DuplicateChild, make, start([]), [said([2]), make(start([2]))])

    def test_not_read(self) -> None:
        """
        Messages that were not read are told apart from what is wrong with those that were.
        """
        raw = cast(WrittenMessage, start([]).as_dict())
        self.assertRaises(TypeError, WrittenAction.from_messages, raw)
        self.assertRaises(TypeError, WrittenAction.from_messages, None, [raw])
        self.assertRaises(TypeError, WrittenAction.from_messages, None, (), raw)

    def test_errors(self) -> None:
        """
        Each of the errors is a ValueError, and names what does not fit by its place.
        """
        error = self.assertRaises(
            WrongTaskLevel, WrittenAction.from_messages, start([]), [said([2, 2])]
        )
        self.assertEqual(str(error), "<WrittenMessage '' at u@/2/2> is not right below u@/.")
        for each in (
            DuplicateChild,
            InvalidStartMessage,
            InvalidStatus,
            WrongActionType,
            WrongTask,
            WrongTaskLevel,
        ):
            self.assertTrue(issubclass(each, ValueError))

    def test_equal(self) -> None:
        """
        Actions are equal if all of their messages and children are, and hashed so.
        """

        def make(
            *children: WrittenMessage | WrittenAction, end_message: WrittenMessage | None = None
        ) -> WrittenAction:
            return WrittenAction.from_messages(start([]), children, end_message)

        inner = WrittenAction.from_messages(start([2]))
        self.assertEqual(make(inner, said([3])), make(said([3]), inner))
        self.assertEqual(len({make(inner), make(inner)}), 1)
        others = [
            make(),
            make(said([2])),
            make(inner, said([3])),
            make(WrittenAction.from_messages(start([2], action_type="b"))),
            make(WrittenAction.from_messages(start([2]), [said([2, 2])])),
            make(inner, end_message=end([3])),
            WrittenAction.from_messages(None, [inner]),
        ]
        for other in others:
            self.assertNotEqual(make(inner), other)
        self.assertNotEqual(make(inner), said([1]))
        self.assertNotEqual(WrittenAction.from_messages(start([3])), inner)

    def test_does_not_change(self) -> None:
        """
        An action is not changed by chance.
        """
        action = WrittenAction.from_messages(start([]))
        self.assertRaises(AttributeError, setattr, action, "children", ())

    def test_wide(self) -> None:
        """
        An action may have 100,000 children.
        """
        children = [said([number]) for number in range(2, 100_002)]
        shuffled = children.copy()
        Random(5).shuffle(shuffled)
        action = WrittenAction.from_messages(start([]), shuffled, end([100_002]))
        self.assertEqual(action.children, children)

    def test_deep(self) -> None:
        """
        Actions may be 3,000 levels deep.
        """

        def make() -> WrittenAction:
            action = WrittenAction.from_messages(start([2] * 3_000))
            for depth in reversed(range(3_000)):
                action = WrittenAction.from_messages(start([2] * depth), [action])
            return action

        self.assertEqual(make(), make())
