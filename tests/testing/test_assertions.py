"""
Assertions about what was logged.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot import Message, start_action
from eliot._field import fields
from eliot._memory import MemoryLogger
from eliot._schema import ActionType, MessageType
from eliot.testing import (
    LoggedAction,
    LoggedMessage,
    assertContainsFields,
    assertHasAction,
    assertHasMessage,
    issuperset,
)
from tests.helpers import fresh_context

SAID = MessageType("said", fields(text=str), "Something was said.")
DONE = ActionType("done", fields(n=int), fields(result=int), "Something is done.")


class FieldsTests(SynchronousTestCase):
    """
    Assertions about the fields of one message.
    """

    def test_issuperset(self) -> None:
        """
        All that is in the second is in the first, with equal values.
        """
        self.assertTrue(issuperset({"a": 1, "b": 2}, {"a": 1}))
        self.assertTrue(issuperset({"a": 1}, {}))
        self.assertFalse(issuperset({"a": 1}, {"a": 2}))
        self.assertFalse(issuperset({"a": None}, {"b": None}))

    def test_contains(self) -> None:
        """
        A message may have other fields; one that is missing or differs fails the test, and both
        are shown.
        """
        assertContainsFields(self, {"a": 1, "b": 2}, {"a": 1})
        for wrong in ({"a": 3}, {"a": 1, "c": 4}):
            with self.assertRaises(self.failureException) as raised:
                assertContainsFields(self, {"a": 1, "b": 2}, wrong)
            self.assertIn(str(wrong), str(raised.exception))
            self.assertNotIn("'b'", str(raised.exception))

    def test_no_test_case(self) -> None:
        """
        The test may be anything, such as the instance of a plain class that pytest runs.
        """
        assertContainsFields(object(), {"a": 1}, {"a": 1})
        with self.assertRaises(AssertionError):
            assertContainsFields(object(), {"a": 1}, {"a": 2})


class HasCase(SynchronousTestCase):
    """
    A test that logs to a logger of its own.
    """

    def setUp(self) -> None:
        """
        Make a logger.
        """
        fresh_context(self)
        self.logger = MemoryLogger()

    def failure(self, assertion: object, *args: object) -> str:
        """
        Get the text of the failure of an assertion.
        """
        assert callable(assertion)
        with self.assertRaises(self.failureException) as raised:
            assertion(self, self.logger, *args)
        return str(raised.exception)


class HasMessageTests(HasCase):
    """
    A message of a type, with some fields.
    """

    def test_found(self) -> None:
        """
        The first that has the fields is returned, whether it is looked for by its type or by the
        name of that.
        """
        for text in ("a", "b", "b"):
            SAID(text=text).write(self.logger)
        first, second, _ = (LoggedMessage(each) for each in self.logger.messages)
        self.assertEqual(assertHasMessage(self, self.logger, SAID), first)
        self.assertEqual(assertHasMessage(self, self.logger, "said", {"text": "b"}), second)
        self.assertEqual(assertHasMessage(self, self.logger, SAID, fields={"text": "a"}), first)

    def test_other_fields(self) -> None:
        """
        A failure says what was looked for and in what the messages of that type differ, and shows
        all that was logged.
        """
        with start_action(self.logger, action_type="outer"):
            SAID(text="hello").write(self.logger)
        text = self.failure(assertHasMessage, SAID, {"text": "bye", "loud": True})
        self.assertIn("no message of the type 'said' with text='bye', loud=True", text)
        self.assertIn("- text='hello', no loud\n", text)
        self.assertRegex(text, r"What was logged:\n.*\n\W+ outer  .*\n\W+ said  ")

    def test_no_such_type(self) -> None:
        """
        So does one where there is none of that type.
        """
        Message.new(message_type="other").write(self.logger)
        text = self.failure(assertHasMessage, SAID)
        self.assertIn("no message of the type 'said'.\nWhat was logged:", text)
        self.assertRegex(text, r"\W other  ")

    def test_nothing(self) -> None:
        """
        If nothing was logged at all, this is said.
        """
        self.assertIn("Nothing was logged.", self.failure(assertHasMessage, SAID))

    def test_many(self) -> None:
        """
        Not more than some of many messages are told of.
        """
        for number in range(50):
            SAID(text=f"{number}").write(self.logger)
        text = self.failure(assertHasMessage, SAID, {"text": "x"})
        self.assertIn("- text='9'\n- and 40 more\n", text)

    def test_no_test_case(self) -> None:
        """
        The test may be anything.
        """
        with self.assertRaises(AssertionError):
            assertHasMessage(None, self.logger, SAID)


class HasActionTests(HasCase):
    """
    An action of a type that has ended in a certain way, with some fields.
    """

    def test_found(self) -> None:
        """
        The first that is as it should be is returned, with what is in it.
        """
        for n in (1, 2):
            with DONE(self.logger, n=n) as action:
                SAID(text="x").write(self.logger)
                action.add_success_fields(result=n + 1)
        DONE(self.logger, n=3).finish(ValueError("bad"))
        first, second, failed = LoggedAction.of_type(self.logger.messages, DONE)
        self.assertEqual(assertHasAction(self, self.logger, DONE, True), first)
        self.assertEqual(assertHasAction(self, self.logger, "done", True, {"n": 2}), second)
        self.assertEqual(
            assertHasAction(self, self.logger, DONE, succeeded=True, endFields={"result": 3}),
            second,
        )
        self.assertEqual(
            assertHasAction(
                self,
                self.logger,
                DONE,
                succeeded=False,
                startFields={"n": 3},
                endFields={"reason": "bad"},
            ),
            failed,
        )

    def test_not_found(self) -> None:
        """
        A failure says what was looked for and what is wrong with each action of that type, and
        shows all that was logged.
        """
        DONE(self.logger, n=1).finish(ValueError("bad"))
        with DONE(self.logger, n=2) as action:
            action.add_success_fields(result=5)
        DONE(self.logger, n=3)
        text = self.failure(assertHasAction, DONE, True, {"n": 1}, {"result": 4})
        self.assertIn(
            "no action of the type 'done' that has succeeded, "
            "at its start with n=1, at its end with result=4",
            text,
        )
        self.assertIn("- it has failed; at its end: no result\n", text)
        self.assertIn("- at its start: n=2; at its end: result=5\n", text)
        self.assertIn("- There is no end of the action 'done'", text)
        self.assertRegex(text, r"What was logged:\n.*\n\W+ done  ")

    def test_none(self) -> None:
        """
        So does one where there is none of that type.
        """
        text = self.failure(assertHasAction, DONE, False)
        self.assertIn("no action of the type 'done' that has failed.\nNothing was logged.", text)
