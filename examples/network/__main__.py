"""
Run the network, kill one of its processes in the middle, and tell what the logs say:
``python -m examples.network [COUNT [FOLDER]]``.

The logs go into the folder, which is ``network-logs`` unless another is named.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Self

import examples
from examples.network.joined import Joined, join

_HERE = Path(__file__).parent

#: The process that is killed in the middle.
KILLED = "back-1"


class Network:
    """
    The processes of a network, which do not outlive the ``with`` block.

    :param folder: where they log to.
    :param python: the command that runs a script.
    """

    def __init__(self, folder: Path, python: list[str] | None = None) -> None:
        self._folder = folder
        self._python = [sys.executable] if python is None else python
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.communicate()

    def start(self, name: str, *arguments: str) -> str:
        """
        Start a program.

        :param name: what the process is called: the script's name, perhaps with a number.
        :returns: the first line that it prints.
        :raises TimeoutError: if it prints none for a long time.
        """
        script = _HERE / f"{name.partition('-')[0]}.py"
        search_path = [str(Path(examples.__file__).parent.parent.absolute())]
        search_path += filter(None, [os.environ.get("PYTHONPATH")])
        with (self._folder / f"{name}.errors").open("wb") as errors:
            self._processes[name] = subprocess.Popen(
                [*self._python, str(script), name, *arguments],
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(search_path)},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        return self.read_line(name, 30)

    def read_line(self, name: str, timeout: float) -> str:
        """
        Wait for a process to print a line.

        :raises TimeoutError: if it does not.
        """
        output = self._processes[name].stdout
        assert output is not None  # it is a pipe
        if not select.select([output], [], [], timeout)[0]:
            raise TimeoutError(f"{name} has said nothing for {timeout:g} seconds")
        return output.readline().strip()

    def kill(self, name: str) -> None:
        """
        Kill a process, which cannot do anything more then.
        """
        self._processes[name].kill()
        self._processes[name].wait()

    def stop(self, name: str) -> None:
        """
        Ask a process to end, and wait until it does.
        """
        self._processes[name].terminate()
        self.wait(name)

    def wait(self, name: str) -> None:
        """
        Wait until a process has ended.

        :raises subprocess.CalledProcessError: if it has done so with an error.
        """
        process = self._processes[name]
        if process.wait(30):
            raise subprocess.CalledProcessError(process.returncode, name)

    def errors(self) -> str:
        """
        Read what the processes have printed to standard error.
        """
        return "".join(
            (self._folder / f"{name}.errors").read_text("utf-8") for name in self._processes
        )


def run(network: Network, count: int) -> str:
    """
    Have passages bought, and kill the back end meanwhile.

    :param count: how many passages.
    :returns: what has become of them.
    """
    worker = network.start("worker")
    back = network.start(KILLED, "0", worker)
    front = network.start("front", back)
    network.start("client", front, str(count))
    network.kill(KILLED)
    network.start("back-2", back, worker)
    outcomes = network.read_line("client", 120)
    network.wait("client")
    for name in ("front", "back-2", "worker"):
        network.stop(name)
    return outcomes


def main(count: str = "1000", folder: str = "network-logs") -> None:
    """
    Run the network, and tell what the logs say.
    """
    logs = Path(folder)
    logs.mkdir(parents=True, exist_ok=True)
    for old in logs.glob("*.json"):
        old.unlink()
    with Network(logs) as network:
        outcome = run(network, int(count))
    print("\n".join(report(outcome, join(logs.glob("*.json")))))


def report(outcome: str, joined: Joined) -> list[str]:
    """
    Tell what the logs say, in lines.
    """
    unfinished = joined.unfinished()
    return [
        f"{outcome}.",
        f"{len(joined.messages)} messages are {len(joined.requests)} requests.",
        f"{KILLED} was killed, and has left {len(unfinished)} actions unfinished:",
        *(f"    {each}" for each in unfinished),
    ]


if __name__ == "__main__":
    main(*sys.argv[1:])
