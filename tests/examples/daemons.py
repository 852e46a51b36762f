"""
Running the example of a plug-in package, as a daemon or in the foreground.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from unittest import TestCase

from twisted.internet import reactor

from tests.examples.installed import with_harbour
from tests.helpers import PATIENCE, Fields, scratch, start_process
from tests.twisted.helpers import messages_in

_TWISTD = "import sys; from twisted.scripts.twistd import run; sys.argv[0] = 'twistd'; run()"
_TWIST = (
    "import sys; from twisted.application.twist._twist import Twist;"
    " sys.argv[0] = 'twist'; Twist.main()"
)

#: The reactor that the tests run on, which the daemons run on as well.
REACTOR = "asyncio" if "Asyncio" in type(reactor).__name__ else "epoll"


def wait_until(what: str, happens: Callable[[], bool]) -> None:
    """
    Wait for another process to do something that it does not tell.

    :param what: what is waited for, in words.
    :param happens: whether it has happened.
    :raises TimeoutError: if it has not within a time in which it surely should.
    """
    deadline = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > deadline:
            raise TimeoutError(f"It has not happened that {what}.")
        # How large a file of another process is, nothing tells but to look again.
        time.sleep(0.01)


class Harbour:
    """
    A folder with what processes of the harbour write there.

    :param test: the test, after which none of them is left.
    """

    def __init__(self, test: TestCase) -> None:
        self._test = test
        self.folder = scratch(test)

    def command(self, program: str, *arguments: str) -> list[str]:
        """
        Put together how a program of Twisted's is called.
        """
        code = {"twistd": _TWISTD, "twist": _TWIST}[program]
        python = str(with_harbour().python)
        return [python, "-W", "error", "-P", "-c", code, f"--reactor={REACTOR}", *arguments]

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """
        Run a program that ends, or becomes a daemon.
        """
        return subprocess.run(
            self.command(program, *arguments),
            capture_output=True,
            check=False,
            cwd=self.folder,
            encoding="utf-8",
            timeout=PATIENCE,
        )

    def start(
        self, program: str, *arguments: str, pass_fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        """
        Start a program in the foreground.
        """
        command = self.command(program, *arguments)
        return start_process(self._test, self.folder, command, pass_fds=pass_fds)

    def printed(self) -> str:
        """
        Read what a program in the foreground has printed.
        """
        return (self.folder / "output").read_text(encoding="utf-8", errors="replace")

    def daemon(self, pidfile: Path) -> int:
        """
        Find a daemon that has just been started.

        :returns: its process id; it is killed after the test, if it still runs.
        """
        pid = int(pidfile.read_text(encoding="ascii"))

        def kill() -> None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

        self._test.addCleanup(kill)
        return pid

    def logs(self, name: str) -> list[Path]:
        """
        Find a log file and what it was before it was rotated, the oldest first.
        """
        current = self.folder / name
        old = {
            # An old file stays until the compressed one is whole.
            path.with_suffix("") if path.suffix == ".gz" else path: path
            for path in sorted(self.folder.glob(f"{name}.*"))
            if path.suffix != ".part"
        }
        return [*old.values(), current]

    def raw(self, name: str) -> bytes:
        """
        Read a log, with what was rotated, from its beginning.
        """
        while True:
            paths = self.logs(name)
            # Where it is rotated or compressed meanwhile, it is read once more.
            with contextlib.suppress(FileNotFoundError):
                content = b"".join(map(_content_of, paths))
                if self.logs(name) == paths:
                    return content

    def size(self, name: str) -> int:
        """
        Tell how many bytes a log has, with what was rotated.
        """
        size = 0
        for path in self.logs(name):
            with contextlib.suppress(FileNotFoundError):
                size += path.stat().st_size
        return size

    def messages(self, name: str) -> list[Fields]:
        """
        Read the messages of a log, in which each line must be whole.
        """
        return messages_in(self.raw(name))


def _content_of(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content
