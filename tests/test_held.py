"""
Opening files by their paths, and holding them against others.
"""

from __future__ import annotations

import errno
import os
import socket
import stat
from contextlib import closing
from unittest import SkipTest

from twisted.trial.unittest import SynchronousTestCase

from eliot._held import HeldFile, create_held, open_held
from tests.helpers import run_child, scratch

#: Opens the file that it is given, rotating or not, and says so.
_OPEN = (
    "import sys\n"
    "from eliot._held import open_held\n"
    "try: open_held(sys.argv[1], alone=sys.argv[2] == 'alone', mode=None, owner=None)\n"
    "except OSError as error: print(error)\n"
    "else: print('opened')\n"
)


def held(path: object, *, alone: bool = True, mode: int | None = None) -> HeldFile:
    """
    Open a file.
    """
    return open_held(str(path), alone=alone, mode=mode, owner=None)


class OpenTests(SynchronousTestCase):
    """
    Opening.
    """

    def setUp(self) -> None:
        """
        Choose a path.
        """
        self.path = scratch(self) / "app.log"

    def test_created(self) -> None:
        """
        A file is created where there is none, with the permissions asked for, and is not handed to
        programs that are run.
        """
        for mode in (None, 0o640, 0o666):
            file = held(self.path, mode=mode)
            umask = os.umask(0)
            os.umask(umask)
            expected = 0o666 & ~umask if mode is None else mode
            self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), expected)
            self.assertFalse(os.get_inheritable(file.fd))
            file.close()
            self.path.unlink()

    def test_appended(self) -> None:
        """
        What is there stays, with its permissions; how large it is and how it ends are known.
        """
        for content, ends_whole in ((b"", True), (b"a\n", True), (b"a\nb", False)):
            self.path.write_bytes(content)
            self.path.chmod(0o600)
            file = held(self.path, mode=0o644)
            self.assertEqual((file.size, file.ends_whole), (len(content), ends_whole))
            file.put(b"c\n")
            self.assertEqual(self.path.read_bytes(), content + b"c\n")
            self.assertEqual(file.size, len(content) + 2)
            self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
            file.close()

    def test_forgotten(self) -> None:
        """
        A file that is forgotten is closed, and so free for others.
        """
        held(self.path)
        held(self.path).close()

    def test_refused(self) -> None:
        """
        Whatever is in the way, the text begins with the path, and says what it is.
        """
        (self.path.parent / "file").write_bytes(b"")
        (self.path.parent / "loop").symlink_to("loop")
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(str(self.path.parent / "socket"))
            for name, number in (
                ("", errno.EISDIR),
                ("none/app.log", errno.ENOENT),
                ("file/app.log", errno.ENOTDIR),
                ("loop", errno.ELOOP),
                ("socket", errno.EINVAL),
                ("x" * 300, errno.ENAMETOOLONG),
            ):
                path = str(self.path.parent / name)
                error = self.assertRaises(OSError, held, path)
                self.assertTrue(str(error).startswith(f"{path}: "), str(error))
                self.assertEqual(error.errno, number)

    def test_links(self) -> None:
        """
        Symbolic links are followed, also to a file that does not exist yet.
        """
        link = self.path.parent / "link"
        link.symlink_to("app.log")
        for _ in range(2):
            file = held(link)
            self.assertEqual(file.path, str(self.path))
            file.put(b"a\n")
            file.close()
        self.assertEqual(self.path.read_bytes(), b"a\na\n")

    def test_moved(self) -> None:
        """
        Whether a path names the file is known.
        """
        file = held(self.path)
        self.assertTrue(file.is_at(str(self.path)))
        self.path.rename(self.path.with_suffix(".old"))
        self.assertFalse(file.is_at(str(self.path)))
        self.path.write_bytes(b"")
        self.assertFalse(file.is_at(str(self.path)))

    def test_create(self) -> None:
        """
        A file that must be new is not opened where there is one.
        """
        create_held(str(self.path), 0o600, None).close()
        self.assertRaises(FileExistsError, create_held, str(self.path), None, None)

    def test_owner(self) -> None:
        """
        Root gives new files to the owner asked for, and leaves others alone.
        """
        if os.geteuid() != 0:
            raise SkipTest("This is for root.")
        open_held(str(self.path), alone=True, mode=None, owner=(65534, 65533)).close()
        self.assertEqual((self.path.stat().st_uid, self.path.stat().st_gid), (65534, 65533))
        os.chown(self.path, 1, 1)
        open_held(str(self.path), alone=True, mode=None, owner=(65534, 65533)).close()
        self.assertEqual(self.path.stat().st_uid, 1)


class OtherKindsTests(SynchronousTestCase):
    """
    Devices and FIFOs.
    """

    def setUp(self) -> None:
        """
        Make a FIFO.
        """
        self.path = scratch(self) / "fifo"
        os.mkfifo(self.path)

    def test_nobody_reads(self) -> None:
        """
        Opening a FIFO that nobody reads does not wait, but is refused.
        """
        error = self.assertRaises(OSError, held, self.path, alone=False)
        self.assertTrue(str(error).startswith(f"{self.path}: nobody reads"), str(error))

    def test_read(self) -> None:
        """
        One that somebody reads is written to, and waited for when it is full.
        """
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        file = held(self.path, alone=False)
        self.assertTrue(os.get_blocking(file.fd))
        file.put(b"a\n")
        self.assertEqual(os.read(reader, 100), b"a\n")

    def test_device(self) -> None:
        """
        Character devices are written to, and not locked.
        """
        files = [held("/dev/null", alone=False) for _ in range(2)]
        self.assertEqual(files[0].put(b"a\n"), 2)

    def test_rotated(self) -> None:
        """
        Neither can be rotated.
        """
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        for path in (str(self.path), "/dev/null"):
            error = self.assertRaises(OSError, held, path)
            self.assertTrue(str(error).startswith(f"{path}: it is no regular file"), str(error))


class LockTests(SynchronousTestCase):
    """
    Who may write beside whom.
    """

    def setUp(self) -> None:
        """
        Choose a path.
        """
        self.path = scratch(self) / "app.log"

    def from_outside(self, kind: str) -> str:
        """
        Open the file in another process.
        """
        child = run_child(_OPEN, str(self.path), kind)
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        return child.stdout.strip()

    def test_processes(self) -> None:
        """
        A process that rotates a file excludes all others, and is excluded by all; those that do
        not share it.
        """
        for alone in (True, False):
            file = held(self.path, alone=alone)
            for kind in ("alone", "shared"):
                answer = self.from_outside(kind)
                if not alone and kind == "shared":
                    self.assertEqual(answer, "opened")
                else:
                    self.assertTrue(answer.startswith(f"{self.path}: "), answer)
                    self.assertIn("process", answer)
                    if os.path.exists("/proc/locks"):
                        self.assertIn(f"({os.getpid()})", answer)
            file.close()
        self.assertEqual(self.from_outside("alone"), "opened")

    def test_same_process(self) -> None:
        """
        So it is within a process.
        """
        first = held(self.path)
        error = self.assertRaises(OSError, held, self.path)
        self.assertTrue(str(error).startswith(f"{self.path}: "), str(error))
        self.assertEqual(error.errno, errno.EBUSY)
        first.close()
        held(self.path).close()
