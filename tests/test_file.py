"""
Logging to a file.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from pathlib import Path
from typing import IO, cast

from twisted.python.logfile import LogFile
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import (
    FileDestination,
    IEncodedDestination,
    add_destinations,
    log_message,
    remove_destination,
    start_action,
    to_file,
)
from eliot._encode import encode
from tests.helpers import (
    Fields,
    Recorder,
    fresh_destinations,
    in_threads,
    level_of,
    of_type,
    run_child,
    scratch,
)


class Odd:
    """
    A value that only some encoders know.
    """


class OddEncoder(json.JSONEncoder):
    """
    One of them.
    """

    def default(self, o: object) -> object:
        """
        Turn it into a text.
        """
        return "odd" if isinstance(o, Odd) else super().default(o)


def odd_default(value: object) -> object:
    """
    Turn it into a text.
    """
    if isinstance(value, Odd):
        return "odd"
    raise TypeError


def messages_in(data: bytes | Path) -> list[Fields]:
    """
    Read the messages in a file.

    :raises ValueError: if a line is not JSON.
    """
    data = data.read_bytes() if isinstance(data, Path) else data
    assert data.endswith(b"\n") or not data, data
    return [json.loads(line) for line in data.splitlines()]


class ToFileTests(SynchronousTestCase):
    """
    Logging to a file in one call.
    """

    def setUp(self) -> None:
        """
        Begin anew.
        """
        fresh_destinations(self)
        self.path = scratch(self) / "test.log"

    def test_messages(self) -> None:
        """
        All messages are in the file, one a line, when the calls that logged them return.
        """
        log_message("early")
        with self.path.open("ab") as file:
            to_file(file)
            with start_action(action_type="deed", name="é\n"):
                [early, start] = messages_in(self.path)
                self.assertEqual(early["message_type"], "early")
                self.assertEqual(
                    (start["action_type"], start["action_status"], start["name"]),
                    ("deed", "started", "é\n"),
                )
                self.assertEqual(start["task_level"], [1])
                self.assertIsInstance(start["timestamp"], float)
            self.assertEqual(len(messages_in(self.path)), 3)
        self.assertIn("é".encode(), self.path.read_bytes())

    def test_removed(self) -> None:
        """
        What it gives can be removed.
        """
        file = io.BytesIO()
        destination = to_file(file)
        remove_destination(destination)
        log_message("said")
        self.assertEqual(file.getvalue(), b"")

    def test_kinds(self) -> None:
        """
        Files of all kinds will do.
        """
        data, text = io.BytesIO(), io.StringIO()
        ascii_data = io.BytesIO()
        console = io.TextIOWrapper(ascii_data, encoding="ascii")
        log_file = cast(IO[bytes], LogFile("rotated.log", str(self.path.parent)))
        with (
            self.path.open("ab", buffering=0) as unbuffered,
            self.path.with_suffix(".text").open("w", encoding="utf-8") as text_file,
        ):
            for file in (data, text, console, log_file, unbuffered, text_file):
                to_file(file)
            log_message("said", name="é")
        log_file.close()
        for written in (
            data.getvalue(),
            text.getvalue().encode(),
            ascii_data.getvalue(),
            self.path.parent / "rotated.log",
            self.path,
            self.path.with_suffix(".text"),
        ):
            [message] = messages_in(written)
            self.assertEqual((message["message_type"], message["name"]), ("said", "é"))

    def test_rotated(self) -> None:
        """
        Twisted's own rotation never splits a message.
        """
        log_file = LogFile("rotated.log", str(self.path.parent), rotateLength=2000)
        to_file(cast(IO[bytes], log_file))
        for number in range(50):
            log_message("said", number=number, text="x" * 100)
        log_file.close()
        files = sorted(self.path.parent.glob("rotated.log*"))
        self.assertGreater(len(files), 3)
        numbers = [each["number"] for path in files for each in messages_in(path)]
        self.assertEqual(sorted(numbers, key=str), sorted(range(50), key=str))

    def test_refused(self) -> None:
        """
        A file that cannot be written to is refused at once, by name, and not added.
        """
        self.path.write_bytes(b"")
        with self.path.open("rb") as file:
            error = self.assertRaises(RuntimeError, to_file, file)
            self.assertIn("test.log", str(error))
        closed = self.path.open("ab")
        closed.close()
        error = self.assertRaises(RuntimeError, to_file, closed)
        self.assertIn("test.log", str(error))
        log_message("said")
        recorder = Recorder()
        add_destinations(recorder)
        self.assertEqual(len(of_type(recorder.messages, "said")), 1)

    def test_encoders(self) -> None:
        """
        A class and a function for values that JSON does not know are both taken.
        """
        files = [io.BytesIO() for _ in range(4)]
        to_file(files[0], OddEncoder)
        to_file(files[1], encoder=OddEncoder)
        to_file(files[2], json_default=odd_default)
        to_file(files[3])
        log_message("said", value=[Odd(), b"bytes"])
        for file in files[:3]:
            [message] = messages_in(file.getvalue())
            self.assertEqual(message["value"], ["odd", "bytes"])
            self.assertNotIn("eliot:encoding", message)
        [message] = messages_in(files[3].getvalue())
        self.assertEqual(message["eliot:encoding"], ["value"])

    def test_encoders_refused(self) -> None:
        """
        Both at once, and what is neither, are refused.
        """
        for arguments in (
            {"encoder": OddEncoder, "json_default": odd_default},
            {"encoder": odd_default},
            {"encoder": OddEncoder()},
            {"json_default": "odd"},
        ):
            self.assertRaises(TypeError, to_file, io.BytesIO(), **arguments)

    def test_among_threads(self) -> None:
        """
        Messages of many threads are each a line.
        """
        with self.path.open("ab") as file, start_action(action_type="deed") as action:
            to_file(file)

            def run(number: int) -> None:
                for _ in range(300):
                    action.log("said", text="x" * 3000)

            in_threads(4, run)
        said = of_type(messages_in(self.path), "said")
        self.assertEqual(sorted(level_of(each) for each in said), [[n] for n in range(2, 1202)])


class FileDestinationTests(SynchronousTestCase):
    """
    The destination itself.
    """

    def test_interface(self) -> None:
        """
        It is a destination of lines, which shares the ordinary encoder.
        """
        file = io.BytesIO()
        destination = FileDestination(file=file)
        verifyObject(IEncodedDestination, destination)
        self.assertIs(destination.encoder, encode)
        self.assertIs(destination.file, file)

    def test_called(self) -> None:
        """
        It can be called with a message, as any destination.
        """
        file = io.BytesIO()
        FileDestination(file)({"a": 1})
        self.assertEqual(file.getvalue(), b'{"a":1}\n')

    def test_write(self) -> None:
        """
        It takes any number of lines at once.
        """
        file = io.BytesIO()
        FileDestination(file).write(b'{"a":1}\n{"a":2}\n')
        self.assertEqual(file.getvalue(), b'{"a":1}\n{"a":2}\n')

    def test_representation(self) -> None:
        """
        For people, it shows its file.
        """
        path = scratch(self) / "test.log"
        with path.open("ab") as file:
            self.assertEqual(repr(FileDestination(file)), f"<FileDestination {str(path)!r}>")


class TroubleTests(SynchronousTestCase):
    """
    Files that make trouble later.
    """

    def setUp(self) -> None:
        """
        Begin anew.
        """
        fresh_destinations(self)
        self.recorder = Recorder()

    def test_closed(self) -> None:
        """
        A file that is closed while it is logged to harms nobody, and is told of.
        """
        path = scratch(self) / "test.log"
        for file in (path.open("ab"), path.open("a", encoding="utf-8"), io.BytesIO()):
            fresh_destinations(self)
            recorder = Recorder()
            destination = to_file(file)
            add_destinations(recorder)
            file.close()
            log_message("said")
            [told] = of_type(recorder.messages, "eliot:destination_failure")
            self.assertEqual(told["exception"], "builtins.ValueError")
            self.assertEqual(len(of_type(recorder.messages, "said")), 1)
            remove_destination(destination)

    def test_full_device(self) -> None:
        """
        A full disk is told of through the other destinations.
        """
        if not os.path.exists("/dev/full"):
            self.skipTest("There is no such device here.")
        with contextlib.suppress(OSError), open("/dev/full", "ab") as file:
            # Closing it tries once more to write what it holds.
            to_file(file)
            add_destinations(self.recorder)
            log_message("said")
        [told] = of_type(self.recorder.messages, "eliot:destination_failure")
        self.assertEqual((told["exception"], told["errno"]), ("builtins.OSError", 28))

    def test_full_disk(self) -> None:
        """
        On a disk that is full for a while, the messages before and after are whole, and the other
        destination is told.
        """
        path = scratch(self) / "test.log"
        child = run_child(
            "import resource, sys\n"
            "from eliot import add_destinations, log_message, to_file\n"
            "def limit(size):\n"
            "    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
            "    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))\n"
            "file = open(sys.argv[1], 'ab')\n"
            "to_file(file)\n"
            "add_destinations(lambda message: print(message['message_type']))\n"
            "log_message('before')\n"
            "limit(1000)\n"
            "log_message('long', text='x' * 1500)\n"
            "log_message('in between')\n"
            "limit(resource.RLIM_INFINITY)\n"
            "log_message('after')\n"
            "file.close()\n",
            str(path),
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        self.assertEqual(
            child.stdout.split("\n"),
            ["before", "eliot:destination_failure", "long", "in between", "after", ""],
        )
        whole = []
        for line in path.read_bytes().split(b"\n"):
            try:
                whole.append(json.loads(line)["message_type"])
            except ValueError:
                continue
        self.assertEqual((whole[0], whole[-1]), ("before", "after"))

    def test_killed(self) -> None:
        """
        What was logged is in the file also if the process is killed right after.
        """
        path = scratch(self) / "test.log"
        child = run_child(
            "import os, signal, sys\n"
            "from eliot import log_message, to_file\n"
            "to_file(open(sys.argv[1], 'ab'))\n"
            "log_message('last words')\n"
            "os.kill(os.getpid(), signal.SIGKILL)\n",
            str(path),
        )
        self.assertEqual(child.returncode, -9)
        [message] = messages_in(path)
        self.assertEqual(message["message_type"], "last words")

    def test_signal_in_the_midst(self) -> None:
        """
        A signal handler that logs while a line is being written does not wait for ever.
        """
        path = scratch(self) / "test.log"
        child = run_child(
            "import signal, sys\n"
            "from eliot import log_message, to_file\n"
            "signal.signal(signal.SIGALRM, lambda *signal: log_message('alarm'))\n"
            "file = open(sys.argv[1], 'a')\n"
            "to_file(file)\n"
            "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
            "for _ in range(3000): log_message('said', text='x' * 2000)\n"
            "signal.setitimer(signal.ITIMER_REAL, 0)\n"
            "file.close()\n",
            str(path),
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        messages = messages_in(path)
        self.assertEqual(len(of_type(messages, "said")), 3000)
        self.assertGreater(len(of_type(messages, "alarm")), 0)
