"""
Tests of :mod:`eliot.twisted._plugin`, with real processes where the package is installed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from select import select
from unittest import SkipTest

from twisted.application.service import IServiceMaker, MultiService
from twisted.plugin import IPlugin
from twisted.python.usage import UsageError
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

import eliot
from eliot import _context as context_module
from eliot.twisted import LoggingService
from eliot.twisted._plugin import NAME, Options, makeService
from tests.helpers import PATIENCE, Fields, await_end, fresh_destinations, scratch, start_process
from tests.twisted.helpers import WRONG_OPTIONS, messages_in

#: Where the package is, and beside it what ``twistd`` finds.
INSTALLED = Path(eliot.__file__).parent.parent

#: A plug-in of somebody else, which logs, and says when it runs.
PLUGIN = """
import os
from twisted.application.service import Service, ServiceMaker
from twisted.python.usage import Options
from eliot import log_message

class Talking(Service):
    def startService(self):
        Service.startService(self)
        log_message("starts")
        from twisted.internet import reactor
        reactor.callWhenRunning(self.tell)

    def tell(self):
        log_message("runs")
        with open(os.environ["TELL"], "w") as pipe:
            pipe.write(str(os.getpid()))

    def stopService(self):
        log_message("stops")

def makeService(options):
    log_message("makes")
    return Talking()

talking = ServiceMaker("talking", __name__, "Talks.", "talking")
"""

TWISTD = "from twisted.scripts.twistd import run; run()"
TWIST = "from twisted.application.twist._twist import Twist; Twist.main()"


class PluginTests(SynchronousTestCase):
    """
    The plug-in runs another one, with logging around it.
    """

    def setUp(self) -> None:
        """
        There is no root action before and after.
        """
        fresh_destinations(self)
        self.patch(context_module, "root", None)

    def parse(self, *arguments: str) -> Options:
        """
        Parse options.
        """
        options = Options()  # type: ignore[no-untyped-call]  # Twisted's
        options.parseOptions(arguments)  # type: ignore[no-untyped-call]  # likewise
        return options

    def test_drop_in(self) -> None:
        """
        What ``twistd`` finds is a plug-in, which names these options and this service.
        """
        names: dict[str, object] = {}
        drop_in = INSTALLED / "twisted" / "plugins" / "eliot_plugin.py"
        exec(drop_in.read_text(), names)
        maker = names["eliot"]
        verifyObject(IServiceMaker, maker)
        verifyObject(IPlugin, maker)
        found: IServiceMaker = IServiceMaker(maker)
        self.assertEqual(found.tapname, NAME)
        self.assertIs(found.options, Options)
        made: Callable[[Options], object] = found.makeService
        self.assertIs(made, makeService)

    def test_service(self) -> None:
        """
        The logging comes first.
        """
        options = self.parse("portforward", "--port", "tcp:0")
        both = makeService(options)
        assert isinstance(both, MultiService)
        logging, other = both
        assert isinstance(logging, LoggingService)
        self.assertEqual(len(list(logging)), 1)
        self.assertNotIsInstance(other, LoggingService)

    def test_refused(self) -> None:
        """
        There must be a plug-in, and not this one.
        """
        for arguments in ([], ["--eliot-destination=null"], ["eliot", "portforward"], ["no-such"]):
            self.assertRaises(UsageError, self.parse, *arguments)

    def test_parent(self) -> None:
        """
        Who asks the other plug-in's parent for an option of ``twistd`` is told.
        """
        options = self.parse("portforward")
        self.assertRaises(KeyError, options.__getitem__, "rundir")
        parent = Options()  # type: ignore[no-untyped-call]  # likewise
        parent["rundir"] = "."
        options.parent = parent
        self.assertEqual(options["rundir"], ".")

    def test_help(self) -> None:
        """
        The help shows the other plug-ins, and examples as they are written.
        """
        usage = str(Options())  # type: ignore[no-untyped-call]  # likewise
        self.assertIn("portforward ", usage)
        self.assertIn("    twist eliot web --path .\n", usage)


class ProcessTests(SynchronousTestCase):
    """
    Real processes of ``twistd`` and ``twist``.
    """

    def setUp(self) -> None:
        """
        Make a plug-in, and a pipe in which it tells that it runs.
        """
        if os.environ.get("ELIOT_SOURCE_TREE") is None:
            raise SkipTest("ELIOT_SOURCE_TREE is not set: this may be the source tree itself")
        self.folder = scratch(self)
        plugins = self.folder / "path" / "twisted" / "plugins"
        plugins.mkdir(parents=True)
        (plugins / "talking_plugin.py").write_text(PLUGIN)
        (self.folder / "run").mkdir()
        os.mkfifo(self.folder / "tell")
        # Both ends, so that it is never at its end while no process has it open.
        self.told = os.open(self.folder / "tell", os.O_RDWR | os.O_NONBLOCK)
        self.addCleanup(os.close, self.told)

    def start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """
        Start a process.
        """
        path = os.pathsep.join([str(self.folder / "path"), str(INSTALLED)])
        environment = {"PYTHONPATH": path, "TELL": str(self.folder / "tell")}
        command = [sys.executable, "-W", "error", "-c", program, *arguments]
        return start_process(self, self.folder, command, environment)

    @property
    def output(self) -> str:
        """
        What the process has printed.
        """
        return (self.folder / "output").read_text()

    def pid(self, process: subprocess.Popen[bytes], *, stays: bool = True) -> int:
        """
        Wait until the plug-in runs.

        :param stays: whether the process that was started does.
        :returns: in which process.
        """
        if not stays:
            self.assertEqual(process.wait(2 * PATIENCE), 0, self.output)
        self.assertTrue(select([self.told], [], [], 2 * PATIENCE)[0], self.output)
        told = os.read(self.told, 100)
        self.assertTrue(told, self.output)
        return int(told)

    def check(self, path: Path, *last: str) -> list[Fields]:
        """
        Look for what was logged from the first to the last, all in one task.
        """
        messages = messages_in(path.read_bytes())
        self.assertEqual(len({each["task_uuid"] for each in messages}), 1)
        self.assertEqual(
            [each["task_level"] for each in messages], [[n + 1] for n in range(len(messages))]
        )
        self.assertEqual(messages[0]["action_type"], "app:run")
        self.assertEqual(messages[-1]["action_status"], "succeeded")
        types = [each.get("message_type") for each in messages]
        self.assertEqual(
            [each for each in types if each in {"makes", "starts", "runs", "stops"}],
            ["makes", "starts", "runs", "stops"],
        )
        texts = [each.get("text") for each in messages[:-1]]
        for text in last:
            self.assertIn(text, texts)
        self.assertEqual({each["a"] for each in messages}, {5})
        return messages

    def options(self, destination: str) -> list[str]:
        """
        Ask for all that there is.
        """
        return [
            *(f"--eliot-destination={destination}", "--eliot-field=a=5"),
            *("--eliot-root-action=app:run", "--eliot-reopen-on=HUP", "talking"),
        ]

    def test_foreground(self) -> None:
        """
        Under ``twistd -n``, with Twisted's log from its first line to its last.
        """
        process = self.start(
            *(TWISTD, "-n", "--logger=eliot.twisted.log_observer", "eliot"),
            *self.options("file:a.json"),
        )
        self.assertEqual(self.pid(process), process.pid)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(2 * PATIENCE), -signal.SIGTERM, self.output)
        messages = self.check(self.folder / "a.json", "Main loop terminated.", "Server Shut Down.")
        self.assertIn("starting up", str(messages[2]["text"]))
        self.assertEqual(self.output, "")

    def test_daemon(self) -> None:
        """
        In the background, in the directory where it runs, it is the same.
        """
        process = self.start(
            *(TWISTD, "-d", "run", "--pidfile=run/pid", "--logger=eliot.twisted.log_observer"),
            *("eliot", *self.options("file:a.json")),
        )
        pid = self.pid(process, stays=False)
        self.assertNotEqual(pid, process.pid)
        os.kill(pid, signal.SIGTERM)
        await_end(pid)
        self.check(self.folder / "run" / "a.json", "Main loop terminated.", "Server Shut Down.")
        self.assertEqual(self.output, "")

    def test_cannot_be_opened(self) -> None:
        """
        A path that cannot be written to is told before it goes into the background.
        """
        process = self.start(TWISTD, "eliot", *self.options("file:no/such/a.json"))
        self.assertEqual(process.wait(2 * PATIENCE), WRONG_OPTIONS)
        self.assertIn("'no/such/a.json' (character 6): there is no directory", self.output)
        self.assertFalse((self.folder / "twistd.pid").exists())

    def test_no_terminal(self) -> None:
        """
        A daemon needs a destination.
        """
        process = self.start(TWISTD, "eliot", "talking")
        self.assertEqual(process.wait(2 * PATIENCE), WRONG_OPTIONS)
        self.assertIn("give --eliot-destination", self.output)

    def test_twist(self) -> None:
        """
        Under ``twist``, on both reactors.
        """
        for reactor, last in [("epoll", ["Main loop terminated."]), ("asyncio", [])]:
            path = self.folder / f"{reactor}.json"
            process = self.start(
                TWIST, f"--reactor={reactor}", "eliot", *self.options(f"file:{path}")
            )
            self.pid(process)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(2 * PATIENCE), -signal.SIGTERM, self.output)
            self.check(path, *last)

    def test_terminal(self) -> None:
        """
        Without a destination, the log is shown on standard output, for people.
        """
        process = self.start(TWIST, "--log-file=twist.log", "eliot", "talking")
        self.pid(process)
        process.send_signal(signal.SIGTERM)
        process.wait(2 * PATIENCE)
        self.assertIn("stops", self.output)
        self.assertNotIn('{"', self.output)
