"""
Tests of :mod:`eliot.twisted._writer`.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import os
from collections.abc import Callable
from io import BytesIO
from threading import Event, Thread, current_thread
from typing import cast

from twisted.application.service import IService
from twisted.internet import reactor as real_reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface.verify import verifyObject

from eliot import (
    FileDestination,
    IEncodedDestination,
    add_destinations,
    add_global_fields,
    log_message,
    remove_destination,
    start_action,
    write_traceback,
)
from eliot._encode import encode
from eliot._interfaces import NotWritten
from eliot.twisted import ThreadedWriter, WriterCounts
from eliot.twisted._queue import Overflow
from eliot.twisted._reactor import ILoggingReactor
from eliot.twisted._threads import Joinable
from tests.helpers import PATIENCE, Fields, fresh_destinations, of_type, run_together, scratch
from tests.twisted.helpers import (
    Disk,
    FakeReactor,
    HeldThreads,
    JoinedThreads,
    OpenedDisk,
    await_event,
    messages_in,
    numbers,
)


class WriterTestCase(SynchronousTestCase):
    """
    Makes writers.
    """

    def setUp(self) -> None:
        """
        Start without destinations, and with a disk that works.
        """
        fresh_destinations(self)
        self.reactor = FakeReactor()
        self.disk: Disk = Disk()
        self.threads = JoinedThreads()
        self.held = HeldThreads()

    def writer(
        self,
        overflow: Overflow = "drop-newest",
        queue_bytes: int = 1 << 20,
        stop_timeout: float = 5.0,
    ) -> ThreadedWriter:
        """
        Make a writer to the disk, in real threads.
        """
        return ThreadedWriter(
            self.disk,
            self.reactor,
            queue_bytes=queue_bytes,
            overflow=overflow,
            stop_timeout=stop_timeout,
            start_thread=self.threads,
        )

    def held_writer(self) -> ThreadedWriter:
        """
        Make a writer to the disk, in threads that the test runs.
        """
        return ThreadedWriter(self.disk, self.reactor, start_thread=self.held)

    def run_held(self) -> None:
        """
        Run the newest thread to its end, and let the reactor know.
        """
        self.held.started[-1].run()
        self.reactor.turn()

    def stop(self, writer: ThreadedWriter) -> None:
        """
        Stop a writer, and wait for that.
        """
        stopped = writer.stopService()
        self.reactor.turn_until(stopped)
        self.assertIsNone(self.successResultOf(stopped))

    def hang(self, number: int) -> None:
        """
        Log a message which the thread hangs writing.
        """
        self.disk.hang()
        self.disk.entered.clear()
        log_message("numbered", n=number)
        await_event(self.disk.entered)

    def others(self) -> list[Fields]:
        """
        Add another destination.

        :returns: what it is going to get.
        """
        messages: list[Fields] = []
        add_destinations(messages.append)
        return messages


class ThreadedWriterTests(WriterTestCase):
    """
    A service that writes.
    """

    def test_interfaces(self) -> None:
        """
        A writer is a service, and a destination that takes encoded messages.
        """
        writer = self.writer()
        verifyObject(IService, writer)
        verifyObject(IEncodedDestination, writer)

    def test_fake_reactor(self) -> None:
        """
        The reactor of these tests provides what a writer asks for, and so does the real one.
        """
        verifyObject(ILoggingReactor, self.reactor)
        for interface in ILoggingReactor.__bases__:
            verifyObject(interface, real_reactor)

    def test_not_callable(self) -> None:
        """
        What cannot be a destination is refused at once.
        """
        self.assertRaises(TypeError, ThreadedWriter, object(), self.reactor)

    def test_adds_and_removes_itself(self) -> None:
        """
        While it runs the writer is among the destinations, and only then.
        """
        writer = self.writer()
        self.assertRaises(ValueError, remove_destination, writer)
        writer.startService()
        self.assertTrue(writer.running)
        log_message("numbered", n=1)
        self.stop(writer)
        self.assertFalse(writer.running)
        log_message("numbered", n=2)
        self.assertRaises(ValueError, remove_destination, writer)
        self.assertEqual(numbers(self.disk.messages), [1])

    def test_removed_while_draining(self) -> None:
        """
        It is removed when it is told to stop, not when it has.
        """
        writer = self.held_writer()
        writer.startService()
        writer.stopService()
        self.assertRaises(ValueError, remove_destination, writer)

    def test_start_up_buffer(self) -> None:
        """
        Messages that were logged before the start are written too.
        """
        log_message("numbered", n=1)
        writer = self.writer()
        log_message("numbered", n=2)
        writer.startService()
        self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), [1, 2])

    def test_no_thread_before_start(self) -> None:
        """
        There is no thread until the service starts, so that a process may become a daemon before.
        """
        writer = self.held_writer()
        self.assertEqual(self.held.started, [])
        writer.startService()
        self.assertEqual(len(self.held.started), 1)

    def test_frozen(self) -> None:
        """
        What is logged is what is written: later changes of a value do not show.
        """
        writer = self.held_writer()
        writer.startService()
        value = {"list": [1]}
        log_message("frozen", value=value)
        value["list"].append(2)
        writer.stopService()
        self.run_held()
        self.assertEqual(self.disk.messages[0]["value"], {"list": [1]})

    def test_in_thread(self) -> None:
        """
        The destination is called in the writer's thread alone.
        """
        called_in: list[Thread] = []
        writer = ThreadedWriter(
            lambda message: called_in.append(current_thread()),
            self.reactor,
            start_thread=self.threads,
        )
        writer.startService()
        log_message("one")
        log_message("two")
        self.stop(writer)
        self.assertEqual(called_in, self.threads.started * 2)

    def test_batches(self) -> None:
        """
        Messages that wait are written with one call.
        """
        writer = self.held_writer()
        writer.startService()
        for number in range(100):
            log_message("numbered", n=number)
        writer.stopService()
        self.run_held()
        self.assertEqual(len(self.disk.writes), 1)
        self.assertEqual(numbers(self.disk.messages), list(range(100)))

    def test_file(self) -> None:
        """
        Over a file, what comes out is what the file's own destination would write.
        """
        direct, threaded = BytesIO(), BytesIO()
        add_destinations(FileDestination(direct))
        writer = ThreadedWriter(FileDestination(threaded), self.reactor)
        writer.startService()
        with start_action(action_type="greet", name="Grüße \u2028") as action:
            action.log("said", raw=b"\xff", number=float("nan"))
        self.stop(writer)
        self.assertEqual(threaded.getvalue(), direct.getvalue())
        self.assertEqual(len(messages_in(direct.getvalue())), 3)

    def test_keeps_the_file(self) -> None:
        """
        The file stays open as long as the writer lives, though nobody else refers to it.
        """
        path = scratch(self) / "log"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
        self.addCleanup(os.close, descriptor)
        destination = FileDestination(open(descriptor, "ab", closefd=False))  # noqa: SIM115 (as many do)
        writer = ThreadedWriter(destination, self.reactor)
        del destination
        gc.collect()
        writer.startService()
        log_message("numbered", n=1)
        self.stop(writer)
        self.assertEqual(numbers(messages_in(path.read_bytes())), [1])

    def test_shared_encoder(self) -> None:
        """
        The writer encodes as the destination does, so both share the work where both are added.
        """

        class Encoder(json.JSONEncoder):
            """
            Knows sets.
            """

            def default(self, o: object) -> object:
                """
                Sort a set.
                """
                return sorted(o) if isinstance(o, set) else super().default(o)

        file = BytesIO()
        destination = FileDestination(file, encoder=Encoder)
        writer = ThreadedWriter(destination, self.reactor)
        self.assertIs(writer.encoder, destination.encoder)
        writer.startService()
        log_message("set", value={3, 1, 2})
        self.stop(writer)
        self.assertEqual(messages_in(file.getvalue())[0]["value"], [1, 2, 3])

    def test_called_by_hand(self) -> None:
        """
        Calling the writer, and giving it lines, does the same as logging.
        """
        writer = self.held_writer()
        writer.startService()
        writer({"n": 1})
        writer.write(encode({"n": 2}) + encode({"n": 3}))
        writer.stopService()
        self.run_held()
        self.assertEqual(numbers(self.disk.messages), [1, 2, 3])

    def test_behind_another(self) -> None:
        """
        A writer may stand behind another one, and take what comes before it is started.
        """
        second = self.held_writer()
        first = ThreadedWriter(second, self.reactor, start_thread=self.threads)
        first.startService()
        for number in range(3):
            log_message("numbered", n=number)
        self.stop(first)
        second.startService()
        second.stopService()
        self.run_held()
        self.assertEqual(numbers(self.disk.messages), [0, 1, 2])

    def test_many_threads(self) -> None:
        """
        Messages may come from any thread; none is lost, and each thread's keep their order.
        """
        writer = self.writer()
        writer.startService()

        def logging(thread: int) -> Callable[[], None]:
            def log() -> None:
                for number in range(500):
                    log_message("numbered", n=number, thread=thread)

            return log

        run_together(*map(logging, range(3)))
        self.stop(writer)
        for thread in range(3):
            mine = [each for each in self.disk.messages if each["thread"] == thread]
            self.assertEqual(numbers(mine), list(range(500)))


class PlainDestinationTests(WriterTestCase):
    """
    Behind a writer may stand a destination that takes messages.
    """

    def plain_writer(self, destination: Callable[[Fields], object]) -> ThreadedWriter:
        """
        Make a writer to a callable, in threads that the test runs.
        """
        return ThreadedWriter(destination, self.reactor, start_thread=self.held)

    def test_decoded(self) -> None:
        """
        It is given what can be read from the line, message by message.
        """
        messages: list[Fields] = []
        writer = self.plain_writer(messages.append)
        writer.startService()
        log_message("one", value=(1, {2}), text="a\nb\r\u2028\x85c")
        log_message("two")
        writer.stopService()
        self.run_held()
        self.assertEqual([each["message_type"] for each in messages], ["one", "two"])
        self.assertEqual(messages[0]["value"], [1, [2]])
        self.assertEqual(messages[0]["text"], "a\nb\r\u2028\x85c")

    def test_raising(self) -> None:
        """
        One message that it cannot take costs no other; the others learn of it.
        """
        others = self.others()
        messages: list[Fields] = []

        def destination(message: Fields) -> None:
            if message.get("n") == 1:
                raise ValueError("not that one")
            messages.append(message)

        writer = self.plain_writer(destination)
        writer.startService()
        for number in range(3):
            log_message("numbered", n=number)
        writer.stopService()
        self.run_held()
        self.assertEqual(numbers(messages), [0, 2])
        (complaint,) = of_type(others, "eliot:destination_failure")
        self.assertEqual(complaint["exception"], "builtins.ValueError")
        self.assertEqual(complaint["reason"], "not that one")

    def test_raising_is_counted(self) -> None:
        """
        What it could not take is counted, and told of once it works again, as for any other.
        """
        messages: list[Fields] = []

        def destination(message: Fields) -> None:
            if message.get("n") in {0, 1}:
                raise ValueError("not that one")
            messages.append(message)

        writer = self.plain_writer(destination)
        writer.startService()
        for number in range(3):
            log_message("numbered", n=number)
        writer.stopService()
        self.run_held()
        self.assertEqual(numbers(messages), [2])
        (note,) = of_type(messages, "eliot:messages_dropped")
        self.assertEqual(note["count"], 2)


class BrokenDestinationTests(WriterTestCase):
    """
    A destination that fails or hangs harms nobody.
    """

    def test_told(self) -> None:
        """
        The other destinations are told what it raised; the writer itself is not.
        """
        others = self.others()
        writer = self.held_writer()
        writer.startService()
        self.disk.error = OSError(28, "No space left on device")
        log_message("numbered", n=1)
        writer.stopService()
        self.run_held()
        (complaint,) = of_type(others, "eliot:destination_failure")
        self.assertEqual(complaint["exception"], "builtins.OSError")
        self.assertIn("No space left on device", str(complaint["reason"]))
        self.assertEqual(self.disk.writes, [])

    def test_counted(self) -> None:
        """
        The messages that were lost are counted, and told of once the destination works again.
        """
        writer = self.writer()
        writer.startService()
        self.hang(1)
        self.disk.error = OSError(28, "No space left on device")
        log_message("numbered", n=2)
        self.disk.entered.clear()
        self.disk.permit()
        await_event(self.disk.entered)
        self.disk.error = None
        self.disk.recover()
        self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), [2])
        (note,) = of_type(self.disk.messages, "eliot:messages_dropped")
        self.assertEqual(note["count"], 1)

    def test_note(self) -> None:
        """
        The note of lost messages is a message as any other, with a task of its own.
        """
        writer = self.writer(queue_bytes=100)
        writer.startService()
        log_message("too large", text="x" * 100)
        self.stop(writer)
        (note,) = self.disk.messages
        self.assertEqual((note["count"], note["task_level"]), (1, [1]))
        self.assertIsInstance(note["task_uuid"], str)
        self.assertIsInstance(note["timestamp"], float)
        self.assertIsInstance(note["reason"], str)

    def test_note_has_global_fields(self) -> None:
        """
        The note of lost messages has the fields that every message has.
        """
        add_global_fields(process="web")
        writer = self.writer(queue_bytes=1000)
        writer.startService()
        self.hang(0)
        for number in range(1, 100):
            log_message("numbered", n=number)
        self.disk.recover()
        self.stop(writer)
        (note,) = of_type(self.disk.messages, "eliot:messages_dropped")
        self.assertEqual(note["process"], "web")

    def test_hanging(self) -> None:
        """
        While the destination hangs, whoever logs goes on, memory stays bounded, and afterwards
        each message is either written or counted.
        """
        writer = self.writer(queue_bytes=10_000)
        writer.startService()
        self.hang(0)
        for number in range(1, 2000):
            log_message("numbered", n=number)
        self.assertEqual(self.disk.writes, [])
        self.disk.recover()
        self.stop(writer)
        self.assertLess(len(self.disk.lines), 12_000)
        written = numbers(self.disk.messages)
        self.assertEqual(written, list(range(len(written))))
        (note,) = of_type(self.disk.messages, "eliot:messages_dropped")
        self.assertEqual(note["count"], 2000 - len(written))

    def overfill(self, writer: ThreadedWriter) -> None:
        """
        Log more than there is room for while the destination hangs, then a failure.
        """
        writer.startService()
        self.hang(0)
        for number in range(1, 1000):
            log_message("numbered", n=number)
        with start_action(action_type="fails") as action:
            action.finish(ValueError("no"))

    def fill_and_fail(self, writer: ThreadedWriter) -> list[Fields]:
        """
        Log more than there is room for while the destination hangs, then failures.

        :returns: what was written in the end.
        """
        self.overfill(writer)
        try:
            raise ValueError("no")
        except ValueError:
            write_traceback()
        self.disk.recover()
        self.stop(writer)
        return self.disk.messages

    def test_failures_kept(self) -> None:
        """
        Failures and tracebacks are kept when ordinary messages are dropped.
        """
        messages = self.fill_and_fail(self.writer(queue_bytes=20_000))
        self.assertLess(len(numbers(messages)), 1000)
        self.assertEqual(len(of_type(messages, "eliot:traceback")), 1)
        statuses = [each["action_status"] for each in messages if "action_status" in each]
        self.assertEqual(statuses, ["failed"])

    def test_failures_kept_with_encoder(self) -> None:
        """
        So they are where the destination has an encoder of its own, which spells JSON otherwise.
        """

        class Encoder(json.JSONEncoder):
            """
            Spells JSON with spaces.
            """

            def encode(self, o: object) -> str:
                """
                Encode as usual.
                """
                return super().encode(o)

        self.disk.encoder = FileDestination(BytesIO(), encoder=Encoder).encoder
        messages = self.fill_and_fail(self.writer(queue_bytes=20_000))
        self.assertLess(len(numbers(messages)), 1000)
        self.assertEqual(len(of_type(messages, "eliot:traceback")), 1)
        statuses = [each["action_status"] for each in messages if "action_status" in each]
        self.assertEqual(statuses, ["failed"])

    def test_failures_kept_on_a_console(self) -> None:
        """
        So they are where the lines are no JSON, and their encoder says what marks a failure.
        """

        class Console:
            """
            Makes lines for people.
            """

            failure_marks = (b"!",)

            def __call__(self, message: Fields) -> bytes:
                """
                Make a line.
                """
                failed = message.get("action_status") == "failed" or "traceback" in message
                return b"!\n" if failed else b"-\n"

        self.disk.encoder = Console()
        writer = self.writer(queue_bytes=8000)
        self.overfill(writer)
        self.disk.recover()
        self.stop(writer)
        self.assertEqual(self.disk.lines.count(b"!"), 1)
        self.assertLess(self.disk.lines.count(b"-"), 1000)

    def test_logging_destination(self) -> None:
        """
        A destination that logs does not make the writer write for ever.
        """
        messages: list[Fields] = []

        def destination(message: Fields) -> None:
            messages.append(message)
            if message.get("n") == 1:
                log_message("numbered", n=2)

        writer = ThreadedWriter(destination, self.reactor, start_thread=self.threads)
        writer.startService()
        log_message("numbered", n=1)
        self.reactor.turn_until(writer.flush())
        self.stop(writer)
        self.assertEqual(numbers(messages), [1, 2])


class StoppingTests(WriterTestCase):
    """
    Stopping waits for what was logged, but not for ever.
    """

    def test_waits(self) -> None:
        """
        The Deferred fires, in the reactor's thread, when everything is written.
        """
        writer = self.held_writer()
        writer.startService()
        log_message("numbered", n=1)
        stopped = writer.stopService()
        self.assertNoResult(stopped)
        self.held.started[0].run()
        self.assertNoResult(stopped)
        self.reactor.turn()
        self.assertIsNone(self.successResultOf(stopped))
        self.assertEqual(numbers(self.disk.messages), [1])
        self.assertEqual(self.held.started[0].joins, [])

    def test_no_clock_left(self) -> None:
        """
        Nothing is left in the reactor once it has stopped, nor while it runs.
        """
        writer = self.writer()
        writer.startService()
        self.assertEqual(self.reactor.getDelayedCalls(), [])
        self.stop(writer)
        self.assertEqual(self.reactor.getDelayedCalls(), [])
        self.assertTrue(self.reactor.idle)

    def test_twice(self) -> None:
        """
        Whoever stops it again waits for the same end; later there is nothing to wait for.
        """
        writer = self.held_writer()
        writer.startService()
        first, second = writer.stopService(), writer.stopService()
        self.run_held()
        self.assertIsNone(self.successResultOf(first))
        self.assertIsNone(self.successResultOf(second))
        self.assertIsNone(self.successResultOf(writer.stopService()))

    def test_before_start(self) -> None:
        """
        One that never ran has stopped already, and can be started after that.
        """
        writer = self.writer()
        self.assertIsNone(self.successResultOf(writer.stopService()))
        writer.startService()
        log_message("numbered", n=1)
        self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), [1])

    def test_start_twice(self) -> None:
        """
        Starting it again while it runs does nothing.
        """
        writer = self.held_writer()
        writer.startService()
        writer.startService()
        self.assertEqual(len(self.held.started), 1)
        log_message("numbered", n=1)
        writer.stopService()
        self.run_held()
        self.assertEqual(numbers(self.disk.messages), [1])

    def test_restart(self) -> None:
        """
        One that was stopped can be started again, any number of times.
        """
        writer = self.writer()
        for number in range(5):
            writer.startService()
            log_message("numbered", n=number)
            self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), [0, 1, 2, 3, 4])

    def test_restart_while_stopping(self) -> None:
        """
        One that has not yet stopped can be started again; nothing is lost, everybody is told.
        """
        writer = self.held_writer()
        writer.startService()
        log_message("numbered", n=1)
        first = writer.stopService()
        writer.startService()
        log_message("numbered", n=2)
        self.held.started[0].run()
        self.reactor.turn()
        second = writer.stopService()
        self.assertNoResult(second)
        self.run_held()
        self.assertIsNone(self.successResultOf(first))
        self.assertIsNone(self.successResultOf(second))
        self.assertEqual(numbers(self.disk.messages), [1, 2])

    def test_restart_ends_the_wait(self) -> None:
        """
        The time limit of a stop that was followed by a start is forgotten: nobody complains.
        """
        others = self.others()
        writer = self.held_writer()
        writer.startService()
        writer.stopService()
        writer.startService()
        self.held.started[0].run()
        self.reactor.turn()
        self.reactor.advance(60.0)
        self.assertEqual(of_type(others, "eliot:destination_failure"), [])
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_own_time_limit(self) -> None:
        """
        Each stop has all of its time, whatever became of the one before.
        """
        writer = self.held_writer()
        writer.startService()
        writer.stopService()
        self.reactor.advance(4.0)
        writer.startService()
        second = writer.stopService()
        self.reactor.advance(4.0)
        self.assertNoResult(second)
        self.reactor.advance(1.5)
        self.assertIsNone(self.successResultOf(second))

    def test_time_limit(self) -> None:
        """
        Where the destination hangs, the Deferred fires when the time is up, not before.
        """
        writer = self.writer(stop_timeout=3.0)
        writer.startService()
        self.hang(0)
        self.addCleanup(self.threads.join)
        self.addCleanup(self.disk.recover)
        stopped = writer.stopService()
        self.reactor.advance(2.9)
        self.assertNoResult(stopped)
        self.reactor.advance(0.2)
        self.assertIsNone(self.successResultOf(stopped))

    def test_unwritten(self) -> None:
        """
        When the time is up, the others are told how many messages are unwritten, those that are
        being written among them.
        """
        others = self.others()
        writer = self.writer(stop_timeout=3.0)
        writer.startService()
        self.hang(0)
        self.addCleanup(self.threads.join)
        self.addCleanup(self.disk.recover)
        for number in (1, 2):
            log_message("numbered", n=number)
        writer.stopService()
        self.reactor.advance(3.0)
        (complaint,) = of_type(others, "eliot:destination_failure")
        self.assertEqual(complaint["exception"], "builtins.TimeoutError")
        self.assertRegex(str(complaint["reason"]), r"3\.0 seconds\b.*\b3 lines")

    def test_recovers_late(self) -> None:
        """
        A destination that goes on after the time limit gets what was queued; the writer's late
        end changes nothing, also when it has been started again meanwhile.
        """
        writer = self.writer()
        writer.startService()
        self.hang(0)
        log_message("numbered", n=1)
        writer.stopService()
        self.reactor.advance(5.0)
        writer.startService()
        log_message("numbered", n=2)
        self.disk.recover()
        self.threads.started[0].join()
        self.reactor.turn()
        self.stop(writer)
        self.assertEqual(sorted(map(str, numbers(self.disk.messages))), ["0", "1", "2"])

    def test_logged_while_stopping(self) -> None:
        """
        Lines that somebody still gives to it while it stops, or after, are written.
        """
        writer = self.held_writer()
        writer.startService()
        writer.stopService()
        writer.write(encode({"n": 1}))
        self.run_held()
        writer.write(encode({"n": 2}))
        self.assertEqual(numbers(self.disk.messages), [1, 2])

    def test_removed_by_hand(self) -> None:
        """
        A writer that somebody has removed from the destinations stops as any other.
        """
        writer = self.held_writer()
        writer.startService()
        log_message("numbered", n=1)
        remove_destination(writer)
        stopped = writer.stopService()
        self.run_held()
        self.assertIsNone(self.successResultOf(stopped))
        self.assertEqual(numbers(self.disk.messages), [1])

    def test_no_thread(self) -> None:
        """
        Where no thread can be started, starting the service says so; it is not among the
        destinations then, it can be stopped, and it starts once there are threads again.
        """
        available = False

        def start_thread(function: Callable[[], None]) -> Thread:
            if not available:
                raise RuntimeError("can't start new thread")
            return self.threads(function)

        writer = ThreadedWriter(self.disk, self.reactor, start_thread=start_thread)
        self.assertRaises(RuntimeError, writer.startService)
        self.assertRaises(ValueError, remove_destination, writer)
        self.assertIsNone(self.successResultOf(writer.stopService()))
        available = True
        writer.startService()
        log_message("numbered", n=1)
        self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), [1])


class StoppingAtOnceTests(WriterTestCase):
    """
    Where no reactor runs, stopping waits for the thread.
    """

    def setUp(self) -> None:
        """
        Take the reactor away.
        """
        super().setUp()
        self.reactor.running = False

    def test_all_is_written(self) -> None:
        """
        Everything is written when the call returns, and the Deferred has fired.
        """
        writer = self.writer()
        writer.startService()
        for number in range(3000):
            log_message("numbered", n=number)
        self.assertIsNone(self.successResultOf(writer.stopService()))
        self.assertEqual(numbers(self.disk.messages), list(range(3000)))
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_time_limit(self) -> None:
        """
        It waits no longer than it may, and then tells the others how much is unwritten.
        """
        others = self.others()
        writer = self.writer(stop_timeout=0.01)
        writer.startService()
        self.hang(0)
        self.addCleanup(self.threads.join)
        self.addCleanup(self.disk.recover)
        log_message("numbered", n=1)
        self.assertIsNone(self.successResultOf(writer.stopService()))
        self.assertEqual(self.disk.writes, [])
        (complaint,) = of_type(others, "eliot:destination_failure")
        self.assertRegex(str(complaint["reason"]), r"0\.01 seconds\b.*\b2 lines")

    def test_waiting_for_the_end(self) -> None:
        """
        If the reactor ends while somebody waits, stopping again waits for the thread, and both
        are told.
        """
        self.reactor.running = True
        writer = self.writer()
        writer.startService()
        self.hang(0)
        first = writer.stopService()
        self.assertNoResult(first)
        self.reactor.running = False
        self.disk.recover()
        self.assertIsNone(self.successResultOf(writer.stopService()))
        self.assertIsNone(self.successResultOf(first))
        self.assertEqual(numbers(self.disk.messages), [0])
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_restart(self) -> None:
        """
        It can be started and stopped again.
        """
        writer = self.writer()
        for number in range(3):
            writer.startService()
            log_message("numbered", n=number)
            self.assertIsNone(self.successResultOf(writer.stopService()))
        self.assertEqual(numbers(self.disk.messages), [0, 1, 2])


class FlushTests(WriterTestCase):
    """
    One can wait until what was logged so far is written.
    """

    def test_queued(self) -> None:
        """
        The Deferred fires, in the reactor's thread, when that is written; the writer goes on.
        """
        writer = self.writer()
        writer.startService()
        self.hang(1)
        flushed = writer.flush()
        self.assertTrue(self.reactor.idle)
        self.disk.recover()
        self.reactor.turn_until(flushed)
        self.assertIsNone(self.successResultOf(flushed))
        self.assertEqual(numbers(self.disk.messages), [1])
        log_message("numbered", n=2)
        self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), [1, 2])

    def test_nothing_queued(self) -> None:
        """
        It fires also where nothing was logged, or all has been written.
        """
        writer = self.writer()
        writer.startService()
        self.addCleanup(self.stop, writer)
        self.reactor.turn_until(writer.flush())
        log_message("numbered", n=1)
        self.reactor.turn_until(writer.flush())
        self.reactor.turn_until(writer.flush())

    def test_not_running(self) -> None:
        """
        Where no thread runs there is nothing to wait for.
        """
        writer = self.writer()
        self.assertIsNone(self.successResultOf(writer.flush()))
        writer.startService()
        self.stop(writer)
        flushed = writer.flush()
        # The thread, which has told that it is over, may still be there.
        self.reactor.turn_until(flushed)
        self.assertIsNone(self.successResultOf(flushed))

    def test_stopped_meanwhile(self) -> None:
        """
        It fires also where the writer is stopped right after.
        """
        writer = self.writer()
        writer.startService()
        flushed = writer.flush()
        self.stop(writer)
        self.reactor.turn_until(flushed)

    def test_failing(self) -> None:
        """
        It fires also where the destination fails: nothing more can be hoped for then.
        """
        writer = self.writer()
        writer.startService()
        self.disk.error = OSError("disk full")
        log_message("numbered", n=1)
        self.reactor.turn_until(writer.flush())
        self.stop(writer)


class OverflowTests(WriterTestCase):
    """
    What happens to messages for which there is no room can be chosen.
    """

    def test_unknown(self) -> None:
        """
        A choice that does not exist is refused; those that do are listed.
        """
        wrongs: tuple[object, ...] = ("drop", "", None, 3, [])
        for wrong in wrongs:
            error = self.assertRaises(
                ValueError,
                ThreadedWriter,
                self.disk,
                self.reactor,
                overflow=wrong,
            )
            for name in ("drop-newest", "drop-oldest", "block", repr(wrong)):
                self.assertIn(name, str(error))

    def test_drop_oldest(self) -> None:
        """
        The newest messages are written, in order; the others are told of, once.
        """
        writer = self.writer("drop-oldest", 20_000)
        writer.startService()
        self.hang(0)
        for number in range(1, 500):
            log_message("numbered", n=number)
        self.disk.recover()
        self.stop(writer)
        written = numbers(self.disk.messages)
        self.assertEqual(written, [0, *range(501 - len(written), 500)])
        self.assertGreater(len(written), 30)
        (note,) = of_type(self.disk.messages, "eliot:messages_dropped")
        self.assertEqual(note["count"], 500 - len(written))

    def test_block(self) -> None:
        """
        Whoever logs waits, and nothing is lost.
        """
        writer = self.writer("block", 2000)
        writer.startService()
        self.hang(0)

        def log() -> None:
            for number in range(1, 300):
                log_message("numbered", n=number)

        logging = Thread(target=log, daemon=True)
        logging.start()
        self.disk.recover()
        logging.join(PATIENCE)
        self.assertFalse(logging.is_alive())
        self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), list(range(300)))
        self.assertEqual(writer.counts, WriterCounts(0, 0, 300, 0, 0))

    def test_block_until_the_deadline(self) -> None:
        """
        When the time for stopping has passed, whoever waits goes on, and what it logged counts as
        dropped; it is told of when the service runs again.
        """
        writer = self.writer("block", 2000)
        writer.startService()
        self.hang(0)
        full = Event()

        def log() -> None:
            while not full.is_set():
                log_message("filling")
                if writer.counts.queued_bytes > 1700:
                    full.set()
            for _ in range(3):
                log_message("waiting")

        logging = Thread(target=log, daemon=True)
        logging.start()
        await_event(full)
        stopped = writer.stopService()
        self.reactor.advance(5.0)
        self.assertIsNone(self.successResultOf(stopped))
        logging.join(PATIENCE)
        self.assertFalse(logging.is_alive())
        writer.startService()
        self.disk.recover()
        self.stop(writer)
        counts = writer.counts
        logged = len(of_type(self.disk.messages, "filling"))
        waiting = len(of_type(self.disk.messages, "waiting"))
        self.assertEqual((counts.queued, counts.queued_bytes), (0, 0))
        self.assertEqual(counts.written, 1 + logged + waiting)
        dropped = of_type(self.disk.messages, "eliot:messages_dropped")
        self.assertEqual(sum(cast("int", each["count"]) for each in dropped), counts.dropped)

    def test_logging_destination(self) -> None:
        """
        A destination that logs, and failures that others are told of, never wait: neither in this
        writer's thread nor in another's.
        """
        second = ThreadedWriter(
            self.disk, self.reactor, queue_bytes=600, overflow="block", start_thread=self.threads
        )

        def destination(message: Fields) -> None:
            log_message("echo", text="x" * 100)
            raise ValueError("and it fails")

        first = ThreadedWriter(
            destination, self.reactor, queue_bytes=600, overflow="block", start_thread=self.threads
        )
        second.startService()
        self.disk.hang()
        first.startService()
        first.write(encode({"n": 1}) * 50)
        self.reactor.turn_until(first.flush())
        self.disk.recover()
        self.stop(first)
        self.stop(second)
        self.assertGreater(second.counts.dropped, 0)


class CountsTests(WriterTestCase):
    """
    A writer tells what has become of the lines.
    """

    def test_all(self) -> None:
        """
        Each line is queued, then written or dropped; attempts that fail are counted, too.
        """
        writer = self.writer(queue_bytes=2000)
        self.assertEqual(writer.counts, WriterCounts(0, 0, 0, 0, 0))
        writer.startService()
        self.hang(0)
        for number in range(1, 100):
            log_message("numbered", n=number)
        counts = writer.counts
        self.assertEqual((counts.written, counts.failures), (0, 0))
        self.assertEqual(counts.queued + counts.dropped, 100)
        self.assertTrue(1000 < counts.queued_bytes <= 2000, counts)
        self.disk.error = OSError("disk full")
        self.disk.recover()
        self.reactor.turn_until(writer.flush())
        counts = writer.counts
        self.assertEqual((counts.queued, counts.written, counts.dropped), (0, 0, 100))
        self.assertGreater(counts.failures, 0)
        self.disk.error = None
        writer.write(encode({"n": 1}) * 3)
        self.stop(writer)
        self.assertEqual(
            writer.counts, dataclasses.replace(counts, written=3, queued=0, queued_bytes=0)
        )

    def test_restart(self) -> None:
        """
        The numbers are those of all runs, also while an earlier one still writes.
        """
        writer = self.held_writer()
        writer.startService()
        log_message("numbered", n=1)
        writer.stopService()
        self.run_held()
        writer.startService()
        log_message("numbered", n=2)
        writer.stopService()
        writer.startService()
        log_message("numbered", n=3)
        self.assertEqual((writer.counts.written, writer.counts.queued), (1, 2))
        self.held.started[1].run()
        writer.stopService()
        self.run_held()
        self.assertEqual((writer.counts.written, writer.counts.queued), (3, 0))

    def test_frozen(self) -> None:
        """
        They are a snapshot that nobody can change.
        """
        counts = self.writer().counts
        self.assertRaises(dataclasses.FrozenInstanceError, setattr, counts, "written", 1)


class RetryTests(WriterTestCase):
    """
    A destination that cannot write for the moment is tried again.
    """

    def setUp(self) -> None:
        """
        Have a disk that is full.
        """
        super().setUp()
        self.disk.error = NotWritten(OSError(28, "No space left on device"), encode({"n": 1}))

    def stuck_writer(self) -> ThreadedWriter:
        """
        Start a writer that tries again.
        """
        writer = self.writer()
        writer.startService()
        self.disk.entered.clear()
        writer.write(encode({"n": 1}))
        await_event(self.disk.entered)
        return writer

    def test_recovers(self) -> None:
        """
        Nothing is lost; the others learn of it at once, and the destination when it is over.
        """
        others = self.others()
        complained = Event()
        add_destinations(lambda message: complained.set())
        writer = self.stuck_writer()
        await_event(complained)
        writer.write(encode({"n": 2}))
        self.disk.error = None
        self.reactor.turn_until(writer.flush())
        self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), [1, 2])
        (complaint,) = of_type(others, "eliot:destination_failure")
        self.assertIn("No space left on device", str(complaint["reason"]))
        (told,) = of_type(self.disk.messages, "eliot:destination_recovered")
        self.assertEqual(told["count"], writer.counts.failures)
        self.assertEqual(writer.counts.dropped, 0)

    def test_deadline(self) -> None:
        """
        Stopping gives up when its time has passed, and counts; the thread ends.
        """
        writer = self.stuck_writer()
        writer.write(encode({"n": 2}) * 2)
        stopped = writer.stopService()
        self.assertNoResult(stopped)
        self.reactor.advance(5.0)
        self.assertIsNone(self.successResultOf(stopped))
        self.threads.join()
        self.assertEqual(writer.counts.queued, 0)
        # This disk says each time that one line was not written.
        self.assertEqual((writer.counts.written, writer.counts.dropped), (1, 2))

    def test_deadline_without_reactor(self) -> None:
        """
        So it does where it waits for the thread.
        """
        self.reactor.running = False
        writer = self.writer(stop_timeout=0.01)
        writer.startService()
        writer.write(encode({"n": 1}))
        self.assertIsNone(self.successResultOf(writer.stopService()))
        self.threads.join()
        self.assertEqual(writer.counts.dropped, 1)

    def test_restart_meanwhile(self) -> None:
        """
        What an earlier run could not write yet is written first, by that, once it can be.
        """
        writer = self.stuck_writer()
        writer.stopService()
        writer.startService()
        writer.write(encode({"n": 2}))
        self.disk.error = None
        self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), [1, 2])

    def test_two_deadlines(self) -> None:
        """
        Whoever stops it again after such a restart gives up on both runs in the end.
        """
        writer = self.stuck_writer()
        writer.stopService()
        self.reactor.advance(4.0)
        writer.startService()
        writer.write(encode({"n": 2}))
        second = writer.stopService()
        self.reactor.advance(4.0)
        self.assertNoResult(second)
        self.reactor.advance(1.0)
        self.assertIsNone(self.successResultOf(second))
        self.threads.join()
        self.assertEqual(writer.counts.dropped, 2)

    def test_told_after_restart(self) -> None:
        """
        What was dropped by a run that could not tell it is told of by the next, once.
        """
        self.disk.error = ValueError("closed")
        writer = self.writer()
        writer.startService()
        for number in range(5):
            log_message("numbered", n=number)
        self.stop(writer)
        self.disk.error = None
        for number in range(5, 7):
            writer.startService()
            log_message("numbered", n=number)
            self.stop(writer)
        self.assertEqual(numbers(self.disk.messages), [5, 6])
        recovered, note = self.disk.messages[1:3]
        self.assertEqual(recovered["message_type"], "eliot:destination_recovered")
        self.assertEqual(note["count"], 5)
        self.assertEqual(len(self.disk.messages), 4)


class OpenedTests(WriterTestCase):
    """
    A destination that holds something open is opened and closed with the service.
    """

    def setUp(self) -> None:
        """
        Have such a disk.
        """
        super().setUp()
        self.disk = self.opened = OpenedDisk()

    def test_in_order(self) -> None:
        """
        It is opened, looks around, is written to, and closed when all is written.
        """
        writer = self.held_writer()
        self.assertEqual(self.opened.calls, [])
        writer.startService()
        self.assertEqual(self.opened.calls, ["open", "settle"])
        log_message("numbered", n=1)
        writer.stopService()
        self.assertEqual(self.opened.calls, ["open", "settle"])
        self.run_held()
        self.assertEqual(self.opened.calls, ["open", "settle", "write", "close"])

    def test_privileged(self) -> None:
        """
        Under twistd it is opened by the privileged start, and looks around later.
        """
        writer = self.held_writer()
        writer.privilegedStartService()
        self.assertEqual(self.opened.calls, ["open"])
        self.assertRaises(ValueError, remove_destination, writer)
        self.assertEqual(self.held.started, [])
        writer.startService()
        self.assertEqual(self.opened.calls, ["open", "settle"])
        writer.stopService()
        self.run_held()
        self.assertEqual(self.opened.calls, ["open", "settle", "close"])

    def test_never_started(self) -> None:
        """
        Where the start does not follow, stopping closes it.
        """
        writer = self.held_writer()
        writer.privilegedStartService()
        self.assertIsNone(self.successResultOf(writer.stopService()))
        self.assertEqual(self.opened.calls, ["open", "close"])

    def test_privileged_fails(self) -> None:
        """
        What opening raises then is what twistd gets; it can be tried again.
        """
        self.opened.open_error = PermissionError(13, "Permission denied", "/log")
        writer = self.held_writer()
        error = self.assertRaises(PermissionError, writer.privilegedStartService)
        self.assertIs(error, self.opened.open_error)
        self.assertIsNone(self.successResultOf(writer.stopService()))
        self.opened.open_error = None
        writer.privilegedStartService()
        self.assertEqual(self.opened.calls, ["open"])

    def test_start_fails(self) -> None:
        """
        What opening raises, the start raises: the service does not run then, nor is it among the
        destinations; and it can be tried again, without losing what was logged before.
        """
        log_message("numbered", n=1)
        self.opened.open_error = PermissionError(13, "Permission denied", "/log")
        writer = self.held_writer()
        self.assertRaises(PermissionError, writer.startService)
        self.assertFalse(writer.running)
        self.assertRaises(ValueError, remove_destination, writer)
        self.assertEqual(self.held.started, [])
        self.opened.open_error = None
        writer.startService()
        writer.stopService()
        self.run_held()
        self.assertEqual(numbers(self.opened.messages), [1])

    def test_no_thread(self) -> None:
        """
        Where no thread can be started it is closed again; what was logged meanwhile is written by
        the next start.
        """
        available = False

        def start_thread(function: Callable[[], None]) -> Joinable:
            if not available:
                raise RuntimeError("can't start new thread")
            return self.held(function)

        log_message("numbered", n=1)
        writer = ThreadedWriter(self.opened, self.reactor, start_thread=start_thread)
        writer.privilegedStartService()
        self.assertRaises(RuntimeError, writer.startService)
        self.assertEqual(self.opened.calls, ["open", "settle", "close"])
        self.assertRaises(ValueError, remove_destination, writer)
        available = True
        writer.startService()
        writer.stopService()
        self.run_held()
        self.assertEqual(numbers(self.opened.messages), [1])
        self.assertEqual(self.opened.calls[-1], "close")

    def test_settling_is_logged(self) -> None:
        """
        What it has to say when it looks around is written to itself, too.
        """
        self.opened.settles = lambda: log_message("settled", n=2)
        log_message("numbered", n=1)
        writer = self.held_writer()
        writer.startService()
        writer.stopService()
        self.run_held()
        self.assertEqual(numbers(self.opened.messages), [1, 2])

    def test_settling_fails(self) -> None:
        """
        Should that raise, the others are told, and the service runs.
        """
        others = self.others()

        def fail() -> None:
            raise ValueError("what?")

        self.opened.settles = fail
        writer = self.held_writer()
        writer.startService()
        self.assertTrue(writer.running)
        self.assertEqual(len(of_type(others, "eliot:destination_failure")), 1)

    def test_restart(self) -> None:
        """
        Each run opens and closes it.
        """
        writer = self.writer()
        for _ in range(3):
            writer.startService()
            log_message("one")
            self.stop(writer)
            self.threads.join()
        self.assertEqual(self.opened.calls, ["open", "settle", "write", "close"] * 3)

    def test_restart_while_draining(self) -> None:
        """
        Where the run before still writes, it stays open, and the last one closes it.
        """
        writer = self.held_writer()
        writer.startService()
        log_message("numbered", n=1)
        writer.stopService()
        writer.startService()
        log_message("numbered", n=2)
        self.held.started[0].run()
        self.assertEqual(self.opened.calls, ["open", "settle", "write"])
        writer.stopService()
        self.held.started[1].run()
        self.assertEqual(self.opened.calls, ["open", "settle", "write", "close"])
        self.assertEqual(numbers(self.opened.messages), [1, 2])

    def test_at_once(self) -> None:
        """
        It is closed also where stopping waits for the thread.
        """
        self.reactor.running = False
        writer = self.writer()
        writer.startService()
        log_message("one")
        writer.stopService()
        self.assertEqual(self.opened.calls, ["open", "settle", "write", "close"])

    def test_written_directly(self) -> None:
        """
        As long as lines may come that their authors write, it stays open; stopping closes it.
        """
        writer = self.writer()
        writer.startService()
        log_message("numbered", n=1)
        self.reactor.running = False
        writer.write_directly()
        log_message("numbered", n=2)
        self.assertEqual(self.opened.calls, ["open", "settle", "write"])
        self.assertEqual(numbers(self.opened.messages), [1, 2])
        writer.stopService()
        self.assertEqual(self.opened.calls[-1], "close")

    def test_forked(self) -> None:
        """
        In a forked child, where the thread is not, stopping closes it at once, and it is opened
        anew when the service starts again.
        """
        writer = self.held_writer()
        writer.startService()
        writer._run._renew_after_fork()
        writer.reopen()
        self.assertIsNone(self.successResultOf(writer.flush()))
        self.assertIsNone(self.successResultOf(writer.stopService()))
        self.assertEqual(self.opened.calls, ["open", "settle", "close"])
        writer.startService()
        writer.stopService()
        self.run_held()
        self.assertEqual(self.opened.calls, ["open", "settle", "close"] * 2)

    def test_forked_while_draining(self) -> None:
        """
        So it is where the child's parent was stopping it, and the child starts it.
        """
        writer = self.held_writer()
        writer.startService()
        stopped = writer.stopService()
        writer._run._renew_after_fork()
        writer.startService()
        self.assertIsNone(self.successResultOf(stopped))
        self.assertEqual(self.opened.calls, ["open", "settle", "close", "open", "settle"])

    def test_too_late(self) -> None:
        """
        Lines that somebody still gives it after it was closed are counted, and others told.
        """
        others = self.others()
        writer = self.writer()
        writer.startService()
        write = writer.write
        self.stop(writer)
        self.threads.join()
        write(encode({"n": 1}))
        self.assertEqual(writer.counts.dropped, 1)
        self.assertEqual(len(of_type(others, "eliot:destination_failure")), 1)
        writer.startService()
        write(encode({"n": 2}))
        self.stop(writer)
        self.assertEqual(numbers(self.opened.messages), [2])

    def test_closing_fails(self) -> None:
        """
        What closing raises, the others are told.
        """
        others = self.others()
        self.opened.close_error = OSError("gone")
        writer = self.writer()
        writer.startService()
        self.stop(writer)
        self.assertEqual(len(of_type(others, "eliot:destination_failure")), 1)


class ReopenTests(WriterTestCase):
    """
    A destination can be opened anew while the writer runs.
    """

    def setUp(self) -> None:
        """
        Have such a disk.
        """
        super().setUp()
        self.disk = self.opened = OpenedDisk()

    def test_in_order(self) -> None:
        """
        It is done by the thread, after what was logged before.
        """
        writer = self.writer()
        writer.startService()
        self.hang(1)
        log_message("numbered", n=2)
        writer.reopen()
        self.assertNotIn("reopen", self.opened.calls)
        self.disk.recover()
        self.reactor.turn_until(writer.flush())
        self.assertEqual(self.opened.calls, ["open", "settle", "write", "reopen"])
        self.assertEqual(numbers(self.opened.messages), [1, 2])
        log_message("numbered", n=3)
        self.stop(writer)
        self.assertEqual(self.opened.calls[-3:], ["reopen", "write", "close"])

    def test_stuck(self) -> None:
        """
        Where nothing can be written, it is done at once, since that may help; and only once.
        """
        self.disk.error = NotWritten(OSError(28, "No space left on device"), encode({"n": 1}))
        reopened = Event()
        original = self.opened.reopen

        def reopen() -> None:
            original()
            self.disk.error = None
            reopened.set()

        self.opened.reopen = reopen  # type: ignore[method-assign]  # for this test
        writer = self.writer()
        writer.startService()
        log_message("numbered", n=1)
        await_event(self.disk.entered)
        writer.reopen()
        await_event(reopened)
        self.stop(writer)
        self.assertEqual(self.opened.calls.count("reopen"), 1)
        self.assertEqual(numbers(self.opened.messages), [1])

    def test_fails(self) -> None:
        """
        If it fails, the others are told, and what was open is written to.
        """
        others = self.others()
        self.opened.reopen_error = OSError("no such folder")
        writer = self.writer()
        writer.startService()
        writer.reopen()
        self.reactor.turn_until(writer.flush())
        log_message("numbered", n=1)
        self.stop(writer)
        (complaint,) = of_type(others, "eliot:destination_failure")
        self.assertEqual(complaint["reason"], "no such folder")
        self.assertEqual(numbers(self.opened.messages), [1])

    def test_written_directly(self) -> None:
        """
        Where the thread has ended, but lines may come, it is done by the caller.
        """
        writer = self.writer()
        writer.startService()
        writer.write_directly()
        writer.reopen()
        self.assertEqual(self.opened.calls, ["open", "settle", "reopen"])

    def test_nothing_to_do(self) -> None:
        """
        Nothing happens where the service does not run, or has a destination that is not opened.
        """
        others = self.others()
        writer = self.writer()
        writer.reopen()
        writer.startService()
        self.stop(writer)
        writer.reopen()
        self.assertEqual(self.opened.calls, ["open", "settle", "close"])
        plain = ThreadedWriter(Disk(), self.reactor, start_thread=self.threads)
        plain.startService()
        plain.reopen()
        self.stop(plain)
        self.assertEqual(others, [])


class RealReactorTests(TestCase):
    """
    The same under the reactor that runs these tests.
    """

    def setUp(self) -> None:
        """
        Start a writer.
        """
        fresh_destinations(self)
        self.disk = Disk()
        self.writer = ThreadedWriter(self.disk, real_reactor)
        self.writer.startService()
        self.addCleanup(self.writer.stopService)

    def test_stop(self) -> Deferred[None]:
        """
        Everything that was logged is written when the Deferred fires.
        """
        for number in range(2000):
            log_message("numbered", n=number)

        def check(_: None) -> None:
            self.assertEqual(numbers(self.disk.messages), list(range(2000)))

        return self.writer.stopService().addCallback(check)

    def test_flush(self) -> Deferred[list[None]]:
        """
        Several may wait for what they have logged.
        """

        def log_and_wait(number: int) -> Deferred[None]:
            log_message("numbered", n=number)

            def check(_: None) -> None:
                self.assertIn(number, numbers(self.disk.messages))

            return self.writer.flush().addCallback(check)

        return gatherResults([log_and_wait(number) for number in range(10)])

    def test_time_limit(self) -> Deferred[None]:
        """
        The reactor goes on while the destination hangs, and the Deferred fires when the time is
        up.
        """
        self.disk.hang()
        self.addCleanup(self.disk.recover)
        writer = ThreadedWriter(self.disk, real_reactor, stop_timeout=0.05)
        writer.startService()
        log_message("numbered", n=1)

        def check(_: None) -> None:
            self.assertEqual(self.disk.writes, [])
            self.assertRaises(ValueError, remove_destination, writer)

        return writer.stopService().addCallback(check)
