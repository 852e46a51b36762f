"""
Log files that are rotated.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import FileDestination, _rotating, add_destinations, log_message, remove_destination
from eliot._encode import encode
from eliot._interfaces import IOpenedDestination, NotWritten
from eliot._rotating import RotatingFile
from tests.helpers import (
    Recorder,
    fresh_destinations,
    in_forked_child,
    in_threads,
    of_type,
    record,
    run_child,
    scratch,
)

#: 2026-11-24 08:31:05 in UTC.
NOW = 1795509065.0


def content_of(path: Path) -> bytes:
    """
    Read a file, compressed or not.
    """
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def old_files(path: Path) -> list[Path]:
    """
    List the old files of a log file, the oldest first, and look that nothing else is there.

    :raises AssertionError: if something was left behind.
    """
    others = sorted(set(path.parent.iterdir()) - {path})
    for each in others:
        assert each.name.startswith(f"{path.name}.2"), each
        assert each.suffix == ".gz" or each.name[-1] in "Z0123456789", each
    return others


def all_content(path: Path) -> bytes:
    """
    Read all that was written to a log file.
    """
    return b"".join(content_of(each) for each in [*old_files(path), path])


class RotatingTestCase(SynchronousTestCase):
    """
    Begins with a path and a time.
    """

    def setUp(self) -> None:
        """
        Choose them.
        """
        self.messages = record(self)
        self.path = scratch(self) / "app.log"
        self.clock = Clock()
        self.clock.advance(NOW)

    def opened(self, **options: object) -> RotatingFile:
        """
        Open a log file, until the end of the test.
        """
        file = RotatingFile(self.path, clock=self.clock.seconds, **options)  # type: ignore[arg-type]  # by name
        file.open()
        self.addCleanup(file.close)
        return file

    def contents(self) -> list[bytes]:
        """
        Read the files, the oldest first, the present one last.
        """
        return [content_of(each) for each in [*old_files(self.path), self.path]]


class OpenedTests(RotatingTestCase):
    """
    Opening and closing.
    """

    def test_interface(self) -> None:
        """
        It is a destination that is opened, and shares the usual encoder.
        """
        file = RotatingFile(self.path)
        verifyObject(IOpenedDestination, file)
        self.assertIs(file.encoder, encode)
        self.assertEqual(repr(file), f"<RotatingFile {str(self.path)!r}>")

    def test_untouched(self) -> None:
        """
        Nothing is created before it is opened.
        """
        RotatingFile(self.path, rotate=100)
        self.assertFalse(self.path.exists())

    def test_messages(self) -> None:
        """
        It takes messages as any destination, and lines.
        """
        file = self.opened()
        file({"a": 1})
        add_destinations(file)
        log_message("said")
        remove_destination(file)
        file.write(b'{"b":1}\n')
        lines = self.path.read_bytes().splitlines()
        self.assertEqual(lines[0], b'{"a":1}')
        self.assertEqual(json.loads(lines[1])["message_type"], "said")
        self.assertEqual(lines[2], b'{"b":1}')

    def test_absolute(self) -> None:
        """
        A relative path is that in the directory where it is opened, and stays so.
        """
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.path.parent)
        file = RotatingFile("app.log", rotate=10)
        self.assertEqual(file.path, "app.log")
        file.open()
        self.addCleanup(file.close)
        os.chdir("/")
        self.assertEqual(file.path, str(Path(os.path.realpath(self.path.parent)) / "app.log"))
        file.write(b"12345678\n")
        file.write(b"12345678\n")
        self.assertEqual(self.contents(), [b"12345678\n"] * 2)

    def test_twice(self) -> None:
        """
        Opening what is open, closing what is closed, and reopening what is closed does nothing.
        """
        file = self.opened(rotate=100)
        file.open()
        file.write(b"a\n")
        file.close()
        file.close()
        file.reopen()
        file.settle()
        RotatingFile(self.path, rotate=100).open()

    def test_written_unopened(self) -> None:
        """
        What is written before it is opened, or after it is closed, opens it.
        """
        file = RotatingFile(self.path, rotate=100)
        self.addCleanup(file.close)
        file.write(b"a\n")
        file.close()
        file.write(b"b\n")
        self.assertEqual(self.path.read_bytes(), b"a\nb\n")

    def test_cannot_be_opened(self) -> None:
        """
        What is written then is known not to be written, and the error's text begins with the path.
        """
        file = RotatingFile(self.path.parent / "none" / "app.log")
        error = self.assertRaises(NotWritten, file.write, b"a\n")
        assert isinstance(error, NotWritten)
        self.assertEqual(error.unwritten, b"a\n")
        self.assertTrue(str(error).startswith(f"{file.path}: "), str(error))
        (self.path.parent / "none").mkdir()
        file.write(error.unwritten)
        file.close()

    def test_broken_line(self) -> None:
        """
        After a broken line, which a process that was killed has left behind, a new line begins.
        """
        for options in ({}, {"rotate": 100}):
            self.path.write_bytes(b'{"a":1}\n{"b"')
            file = self.opened(**options)
            file.write(b'{"c":3}\n')
            file.close()
            self.assertEqual(self.path.read_bytes(), b'{"a":1}\n{"b"\n{"c":3}\n')

    def test_closed_by_others(self) -> None:
        """
        If others close the file, as those do who make a process a daemon, it is opened anew.
        """
        file = self.opened(rotate=100)
        file.write(b"a\n")
        before = set(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else set()
        for fd in before:
            if os.path.exists(f"/proc/self/fd/{fd}") and os.path.samefile(
                f"/proc/self/fd/{fd}", self.path
            ):
                os.close(int(fd))
        file.write(b"b\n")
        file.write(b"c\n")
        self.assertEqual(self.path.read_bytes(), b"a\nb\nc\n")


class SizeTests(RotatingTestCase):
    """
    Files that may have a certain size.
    """

    def test_exact(self) -> None:
        """
        A file has what it may have, and not more; a restart goes on with it.
        """
        file = self.opened(rotate=10)
        for _ in range(3):
            file.write(b"1234\n")
        self.assertEqual(self.contents(), [b"1234\n" * 2, b"1234\n"])
        file.close()
        file = self.opened(rotate=10)
        for _ in range(2):
            file.write(b"1234\n")
        self.assertEqual(self.contents(), [b"1234\n" * 2, b"1234\n" * 2, b"1234\n"])

    def test_long_line(self) -> None:
        """
        A line that is longer than a file may be has one of its own.
        """
        file = self.opened(rotate=10)
        for _ in range(2):
            file.write(b"12\n")
            file.write(b"x" * 20 + b"\n")
        long = b"x" * 20 + b"\n"
        self.assertEqual(self.contents(), [b"12\n", long, b"12\n", long])

    def test_batch(self) -> None:
        """
        Many lines at once are cut at the ends of lines.
        """
        lines = b"".join(b"%d\n" % number for number in range(10_000))
        file = self.opened(rotate=1000)
        file.write(lines)
        contents = self.contents()
        self.assertEqual(b"".join(contents), lines)
        for each in contents[:-1]:
            self.assertTrue(995 < len(each) <= 1000 and each.endswith(b"\n"), len(each))

    def test_names(self) -> None:
        """
        Old files are named after the time.
        """
        file = self.opened(rotate=5)
        for _ in range(3):
            file.write(b"1234\n")
            self.clock.advance(60)
        self.assertEqual(
            [each.name for each in old_files(self.path)],
            ["app.log.20261124T083205Z", "app.log.20261124T083305Z"],
        )

    def test_bounded(self) -> None:
        """
        The number of the old files, and the size of all together, are bounded from the beginning
        on.
        """
        file = self.opened(rotate=10)
        for _ in range(8):
            file.write(b"123456789\n")
        file.close()
        self.assertEqual(len(self.contents()), 8)
        for options, count in (({"keep": 5}, 6), ({"total": 45}, 4), ({"keep": 0}, 1)):
            file = self.opened(rotate=10, **options)
            self.assertEqual(len(self.contents()), count)
            for _ in range(3):
                file.write(b"123456789\n")
                self.assertEqual(len(self.contents()), count)
            file.close()

    def test_new_files_like_the_first(self) -> None:
        """
        New files have the permissions asked for, and old files keep theirs.
        """
        file = self.opened(rotate=5, mode=0o604)
        for _ in range(3):
            file.write(b"1234\n")
        for each in [*old_files(self.path), self.path]:
            self.assertEqual(each.stat().st_mode & 0o777, 0o604)

    def test_link(self) -> None:
        """
        Where the path is a symbolic link, the file is rotated in its place, and the link stays.
        """
        folder = scratch(self)
        link = folder / "link.log"
        link.symlink_to(self.path)
        file = RotatingFile(link, rotate=5, clock=self.clock.seconds)
        for _ in range(3):
            file.write(b"1234\n")
        file.close()
        self.assertEqual(self.contents(), [b"1234\n"] * 3)
        self.assertEqual(list(folder.iterdir()), [link])
        self.assertTrue(link.is_symlink())

    def test_left_behind(self) -> None:
        """
        What a process leaves behind that is killed in the middle of a rotation is cleared away.
        """
        file = self.opened(rotate=5)
        file.write(b"1234\n")
        file.close()
        (self.path.parent / "app.log.new").write_bytes(b"")
        os.link(self.path, self.path.parent / "app.log.20260101T000000Z")
        file = self.opened(rotate=5)
        self.assertEqual(len(list(self.path.parent.glob("app.log.2*"))), 0)
        file.write(b"5678\n")
        self.assertEqual(self.contents(), [b"1234\n", b"5678\n"])

    @given(
        st.lists(
            st.tuples(
                st.lists(st.integers(0, 40), min_size=1, max_size=6),
                st.sampled_from(["write", "write", "reopen", "restart", "minute", "hour", "move"]),
            ),
            max_size=20,
        ),
        st.integers(1, 60),
        st.sampled_from([None, "hour", 600.0]),
        st.booleans(),
    )
    def test_nothing_lost(
        self,
        steps: list[tuple[list[int], str]],
        rotate: int,
        every: str | float | None,
        compress: bool,
    ) -> None:
        """
        Whatever is written, and when it is rotated, opened anew and restarted: all files, in the
        order of their names, hold what was written.
        """
        path = scratch(self) / "app.log"
        clock = Clock()
        clock.advance(NOW)

        all_opened: list[RotatingFile] = []

        def opened() -> RotatingFile:
            file = RotatingFile(
                path, rotate=rotate, every=every, compress=compress, clock=clock.seconds
            )
            file.open()
            all_opened.append(file)
            return file

        def finish() -> None:
            file._succession.compress()
            # On a busy machine, those that were closed may not be through either.
            for each in all_opened if compress else []:
                each._succession._compressor.wait(15)  # type: ignore[union-attr]  # there is one

        file, written, number = opened(), b"", 0
        elsewhere = scratch(self)
        for sizes, step in steps:
            lines = b""
            for size in sizes:
                number += 1
                lines += b"%d " % number + b"x" * size + b"\n"
            file.write(lines)
            written += lines
            if step == "reopen":
                file.reopen()
            elif step == "restart":
                file.close()
                file = opened()
            elif step == "minute":
                clock.advance(60)
            elif step == "hour":
                clock.advance(3600)
            elif step == "move" and path.exists():
                # As others would do.
                finish()
                for index, each in enumerate([*old_files(path), path]):
                    each.rename(elsewhere / f"{number:04} {index:04}{each.suffix}")
        finish()
        file.close()
        here = [*old_files(path), path] if path.exists() else []
        contents = [content_of(each) for each in [*sorted(elsewhere.iterdir()), *here]]
        self.assertTrue(b"".join(contents) == written)
        for content in contents:
            self.assertTrue(content.endswith(b"\n") or not content)
            self.assertTrue(len(content) <= rotate or content.count(b"\n") == 1)
        self.assertEqual(self.messages, [])


class TimeTests(RotatingTestCase):
    """
    Files that are begun when it is time.
    """

    def test_due(self) -> None:
        """
        The first line of a period begins a new file; without lines there is none.
        """
        file = self.opened(every=600)
        file.write(b"a\n")
        self.clock.advance(500)
        file.write(b"b\n")
        self.clock.advance(2000)
        file.write(b"c\n")
        file.write(b"d\n")
        self.assertEqual(self.contents(), [b"a\nb\n", b"c\nd\n"][: len(self.contents())])

    def test_empty(self) -> None:
        """
        An empty file is not rotated.
        """
        file = self.opened(every=600)
        self.clock.advance(2000)
        file.write(b"a\n")
        self.assertEqual(self.contents(), [b"a\n"])

    def test_restart(self) -> None:
        """
        After a restart the time counts when the file was last written.
        """
        for age, count in ((60, 1), (3600, 2)):
            self.path.write_bytes(b"a\n")
            # The clock shows 8:31:05.
            os.utime(self.path, (NOW - age, NOW - age))
            file = self.opened(every=1800)
            file.write(b"b\n")
            file.close()
            self.assertEqual(len(self.contents()), count)
        self.assertEqual(self.contents(), [b"a\n", b"b\n"])

    def test_set_back(self) -> None:
        """
        A clock that is set back begins no file, nor does it keep the next one from being begun.
        """
        file = self.opened(every=600)
        file.write(b"a\n")
        self.clock.rightNow -= 10**7
        file.write(b"b\n")
        self.assertEqual(len(self.contents()), 1)
        self.clock.advance(600)
        file.write(b"c\n")
        self.assertEqual(self.contents(), [b"a\nb\n", b"c\n"])

    def test_both(self) -> None:
        """
        Size and time go together.
        """
        file = self.opened(every="hour", rotate=5)
        file.write(b"a\n")
        self.clock.advance(3600)
        file.write(b"b\n")
        file.write(b"c\n")
        file.write(b"d\n")
        self.assertEqual(self.contents(), [b"a\n", b"b\nc\n", b"d\n"])


class CompressTests(RotatingTestCase):
    """
    Old files that are compressed.
    """

    def test_compressed(self) -> None:
        """
        They have the same content, and count by what they take.
        """
        file = self.opened(rotate=10_000, total=30_000, compress=True)
        for number in range(12):
            file.write(b'{"n":%d}\n' % number * 1000)
            file._succession._compressor.wait(15)  # type: ignore[union-attr]  # there is one
        self.assertGreater(len(old_files(self.path)), 5)
        for each in old_files(self.path):
            self.assertEqual(each.suffix, ".gz")
        content = b"".join(self.contents())
        self.assertTrue(content.endswith(b'{"n":10}\n' * 1000 + b'{"n":11}\n' * 1000))
        self.assertEqual(self.messages, [])

    def test_left_behind(self) -> None:
        """
        What waits for it when the file is opened is compressed once there may be threads: when the
        service has started, or lines are written.
        """
        old = self.path.parent / "app.log.20260101T000000Z"
        for begin in ("settle", "write"):
            old.write_bytes(b"old\n")
            (self.path.parent / f"{old.name}.gz.0123abcd.part").write_bytes(b"?")
            file = self.opened(rotate=1000, compress=True)
            self.assertEqual(old_files(self.path), [old])
            if begin == "settle":
                file.settle()
            else:
                file.write(b"a\n")
            file._succession._compressor.wait(15)  # type: ignore[union-attr]  # there is one
            [found] = old_files(self.path)
            self.assertEqual((found.suffix, content_of(found)), (".gz", b"old\n"))
            file.close()
            found.unlink()


class ReopenTests(RotatingTestCase):
    """
    Files that others move away.
    """

    def test_moved(self) -> None:
        """
        What is written after it is opened anew is in a new file, as ``logrotate`` expects.
        """
        for options in ({}, {"rotate": 1000}):
            moved = self.path.with_suffix(".1")
            file = self.opened(mode=0o640, **options)
            file.write(b"a\n")
            self.path.rename(moved)
            file.write(b"b\n")
            file.reopen()
            file.write(b"c\n")
            self.assertEqual(moved.read_bytes(), b"a\nb\n")
            self.assertEqual(self.path.read_bytes(), b"c\n")
            self.assertEqual(self.path.stat().st_mode & 0o777, 0o640)
            # The lock is that of the new file.
            self.assertRaises(OSError, RotatingFile(self.path, rotate=5).open)
            RotatingFile(moved, rotate=5).open()
            file.close()
            self.path.unlink()
            moved.unlink()

    def test_not_moved(self) -> None:
        """
        If it has not been moved, it is gone on with.
        """
        file = self.opened(rotate=10)
        file.write(b"a\n")
        file.reopen()
        file.write(b"b\n")
        # It may be cut short in its place.
        os.truncate(self.path, 0)
        file.reopen()
        file.write(b"12345678\n")
        self.assertEqual(self.contents(), [b"12345678\n"])

    def test_fails(self) -> None:
        """
        If that fails, what is open stays so.
        """
        file = self.opened()
        self.path.rename(self.path.with_suffix(".1"))
        self.path.mkdir()
        error = self.assertRaises(OSError, file.reopen)
        self.assertTrue(str(error).startswith(f"{self.path}: "), str(error))
        file.write(b"a\n")
        self.assertEqual(self.path.with_suffix(".1").read_bytes(), b"a\n")
        self.path.rmdir()
        file.reopen()
        file.write(b"b\n")
        self.assertEqual(self.path.read_bytes(), b"b\n")

    def test_before_rotation(self) -> None:
        """
        If it has been moved when it is to be rotated, the path is opened anew instead.
        """
        file = self.opened(rotate=5)
        file.write(b"1234\n")
        moved = self.path.parent.parent / f"{self.path.parent.name}.moved"
        self.path.rename(moved)
        self.addCleanup(moved.unlink)
        self.path.write_bytes(b"5678\n")
        file.write(b"9\n")
        self.assertEqual(self.contents(), [b"5678\n", b"9\n"])
        self.assertEqual(moved.read_bytes(), b"1234\n")


class FailedRotationTests(RotatingTestCase):
    """
    Rotations that cannot be done.
    """

    def test_gone_on(self) -> None:
        """
        The present file is gone on with, which is told once, by the file itself as well, and tried
        again later.
        """
        obstacle = self.path.parent / "app.log.new"
        obstacle.write_bytes(b"this is somebody else's")
        file = self.opened(rotate=2000)
        add_destinations(file)
        lines = [b"%d" % number * 100 + b"\n" for number in range(50)]
        for line in lines:
            file.write(line)
        file.write(b"".join(lines))
        [told] = of_type(self.messages, "eliot:destination_failure")
        reason = told["reason"]
        assert isinstance(reason, str)
        self.assertTrue(reason.startswith(f"{self.path}: it cannot be rotated now: "), reason)
        content = self.path.read_bytes()
        self.assertIn(b'"eliot:destination_failure"', content)
        self.assertEqual(len(content.splitlines()), 101)
        self.assertEqual(obstacle.read_bytes(), b"this is somebody else's")
        obstacle.unlink()
        file.write(b"still\n")
        self.assertEqual(old_files(self.path), [])
        self.clock.advance(60)
        file.write(b"rotated\n")
        self.assertEqual(self.contents(), [content + b"still\n", b"rotated\n"])
        remove_destination(file)

    def test_due_by_time(self) -> None:
        """
        So it is when it is due by time.
        """
        obstacle = self.path.parent / "app.log.new"
        obstacle.write_bytes(b"this is somebody else's")
        file = self.opened(every="hour")
        file.write(b"a\n")
        self.clock.advance(3600)
        file.write(b"b\n")
        file.write(b"c\n")
        obstacle.unlink()
        self.clock.advance(60)
        file.write(b"d\n")
        self.assertEqual(self.contents(), [b"a\nb\nc\n", b"d\n"])

    def test_no_deadlock(self) -> None:
        """
        Two files whose rotations fail at the same time tell each other.
        """
        folder = scratch(self)
        files = []
        for name in ("a", "b"):
            (folder / f"{name}.new").write_bytes(b"this is somebody else's")
            file = RotatingFile(folder / name, rotate=100)
            file.open()
            self.addCleanup(file.close)
            files.append(file)
        recorder = Recorder()
        fresh_destinations(self).add(recorder, *files)

        def run(number: int) -> None:
            for _ in range(200):
                files[number].write(b"x" * 60 + b"\n")

        in_threads(2, run)
        self.assertEqual(len(of_type(recorder.messages, "eliot:destination_failure")), 2)


class ThreadTests(RotatingTestCase):
    """
    Threads, signals and forks.
    """

    def test_threads(self) -> None:
        """
        Several threads may write at once.
        """
        file = self.opened(rotate=5000)

        def run(number: int) -> None:
            for count in range(200):
                file.write(b'{"thread":%d,"count":%d}\n' % (number, count))

        in_threads(4, run)
        lines = [json.loads(line) for line in all_content(self.path).splitlines()]
        for number in range(4):
            counts = [line["count"] for line in lines if line["thread"] == number]
            self.assertEqual(counts, list(range(200)))

    def test_signals(self) -> None:
        """
        A signal handler that logs in the midst of a write, or of a rotation, loses nothing.
        """
        child = run_child(
            "import signal, sys\n"
            "from eliot._rotating import RotatingFile\n"
            "file = RotatingFile(sys.argv[1], rotate=300)\n"
            "count = 0\n"
            "def alarm(*arguments):\n"
            "    global count\n"
            "    count += 1\n"
            "    file.write(b'alarm %d\\n' % count)\n"
            "signal.signal(signal.SIGALRM, alarm)\n"
            "signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)\n"
            "for number in range(3000): file.write(b'%d\\n' % number)\n"
            "signal.setitimer(signal.ITIMER_REAL, 0)\n"
            "file.write(b'last\\n')\n"
            "print(count)\n",
            str(self.path),
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        lines = all_content(self.path).splitlines()
        alarms = [line for line in lines if line.startswith(b"alarm")]
        count = int(child.stdout)
        self.assertGreater(count, 0)
        self.assertEqual(sorted(alarms), sorted(b"alarm %d" % n for n in range(1, count + 1)))
        others = [line for line in lines if not line.startswith(b"alarm")]
        self.assertEqual(others, [*(b"%d" % n for n in range(3000)), b"last"])

    def test_forked_rotating(self) -> None:
        """
        A forked child cannot write to a file that its parent rotates, and does not keep it from
        others; once the parent has closed it, it can.
        """
        file = self.opened(rotate=10)
        file.write(b"parent\n")

        def child() -> str:
            try:
                file.write(b"child\n")
            except NotWritten as error:
                return str(error)
            return "written"

        answer = in_forked_child(child)
        self.assertTrue(answer.startswith(f"{self.path}: another process"), answer)
        file.write(b"parent\n")
        (begun, begin), (closed, close) = os.pipe(), os.pipe()

        def child_that_waits() -> str:
            os.write(begin, b".")
            os.read(closed, 1)
            return child()

        def close_meanwhile(fork: Callable[[], int] = os.fork) -> int:
            pid = fork()
            if pid:
                os.read(begun, 1)
                file.close()
                # The child has no part in the lock.
                RotatingFile(self.path, rotate=10).open()
                os.write(close, b".")
            return pid

        self.patch(os, "fork", close_meanwhile)
        self.assertEqual(in_forked_child(child_that_waits), "written")
        for fd in (begun, begin, closed, close):
            os.close(fd)
        self.assertEqual(self.contents(), [b"parent\n", b"parent\n", b"child\n"])

    def test_forked_plain(self) -> None:
        """
        A forked child writes whole lines to a file that is not rotated.
        """
        file = self.opened()
        file.write(b"parent\n")

        def child() -> str:
            file.write(b"child\n")
            return "written"

        self.assertEqual(in_forked_child(child), "written")
        file.write(b"parent\n")
        self.assertEqual(self.path.read_bytes(), b"parent\nchild\nparent\n")


class CostTests(RotatingTestCase):
    """
    What a line costs.
    """

    def test_calls(self) -> None:
        """
        When nothing is due, a line costs one call to the operating system, and no look at the clock
        where no time was given; a batch costs one call for each file.
        """
        calls: list[str] = []
        sizes: list[int] = []
        put = os.write

        def note(name: str) -> Callable[..., object]:
            original = getattr(os, name)

            def call(*arguments: object, **options: object) -> object:
                calls.append(name)
                return original(*arguments, **options)

            return call

        def write(fd: int, data: bytes) -> int:
            sizes.append(len(data))
            return put(fd, data)

        def clock() -> float:
            calls.append("clock")
            return NOW

        file = RotatingFile(self.path, rotate=1000, clock=clock)
        file.open()
        self.addCleanup(file.close)
        for name in ("stat", "fstat", "lstat", "scandir", "open", "rename"):
            self.patch(os, name, note(name))
        self.patch(os, "write", write)
        self.patch(_rotating, "_write", write)
        calls.clear()
        file.write(b"12345678\n")
        self.assertEqual((calls, sizes), ([], [9]))
        sizes.clear()
        file.write(b"x" * 90 + b"\n" + b"1234567\n" * 250)
        self.assertEqual(sizes, [987, 1000, 104])


class PlainTests(SynchronousTestCase):
    """
    Beside the destination that takes an open file.
    """

    def test_same_lines(self) -> None:
        """
        Both write the same.
        """
        folder = scratch(self)
        file = RotatingFile(folder / "a")
        with (folder / "b").open("ab") as other:
            for each in (file, FileDestination(other)):
                each({"a": [1, "é"]})
        file.close()
        self.assertEqual((folder / "a").read_bytes(), (folder / "b").read_bytes())
