"""
Programs under ``twistd``, each in a process of its own.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import sysconfig
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from types import TracebackType
from typing import Self

import examples

_TWISTD = Path(sysconfig.get_path("scripts"), "twistd")
_LINES_SHOWN = 15


class ProcessFailed(Exception):
    """
    A process did not do its part; the text says which, and what its log says.
    """


class TwistdProcess:
    """
    A process that runs an application; it does not outlive the ``with`` block.

    Its own log, which is Twisted's, is the file ``<name>.twistd.log`` in the folder.

    :param tac: the file that makes the application; its name is the process's.
    :param folder: what the process works in.
    :param options: further ones for ``twistd``.
    """

    def __init__(self, tac: Path, folder: Path, *options: str) -> None:
        self._name = tac.stem
        self._log = folder / f"{self._name}.twistd.log"
        self._log.unlink(missing_ok=True)
        # No file for the process id: two processes in one folder would share it.
        given = ["--nodaemon", "--pidfile=", f"--logfile={self._log.name}", f"--python={tac}"]
        with self._log.open("ab") as log:
            self._process = Popen(
                [sys.executable, _TWISTD, *given, *options],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(_search_path())},
                stdout=PIPE,
                stderr=log,
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def read_line(self, timeout: float) -> str:
        """
        Wait until the process says something.

        :param timeout: how many seconds to wait at most.
        :returns: a line that it wrote to standard output.
        :raises ProcessFailed: if it ended, or was silent for so long.
        """
        output = self._process.stdout
        assert output is not None  # it is a pipe
        ready, _, _ = select.select([output], [], [], timeout)
        if not ready:
            raise self._failure(f"has said nothing for {timeout:g} seconds")
        line = output.readline().strip()
        if not line:
            raise self._failure("has ended before it was of any use")
        return line

    def wait(self, timeout: float) -> None:
        """
        Wait until the process ends by itself.

        :param timeout: how many seconds to wait at most.
        :raises ProcessFailed: if it does not, or ends with an error.
        """
        self._wait(timeout, 0)

    def terminate(self, timeout: float) -> None:
        """
        Ask the process to end, as an operating system that shuts down does.

        :param timeout: how many seconds it may take.
        :raises ProcessFailed: if it takes longer, or had ended already.
        """
        self._process.send_signal(signal.SIGTERM)
        # Having stopped its services, twistd ends by the signal that it got.
        self._wait(timeout, -signal.SIGTERM)

    def _wait(self, timeout: float, expected: int) -> None:
        try:
            status = self._process.wait(timeout)
        except TimeoutExpired:
            raise self._failure(f"has not ended within {timeout:g} seconds") from None
        if status != expected:
            raise self._failure(f"has ended with status {status}, not {expected}")

    def _failure(self, what: str) -> ProcessFailed:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        shown = "".join(f"\n    {line}" for line in lines[-_LINES_SHOWN:])
        return ProcessFailed(f"The {self._name} {what}. Its log, {self._log}, ends so:{shown}")


def _search_path() -> list[str]:
    """
    Say where the processes find modules: where this one found the examples, and then as usual.
    """
    here = Path(examples.__file__).parent.parent
    return [str(here.absolute()), *filter(None, [os.environ.get("PYTHONPATH")])]
