"""
The last words of Twisted: how its last event in the life of a process is known.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from twisted.application.app import AppLogger
from twisted.logger import Logger, LogLevel, LogPublisher
from twisted.trial.unittest import SynchronousTestCase

import eliot
from eliot.twisted._last_words import is_last
from tests.helpers import PATIENCE, scratch
from tests.hostile import Hostile, OfHostileClass
from tests.twisted.test_destination import Keeper


class IsLastTests(SynchronousTestCase):
    """
    Events that only look like the last one.
    """

    def test_texts(self) -> None:
        """
        What somebody says makes no event the last one.
        """
        found: list[bool] = []
        publisher = LogPublisher(Keeper(lambda event: found.append(is_last(event))))
        said = "Main loop terminated."
        Logger("app", observer=publisher).info(said)
        Logger("twisted.internet.base", observer=publisher).info(said)
        source = AppLogger({})
        Logger("app", source=source, observer=publisher).info("Server Shut Down.")
        self.assertEqual(found, [False] * 3)

    def test_hostile(self) -> None:
        """
        Nor does anything that raises.
        """
        for event in (
            {"log_level": LogLevel.info, "log_namespace": Hostile("")},
            {"log_source": OfHostileClass()},
            {"log_level": Hostile("")},
        ):
            self.assertFalse(is_last(event))
        self.assertFalse(is_last(None))  # type: ignore[arg-type]  # wrong


#: Has the events of Twisted, and then a last line, written to a file.
PRELUDE = """
import os, signal, sys, threading
from eliot import log_message, to_file
from eliot.twisted._observer import log_observer
from twisted.logger import globalLogPublisher

to_file(open("log", "ab", buffering=0))
log_message("here", observed=log_observer() in globalLogPublisher._observers)

def last():
    descriptor = os.open("log", os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, b"last\\n")
    os.close(descriptor)
    raise ZeroDivisionError

log_observer().call_after_last_words(last)
"""

STOP = "reactor.callLater(0, reactor.stop)\n"

#: A signal, and another one when the loop has ended, but before it says so.
TERMINATE = """
reactor.callLater(0, os.kill, os.getpid(), signal.SIGTERM)
reactor.addSystemEventTrigger("after", "shutdown", lambda: signal.raise_signal(signal.SIGINT))
"""

APPLICATION = """
from twisted.application.service import Application
from twisted.internet import reactor
from twisted.logger import ILogObserver
application = Application("test")
"""

#: A plug-in for twist.
PLUGIN = """
from twisted.application.service import IServiceMaker, MultiService
from twisted.plugin import IPlugin
from twisted.python import usage
from zope.interface import implementer

@implementer(IServiceMaker, IPlugin)
class Maker:
    tapname, description, options = "nothing", "", usage.Options

    def makeService(self, options):
        return MultiService()

maker = Maker()
"""

#: Runs it.
TWIST = """
globalLogPublisher.addObserver(log_observer())
from twisted.application.twist._twist import Twist
Twist.main(["twist", "nothing"])
"""

REACT = """
from twisted.internet import reactor
from twisted.internet.defer import succeed
from twisted.internet.task import deferLater, react

globalLogPublisher.addObserver(log_observer())
react(lambda reactor: deferLater(reactor, 0, succeed, None))
"""


class LastWordsOfProcessTests(SynchronousTestCase):
    """
    The end of real processes.
    """

    def run_in(self, folder: Path, program: str, *arguments: str) -> int:
        """
        Run a program.

        :returns: its exit status.
        """
        environment = {**os.environ, "PYTHONPATH": str(Path(eliot.__file__).parent.parent)}
        process = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=4 * PATIENCE,
        )
        if not (folder / "log").exists():
            self.fail(process.stdout.decode())
        return process.returncode

    def texts(self, folder: Path) -> list[str]:
        """
        List the texts of all messages, and the last line as it is; all there was after that was
        what the function raised.
        """
        *lines, last, raised = (folder / "log").read_text().splitlines()
        self.assertEqual(last, "last")
        self.assertEqual(json.loads(raised)["exception"], "builtins.ZeroDivisionError")
        (folder / "log").unlink()
        return [text for text in (json.loads(each).get("text") for each in lines) if text]

    def twistd(self, reactor: str, application: str, *options: str) -> tuple[int, list[str]]:
        """
        Run an application under twistd.
        """
        folder = scratch(self)
        (folder / "app.tac").write_text(PRELUDE + APPLICATION + application)
        status = self.run_in(
            folder,
            "from twisted.scripts.twistd import run; run()",
            *("--reactor", reactor, "-n", "--pidfile=", *options, "-y", "app.tac"),
        )
        return status, self.texts(folder)

    def test_logger_of_twistd(self) -> None:
        """
        Where it is twistd's own observer, all is there from the first line to the last, after
        which the function is called; whether somebody stops the reactor or a signal does, and
        another one follows.
        """
        for reactor in ("epoll", "asyncio"):
            for how, expected in [(STOP, 0), (TERMINATE, -signal.SIGTERM)]:
                status, texts = self.twistd(
                    reactor, how, "--logger=eliot.twisted._observer.log_observer"
                )
                self.assertEqual(texts[0], "Loading app.tac...")
                self.assertTrue(any("starting up" in each for each in texts), texts)
                self.assertEqual(texts[-1], "Server Shut Down.")
                if how is STOP:
                    self.assertEqual(status, expected)
                else:
                    self.assertLess(status, 0)
                    self.assertIn("Received SIGINT, shutting down.", texts)

    def test_component(self) -> None:
        """
        So it is where the application has it as its component.
        """
        component = "application.setComponent(ILogObserver, log_observer())\n"
        _, texts = self.twistd("epoll", component + TERMINATE)
        self.assertEqual(texts[-2:], ["Main loop terminated.", "Server Shut Down."])

    def test_added(self) -> None:
        """
        Also where it is added only while the reactor runs, and twistd has another one.
        """
        add = "reactor.callWhenRunning(globalLogPublisher.addObserver, log_observer())\n"
        _, texts = self.twistd("epoll", add + STOP, "--logfile=other")
        self.assertEqual(texts, ["Main loop terminated.", "Server Shut Down."])

    def test_twist(self) -> None:
        """
        Under twist, it is called when the main loop has ended, and everything is there once.
        """
        for how in (STOP, TERMINATE):
            folder = scratch(self)
            plugins = folder / "twisted" / "plugins"
            plugins.mkdir(parents=True)
            (plugins / "test_nothing.py").write_text(PLUGIN)
            program = PRELUDE + "from twisted.internet import reactor\n" + how + TWIST
            self.assertEqual(self.run_in(folder, program), 0 if how is STOP else -signal.SIGINT)
            texts = self.texts(folder)
            self.assertEqual(texts[-1], "Main loop terminated.")
            self.assertEqual(texts.count("Starting reactor..."), 1)

    def test_react(self) -> None:
        """
        So it is under ``task.react``.
        """
        folder = scratch(self)
        self.assertEqual(self.run_in(folder, PRELUDE + REACT), 0)
        self.assertEqual(self.texts(folder), ["Main loop terminated."])
