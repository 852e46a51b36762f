"""
Exceptions, and levels.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON
from tests.examples.stories import Done, Said, failed, messages_of, stories_of


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
