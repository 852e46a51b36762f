"""
The night at the pilot station: what Twisted, a child process, and a reactor that stands still have
to say is in its place in one tree.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from examples.demo.processes import TwistdProcess
from tests.examples.daemons import REACTOR, wait_until
from tests.examples.running import EXAMPLES
from tests.helpers import PATIENCE, Fields, of_type, scratch
from tests.twisted.helpers import messages_in

#: What the night's work leaves last, whatever comes first.
_LAST = (b"Unhandled error", b"Watch.draw_chart", b'"exit_code":0')


def level_of(message: Fields) -> list[int]:
    """
    Get the level of a message.
    """
    level = message["task_level"]
    assert isinstance(level, list)
    return level


class Tree:
    """
    A log that is one tree.

    :param messages: all of it.
    """

    def __init__(self, messages: list[Fields]) -> None:
        self.messages = messages
        self._types = {
            tuple(level_of(each)[:-1]): str(each["action_type"])
            for each in messages
            if each.get("action_status") == "started"
        }

    def place_of(self, message: Fields) -> list[str]:
        """
        Name the actions that a message is in, the outermost first.
        """
        level = level_of(message)
        return [self._types[tuple(level[:depth])] for depth in range(len(level))]


class NightTests(SynchronousTestCase):
    """
    An application under ``twistd``, with both bridges at work.
    """

    def setUp(self) -> None:
        """
        Spend the night.
        """
        folder = scratch(self)
        log = folder / "station.json"

        def is_over() -> bool:
            return log.exists() and all(each in log.read_bytes() for each in _LAST)

        with TwistdProcess(
            EXAMPLES / "station" / "station.tac", folder, f"--reactor={REACTOR}"
        ) as process:
            wait_until("all work is done", is_over)
            process.terminate(PATIENCE)
        self.tree = Tree(messages_in(log.read_bytes()))
        self.twisted_log = (folder / "station.twistd.log").read_text(encoding="utf-8")

    def test_one_tree(self) -> None:
        """
        Everything is in its place, once.
        """
        messages = self.tree.messages
        self.assertEqual({each["task_uuid"] for each in messages}, {messages[0]["task_uuid"]})
        levels = [tuple(level_of(each)) for each in messages]
        self.assertEqual(len(levels), len(set(levels)))

        # What Twisted itself says, to the end.
        said = of_type(messages, "twisted:log")
        self.assertEqual(said[-1]["text"], "Server Shut Down.")
        self.assertEqual(self.tree.place_of(said[-1]), ["station:night"])

        # An error that nobody has handled, where it comes from.
        unhandled = [each for each in messages if "Unhandled error" in str(each.get("text"))]
        [error] = unhandled
        self.assertEqual(self.tree.place_of(error), ["station:night", "station:call_ship"])
        self.assertEqual(error["exception"], "examples.station.watch.NoAnswer")
        self.assertEqual(error["reason"], "only static")
        self.assertIn("in _listen", str(error["traceback"]))

        # A child process, with what it has logged itself, and what it has only printed.
        process = ["station:night", "station:take_soundings", "eliot:process"]
        depths = of_type(messages, "soundings:depth")
        self.assertEqual([each["fathoms"] for each in depths], [7, 6, 5])
        for each in depths:
            self.assertEqual(self.tree.place_of(each), [*process, "soundings:line"])
        [printed] = of_type(messages, "eliot:process_output")
        self.assertEqual(printed["text"], "DEBUG ping=0x3f")
        self.assertEqual(self.tree.place_of(printed), process)

        # A reactor that stood still; a machine that has much to do may have it do so more often.
        [blocked] = [
            each
            for each in of_type(messages, "eliot:reactor_blocked")
            if "Watch.draw_chart" in str(each.get("stack"))
        ]
        self.assertEqual(self.tree.place_of(blocked), ["station:night", "station:draw_chart"])

        # The other way: what is logged here is in Twisted's log, and is not there twice.
        for line in ("station:call_ship started", "soundings:depth place=0", "exit_code=0"):
            self.assertEqual(self.twisted_log.count(line), 1, self.twisted_log)
