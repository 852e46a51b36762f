"""
What was asked for at the command line.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from twisted.python.reflect import namedAny
from twisted.python.usage import Options

from eliot.twisted._describe import Described, check_places, describe
from eliot.twisted._grammar import DescriptionError
from eliot.twisted._observer import log_observer
from eliot.twisted._parser import Surroundings
from eliot.twisted._reactor import Reactor
from eliot.twisted._thresholds import Thresholds
from eliot.twisted._twisted_log import TwistedLogService


@dataclass
class Asked:
    """
    What was asked for, so far.
    """

    descriptions: list[str] = field(default_factory=list)
    fields: dict[str, object] = field(default_factory=dict)
    root_action: str | None = None
    reopen_on: list[int] = field(default_factory=list)
    twisted_log: bool = True
    log_levels: dict[str, str] = field(default_factory=dict)
    log_fields: bool = False
    capture_output: bool = False
    monitor: float | None = None
    patch: bool = False

    def selection(self) -> TwistedLogService:
        """
        Make the service that takes in of Twisted's log what was asked for.
        """
        predicates = [Thresholds(self.log_levels)] if self.log_levels else []
        return TwistedLogService(predicates, extra_fields=self.log_fields)


def surroundings_of(options: Options, reactor: Reactor) -> Surroundings:
    """
    Find out what the program that runs a plug-in will make of the process.

    :param options: the options of the plug-in.
    :param reactor: the reactor of the program.
    """
    host = _host_of(options)
    if host is None:
        # "twist", or the program itself: it stays in the foreground, where it is.
        return Surroundings(reactor, directory=os.getcwd(), daemon=False)
    uid, gid, root = host.get("uid"), host.get("gid"), host.get("chroot")
    changes_user = (uid, gid) != (None, None)
    return Surroundings(
        reactor,
        directory=_directory(host["rundir"], root),
        daemon=not (host["nodaemon"] or host["debug"]),
        owner=(
            os.geteuid() if uid is None else int(uid),
            os.getegid() if gid is None else int(gid),
        )
        if changes_user and os.geteuid() == 0
        else None,
        visible=not changes_user and root is None,
    )


def _directory(directory: str, root: str | None) -> str | None:
    if root is None:
        return os.path.abspath(directory)
    # What twistd does: "." is the new root; it goes where other relative
    # paths lead to only once it is inside.
    if directory == ".":
        return "/"
    return directory if os.path.isabs(directory) else None


def _host_of(options: Options) -> Options | None:
    """
    Find the options of ``twistd``, however deep the plug-in's are below them.
    """
    each = options.parent
    while each is not None:
        if "nodaemon" in each and "rundir" in each:
            return each
        each = each.parent
    return None


def described(options: Options, descriptions: Sequence[str], reactor: Reactor) -> list[Described]:
    """
    Make destinations, each for itself.

    :param options: the options of the plug-in.
    :param descriptions: what was asked for.
    :param reactor: the reactor of the program.
    :raises DescriptionError: if that cannot be.
    """
    surroundings = surroundings_of(options, reactor)
    return [describe(surroundings, each) for each in descriptions]


def check_together(options: Options, made: Sequence[Described]) -> None:
    """
    See that all the destinations of a program go together.

    :param options: the options of the plug-in.
    :param made: the destinations.
    :raises DescriptionError: if they do not.
    """
    check_places(made)
    if made and all(each.kind == "twisted" for each in made) and _observes(options):
        text = made[0].description.text
        raise DescriptionError(
            "Twisted's log goes to the destinations, by --logger, and they to Twisted's log: "
            "nothing would be written anywhere; add another destination"
        ).at(text, text, 0)


def _observes(options: Options) -> bool:
    """
    Tell whether ``twistd`` was told to begin with our observer.
    """
    host = _host_of(options)
    named: object = None if host is None else host.get("logger")
    if isinstance(named, str):
        # It is looked up later; and refused then if it is wrong.
        try:
            named = namedAny(named)
        except Exception:
            return False
    return named is log_observer
