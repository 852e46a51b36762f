"""
Describing exceptions, whatever they do.
"""

from __future__ import annotations

import linecache
import sys
from asyncio import CancelledError
from collections.abc import Callable
from typing import TypeVar

from twisted.python.failure import Failure
from twisted.spread.pb import CopiedFailure
from twisted.trial.unittest import SynchronousTestCase

from eliot import (
    _errors,
    debug,
    log_message,
    register_exception_extractor,
    start_action,
    write_traceback,
)
from eliot._errors import (
    MAXIMUM_TRACEBACK,
    describe,
    describe_failure,
    describe_with_traceback,
    offer_exception_extractor,
)
from eliot._guests import FarException
from tests.helpers import Fields, of_type, record, text_of
from tests.hostile import HostileKey, HostileMeta, Mute

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

    def test_offered(self) -> None:
        """
        One that this package offers counts, unless the user has registered one before, or does so
        later.
        """
        offer_exception_extractor(Coded, lambda error: {"ours": error.code})
        self.assertEqual(describe(Coded(1))["ours"], 1)
        self.extract(Coded, lambda error: {"theirs": error.code})
        self.assertEqual(describe(Coded(1))["theirs"], 1)
        offer_exception_extractor(Coded, lambda error: {"ours": error.code})
        self.assertNotIn("ours", describe(Coded(1)))

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


class OddExtractorTests(ErrorsTestCase):
    """
    Extractors that do odd things.
    """

    def test_wrong(self) -> None:
        """
        What is no class, and what cannot be called, is refused at once.
        """
        for cls in (Coded(3), (Coded, KeyError), None):
            self.assertRaises(
                TypeError,
                register_exception_extractor,
                cls,
                lambda error: {},
            )
        self.assertRaises(TypeError, register_exception_extractor, Coded, {"code": 3})

    def test_mixin(self) -> None:
        """
        The class may be one that is no exception by itself.
        """

        class Told:
            """
            What exceptions may be derived from.
            """

        class ToldError(Told, ValueError):
            """
            One of them.
            """

        self.extract(Told, lambda error: {"told": True})  # type: ignore[type-var]  # as well
        self.assertIs(describe(ToldError())["told"], True)

    def test_hostile_class(self) -> None:
        """
        A class that can be neither hashed nor compared may have one, and be derived from one that
        has.
        """

        class HostileOSError(OSError, metaclass=HostileMeta):
            """
            An error of such a class.
            """

        self.assertEqual(describe(HostileOSError(2, "missing"))["errno"], 2)
        self.extract(Hostile, lambda error: {"found": 1})
        self.assertEqual(describe(Hostile("no"))["found"], 1)

    def test_not_a_dictionary(self) -> None:
        """
        What is not a mapping is not read at all: it may have no end.
        """

        def endless(error: Coded) -> Fields:
            return iter(lambda: ("name", "value"), None)  # type: ignore[return-value]  # wrong

        self.extract(Coded, endless)
        self.assertIn("TypeError", text_of(describe(Coded(3)), "eliot:extractor_failure"))

    def test_odd_names(self) -> None:
        """
        Names that are not text become it, also those that cannot be compared.
        """

        class Same(str):
            """
            A name that is hashed like a certain text, and cannot be compared with it.
            """

            __slots__ = ()

            def __hash__(self) -> int:
                return hash("exception")

            def __eq__(self, other: object) -> bool:
                raise ZeroDivisionError

        odd: dict[object, object] = {b"bytes": 1, 2: 3, Same("same"): 4, HostileKey(): 5}
        self.extract(Coded, lambda error: odd)  # type: ignore[arg-type, return-value]  # wrong
        fields = describe(Coded(3))
        self.assertEqual((fields["bytes"], fields["2"], fields["same"]), (1, 3, 4))
        self.assertEqual(fields["exception"], f"{__name__}.Coded")
        self.assertEqual({type(name) for name in fields}, {str})

    def test_type_of_message(self) -> None:
        """
        What it finds does not make a message of an action's end, nor the other way round; the
        debug mode tells of the clash.
        """
        messages = record(self)
        self.extract(Coded, lambda error: {"message_type": "mine", "action_status": "succeeded"})
        clashes: list[object] = []
        debug.enable(lambda misuse, fields: clashes.append(fields["names"]))
        self.addCleanup(debug.disable)
        start_action(action_type="deed").finish(Coded(3))
        write_traceback(exc_info=(Coded, Coded(3), None))
        _, end, traceback = messages
        self.assertNotIn("message_type", end)
        self.assertEqual(end["action_status"], "failed")
        self.assertEqual(traceback["message_type"], "eliot:traceback")
        self.assertNotIn("action_status", traceback)
        self.assertEqual(clashes, [["action_status", "message_type"]] * 2)

    def test_logs(self) -> None:
        """
        What it logs in the action that fails comes before the action's end.
        """
        messages = record(self)

        def extract(error: Coded) -> Fields:
            log_message("extracting")
            return {"code": error.code}

        self.extract(Coded, extract)
        with start_action(action_type="deed").context() as action:
            action.finish(Coded(3))
        self.assertEqual(
            [(each.get("message_type"), each["task_level"]) for each in messages],
            [(None, [1]), ("extracting", [2]), (None, [3])],
        )
        self.assertEqual((messages[2]["code"], action.late_messages), (3, 0))

    def test_logs_the_exception(self) -> None:
        """
        One that logs the exception it was asked about, or fails with it, is not asked again.
        """
        messages = record(self)

        def extract(error: Coded) -> Fields:
            write_traceback(exc_info=(Coded, error, None))
            with start_action(action_type="inner"):
                raise error

        self.extract(Coded, extract)
        fields = describe(Coded(3))
        self.assertIn("Coded: 3", text_of(fields, "eliot:extractor_failure"))
        self.assertEqual(len(messages), 3)
        self.assertEqual(describe(CodedMore(3)).keys(), fields.keys())

    def test_asks_another(self) -> None:
        """
        Other exceptions that it logs are described in full.
        """
        messages = record(self)

        def extract(error: Coded) -> Fields:
            write_traceback(exc_info=(OSError, OSError(2, "missing"), None))
            return {}

        self.extract(Coded, extract)
        describe(Coded(3))
        self.assertEqual(messages[0]["errno"], 2)

    def test_interrupted(self) -> None:
        """
        After it was interrupted, it is asked again.
        """
        interruptions = [KeyboardInterrupt()]

        def extract(error: Coded) -> Fields:
            if interruptions:
                raise interruptions.pop()
            return {"code": error.code}

        self.extract(Coded, extract)
        self.assertRaises(KeyboardInterrupt, describe, Coded(3))
        self.assertEqual(describe(Coded(3))["code"], 3)


class DescribeFailureTests(ErrorsTestCase):
    """
    Describing why an action has failed.
    """

    def test_exception(self) -> None:
        """
        An exception is described, and what is in a Failure likewise.
        """
        error = FileNotFoundError(2, "missing")
        self.assertEqual(describe_failure(error), describe(error))
        self.assertEqual(describe_failure(Failure(error)), describe(error))

    def test_of_another_process(self) -> None:
        """
        A Failure that has come from another process has the names from there.
        """
        failure = CopiedFailure.__new__(CopiedFailure)
        failure.__dict__.update(type=b"far.Error", value="no", traceback="", frames=[], stack=[])
        self.assertEqual(describe_failure(failure), {"exception": "far.Error", "reason": "no"})

    def test_leaving(self) -> None:
        """
        Exceptions that are not errors end an action like any other, and go on.
        """
        messages = record(self)
        for error in (KeyboardInterrupt(), CancelledError(), SystemExit(3), GeneratorExit()):
            with self.assertRaises(type(error)), start_action(action_type="deed"):
                raise error
        ends = messages[1::2]
        self.assertEqual([each["action_status"] for each in ends], ["failed"] * 4)
        self.assertEqual(
            [text_of(each, "exception").rpartition(".")[2] for each in ends],
            ["KeyboardInterrupt", "CancelledError", "SystemExit", "GeneratorExit"],
        )

    def test_group(self) -> None:
        """
        A group is described as itself, and its traceback shows all members.
        """
        group = ExceptionGroup("several", [ValueError("a"), KeyError("b")])
        fields = describe_with_traceback(group)
        self.assertEqual(fields["exception"], "builtins.ExceptionGroup")
        self.assertEqual(fields["reason"], "several (2 sub-exceptions)")
        self.assertIn("ValueError: a", text_of(fields, "traceback"))
        self.assertIn("KeyError: 'b'", text_of(fields, "traceback"))


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

    def test_hostile(self) -> None:
        """
        An exception that Python cannot print shows where it came from, and which it is.
        """

        class Evasive(Exception):
            """
            An exception that hides all that it can.
            """

            def __getattribute__(self, name: str) -> object:
                raise ZeroDivisionError

        text = text_of(describe_with_traceback(self.raised(Evasive("no"))), "traceback")
        self.assertIn(", in raised\n", text)
        self.assertTrue(text.endswith("Evasive: no\n"), text)
        text = text_of(describe_with_traceback(Hostile("no")), "traceback")
        self.assertTrue(text.endswith(f"{__name__}.Hostile: no\n"), text)

    def test_wrong_traceback(self) -> None:
        """
        Where no traceback can be formatted at all, that is said.
        """
        wrong: object = object()
        text = text_of(describe_with_traceback(Hostile("no"), wrong), "traceback")  # type: ignore[arg-type]  # wrong
        self.assertIn("Hostile: no", text)

    def test_cannot_be_formatted(self) -> None:
        """
        Where that does not work in any way, it is said.
        """
        self.patch(linecache, "checkcache", lambda *args: 1 / 0)
        text = text_of(describe_with_traceback(self.raised(ValueError("no"))), "traceback")
        self.assertIn("ZeroDivisionError", text)

    def test_of_another_process(self) -> None:
        """
        An exception that has stayed in another process is shown with the name from there.
        """
        text = text_of(describe_with_traceback(FarException("far.Error", "no")), "traceback")
        self.assertTrue(text.endswith("far.Error: no\n"), text)

    def test_long(self) -> None:
        """
        A long text loses its middle: it shows where the exception came from, and how it ends.
        """
        error = self.raised(ValueError("x" * 1_000_000 + "end"))
        text = text_of(describe_with_traceback(error), "traceback")
        self.assertLess(len(text), MAXIMUM_TRACEBACK + 100)
        self.assertIn(", in raised\n", text)
        self.assertTrue(text.endswith("end\n"), text)
