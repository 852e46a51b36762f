"""
Messages in Twisted's own log, and in that of trial; functions of all kinds that wait.
"""

from __future__ import annotations

import json

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.pages import Terminal
from tests.examples.stories import Done, Said, output_of, stories_of


class OneLogTests(SynchronousTestCase):
    """
    One log for all.
    """

    def test_lines(self) -> None:
        """
        Messages stand between the lines of the rest, each with its level.
        """
        lines = [line for line in output_of("ferry/one_log.py").splitlines() if "#" in line]
        self.assertEqual(
            [line.split("[")[1].split("]")[0] for line in lines],
            [
                *["ferry.harbour#info", "eliot#info", "eliot#info"],
                *["ferry.harbour#info", "eliot#info", "eliot#warn", "eliot#error"],
            ],
        )

    def test_exception(self) -> None:
        """
        The exception comes with its traceback.
        """
        output = output_of("ferry/one_log.py")
        self.assertIn("in moor\n", output)
        self.assertIn("builtins.RuntimeError: all full\n", output)


class MooringTests(SynchronousTestCase):
    """
    The log of trial.
    """

    def test_log(self) -> None:
        """
        It has the messages of the test, after the name of that.
        """
        terminal = Terminal(self)
        terminal.type("trial examples.ferry.test_mooring")
        log = terminal.type("cat _trial_temp/test.log")
        _, name, rest = log.partition("MooringTests.test_moor <--\n")
        self.assertTrue(name)
        messages = [json.loads(line[line.index("{") :]) for line in rest.splitlines()]
        self.assertEqual(
            [each.get("message_type", each.get("action_status")) for each in messages],
            ["started", "ferry:moored", "succeeded"],
        )


class BerthingTests(SynchronousTestCase):
    """
    Methods that wait, or not.
    """

    def test_moor(self) -> None:
        """
        All that one does, before it waits and after, is a part of its action.
        """
        moored = Said("ferry:moored", {"berth": "B 3", "lines": 2})
        self.assertEqual(
            stories_of("ferry/berthing.py"), [Done("ferry:moor", "succeeded", {}, {}, [moored])]
        )


class OverheardTests(SynchronousTestCase):
    """
    Twisted's log, and what is printed, among the messages.
    """

    def test_overheard(self) -> None:
        """
        What is selected is a part of the action, with its fields.
        """
        (story,) = stories_of("ferry/overheard.py")
        assert isinstance(story, Done)
        said, failure = story.parts
        assert isinstance(said, Said)
        assert isinstance(failure, Said)
        self.assertEqual(
            said.fields,
            {
                "text": "Gull gets berth 3",
                "log_level": "info",
                "log_namespace": "ferry.harbour",
                "ferry": "Gull",
                "berth": 3,
            },
        )
        self.assertEqual(
            (failure.fields["reason"], failure.fields["ferry"]), ("no such pilot", "Gull")
        )

    def test_printed(self) -> None:
        """
        Each line is a part of the action.
        """
        stderr = Said("eliot:output", {"stream": "stderr", "text": "and the lines look old"})
        stdout = Said("eliot:output", {"stream": "stdout", "text": "Gull is fast, with two lines"})
        self.assertEqual(
            stories_of("ferry/printed.py"),
            [Done("ferry:moor", "succeeded", {"ferry": "Gull"}, {}, [stderr, stdout])],
        )
