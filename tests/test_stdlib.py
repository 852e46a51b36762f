"""
The standard library's ``logging``: from there, and to there.
"""

from __future__ import annotations

import logging
import logging.config
import pickle
import queue
import sys
from collections.abc import Callable
from logging import Handler, Logger, LogRecord
from logging.handlers import QueueHandler

from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import add_destinations, log_message, start_action, write_failure, write_traceback
from eliot.stdlib import EliotHandler, StdlibDestination
from tests.helpers import (
    Fields,
    RecordingLogger,
    fresh_destinations,
    in_threads,
    of_type,
    record,
    run_child,
    text_of,
)
from tests.hostile import Hostile, Mute


class Keeper(Handler):
    """
    A handler that keeps records.

    :param act: called with each record as well.
    """

    def __init__(self, act: Callable[[LogRecord], object] | None = None) -> None:
        super().__init__()
        self.records: list[LogRecord] = []
        self._act = act

    def emit(self, record: LogRecord) -> None:
        """
        Keep a record.
        """
        self.records.append(record)
        if self._act is not None:
            self._act(record)


def lone_logger(*handlers: Handler) -> Logger:
    """
    Make a logger of the standard library that nobody else knows.

    :param handlers: its handlers.
    """
    logger = Logger("app.part", logging.DEBUG)
    for each in handlers:
        logger.addHandler(each)
    return logger


def failing(error: Exception) -> None:
    """
    Raise an exception.
    """
    raise error


def with_root_handlers(test: SynchronousTestCase, *handlers: Handler) -> Logger:
    """
    Have the root logger use these handlers only, for one test.

    :param test: the test.
    :param handlers: the handlers.
    :returns: the root logger.
    """
    root = logging.getLogger()
    test.addCleanup(root.setLevel, root.level)
    test.addCleanup(root.handlers.__init__, list(root.handlers))  # type: ignore[misc]  # in place
    root.handlers[:] = handlers
    root.setLevel(logging.DEBUG)
    return root


class EliotHandlerTests(SynchronousTestCase):
    """
    From the standard library.
    """

    def setUp(self) -> None:
        """
        Record messages, and have a logger.
        """
        self.messages = record(self)
        self.logger = lone_logger(EliotHandler())

    def fields(self) -> Fields:
        """
        Get the fields of the only message of a record, but for its identity.
        """
        [message] = of_type(self.messages, "eliot:stdlib")
        identity = {"task_uuid", "task_level", "timestamp", "message_type"}
        return {name: value for name, value in message.items() if name not in identity}

    def test_record(self) -> None:
        """
        A record becomes a message with its level, its logger and its text.
        """
        self.logger.warning("The %s is %d.", "number", 3)
        self.assertEqual(
            self.fields(),
            {"log_level": "WARNING", "logger": "app.part", "message": "The number is 3."},
        )

    def test_place(self) -> None:
        """
        It has the next place in the current action.
        """
        with start_action(action_type="around") as action:
            self.logger.info("in")
        self.logger.info("out")
        inside, outside = of_type(self.messages, "eliot:stdlib")
        self.assertEqual((inside["task_uuid"], inside["task_level"]), (action.task_uuid, [2]))
        self.assertEqual(outside["task_level"], [1])

    def test_level_without_name(self) -> None:
        """
        A level without a name is told as the standard library does.
        """
        self.logger.log(15, "odd")
        self.assertEqual(self.fields()["log_level"], "Level 15")

    def test_threshold(self) -> None:
        """
        Records below the handler's level are not taken in, whether that is a number or a name.
        """
        for level in (logging.ERROR, "ERROR"):
            logger = lone_logger(EliotHandler(level))
            logger.warning("no")
            logger.error("yes")
        texts = [each["message"] for each in self.messages]
        self.assertEqual(texts, ["yes", "yes"])

    def test_filtered(self) -> None:
        """
        Records that its filters refuse are not either.
        """
        handler = EliotHandler()
        handler.addFilter(lambda record: record.getMessage() != "no")
        logger = lone_logger(handler)
        logger.info("no")
        logger.info("yes")
        self.assertEqual(self.fields()["message"], "yes")

    def test_exception(self) -> None:
        """
        An exception follows as a message of its own, in the same action.
        """
        with start_action(action_type="around"):
            try:
                failing(ValueError("no"))
            except ValueError:
                self.logger.exception("It %s.", "failed")
        _, text, traceback, _ = self.messages
        self.assertEqual(text["message"], "It failed.")
        self.assertEqual((text["message_type"], text["task_level"]), ("eliot:stdlib", [2]))
        self.assertEqual(
            (traceback["message_type"], traceback["task_level"]), ("eliot:traceback", [3])
        )
        self.assertEqual(
            (traceback["exception"], traceback["reason"]), ("builtins.ValueError", "no")
        )
        self.assertIn(", in failing\n", text_of(traceback, "traceback"))

    def test_exception_given(self) -> None:
        """
        So does one that is given.
        """
        self.logger.warning("odd", exc_info=ValueError("no"))
        self.assertEqual(self.messages[1]["reason"], "no")

    def test_no_exception(self) -> None:
        """
        Where there is none to be told, there is no more than the record.
        """
        self.logger.warning("odd", exc_info=True)
        self.assertEqual(len(self.messages), 1)

    def test_stack(self) -> None:
        """
        The stack is shown if that is asked for.
        """
        self.logger.warning("where", stack_info=True)
        self.assertIn(", in test_stack\n", str(self.fields()["stack_info"]))

    def test_exception_of_another_process(self) -> None:
        """
        A record that has come from another process shows the text of its exception.
        """
        sent = Keeper()
        lone_logger(sent).warning("odd", exc_info=ValueError("no"))
        state = {
            **vars(sent.records[0]),
            "exc_info": None,
            "exc_text": logging.Formatter().formatException((ValueError, ValueError("no"), None)),
        }
        self.logger.handle(logging.makeLogRecord(pickle.loads(pickle.dumps(state))))
        self.assertEqual(self.fields()["traceback"], "ValueError: no")

    def test_wrong_arguments(self) -> None:
        """
        Where template and arguments do not fit, both are shown, and nothing is raised.
        """
        template = "%s and %s"
        self.logger.info(template, 1)
        fields = self.fields()
        self.assertEqual((fields["message"], fields["args"]), ("%s and %s", "(1,)"))
        self.assertIn("TypeError", str(fields["eliot:formatting_failure"]))

    def test_hostile_arguments(self) -> None:
        """
        The same holds for arguments that raise, and for templates that do.
        """
        # One alone is asked for more by the standard library itself.
        self.logger.info("%s %s", 1, Hostile(""))
        self.logger.info(Hostile(""))
        first, second = self.messages
        self.assertEqual(first["message"], "%s %s")
        self.assertIn("Hostile", text_of(second, "message"))

    def test_mute_exception(self) -> None:
        """
        An exception that cannot be shown does no harm.
        """
        self.logger.info("odd", exc_info=Mute())
        self.assertEqual(self.messages[1]["exception"], "tests.hostile.Mute")

    def test_broken_record(self) -> None:
        """
        A record that lacks everything is told on standard error at most, as the standard library
        does, and raises nothing.
        """
        self.patch(logging, "raiseExceptions", False)
        broken = logging.makeLogRecord({})
        vars(broken).clear()
        EliotHandler().handle(broken)
        self.assertEqual(self.messages, [])

    def test_extra(self) -> None:
        """
        What callers add to a record becomes fields only if that is asked for.
        """
        self.logger.info("text", extra={"user": "me"})
        self.assertNotIn("user", self.fields())
        self.messages.clear()
        lone_logger(EliotHandler(include_extra=True)).info("text", extra={"user": "me"})
        self.assertEqual(
            self.fields(),
            {"user": "me", "log_level": "INFO", "logger": "app.part", "message": "text"},
        )

    def test_extra_clash(self) -> None:
        """
        Nothing of a message's own can be replaced that way.
        """
        extra = {
            "task_uuid": 1,
            "task_level": 2,
            "timestamp": 3,
            "message_type": 4,
            "logger": 5,
            "log_level": 6,
        }
        with start_action(action_type="around") as action:
            lone_logger(EliotHandler(include_extra=True)).info("text", extra=extra)
        self.assertEqual(
            self.fields(), {"log_level": "INFO", "logger": "app.part", "message": "text"}
        )
        self.assertEqual(self.messages[1]["task_uuid"], action.task_uuid)

    def test_not_forwarded_extra(self) -> None:
        """
        A record whose caller calls something ``eliot`` is taken in like any other.
        """
        self.logger.info("text", extra={"eliot": {"mine": 1}})
        self.assertEqual(self.fields()["message"], "text")

    def test_interrupted(self) -> None:
        """
        What is not an error passes through, and later records are taken in.
        """

        class Interrupting:
            """
            A value that is shown in a moment when somebody wants to stop.
            """

            def __str__(self) -> str:
                raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, self.logger.info, "%s", Interrupting())
        self.logger.info("calm again")
        self.assertEqual(self.fields()["message"], "calm again")

    def test_no_lock(self) -> None:
        """
        It has no lock that another thread could hold.
        """
        handler = EliotHandler()
        handler.acquire()
        in_threads(2, lambda number: lone_logger(handler).info("text"))
        handler.release()
        self.assertEqual(len(self.messages), 2)

    def test_dict_config(self) -> None:
        """
        It can be configured as handlers of the standard library are.
        """
        logging.config.dictConfig(
            {
                "version": 1,
                "disable_existing_loggers": False,
                "handlers": {
                    "eliot": {
                        "class": "eliot.stdlib.EliotHandler",
                        "level": "WARNING",
                        "include_extra": True,
                    }
                },
                "loggers": {
                    "tests.configured": {
                        "handlers": ["eliot"],
                        "level": "DEBUG",
                        "propagate": False,
                    }
                },
            }
        )
        logger = logging.getLogger("tests.configured")
        self.addCleanup(logger.handlers.clear)
        logger.info("no")
        logger.warning("yes", extra={"user": "me"})
        fields = self.fields()
        self.assertEqual((fields["message"], fields["user"]), ("yes", "me"))

    def test_imports_nothing(self) -> None:
        """
        Neither Twisted nor any other library is loaded for it.
        """
        child = run_child(
            "import sys, logging\n"
            "from eliot.stdlib import EliotHandler, StdlibDestination\n"
            "logging.getLogger().addHandler(EliotHandler())\n"
            "logging.warning('text', exc_info=ValueError())\n"
            "assert not {'twisted', 'numpy', 'asyncio'} & set(sys.modules)\n"
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))


class StdlibDestinationTests(SynchronousTestCase):
    """
    To the standard library.
    """

    def setUp(self) -> None:
        """
        Send messages to a logger that keeps them.
        """
        fresh_destinations(self)
        self.keeper = Keeper()
        self.destination = StdlibDestination(lone_logger(self.keeper))
        add_destinations(self.destination)

    def only(self) -> LogRecord:
        """
        Get the only record.
        """
        [found] = self.keeper.records
        return found

    def test_message(self) -> None:
        """
        A message becomes a record: a line of text, and the whole of it for those who want more.
        """
        with start_action(action_type="around") as action:
            self.keeper.records.clear()
            log_message("app:said", text="Good evening!", count=3)
            found = self.only()
        self.assertEqual(found.getMessage(), "app:said text='Good evening!' count=3")
        self.assertEqual((found.name, found.levelname), ("app.part", "INFO"))
        message = found.eliot  # type: ignore[attr-defined]  # what is added
        self.assertEqual((message["text"], message["count"]), ("Good evening!", 3))
        self.assertEqual((message["task_uuid"], message["task_level"]), (action.task_uuid, [2]))

    def test_action(self) -> None:
        """
        So do the messages of actions.
        """
        with start_action(action_type="app:deed", size=1) as action:
            action.add_success_fields(done=True)
        self.assertEqual(
            [each.getMessage() for each in self.keeper.records],
            ["app:deed started size=1", "app:deed succeeded done=True"],
        )

    def test_percent(self) -> None:
        """
        Text is never taken for a template.
        """
        log_message("app:said", text="100%s")
        self.assertIn("100%s", self.only().getMessage())

    def test_formatter(self) -> None:
        """
        A formatter may show the message.
        """
        log_message("app:said", text="yes")
        shown = logging.Formatter("%(levelname)s %(eliot)s").format(self.only())
        self.assertIn("'text': 'yes'", shown)

    def test_kept(self) -> None:
        """
        What a handler keeps is its own.
        """
        message: Fields = {"message_type": "app:said", "text": "yes"}
        self.destination(message)
        message["text"] = "no"
        self.assertEqual(vars(self.only())["eliot"]["text"], "yes")

    def test_time(self) -> None:
        """
        The record has the message's time.
        """
        self.destination({"message_type": "app:said", "timestamp": 1.25})
        found = self.only()
        self.assertEqual((found.created, found.msecs), (1.25, 250.0))
        self.keeper.records.clear()
        self.destination({"message_type": "app:said", "timestamp": float("nan")})
        self.assertGreater(self.only().created, 2)

    def test_levels(self) -> None:
        """
        The level is what the message says, if the standard library knows it.
        """
        for said, expected in [
            ("DEBUG", logging.DEBUG),
            ("warn", logging.WARNING),
            ("critical", logging.CRITICAL),
            (35, 35),
            ("wake me in the night", logging.INFO),
            (None, logging.INFO),
            (True, logging.INFO),
            ([], logging.INFO),
        ]:
            self.keeper.records.clear()
            log_message("app:said", log_level=said)
            self.assertEqual(self.only().levelno, expected, said)

    def test_errors(self) -> None:
        """
        Failed actions, tracebacks, and what else tells of a fault, are errors.
        """
        start_action(action_type="deed").finish(ValueError("no"))
        write_traceback(exc_info=(ValueError, ValueError("no"), None))
        log_message("eliot:destination_failure")
        log_message("eliot:serialization_failure")
        levels = [each.levelname for each in self.keeper.records]
        self.assertEqual(levels, ["INFO", *["ERROR"] * 4])

    def test_default_level(self) -> None:
        """
        Ordinary messages have the level that was asked for.
        """
        for level in (logging.DEBUG, "DEBUG", "debug"):
            self.keeper.records.clear()
            StdlibDestination(lone_logger(self.keeper), level)({"message_type": "app:said"})
            self.assertEqual(self.only().levelname, "DEBUG")
        self.assertRaises(ValueError, StdlibDestination, "eliot", "loud")

    def test_threshold(self) -> None:
        """
        What the logger does not want is not handed on.
        """
        logger = lone_logger(self.keeper)
        logger.setLevel(logging.ERROR)
        destination = StdlibDestination(logger)
        destination({"message_type": "app:said"})
        destination({"message_type": "app:said", "log_level": "ERROR"})
        self.assertEqual(self.only().levelname, "ERROR")

    def test_by_name(self) -> None:
        """
        A logger may be named; it is ``eliot`` otherwise.
        """
        for destination, name in [
            (StdlibDestination(), "eliot"),
            (StdlibDestination("tests.named"), "tests.named"),
        ]:
            logger = logging.getLogger(name)
            keeper = Keeper()
            logger.addHandler(keeper)
            self.addCleanup(logger.removeHandler, keeper)
            destination({"message_type": "app:said", "log_level": "ERROR"})
            self.assertEqual([each.name for each in keeper.records], [name])
            self.assertIn(name, repr(destination))

    def test_live_exception_of_action(self) -> None:
        """
        The end of a failed action has the exception itself.
        """
        error = ValueError("no")
        with self.assertRaises(ValueError), start_action(action_type="deed"):
            failing(error)
        _, end = self.keeper.records
        assert end.exc_info
        self.assertIs(end.exc_info[1], error)
        self.assertIn(", in failing", logging.Formatter().format(end))

    def test_live_exception_of_traceback(self) -> None:
        """
        So has a traceback, whether it is of an exception that is being handled or not.
        """
        error = ValueError("no")
        try:
            failing(error)
        except ValueError:
            write_traceback()
        write_failure(Failure(error))
        for each in self.keeper.records:
            assert each.exc_info
            self.assertIs(each.exc_info[1], error)
            self.assertIn("in failing", logging.Formatter().format(each))

    def test_no_other_exception(self) -> None:
        """
        No exception is shown with a message that does not tell of it.
        """
        try:
            failing(ValueError("no"))
        except ValueError:
            log_message("app:said")
        self.assertIsNone(self.only().exc_info)

    def test_text_of_traceback(self) -> None:
        """
        Where the exception is not at hand, its text is shown.
        """
        self.destination({"message_type": "eliot:traceback", "traceback": "Traceback...\nno\n"})
        found = self.only()
        self.assertIsNone(found.exc_info)
        self.assertEqual(logging.Formatter().format(found), "eliot:traceback\nTraceback...\nno")

    def test_hostile(self) -> None:
        """
        Values that raise do not keep the others from being shown.
        """
        log_message("app:said", bad=Hostile(""), good=1, action_status=Hostile(""))
        self.assertIn("good=1", self.only().getMessage())
        self.keeper.records.clear()
        log_message(Hostile("str"), good=1)  # type: ignore[arg-type]  # wrong
        self.assertEqual(self.only().getMessage(), "<hostile> good=1")

    def test_broken_handler(self) -> None:
        """
        A handler that raises is a destination that does: the others are told.
        """
        messages = record(self)

        def fail(record: LogRecord) -> None:
            raise ZeroDivisionError

        add_destinations(StdlibDestination(lone_logger(Keeper(fail))))
        log_message("app:said")
        log_message("app:said")
        self.assertEqual(len(of_type(messages, "eliot:destination_failure")), 1)
        self.assertEqual(len(of_type(messages, "app:said")), 2)


class LoopTests(SynchronousTestCase):
    """
    Both bridges at once.
    """

    def setUp(self) -> None:
        """
        Have both on the root logger, beside a handler and a destination that keep what they get.
        """
        self.messages = record(self)
        self.keeper = Keeper()
        self.root = with_root_handlers(self, EliotHandler(), self.keeper)
        add_destinations(StdlibDestination())

    def texts(self) -> list[str]:
        """
        Get the texts of all records.
        """
        return [each.getMessage() for each in self.keeper.records]

    def test_from_the_standard_library(self) -> None:
        """
        A record becomes a message, and that no second record; nor does its traceback.
        """
        logging.getLogger("app").warning("once", exc_info=ValueError("no"))
        self.assertEqual(self.texts(), ["once"])
        self.assertEqual(
            [each["message_type"] for each in self.messages], ["eliot:stdlib", "eliot:traceback"]
        )

    def test_to_the_standard_library(self) -> None:
        """
        A message becomes a record, and that no second message.
        """
        log_message("app:said")
        self.assertEqual(self.texts(), ["app:said"])
        self.assertEqual([each["message_type"] for each in self.messages], ["app:said"])

    def test_in_threads(self) -> None:
        """
        That one thread is on a bridge does not concern another.
        """
        count = 200

        def log(number: int) -> None:
            for step in range(count):
                if number % 2:
                    log_message("app:said")
                else:
                    self.root.warning("step %d", step)

        in_threads(4, log)
        self.assertEqual(len(self.messages), 4 * count)
        self.assertEqual(len(self.keeper.records), 4 * count)

    def test_destination_that_logs(self) -> None:
        """
        A destination that logs, by the standard library, that it got a message, does not go round
        in circles.
        """

        def tell(message: Fields) -> None:
            self.root.warning("got %s", message["message_type"])

        add_destinations(tell)
        self.root.warning("record")
        self.assertEqual(len(of_type(self.messages, "eliot:stdlib")), 1)
        self.messages.clear()
        self.keeper.records.clear()
        log_message("app:said")
        self.assertEqual(
            [each["message_type"] for each in self.messages], ["app:said", "eliot:stdlib"]
        )
        self.assertLess(len(self.keeper.records), 5)

    def test_handler_that_logs(self) -> None:
        """
        Neither does a handler that logs a message for each record.
        """
        self.root.addHandler(Keeper(lambda record: log_message("app:handled")))
        log_message("app:said")
        self.assertEqual(self.texts(), ["app:said"])
        self.assertEqual(
            [each["message_type"] for each in self.messages], ["app:said", "app:handled"]
        )
        self.messages.clear()
        self.root.warning("record")
        self.assertLess(len(self.messages), 5)

    def test_through_a_queue(self) -> None:
        """
        A record that was a message is none again after a queue, in whichever thread.
        """
        waiting: queue.SimpleQueue[LogRecord] = queue.SimpleQueue()
        handler = QueueHandler(waiting)
        self.root.addHandler(handler)
        log_message("app:said")
        handled = waiting.get_nowait()
        in_threads(1, lambda number: EliotHandler().handle(handled))
        self.assertEqual(len(self.messages), 1)

    def test_message_through_a_queue(self) -> None:
        """
        A message that was a record is none again after a queue.
        """
        self.root.warning("record")
        [message] = self.messages
        in_threads(1, lambda number: StdlibDestination()(message))
        self.assertEqual(self.texts(), ["record"])

    def test_no_marks(self) -> None:
        """
        Nothing in a message tells of the bridges.
        """
        self.root.warning("record")
        [message] = self.messages
        self.assertEqual(
            set(message),
            {
                "task_uuid",
                "task_level",
                "timestamp",
                "message_type",
                "log_level",
                "logger",
                "message",
            },
        )

    def test_any_logger(self) -> None:
        """
        A message that goes to another logger by its action's own way is no concern of the bridges.
        """
        logger = RecordingLogger()
        start_action(logger, "deed").finish()
        self.assertEqual((len(logger.messages), self.texts()), (2, []))

    def test_deep(self) -> None:
        """
        Loggers that hand on to each other in both directions need no more of the stack than one
        record does.
        """
        limit = sys.getrecursionlimit()
        add_destinations(StdlibDestination("a"), StdlibDestination("b"))
        logging.getLogger("a").addHandler(handler := EliotHandler())
        self.addCleanup(logging.getLogger("a").removeHandler, handler)
        for _ in range(limit):
            log_message("app:said")
        self.assertEqual(len(of_type(self.messages, "app:said")), limit)
        self.assertEqual(of_type(self.messages, "eliot:destination_failure"), [])
