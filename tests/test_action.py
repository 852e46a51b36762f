"""
Actions: they start, cause others, and succeed or fail, once.
"""

from __future__ import annotations

import time
from contextvars import copy_context

from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import (
    Action,
    Logger,
    Message,
    current_action,
    log_message,
    measure_durations,
    start_action,
    start_task,
)
from eliot._interfaces import MessageSerializer
from tests.helpers import (
    BrokenLogger,
    Fields,
    RecordingLogger,
    identity_of,
    in_threads,
    level_of,
    of_type,
    record,
)
from tests.hostile import Hostile

#: The fields of every action's messages.
STAMP = {"task_uuid", "task_level", "timestamp", "action_type", "action_status"}


class Named:
    """
    A serializer that does nothing.
    """

    def serialize(self, message: Fields) -> None:
        """
        Do nothing.
        """


class Serializers:
    """
    One serializer for each kind of message of an action.
    """

    def __init__(self) -> None:
        self.start: MessageSerializer | None = Named()
        self.success: MessageSerializer | None = Named()
        self.failure: MessageSerializer | None = Named()


class StartTests(SynchronousTestCase):
    """
    An action that has started.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_again(self) -> None:
        """
        An action that has started does not start again.
        """
        start_action(action_type="deed").start(name="again")
        self.assertEqual(len(self.messages), 1)

    def test_representation(self) -> None:
        """
        For people, an action shows its type, its state and its place.
        """
        with start_action(action_type="deed") as action:
            child = start_action(action_type="child")
        self.assertEqual(repr(action), f"<Action 'deed' succeeded {action.task_uuid}@/>")
        self.assertEqual(repr(child), f"<Action 'child' started {action.task_uuid}@/2>")


class BlockTests(SynchronousTestCase):
    """
    Actions as context managers.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_succeeds(self) -> None:
        """
        An action is the current one in its block, and succeeds at its end.
        """
        with start_action(action_type="deed") as action:
            self.assertIs(current_action(), action)
        self.assertIsNone(current_action())
        end = self.messages[-1]
        self.assertEqual(set(end), STAMP)
        self.assertEqual((end["action_status"], end["task_level"]), ("succeeded", [2]))

    def test_fails(self) -> None:
        """
        An exception that leaves the block is why the action has failed; it goes on.
        """
        error = ValueError("no")
        raised: BaseException | None = None
        try:
            with start_action(action_type="deed"):
                raise error
        except ValueError as caught:
            raised = caught
        self.assertIs(raised, error)
        self.assertIsNone(current_action())
        end = self.messages[-1]
        self.assertEqual(set(end), STAMP | {"exception", "reason"})
        self.assertEqual(
            (end["action_status"], end["exception"], end["reason"]),
            ("failed", "builtins.ValueError", "no"),
        )

    def test_fails_unusually(self) -> None:
        """
        So is one that is not an error.
        """

        def run() -> None:
            with start_action(action_type="deed"):
                raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, run)
        self.assertEqual(self.messages[-1]["exception"], "builtins.KeyboardInterrupt")

    def test_finished_inside(self) -> None:
        """
        An action that was finished in its block does not finish again at its end.
        """
        with start_action(action_type="deed") as action:
            action.finish(ValueError())
        self.assertEqual([each["action_status"] for each in self.messages], ["started", "failed"])

    def test_context(self) -> None:
        """
        In a block of its context an action is the current one, and does not end with it.
        """
        action = start_action(action_type="deed")
        with action.context() as given:
            self.assertIs(given, action)
            self.assertIs(current_action(), action)
        self.assertIsNone(current_action())
        self.assertEqual(len(self.messages), 1)

    def test_context_raises(self) -> None:
        """
        Nor does it end if an exception leaves that block.
        """
        action = start_action(action_type="deed")

        def run() -> None:
            with action.context():
                raise ValueError

        self.assertRaises(ValueError, run)
        self.assertIsNone(current_action())
        self.assertEqual(len(self.messages), 1)

    def test_run(self) -> None:
        """
        A function can be called in an action, which does not end with it.
        """
        action = start_action(action_type="deed")

        def function(*args: object, **kwargs: object) -> object:
            self.assertIs(current_action(), action)
            return args, kwargs

        self.assertEqual(action.run(function, 1, function=2), ((1,), {"function": 2}))
        self.assertIsNone(current_action())
        self.assertEqual(len(self.messages), 1)

    def test_run_raises(self) -> None:
        """
        What it raises goes on.
        """
        action = start_action(action_type="deed")
        self.assertRaises(ZeroDivisionError, action.run, lambda: 1 // 0)
        self.assertIsNone(current_action())
        self.assertEqual(len(self.messages), 1)

    def test_left_in_foreign_context(self) -> None:
        """
        A block that is left in another context ends its action, changes nothing there, and does
        not raise.
        """
        action = start_action(action_type="deed")
        copy_context().run(action.__enter__)
        with start_action(action_type="here") as here:
            action.__exit__(None, None, None)
            self.assertIs(current_action(), here)
        self.assertEqual(of_type(self.messages, "deed")[-1]["action_status"], "succeeded")


class FinishTests(SynchronousTestCase):
    """
    Ending actions.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def statuses(self) -> list[object]:
        """
        List what has been told of actions.
        """
        return [each["action_status"] for each in self.messages]

    def test_first_counts(self) -> None:
        """
        Only the first end counts.
        """
        action = start_action(action_type="deed")
        action.finish()
        action.finish()
        action.finish(ValueError())
        self.assertEqual(self.statuses(), ["started", "succeeded"])

    def test_never_started(self) -> None:
        """
        An action that was never started can end, and does not start then.
        """
        with start_action(action_type="parent") as parent:
            child = parent.child(None, "child")
        child.finish()
        child.start()
        [end] = of_type(self.messages, "child")
        self.assertEqual((end["action_status"], end["task_level"]), ("succeeded", [2, 2]))

    def test_failure(self) -> None:
        """
        A Failure is as good as the exception in it.
        """
        start_action(action_type="deed").finish(Failure(FileNotFoundError(2, "missing")))
        end = self.messages[-1]
        self.assertEqual(
            (end["action_status"], end["exception"], end["errno"]),
            ("failed", "builtins.FileNotFoundError", 2),
        )

    def test_neither(self) -> None:
        """
        What is neither exception nor Failure ends the action as failed all the same.
        """
        for wrong in ("no", ValueError, Hostile("")):
            start_action(action_type="deed").finish(wrong)
        ends = self.messages[1::2]
        self.assertEqual([each["action_status"] for each in ends], ["failed"] * 3)
        self.assertEqual([each["exception"] for each in ends], ["builtins.TypeError"] * 3)

    def test_success_fields(self) -> None:
        """
        Success fields, from one call or several, are in the end message of an action that
        succeeds.
        """
        with start_action(action_type="deed", name="start") as action:
            action.add_success_fields(count=1, size=1)
            action.add_success_fields(count=2, self=3)
        end = self.messages[-1]
        self.assertEqual(set(end), STAMP | {"count", "size", "self"})
        self.assertEqual((end["count"], end["size"], end["self"]), (2, 1, 3))

    def test_success_fields_of_failed(self) -> None:
        """
        They are not in that of one that fails.
        """
        action = start_action(action_type="deed")
        action.add_success_fields(count=1)
        action.finish(ValueError())
        self.assertNotIn("count", self.messages[-1])

    def test_success_fields_lose(self) -> None:
        """
        Those of the framework's names lose.
        """
        action = start_action(action_type="deed")
        action.add_success_fields(task_uuid="mine", action_status="x", task_level=[9])
        action.finish()
        end = self.messages[-1]
        self.assertEqual(identity_of(end), (action.task_uuid, (2,)))
        self.assertEqual(end["action_status"], "succeeded")

    def test_success_fields_too_late(self) -> None:
        """
        Those that come after the end change nothing that was logged, also where the message
        itself has been kept.
        """
        logger = RecordingLogger()
        action = start_action(logger, "deed")
        action.add_success_fields(count=1)
        action.finish()
        action.add_success_fields(count=2, task_uuid="mine")
        end = logger.messages[-1]
        self.assertEqual((end["count"], end["task_uuid"]), (1, action.task_uuid))

    def test_among_threads(self) -> None:
        """
        Of many threads that end an action at once, one does.
        """
        for _ in range(50):
            self.messages.clear()
            action = start_action(action_type="deed")

            def end(number: int, action: Action = action) -> None:
                action.finish(ValueError() if number % 2 else None)

            in_threads(4, end)
            self.assertEqual(len(self.messages), 2)
            self.assertEqual(self.messages[1]["task_level"], [2])


class LateTests(SynchronousTestCase):
    """
    What comes after the end.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_message(self) -> None:
        """
        A late message gets the next place, after the end, and is counted.
        """
        with start_action(action_type="deed").context() as action:
            log_message("early")
            action.finish()
            self.assertEqual(action.late_messages, 0)
            log_message("late")
            Message.log(message_type="late")
            action.log("late")
        self.assertEqual(
            [each["task_level"] for each in self.messages], [[1], [2], [3], [4], [5], [6]]
        )
        self.assertEqual(action.late_messages, 3)

    def test_action(self) -> None:
        """
        So does a late action, which is an ordinary one otherwise.
        """
        with start_action(action_type="deed").context() as action:
            action.finish(ValueError())
            with start_action(action_type="late"):
                log_message("said")
        self.assertEqual(
            [each["task_level"] for each in of_type(self.messages, "late")], [[3, 1], [3, 3]]
        )
        self.assertEqual(action.late_messages, 1)

    def test_identifier(self) -> None:
        """
        So does a place that is given away late.
        """
        action = start_action(action_type="deed")
        action.finish()
        self.assertTrue(action.serialize_task_id().endswith(b"@/3"))
        self.assertEqual(action.late_messages, 1)

    def test_among_threads(self) -> None:
        """
        None is missed where many threads come late at once.
        """
        action = start_action(action_type="deed")
        action.finish()

        def say(number: int) -> None:
            for _ in range(500):
                action.log("late")

        in_threads(4, say)
        self.assertEqual(action.late_messages, 2000)
        late = of_type(self.messages, "late")
        self.assertEqual(sorted(level_of(each) for each in late), [[n] for n in range(3, 2003)])


class LogTests(SynchronousTestCase):
    """
    Messages that name their action.
    """

    def test_log(self) -> None:
        """
        They belong to it, whichever is the current one, and may have any field.
        """
        messages = record(self)
        action = start_action(action_type="deed")
        with start_action(action_type="current"):
            action.log("said", self=1, action=2)
        [said] = of_type(messages, "said")
        self.assertEqual(identity_of(said), (action.task_uuid, (2,)))
        self.assertEqual((said["self"], said["action"]), (1, 2))

    def test_logger(self) -> None:
        """
        They go to the action's own logger.
        """
        messages, logger = record(self), RecordingLogger()
        start_action(logger, "deed").log("said")
        self.assertEqual(len(of_type(logger.messages, "said")), 1)
        self.assertEqual(messages, [])


class LoggerTests(SynchronousTestCase):
    """
    Actions that are given a logger.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_first_positional(self) -> None:
        """
        All functions that start an action take a logger as first positional argument; it gets
        all messages of the action.
        """
        logger = RecordingLogger()
        with start_action(logger, "one"):
            pass
        with start_action(logger, action_type="two", name=1):
            pass
        with start_task(logger, "three", name=1):
            pass
        with Action.continue_task(logger, b"abc@/2"):
            pass
        with Action.continue_task(logger, task_id="abc@/3", name=1):
            pass
        told = [
            (each["action_type"], each["action_status"], each.get("name"))
            for each in logger.messages
        ]
        self.assertEqual(
            told,
            [
                ("one", "started", None),
                ("one", "succeeded", None),
                ("two", "started", 1),
                ("two", "succeeded", None),
                ("three", "started", 1),
                ("three", "succeeded", None),
                ("eliot:remote_task", "started", None),
                ("eliot:remote_task", "succeeded", None),
                ("eliot:remote_task", "started", 1),
                ("eliot:remote_task", "succeeded", None),
            ],
        )
        self.assertEqual(self.messages, [])

    def test_default(self) -> None:
        """
        A logger of the framework's own, and none at all, go to the destinations.
        """
        for logger in (Logger(), None):
            self.messages.clear()
            with start_action(logger, "deed"):
                pass
            self.assertEqual(len(self.messages), 2)

    def test_serializers(self) -> None:
        """
        Each kind of message is given to the logger with its own serializer.
        """
        logger, serializers = RecordingLogger(), Serializers()
        start_action(logger, "deed", serializers).finish()
        start_task(logger, "deed", serializers).finish(ValueError())
        Action.continue_task(logger, b"abc@/2", _serializers=serializers).finish()
        self.assertEqual(
            logger.serializers,
            [
                serializers.start,
                serializers.success,
                serializers.start,
                serializers.failure,
                serializers.start,
                serializers.success,
            ],
        )

    def test_broken(self) -> None:
        """
        A broken logger harms nobody: the action's messages get to the destinations, each with a
        traceback of what the logger raised, and the program's own exception goes on.
        """

        def run() -> None:
            with start_action(BrokenLogger(ZeroDivisionError("broken")), "deed") as action:
                action.log("said")
                raise ValueError("mine")

        self.assertRaises(ValueError, run)
        self.assertIsNone(current_action())
        self.assertEqual(
            [each["action_status"] for each in of_type(self.messages, "deed")],
            ["started", "failed"],
        )
        self.assertEqual(len(of_type(self.messages, "said")), 1)
        told = of_type(self.messages, "eliot:traceback")
        self.assertEqual([each["reason"] for each in told], ["broken"] * 3)

    def test_not_a_logger(self) -> None:
        """
        What is no logger at all is dealt with like a broken one.
        """
        with start_action("deed"):  # type: ignore[arg-type]  # the type, in the wrong place
            pass
        statuses = [each["action_status"] for each in self.messages if "action_status" in each]
        self.assertEqual(statuses, ["started", "succeeded"])

    def test_interrupted(self) -> None:
        """
        What is not an error passes through, and the context is put back.
        """
        broken = BrokenLogger(KeyboardInterrupt())
        self.assertRaises(KeyboardInterrupt, start_action, broken, "deed")

        def run() -> None:
            with Action(broken, "task", [], "deed"):
                pass

        self.assertRaises(KeyboardInterrupt, run)
        self.assertIsNone(current_action())


class MeasureDurationsTests(SynchronousTestCase):
    """
    Durations.
    """

    def setUp(self) -> None:
        """
        Record messages, and measure durations.
        """
        self.messages = record(self)
        self.addCleanup(measure_durations, False)
        measure_durations()

    def test_measured(self) -> None:
        """
        End messages say how many seconds the action took, whether it succeeded or not; start
        messages say nothing.
        """
        before = time.monotonic()
        start_action(action_type="deed").finish()
        start_action(action_type="deed").finish(ValueError())
        passed = time.monotonic() - before
        for start, end in (self.messages[:2], self.messages[2:]):
            self.assertNotIn("eliot:duration", start)
            duration = end["eliot:duration"]
            assert isinstance(duration, float)
            self.assertTrue(0 <= duration <= passed)

    def test_not_asked_for(self) -> None:
        """
        Actions are not measured unless that was asked for when they started.
        """
        measure_durations(False)
        action = start_action(action_type="deed")
        measure_durations()
        action.finish()
        self.assertNotIn("eliot:duration", self.messages[-1])

    def test_no_longer_asked_for(self) -> None:
        """
        Those that had started before it was no longer asked for are measured to their end.
        """
        action = start_action(action_type="deed")
        measure_durations(False)
        action.finish()
        self.assertIn("eliot:duration", self.messages[-1])

    def test_never_started(self) -> None:
        """
        An action that was never started took no time that could be told.
        """
        start_action(action_type="parent").child(None, "child").finish()
        [end] = of_type(self.messages, "child")
        self.assertNotIn("eliot:duration", end)
