"""
A program that logs by Python's own means, and the same without those.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.stories import Done, Said, failed, stories_of

_NO_OIL = failed("builtins.RuntimeError", "no oil")


def line(level: str, message: str) -> Said:
    """
    Make the message of a line that was logged by Python's own means.
    """
    fields = {"log_level": level, "logger": "ferry.engine", "message": message}
    return Said("eliot:stdlib", fields)


class LegacyTests(SynchronousTestCase):
    """
    Lines that find their actions.
    """

    def test_lines(self) -> None:
        """
        Each line is a message in the action that was the current one.
        """
        port = Done(
            "engines:start", "succeeded", {"engine": "port"}, {}, [line("INFO", "40 litres of oil")]
        )
        starboard = Done(
            "engines:start",
            "failed",
            {"engine": "starboard"},
            _NO_OIL,
            [
                line("INFO", "0 litres of oil"),
                line("ERROR", "No oil, engine starboard will not start"),
            ],
        )
        self.assertEqual(
            stories_of("ferry/legacy.py"),
            [Done("engines:start_all", "succeeded", {}, {}, [port, starboard])],
        )

    def test_without(self) -> None:
        """
        The actions alone tell as much.
        """
        port = Done("engines:start", "succeeded", {"engine": "port", "litres": 40})
        starboard = Done("engines:start", "failed", {"engine": "starboard", "litres": 0}, _NO_OIL)
        self.assertEqual(
            stories_of("ferry/migrated.py"),
            [Done("engines:start_all", "succeeded", {}, {}, [port, starboard])],
        )
