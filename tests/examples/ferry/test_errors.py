"""
Exceptions, and levels.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

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
