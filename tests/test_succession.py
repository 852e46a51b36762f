"""
One file after another, among real processes: that compete, that are killed, that fill a disk, and
that give up their rights.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from unittest import SkipTest

from twisted.trial.unittest import SynchronousTestCase

import eliot
from tests.helpers import PATIENCE, run_child, scratch, unshare_mounts

_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(eliot.__file__).parent.parent)}


def files_of(path: Path) -> list[Path]:
    """
    List the files at a path, the oldest first.
    """
    return [*sorted(path.parent.glob(f"{path.name}.2*")), path]


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    """
    Start a program.
    """
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        env=_ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    )


class CompetingTests(SynchronousTestCase):
    """
    Processes that want the same file.
    """

    def test_alternating(self) -> None:
        """
        Processes that open, rotate and close a file as often as they can, and refuse while another
        has it, lose none of each other's lines.
        """
        path = scratch(self) / "app.log"
        program = (
            "import sys\n"
            "from eliot._rotating import RotatingFile\n"
            "path, own = sys.argv[1:]\n"
            "print('ready', flush=True)\n"
            "sys.stdin.readline()\n"
            "number = refused = 0\n"
            "while number < 1500:\n"
            "    file = RotatingFile(path, rotate=100)\n"
            "    try: file.open()\n"
            "    except OSError as error:\n"
            "        assert str(error).startswith(path + ': '), error\n"
            "        refused += 1\n"
            "        continue\n"
            "    for _ in range(7):\n"
            '        file.write(b\'{"own":%s,"number":%d}\\n\' % (own.encode(), number))\n'
            "        number += 1\n"
            "    file.close()\n"
            "print(number)\n"
        )
        children = [
            subprocess.Popen(
                [sys.executable, "-W", "error", "-c", program, str(path), str(own)],
                env=_ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for own in range(2)
        ]
        for child in children:
            assert child.stdout is not None
            self.assertEqual(child.stdout.readline(), "ready\n")
        counts = []
        for child in children:
            assert child.stdin is not None
            child.stdin.write("\n")
            child.stdin.flush()
        for child in children:
            output, _ = child.communicate(timeout=4 * PATIENCE)
            self.assertEqual(child.returncode, 0)
            counts.append(int(output))
        lines = [
            json.loads(line) for each in files_of(path) for line in each.read_bytes().splitlines()
        ]
        for own, count in enumerate(counts):
            numbers = [each["number"] for each in lines if each["own"] == own]
            self.assertEqual(numbers, list(range(count)))

    def test_appending(self) -> None:
        """
        Processes that do not rotate append whole lines to the same file.
        """
        path = scratch(self) / "app.log"
        program = (
            "import sys\n"
            "from eliot._rotating import RotatingFile\n"
            "file = RotatingFile(sys.argv[1])\n"
            "file.open()\n"
            "line = b'[' + sys.argv[2].encode() * 5000 + b']\\n'\n"
            "for _ in range(300): file.write(line)\n"
        )
        children = [start(program, str(path), str(own)) for own in (1, 2)]
        for child in children:
            child.communicate(timeout=4 * PATIENCE)
            self.assertEqual(child.returncode, 0)
        lines = path.read_bytes().splitlines()
        expected = [b"[" + own * 5000 + b"]" for own in (b"1", b"2") for _ in range(300)]
        self.assertTrue(sorted(lines) == expected)


class KilledTests(SynchronousTestCase):
    """
    Processes that are killed while they write and rotate.
    """

    PROGRAM = (
        "import sys\n"
        "from itertools import count\n"
        "from eliot._rotating import RotatingFile\n"
        "file = RotatingFile(sys.argv[1], rotate=2000, compress=sys.argv[2] == 'compress')\n"
        "file.open()\n"
        "first = int(sys.argv[3])\n"
        "for number in count(first):\n"
        "    file.write(b'{\"number\":%d}\\n' % number)\n"
        "    if number - first in (0, 3000): print(number, flush=True)\n"
    )

    def check(self, kind: str) -> None:
        """
        Kill a process three times, each time another one goes on, and look at what is there.
        """
        path = scratch(self) / "app.log"
        durable = 0
        begins = []
        for round_ in range(3):
            begins.append(round_ * 10**6)
            child = start(self.PROGRAM, str(path), kind, str(begins[-1]))
            assert child.stdout is not None
            child.stdout.readline()
            durable = int(child.stdout.readline())
            child.kill()
            child.communicate(timeout=PATIENCE)
        # What was begun is finished by who comes next.
        done = run_child(
            "import sys\n"
            "from eliot._rotating import RotatingFile\n"
            "file = RotatingFile(sys.argv[1], rotate=2000, compress=sys.argv[2] == 'compress')\n"
            "file.open()\n"
            "file.settle()\n"
            "if sys.argv[2] == 'compress': file._succession._compressor.wait(30)\n"
            "file.write(b'{\"number\":-1}\\n')\n"
            "if sys.argv[2] == 'compress': file._succession._compressor.wait(30)\n",
            str(path),
            kind,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        content = b""
        for each in files_of(path):
            if kind == "compress" and each != path:
                self.assertEqual(each.suffix, ".gz")
                unpacked = subprocess.run(["gzip", "-dc", each], capture_output=True, check=True)
                content += unpacked.stdout
            else:
                content += each.read_bytes()
        self.assertEqual({path, *files_of(path)}, set(path.parent.iterdir()))
        self.assertTrue(content.endswith(b"\n"))
        numbers = []
        broken = 0
        for line in content.splitlines():
            try:
                numbers.append(json.loads(line)["number"])
            except ValueError:
                broken += 1
        # But for the last one of each process.
        self.assertLessEqual(broken, len(begins))
        self.assertEqual(numbers.pop(), -1)
        self.assertGreaterEqual(numbers[-1], durable)
        for begin in begins:
            own = [number for number in numbers if begin <= number < begin + 10**6]
            self.assertEqual(own, list(range(begin, begin + len(own))))
            self.assertGreater(len(own), 3000)

    def test_killed(self) -> None:
        """
        All lines that were written are there, in order, and none is broken but perhaps the last
        one of a process.
        """
        self.check("plain")

    def test_while_compressing(self) -> None:
        """
        Neither does an old file get lost that was being compressed.
        """
        if shutil.which("gzip") is None:
            raise SkipTest("There is no gzip here.")
        self.check("compress")


class FullDiskTests(SynchronousTestCase):
    """
    A real disk that is full, and has room again.
    """

    PROGRAM = (
        "import json, os, subprocess, sys\n"
        "from eliot import FileDestination, add_destinations\n"
        "from eliot._interfaces import NotWritten\n"
        "from eliot._rotating import RotatingFile\n"
        "folder, kind = sys.argv[1:]\n"
        "subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], check=True)\n"
        "told = []\n"
        "path = folder + '/app.log'\n"
        "if kind == 'open':\n"
        "    file = FileDestination(open(path, 'ab'))\n"
        "else:\n"
        "    file = RotatingFile(path, rotate=20_000 if kind == 'rotated' else None)\n"
        "    file.open()\n"
        "add_destinations(told.append)\n"
        "with open(folder + '/filler', 'wb') as filler: filler.write(b'x' * 150_000)\n"
        'lines = [b\'{"number":%d,"text":"%s"}\\n\' % (number, b\'x\' * 777)\n'
        "         for number in range(600)]\n"
        "refused = 0\n"
        "rest, count = b'', 0\n"
        "while rest or count < len(lines):\n"
        "    rest, count = rest + b''.join(lines[count:count + 3]), count + 3\n"
        "    try:\n"
        "        file.write(rest)\n"
        "        rest = b''\n"
        "    except NotWritten as error:\n"
        "        assert error.errno == 28, error\n"
        "        rest = error.unwritten\n"
        "        refused += 1\n"
        "        if refused == 5: os.unlink(folder + '/filler')\n"
        "        if refused >= 10 and count < 600:\n"
        "            # What has been shipped is removed.\n"
        "            for name in sorted(os.listdir(folder)):\n"
        "                if name != 'app.log':\n"
        "                    with open(f'{folder}/{name}') as old: sys.stdout.write(old.read())\n"
        "                    os.unlink(f'{folder}/{name}')\n"
        "        if refused >= 20:\n"
        "            subprocess.run(['mount', '-o', 'remount,size=4m', folder], check=True)\n"
        "names = sorted(os.listdir(folder))\n"
        "for name in [*names[1:], names[0]]:\n"
        "    with open(f'{folder}/{name}') as old: sys.stdout.write(old.read())\n"
        "if kind == 'open': file.file.close()\n"
        "print(json.dumps({'refused': refused, 'told': len(told)}))\n"
    )

    def fill(self, kind: str) -> tuple[list[int], int, dict[str, int]]:
        """
        Write to a small disk of its own.

        :returns: the numbers of the lines, how many are broken, and how often it was refused.
        """
        folder = str(scratch(self))
        child = subprocess.run(
            [*unshare_mounts(), sys.executable, "-W", "error", "-c", self.PROGRAM, folder, kind],
            capture_output=True,
            check=False,
            env=_ENVIRONMENT,
            text=True,
            timeout=60,
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        *lines, last = child.stdout.splitlines()
        numbers, broken = [], 0
        for line in lines:
            try:
                numbers.append(json.loads(line)["number"])
            except ValueError:
                broken += 1
        return numbers, broken, json.loads(last)

    def test_rotated(self) -> None:
        """
        A file that is rotated goes on where it stopped, when there is room again: every line is
        there once, in order, and none is broken.
        """
        numbers, broken, counts = self.fill("rotated")
        self.assertEqual((numbers, broken), (list(range(600)), 0))
        self.assertGreater(counts["refused"], 10)

    def test_shared(self) -> None:
        """
        In a file that is not rotated every line is there once, in order, beside what was torn.
        """
        for kind in ("plain", "open"):
            numbers, broken, counts = self.fill(kind)
            self.assertEqual(numbers, list(range(600)))
            self.assertLessEqual(broken, counts["refused"])
            self.assertGreater(counts["refused"], 10)


class RightsTests(SynchronousTestCase):
    """
    A process that opens its files as root, and goes on as somebody else.
    """

    PROGRAM = (
        "import os, sys\n"
        "from eliot import add_destinations\n"
        "from eliot._rotating import RotatingFile\n"
        "path, kind = sys.argv[1:]\n"
        "options = {'rotate': 2000} if kind == 'rotated' else {}\n"
        "if kind == 'owned': options = {'owner': (65534, 65534)}\n"
        "file = RotatingFile(path, **options)\n"
        "file.open()\n"
        "add_destinations(file)\n"
        "file.settle()\n"
        "os.setgid(65534)\n"
        "os.setuid(65534)\n"
        "file.settle()\n"
        "file.settle()\n"
        "for number in range(50): file.write(b'{\"number\":%d}\\n' % number * 10)\n"
    )

    def run_it(self, kind: str, mode: int, owner: int = 0) -> list[dict[str, object]]:
        """
        Write, in a folder with certain rights.

        :param kind: whether it is rotated, or belongs to the other user.
        :param mode: the permissions of the folder.
        :param owner: whose folder it is.
        :returns: the messages in all files.
        """
        if os.geteuid() != 0:
            raise SkipTest("This is for root, who can become somebody else.")
        folder = scratch(self)
        folder.chmod(mode)
        os.chown(folder, owner, owner)
        self.path = folder / "app.log"
        child = run_child(self.PROGRAM, str(self.path), kind, measured=False)
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        return [
            json.loads(line)
            for each in files_of(self.path)
            for line in each.read_bytes().splitlines()
        ]

    def check_impossible(self, messages: list[dict[str, object]], *words: str) -> None:
        """
        Check that it was told once why there is no rotation, and that the rest was written.
        """
        told = [each for each in messages if "message_type" in each]
        self.assertEqual([each["message_type"] for each in told], ["eliot:rotation_impossible"])
        self.assertEqual(told[0]["path"], str(self.path))
        for word in words:
            self.assertIn(word, str(told[0]["reason"]))
        self.assertEqual(len(messages), 501)
        self.assertEqual(files_of(self.path), [self.path])

    def test_not_writable(self) -> None:
        """
        In a folder that the other user may not write to, the present file is gone on with, and the
        reason is told, once.
        """
        messages = self.run_it("rotated", 0o755)
        self.check_impossible(messages, "no file may be created", "user 65534")

    def test_sticky(self) -> None:
        """
        So it is where only the owner may rename a file, as in ``/tmp``.
        """
        messages = self.run_it("rotated", 0o1777)
        self.check_impossible(messages, "only the owner")

    def test_possible(self) -> None:
        """
        In a folder of the other user's it is rotated, also if the file is root's.
        """
        messages = self.run_it("rotated", 0o700, 65534)
        self.assertEqual(len(messages), 500)
        self.assertGreater(len(files_of(self.path)), 2)

    def test_not_rotated(self) -> None:
        """
        A file that is not rotated only has to be the other user's, so that it can be opened anew.
        """
        messages = self.run_it("plain", 0o755)
        self.check_impossible(messages, "opened anew", "user 65534")
        self.assertEqual(len(self.run_it("owned", 0o755)), 500)


class LogrotateTests(SynchronousTestCase):
    """
    What ``logrotate`` does, again and again.
    """

    def test_moved(self) -> None:
        """
        Nothing is lost while files are moved away and the process is asked to open them anew.
        """
        path = scratch(self) / "app.log"
        program = (
            "import signal, sys\n"
            "from eliot._rotating import RotatingFile\n"
            "file = RotatingFile(sys.argv[1])\n"
            "file.open()\n"
            "asked = []\n"
            "signal.signal(signal.SIGHUP, lambda *arguments: asked.append(1))\n"
            "stop = []\n"
            "signal.signal(signal.SIGTERM, lambda *arguments: stop.append(1))\n"
            "print('ready', flush=True)\n"
            "number = 0\n"
            "while not stop:\n"
            "    if asked:\n"
            "        asked.clear()\n"
            "        file.reopen()\n"
            "        print('reopened', flush=True)\n"
            "    file.write(b'%d\\n' % number)\n"
            "    number += 1\n"
            "print(number)\n"
        )
        child = start(program, str(path))
        assert child.stdout is not None
        child.stdout.readline()
        deadline = time.monotonic() + PATIENCE
        for index in range(20):
            path.rename(path.with_name(f"app.log.2{index:02}"))
            os.kill(child.pid, 1)
            self.assertEqual(child.stdout.readline(), "reopened\n")
            self.assertLess(time.monotonic(), deadline)
        child.terminate()
        count = int(child.communicate(timeout=PATIENCE)[0])
        lines = b"".join(each.read_bytes() for each in files_of(path)).splitlines()
        self.assertTrue(lines == [b"%d" % number for number in range(count)])
