"""
Looking whether a file could be opened, without doing it.
"""

from __future__ import annotations

import os
import socket
from contextlib import closing
from pathlib import Path
from unittest import SkipTest

from twisted.trial.unittest import SynchronousTestCase

from eliot._openable import reason_against
from tests.helpers import in_forked_child, scratch


class ReasonTests(SynchronousTestCase):
    """
    Reasons against a path.
    """

    def setUp(self) -> None:
        """
        Make files of several kinds.
        """
        self.folder = scratch(self)
        (self.folder / "file").write_bytes(b"a\n")
        os.mkfifo(self.folder / "fifo")

    def reason(self, name: str, *, rotated: bool = False) -> str:
        """
        Get the reason against a path.
        """
        reason = reason_against(str(self.folder / name), rotated=rotated)
        assert reason is not None
        return reason

    def test_none(self) -> None:
        """
        Files that exist, or can be created, have nothing against them; nothing is created, and a
        FIFO is not waited for.
        """
        before = sorted(self.folder.iterdir())
        for name in ("file", "new", "fifo"):
            self.assertIs(reason_against(str(self.folder / name)), None)
        self.assertIs(reason_against("/dev/null"), None)
        self.assertIs(reason_against(os.path.relpath(self.folder / "new")), None)
        self.assertEqual(sorted(self.folder.iterdir()), before)

    def test_reasons(self) -> None:
        """
        What is in the way is told.
        """
        self.assertEqual(self.reason(""), "it is a directory")
        self.assertEqual(
            self.reason("none/app.log"),
            f"there is no directory {os.path.realpath(self.folder)}/none",
        )
        self.assertEqual(self.reason("file/app.log"), "Not a directory")
        self.assertEqual(self.reason("x" * 300), "File name too long")
        self.assertIn("null", self.reason("a" + chr(0)))
        for path in (str(self.folder / "fifo"), "/dev/null"):
            self.assertIn("rotated", self.reason(path, rotated=True))
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(str(self.folder / "socket"))
            self.assertIn("neither", self.reason("socket"))

    def test_rights(self) -> None:
        """
        The rights of the effective user count.
        """
        if os.geteuid() != 0:
            raise SkipTest("This is for root, who can become somebody else.")
        self.folder.chmod(0o755)
        (self.folder / "closed").mkdir(mode=0o700)

        def ask() -> str:
            os.seteuid(65534)
            names = ["file", "new", "closed/app.log"]
            return "\n".join(str(reason_against(str(self.folder / name))) for name in names)

        self.assertIs(reason_against(str(self.folder / "closed" / "app.log")), None)
        file, new, closed = in_forked_child(ask).split("\n")
        self.assertEqual(file, "it may not be written to by user 65534")
        self.assertEqual(
            new, f"no file may be created in {Path(os.path.realpath(self.folder))} by user 65534"
        )
        self.assertEqual(closed, "Permission denied")
