"""
Tests of :mod:`eliot.read._rotated`.
"""

from __future__ import annotations

import os
from logging import makeLogRecord
from logging.handlers import RotatingFileHandler, TimedRotatingFileHandler
from random import Random

from twisted.python.logfile import DailyLogFile, LogFile
from twisted.trial.unittest import SynchronousTestCase

from eliot import RotatingFile
from eliot.read import Log, Problem, _files, _rotated, find_logs
from tests.helpers import scratch


class RotatedCase(SynchronousTestCase):
    """
    A test with a folder of files, which is the current one.
    """

    def setUp(self) -> None:
        """
        Make a folder, and go there.
        """
        self.folder = scratch(self)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        self.problems: list[str] = []

    def make(self, *names: str) -> None:
        """
        Make files that hold their own names, in any order.
        """
        for name in Random(1).sample(names, len(names)):
            os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
            with open(name, "w") as file:
                file.write(name)

    def find(self, *patterns: str, rotated: bool = False) -> list[list[str]]:
        """
        Find logs.

        :returns: the paths of each.
        """
        return [each.paths() for each in self.logs(*patterns, rotated=rotated)]

    def logs(self, *patterns: str, rotated: bool = False) -> list[Log]:
        """
        Find logs.
        """
        return find_logs(patterns, self.note, rotated=rotated)

    def note(self, problem: Problem) -> None:
        """
        Note a problem.
        """
        self.problems.append(str(problem))

    def read(self, log: Log) -> list[str]:
        """
        Open all files of a log, and read them.
        """
        found = []
        for file in log.open(self.note):
            with file:
                found.append(file.read().decode())
        return found


class FindLogsTests(RotatedCase):
    """
    Files are found, and those that are one log are put in order.
    """

    def assertOrder(self, *names: str) -> None:  # noqa: N802 - as unittest spells it
        """
        Check that files are one log, the oldest first, however they are given.
        """
        self.make(*names)
        log = names[-1]
        for given in [names, names[::-1], (log, *names[:-1])]:
            self.assertEqual(self.find(*given), [list(names)])
        self.assertEqual(self.find(log), [[log]])
        self.assertEqual(self.find(log, rotated=True), [list(names)])
        self.assertEqual(self.find(f"./{log}", rotated=True), [[f"./{each}" for each in names]])
        self.assertEqual(self.problems, [])

    def test_ours(self) -> None:
        """
        Files that this framework has rotated sort by time, then number.
        """
        self.assertOrder(
            "app.log.20261123T101500Z.gz",
            "app.log.20261124T101500Z.gz",
            "app.log.20261124T101500Zn000001",
            "app.log.20261124T101500Zn000002.gz",
            "app.log.20261124T101501Z",
            "app.log",
        )

    def test_numbered(self) -> None:
        """
        Of numbered files that with the highest number is the oldest.
        """
        self.assertOrder("app.log.10.gz", "app.log.9.gz", "app.log.2", "app.log.1", "app.log")

    def test_dates(self) -> None:
        """
        Dates are understood in each of the usual ways.
        """
        self.assertOrder("a-20251231.gz", "a-20261124.gz", "a-20261124-1764000000", "a")
        self.assertOrder("b-2026112409", "b-2026112410.gz", "b")
        self.assertOrder("c.2026_2_5", "c.2026_11_4", "c.2026_11_24", "c")
        self.assertOrder("d.2026-11-24_09", "d.2026-11-24_10.gz", "d.2026-11-24_10-30-01", "d")

    def test_real_names(self) -> None:
        """
        What others call their files is known: Twisted, the standard library, this framework.
        """
        numbers = LogFile("numbers.log", ".")
        for n in range(3):
            numbers.write(f"{n}\n")
            numbers.rotate()
        numbers.close()
        days = DailyLogFile("days.log", ".")
        days.lastDate = (2026, 1, 5)
        days.rotate()
        days.close()
        handler = RotatingFileHandler("stdlib.log", maxBytes=1, backupCount=9)
        timed = TimedRotatingFileHandler("timed.log", when="S", backupCount=9)
        for n in range(3):
            handler.emit(makeLogRecord({"msg": n}))
            timed.emit(makeLogRecord({"msg": n}))
        timed.doRollover()
        handler.close()
        timed.close()
        ours = RotatingFile("ours.log", rotate=1, clock=lambda: 1.8e9)
        ours.open()
        for n in range(3):
            ours({"n": n})
        ours.close()
        found = {}
        for name in ["numbers", "days", "stdlib", "timed", "ours"]:
            (log,) = self.logs(f"{name}.log", rotated=True)
            contents = "".join(self.read(log)).split()
            found[name] = (len(log.paths()) > 1, contents)
        self.assertEqual(
            found,
            {
                "numbers": (True, ["0", "1", "2"]),
                "days": (True, []),
                "stdlib": (True, ["0", "1", "2"]),
                "timed": (True, ["0", "1", "2"]),
                "ours": (True, ['{"n":0}', '{"n":1}', '{"n":2}']),
            },
        )

    def test_not_old(self) -> None:
        """
        Files are only one log if the one that is being written is there; otherwise they may be
        the logs of several processes.
        """
        self.make("worker.1", "worker.2", "x-20261124", "x-20261125")
        self.assertEqual(self.find("worker.1", "worker.2"), [["worker.1"], ["worker.2"]])
        self.assertEqual(self.find("x-20261124", "x-20261125"), [["x-20261124"], ["x-20261125"]])
        self.make("y.20261124T101500Z", "y.20261124T101501Z")
        given = ("y.20261124T101501Z", "y.20261124T101500Z")
        self.assertEqual(self.find(*given), [[*given[::-1]]])

    def test_others(self) -> None:
        """
        Files of other names, and what is only half compressed, do not belong to a log.
        """
        self.make("a", "a.20261124T101500Z.gz.0123abcd.part", "a.1", "a.1.txt", "a.old", "aa.1")
        os.mkdir("a.2")
        self.assertEqual(self.find("a", rotated=True), [["a.1", "a"]])
        self.assertEqual(self.find("a.*[0-9]*"), [["a.1"], ["a.1.txt"]])

    def test_while_compressed(self) -> None:
        """
        A file that is there plain and compressed is read once, plain; one that was compressed
        since it was listed, compressed.
        """
        self.make("a", "a.1", "a.1.gz", "a.2.gz")
        self.assertEqual(self.find("a", "a.1", "a.1.gz", "a.2"), [["a.2.gz", "a.1", "a"]])
        self.assertEqual(self.find("a", rotated=True), [["a.2.gz", "a.1", "a"]])

    def test_no_present_file(self) -> None:
        """
        The old files are read also while there is no new one, from whichever of them.
        """
        self.make("a", "a.1", "a.2")
        self.assertEqual(self.find("a.2", rotated=True), [["a.2", "a.1", "a"]])
        os.remove("a")
        self.assertEqual(self.find("a", rotated=True), [["a.2", "a.1"]])
        self.assertEqual(self.find("b", rotated=True), [["b"]])

    def test_several(self) -> None:
        """
        Logs of several processes stay apart, those of the same name in different folders, too.
        """
        names = ["p/a.1", "p/a", "q/a.1", "q/a", "q/b"]
        self.make(*names)
        self.assertEqual(self.find(*names), [["p/a.1", "p/a"], ["q/a.1", "q/a"], ["q/b"]])

    def test_twice(self) -> None:
        """
        A file that is given twice is read once, be it by another path or by a link.
        """
        self.make("a", "a.1")
        os.symlink("a", "link")
        self.assertEqual(self.find("a", "./a.1", "a", "./a", "a.1", "link"), [["./a.1", "a"]])

    def test_link(self) -> None:
        """
        A log that is a link is rotated where the link leads.
        """
        self.make("there/a", "there/a.1")
        os.symlink("there/a", "a")
        there = os.path.realpath("there/a.1")
        self.assertEqual(self.find("a", rotated=True), [[there, "a"]])

    def test_patterns(self) -> None:
        """
        Patterns that the shell has left alone are expanded, through folders, too; one that
        matches nothing is a problem that names it, and a file of that very name comes first.
        """
        self.make("p/a.log", "p/a.log.1", "p/q/b.log", "c[1].log", "c1.log")
        self.assertEqual(
            self.find("**/*.log", "p/*.1"),
            [["c1.log"], ["c[1].log"], ["p/a.log.1", "p/a.log"], ["p/q/b.log"]],
        )
        self.assertEqual(self.find("c[1].log"), [["c[1].log"]])
        self.assertEqual(self.find("p/*"), [["p/a.log.1", "p/a.log"]])
        self.assertEqual(self.problems, [])
        self.assertEqual(self.find("x*\x1b", "?"), [])
        self.assertEqual(
            self.problems,
            [r"x*\x1b: no file matches this pattern", "?: no file matches this pattern"],
        )


class OpenTests(RotatedCase):
    """
    All files of a log are open before the first one is read.
    """

    def test_order(self) -> None:
        """
        They are opened in their order, and stay what they are when they are renamed or removed.
        """
        self.make("a", "a.1", "a.2")
        (log,) = self.logs("a", rotated=True)
        files = log.open(self.note)
        os.remove("a.2")
        os.rename("a.1", "a.2")
        os.rename("a", "a.1")
        found = []
        for file in files:
            with file:
                found.append(file.read())
        self.assertEqual(found, [b"a.2", b"a.1", b"a"])

    def test_missing(self) -> None:
        """
        A file that cannot be opened is told, once.
        """
        self.make("a")
        logs = self.logs("a", "b", ".")
        self.assertEqual([self.read(each) for each in logs], [["a"], [], []])
        self.assertEqual(
            self.problems,
            [
                "b: cannot be opened: No such file or directory",
                ".: cannot be opened: Is a directory",
            ],
        )

    def rotating(self, times: int) -> None:
        """
        Have a log rotated again whenever a file is opened, up to so many times.
        """
        self.make("a", "a.1")
        self.left = times
        original = _files.open_log

        def open_log(path: str) -> object:
            if self.left and path == "a":
                self.left -= 1
                count = len(os.listdir("."))
                for number in range(count - 1, 0, -1):
                    os.rename(f"a.{number}", f"a.{number + 1}")
                os.rename("a", "a.1")
                with open("a", "w") as file:
                    file.write(f"new {self.left}")
            return original(path)

        self.patch(_rotated, "open_log", open_log)

    def test_rotated_meanwhile(self) -> None:
        """
        A log that is rotated just while it is opened is opened again, so that nothing is missing
        and nothing is read twice.
        """
        self.rotating(3)
        (log,) = self.logs("a", rotated=True)
        self.assertEqual(self.read(log), ["a.1", "a", "new 2", "new 1", "new 0"])
        self.assertEqual(self.problems, [])

    def test_rotated_for_ever(self) -> None:
        """
        One that is rotated all the time is told, and read as well as may be.
        """
        self.rotating(10**9)
        (log,) = self.logs("a", rotated=True)
        self.assertGreater(len(self.read(log)), 1)
        self.assertEqual(self.problems, ["a: rotated too often to be read in order"])

    def test_two_names(self) -> None:
        """
        A file that has two names for a moment is read once.
        """
        self.make("a")
        os.link("a", "a.20261124T101500Z")
        (log,) = self.logs("a", rotated=True)
        self.assertEqual(self.read(log), ["a"])

    def test_unreadable_folder(self) -> None:
        """
        Where older files cannot be looked for, that is told, and the log is read.
        """
        self.make("a")
        (log,) = self.logs("a", rotated=True)

        def refuse(path: str) -> object:
            raise PermissionError(13, "Permission denied", path)

        self.patch(os, "scandir", refuse)
        self.assertEqual(self.read(log), ["a"])
        self.assertEqual(
            self.problems, [".: cannot be searched for older files: Permission denied"]
        )
