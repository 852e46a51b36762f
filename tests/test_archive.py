"""
Old files: their names, and which of them stay.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from unittest import SkipTest

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._archive import OldFiles, put_in_place
from tests.helpers import run_child, scratch

#: 2026-11-24 08:31:05 in UTC.
NOW = 1795509065.0
STAMP = "20261124T083105Z"


class OldFilesTestCase(SynchronousTestCase):
    """
    Begins with a log file.
    """

    def setUp(self) -> None:
        """
        Make it.
        """
        self.folder = scratch(self)
        self.path = self.folder / "app.log"
        self.path.write_bytes(b"current\n")

    def names(self) -> list[str]:
        """
        List what is there, beside the log file.
        """
        return sorted(set(os.listdir(self.folder)) - {"app.log"})

    def old(self, keep: int | None = None, total: int | None = None) -> OldFiles:
        """
        Make what looks after the old files.
        """
        return OldFiles(str(self.path), keep, total)

    def make(self, *names: str, size: int = 10) -> None:
        """
        Make files whose names begin with that of the log file.
        """
        for name in names:
            (self.folder / f"app.log{name}").write_bytes(b"x" * size)


class NamesTests(OldFilesTestCase):
    """
    Names of old files.
    """

    def test_time(self) -> None:
        """
        The name tells the time in UTC.
        """
        path = self.old().add(NOW)
        self.assertEqual(path, f"{self.path}.{STAMP}")
        self.assertEqual(Path(path).read_bytes(), b"current\n")

    def test_taken(self) -> None:
        """
        A name that is taken, compressed or not, is followed by one with a number; nothing is
        overwritten.
        """
        self.make(f".{STAMP}.gz")
        old = self.old()
        for number in (1, 2):
            self.assertEqual(old.add(NOW), f"{self.path}.{STAMP}n00000{number}")
        # Others may make such files, too.
        self.make(f".{STAMP}n000003", f".{STAMP}n000004.gz")
        self.assertEqual(old.add(NOW), f"{self.path}.{STAMP}n000005")
        self.assertEqual((self.folder / f"app.log.{STAMP}n000003").read_bytes(), b"x" * 10)

    def test_clock_set_back(self) -> None:
        """
        What is younger comes after what is older, also if the clock has been set back, and after a
        restart.
        """
        added = [self.old().add(now) for now in (NOW, NOW - 3600, NOW - 7200, NOW + 1)]
        self.assertEqual(added, sorted(added))
        self.assertEqual(len(set(added)), 4)

    def test_no_name_left(self) -> None:
        """
        If there is no name left, that is an error.
        """
        self.make(f".{STAMP}n999999")
        self.assertRaises(OSError, self.old().add, NOW)

    @given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=1, max_size=12))
    def test_sorted(self, steps: list[tuple[int, bool]]) -> None:
        """
        The names sort by age, whatever the clock does and which of them are compressed.
        """
        folder = scratch(self)
        path = folder / "app.log"
        path.write_bytes(b"")
        now, names = NOW, []
        for step, compressed in steps:
            now += step
            added = OldFiles(str(path), None, None).add(now)
            if compressed:
                os.rename(added, f"{added}.gz")
                added += ".gz"
            names.append(added)
        self.assertEqual(sorted(names), names)

    def test_sorted_by_command(self) -> None:
        """
        So they do for the command, in the locales of this machine.
        """
        if not os.path.exists("/usr/bin/sort"):
            raise SkipTest("There is no such command here.")
        rest = ["", ".gz", "n000001", "n000001.gz", "n000002.gz", "n000010"]
        names = [f"app.log.{STAMP}{each}" for each in rest]
        for locale in ("C", "C.UTF-8", "en_US.UTF-8"):
            done = subprocess.run(
                ["/usr/bin/sort"],
                input="\n".join(reversed(names)) + "\n",
                env={"LC_ALL": locale},
                capture_output=True,
                text=True,
                check=True,
            )
            self.assertEqual(done.stdout.split(), names)


class PruneTests(OldFilesTestCase):
    """
    Which of them stay.
    """

    #: From the oldest to the youngest.
    OLD = (".20250101T000000Z.gz", ".20250101T000000Zn000001", ".20250102T000000Z")

    def test_all(self) -> None:
        """
        All of them, if nothing else is said.
        """
        self.make(*self.OLD)
        self.old().prune()
        self.assertEqual(len(self.names()), 3)

    def test_number(self) -> None:
        """
        As many as said, the youngest; at the extreme none.
        """
        for keep in (3, 2, 0):
            self.make(*self.OLD)
            self.old(keep=keep).prune()
            self.assertEqual(self.names(), [f"app.log{each}" for each in self.OLD[3 - keep :]])

    def test_total(self) -> None:
        """
        As many as have room.
        """
        for total, left in ((30, 3), (29, 2), (10, 1), (9, 0)):
            self.make(*self.OLD)
            self.old(total=total).prune()
            self.assertEqual(self.names(), [f"app.log{each}" for each in self.OLD[3 - left :]])

    def test_both(self) -> None:
        """
        The stricter of both bounds counts.
        """
        self.make(*self.OLD)
        self.old(keep=2, total=10).prune()
        self.assertEqual(len(self.names()), 1)

    def test_being_compressed(self) -> None:
        """
        What is there twice while it is compressed counts as one.
        """
        self.make(*self.OLD, ".20250102T000000Z.gz", ".20250102T000000Z.gz.0123abcd.part")
        self.old(keep=2).prune()
        self.assertEqual(len(self.names()), 4)
        self.old(keep=0).prune()
        self.assertEqual(self.names(), ["app.log.20250102T000000Z.gz.0123abcd.part"])

    def test_similar(self) -> None:
        """
        What only looks similar is left alone: other names, links, and directories.
        """
        others = (
            ".1",
            ".20250101",
            ".20250101T000000Z.bz2",
            ".20250101T000000Z.gz.bak",
            ".20250101T000000Zn1",
            ".20250101T000000z",
            ".x.20250101T000000Z",
            "x.20250101T000000Z",
            ".2025010\N{DEVANAGARI DIGIT ONE}T000000Z",
        )
        self.make(*others)
        (self.folder / "app.log.20250103T000000Z").mkdir()
        (self.folder / "app.log.20250104T000000Z").symlink_to("app.log")
        before = self.names()
        self.old(keep=0).prune()
        self.old().tidy(lambda status: False)
        self.assertEqual(self.names(), before)


class TidyTests(OldFilesTestCase):
    """
    What a process leaves behind that ends in the middle.
    """

    def test_second_name(self) -> None:
        """
        A second name of the present file is removed, the present file stays.
        """
        old = self.old()
        old.add(NOW)
        status = self.path.stat()
        plain = old.tidy(lambda each: each.st_ino == status.st_ino)
        self.assertEqual((plain, self.names()), ([], []))
        self.assertEqual(self.path.read_bytes(), b"current\n")

    def test_parts(self) -> None:
        """
        What is compressed in part is removed; what waits for it is told, the oldest first.
        """
        rest = (".20250102T000000Z", ".20250101T000000Z", ".20250101T000000Z.gz.0123abcd.part")
        self.make(*rest, ".20250103T000000Z.gz")
        plain = self.old().tidy(lambda status: False)
        self.assertEqual(plain, [f"{self.path}{rest[1]}", f"{self.path}{rest[0]}"])
        self.assertEqual(len(self.names()), 3)

    def test_taken_back(self) -> None:
        """
        A rotation that fails takes the name back, whether the file has two names by then or one.
        """
        old = self.old()
        old.take_back(old.add(NOW))
        self.assertEqual(self.names(), [])
        path = old.add(NOW)
        self.path.unlink()
        old.take_back(path)
        self.assertEqual(self.path.read_bytes(), b"current\n")
        self.assertEqual(self.names(), [])


class PutInPlaceTests(OldFilesTestCase):
    """
    Other names for files.
    """

    def test_exists(self) -> None:
        """
        A file in the way is not overwritten.
        """
        self.make(".a")
        self.assertRaises(
            FileExistsError, put_in_place, str(self.path), str(self.folder / "app.log.a")
        )
        self.assertEqual((self.folder / "app.log.a").read_bytes(), b"x" * 10)

    def test_no_links(self) -> None:
        """
        Who may not give a file a second name renames it, and does not overwrite then, either.
        """
        if os.geteuid() != 0:
            raise SkipTest("This is for root, who can become somebody else.")
        protected = Path("/proc/sys/fs/protected_hardlinks")
        if not protected.exists() or protected.read_text().strip() != "1":
            raise SkipTest("Everybody may give files of others a second name here.")
        self.make(".a")
        self.folder.chmod(0o777)
        self.path.chmod(0o600)
        child = run_child(
            "import os, sys\n"
            "from eliot._archive import put_in_place\n"
            "os.seteuid(65534)\n"
            "path = sys.argv[1]\n"
            "try: put_in_place(path, path + '.a', keep=True)\n"
            "except FileExistsError: print('exists')\n"
            "put_in_place(path, path + '.b', keep=True)\n",
            str(self.path),
            # Who is somebody else may not write what was measured.
            measured=False,
        )
        self.assertEqual((child.returncode, child.stdout, child.stderr), (0, "exists\n", ""))
        self.assertEqual((self.folder / "app.log.b").read_bytes(), b"current\n")
        self.assertEqual((self.folder / "app.log.a").read_bytes(), b"x" * 10)
        self.assertFalse(self.path.exists())
