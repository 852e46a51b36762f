"""
Compressing old files.
"""

from __future__ import annotations

import gzip
import os
import threading
from unittest import SkipTest

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._compress import Compressor
from tests.helpers import PATIENCE, run_child, scratch


class CompressorTests(SynchronousTestCase):
    """
    Files that are compressed in a thread.
    """

    def setUp(self) -> None:
        """
        Make a file, and what compresses it.
        """
        self.folder = scratch(self)
        self.path = self.folder / "old"
        self.content = b'{"a":1}\n' * 100_000
        self.path.write_bytes(self.content)
        self.errors: list[Exception] = []
        self.calls: list[None] = []
        self.compressor = Compressor(lambda: self.calls.append(None), self.errors.append)

    def run_it(self, *names: str) -> list[str]:
        """
        Compress files.

        :returns: what is there when that is done.
        """
        self.compressor.add([str(self.folder / name) for name in names])
        self.compressor.wait(PATIENCE)
        self.assertNotIn("eliot compression", [each.name for each in threading.enumerate()])
        return sorted(os.listdir(self.folder))

    def test_content(self) -> None:
        """
        The compressed file has the same content, time, permissions and owner, and is there alone.
        """
        self.path.chmod(0o640)
        os.utime(self.path, ns=(10**18, 10**18 + 5))
        if os.geteuid() == 0:
            os.chown(self.path, 65534, 65533)
        before = self.path.stat()
        self.assertEqual(self.run_it("old"), ["old.gz"])
        target = self.folder / "old.gz"
        self.assertTrue(gzip.decompress(target.read_bytes()) == self.content)
        after = target.stat()
        for name in ("st_mode", "st_uid", "st_gid", "st_mtime_ns"):
            self.assertEqual(getattr(after, name), getattr(before, name), name)
        self.assertLess(after.st_size, before.st_size)
        self.assertEqual((self.errors, len(self.calls)), ([], 1))

    def test_nothing(self) -> None:
        """
        No thread is started for nothing.
        """
        self.compressor.add([])
        self.assertNotIn("eliot compression", [each.name for each in threading.enumerate()])
        self.compressor.wait(0)

    def test_several(self) -> None:
        """
        Several files are compressed, one after another, empty ones as well; one that is gone is
        none.
        """
        (self.folder / "empty").write_bytes(b"")
        found = self.run_it("old", "gone", "empty")
        self.assertEqual(found, ["empty.gz", "old.gz"])
        self.assertEqual(gzip.decompress((self.folder / "empty.gz").read_bytes()), b"")
        self.assertEqual(self.errors, [])

    def test_interrupted(self) -> None:
        """
        If a process ended before it could remove the original, that is done.
        """
        (self.folder / "old.gz").write_bytes(gzip.compress(self.content))
        self.assertEqual(self.run_it("old"), ["old.gz"])

    @given(st.sampled_from(["other", "longer", "shorter", "cut", "garbage", "empty", "trailing"]))
    def test_other_file(self, kind: str) -> None:
        """
        If there is another file of the same name, both stay.
        """
        compressed = gzip.compress(self.content)
        others = {
            "other": gzip.compress(self.content[:-2] + b"?\n"),
            "longer": gzip.compress(self.content + b"{}\n"),
            "shorter": gzip.compress(self.content[:-8]),
            "cut": compressed[:-10],
            "garbage": b"garbage",
            "empty": b"",
            "trailing": compressed + b"x",
        }
        (self.folder / "old.gz").write_bytes(others[kind])
        self.assertEqual(self.run_it("old"), ["old", "old.gz"])
        self.assertEqual((self.folder / "old.gz").read_bytes(), others[kind])
        self.assertTrue(self.path.read_bytes() == self.content)

    def test_trouble(self) -> None:
        """
        What goes wrong is reported; the original stays, without a part beside it, and is tried
        again the next time.
        """
        (self.folder / "folder").mkdir()
        (self.folder / "other").write_bytes(b"{}\n")
        self.assertEqual(self.run_it("folder", "other"), ["folder", "old", "other.gz"])
        self.assertEqual([type(each) for each in self.errors], [IsADirectoryError])
        (self.folder / "folder").rmdir()
        (self.folder / "folder").write_bytes(b"{}\n")
        self.assertEqual(self.run_it(), ["folder.gz", "old", "other.gz"])

    def test_link(self) -> None:
        """
        Links are not followed.
        """
        (self.folder / "link").symlink_to("old")
        self.assertEqual(self.run_it("link"), ["link", "old"])
        self.assertEqual(len(self.errors), 1)

    def test_forked(self) -> None:
        """
        A child that is forked while something is compressed leaves that to its parent, and can
        compress by itself.
        """
        program = (
            "import gzip, os, sys, warnings\n"
            "from eliot._compress import Compressor\n"
            "warnings.simplefilter('ignore', DeprecationWarning)\n"
            "folder = sys.argv[1]\n"
            "content = os.urandom(4_000_000)\n"
            "for name in ('old', 'mine'):\n"
            "    with open(f'{folder}/{name}', 'wb') as file: file.write(content)\n"
            "compressor = Compressor(lambda: None, print)\n"
            "compressor.add([f'{folder}/old'])\n"
            "while not any(name.endswith('.part') for name in os.listdir(folder)): pass\n"
            "child = os.fork()\n"
            "if not child:\n"
            "    assert not compressor._files, compressor._files\n"
            "    open_files = [os.path.realpath(f'/proc/self/fd/{n}') for n in range(3, 50)]\n"
            "    assert not [name for name in open_files if name.startswith(folder)], open_files\n"
            "    compressor.add([f'{folder}/mine'])\n"
            "    compressor.wait(15)\n"
            "    os._exit(0)\n"
            "assert os.waitpid(child, 0)[1] == 0\n"
            "compressor.wait(15)\n"
            "for name in ('old', 'mine'):\n"
            "    with gzip.open(f'{folder}/{name}.gz') as file: assert file.read() == content\n"
            "print(sorted(os.listdir(folder)))\n"
        )
        if not os.path.exists("/proc/self/fd"):
            raise SkipTest("What is open cannot be listed here.")
        self.path.unlink()
        child = run_child(program, str(self.folder), measured=False)
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        self.assertEqual(child.stdout, "['mine.gz', 'old.gz']\n")
