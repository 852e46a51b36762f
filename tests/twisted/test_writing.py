"""
Tests of :mod:`eliot.twisted._writing`.
"""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._writing import Core, writer_machine

# How each state is reached.
PATHS: dict[str, tuple[str, ...]] = {
    "stopped": (),
    "writing": ("start",),
    "draining": ("start", "stop"),
}

# What each input does in each state: what is done, in order; whether the Deferred that comes back
# has "fired" or "waits"; and the state that follows.  "release" fires all Deferreds that wait.
TABLE: dict[tuple[str, str], tuple[str, str, str]] = {
    ("stopped", "start"): ("begin", "", "writing"),
    ("stopped", "stop"): ("", "fired", "stopped"),
    ("stopped", "stop_at_once"): ("", "fired", "stopped"),
    ("stopped", "ended"): ("", "", "stopped"),
    ("writing", "start"): ("", "", "writing"),
    ("writing", "stop"): ("finish", "waits", "draining"),
    ("writing", "stop_at_once"): ("finish join", "fired", "stopped"),
    ("writing", "ended"): ("", "", "writing"),
    ("draining", "start"): ("release begin", "", "writing"),
    ("draining", "stop"): ("", "waits", "draining"),
    ("draining", "stop_at_once"): ("join release", "fired", "stopped"),
    ("draining", "ended"): ("release", "", "stopped"),
}


def feed(path: tuple[str, ...]) -> tuple[str, str]:
    """
    Give a new machine some inputs.

    :returns: what the last one does, and what it gives back.
    """
    effects: list[str] = []
    core = Core(
        lambda: effects.append("begin"),
        lambda: effects.append("finish"),
        lambda: effects.append("join"),
    )
    machine = writer_machine(core)
    result: object = None
    for name in path:
        effects.clear()
        result = getattr(machine, name)()
        if isinstance(result, Deferred) and not result.called:
            result.addCallback(lambda _: effects.append("release"))
    returned = ""
    if isinstance(result, Deferred):
        returned = "fired" if result.called else "waits"
    return " ".join(effects), returned


class MachineTests(SynchronousTestCase):
    """
    The life of a writer.
    """

    def test_table(self) -> None:
        """
        The machine does what the table says, for every input in every state; a state is known by
        what stopping does in it.
        """
        known = {TABLE[state, "stop"][:2]: state for state in PATHS}
        self.assertEqual(len(known), len(PATHS))
        for (state, name), expected in TABLE.items():
            path = (*PATHS[state], name)
            self.assertEqual((*feed(path), known[feed((*path, "stop"))]), expected, (state, name))

    def test_everyone_is_told(self) -> None:
        """
        All who wait for the end are told, once.
        """
        core = Core(lambda: None, lambda: None, lambda: None)
        machine = writer_machine(core)
        machine.start()
        waiting = [machine.stop(), machine.stop(), machine.stop()]
        for each in waiting:
            self.assertNoResult(each)
        machine.ended()
        self.assertEqual([self.successResultOf(each) for each in waiting], [None] * 3)
        machine.ended()

    def test_start_from_callback(self) -> None:
        """
        Whoever is told of the end may start again at once.
        """
        effects: list[str] = []
        core = Core(lambda: effects.append("begin"), lambda: None, lambda: None)
        machine = writer_machine(core)
        machine.start()
        machine.stop().addCallback(lambda _: machine.start())
        machine.ended()
        self.assertEqual(effects, ["begin", "begin"])
        self.assertNoResult(machine.stop())
