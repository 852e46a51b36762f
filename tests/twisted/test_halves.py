"""
Tests of :mod:`eliot.twisted._halves`.
"""

from __future__ import annotations

import gc
from threading import Event, Thread

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._halves import MAXIMUM_PIECE, Halves
from tests.helpers import in_forked_child
from tests.twisted.helpers import await_event


class HalvesTests(SynchronousTestCase):
    """
    Lines are put together.
    """

    def setUp(self) -> None:
        """
        Keep what is emitted.
        """
        self.emitted: list[tuple[str, bool]] = []
        self.halves = Halves(lambda text, whole: self.emitted.append((text, whole)))

    def take(self) -> list[tuple[str, bool]]:
        """
        Get what was emitted since this was asked last.
        """
        emitted, self.emitted = self.emitted, []
        return emitted

    @given(st.lists(st.text("a\né", max_size=6) | st.binary(max_size=4)))
    def test_lines(self, writes: list[str | bytes]) -> None:
        """
        However it is cut, a text has the lines that it has.
        """
        self.take()
        whole = b""
        for each in writes:
            if isinstance(each, str):
                # What comes before is no part of a character of this.
                whole = whole.decode("utf-8", "backslashreplace").encode() + each.encode()
                self.halves.write(each)
            else:
                whole += each
                self.halves.write_bytes(each)
        self.halves.end()
        lines = whole.decode("utf-8", "backslashreplace").split("\n")
        expected = [(line.removesuffix("\r"), True) for line in lines[:-1]]
        self.assertEqual(self.take(), expected + [(line, False) for line in lines[-1:] if line])

    def test_carriage_return(self) -> None:
        """
        It belongs to the end of a line, also where that comes later.
        """
        self.halves.write("a\r\nb\r")
        self.halves.write("\nc\rd\n")
        self.assertEqual(self.take(), [("a", True), ("b", True), ("c\rd", True)])

    def test_pieces(self) -> None:
        """
        A line that is too long comes in pieces, as soon as there are some, none of them empty;
        nothing more is kept.
        """
        for size in (1000, MAXIMUM_PIECE // 2, MAXIMUM_PIECE, 3 * MAXIMUM_PIECE):
            text = "x" * (3 * MAXIMUM_PIECE)
            for start in range(0, len(text), size):
                self.halves.write(text[start : start + size])
                self.assertLessEqual(len("".join(self.halves._texts.values())), MAXIMUM_PIECE)
            self.assertEqual(self.take(), [("x" * MAXIMUM_PIECE, False)] * 2)
            self.halves.write("\ny\n")
            self.assertEqual(self.take(), [("x" * MAXIMUM_PIECE, True), ("y", True)])
        self.halves.write("a" * (MAXIMUM_PIECE + 1) + "\n\n")
        self.assertEqual(self.take(), [("a" * MAXIMUM_PIECE, False), ("a", True), ("", True)])

    def test_threads(self) -> None:
        """
        Each thread has lines of its own.
        """
        written, go_on = Event(), Event()

        def other() -> None:
            self.halves.write("th")
            written.set()
            await_event(go_on)
            self.halves.write("ere\n")

        thread = Thread(target=other)
        thread.start()
        await_event(written)
        self.halves.write("he")
        self.halves.write("re\n")
        go_on.set()
        thread.join()
        self.assertEqual(self.take(), [("here", True), ("there", True)])

    def test_thread_ends(self) -> None:
        """
        Half a line of a thread that ends is emitted then, half a character included.
        """
        thread = Thread(target=self.halves.write_bytes, args=(b"half\xc3",))
        thread.start()
        thread.join()
        # The thread's own variables may go after it has been joined.
        while not self.emitted:
            gc.collect()
        self.assertEqual(self.take(), [("half\\xc3", False)])
        self.halves.end()
        self.assertEqual(self.take(), [])

    def test_gone(self) -> None:
        """
        It may go before a thread does.
        """
        self.halves.write("half")
        del self.halves
        gc.collect()
        self.assertEqual(self.emitted, [])

    def test_written_meanwhile(self) -> None:
        """
        What is written while a line is emitted is another line.
        """

        def emit(text: str, whole: bool) -> None:
            self.emitted.append((text, whole))
            if text == "a":
                halves.write("!\n")

        halves = Halves(emit)
        halves.write("a\nb")
        halves.write("\n")
        self.assertEqual(self.take(), [("a", True), ("b!", True), ("", True)])

    def test_fork(self) -> None:
        """
        The parent goes on with the halves, and a child does not.
        """
        self.halves.write("parent")
        self.halves.write_bytes(b"\xc3")

        def child() -> str:
            self.halves.write("child\n")
            return repr(self.take())

        self.assertEqual(in_forked_child(child), "[('child', True)]")
        self.halves.write_bytes(b"\xa9\n")
        self.assertEqual(self.take(), [("parenté", True)])

    def test_renewed(self) -> None:
        """
        All halves are the parent's, those of other threads too.
        """
        self.halves.write("parent")
        self.halves.write_bytes(b"\xc3")
        self.halves._renew_after_fork()
        self.halves.end()
        self.assertEqual(self.take(), [])
