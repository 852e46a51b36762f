"""
Tests of :mod:`eliot.twisted._captured`.
"""

from __future__ import annotations

import sys
from io import BytesIO, StringIO, TextIOBase, TextIOWrapper, UnsupportedOperation
from tempfile import TemporaryFile
from threading import Thread
from typing import TextIO

from twisted.logger import Logger, LoggingFile
from twisted.trial.unittest import SynchronousTestCase

from eliot import add_destinations, log_message, start_action
from eliot._logger import swap_logger
from eliot.twisted import ThreadedWriter
from eliot.twisted._captured import CapturedStream
from eliot.twisted._halves import MAXIMUM_PIECE
from tests.helpers import Fields, RecordingLogger, of_type, record, said
from tests.hostile import LyingStr
from tests.twisted.helpers import FakeReactor, JoinedThreads


class CapturedStreamTestCase(SynchronousTestCase):
    """
    Has a stream.
    """

    def setUp(self) -> None:
        """
        Make one, where messages are recorded.
        """
        self.messages = record(self)
        self.outside = TextIOWrapper(BytesIO(), "utf-8", newline="")
        self.stream = CapturedStream("stdout", self.outside)

    def printed(self) -> str:
        """
        Get what has come out.
        """
        self.outside.flush()
        outside = self.outside.buffer
        assert isinstance(outside, BytesIO)
        return outside.getvalue().decode()

    def texts(self) -> list[object]:
        """
        Get the texts of all messages.
        """
        return [each.get("text") for each in self.messages]


class WritingTests(CapturedStreamTestCase):
    """
    What is written becomes messages.
    """

    def test_line(self) -> None:
        """
        A line becomes a message in the current action.
        """
        with start_action(action_type="around") as action:
            print("Hello,", "world", file=self.stream)
        _, found, _ = self.messages
        self.assertEqual(said(found), {"stream": "stdout", "text": "Hello, world"})
        self.assertEqual(found["message_type"], "eliot:output")
        self.assertEqual((found["task_uuid"], found["task_level"]), (action.task_uuid, [2]))
        self.assertEqual(self.printed(), "")

    def test_unfinished(self) -> None:
        """
        What is not the end of its line says so.
        """
        self.stream.write("x" * (MAXIMUM_PIECE + 1) + "\n")
        self.stream.write("half")
        self.stream.end_lines()
        self.assertEqual([each.get("unfinished") for each in self.messages], [True, None, True])

    def test_several(self) -> None:
        """
        Several lines become several messages, empty ones too, in order.
        """
        self.assertEqual(self.stream.write("a\n\nb\nc"), 6)
        self.stream.writelines(["d", "\n", "e\n"])
        self.assertEqual(self.texts(), ["a", "", "b", "cd", "e"])

    def test_bytes(self) -> None:
        """
        Bytes, by way of ``buffer`` or as Twisted takes them, are text, in order with other text.
        """
        self.stream.write("a")
        self.assertEqual(self.stream.buffer.write(b"\xc3"), 1)
        self.stream.buffer.write(memoryview(b"\xa9\xff"))
        self.stream.buffer.write(bytearray(b"b"))
        self.stream.write(b"c\n")
        self.assertEqual(self.texts(), ["aé\\xffbc"])

    def test_odd_text(self) -> None:
        """
        Text that UTF-8 does not have is shown; other text than exact is what it is.
        """
        self.stream.write("\ud800\n")
        self.stream.write(LyingStr("lie\n"))
        self.assertEqual(self.texts(), ["\\ud800", "lie"])

    def test_wrong(self) -> None:
        """
        What is no text is refused, as any text file does.
        """
        error = self.assertRaises(TypeError, self.stream.write, 3)
        self.assertIn("not int", str(error))
        self.assertRaises(TypeError, self.stream.buffer.write, "text")
        self.assertEqual(self.messages, [])

    def test_released(self) -> None:
        """
        Once it is released, what is written goes where it went before; half a line has become a
        message.
        """
        self.stream.write("half")
        self.stream.release()
        self.stream.write("a\n")
        self.stream.buffer.write(b"b\xc3\xa9\n")
        self.stream.write("c\n")
        self.assertEqual(self.texts(), ["half"])
        self.assertEqual(self.printed(), "a\nbé\nc\n")

    def test_released_without_bytes(self) -> None:
        """
        That may be a text file without any bytes behind it, or none at all.
        """
        text = StringIO()
        for original in (text, None):
            stream = CapturedStream("stdout", original)
            stream.release()
            self.assertEqual(stream.buffer.write(b"b\xc3\xa9"), 3)
            self.assertEqual(stream.write("c"), 1)
            stream.flush()
        self.assertEqual(text.getvalue(), "béc")


class LoopTests(CapturedStreamTestCase):
    """
    What destinations print.
    """

    def test_destination(self) -> None:
        """
        What a destination prints while it gets a message is printed, of whatever that message
        comes: there is no loop.
        """
        add_destinations(lambda message: print("got it", file=self.stream))
        log_message("app:said", text="one")
        print("two", file=self.stream)
        self.assertEqual(self.texts(), ["one", "two"])
        self.assertEqual(self.printed(), "got it\ngot it\n")

    def test_bytes(self) -> None:
        """
        So are bytes, in order with text.
        """

        def destination(message: Fields) -> None:
            self.stream.write("a")
            self.stream.buffer.write(b"b")
            self.stream.write("c")

        add_destinations(destination)
        log_message("app:said")
        self.assertEqual(self.printed(), "abc")

    def test_thread_of_destination(self) -> None:
        """
        So it is where a writer's thread calls the destination.
        """
        reactor = FakeReactor()
        threads = JoinedThreads()
        writer = ThreadedWriter(
            lambda message: print("got it", file=self.stream), reactor, start_thread=threads
        )
        writer.startService()
        print("one", file=self.stream)
        reactor.turn_until(writer.stopService())
        threads.join()
        self.assertEqual((self.texts(), self.printed()), (["one"], "got it\n"))

    def test_logger(self) -> None:
        """
        A logger of somebody else may print, too.
        """

        class PrintingLogger(RecordingLogger):
            def write(logger, *arguments: object) -> None:
                print("got it", file=self.stream)

        self.addCleanup(swap_logger, swap_logger(PrintingLogger()))
        print("one", file=self.stream)
        self.assertEqual(self.printed(), "got it\n")

    def test_twisteds(self) -> None:
        """
        Where Twisted has redirected the stream, what destinations print does not go to its log,
        from where it would come back, but out; what is printed later goes there again.
        """
        self.patch(sys, "__stdout__", self.outside)
        events: list[object] = []
        redirected = LoggingFile(Logger("stdout", observer=events.append))  # type: ignore[arg-type]  # it is called
        stream = CapturedStream("stdout", redirected)  # type: ignore[arg-type]  # as Twisted does
        add_destinations(lambda message: print("got it", file=stream))
        print("one", file=stream)
        self.assertEqual((self.texts(), self.printed(), events), (["one"], "got it\n", []))
        stream.release()
        print("two", file=stream)
        self.assertEqual(len(events), 1)

    def test_nested(self) -> None:
        """
        Where one is in the place of another, the inner gets the lines, and what destinations print
        comes out.
        """
        inner = CapturedStream("stdout", self.stream)  # type: ignore[arg-type]  # it is one as far as it goes
        add_destinations(lambda message: print("got it", file=inner))
        print("one", file=inner)
        self.assertEqual((self.texts(), self.printed()), (["one"], "got it\n"))

    def test_afterwards(self) -> None:
        """
        After a destination that raises, all is as before.
        """

        def broken(message: Fields) -> None:
            raise ValueError("no")

        def interrupted(message: Fields) -> None:
            raise KeyboardInterrupt

        add_destinations(broken)
        print("one", file=self.stream)
        print("two", file=self.stream)
        self.assertEqual(
            [each["text"] for each in of_type(self.messages, "eliot:output")], ["one", "two"]
        )
        add_destinations(interrupted)
        self.assertRaises(KeyboardInterrupt, self.stream.write, "three\n")
        self.assertRaises(KeyboardInterrupt, self.stream.write, "four\n")

    def test_bare_thread(self) -> None:
        """
        It may be all that a thread calls.
        """
        thread = Thread(target=self.stream.write, args=("one\n",))
        thread.start()
        thread.join()
        self.assertEqual(self.texts(), ["one"])


class FileTests(CapturedStreamTestCase):
    """
    It is a text file as far as programs use one.
    """

    def test_attributes(self) -> None:
        """
        What is asked of standard output is there.
        """
        self.assertIsInstance(self.stream, TextIOBase)
        self.assertEqual(
            (self.stream.encoding, self.stream.errors, self.stream.name, self.stream.mode),
            ("utf-8", "backslashreplace", "<stdout>", "w"),
        )
        self.assertEqual(repr(self.stream), "<CapturedStream stdout>")
        for each in (self.stream, self.stream.buffer):
            self.assertTrue(each.writable())
            self.assertFalse(each.readable() or each.seekable() or each.isatty() or each.closed)
        self.assertTrue(self.stream.line_buffering)
        self.assertIsNone(self.stream.newlines)
        self.assertRaises(UnsupportedOperation, self.stream.read)
        self.assertRaises(UnsupportedOperation, self.stream.detach)

    def test_descriptor(self) -> None:
        """
        The descriptor is that of the original, if it has one.
        """
        with TemporaryFile("w") as file:
            stream = CapturedStream("stderr", file)
            self.assertEqual((stream.fileno(), stream.buffer.fileno()), (file.fileno(),) * 2)
        self.assertRaises(UnsupportedOperation, self.stream.fileno)
        self.assertRaises(UnsupportedOperation, CapturedStream("stdout", None).fileno)

    def test_closed(self) -> None:
        """
        It cannot be closed, nor made another; half a line stays that when it is flushed.
        """
        with self.stream as stream:
            stream.write("a")
        self.stream.buffer.close()
        self.stream.close()
        self.stream.reconfigure(encoding="latin-1", line_buffering=False)
        self.stream.flush()
        self.stream.buffer.flush()
        self.assertEqual(self.texts(), [])
        self.stream.write("b\n")
        self.assertEqual(self.texts(), ["ab"])

    def test_flush(self) -> None:
        """
        Flushing has come out what destinations have printed, and does not raise where that cannot
        be.
        """

        class Broken(StringIO):
            def flush(self) -> None:
                raise OSError("gone")

        outside = self.outside.buffer
        assert isinstance(outside, BytesIO)
        self.stream.release()
        self.stream.write("a")
        self.stream.flush()
        self.assertEqual(outside.getvalue(), b"a")
        broken: TextIO = Broken()
        CapturedStream("stdout", broken).flush()
