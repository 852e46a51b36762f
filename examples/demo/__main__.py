"""
Run the web site and the link checker, and show what happened: ``python -m examples.demo [FOLDER]``.

The logs go into the folder, which is ``demo-logs`` unless another is named.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from examples.demo.processes import ProcessFailed, TwistdProcess

_HERE = Path(__file__).parent
_PAGES = ["/", "/about", "/info", "/nowhere", "/offers", "/archive"]


def main(folder: Path) -> None:
    """
    Run the demo.

    :param folder: where the logs go; it is made if need be.
    :raises ProcessFailed: if one of the processes does not do its part.
    :raises OSError: if the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    logs = [folder / "checker.log", folder / "site.log"]
    for log in logs:
        log.unlink(missing_ok=True)

    with TwistdProcess(_HERE / "site.tac", folder) as site, dead_address() as nobody:
        address = site.read_line(timeout=20)
        links = [*(address + page for page in _PAGES), nobody]
        (folder / "links.txt").write_text("\n".join(links), encoding="utf-8")
        print(f"A web site is at {address}, and a link checker visits it.\n", flush=True)
        with TwistdProcess(_HERE / "checker.tac", folder) as checker:
            checker.wait(timeout=20)
        site.terminate(timeout=10)

    subprocess.run([sys.executable, "-m", "eliot.cli", "tree", *logs], check=True)
    print("\nThat is what `eliot tree` makes of two logs, one from each process:")
    for log in logs:
        print(f"    {log}")


@contextmanager
def dead_address() -> Iterator[str]:
    """
    Find an address where nobody listens, and keep others from listening there.
    """
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{silent.getsockname()[1]}/"


if __name__ == "__main__":
    try:
        main(Path(*sys.argv[1:] or ["demo-logs"]))
    except (ProcessFailed, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The demo has failed. {error}")
