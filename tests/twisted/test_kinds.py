"""
Tests of :mod:`eliot.twisted._kinds` and :mod:`eliot.twisted._descriptor`.
"""

from __future__ import annotations

import os
import stat
from unittest import SkipTest

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import log_message
from eliot._console import console_encoder
from eliot._encode import encode
from eliot._interfaces import IOpenedDestination
from eliot._rotating import RotatingFile
from eliot.twisted import DescriptionError, Surroundings, ThreadedWriter, TwistedDestination
from eliot.twisted._attachment import Attachment
from eliot.twisted._describe import describe
from eliot.twisted._descriptor import Descriptor
from tests.helpers import fresh_destinations, in_forked_child, run_child, scratch
from tests.twisted.helpers import FakeReactor, messages_in


class KindsTestCase(SynchronousTestCase):
    """
    Describes destinations.
    """

    def setUp(self) -> None:
        """
        Have a folder.
        """
        fresh_destinations(self)
        self.folder = scratch(self)
        self.surroundings = Surroundings(FakeReactor(), directory=str(self.folder))

    def destination(self, text: str, surroundings: Surroundings | None = None) -> object:
        """
        Describe a destination.

        :returns: what is behind its service.
        """
        service = describe(surroundings or self.surroundings, text).service
        if isinstance(service, ThreadedWriter):
            return service._destination
        assert isinstance(service, Attachment)
        return service.destination

    def refuse(
        self, text: str, reason: str, part: str, surroundings: Surroundings | None = None
    ) -> None:
        """
        Describe what cannot be.
        """
        error = self.assertRaises(DescriptionError, self.destination, text, surroundings)
        self.assertEqual(error.part, part)
        self.assertIn(reason, str(error))


class FileTests(KindsTestCase):
    """
    ``file:`` is a file.
    """

    def test_path(self) -> None:
        """
        A relative path is in the directory that the process will have.
        """
        file = self.destination("file:a.json")
        assert isinstance(file, RotatingFile)
        self.assertEqual(file.path, str(self.folder / "a.json"))
        self.assertIs(file.encoder, encode)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_unknown_directory(self) -> None:
        """
        Where that is not known, it stays relative until the file is opened; and nothing is said of
        what is here now.
        """
        file = self.destination("file:no/such/a.json", Surroundings(FakeReactor()))
        assert isinstance(file, RotatingFile)
        self.assertEqual(file.path, "no/such/a.json")

    def test_options(self) -> None:
        """
        All options arrive.
        """
        file = self.destination(
            "file:a.json:rotate=1kB:every=day:keep=3:total=10kB:compress=gzip:mode=640"
        )
        assert isinstance(file, RotatingFile)
        file.open()
        file.write(b"x" * 900 + b"\n")
        file.write(b"y" * 900 + b"\n")
        file.close()
        mode = stat.S_IMODE((self.folder / "a.json").stat().st_mode)
        self.assertEqual(mode, 0o640)
        self.assertEqual(len(list(self.folder.glob("a.json.2*"))), 1)

    def test_console(self) -> None:
        """
        It may be for people, without colours.
        """
        file = self.destination("file:a.log:format=console")
        assert isinstance(file, RotatingFile)
        self.assertIs(file.encoder, console_encoder(False))

    def test_refused(self) -> None:
        """
        What cannot be is told by the option.
        """
        for part, reason in [
            ("rotate=0", "not a size"),
            ("every=month", "not a period"),
            ("keep=-1", "not a number"),
            ("total=x", "not a size"),
            ("compress=zip", "write gzip"),
            ("mode=9", "octal"),
        ]:
            self.refuse(f"file:a:{part}", reason, part)
        self.refuse("file:", "PATH is missing", "file:")
        self.refuse("file::keep=1", "no path", "")

    def test_contradiction(self) -> None:
        """
        Options that do not go together are told.
        """
        self.refuse("file:a:mode=640:total=1MB", "rotate", "total=1MB")

    def test_cannot_be_opened(self) -> None:
        """
        What can be known about the path now is told now, unless the process will see other files,
        or have other rights.
        """
        self.refuse("file:no/a", "no directory", "no/a")
        self.refuse("file:.", "is a directory", ".")
        unknown = Surroundings(FakeReactor(), directory=str(self.folder), visible=False)
        self.destination("file:no/a", unknown)

    def test_standard_output(self) -> None:
        """
        ``file:-`` is standard output, which is not rotated.
        """
        output = self.destination("file:-")
        assert isinstance(output, Descriptor)
        self.assertEqual(output.number, 1)
        self.refuse("file:-:keep=1", "keep=", "keep=1")


class DescriptorTests(KindsTestCase):
    """
    ``stdout``, ``stderr`` and ``fd:`` are descriptors.
    """

    def pipe(self) -> tuple[int, int]:
        """
        Make a pipe.
        """
        ends = os.pipe()
        for end in ends:
            self.addCleanup(os.close, end)
        return ends

    def test_numbers(self) -> None:
        """
        They are what the system calls so, whatever Python's files have become.
        """
        _, writable = self.pipe()
        for text, number in [("stdout", 1), ("stderr:", 2), (f"fd:{writable}", writable)]:
            made = self.destination(text)
            assert isinstance(made, Descriptor)
            verifyObject(IOpenedDestination, made)
            self.assertEqual(made.number, number)

    def test_writes(self) -> None:
        """
        Lines go there, while it is open; it stays open for others.
        """
        readable, writable = self.pipe()
        made = Descriptor(writable, encode)
        self.assertRaises(OSError, made.write, b"early\n")
        made.open()
        made({"a": 1})
        made.reopen()
        made.open()
        made.settle()
        made.write(b'{"b":2}\n')
        made.close()
        made.close()
        self.assertRaises(OSError, made.write, b"late\n")
        os.write(writable, b'{"c":3}\n')
        self.assertEqual(messages_in(os.read(readable, 1000)), [{"a": 1}, {"b": 2}, {"c": 3}])

    def test_not_open(self) -> None:
        """
        What cannot be written to is told.
        """
        readable, writable = os.pipe()
        self.addCleanup(os.close, readable)
        os.close(writable)
        self.refuse(f"fd:{writable}", "is not open", str(writable))
        self.refuse(f"fd:{readable}", "not open for writing", str(readable))
        self.refuse("fd:x", "not a number", "x")
        self.refuse("fd:999999999", "is not open", "999999999")
        error = self.assertRaises(OSError, Descriptor(readable, encode).open)
        self.assertEqual(str(error), f"file descriptor {readable} is not open for writing")

    def test_daemon(self) -> None:
        """
        In a daemon, the first three lead nowhere, and are refused.
        """
        daemon = Surroundings(FakeReactor(), daemon=True)
        _, writable = self.pipe()
        self.refuse("stdout", "standard output leads nowhere in a daemon", "stdout", daemon)
        self.refuse("stderr", "standard error leads nowhere", "stderr", daemon)
        self.refuse("fd:1", "standard output leads nowhere", "fd:1", daemon)
        self.destination(f"fd:{writable}", daemon)

    def test_became_daemon(self) -> None:
        """
        Where that was not known, it is noticed when it is opened in the child.
        """
        null = os.open(os.devnull, os.O_WRONLY)
        self.addCleanup(os.close, null)
        made = Descriptor(null, encode)

        def child() -> str:
            try:
                made.open()
            except OSError as error:
                return str(error)
            return "nothing"

        self.assertIn("leads nowhere, since this process went", in_forked_child(child))
        made.open()

    def test_process(self) -> None:
        """
        What a process logs is on its standard output, though Twisted has replaced ``sys.stdout``.
        """
        process = run_child(
            "import sys\n"
            "sys.stdout = None\n"
            "from eliot import log_message\n"
            "from eliot.twisted import start_logging\n"
            "start_logging('stdout', 'stderr:format=console')\n"
            "log_message('said', text='hello')\n"
        )
        self.assertEqual(process.returncode, 0, process.stderr)
        (message,) = messages_in(process.stdout.encode())
        self.assertEqual(message["text"], "hello")
        self.assertEqual(process.stderr.count("\n"), 1)
        self.assertIn("hello", process.stderr)

    def test_colours(self) -> None:
        """
        There are colours on a terminal, and only there.
        """
        if not hasattr(os, "openpty"):
            raise SkipTest("there are no terminals on this system")
        self.patch(os, "environ", {"TERM": "xterm"})
        for end in (terminal := os.openpty()):
            self.addCleanup(os.close, end)
        _, writable = self.pipe()
        for number, colour in [(terminal[1], True), (writable, False)]:
            made = self.destination(f"fd:{number}:format=console")
            assert isinstance(made, Descriptor)
            self.assertIs(made.encoder, console_encoder(colour))


class OthersTests(KindsTestCase):
    """
    ``twisted`` and ``null``.
    """

    def test_twisted(self) -> None:
        """
        Messages go to Twisted's log.
        """
        self.assertIsInstance(self.destination("twisted"), TwistedDestination)

    def test_null(self) -> None:
        """
        Messages go nowhere.
        """
        service = describe(self.surroundings, "null").service
        service.startService()
        log_message("said")
        service.stopService()
