"""
Tests of :mod:`eliot.twisted._options` and :mod:`eliot.twisted._asked`.
"""

from __future__ import annotations

import os
import signal
import sys
from io import StringIO
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st
from twisted.application.service import MultiService, Service
from twisted.internet import defer
from twisted.internet.defer import getDebugging, setDebugging
from twisted.logger import Logger, LogLevel
from twisted.python.failure import Failure
from twisted.python.usage import Options, UsageError
from twisted.scripts._twistd_unix import ServerOptions
from twisted.trial.unittest import SynchronousTestCase

from eliot import _context as context_module
from eliot import current_action
from eliot._rotating import RotatingFile
from eliot.twisted import (
    LoggingOptions,
    LoggingService,
    ReactorMonitor,
    ThreadedWriter,
    patch_unhandled_errors,
    unhandled_errors_are_patched,
)
from eliot.twisted._asked import surroundings_of
from eliot.twisted._attachment import Attachment
from tests.helpers import fresh_destinations, record, scratch
from tests.twisted.helpers import FakeReactor, fresh_observer


class StrangersOptions(LoggingOptions):
    """
    The options of a plug-in.
    """

    optParameters: ClassVar = [["port", "p", "8080", "Where to listen."]]


class OthersOptions(Options):
    """
    Options that somebody inherits from as well.
    """

    optFlags: ClassVar = [["verbose", "v", "Say more."]]


class MixedOptions(OthersOptions, LoggingOptions):
    """
    Options that inherit from two sides.
    """


class RudeOptions(LoggingOptions):
    """
    Options that do not call what they override.
    """

    def __init__(self) -> None:
        Options.__init__(self)

    def postOptions(self) -> None:
        """
        Do nothing.
        """


class Program(Options):
    """
    A program with a command.
    """

    subCommands: ClassVar = [["run", None, StrangersOptions, "Run."]]


class OptionsTestCase(SynchronousTestCase):
    """
    Parses options.
    """

    def setUp(self) -> None:
        """
        Start in an empty folder, without a root action.
        """
        fresh_destinations(self)
        self.patch(context_module, "root", None)
        self.folder = scratch(self)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def parse(self, *arguments: str, options: LoggingOptions | None = None) -> LoggingOptions:
        """
        Parse options of a program.
        """
        options = StrangersOptions() if options is None else options
        options.parseOptions(arguments)  # type: ignore[no-untyped-call]  # Twisted's
        return options

    def refuse(self, reason: str, *arguments: str) -> None:
        """
        Parse options that do not go together, or are wrong.
        """
        error = self.assertRaises(UsageError, self.parse, *arguments)
        self.assertIn(reason, str(error))
        self.assertEqual(list(self.folder.iterdir()), [])

    def service(self, *arguments: str) -> LoggingService:
        """
        Make the service that was asked for.
        """
        return self.parse(*arguments).logging_service(FakeReactor())


class LoggingOptionsTests(OptionsTestCase):
    """
    What is asked for at the command line is there, or refused.
    """

    def test_nothing(self) -> None:
        """
        Where nothing is asked for there are no destinations, and the other options are there.
        """
        options = self.parse("--port", "5")
        self.assertEqual(options["port"], "5")
        self.assertEqual(list(options.logging_service(FakeReactor())), [])

    def test_destinations(self) -> None:
        """
        Each is a child of the service; nothing is opened or started.
        """
        service = self.service(
            "--eliot-destination=file:a.json:keep=3:rotate=1MB", "--eliot-destination", "twisted"
        )
        first, second = service
        assert isinstance(first, ThreadedWriter)
        self.assertIsInstance(second, Attachment)
        file = first._destination
        assert isinstance(file, RotatingFile)
        self.assertEqual(file.path, str(self.folder / "a.json"))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_everything(self) -> None:
        """
        Fields, the root action, signals and Twisted's log arrive.
        """
        options = self.parse(
            *("--eliot-field", "a=5", "--eliot-field=b=c=d", "--eliot-field=e=null"),
            *("--eliot-root-action", "app:run", "--eliot-no-twisted-log"),
            *("--eliot-reopen-on", "HUP", "--eliot-reopen-on=SIGUSR1", "--eliot-reopen-on=hup"),
        )
        self.assertIsNone(current_action())
        self.assertEqual(options._asked.fields, {"a": 5, "b": "c=d", "e": None})
        self.assertEqual(options._asked.reopen_on, [signal.SIGHUP, signal.SIGUSR1])
        self.assertFalse(options._asked.twisted_log)
        options.logging_service(FakeReactor())
        self.assertIn("'app:run'", repr(current_action()))

    def test_twisted_log(self) -> None:
        """
        What is taken of Twisted's log is what is asked for.
        """
        fresh_observer(self)
        messages = record(self)
        service = self.service(
            *("--eliot-twisted-log-level", "warn", "--eliot-twisted-log-level=app.part=Debug"),
            "--eliot-twisted-log-fields",
        )
        service.startService()
        self.addCleanup(service.stopService)
        for namespace in ("app", "app.part.more"):
            for level in (LogLevel.debug, LogLevel.warn):
                Logger(namespace).emit(level, "x", n=namespace)
        self.assertEqual(
            [(each["n"], each["log_level"]) for each in messages],
            [("app", "warn"), ("app.part.more", "debug"), ("app.part.more", "warn")],
        )

    def test_capture_output(self) -> None:
        """
        What is printed is logged if that is asked for.
        """
        fresh_observer(self)
        messages = record(self)
        self.patch(sys, "stdout", StringIO())
        for options in ([], ["--eliot-capture-output"]):
            service = self.service("--eliot-destination=null", *options)
            service.startService()
            print("said")
            service.stopService()
        self.assertEqual([each["text"] for each in messages], ["said"])

    def test_monitor(self) -> None:
        """
        The reactor is watched if that is asked for, with that threshold, as long as there is
        logging.
        """
        service = self.service("--eliot-destination=null", "--eliot-monitor-reactor=0.25")
        [monitor] = [each for each in service if isinstance(each, ReactorMonitor)]
        self.assertEqual(monitor.threshold, 0.25)
        none = self.service("--eliot-destination=null")
        self.assertEqual([each for each in none if isinstance(each, ReactorMonitor)], [])

    def test_patch(self) -> None:
        """
        Twisted is patched when the service is made, if that is asked for; where it cannot be, that
        is told as what is wrong with an option.
        """
        self.addCleanup(patch_unhandled_errors, False)
        self.service()
        self.assertFalse(unhandled_errors_are_patched())
        options = self.parse("--eliot-patch-unhandled-errors")
        self.assertFalse(unhandled_errors_are_patched())
        options.logging_service(FakeReactor())
        self.assertTrue(unhandled_errors_are_patched())
        patch_unhandled_errors(False)
        self.patch(defer, "DebugInfo", type("OthersInfo", (), {}))
        error = self.assertRaises(UsageError, options.logging_service, FakeReactor())
        self.assertIn("--eliot-patch-unhandled-errors: twisted.internet.defer.", str(error))

    def test_values(self) -> None:
        """
        Values are JSON if they are scalars of that, and text otherwise.
        """
        for text, value in {
            "1.5": 1.5,
            "true": True,
            '"5"': "5",
            "[1]": "[1]",
            "{}": "{}",
            "NaN": "NaN",
            "": "",
            "9" * 5000: "9" * 5000,
        }.items():
            self.assertEqual(self.parse(f"--eliot-field=a={text}")._asked.fields, {"a": value})

    @given(text=st.text())
    def test_any_value(self, text: str) -> None:
        """
        Whatever a field is, it is there, or a usage error.
        """
        try:
            options = self.parse(f"--eliot-field={text}")
        except UsageError:
            pass
        else:
            self.assertEqual(list(options._asked.fields), [text.partition("=")[0]])

    def test_refused(self) -> None:
        """
        What is wrong, or contradicts something else, is refused when options are parsed, by name.
        """
        twice = ("--eliot-field=a=1", "--eliot-field=a=2")
        files = ("--eliot-destination=file:a", "--eliot-destination=file:./a:mode=600")
        for reason, arguments in {
            "the kinds are file": ["--eliot-destination=fiel:x"],
            "no directory": ["--eliot-destination=file:no/x"],
            "is written to already, by 'file:a'": files,
            "standard output is written": ["--eliot-destination=stdout"] * 2,
            "NAME=VALUE, not 'a'": ["--eliot-field=a"],
            "NAME=VALUE, not '=a'": ["--eliot-field==a"],
            "'task_uuid' is the framework's own": ["--eliot-field=task_uuid=1"],
            "'a' is given twice": twice,
            "--eliot-root-action is given twice": ["--eliot-root-action=a"] * 2,
            "takes the type": ["--eliot-root-action="],
            "--eliot-reopen-on: 'TERM' is not": ["--eliot-reopen-on=TERM"],
            "'loud' is not a level": ["--eliot-twisted-log-level=app=loud"],
            "level is given twice.": ["--eliot-twisted-log-level=warn"] * 2,
            "level is given twice for 'a'.": ["--eliot-twisted-log-level=a=warn"] * 2,
            "log-level says what is taken": [
                *("--eliot-no-twisted-log", "--eliot-twisted-log-level=a=warn"),
            ],
            "--eliot-monitor-reactor: '-1' is not a duration": ["--eliot-monitor-reactor=-1"],
            "--eliot-monitor-reactor is given twice": ["--eliot-monitor-reactor=1"] * 2,
            "nothing says where": ["--eliot-capture-output"],
            "log-fields says what is taken": [
                *("--eliot-twisted-log-fields", "--eliot-no-twisted-log"),
            ],
        }.items():
            self.refuse(reason, *arguments)

    def test_mixed(self) -> None:
        """
        It goes with options of somebody else.
        """
        options = self.parse("-v", "--eliot-root-action=a", options=MixedOptions())
        self.assertEqual((options["verbose"], options._asked.root_action), (1, "a"))

    def test_rude(self) -> None:
        """
        Where a class forgets to call what it overrides, contradictions are told when the service is
        made.
        """
        options = self.parse(*["--eliot-destination=stdout"] * 2, options=RudeOptions())
        error = self.assertRaises(UsageError, options.logging_service, FakeReactor())
        self.assertIn("standard output", str(error))
        self.assertRaises(UsageError, options.with_logging, Service(), FakeReactor())

    def test_cannot_be_made_any_more(self) -> None:
        """
        What has become impossible between parsing and making is a usage error, too.
        """
        (self.folder / "d").mkdir()
        options = self.parse("--eliot-destination=file:d/a")
        (self.folder / "d").rmdir()
        self.assertRaises(UsageError, options.logging_service, FakeReactor())

    def test_with_logging(self) -> None:
        """
        The logging comes first, then the service of the plug-in.
        """
        own = Service()
        both = self.parse().with_logging(own, FakeReactor())
        self.assertIsInstance(both, MultiService)
        first, second = both
        self.assertIsInstance(first, LoggingService)
        self.assertIs(second, own)

    def test_real_reactor(self) -> None:
        """
        Unless a reactor is given, it is Twisted's.
        """
        from twisted.internet import reactor  # noqa: PLC0415 - trial has installed it by now

        self.assertIs(self.parse().logging_service()._reactor, reactor)

    def test_help(self) -> None:
        """
        All kinds of destinations are shown, and the program ends well.
        """
        output = StringIO()
        self.patch(sys, "stdout", output)
        end = self.assertRaises(SystemExit, self.parse, "--help-eliot-destinations")
        self.assertEqual(end.code, 0)
        self.assertIn("file:PATH", output.getvalue())

    def test_usage(self) -> None:
        """
        The options are shown with all others, each with what it is.
        """
        usage = str(StrangersOptions())
        for name in (
            "destination=",
            "field=",
            "root-action=",
            "reopen-on=",
            "no-twisted-log",
            "twisted-log-level=",
            "twisted-log-fields",
            "capture-output",
            "monitor-reactor=",
            "patch-unhandled-errors",
        ):
            self.assertRegex(usage, rf"--eliot-{name} +[\[A-Z]")


class SurroundingsTests(OptionsTestCase):
    """
    What the program that runs a plug-in will make of the process is known from its options.
    """

    def below(self, *arguments: str, deep: bool = False) -> LoggingOptions:
        """
        Parse options below those of ``twistd``.
        """

        class Host(ServerOptions):
            subCommands: ClassVar = [["deep", None, Program, ""]] if deep else Program.subCommands

        parsed = Host()
        parsed.parseOptions(arguments)
        found = parsed.subOptions.subOptions if deep else parsed.subOptions
        assert isinstance(found, LoggingOptions)
        return found

    def refuse_below(self, reason: str, *arguments: str) -> None:
        """
        Parse what is wrong.
        """
        error = self.assertRaises(UsageError, self.below, *arguments)
        self.assertIn(reason, str(error))

    def test_alone(self) -> None:
        """
        Other programs stay in the foreground, where they are.
        """
        found = surroundings_of(self.parse(), FakeReactor())
        self.assertEqual((found.directory, found.daemon), (os.getcwd(), False))
        self.assertEqual((found.owner, found.visible), (None, True))

    def test_daemon(self) -> None:
        """
        ``twistd`` goes into the background unless it is told to stay.
        """
        # What --debug turns on is on for the whole process.
        self.patch(Failure, "__init__", Failure.__init__)
        self.addCleanup(setDebugging, getDebugging())
        for arguments, daemon in [
            (["run"], True),
            (["-n", "run"], False),
            (["--debug", "run"], False),
        ]:
            found = surroundings_of(self.below(*arguments), FakeReactor())
            self.assertEqual(found.daemon, daemon)
            self.assertEqual(found.directory, os.getcwd())

    def test_deep(self) -> None:
        """
        So it is for commands of commands.
        """
        found = surroundings_of(self.below("-n", "deep", "run", deep=True), FakeReactor())
        self.assertEqual(found.daemon, False)

    def test_standard_output(self) -> None:
        """
        A daemon has no standard output.
        """
        self.refuse_below("in a daemon", "run", "--eliot-destination=stdout")
        self.below("-n", "run", "--eliot-destination=stdout")

    def test_directory(self) -> None:
        """
        Paths are seen from the directory where the process will be.
        """
        (self.folder / "run").mkdir()
        (self.folder / "run" / "logs").mkdir()
        self.below("-d", "run", "run", "--eliot-destination=file:logs/a")
        self.refuse_below("no directory", "-d", "run", "run", "--eliot-destination=file:no/a")

    def test_user(self) -> None:
        """
        New files are given to the user that it will be; what that one may do is not known now.
        """
        options = self.below("--uid=5", "--gid=7", "run", "--eliot-destination=file:no/a")
        found = surroundings_of(options, FakeReactor())
        self.assertEqual(found.owner, (5, 7) if os.geteuid() == 0 else None)
        self.assertFalse(found.visible)

    def test_root_directory(self) -> None:
        """
        With another root directory, relative paths lead where ``twistd`` leads them.
        """
        for directory, expected in [(".", "/"), ("/srv", "/srv"), ("srv", None)]:
            options = self.below(
                "--chroot=/somewhere", "-d", directory, "run", "--eliot-destination=file:no/a"
            )
            found = surroundings_of(options, FakeReactor())
            self.assertEqual((found.directory, found.visible), (expected, False))

    def test_circle(self) -> None:
        """
        Twisted's log, if it comes here by ``--logger``, cannot be the only destination.
        """
        logger = "--logger=eliot.twisted.log_observer"
        twisted = "--eliot-destination=twisted"
        self.refuse_below("nothing would be written", logger, "run", twisted)
        self.below(logger, "run", twisted, "--eliot-destination=file:a")
        self.below("run", twisted)
        self.below("--logger=twisted.python.log.PythonLoggingObserver", "run", twisted)
        # This is for twistd to tell.
        error = self.assertRaises(UsageError, self.below, "--logger=no.such", "run", twisted)
        self.assertIn("could not be imported", str(error))
