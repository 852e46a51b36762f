"""
Tests of :mod:`eliot.read._following`.
"""

from __future__ import annotations

import gzip
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from errno import EACCES, EIO
from functools import partial
from itertools import chain
from threading import Thread

from hypothesis import given
from hypothesis import strategies as st
from twisted.python import logfile
from twisted.trial.unittest import SynchronousTestCase

from eliot import RotatingFile
from eliot.read import LogFile, Problem, _following, find_logs, follow_messages, open_log
from tests.forests import line
from tests.helpers import scratch


def text(*numbers: int) -> bytes:
    """
    Make lines of messages.
    """
    return b"".join(
        line({"task_uuid": "u", "task_level": [1], "timestamp": each}) for each in numbers
    )


def call_all(functions: Sequence[Callable[[], object]]) -> None:
    """
    Do one thing after the other.
    """
    for each in functions:
        each()


class FollowMessagesTests(SynchronousTestCase):
    """
    Logs are read while they change.
    """

    def setUp(self) -> None:
        """
        Make a folder, and go there.
        """
        folder = scratch(self)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder)
        self.problems: list[str] = []

    def write(self, contents: bytes, path: str = "a") -> None:
        """
        Add to a file.
        """
        with open(path, "ab") as file:
            file.write(contents)

    def note(self, problem: Problem) -> None:
        """
        Note a problem.
        """
        self.problems.append(str(problem))

    def follow(
        self,
        *steps: Callable[[], object],
        paths: tuple[str, ...] = ("a",),
        rotated: bool = False,
        from_end: bool = False,
        more: int = 1,
    ) -> list[list[int]]:
        """
        Follow files, doing one step each time that there is nothing more to be read.

        :param more: how often to look after the last step.
        :returns: the timestamps that were found before each step, and after the last.
        """
        found: list[list[int]] = [[]]
        waiting = [*steps, *[bool] * (more - 1)]

        def go_on(idle: bool) -> bool:
            if idle:
                if not waiting:
                    return False
                waiting.pop(0)()
                found.append([])
            return True

        logs = find_logs(paths, self.note, rotated=rotated)
        for message in follow_messages(logs, self.note, go_on, from_end=from_end):
            found[-1].append(int(message.timestamp))
        return found

    def test_grows(self) -> None:
        """
        What is there is read, then what is added, once it is.
        """
        self.write(text(1, 2))
        found = self.follow(lambda: self.write(text(3)), bool, lambda: self.write(text(4, 5)))
        self.assertEqual(found, [[1, 2], [3], [], [4, 5]])
        self.assertEqual(self.problems, [])

    def test_half_a_line(self) -> None:
        """
        Half a line waits for the rest; at the end it is what it is.
        """
        whole = text(1)
        self.write(whole[:20])
        found = self.follow(lambda: self.write(whole[20:30]), lambda: self.write(whole[30:-1]))
        self.assertEqual(found, [[], [], [1]])
        self.assertEqual(self.problems, [])

    def test_renamed(self) -> None:
        """
        When the file is renamed, what is still written to it is read before the new one.
        """
        self.write(text(1))
        with open("a", "ab", buffering=0) as old:

            def rename() -> None:
                old.write(text(2))
                os.rename("a", "a.1")
                old.write(text(3))
                self.write(text(4))

            def write_both() -> None:
                self.write(text(7))
                old.write(text(6))

            found = self.follow(
                rename,
                # Somebody was not told yet.
                lambda: old.write(text(5)),
                write_both,
            )
        self.assertEqual(found, [[1], [2, 3, 4], [5], [6, 7]])
        self.assertEqual(self.problems, [])

    def test_no_new_file_yet(self) -> None:
        """
        While there is no new file, or nothing in it, the old one is read.
        """
        self.write(text(1))
        found = self.follow(
            lambda: os.rename("a", "b"),
            lambda: self.write(text(2), "b"),
            lambda: self.write(b""),
            lambda: self.write(text(3), "b"),
            lambda: self.write(text(4)),
        )
        self.assertEqual(found, [[1], [], [2], [], [3], [4]])

    def test_old_file_is_closed(self) -> None:
        """
        An old file to which nothing is written any more is let go of; half a line at its end is
        told.
        """
        self.write(text(1))

        def rotate() -> None:
            self.write(b'{"half')
            os.rename("a", "a.1")
            self.write(text(2))

        before = len(os.listdir("/proc/self/fd"))
        opened: list[int] = []

        def count() -> None:
            opened.append(len(os.listdir("/proc/self/fd")) - before)

        self.follow(rotate, count, *[bool] * 50, count)
        self.assertEqual(opened, [2, 1])
        (problem,) = self.problems
        self.assertTrue(problem.startswith("a:2: not JSON"), problem)

    def test_truncated(self) -> None:
        """
        A file that is truncated is read from its beginning again, with lines counted anew; that
        something may be missing is told.  So it is when it has grown again since.
        """
        for more in [b"", text(7, 8, 9)]:
            self.problems = []
            with open("a", "wb") as file:
                file.write(text(1, 2))

            def truncate(more: bytes = more) -> None:
                with open("a", "wb") as file:
                    file.write(b"bad\n" + text(3) + more)

            later = [] if not more else [7, 8, 9]
            self.assertEqual(self.follow(truncate), [[1, 2], [3, *later]])
            truncated, bad = self.problems
            self.assertIn("a: was truncated", truncated)
            self.assertIn("a:1: not JSON", bad)

    def test_made_anew(self) -> None:
        """
        A file that is removed and made anew is read from its beginning.
        """
        self.write(text(1))
        found = self.follow(lambda: os.remove("a"), bool, lambda: self.write(text(2)))
        self.assertEqual(found, [[1], [], [], [2]])
        self.assertEqual(self.problems, [])

    def test_not_there_yet(self) -> None:
        """
        A file that is not there is waited for, which is told once; if it was rotated before it
        was seen, all of it is read.
        """

        def make() -> None:
            self.write(text(1), "a.20261124T101500Z")
            self.write(text(2))

        self.assertEqual(self.follow(bool, make, bool), [[], [], [1, 2], []])
        self.assertEqual(self.problems, ["a: is not there yet: waiting for it"])

    def test_several_rotations(self) -> None:
        """
        What was rotated more than once between two looks is read whole, be it numbered or dated,
        compressed or not.
        """

        def compress(path: str) -> None:
            with open(path, "rb") as file, gzip.open(f"{path}.gz", "wb") as target:
                target.write(file.read())
            os.remove(path)

        def numbered() -> None:
            self.write(text(2))
            os.rename("a", "a.3")
            self.write(text(3), "a.2")
            self.write(text(4), "a.1")
            self.write(text(5), "a")
            compress("a.2")

        def dated() -> None:
            self.write(text(2), "b")
            os.rename("b", "b.20261124T101500Z")
            self.write(text(3), "b.20261124T101501Z")
            self.write(text(4), "b.20261124T101502Z")
            self.write(text(5), "b")
            # Not even the file that was read has the same identity any more.
            for each in range(3):
                compress(f"b.20261124T10150{each}Z")

        for name, step in [("a", numbered), ("b", dated)]:
            self.write(text(0), f"{name}.20261101T000000Z")
            self.write(text(1), name)
            self.assertEqual(self.follow(step, paths=(name,)), [[1], [2, 3, 4, 5]])
            self.assertEqual(self.problems, [])

    def test_rotated(self) -> None:
        """
        Older files come first if they are wanted, and nothing that is there if it is not.
        """
        self.write(text(1), "a.2")
        self.write(text(2), "a.1")
        self.write(text(3))
        for rotated, from_end, found in [
            (True, False, [1, 2, 3]),
            (False, False, [3]),
            (True, True, []),
        ]:
            self.assertEqual(self.follow(rotated=rotated, from_end=from_end), [found])

    def test_from_end(self) -> None:
        """
        Whoever begins at the end gets the line that is being written, and what comes later; the
        lines have no numbers.
        """
        self.write(text(1) * 10_000 + text(2)[:-5])
        found = self.follow(lambda: self.write(text(2)[-5:] + text(3) + b"bad\n"), from_end=True)
        self.assertEqual(found, [[], [2, 3]])
        (problem,) = self.problems
        self.assertTrue(problem.startswith("a: not JSON"), problem)
        self.write(b"", "empty")
        found = self.follow(lambda: self.write(text(4), "empty"), paths=("empty",), from_end=True)
        self.assertEqual(found, [[], [4]])

    def test_several(self) -> None:
        """
        Of several logs the old messages come in the order of time, and new ones as they come.
        """
        self.write(text(1, 3, 5), "a")
        self.write(text(2, 4), "b")
        found = self.follow(
            lambda: self.write(text(9), "b"), lambda: self.write(text(6), "a"), paths=("a", "b")
        )
        self.assertEqual(found, [[1, 2, 3, 4, 5], [9], [6]])

    def test_gzipped(self) -> None:
        """
        A gzipped file is read, and told to be none that can be followed.
        """
        self.write(gzip.compress(text(1)))
        self.assertEqual(self.follow(bool), [[1], []])
        self.assertEqual(self.problems, ["a: is gzipped: it is read, but cannot be followed"])

    def test_not_a_file(self) -> None:
        """
        What is no file cannot be followed, and nobody waits at a FIFO for it.
        """
        os.mkfifo("a")
        self.assertEqual(self.follow(bool), [[], []])
        self.assertEqual(self.problems, ["a: is not a file on a disk, and cannot be followed"])

    def test_cannot_be_opened(self) -> None:
        """
        A new file that cannot be opened is told once, and read when it can be.
        """
        self.write(text(1))
        refused = True

        def open_or_not(path: str) -> LogFile:
            if refused and path == "a":
                raise PermissionError(EACCES, "Permission denied")
            return open_log(path)

        def replace() -> None:
            os.rename("a", "a.1")
            self.write(text(2))
            self.patch(_following, "open_log", open_or_not)

        def allow() -> None:
            nonlocal refused
            refused = False

        self.assertEqual(self.follow(replace, bool, allow), [[1], [], [], [2]])
        self.assertEqual(self.problems, ["a: cannot be opened: Permission denied"])

    def test_cannot_be_read(self) -> None:
        """
        A file that cannot be read any more is told once, and the next one is read.
        """
        self.write(text(1))
        original = os.pread

        def fail(descriptor: int, size: int, at: int) -> bytes:
            raise OSError(EIO, "Input/output error")

        def break_down() -> None:
            self.write(text(2))
            self.patch(os, "pread", fail)

        def replace() -> None:
            self.patch(os, "pread", original)
            os.rename("a", "b")
            self.write(text(3))

        self.assertEqual(self.follow(break_down, bool, bool, replace), [[1], [], [], [], [3]])
        self.assertEqual(self.problems, ["a:2: cannot be read further: Input/output error"])

    def test_damaged_old_file(self) -> None:
        """
        Of an old file that is damaged all is read that can be.
        """
        self.write(gzip.compress(text(1, 2))[:-4], "a.1")
        self.write(text(3))
        self.assertEqual(self.follow(rotated=True), [[1, 2, 3]])
        self.assertEqual(
            self.problems, ["a.1:3: cannot be read further: its compressed data is cut off"]
        )

    def test_unreadable_folder(self) -> None:
        """
        Where older files cannot be looked for, the log is followed all the same.
        """
        self.write(text(1))

        def refuse(path: str) -> object:
            raise PermissionError(EACCES, "Permission denied")

        def replace() -> None:
            os.rename("a", "a.1")
            self.write(text(2))

        self.patch(os, "scandir", refuse)
        self.assertEqual(self.follow(replace, rotated=True), [[1], [2]])
        self.assertEqual(
            self.problems, [".: cannot be searched for older files: Permission denied"]
        )

    def test_compressed_just_now(self) -> None:
        """
        A file that is compressed just when it has been opened is read once.
        """
        self.write(text(1))

        def open_late(path: str) -> LogFile:
            file = open_log(path)
            if path == "a":
                self.patch(_following, "open_log", open_log)
                with open("a", "rb") as plain:
                    self.write(gzip.compress(plain.read()), "a.1.gz")
                os.remove("a")
                self.write(text(3))
            return file

        def replace() -> None:
            os.rename("a", "a.2")
            self.write(text(2))
            self.patch(_following, "open_log", open_late)

        self.assertEqual(self.follow(replace, bool), [[1], [2, 3], []])
        self.assertEqual(self.problems, [])

    def test_rotated_just_now(self) -> None:
        """
        What lies between is not looked for while files are renamed, but at the next look.
        """
        self.write(text(1))

        def scan_late(path: str) -> object:
            self.patch(os, "scandir", original)
            found = original(path)
            entries = [*found]
            os.rename("a.1", "a.2")
            os.rename("a", "a.1")
            self.write(text(3))
            return nullcontext(entries)

        def replace() -> None:
            os.rename("a", "a.1")
            self.write(text(2))
            self.patch(os, "scandir", scan_late)

        original = os.scandir
        self.assertEqual(self.follow(replace, bool), [[1], [], [2, 3]])
        self.assertEqual(self.problems, [])

    def test_new_file_just_now(self) -> None:
        """
        A new file that comes just while the files between are looked for is found later.
        """
        self.write(text(1))
        original = os.path.lexists

        def late(path: str) -> bool:
            self.patch(os.path, "lexists", original)
            self.write(text(2))
            return False

        def rename() -> None:
            os.rename("a", "a.1")
            self.patch(os.path, "lexists", late)

        self.assertEqual(self.follow(rename, bool), [[1], [], [2]])
        self.assertEqual(self.problems, [])

    def test_long_line_at_the_end(self) -> None:
        """
        Whoever begins at the end looks for the beginning of a line for as long as one may be.
        """
        self.patch(_following, "MAXIMUM_LINE", 1_000_000)
        self.write(b"x" * 2_000_000)
        found = self.follow(lambda: self.write(b"\n" + text(1)), from_end=True)
        self.assertEqual(found, [[], [1]])
        self.assertEqual(len(self.problems), 1)
        os.remove("a")
        self.write(text(2)[:-1])
        found = self.follow(lambda: self.write(b"\n" + text(3)), from_end=True)
        self.assertEqual(found, [[], [2, 3]])

    def test_ended_at_once(self) -> None:
        """
        When reading is to end, it does, also in the midst of a long file.
        """
        self.write(text(1) * 20_000)
        looks = iter([True, False])

        def go_on(idle: bool) -> bool:
            return next(looks, False)

        logs = find_logs(["a"], self.note)
        found = list(follow_messages(logs, self.note, go_on))
        self.assertTrue(0 < len(found) < 20_000)

    def read_while(self, write: Callable[[], Iterator[object]], count: int) -> list[int]:
        """
        Follow a log as fast as can be while a thread writes it.

        :param write: writes step by step.
        :param count: how many messages there are.
        """
        thread = Thread(target=deque, args=(write(), 0))
        looks = 0
        found: list[int] = []

        def go_on(idle: bool) -> bool:
            nonlocal looks
            # Not before the log is open: what was rotated before is not read.
            if idle and thread.ident is None:
                thread.start()
            # Two more, once all is written.
            looks += idle and not thread.is_alive()
            return looks < 3

        logs = find_logs(["a"], self.note)
        for message in follow_messages(logs, self.note, go_on):
            number = message.fields["n"]
            assert type(number) is int
            found.append(number)
        thread.join()
        self.assertEqual(len(found), count)
        return found

    def test_our_rotation(self) -> None:
        """
        A log that this framework writes and rotates is read without a gap and in order, whether
        old files are compressed or not.
        """
        for compress in [False, True]:
            self.problems = []

            def write(compress: bool = compress) -> Iterator[object]:
                file = RotatingFile("a", rotate=30_000, compress=compress)
                file.open()
                for n in range(5_000):
                    file({"task_uuid": "u", "task_level": [1], "timestamp": 1.0, "n": n})
                    yield n
                file.close()

            self.assertEqual(self.read_while(write, 5_000), [*range(5_000)])
            self.assertLessEqual(set(self.problems), {"a: is not there yet: waiting for it"})
            for name in os.listdir("."):
                os.remove(name)

    def test_numbered_rotation(self) -> None:
        """
        So is one that is rotated by renaming all files.
        """

        def write() -> Iterator[object]:
            log = logfile.LogFile("a", ".", rotateLength=30_000)
            for n in range(5_000):
                log.write(
                    line({"task_uuid": "u", "task_level": [1], "timestamp": 1.0, "n": n}).decode()
                )
                yield None
                # As often as a program would, compared with how often it is looked at.
                log.flush()
            log.close()

        self.write(b"")
        self.assertEqual(self.read_while(write, 5_000), [*range(5_000)])

    @given(st.data())
    def test_any(self, data: st.DataObject) -> None:
        """
        However a log is written and renamed between the looks, each message is found once, and
        in order.
        """
        for name in os.listdir("."):
            os.remove(name)
        whole = text(*range(1, data.draw(st.integers(1, 20))))
        cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=10)))
        # Lines are not split over two files.
        pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
        steps: list[list[Callable[[], object]]] = []
        for number, piece in enumerate(pieces):
            # Some things happen between the same two looks.
            if not steps or data.draw(st.booleans()):
                steps.append([])
            steps[-1].append(partial(self.write, piece))
            end = sum(map(len, pieces[: number + 1]))
            if whole[:end].endswith(b"\n") and data.draw(st.booleans()):
                steps[-1].append(partial(os.rename, "a", f"a.20261124T1015{number:02}Z"))
        self.write(b"")
        found = self.follow(*[partial(call_all, each) for each in steps])
        self.assertEqual([*chain.from_iterable(found)], [*range(1, whole.count(b"\n") + 1)])
