"""
``eliot-tree``, which draws the trees of logs.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, log_message, start_action, start_task, to_file
from tests.helpers import fresh_destinations, scratch


@skipUnless(find_spec("eliottree"), "eliot-tree is not installed")
class EliotTreeTests(SynchronousTestCase):
    """
    What it makes of our logs.
    """

    def draw(self, *arguments: str) -> list[str]:
        """
        Log a task that crosses processes, and have it drawn.

        :returns: the lines, without what only draws.
        """
        fresh_destinations(self)
        path = scratch(self) / "log"
        with path.open("wb") as file:
            to_file(file)
            try:
                with start_action(action_type="ferry:cross", to="Norderney") as crossing:
                    log_message("ferry:weather", wind=7)
                    task_id = crossing.serialize_task_id()
                    with Action.continue_task(task_id=task_id, action_type="pier:wait") as wait:
                        wait.add_success_fields(minutes=12)
                    raise ValueError("the harbour is closed")
            except ValueError:
                pass
            with start_task(action_type="ferry:moor"):
                pass
        command = Path(sys.executable).with_name("eliot-tree")
        drawn = subprocess.run(
            [str(command), "--ascii", "--color=never", *arguments, str(path)],
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
        self.assertEqual(drawn.stderr, "")
        return [line.strip(" |+`->") for line in drawn.stdout.splitlines()]

    def test_tree(self) -> None:
        """
        Both tasks are drawn, each message at its place, with its fields.
        """
        lines = [line.split(" 20")[0] for line in self.draw()]
        wanted = [
            "ferry:cross/1 \u21d2 started",
            "to: Norderney",
            "ferry:weather/2",
            "wind: 7",
            "pier:wait/3/1 \u21d2 started",
            "pier:wait/3/2 \u21d2 succeeded",
            "minutes: 12",
            "ferry:cross/4 \u21d2 failed",
            "exception: builtins.ValueError",
            "reason: the harbour is closed",
            "ferry:moor/1 \u21d2 started",
            "ferry:moor/2 \u21d2 succeeded",
        ]
        shown = [line.replace("=>", "\u21d2") for line in lines]
        self.assertEqual([line for line in shown if line in wanted], wanted)

    def test_selected(self) -> None:
        """
        Its own way of selecting tasks works.
        """
        lines = self.draw("--select", "action_type == 'ferry:moor'")
        self.assertIn("ferry:moor/1", "".join(lines))
        self.assertNotIn("ferry:cross", "".join(lines))
