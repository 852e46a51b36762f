"""
What a test has logged, as a tree of text.
"""

from __future__ import annotations

import sys
from io import BytesIO, TextIOWrapper

from twisted.trial.unittest import SynchronousTestCase

from eliot import Message, start_action, start_task
from eliot._field import Field
from eliot._memory import MemoryLogger
from eliot._schema import MessageType
from eliot.testing import draw_log
from eliot.testing._drawing import MAXIMUM_LINES
from tests.helpers import Fields, fresh_context
from tests.hostile import Hostile


class DrawLogTests(SynchronousTestCase):
    """
    What a logger has kept is drawn.
    """

    def setUp(self) -> None:
        """
        Make a logger; what is printed is UTF-8.
        """
        fresh_context(self)
        self.logger = MemoryLogger()
        self.printing_in("utf-8")

    def printing_in(self, encoding: str) -> None:
        """
        Have the terminal take text in some encoding.
        """
        self.patch(sys, "__stdout__", TextIOWrapper(BytesIO(), encoding))

    def said(self, **contents: object) -> None:
        """
        Log a message.
        """
        Message({"message_type": "said", **contents}).write(self.logger)

    def test_nothing(self) -> None:
        """
        Nothing gives nothing.
        """
        self.assertEqual(draw_log(self.logger), "")

    def test_tree(self) -> None:
        """
        Actions hold what was logged in them.
        """
        with start_action(self.logger, action_type="outer"):
            self.said(text="hello")
        heading, *lines = draw_log(self.logger).splitlines()
        self.assertIn(str(self.logger.messages[0]["task_uuid"]), heading)
        self.assertRegex(lines[0], r"^╰─ outer  \[succeeded\]")
        self.assertRegex(lines[1], r"^   ╰─ said ")
        self.assertEqual(lines[2].strip(), "text: hello")
        self.assertEqual(len(lines), 3)

    def test_order(self) -> None:
        """
        Tasks stand as they began, whether they have ended or not.
        """
        tasks = [start_task(self.logger, action_type=f"task{number}") for number in range(4)]
        for number in (2, 0):
            tasks[number].finish()
        text = draw_log(self.logger)
        places = [text.index(f"task{number}") for number in range(4)]
        self.assertEqual(places, sorted(places))

    def test_serialized(self) -> None:
        """
        The fields of typed messages are serialized, as far as they can be.
        """

        def double(value: object) -> object:
            assert isinstance(value, int)
            return value * 2

        typed = MessageType("typed", [Field("a", double), Field("b", double)])
        typed(a=21, b="bad").write(self.logger)
        text = draw_log(self.logger)
        self.assertIn("a: 42", text)
        self.assertIn("bad", text)

    def test_hostile(self) -> None:
        """
        Whatever was logged, something is drawn.
        """
        self.said(text=Hostile(""))
        self.assertIn("said", draw_log(self.logger))

    def test_no_message(self) -> None:
        """
        What is no message is told.
        """
        self.logger.write({"a": 1})
        self.assertEqual(draw_log(self.logger), '(log:1: no task_uuid: {"a":1})')

    def test_cannot_be_drawn(self) -> None:
        """
        Drawing does not raise, since it would hide what it is to be shown with.
        """

        class Broken(MemoryLogger):
            def serialize(self) -> list[Fields]:
                raise RuntimeError

        self.assertEqual(draw_log(Broken()), "<drawing what was logged raises RuntimeError>")

    def test_long(self) -> None:
        """
        Of a long log the end is shown.
        """
        with start_action(self.logger, action_type="outer"):
            for number in range(MAXIMUM_LINES):
                self.said(number=number)
        first, *lines = draw_log(self.logger).splitlines()
        self.assertEqual(first, f"({MAXIMUM_LINES + 2:,} lines more)")
        self.assertEqual(len(lines), MAXIMUM_LINES)
        self.assertEqual(lines[-1].strip(), f"number: {MAXIMUM_LINES - 1}")

    def test_ascii(self) -> None:
        """
        Where the terminal cannot show the lines of the tree, or cannot be asked, they are ASCII.
        """
        self.said(text="é")
        self.printing_in("ascii")
        self.assertTrue(draw_log(self.logger).isascii())
        self.patch(sys, "__stdout__", None)
        self.assertTrue(draw_log(self.logger).isascii())
