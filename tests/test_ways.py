"""
The ways into files: whole lines, and what becomes of a line that could be written in part.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from twisted.python.logfile import LogFile
from twisted.trial.unittest import SynchronousTestCase

import tests
from eliot._interfaces import NotWritten
from eliot._ways import name_of, way_into
from tests.helpers import in_threads, known_wrong, run_child, scratch

#: Ways to open a file, by names for people.
OPENERS: dict[str, Callable[[Path], IO[bytes] | IO[str]]] = {
    "buffered": lambda path: path.open("ab"),
    "unbuffered": lambda path: path.open("ab", buffering=0),
    "written over": lambda path: path.open("wb"),
    "read as well": lambda path: path.open("w+b"),
    "text": lambda path: path.open("a", encoding="utf-8"),
    "text by lines": lambda path: path.open("a", encoding="utf-8", buffering=1),
    "LogFile": lambda path: cast(
        IO[bytes], LogFile(path.name, str(path.parent), rotateLength=None)
    ),
}

LINE = b'{"a":1}\n'


def lines_of(data: bytes) -> list[bytes]:
    """
    Split into lines, and look that the last one is whole.

    :raises AssertionError: if it is not.
    """
    assert data.endswith(b"\n") or not data, data[-100:]
    return data.splitlines()


class Trickle(io.RawIOBase):
    """
    An unbuffered file that takes little at a time.

    :param sizes: how many bytes it takes at each call: ``None`` says, as such files do, that it
        takes nothing now, and an exception is raised; in the end it takes all.
    :ivar taken: what it has taken.
    """

    def __init__(self, *sizes: int | OSError | None) -> None:
        self.sizes = list(sizes)
        self.taken = b""

    def writable(self) -> bool:
        """
        Tell that it can be written to.
        """
        return True

    def write(self, data: object) -> int | None:
        """
        Take some bytes.
        """
        assert isinstance(data, bytes)
        if not data:
            return 0
        size = self.sizes.pop(0) if self.sizes else len(data)
        if isinstance(size, OSError):
            raise size
        if size is not None:
            self.taken += data[:size]
            size = len(data[:size])
        return size


class WholeLinesTests(SynchronousTestCase):
    """
    Files of all kinds.
    """

    def test_written(self) -> None:
        """
        Lines are in the file when the call returns, one by one or several at once.
        """
        for name, opener in OPENERS.items():
            path = scratch(self) / "log"
            with contextlib.closing(opener(path)) as file:
                way = way_into(file)
                way.write(LINE)
                self.assertEqual(path.read_bytes(), LINE, name)
                way.write(LINE * 3)
                self.assertEqual(path.read_bytes(), LINE * 4, name)

    def test_after_what_was_there(self) -> None:
        """
        What the file's buffer held before comes first.
        """
        path = scratch(self) / "log"
        with path.open("ab") as file:
            file.write(b"# a comment\n")
            way_into(file).write(LINE)
            self.assertEqual(path.read_bytes(), b"# a comment\n" + LINE)

    def test_among_threads(self) -> None:
        """
        Lines that threads write at the same time do not mix.
        """
        for name, opener in OPENERS.items():
            path = scratch(self) / "log"
            with contextlib.closing(opener(path)) as file:
                way = way_into(file)

                def run(number: int, write: Callable[[bytes], None] = way.write) -> None:
                    for _ in range(100):
                        write(str(number).encode() * 5000 + b"\n")

                in_threads(4, run)
            lines = lines_of(path.read_bytes())
            expected = [str(number).encode() * 5000 for number in range(4) for _ in range(100)]
            self.assertTrue(sorted(lines) == expected, name)

    def test_forked(self) -> None:
        """
        A forked child writes to the file as well, also while another thread of its parent does.
        """
        # In a process of its own: whatever watches this one's threads would be forked with it.
        tests_folder = str(Path(tests.__file__).parent.parent)
        program = (
            "import sys\n"
            "from pathlib import Path\n"
            "sys.path.append(sys.argv[3])\n"
            "from tests.helpers import in_forked_child, in_threads\n"
            "from tests.test_ways import LINE, OPENERS\n"
            "from eliot._ways import way_into\n"
            "file = OPENERS[sys.argv[1]](Path(sys.argv[2]))\n"
            "way = way_into(file)\n"
            "def child():\n"
            "    way.write(LINE * 2)\n"
            "    return 'written'\n"
            "def run(number):\n"
            "    if number == 0:\n"
            "        in_forked_child(child)\n"
            "        return\n"
            "    for _ in range(500):\n"
            "        way.write(LINE)\n"
            "in_threads(3, run)\n"
            "file.close()\n"
        )
        for name in OPENERS:
            path = scratch(self) / "log"
            child = run_child(program, name, str(path), tests_folder, measured=False)
            self.assertEqual((child.returncode, child.stderr), (0, ""), name)
            self.assertEqual(path.read_bytes(), LINE * 1002, name)


class OtherFilesTests(SynchronousTestCase):
    """
    Files that are not on a disk.
    """

    def test_memory(self) -> None:
        """
        Files in memory are written to as well.
        """
        data, text = io.BytesIO(), io.StringIO()
        for file in (data, text):
            way_into(file).write(LINE)
        self.assertEqual((data.getvalue(), text.getvalue()), (LINE, LINE.decode()))

    def test_ascii(self) -> None:
        """
        A text file that does not know a character gets it as JSON escapes it, in each of several
        lines.
        """
        data = io.BytesIO()
        file = io.TextIOWrapper(data, encoding="ascii")
        way_into(file).write('{"a":"é"}\n{"b":"😀"}\n'.encode())
        lines = lines_of(data.getvalue())
        self.assertEqual([json.loads(line) for line in lines], [{"a": "é"}, {"b": "😀"}])

    def test_like_a_file(self) -> None:
        """
        What has the methods ``write`` and ``flush`` will do, whether it takes bytes or text.
        """

        class Text:
            """
            Something like a text file.
            """

            def __init__(self) -> None:
                self.calls: list[str] = []

            def write(self, text: str) -> None:
                """
                Take a text.
                """
                if not isinstance(text, str):
                    raise TypeError
                self.calls.append(text)

            def flush(self) -> None:
                """
                Note it.
                """
                self.calls.append("flush")

        file = Text()
        way_into(file).write(LINE)
        self.assertEqual([call for call in file.calls if call][-2:], [LINE.decode(), "flush"])


class RefusedTests(SynchronousTestCase):
    """
    Files that cannot be written to.
    """

    def test_refused(self) -> None:
        """
        Files that are closed, or open for reading, are refused at once, by name.
        """
        path = scratch(self) / "refused.log"
        path.write_bytes(b"")
        for mode in ("rb", "r"):
            with path.open(mode) as file:
                error = self.assertRaises(RuntimeError, way_into, file)
                self.assertIn("refused.log", str(error))
        with path.open("rb", buffering=0) as file:
            self.assertRaises(RuntimeError, way_into, file)
        for mode in ("ab", "a", "w+b"):
            file = path.open(mode)
            file.close()
            error = self.assertRaises(RuntimeError, way_into, file)
            self.assertIn("refused.log", str(error))
        closed = io.StringIO()
        closed.close()
        self.assertRaises(RuntimeError, way_into, closed)

    def test_no_file(self) -> None:
        """
        So is what is no file.
        """
        for wrong in (None, "stdout", 1, [], object()):
            error = self.assertRaises(RuntimeError, way_into, wrong)
            self.assertIn(repr(wrong), str(error))

    def test_untouched(self) -> None:
        """
        Looking writes nothing.
        """
        for name, opener in OPENERS.items():
            path = scratch(self) / "log"
            with contextlib.closing(opener(path)) as file:
                way_into(file)
            self.assertEqual(path.read_bytes(), b"", name)


class TornTests(SynchronousTestCase):
    """
    Lines of which only a part could be written.
    """

    def test_little_at_a_time(self) -> None:
        """
        A file that takes a part of a line gets the rest.
        """
        file = Trickle(1, 2, 3)
        way_into(cast(IO[bytes], file)).write(LINE)
        self.assertEqual(file.taken, LINE)

    def test_takes_no_more(self) -> None:
        """
        If it takes no more, that is an error, and the line after begins on a line of its own.
        """
        for trouble in (None, OSError(28, "full"), BlockingIOError(11, "not now")):
            file = Trickle(3, trouble)
            way = way_into(cast(IO[bytes], file))
            self.assertRaises(OSError, way.write, LINE)
            way.write(LINE)
            self.assertEqual(lines_of(file.taken), [LINE[:3], LINE[:-1]])

    def test_takes_nothing_in_between(self) -> None:
        """
        So it does if several lines in between could not be written at all.
        """
        for trouble in (None, OSError(28, "full"), BlockingIOError(11, "not now")):
            file = Trickle(3, trouble, trouble, trouble)
            way = way_into(cast(IO[bytes], file))
            for _ in range(3):
                self.assertRaises(OSError, way.write, LINE)
            way.write(LINE)
            self.assertEqual(lines_of(file.taken), [LINE[:3], LINE[:-1]])

    def test_torn_again(self) -> None:
        """
        So it does if the next line is torn as well.
        """
        file = Trickle(3, None, 4, None, None)
        way = way_into(cast(IO[bytes], file))
        for _ in range(3):
            self.assertRaises(OSError, way.write, LINE)
        way.write(LINE)
        whole = [line for line in lines_of(file.taken) if line == LINE[:-1]]
        self.assertEqual(len(whole), 1)

    def test_pipe(self) -> None:
        """
        A pipe that does not block, and whose reader is slow, gets whole lines once there is room
        again, from unbuffered files, buffered ones, and text.
        """
        for mode, buffering in (("wb", 0), ("wb", -1), ("w", -1)):
            readable, writable = os.pipe()
            for end in (readable, writable):
                os.set_blocking(end, False)
            received = b""
            with open(readable, "rb", buffering=0) as reader:
                with open(writable, mode, buffering) as file:
                    way = way_into(file)
                    refused = 0
                    for number in range(60):
                        try:
                            way.write(b"%d " % number * 2000 + b"\n")
                        except OSError:
                            refused += 1
                    self.assertGreater(refused, 0)
                    received += reader.read() or b""
                    # A buffered file has something left to say first.
                    for _ in range(5):
                        try:
                            way.write(b"last\n")
                        except OSError:
                            received += reader.read() or b""
                        else:
                            break
                    received += reader.read() or b""
                received += reader.read() or b""
            lines = lines_of(received)
            self.assertEqual(lines[-1], b"last", (mode, buffering))
            whole = [line for line in lines[:-1] if len(set(line.split())) == 1]
            self.assertGreater(len(whole), 5)


class NotWrittenTests(SynchronousTestCase):
    """
    Writing again what was not written.
    """

    def test_pipe(self) -> None:
        """
        A pipe that does not block, and whose reader is slow, gets every line once, and whole, if
        what was not written is tried again: from unbuffered files and from buffered ones.
        """
        for buffering in (0, -1):
            readable, writable = os.pipe()
            for end in (readable, writable):
                os.set_blocking(end, False)
            received = b""
            lines = b"".join(b"%d " % number * 2000 + b"\n" for number in range(60))
            refused = 0
            with open(readable, "rb", buffering=0) as reader:
                with open(writable, "wb", buffering) as file:
                    way = way_into(file)
                    rest = lines
                    for _ in range(1000):
                        try:
                            way.write(rest)
                            break
                        except NotWritten as error:
                            refused += 1
                            rest = error.unwritten
                            received += reader.read(5000) or b""
                    received += reader.read() or b""
                received += reader.read() or b""
            self.assertTrue(received == lines, buffering)
            self.assertGreater(refused, 5)

    def test_full(self) -> None:
        """
        A full disk that has room again gets every line once, beside what was torn.
        """
        path = scratch(self) / "log"
        child = run_child(
            "import resource, sys\n"
            "from eliot import FileDestination\n"
            "from eliot._interfaces import NotWritten\n"
            "def limit(size):\n"
            "    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
            "    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))\n"
            "file = open(sys.argv[1], 'ab')\n"
            "destination = FileDestination(file)\n"
            "rest = b''.join(b'[%d]\\n' % number * 20 for number in range(100))\n"
            "for size in (1001, 1001, 3000, 5000, 7777, resource.RLIM_INFINITY):\n"
            "    limit(size)\n"
            "    try: destination.write(rest)\n"
            "    except NotWritten as error: rest = error.unwritten\n"
            "file.close()\n",
            str(path),
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        whole = [line for line in lines_of(path.read_bytes()) if line.endswith(b"]")]
        self.assertEqual(whole, [b"[%d]" % number for number in range(100) for _ in range(20)])


class FullDiskTests(SynchronousTestCase):
    """
    Disks that are full, and have room again later: in a child process whose files may not grow.
    """

    def fill(self, name: str) -> tuple[int, list[bytes]]:
        """
        Write a line, two long ones that find too little room, and one more.

        :param name: which kind of file.
        :returns: how many of them raised, and the lines in the file.
        """
        program = (
            "import resource, sys\n"
            "from pathlib import Path\n"
            "sys.path.append(sys.argv[3])\n"
            "from tests.test_ways import OPENERS\n"
            "from eliot._ways import way_into\n"
            "def limit(size):\n"
            "    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
            "    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))\n"
            "file = OPENERS[sys.argv[1]](Path(sys.argv[2]))\n"
            "way = way_into(file)\n"
            "way.write(b'before\\n')\n"
            "limit(1000)\n"
            "for _ in range(2):\n"
            "    try: way.write(b'x' * 1500 + b'\\n')\n"
            "    except OSError: print('raised')\n"
            "limit(resource.RLIM_INFINITY)\n"
            "way.write(b'after\\n')\n"
            "file.close()\n"
        )
        path = scratch(self) / "log"
        child = run_child(program, name, str(path), str(Path(tests.__file__).parent.parent))
        self.assertEqual((child.returncode, child.stderr), (0, ""), name)
        return child.stdout.count("raised\n"), lines_of(path.read_bytes())

    def test_full(self) -> None:
        """
        A line that did not fit is an error in the call that wrote it, and the lines after are
        whole.
        """
        for name in OPENERS:
            if name != "LogFile":
                raised, lines = self.fill(name)
                self.assertEqual(raised, 2, name)
                self.assertEqual((lines[0], lines[-1]), (b"before", b"after"), name)

    @known_wrong("Twisted's log files say nothing of a write that was cut short")
    def test_full_log_file(self) -> None:
        """
        Twisted's log files keep it to themselves if only a part of a line was written; still, the
        lines after are whole.
        """
        raised, lines = self.fill("LogFile")
        self.assertGreater(raised, 0)
        self.assertEqual((lines[0], lines[-1]), (b"before", b"after"))

    def test_device(self) -> None:
        """
        So it is for the device that is always full, if it does not refuse at once.
        """
        if not os.path.exists("/dev/full"):
            self.skipTest("There is no such device here.")
        with contextlib.suppress(OSError), open("/dev/full", "ab") as file:
            # Closing it tries once more to write what it holds.
            self.assertRaises(OSError, way_into(file).write, LINE)
        with open("/dev/full", "ab", buffering=0) as raw:
            self.assertRaises(RuntimeError, way_into, raw)


class NameTests(SynchronousTestCase):
    """
    Names of files, for people.
    """

    def test_name(self) -> None:
        """
        A file is named by its name, or else by what it is.
        """
        path = scratch(self) / "log"
        with path.open("ab") as file:
            self.assertEqual(name_of(file), repr(str(path)))
        memory = io.BytesIO()
        self.assertEqual(name_of(memory), repr(memory))
