"""
Tests of :mod:`eliot.read._files`.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from io import BufferedReader, BytesIO, RawIOBase

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import LogFile, Problem, open_log, read_messages
from tests.forests import line
from tests.helpers import scratch

LOG = b"".join(
    line({"task_uuid": f"{n:x}", "task_level": [1], "timestamp": n}) for n in range(20_000)
)


class Dribbling(RawIOBase):
    """
    A pipe into which somebody writes a little at a time.

    :param pieces: what is written.
    """

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = [*pieces]

    def readable(self) -> bool:
        """
        Say that it can be read.
        """
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed has a private type
        """
        Give what was written next.
        """
        piece = self.pieces.pop(0) if self.pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


class LogFileTests(SynchronousTestCase):
    """
    A file is read as what it is.
    """

    def setUp(self) -> None:
        """
        Make a folder.
        """
        self.folder = scratch(self)

    def open(self, contents: bytes) -> LogFile:
        """
        Make a file, and open it.
        """
        path = self.folder / "x.log"
        path.write_bytes(contents)
        file = open_log(str(path))
        self.addCleanup(file.close)
        return file

    def contents(self, file: LogFile) -> tuple[bytes, str]:
        """
        Read a file to its end.

        :returns: what it holds, and what was wrong with it.
        """
        found = b""
        try:
            while piece := file.read():
                found += piece
        except OSError as error:
            return found, str(error)
        return found, ""

    def test_plain(self) -> None:
        """
        A plain file is read, and tells how far that has come.
        """
        file = self.open(LOG)
        self.assertEqual((file.position, file.size), (0, len(LOG)))
        piece = file.read()
        self.assertEqual(file.position, len(piece))
        self.assertLess(len(piece), len(LOG))
        self.assertEqual(self.contents(file), (LOG[len(piece) :], ""))
        self.assertEqual((file.position, file.size), (len(LOG), len(LOG)))
        self.assertEqual(file.read(), b"")

    def test_gzipped(self) -> None:
        """
        A gzipped file is decompressed, whatever it is called; how far that has come is told in
        bytes of the file.
        """
        compressed = gzip.compress(LOG)
        file = self.open(compressed)
        self.assertEqual(self.contents(file), (LOG, ""))
        self.assertEqual((file.position, file.size), (len(compressed), len(compressed)))

    def test_joined(self) -> None:
        """
        Several gzipped files that were joined are one, also with zeros behind them.
        """
        joined = gzip.compress(LOG) + gzip.compress(b"") + b"\0" * 100_000 + gzip.compress(LOG)
        self.assertEqual(self.contents(self.open(joined)), (LOG * 2, ""))
        self.assertEqual(self.contents(self.open(joined + b"\0" * 999)), (LOG * 2, ""))

    def test_cut_off(self) -> None:
        """
        Of a gzipped file that is cut off all is read that can be.
        """
        compressed = gzip.compress(LOG)
        found, what = self.contents(self.open(compressed[:-1]))
        self.assertEqual((found, what), (LOG, "its compressed data is cut off"))
        found, what = self.contents(self.open(compressed[:10_000]))
        self.assertTrue(LOG.startswith(found))
        self.assertGreater(len(found), 10_000)
        self.assertEqual(what, "its compressed data is cut off")

    def test_damaged(self) -> None:
        """
        Of a damaged gzipped file all is read that comes before the damage.
        """
        compressed = gzip.compress(LOG)
        found, what = self.contents(self.open(compressed[:-8] + b"\0" * 8))
        self.assertEqual((found, what), (LOG, "its compressed data is damaged"))
        damaged = compressed[:30_000] + b"\xff" * 500 + compressed[30_500:]
        found, what = self.contents(self.open(damaged))
        self.assertEqual(what, "its compressed data is damaged")
        self.assertTrue(LOG.startswith(found[:50_000]))
        self.assertGreater(len(found), 50_000)

    def test_garbage_behind(self) -> None:
        """
        What stands behind gzipped data is told.
        """
        found, what = self.contents(self.open(gzip.compress(LOG) + b"hello"))
        self.assertEqual((found, what), (LOG, "something else stands after its compressed data"))

    def test_bomb(self) -> None:
        """
        A gzipped file that becomes very large is read in pieces that are not.
        """
        file = self.open(gzip.compress(b"\n" * 50_000_000))
        total = 0
        while piece := file.read():
            self.assertLessEqual(len(piece), 256 * 1024)
            total += len(piece)
        self.assertEqual(total, 50_000_000)

    def test_other_compression(self) -> None:
        """
        What was compressed by others is not taken for lines.
        """
        for compressed, program in [(bz2.compress(LOG), "bzcat"), (lzma.compress(LOG), "xzcat")]:
            found, what = self.contents(self.open(compressed))
            self.assertEqual(found, b"")
            self.assertIn(program, what)

    def test_truncated_meanwhile(self) -> None:
        """
        A file that is truncated while it is read is told: something is missing.
        """
        file = self.open(LOG)
        file.read()
        os.truncate(self.folder / "x.log", 5)
        self.assertEqual(self.contents(file), (b"", "it was truncated while it was read"))

    def test_problem(self) -> None:
        """
        Where a file breaks, there is a problem with the line; what came before is given.
        """
        problems: list[Problem] = []
        file = self.open(gzip.compress(LOG)[:-1])
        messages = list(read_messages(file, file.name, problems.append))
        self.assertEqual(len(messages), 20_000)
        self.assertEqual(
            [str(each) for each in problems],
            [f"{file.name}:20001: cannot be read further: its compressed data is cut off"],
        )

    def test_pipe(self) -> None:
        """
        A pipe has no size.
        """
        readable, writable = os.pipe()
        with open(readable, "rb") as reading, open(writable, "wb", buffering=0) as writing:
            file = LogFile(reading, "standard input")
            self.assertIsNone(file.size)
            self.assertEqual(file.fileno(), readable)
            writing.write(b"hello")
            self.assertEqual((file.read(), file.position), (b"hello", 5))

    def test_dribbles(self) -> None:
        """
        Bytes are given as they come, and nothing is waited for, but the second byte of what may
        be a gzipped file.
        """
        compressed = gzip.compress(b"hello\n")
        bytewise = [bytes([each]) for each in compressed]
        for sent, expected in [
            ([b"\n", b"x"], [b"\n", b"x"]),
            ([b"B", b"\n", b"Zh"], [b"B\n", b"Zh"]),
            ([compressed[:1], compressed[1:]], [b"hello\n"]),
            ([compressed + b"\0", b"\0", *bytewise], [b"hello\n", b"hello\n"]),
        ]:
            file = LogFile(BufferedReader(Dribbling(sent)), "standard input")
            found = [*iter(file.read, b"")]
            if len(sent) > 3:
                found = [found[0], b"".join(found[1:])]
            self.assertEqual(found, expected)
            self.assertEqual(file.position, sum(map(len, sent)))

    def test_in_memory(self) -> None:
        """
        A file need not be one of the operating system.
        """
        with LogFile(BytesIO(gzip.compress(LOG)), "memory") as file:
            self.assertIsNone(file.size)
            self.assertEqual(self.contents(file), (LOG, ""))
        self.assertRaises(FileNotFoundError, open_log, str(self.folder / "missing"))

    @given(st.binary(max_size=100), st.integers(0, 99), st.binary(max_size=3))
    def test_any(self, contents: bytes, at: int, damage: bytes) -> None:
        """
        However a gzipped file is damaged, nothing is raised but an error of the operating system.
        """
        compressed = gzip.compress(contents)
        damaged = compressed[:at] + damage + compressed[at + len(damage) :]
        self.contents(LogFile(BytesIO(damaged), "memory"))
