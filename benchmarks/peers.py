"""
The others: what this package is compared with, each in a virtual environment of its own.

An environment is made once, with pip, and kept until what it should contain changes. A peer never
shares one with this package, since eliot 1.18.0 has the same import name.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Peer:
    """
    Another package, as it is installed.

    :ivar name: Its name and version.
    :ivar requirements: What pip installs, pinned.
    :ivar shared: Distributions that both sides use. The peer gets the versions that this
        interpreter has, so that no difference between them is taken for one between the packages.
    """

    name: str
    requirements: tuple[str, ...]
    shared: tuple[str, ...] = ()

    def contents(self) -> list[str]:
        """
        Say what its environment has to contain.

        :returns: Requirements for pip.
        :raises importlib.metadata.PackageNotFoundError: If this interpreter lacks a shared one.
        """
        return [*self.requirements, *(f"{name}=={version(name)}" for name in self.shared)]


ELIOT = Peer("eliot 1.18.0", ("eliot==1.18.0",), ("twisted", "zope.interface", "orjson", "automat"))
ELIOT_TREE = Peer("eliot-tree 24.0", ("eliot-tree==24.0.*",))
STRUCTLOG = Peer("structlog 26.1", ("structlog==26.1.*",), ("orjson",))
OPENTELEMETRY = Peer("opentelemetry-sdk 1.45", ("opentelemetry-sdk==1.45.*",))

#: Whoever is compared with itself, without what is measured: nothing is installed for that.
ALONE = Peer("itself, without", ())

#: What both sides have installed anyway.
TWISTED = Peer("Twisted's own", ())


class PeerNotInstalled(Exception):
    """pip could not install a peer."""


def folder_name(peer: Peer) -> str:
    """
    Name the folder of a peer's environment: one for each version of Python.

    :param peer: The peer.
    """
    return f"py{sys.version_info.major}.{sys.version_info.minor}-{peer.name.replace(' ', '-')}"


def stamp(peer: Peer) -> str:
    """
    Say what an environment was made for: an environment with another stamp is made anew.

    :param peer: The peer.
    """
    return "\n".join([f"python {sys.version}", *peer.contents(), ""])


def interpreter(peer: Peer, folder: Path, announce: Callable[[str], object]) -> Path:
    """
    Find the interpreter of a peer's environment; make the environment if it is absent or stale.

    :param peer: The peer.
    :param folder: Where the environments of all peers are kept.
    :param announce: Called with a line for people, if this is going to take a while.
    :returns: The path of the interpreter.
    :raises PeerNotInstalled: If pip fails.
    """
    environment = folder.absolute() / folder_name(peer)
    executable = environment / "bin" / "python"
    # Written last: an environment without it was never finished.
    made_for = environment / "contents.txt"
    if made_for.is_file() and made_for.read_text(encoding="utf-8") == stamp(peer):
        return executable
    announce(f"installing {peer.name} into {environment}")
    venv.create(environment, clear=True, symlinks=os.name == "posix", with_pip=True)
    pip = [str(executable), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # What pip says goes to standard error: standard output is for the figures.
    installed = subprocess.run([*pip, *peer.contents()], check=False, stdout=sys.stderr)
    if installed.returncode != 0:
        raise PeerNotInstalled(f"pip could not install {peer.name} into {environment}")
    made_for.write_text(stamp(peer), encoding="utf-8")
    return executable
