"""
Running the command on logs of two processes.
"""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from twisted.trial.unittest import SynchronousTestCase

from eliot.cli._main import eliot
from eliot.read import JSON
from tests.forests import Fields, line


def message(
    task_uuid: str, level: list[int], timestamp: float, message_type: str, **fields: JSON
) -> bytes:
    """
    Make the line of a message.
    """
    place: Fields = {"task_uuid": task_uuid, "task_level": [*level], "timestamp": timestamp}
    return line({**place, "message_type": message_type, **fields})


def boundary(
    task_uuid: str, level: list[int], timestamp: float, action_type: str, status: str
) -> bytes:
    """
    Make the line of an action's start or end.
    """
    place: Fields = {"task_uuid": task_uuid, "task_level": [*level], "timestamp": timestamp}
    return line({**place, "action_type": action_type, "action_status": status})


CLIENT = (
    boundary("one", [1], 1.0, "client", "started")
    + message("two", [1], 1.5, "alone")
    + boundary("one", [3], 4.0, "client", "succeeded")
)
SERVER = boundary("one", [2, 1], 2.0, "server", "started") + boundary(
    "one", [2, 2], 3.0, "server", "succeeded"
)

JOINED = """\
one  1970-01-01 UTC
╰─ client  [succeeded]  00:00:01.000  3.000 s
   ╰─ server  [succeeded]  00:00:02.000  1.000 s
"""

ALONE = """\
two  1970-01-01 UTC
╰─ alone  00:00:01.500
"""


class CommandCase(SynchronousTestCase):
    """
    A test of the command, with a folder for logs.
    """

    def setUp(self) -> None:
        """
        Make a folder for logs.
        """
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    def file(self, name: str, contents: bytes) -> str:
        """
        Make a file.
        """
        path = self.folder / name
        path.write_bytes(contents)
        return str(path)

    def command(
        self,
        *arguments: str,
        stdin: bytes = b"",
        charset: str = "utf-8",
    ) -> Result:
        """
        Run ``eliot`` with these arguments.
        """
        runner = CliRunner(charset=charset)
        return runner.invoke(eliot, [*arguments], input=stdin)

    def tree(
        self,
        *arguments: str,
        stdin: bytes = b"",
        charset: str = "utf-8",
    ) -> Result:
        """
        Run ``eliot tree``.
        """
        return self.command("tree", *arguments, stdin=stdin, charset=charset)
