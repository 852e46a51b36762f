"""
The example of a program that uses the standard library's logging.
"""

from __future__ import annotations

import json

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.running import EXAMPLES, run
from tests.helpers import scratch


class StdlibTests(SynchronousTestCase):
    """
    Running it.
    """

    def test_places(self) -> None:
        """
        What it logs in the old way has its place among the actions.
        """
        output = run(scratch(self), str(EXAMPLES / "stdlib.py")).stdout
        messages = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(len({each["task_uuid"] for each in messages}), 1)
        records = [each for each in messages if each.get("message_type") == "eliot:stdlib"]
        self.assertEqual(
            [(each["task_level"], each["log_level"], each["message"]) for each in records],
            [
                ([2, 2], "INFO", "It smells good."),
                ([3, 2], "ERROR", "There are no eggs left."),
                ([4], "INFO", "The shop is open."),
            ],
        )
