"""
Exceptions as structures.
"""

from __future__ import annotations

import json
import linecache
import sys
from collections.abc import Callable
from typing import TypeAlias, cast

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.spread.pb import CopiedFailure
from twisted.trial.unittest import SynchronousTestCase

from eliot import start_action
from eliot._encode import encode
from eliot._errors import describe_failure
from eliot._stacks import (
    MAXIMUM_EXCEPTIONS,
    MAXIMUM_FRAMES,
    MAXIMUM_NOTES,
    MAXIMUM_SIZE,
    include_tracebacks,
    stack_of,
)
from eliot.twisted import DeferredContext
from tests.helpers import Fields, record
from tests.hostile import Hostile, HostileMeta, Mute

_Frames: TypeAlias = list[dict[str, object]]


class OfHostileClass(Exception, metaclass=HostileMeta):
    """
    An exception of a class that does not want to be asked.
    """


class Evasive(Exception):
    """
    An exception that hides all that it can.
    """

    def __getattribute__(self, name: str) -> object:
        raise ZeroDivisionError


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """
    Raise an exception, and give it back.
    """
    try:
        if cause is None:
            raise error
        raise error from cause
    except BaseException as caught:
        return caught


def deep(depth: int) -> None:
    """
    Raise an exception, some frames down.
    """
    if not depth:
        raise ValueError("deep down")
    deep(depth - 1)


def error_of(function: Callable[..., object], *args: object) -> Exception:
    """
    Call a function that raises.

    :returns: what it raises.
    """
    try:
        function(*args)
    except Exception as error:
        return error
    raise AssertionError("It raises.")


def frames_in(told: Fields) -> _Frames:
    """
    Get the frames of a structure.
    """
    frames = told["frames"]
    assert isinstance(frames, list), frames
    return frames


def functions_in(told: Fields) -> list[object]:
    """
    Get the names of the functions in a structure.
    """
    return [each["function"] for each in frames_in(told)]


def inner(told: Fields, *path: str | int) -> Fields:
    """
    Get a structure within another one.
    """
    found: object = told
    for step in path:
        found = cast("dict[str | int, object]", found)[step]
    assert isinstance(found, dict), found
    return found


class StackOfTests(SynchronousTestCase):
    """
    Telling.
    """

    def test_raised(self) -> None:
        """
        An exception is its class, its text, and the frames that it went through, the outermost
        first, with their lines of source.
        """
        error = error_of(deep, 1)
        told = stack_of(error)
        self.assertEqual((told["exception"], told["reason"]), ("builtins.ValueError", "deep down"))
        self.assertEqual(functions_in(told), ["error_of", "deep", "deep"])
        outer, _, last = frames_in(told)
        self.assertEqual(last["file"], __file__)
        self.assertEqual(last["source"], 'raise ValueError("deep down")')
        self.assertEqual(outer["source"], "function(*args)")
        self.assertEqual(
            linecache.getline(__file__, cast("int", last["line"])).strip(), last["source"]
        )

    def test_qualified(self) -> None:
        """
        Functions are named with the classes and functions around them.
        """

        def local() -> None:
            raise ValueError

        name = f"{type(self).__name__}.test_qualified.<locals>.local"
        self.assertEqual(functions_in(stack_of(error_of(local)))[-1], name)

    def test_not_raised(self) -> None:
        """
        One that was not raised has no frames.
        """
        self.assertEqual(
            stack_of(ValueError("no")),
            {"exception": "builtins.ValueError", "reason": "no", "frames": []},
        )

    def test_cause(self) -> None:
        """
        Its cause is told likewise, and its context then not.
        """
        told = stack_of(raised(ValueError("effect"), raised(KeyError("cause"))))
        self.assertEqual(inner(told, "cause")["reason"], "'cause'")
        self.assertEqual(functions_in(inner(told, "cause")), ["raised"])
        self.assertNotIn("context", told)

    def test_context(self) -> None:
        """
        So is the exception that was being handled, unless that is suppressed.
        """
        try:
            try:
                raise KeyError("first")
            except KeyError:
                raise ValueError("second")  # noqa: B904 (what is tested)
        except ValueError as error:
            self.assertEqual(inner(stack_of(error), "context")["reason"], "'first'")
            error.__suppress_context__ = True
            self.assertNotIn("context", stack_of(error))

    def test_group(self) -> None:
        """
        So are the members of a group.
        """
        members = [raised(ValueError("a")), ExceptionGroup("inner", [KeyError("b")])]
        told = stack_of(raised(BaseExceptionGroup("outer", members)))
        self.assertEqual(inner(told, "exceptions", 0)["reason"], "a")
        self.assertEqual(inner(told, "exceptions", 1, "exceptions", 0)["reason"], "'b'")

    def test_notes(self) -> None:
        """
        So are notes.
        """
        error = ValueError("no")
        error.add_note("first")
        error.add_note("second")
        self.assertEqual(stack_of(error)["notes"], ["first", "second"])

    def test_odd_notes(self) -> None:
        """
        Notes that are none do no harm.
        """
        odd: list[object] = [3, None, [], Hostile("")]
        error = ValueError("no")
        for notes in odd:
            error.__notes__ = notes  # type: ignore[assignment]  # wrong
            self.assertNotIn("notes", stack_of(error))
        error.__notes__ = [3, Hostile("")]  # type: ignore[list-item]  # wrong
        self.assertEqual(cast("list[str]", stack_of(error)["notes"])[0], "3")

    def test_circle(self) -> None:
        """
        Exceptions that are each other's cause or context are told once.
        """
        first, second = ValueError("first"), ValueError("second")
        first.__cause__, second.__cause__ = second, first
        told = stack_of(first)
        self.assertNotIn("cause", inner(told, "cause"))
        first.__cause__ = second.__cause__ = None
        first.__suppress_context__ = second.__suppress_context__ = False
        first.__context__, second.__context__ = second, first
        self.assertNotIn("context", inner(stack_of(second), "context"))
        first.__context__ = first
        self.assertNotIn("context", stack_of(first))

    def test_in_groups_twice(self) -> None:
        """
        One that is in a group twice is told once.
        """
        error = ValueError("no")
        told = stack_of(ExceptionGroup("group", [error, error]))
        self.assertEqual(len(cast("list[Fields]", told["exceptions"])), 1)

    def test_not_ours(self) -> None:
        """
        Frames of this package that stand between those of others are left out.
        """

        def fail() -> None:
            start_action(action_type="inner").run(deep, 0)

        functions = functions_in(stack_of(error_of(start_action(action_type="deed").run, fail)))
        self.assertEqual(
            functions,
            ["error_of", f"{self.id().partition('test_stacks.')[2]}.<locals>.fail", "deep"],
        )

    def test_ours(self) -> None:
        """
        Where the exception comes from this package, its frames stay.
        """
        error = error_of(start_action(action_type="deed").continue_task)
        self.assertEqual(functions_in(stack_of(error)), ["error_of", "Action.continue_task"])

    def test_source_that_is_not_there(self) -> None:
        """
        A line whose source is not known is empty.
        """
        error = error_of(lambda: exec(compile("1 / 0", "<nowhere>", "exec")))
        last = frames_in(stack_of(error))[-1]
        self.assertEqual((last["file"], last["line"], last["source"]), ("<nowhere>", 1, ""))


class BoundsTests(SynchronousTestCase):
    """
    How much is told.
    """

    def test_frames(self) -> None:
        """
        Of many frames, as many outer as inner ones are told, and how many there were between them.
        """
        told = stack_of(error_of(deep, 200))
        self.assertEqual(len(frames_in(told)), MAXIMUM_FRAMES)
        self.assertEqual(told["frames_left_out"], 202 - MAXIMUM_FRAMES)
        self.assertEqual(functions_in(told)[0], "error_of")
        self.assertEqual(frames_in(told)[-1]["source"], 'raise ValueError("deep down")')

    def test_just_as_many(self) -> None:
        """
        As many as there may be are all told.
        """
        told = stack_of(error_of(deep, MAXIMUM_FRAMES - 2))
        self.assertEqual(len(frames_in(told)), MAXIMUM_FRAMES)
        self.assertNotIn("frames_left_out", told)

    def test_recursion(self) -> None:
        """
        So are those of a recursion without end.
        """

        def recurse() -> None:
            recurse()

        told = stack_of(error_of(recurse))
        self.assertEqual(told["exception"], "builtins.RecursionError")
        self.assertLess(len(encode({"field": told})), 50_000)

    def test_causes(self) -> None:
        """
        Of a long chain of causes, those next to the exception are told.
        """
        error: BaseException = ValueError("first")
        for number in range(1000):
            error = raised(ValueError(str(number)), error)
        told = stack_of(error)
        for _ in range(MAXIMUM_EXCEPTIONS - 1):
            told = inner(told, "cause")
        self.assertEqual(told["exceptions_left_out"], 1)
        self.assertNotIn("cause", told)

    def test_members(self) -> None:
        """
        Of many members, the first ones are told.
        """
        members = [ValueError(str(number)) for number in range(100)]
        told = stack_of(ExceptionGroup("group", members))
        self.assertEqual(inner(told, "exceptions", 0)["reason"], "0")
        self.assertEqual(len(cast("list[Fields]", told["exceptions"])), MAXIMUM_EXCEPTIONS - 1)
        self.assertEqual(told["exceptions_left_out"], 101 - MAXIMUM_EXCEPTIONS)

    def test_notes(self) -> None:
        """
        Of many notes, too.
        """
        error = ValueError("no")
        for number in range(100):
            error.add_note(str(number))
        told = stack_of(error)
        self.assertEqual(len(cast("list[str]", told["notes"])), MAXIMUM_NOTES)
        self.assertEqual(told["notes_left_out"], 100 - MAXIMUM_NOTES)

    def test_size(self) -> None:
        """
        Long texts are cut, and there are no more exceptions once there is enough.
        """

        def huge() -> ValueError:
            error = ValueError("x" * 1_000_000)
            for _ in range(10):
                error.add_note("y" * 1_000_000)
            return error

        told = stack_of(ExceptionGroup("group", [huge() for _ in range(MAXIMUM_EXCEPTIONS - 2)]))
        self.assertLess(len(encode({"field": told})), 1.5 * MAXIMUM_SIZE)
        self.assertIn("exceptions_left_out", told)


class HostileTests(SynchronousTestCase):
    """
    Telling of exceptions that do harm.
    """

    def test_hostile(self) -> None:
        """
        Whatever an exception does, its class and its frames are told, and encoded as they are.
        """
        for error in (Mute(), Evasive(), ValueError("\ud800")):
            told = stack_of(raised(error))
            self.assertEqual(functions_in(told), ["raised"])
            self.assertIn(type(error).__name__, str(told["exception"]))
            self.assertEqual(json.loads(encode({"field": told})), {"field": told})

    def test_hostile_class(self) -> None:
        """
        So is one of a class that Python itself cannot raise.
        """
        told = stack_of(OfHostileClass("no"))
        self.assertEqual(told["exception"], f"{__name__}.OfHostileClass")
        self.assertEqual(told["reason"], "no")

    def test_cannot_be_told(self) -> None:
        """
        Where even that does not work, the class is.
        """
        self.patch(linecache, "lazycache", lambda *args: 1 / 0)
        told = stack_of(raised(ValueError("no")))
        self.assertEqual(told["exception"], "builtins.ValueError")
        self.assertIn("ZeroDivisionError", str(told["reason"]))

    def test_neither(self) -> None:
        """
        What is no exception is told as such.
        """
        self.assertEqual(stack_of(3)["exception"], "builtins.TypeError")

    @given(
        st.lists(st.tuples(st.sampled_from(["cause", "context"]), st.integers(0, 5)), max_size=12)
    )
    def test_any_chain(self, links: list[tuple[str, int]]) -> None:
        """
        However exceptions refer to each other, each is told at most once.
        """
        errors = [ValueError(str(number)) for number in range(6)]
        for number, (kind, other) in enumerate(links):
            setattr(errors[number % 6], f"__{kind}__", errors[other])
        reasons = []
        waiting: list[object] = [stack_of(errors[0])]
        while waiting:
            told = waiting.pop()
            assert isinstance(told, dict)
            reasons.append(told["reason"])
            waiting += [told[name] for name in ("cause", "context") if name in told]
        self.assertEqual(len(reasons), len(set(reasons)))


class FailureTests(SynchronousTestCase):
    """
    Telling of Twisted's Failures.
    """

    def failure(self) -> Failure:
        """
        Make a Failure of an exception that was raised.
        """
        try:
            deep(1)
        except ValueError:
            return Failure()
        raise AssertionError("It was raised.")

    def test_live(self) -> None:
        """
        A Failure is told as its exception.
        """
        failure = self.failure()
        self.assertEqual(stack_of(failure), stack_of(failure.value))

    def test_cleaned(self) -> None:
        """
        Where the exception has lost its traceback, the Failure's frames are told.
        """
        failure = self.failure()
        failure.cleanFailure()
        told = stack_of(failure)
        self.assertEqual(frames_in(stack_of(failure.value)), [])
        self.assertEqual(
            [str(each).rpartition(".")[2] for each in functions_in(told)],
            ["failure", "deep", "deep"],
        )
        self.assertEqual(frames_in(told)[-1]["source"], 'raise ValueError("deep down")')

    def test_of_another_process(self) -> None:
        """
        One that has come from another process is told by its texts.
        """
        failure = CopiedFailure.__new__(CopiedFailure)
        failure.__dict__.update(
            type=b"far.Error", value="no", traceback="Traceback...\n", frames=[], stack=[]
        )
        told = stack_of(failure)
        self.assertEqual((told["exception"], told["reason"]), ("far.Error", "no"))
        self.assertIn("far.Error: no", str(told["traceback"]))


class IncludeTracebacksTests(SynchronousTestCase):
    """
    Structures in the end messages of failed actions.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)
        self.addCleanup(include_tracebacks, False)

    def test_not_asked_for(self) -> None:
        """
        They are there only if somebody asks for them.
        """
        start_action(action_type="deed").finish(ValueError("no"))
        include_tracebacks()
        include_tracebacks(False)
        start_action(action_type="deed").finish(ValueError("no"))
        self.assertEqual([each for each in self.messages if "eliot:stack" in each], [])

    def test_failed(self) -> None:
        """
        Then the end of an action that fails says which way its exception took.
        """
        include_tracebacks()
        with self.assertRaises(ValueError), start_action(action_type="deed"):
            deep(0)
        _, end = self.messages
        self.assertEqual((end["action_status"], end["reason"]), ("failed", "deep down"))
        self.assertEqual(functions_in(inner(end, "eliot:stack"))[-1], "deep")

    def test_succeeded(self) -> None:
        """
        One that succeeds says nothing of that kind.
        """
        include_tracebacks()
        start_action(action_type="deed").finish()
        self.assertNotIn("eliot:stack", self.messages[1])

    def test_deferred(self) -> None:
        """
        It does so as well where a Deferred fails.
        """
        include_tracebacks()
        deferred: Deferred[None] = Deferred()
        with start_action(action_type="deed").context():
            context = DeferredContext(deferred)
            context.addCallback(lambda result: deep(0))
            context.addActionFinish()
        deferred.callback(None)
        self.failureResultOf(deferred, ValueError)
        self.assertEqual(functions_in(inner(self.messages[1], "eliot:stack"))[-1], "deep")

    def test_encoded(self) -> None:
        """
        It can be encoded as it is.
        """
        include_tracebacks()
        line = encode(describe_failure(error_of(deep, 1)))
        self.assertNotIn("eliot:encoding", json.loads(line))

    def test_handled_meanwhile(self) -> None:
        """
        What is being handled otherwise plays no part.
        """
        include_tracebacks()
        error = ValueError("alone")
        try:
            deep(0)
        except ValueError:
            self.assertIsNotNone(sys.exc_info()[1])
            start_action(action_type="deed").finish(error)
        self.assertNotIn("context", inner(self.messages[1], "eliot:stack"))
