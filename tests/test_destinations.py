"""
The fan-out: every message, to every destination, whatever these do.
"""

from __future__ import annotations

import io
import json
from typing import cast

from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from eliot import (
    IEncodedDestination,
    ILogger,
    add_destinations,
    add_global_fields,
    log_message,
    remove_destination,
    start_action,
)
from eliot._encode import Encoder, encode
from eliot._fields import RESERVED
from tests.helpers import (
    Fields,
    Recorder,
    fresh_destinations,
    identity_of,
    in_forked_child,
    in_threads,
    level_of,
    of_type,
    text_of,
)
from tests.hostile import Mute


class Raising:
    """
    A destination that raises.

    :param error: what it raises.
    :ivar calls: how often it was called.
    """

    def __init__(self, error: BaseException | None = None) -> None:
        self._error = error or ValueError("no")
        self.calls = 0

    def __call__(self, message: Fields) -> None:
        """
        Raise.
        """
        self.calls += 1
        raise self._error


@implementer(IEncodedDestination)
class Encoded:
    """
    A destination that takes lines.

    :param encoder: what encodes them.
    :ivar lines: them.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.lines: list[bytes] = []

    def __call__(self, message: Fields) -> None:
        """
        Take a message.
        """
        self.write(self.encoder(message))

    def write(self, lines: bytes) -> None:
        """
        Take a line.
        """
        self.lines.append(lines)


class RaisingEncoded(Encoded):
    """
    One that raises when it is given lines.
    """

    def write(self, lines: bytes) -> None:
        """
        Raise.
        """
        super().write(lines)
        raise OSError(28, "full")


class CountingEncoder:
    """
    An encoder that counts.

    :ivar calls: how often it was called.
    """

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, message: Fields) -> bytes:
        """
        Encode a message.
        """
        self.calls += 1
        return encode(message)


class Equal:
    """
    A destination that is equal to others of the same name, such as a bound method is.

    :param name: its name.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equal) and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)

    def __call__(self, message: Fields) -> None:
        """
        Forget a message.
        """


class DestinationsTestCase(SynchronousTestCase):
    """
    A test with the destinations as they are after an import.
    """

    def setUp(self) -> None:
        """
        Begin anew.
        """
        self.destinations = fresh_destinations(self)

    def recorder(self) -> Recorder:
        """
        Add a recording destination.
        """
        recorder = Recorder()
        add_destinations(recorder)
        return recorder


class AddTests(DestinationsTestCase):
    """
    Adding and removing.
    """

    def test_interface(self) -> None:
        """
        The destinations are what the default logger is.
        """
        verifyObject(ILogger, self.destinations)

    def test_order(self) -> None:
        """
        Destinations are called in the order in which they were added.
        """
        calls: list[int] = []
        add_destinations(lambda message: calls.append(1), lambda message: calls.append(2))
        add_destinations(lambda message: calls.append(3))
        log_message("said")
        self.assertEqual(calls, [1, 2, 3])

    def test_live(self) -> None:
        """
        They are given the live message, the same one each.
        """
        given: list[Fields] = []
        add_destinations(given.append, given.append)
        log_message("said", value=(value := object()))
        self.assertIs(given[0], given[1])
        self.assertIs(given[0]["value"], value)

    def test_remove(self) -> None:
        """
        One that was removed gets no more.
        """
        first, second = self.recorder(), self.recorder()
        remove_destination(first)
        log_message("said")
        self.assertEqual((len(first.messages), len(second.messages)), (0, 1))

    def test_remove_by_equality(self) -> None:
        """
        Removing looks for one that is equal: a bound method is another object each time.
        """
        given: list[Fields] = []
        add_destinations(given.append, Equal("a"))
        remove_destination(given.append)
        remove_destination(Equal("a"))
        log_message("said")
        self.assertEqual(given, [])

    def test_remove_one(self) -> None:
        """
        One that was added twice is called twice, and removed once at a time.
        """
        recorder = self.recorder()
        add_destinations(recorder)
        log_message("twice")
        remove_destination(recorder)
        log_message("once")
        self.assertEqual(
            [each["message_type"] for each in recorder.messages], ["twice", "twice", "once"]
        )

    def test_remove_absent(self) -> None:
        """
        Removing one that is not there is a ValueError, which names it.
        """
        error = self.assertRaises(ValueError, remove_destination, print)
        self.assertIn("print", str(error))
        add_destinations(Equal("a"))
        self.assertRaises(ValueError, remove_destination, Equal("b"))

    def test_not_callable(self) -> None:
        """
        What cannot be called is refused at once, and nothing is added.
        """
        recorder = Recorder()
        self.assertRaises(TypeError, add_destinations, recorder, "stdout")
        log_message("said")
        self.assertEqual(recorder.messages, [])

    def test_none_left(self) -> None:
        """
        Where the last one was removed, messages go nowhere, and nothing is held.
        """
        recorder = self.recorder()
        remove_destination(recorder)
        log_message("unheard")
        add_destinations(recorder)
        self.assertEqual(recorder.messages, [])

    def test_add_while_sending(self) -> None:
        """
        A destination may add and remove destinations: that counts from the next message on.
        """
        late = Recorder()

        def change(message: Fields) -> None:
            remove_destination(change)
            add_destinations(late)

        add_destinations(change)
        log_message("first")
        log_message("second")
        self.assertEqual([each["message_type"] for each in late.messages], ["second"])


class BufferTests(DestinationsTestCase):
    """
    What was logged before.
    """

    def test_first_set(self) -> None:
        """
        The first destinations that are added, together, get what was logged before, in order.
        """
        log_message("one")
        log_message("two")
        first, second, late = Recorder(), Recorder(), Recorder()
        add_destinations(first, second)
        add_destinations(late)
        for recorder in (first, second):
            self.assertEqual([each["message_type"] for each in recorder.messages], ["one", "two"])
        self.assertEqual(late.messages, [])

    def test_identity(self) -> None:
        """
        They keep their identity and time.
        """
        with start_action(action_type="early") as action:
            log_message("said")
        [start, said, end] = self.recorder().messages
        self.assertEqual(
            [identity_of(each) for each in (start, said, end)],
            [(action.task_uuid, (number,)) for number in (1, 2, 3)],
        )
        self.assertTrue(
            cast(float, start["timestamp"])
            <= cast(float, said["timestamp"])
            <= cast(float, end["timestamp"])
        )

    def test_nothing_added(self) -> None:
        """
        Adding no destination at all is not adding the first: nothing gets lost.
        """
        log_message("early")
        add_destinations()
        log_message("not so early")
        self.assertEqual(
            [each["message_type"] for each in self.recorder().messages], ["early", "not so early"]
        )

    def test_dropped(self) -> None:
        """
        The last thousand are kept; a note comes before them that tells how many were dropped.
        """
        for number in range(1010):
            log_message("early", number=number)
        [note, *kept] = self.recorder().messages
        self.assertEqual((note["message_type"], note["count"]), ("eliot:messages_dropped", 10))
        self.assertEqual(note["task_level"], [1])
        self.assertEqual([each["number"] for each in kept], list(range(10, 1010)))

    def test_none_dropped(self) -> None:
        """
        Where none were dropped there is no note.
        """
        for _ in range(1000):
            log_message("early")
        self.assertEqual(len(self.recorder().messages), 1000)

    def test_frozen(self) -> None:
        """
        They are what was logged, whatever has become of their values since.
        """
        values: list[int] = [1]
        log_message("early", values=values, deep={"values": values})
        values.append(2)
        [message] = self.recorder().messages
        self.assertEqual((message["values"], message["deep"]), ([1], {"values": [1]}))

    def test_broken(self) -> None:
        """
        A destination that raises does not keep them from the others.
        """
        for _ in range(3):
            log_message("early")
        raising, recorder = Raising(), Recorder()
        add_destinations(raising, recorder)
        self.assertEqual(raising.calls, 3)
        self.assertEqual(len(of_type(recorder.messages, "early")), 3)
        self.assertEqual(len(of_type(recorder.messages, "eliot:destination_failure")), 1)

    def test_added_among_threads(self) -> None:
        """
        Adding the first destination while others log loses nothing, and duplicates nothing.
        """
        for _ in range(20):
            destinations = fresh_destinations(self)
            recorder = Recorder()

            def run(number: int, recorder: Recorder = recorder) -> None:
                if number == 0:
                    add_destinations(recorder)
                    return
                for each in range(100):
                    log_message("said", who=number, number=each)

            in_threads(4, run)
            told = [(each["who"], each["number"]) for each in recorder.messages]
            expected = {(number, each) for number in range(1, 4) for each in range(100)}
            self.assertEqual(len(told), 300)
            self.assertEqual(set(told), expected)
            destinations.remove(recorder)


class GlobalFieldsTests(DestinationsTestCase):
    """
    Fields that every message gets.
    """

    def test_added(self) -> None:
        """
        Messages that come after get them.
        """
        recorder = self.recorder()
        log_message("before")
        add_global_fields(process="web", number=1)
        add_global_fields(number=2)
        log_message("after")
        with start_action(action_type="after"):
            pass
        self.assertNotIn("process", recorder.messages[0])
        for message in recorder.messages[1:]:
            self.assertEqual((message["process"], message["number"]), ("web", 2))

    def test_buffered(self) -> None:
        """
        Those that come before the first destination reach what waits for it, and the note too.
        """
        for _ in range(1001):
            log_message("early")
        add_global_fields(process="web")
        messages = self.recorder().messages
        self.assertEqual(len(messages), 1001)
        self.assertEqual({each["process"] for each in messages}, {"web"})

    def test_too_late_for_buffered(self) -> None:
        """
        Those that come after it do not.
        """
        log_message("early")
        recorder = self.recorder()
        add_global_fields(process="web")
        self.assertNotIn("process", recorder.messages[0])

    def test_complaints(self) -> None:
        """
        Complaints about destinations get them as well.
        """
        add_global_fields(process="web")
        add_destinations(Raising())
        recorder = self.recorder()
        log_message("said")
        self.assertEqual({each["process"] for each in recorder.messages}, {"web"})

    def test_reserved(self) -> None:
        """
        The framework's own names are refused, by name, and nothing is added.
        """
        for name in RESERVED:
            error = self.assertRaises(ValueError, add_global_fields, **{name: 1, "process": "web"})
            self.assertIn(name, str(error))
        recorder = self.recorder()
        log_message("said")
        self.assertNotIn("process", recorder.messages[0])


class RaisingTests(DestinationsTestCase):
    """
    Destinations that raise.
    """

    def test_isolated(self) -> None:
        """
        The others get the message, those before it and those after it, and the one that raises is
        called again.
        """
        before, raising, after = Recorder(), Raising(), Recorder()
        add_destinations(before, raising, after)
        log_message("one")
        log_message("two")
        for recorder in (before, after):
            told = [
                each["message_type"]
                for each in recorder.messages
                if each["message_type"] != "eliot:destination_failure"
            ]
            self.assertEqual(told, ["one", "two"])
        self.assertEqual(raising.calls, 2)

    def test_complaint(self) -> None:
        """
        The others are told at once, with the exception and the message, in the current action.
        """
        recorder = Recorder()
        add_destinations(Raising(ValueError("no")), recorder)
        with start_action(action_type="around") as action:
            [complaint] = of_type(recorder.messages, "eliot:destination_failure")
            self.assertIn("'action_type': 'around'", text_of(complaint, "message"))
        self.assertEqual(
            (complaint["exception"], complaint["reason"], complaint["count"]),
            ("builtins.ValueError", "no", 1),
        )
        self.assertEqual(len({identity_of(each) for each in recorder.messages}), 3)
        self.assertNotEqual(complaint["task_uuid"], action.task_uuid)

    def test_added_again(self) -> None:
        """
        What was said of a destination while it was not there does not keep its first failure after
        it was added from being told at once.
        """
        raising, recorder = Raising(), Recorder()
        self.destinations.add(recorder)
        self.destinations.complain(raising, ValueError("before"))
        add_destinations(raising)
        log_message("said")
        complaints = of_type(recorder.messages, "eliot:destination_failure")
        self.assertEqual([each["count"] for each in complaints], [1, 1])

    def test_place(self) -> None:
        """
        It takes a place in the action in which the message was logged.
        """
        raising, recorder = Raising(), Recorder()
        add_destinations(recorder)
        with start_action(action_type="around") as action:
            add_destinations(raising)
            log_message("said")
        [complaint] = of_type(recorder.messages, "eliot:destination_failure")
        self.assertEqual(complaint["task_uuid"], action.task_uuid)
        self.assertEqual(level_of(complaint), [3])

    def test_not_told_each_time(self) -> None:
        """
        Later ones are not told each time; never does the one that raises get complaints about
        itself, so nothing recurses.
        """
        raising, recorder = Raising(), Recorder()
        add_destinations(raising, recorder)
        for _ in range(500):
            log_message("said")
        self.assertEqual(raising.calls, 500)
        self.assertEqual(len(of_type(recorder.messages, "said")), 500)
        self.assertEqual(len(of_type(recorder.messages, "eliot:destination_failure")), 1)

    def test_alone(self) -> None:
        """
        One that has nobody beside it that could be told harms nobody.
        """
        raising = Raising()
        add_destinations(raising)
        log_message("said")
        self.assertEqual(raising.calls, 1)

    def test_several(self) -> None:
        """
        Where several raise, a sound one is told of each, and no number of them recurses.
        """
        raising = [Raising(ValueError(str(number))) for number in range(10)]
        recorder = Recorder()
        add_destinations(*raising, recorder)
        for _ in range(20):
            log_message("said")
        told = of_type(recorder.messages, "eliot:destination_failure")
        self.assertEqual({each["reason"] for each in told}, {str(number) for number in range(10)})
        self.assertEqual(len(of_type(recorder.messages, "said")), 20)
        for each in raising:
            self.assertLess(each.calls, 20 + 20)

    def test_removed(self) -> None:
        """
        One that was removed and added again begins with a clean record.
        """
        raising, recorder = Raising(), Recorder()
        add_destinations(recorder)
        for _ in range(2):
            add_destinations(raising)
            log_message("said")
            remove_destination(raising)
        self.assertEqual(len(of_type(recorder.messages, "eliot:destination_failure")), 2)

    def test_logs_itself(self) -> None:
        """
        A destination that logs whatever it is given makes a loop, which is broken without harm to
        whoever logs.
        """
        recorder = Recorder()
        add_destinations(recorder, lambda message: log_message("loop"))
        log_message("said")
        self.assertEqual(len(of_type(recorder.messages, "said")), 1)
        log_message("after")
        self.assertEqual(len(of_type(recorder.messages, "after")), 1)

    def test_interrupted(self) -> None:
        """
        What is not an error passes through, and is no complaint.
        """
        recorder = Recorder()
        add_destinations(recorder, Raising(KeyboardInterrupt()))
        self.assertRaises(KeyboardInterrupt, log_message, "said")
        self.assertEqual([each["message_type"] for each in recorder.messages], ["said"])

    def test_exception_that_raises(self) -> None:
        """
        An exception that cannot be shown is told of all the same.
        """
        recorder = Recorder()
        add_destinations(Raising(Mute()), recorder)
        log_message("said")
        self.assertEqual(len(of_type(recorder.messages, "eliot:destination_failure")), 1)


class EncodedTests(DestinationsTestCase):
    """
    Destinations that take lines.
    """

    def test_once(self) -> None:
        """
        Each message is encoded once for all destinations that share an encoder.
        """
        encoder, other = CountingEncoder(), CountingEncoder()
        first, second, third = Encoded(encoder), Encoded(encoder), Encoded(other)
        verifyObject(IEncodedDestination, first)
        add_destinations(first, third, second)
        for _ in range(5):
            log_message("said")
        self.assertEqual((encoder.calls, other.calls), (5, 5))
        self.assertEqual(first.lines, second.lines)
        self.assertEqual(first.lines, third.lines)
        self.assertEqual([json.loads(each)["message_type"] for each in first.lines], ["said"] * 5)

    def test_not_without_destinations(self) -> None:
        """
        An encoder whose last destination was removed is not called.
        """
        encoder = CountingEncoder()
        destination = Encoded(encoder)
        add_destinations(destination)
        remove_destination(destination)
        log_message("said")
        self.assertEqual(encoder.calls, 0)

    def test_before_the_call_returns(self) -> None:
        """
        What is logged is what is written: neither later changes show, nor what another destination
        does to the message.
        """
        destination = Encoded(encode)

        def vandal(message: Fields) -> None:
            message.clear()

        add_destinations(vandal, destination)
        values = [1]
        log_message("said", values=values)
        values.append(2)
        message = json.loads(destination.lines[0])
        self.assertEqual((message["message_type"], message["values"]), ("said", [1]))

    def test_global_fields(self) -> None:
        """
        The lines have the global fields.
        """
        destination = Encoded(encode)
        add_destinations(destination)
        add_global_fields(process="web")
        log_message("said")
        self.assertEqual(json.loads(destination.lines[0])["process"], "web")

    def test_raising(self) -> None:
        """
        One that raises is told of through the others, in lines and in dictionaries, and costs
        them nothing.
        """
        raising, sound, recorder = RaisingEncoded(encode), Encoded(encode), Recorder()
        add_destinations(raising, sound, recorder)
        log_message("said")
        self.assertEqual(
            sorted(json.loads(each)["message_type"] for each in sound.lines),
            ["eliot:destination_failure", "said"],
        )
        [complaint] = of_type(recorder.messages, "eliot:destination_failure")
        self.assertEqual((complaint["exception"], complaint["errno"]), ("builtins.OSError", 28))
        self.assertEqual(len(raising.lines), 1)

    def test_raising_encoder(self) -> None:
        """
        A foreign encoder that raises costs its own destinations the message, and is told of: they
        are given nothing, not even nothing.
        """

        def broken(message: Fields) -> bytes:
            raise ZeroDivisionError

        first, second, recorder = Encoded(broken), Encoded(broken), Recorder()
        add_destinations(first, second, recorder)
        log_message("said")
        self.assertEqual((first.lines, second.lines), ([], []))
        self.assertEqual(len(of_type(recorder.messages, "said")), 1)
        told = of_type(recorder.messages, "eliot:destination_failure")
        self.assertEqual({each["exception"] for each in told}, {"builtins.ZeroDivisionError"})


class ForkTests(DestinationsTestCase):
    """
    Forked children.
    """

    def test_goes_on(self) -> None:
        """
        A child logs to what its parent logged to, and can change that, for itself, also if another
        thread of its parent was changing it just then.
        """
        recorder = self.recorder()
        lock = self.destinations._lock

        def child() -> str:
            log_message("in the child")
            other = Recorder()
            add_destinations(other)
            log_message("in the child")
            return f"{len(recorder.messages)} {len(other.messages)}"

        answers: list[str] = []

        def run(number: int) -> None:
            answers.append(in_forked_child(child))

        with lock:
            in_threads(1, run)
        self.assertEqual(answers, ["2 1"])
        self.assertEqual(recorder.messages, [])


class StandardOutputTests(DestinationsTestCase):
    """
    The documented example: a function that prints.
    """

    def test_prints(self) -> None:
        """
        Any function of one argument is a destination.
        """
        output = io.StringIO()
        add_destinations(lambda message: print(message["message_type"], file=output))
        log_message("said")
        self.assertEqual(output.getvalue(), "said\n")


class GroupTests(SynchronousTestCase):
    """
    The first destinations may come one by one, and get all that was logged before.
    """

    def setUp(self) -> None:
        """
        Start without destinations.
        """
        self.destinations = fresh_destinations(self)
        self.first, self.second = Recorder(), Recorder()

    def test_together(self) -> None:
        """
        Each message comes once to each of them, also what is logged meanwhile.
        """
        log_message("numbered", n=1)
        with self.destinations.adding_together():
            add_destinations(self.first)
            log_message("numbered", n=2)
            add_global_fields(field="value")
            with self.destinations.adding_together():
                add_destinations(self.second)
            self.assertEqual(self.first.messages, [])
        log_message("numbered", n=3)
        for each in (self.first, self.second):
            self.assertEqual([message["n"] for message in each.messages], [1, 2, 3])
            self.assertEqual({message["field"] for message in each.messages}, {"value"})

    def test_nobody(self) -> None:
        """
        Where none comes, or those that came go again, messages are held further.
        """
        log_message("numbered", n=1)
        with self.destinations.adding_together():
            add_destinations(self.first)
            remove_destination(self.first)
        add_destinations(self.second)
        self.assertEqual((len(self.first.messages), len(self.second.messages)), (0, 1))

    def test_raises(self) -> None:
        """
        Where something is raised, those that were added get what there is.
        """

        def fail() -> None:
            with self.destinations.adding_together():
                add_destinations(self.first)
                raise ZeroDivisionError

        log_message("numbered", n=1)
        self.assertRaises(ZeroDivisionError, fail)
        self.assertEqual(len(self.first.messages), 1)

    def test_later(self) -> None:
        """
        Where there are destinations already, nothing is different.
        """
        add_destinations(self.first)
        with self.destinations.adding_together():
            add_destinations(self.second)
            log_message("numbered", n=1)
            self.assertEqual((len(self.first.messages), len(self.second.messages)), (1, 1))

    def test_forked(self) -> None:
        """
        A child that is forked in the midst is not kept waiting for the end.
        """
        log_message("numbered", n=1)
        with self.destinations.adding_together():

            def child() -> str:
                add_destinations(self.first)
                return repr(len(self.first.messages))

            self.assertEqual(in_forked_child(child), "1")
