"""
Describing exceptions, whatever they do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from twisted.trial.unittest import SynchronousTestCase

from eliot import _errors, register_exception_extractor, start_action
from eliot._errors import describe, describe_with_traceback
from tests.helpers import Fields, of_type, record, text_of
from tests.hostile import HostileMeta, Mute

_E = TypeVar("_E", bound=BaseException)


class Coded(Exception):
    """
    An exception with something to extract.

    :param code: that.
    """

    def __init__(self, code: object) -> None:
        super().__init__(code)
        self.code = code


class CodedMore(Coded):
    """
    A more special one.
    """


class Hostile(Exception, metaclass=HostileMeta):
    """
    An exception of such a class.
    """


class ErrorsTestCase(SynchronousTestCase):
    """
    A test after which extractors are what they were before.
    """

    def setUp(self) -> None:
        """
        Remember the extractors.
        """
        kept = dict(_errors._extractors)

        def put_back() -> None:
            _errors._extractors.clear()
            _errors._extractors.update(kept)

        self.addCleanup(put_back)

    def extract(self, cls: type[_E], extractor: Callable[[_E], Fields]) -> None:
        """
        Register an extractor for this test.
        """
        register_exception_extractor(cls, extractor)


class DescribeTests(ErrorsTestCase):
    """
    Describing.
    """

    def test_ordinary(self) -> None:
        """
        An exception is its class, by its import path, and its text.
        """
        self.assertEqual(
            describe(ValueError("not a number")),
            {"exception": "builtins.ValueError", "reason": "not a number"},
        )
        self.assertEqual(describe(Coded(3)), {"exception": f"{__name__}.Coded", "reason": "3"})

    def test_nested_class(self) -> None:
        """
        A class within another is named with it.
        """

        class Local(Exception):
            """
            An exception of this test alone.
            """

        self.assertEqual(
            describe(Local())["exception"],
            f"{__name__}.DescribeTests.test_nested_class.<locals>.Local",
        )

    def test_new_each_time(self) -> None:
        """
        The fields are the caller's to change.
        """
        error = ValueError()
        describe(error)["reason"] = "changed"
        self.assertEqual(describe(error)["reason"], "")

    def test_not_errors(self) -> None:
        """
        Exceptions that are not errors can be described too.
        """
        self.assertEqual(describe(KeyboardInterrupt())["exception"], "builtins.KeyboardInterrupt")

    def test_mute(self) -> None:
        """
        One whose text raises is described all the same.
        """
        fields = describe(Mute())
        self.assertEqual(fields["exception"], "tests.hostile.Mute")
        self.assertIn("ZeroDivisionError", text_of(fields, "reason"))

    def test_surrogates(self) -> None:
        """
        Text that is not Unicode is shown by escapes.
        """
        self.assertEqual(describe(ValueError("\ud800"))["reason"], "\\ud800")

    def test_long(self) -> None:
        """
        Long text is cut, and says how long it was.
        """
        reason = text_of(describe(ValueError("x" * 1_000_000)), "reason")
        self.assertLess(len(reason), 11_000)
        self.assertIn("1000000 characters", reason)

    def test_hostile_class(self) -> None:
        """
        Neither does an exception whose class cannot be hashed, nor asked for its name, do harm.
        """
        self.assertEqual(describe(Hostile("no"))["reason"], "no")


class ExtractorTests(ErrorsTestCase):
    """
    Extractors.
    """

    def test_extracted(self) -> None:
        """
        What an extractor finds is added.
        """
        self.extract(Coded, lambda error: {"code": error.code})
        self.assertEqual(
            describe(Coded(3)), {"exception": f"{__name__}.Coded", "reason": "3", "code": 3}
        )

    def test_in_failed_action(self) -> None:
        """
        It is in the end messages of failed actions.
        """
        messages = record(self)
        self.extract(Coded, lambda error: {"code": error.code})
        start_action(action_type="deed").finish(Coded(3))
        [_, end] = of_type(messages, "deed")
        self.assertEqual((end["action_status"], end["code"]), ("failed", 3))

    def test_by_base_class(self) -> None:
        """
        A class without an extractor uses that of its nearest base.
        """
        self.extract(Exception, lambda error: {"from": "Exception"})
        self.extract(Coded, lambda error: {"from": "Coded"})
        self.assertEqual(describe(CodedMore(3))["from"], "Coded")
        self.assertEqual(describe(ValueError())["from"], "Exception")
        self.assertNotIn("from", describe(KeyboardInterrupt()))

    def test_only_the_nearest(self) -> None:
        """
        The extractor of a further base is not asked as well.
        """
        self.extract(Coded, lambda error: {"code": error.code})
        self.extract(CodedMore, lambda error: {"more": True})
        self.assertNotIn("code", describe(CodedMore(3)))

    def test_registered_again(self) -> None:
        """
        The last one that is registered for a class counts.
        """
        self.extract(Coded, lambda error: {"version": 1})
        self.extract(Coded, lambda error: {"version": 2})
        self.assertEqual(describe(Coded(3))["version"], 2)

    def test_errno(self) -> None:
        """
        Errors of the operating system have their number without further ado.
        """
        self.assertEqual(describe(FileNotFoundError(2, "missing"))["errno"], 2)
        self.assertEqual(describe(OSError(28, "full"))["errno"], 28)

    def test_raises(self) -> None:
        """
        One that raises costs no more than what it would have found, and is told.
        """

        def extract(error: Coded) -> Fields:
            raise KeyError(error.code)

        self.extract(Coded, extract)
        self.assertEqual(
            describe(Coded(3)),
            {
                "exception": f"{__name__}.Coded",
                "reason": "3",
                "eliot:extractor_failure": "KeyError: 3",
            },
        )

    def test_no_dictionary(self) -> None:
        """
        So does one that gives no dictionary.
        """
        self.extract(Coded, lambda error: None)  # type: ignore[arg-type, return-value]  # wrong
        fields = describe(Coded(3))
        self.assertEqual(fields["reason"], "3")
        self.assertIn("TypeError", text_of(fields, "eliot:extractor_failure"))

    def test_framework_wins(self) -> None:
        """
        What it finds does not replace class and text of the exception, nor the message's identity.
        """
        messages = record(self)
        claim: Fields = {
            "exception": 1,
            "reason": 2,
            "task_uuid": 3,
            "task_level": 4,
            "timestamp": 5,
            "action_type": 6,
            "action_status": 7,
        }
        self.extract(Coded, lambda error: claim)
        action = start_action(action_type="deed")
        action.finish(Coded(3))
        end = messages[1]
        self.assertEqual(
            {name: end[name] for name in claim if name != "timestamp"},
            {
                "exception": f"{__name__}.Coded",
                "reason": "3",
                "task_uuid": action.task_uuid,
                "task_level": [2],
                "action_type": "deed",
                "action_status": "failed",
            },
        )
        self.assertIsInstance(end["timestamp"], float)

    def test_interrupted(self) -> None:
        """
        What is not an error passes through.
        """

        def extract(error: Coded) -> Fields:
            raise KeyboardInterrupt

        self.extract(Coded, extract)
        self.assertRaises(KeyboardInterrupt, describe, Coded(3))


class DescribeWithTracebackTests(ErrorsTestCase):
    """
    Describing with the traceback.
    """

    def raised(self, error: BaseException) -> BaseException:
        """
        Raise an exception, and give it back.
        """
        try:
            raise error
        except BaseException as caught:
            return caught

    def test_traceback(self) -> None:
        """
        The fields show the whole traceback, as Python prints it.
        """
        fields = describe_with_traceback(self.raised(ValueError("no")))
        text = text_of(fields, "traceback")
        self.assertTrue(text.startswith("Traceback (most recent call last):\n"), text)
        self.assertIn(", in raised\n", text)
        self.assertTrue(text.endswith("ValueError: no\n"), text)
        self.assertEqual((fields["exception"], fields["reason"]), ("builtins.ValueError", "no"))

    def test_chained(self) -> None:
        """
        The exception's causes are shown with it.
        """
        try:
            try:
                raise KeyError("cause")
            except KeyError as cause:
                raise ValueError("effect") from cause
        except ValueError as error:
            text = text_of(describe_with_traceback(error), "traceback")
        self.assertIn("KeyError: 'cause'", text)
        self.assertIn("ValueError: effect", text)

    def test_given_text(self) -> None:
        """
        A text that is known already is used.
        """
        self.assertEqual(describe_with_traceback(ValueError(), "known")["traceback"], "known")

    def test_extracted(self) -> None:
        """
        What an extractor finds is there as well.
        """
        self.extract(Coded, lambda error: {"code": error.code})
        self.assertEqual(describe_with_traceback(Coded(3))["code"], 3)

    def test_mute(self) -> None:
        """
        An exception whose text raises still shows where it came from.
        """
        text = text_of(describe_with_traceback(self.raised(Mute())), "traceback")
        self.assertIn(", in raised\n", text)

    def test_surrogates(self) -> None:
        """
        Text that is not Unicode is shown by escapes.
        """
        text = text_of(describe_with_traceback(self.raised(ValueError("\udc80"))), "traceback")
        self.assertIn("\\udc80", text)

    def test_recursion(self) -> None:
        """
        A traceback of a thousand equal frames is told shortly.
        """

        def recurse() -> None:
            recurse()

        error = self.assertRaises(RecursionError, recurse)
        text = text_of(describe_with_traceback(error), "traceback")
        self.assertIn("RecursionError", text)
        self.assertLess(len(text), 10_000 + sys.getrecursionlimit())
