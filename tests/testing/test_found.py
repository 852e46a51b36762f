"""
What was logged, as objects to compare.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, Message, start_action, start_task
from eliot._field import fields
from eliot._memory import MemoryLogger
from eliot._schema import ActionType, MessageType
from eliot.testing import LoggedAction, LoggedMessage
from tests.helpers import fresh_context

LOG_SEARCH = ActionType("search", fields(key=str), fields(found=bool), "A search.")
LOG_CHECK = MessageType("check", fields(server=str), "A server is asked.")

#: A tree of actions, each a list of what is in it: a message for ``None``.
TREES = st.recursive(st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=12).filter(
    lambda tree: tree is not None
)


def search(logger: MemoryLogger, servers: list[str], key: str = "theuser") -> None:
    """
    Log as a search does.
    """
    with LOG_SEARCH(logger, key=key) as action:
        for server in servers:
            LOG_CHECK(server=server).write(logger)
        action.add_success_fields(found=True)


class FoundCase(SynchronousTestCase):
    """
    A test that logs to a logger of its own.
    """

    def setUp(self) -> None:
        """
        Make a logger.
        """
        fresh_context(self)
        self.logger = MemoryLogger()


class LoggedMessageTests(FoundCase):
    """
    Messages.
    """

    def test_of_type(self) -> None:
        """
        The messages of a type are found by the type or its name, in order, by either spelling.
        """
        search(self.logger, ["a", "b"])
        Message.new(message_type="other").write(self.logger)
        found = LoggedMessage.of_type(self.logger.messages, LOG_CHECK)
        self.assertEqual([each.message["server"] for each in found], ["a", "b"])
        self.assertIs(found[0].message, self.logger.messages[1])
        self.assertEqual(LoggedMessage.of_type(self.logger.messages, "check"), found)
        self.assertEqual(LoggedMessage.ofType(self.logger.messages, LOG_CHECK), found)
        self.assertEqual(LoggedMessage.of_type(self.logger.messages, "search"), [])

    def test_equality(self) -> None:
        """
        Two are equal if they say the same.
        """
        self.assertEqual(LoggedMessage({"a": 1}), LoggedMessage({"a": 1}))
        self.assertNotEqual(LoggedMessage({"a": 1}), LoggedMessage({"a": 2}))
        self.assertNotEqual(LoggedMessage({"a": 1}), {"a": 1})


class LoggedActionTests(FoundCase):
    """
    Actions.
    """

    def test_of_type(self) -> None:
        """
        The actions of a type are found by the type or its name, with their start, end and what is
        in them, by either spelling.
        """
        search(self.logger, ["a", "b"])
        search(self.logger, [], key="other")
        first, second = found = LoggedAction.of_type(self.logger.messages, LOG_SEARCH)
        self.assertEqual(first.start_message["key"], "theuser")
        self.assertEqual(first.end_message["found"], True)
        self.assertEqual(first.children, LoggedMessage.of_type(self.logger.messages, LOG_CHECK))
        self.assertEqual(second.start_message["key"], "other")
        self.assertEqual(second.children, [])
        self.assertEqual(LoggedAction.of_type(self.logger.messages, "search"), found)
        self.assertEqual(LoggedAction.ofType(self.logger.messages, LOG_SEARCH), found)
        self.assertIs(first.startMessage, first.start_message)
        self.assertIs(first.endMessage, first.end_message)

    def test_none(self) -> None:
        """
        There may be none; a message of that name is not one.
        """
        Message.new(message_type="search").write(self.logger)
        self.assertEqual(LoggedAction.of_type(self.logger.messages, "search"), [])

    def test_succeeded(self) -> None:
        """
        An action has succeeded unless it ended with an exception.
        """
        start_action(self.logger, action_type="a").finish()
        start_action(self.logger, action_type="a").finish(ValueError())
        found = LoggedAction.of_type(self.logger.messages, "a")
        self.assertEqual([each.succeeded for each in found], [True, False])

    def test_unfinished(self) -> None:
        """
        An action that has not ended is refused by its name, also one within another.
        """
        outer = start_task(self.logger, action_type="outer")
        with self.assertRaisesRegex(ValueError, "no end of the action 'outer'"):
            LoggedAction.of_type(self.logger.messages, "outer")
        with outer:
            start_action(self.logger, action_type="inner")
        with self.assertRaisesRegex(ValueError, "no end of the action 'inner'"):
            LoggedAction.of_type(self.logger.messages, "outer")

    def test_from_messages(self) -> None:
        """
        An action is put together for the level of any message right in it, among those of other
        tasks; one without a start is refused.
        """
        tasks = [start_task(self.logger, action_type="outer") for _ in range(2)]
        for task in tasks:
            with task, start_action(self.logger, action_type="inner"):
                Message.new(message_type="said").write(self.logger)
        messages = self.logger.messages
        outer = tasks[0]
        inner = LoggedAction.from_messages(outer.task_uuid, [2, 1], messages)
        self.assertEqual(inner.type_tree(), {"inner": ["said"]})
        for level in ([2, 2], (2, 3)):
            self.assertEqual(LoggedAction.fromMessages(outer.task_uuid, level, messages), inner)
        self.assertEqual(
            LoggedAction.from_messages(outer.task_uuid, [1], messages).children, [inner]
        )
        for uuid, level in ((outer.task_uuid, [7, 1]), ("other", [1])):
            with self.assertRaisesRegex(ValueError, "no start of an action"):
                LoggedAction.from_messages(uuid, level, messages)

    def test_descendants(self) -> None:
        """
        All that is below an action comes in order, each action before what is in it.
        """
        with start_action(self.logger, action_type="a"):
            with start_action(self.logger, action_type="b"):
                Message.new(message_type="c").write(self.logger)
            Message.new(message_type="d").write(self.logger)
        [action] = LoggedAction.of_type(self.logger.messages, "a")
        inner, last = action.children
        assert isinstance(inner, LoggedAction)
        self.assertEqual(list(action.descendants()), [inner, inner.children[0], last])

    def test_type_tree(self) -> None:
        """
        The types alone make a tree.
        """
        with start_action(self.logger, action_type="a"):
            with start_action(self.logger, action_type="b"):
                Message.new(message_type="c").write(self.logger)
                start_action(self.logger, action_type="d").finish()
            Message.new(message_type="e").write(self.logger)
        [action] = LoggedAction.of_type(self.logger.messages, "a")
        self.assertEqual(action.type_tree(), {"a": [{"b": ["c", {"d": []}]}, "e"]})

    def test_equality(self) -> None:
        """
        Two are equal if all that is in them is.
        """
        search(self.logger, ["a"])
        [one] = LoggedAction.of_type(self.logger.messages, LOG_SEARCH)
        [same] = LoggedAction.of_type(self.logger.messages, LOG_SEARCH)
        self.assertEqual(one, same)
        self.assertNotEqual(one, LoggedAction(one.start_message, one.end_message, []))

    def test_deep(self) -> None:
        """
        Depth costs no recursion.
        """
        actions: list[Action] = [start_task(self.logger, action_type="a")]
        for _ in range(2000):
            child = actions[-1].child(self.logger, "a")
            child._start({})
            actions.append(child)
        for action in reversed(actions):
            action.finish()
        found = LoggedAction.from_messages(actions[0].task_uuid, [1], self.logger.messages)
        self.assertEqual(len(list(found.descendants())), 2000)
        found.type_tree()

    @given(TREES)
    def test_any_tree(self, tree: list[object]) -> None:
        """
        Any tree of actions and messages is found as it was logged.
        """
        logger = MemoryLogger()

        def log(node: object) -> object:
            if not isinstance(node, list):
                Message.new(message_type="m").write(logger)
                return "m"
            with start_action(logger, action_type="a"):
                return {"a": [log(each) for each in node]}

        expected = log(tree)
        found = LoggedAction.of_type(logger.messages, "a")[0]
        self.assertEqual(found.type_tree(), expected)
        self.assertEqual(1 + len(list(found.descendants())), str(expected).count("'") // 2)
