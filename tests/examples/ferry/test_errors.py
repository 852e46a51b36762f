"""
Exceptions, and levels.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from twisted.trial.unittest import SynchronousTestCase

from eliot import add_destinations
from eliot.read import JSON
from examples.ferry.tracker import cross, tracked_by
from tests.examples.running import EXAMPLES, read_lines, run
from tests.examples.stories import Done, Said, failed, messages_of, stories_of
from tests.helpers import record


class FailuresTests(SynchronousTestCase):
    """
    Exceptions that end actions, and such that do not.
    """

    def test_extracted(self) -> None:
        """
        An action that fails has the fields that were extracted from its exception.
        """
        cast_off, _ = stories_of("ferry/failures.py")
        end = failed("__main__.TooWindy", "too windy at 45 knots", knots=45)
        self.assertEqual(cast_off, Done("ferry:cast_off", "failed", {}, end))

    def test_tracebacks(self) -> None:
        """
        Those that were caught are messages with tracebacks, and the action has succeeded.
        """
        start, *tracebacks, end = messages_of("ferry/failures.py")[2:]
        self.assertEqual((start.type, end.status), ("ferry:cross", "succeeded"))
        self.assertEqual([each.level for each in tracebacks], [(2,), (3,), (4,)])
        self.assertEqual({each.type for each in tracebacks}, {"eliot:traceback"})
        self.assertEqual(
            [(each.fields["exception"], each.fields["reason"]) for each in tracebacks],
            [
                (
                    "builtins.FileNotFoundError",
                    "[Errno 2] No such file or directory: 'sound.chart'",
                ),
                ("builtins.LookupError", "nobody on channel 16"),
                ("builtins.RuntimeError", "rust"),
            ],
        )
        self.assertEqual(tracebacks[0].fields["errno"], 2)
        for message, function in zip(tracebacks, ("read_chart", "", "rusty_horn"), strict=True):
            self.assertIn(function, str(message.fields["traceback"]))


class StacksTests(SynchronousTestCase):
    """
    Failures with their frames.
    """

    def test_stack(self) -> None:
        """
        The end message of a failed action has the exception and its cause, each with its frames,
        the outermost first.
        """
        (moor,) = stories_of("ferry/stacks.py")
        assert isinstance(moor, Done)
        self.assertEqual((moor.type, moor.status), ("ferry:moor", "failed"))
        stack = moor.end["eliot:stack"]
        assert isinstance(stack, dict)
        cause = stack["cause"]
        assert isinstance(cause, dict)
        self.assertEqual(described(stack), ("builtins.RuntimeError", "adrift", ["moor"]))
        self.assertEqual(
            described(cause), ("builtins.LookupError", "no bollard at B 3", ["moor", "tie"])
        )


def described(stack: dict[str, JSON]) -> tuple[JSON, JSON, list[JSON]]:
    """
    Say of an exception which one it is, and name the functions that it came through.
    """
    frames = stack["frames"]
    assert isinstance(frames, list)
    functions = [frame["function"] for frame in frames if isinstance(frame, dict)]
    return stack["exception"], stack["reason"], functions


class LevelsTests(SynchronousTestCase):
    """
    Levels of one's own.
    """

    def test_levels(self) -> None:
        """
        A level is a field, whose value is written as it is.
        """
        (cross,) = stories_of("ferry/levels.py")
        self.assertEqual(
            cross,
            Done(
                "ferry:cross",
                "failed",
                {"log_level": "for the crew"},
                failed("builtins.RuntimeError", "blind"),
                [
                    Said(
                        "ferry:lamp_broken",
                        {"lamp": "stern", "log_level": "for the office, in the morning"},
                    ),
                    Said("ferry:radar_lost", {"log_level": "for the coast guard, at once"}),
                ],
            ),
        )


class UnhandledTests(SynchronousTestCase):
    """
    Errors that nobody handles.
    """

    def test_places(self) -> None:
        """
        Each is where it belongs, as far as that is known; with the patch it is for both.
        """
        for arguments, second in (([], (3, 2)), (["--patched"], (2, 4))):
            child = run(EXAMPLES, "ferry/unhandled.py", *arguments)
            self.assertEqual((child.returncode, child.stderr), (0, ""))
            messages = read_lines(BytesIO(child.stdout.encode()), "unhandled")
            found = {
                each.fields["reason"]: each.level for each in messages if each.type == "twisted:log"
            }
            self.assertEqual(found, {"nobody on channel 16": (2, 2, 3), "rust": second})


@dataclass
class FakeScope:
    """
    A scope of Sentry's, which keeps what it is told.
    """

    said: dict[str, object] = field(default_factory=dict)

    def set_tag(self, key: str, value: object) -> None:
        """
        Keep it.
        """
        self.said[key] = value

    def set_context(self, key: str, value: dict[str, object]) -> None:
        """
        Keep it.
        """
        self.said[key] = value


class FakeSentry:
    """
    Sentry's client interface: errors are captured within a scope.

    :ivar captured: the errors, and what was said about each.
    """

    def __init__(self) -> None:
        self.captured: list[tuple[BaseException, dict[str, object]]] = []
        self._scope: FakeScope | None = None

    @contextlib.contextmanager
    def new_scope(self) -> Iterator[FakeScope]:
        """
        Open a scope.
        """
        before, self._scope = self._scope, FakeScope()
        yield self._scope
        self._scope = before

    def capture_exception(self, error: BaseException) -> str:
        """
        Keep an error.
        """
        assert self._scope is not None
        self.captured.append((error, self._scope.said))
        return "id"


class TrackerTests(SynchronousTestCase):
    """
    Exceptions for a tracker.
    """

    def test_captured(self) -> None:
        """
        An error is captured once, as the exception that it is, with the message of the innermost
        action, and can be looked up by its task.
        """
        messages = record(self)
        sentry = FakeSentry()
        add_destinations(tracked_by(sentry))
        error = self.assertRaises(RuntimeError, cross)
        self.assertEqual(
            sentry.captured,
            [(error, {"task_uuid": messages[0]["task_uuid"], "eliot": messages[2]})],
        )
        self.assertEqual(messages[2]["action_type"], "ferry:cast_off")
