"""
Tests of :mod:`eliot.twisted._amp_argument`.
"""

from __future__ import annotations

from twisted.protocols.amp import AmpBox, Command, Integer
from twisted.trial.unittest import SynchronousTestCase

from eliot import start_action, start_task
from eliot._ids import MAXIMUM_LENGTH
from eliot.twisted._amp_argument import TaskId, argument_names, command_name, task_id_name
from tests.helpers import record
from tests.twisted.weighing import Weigh, WeighOld


class Hyphenated(Command):
    """
    A command whose names are none of Python's.
    """

    commandName = b"hyphen-\xff"  # noqa: N815 (Twisted's name)
    arguments = [(b"task-id", TaskId()), (b"car-count", Integer())]


def sent(command: type[Command] = Weigh, **arguments: object) -> dict[bytes, bytes]:
    """
    Make what is sent for a command.
    """
    return dict(command.makeArguments(arguments, None))


class TaskIdTests(SynchronousTestCase):
    """
    What is sent, and what comes in.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        record(self)

    def test_place(self) -> None:
        """
        Each call takes a place of its own in the current action.
        """
        with start_action(action_type="ferry:load") as action:
            self.assertEqual(sent(cars=1)[b"task_id"], f"{action.task_uuid}@/2".encode())
            self.assertEqual(sent(cars=1)[b"task_id"], f"{action.task_uuid}@/3".encode())

    def test_nowhere(self) -> None:
        """
        Outside of all actions nothing is sent.
        """
        self.assertEqual(sent(cars=1), {b"cars": b"1"})

    def test_given(self) -> None:
        """
        An identifier that is given, as bytes or text, is sent instead.
        """
        other = start_task(action_type="other").serialize_task_id()
        with start_action(action_type="ferry:load") as action:
            self.assertEqual(sent(cars=1, task_id=other)[b"task_id"], other)
            self.assertEqual(sent(cars=1, task_id=other.decode())[b"task_id"], other)
            self.assertEqual(action.next_level(), [2])

    def test_given_something_else(self) -> None:
        """
        What is no identifier at all is as good as nothing.
        """
        with start_action(action_type="ferry:load") as action:
            for wrong in (None, 3, object()):
                task_id = sent(cars=1, task_id=wrong)[b"task_id"]
                self.assertTrue(task_id.startswith(action.task_uuid.encode()))

    def test_not_ascii(self) -> None:
        """
        Nor does a text harm the call that is no identifier.
        """
        self.assertEqual(sent(cars=1, task_id="\xe9")[b"task_id"], b"\\xe9")

    def test_too_long(self) -> None:
        """
        An identifier that nobody would read, and that might not even be sent, is left out.
        """
        long = b"x" * MAXIMUM_LENGTH
        self.assertEqual(sent(cars=1, task_id=long)[b"task_id"], long)
        self.assertEqual(sent(cars=1, task_id=long + b"x"), {b"cars": b"1"})

    def test_received(self) -> None:
        """
        What has come in is handed on as it is.
        """
        for task_id in (b"", b"\xff", b"x" * 65535):
            box = AmpBox(cars=b"1", task_id=task_id)
            objects = Weigh.parseArguments(box, None)
            self.assertEqual(objects, {"cars": 1, "task_id": task_id})

    def test_not_received(self) -> None:
        """
        A peer need not send it.
        """
        objects = Weigh.parseArguments(AmpBox(cars=b"1"), None)
        self.assertEqual(objects, {"cars": 1, "task_id": None})

    def test_not_known(self) -> None:
        """
        A peer need not know it.
        """
        objects = WeighOld.parseArguments(AmpBox(cars=b"1", task_id=b"x@/2"), None)
        self.assertEqual(objects, {"cars": 1})

    def test_hyphen(self) -> None:
        """
        Its name may be one that Python does not allow.
        """
        box = sent(Hyphenated, car_count=1, task_id="x@/2")
        self.assertEqual(box, {b"car-count": b"1", b"task-id": b"x@/2"})
        objects = Hyphenated.parseArguments(AmpBox(box), None)
        self.assertEqual(objects, {"car_count": 1, "task_id": b"x@/2"})


class NamesTests(SynchronousTestCase):
    """
    The names of a command, and of what it is given.
    """

    def test_task_id_name(self) -> None:
        """
        The argument is found, if there is one.
        """
        names = [task_id_name(each) for each in (Weigh, WeighOld, Hyphenated)]
        self.assertEqual(names, ["task_id", None, "task_id"])

    def test_argument_names(self) -> None:
        """
        The others are named as Python has them.
        """
        names = [argument_names(each) for each in (Weigh, WeighOld, Hyphenated)]
        self.assertEqual(names, [["cars"], ["cars"], ["car_count"]])

    def test_command_name(self) -> None:
        """
        A command is named as it is on the wire.
        """
        names = [command_name(each) for each in (Weigh, WeighOld, Hyphenated)]
        self.assertEqual(names, ["Weigh", "Weigh", "hyphen-\\xff"])
