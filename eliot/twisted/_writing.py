"""
The life of a writer, as a machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from automat import TypeMachineBuilder, pep614
from twisted.internet.defer import Deferred, succeed


class Writing(Protocol):
    """
    The inputs of a writer's machine.  They come in the reactor's thread.
    """

    def start(self) -> None:
        """
        The service starts.
        """

    def stop(self) -> Deferred[None]:
        """
        The service stops while the reactor runs, so nothing may block.
        """

    def stop_at_once(self) -> Deferred[None]:
        """
        The service stops where no reactor runs that could tell of the end.
        """

    def ended(self) -> None:
        """
        What was queued has been written, or it has taken too long.
        """


@dataclass
class Core:
    """
    What a writer's machine acts upon.
    """

    begin: Callable[[], None]
    finish: Callable[[], None]
    join: Callable[[], None]
    waiting: list[Deferred[None]] = field(default_factory=list)

    def wait(self) -> Deferred[None]:
        waiter: Deferred[None] = Deferred()
        self.waiting.append(waiter)
        return waiter

    def release(self) -> None:
        waiting, self.waiting = self.waiting, []
        for waiter in waiting:
            waiter.callback(None)


def _declare() -> Callable[[Core], Writing]:
    machine = TypeMachineBuilder(Writing, Core)

    stopped = machine.state("stopped")
    writing = machine.state("writing")
    draining = machine.state("draining")

    @pep614(stopped.upon(Writing.start).to(writing))
    def start(inputs: Writing, core: Core) -> None:
        core.begin()

    @pep614(draining.upon(Writing.start).to(writing))
    def restart(inputs: Writing, core: Core) -> None:
        # A new run, with a queue of its own.  The old one goes on to write
        # what it holds, but nobody waits for that any more.
        core.release()
        core.begin()

    @pep614(writing.upon(Writing.stop).to(draining))
    def stop(inputs: Writing, core: Core) -> Deferred[None]:
        core.finish()
        return core.wait()

    @pep614(draining.upon(Writing.stop).loop())
    def stop_again(inputs: Writing, core: Core) -> Deferred[None]:
        return core.wait()

    @pep614(writing.upon(Writing.stop_at_once).to(stopped))
    def stop_at_once(inputs: Writing, core: Core) -> Deferred[None]:
        core.finish()
        core.join()
        return succeed(None)

    @pep614(draining.upon(Writing.stop_at_once).to(stopped))
    def stop_waiting(inputs: Writing, core: Core) -> Deferred[None]:
        core.join()
        core.release()
        return succeed(None)

    @pep614(stopped.upon(Writing.stop).loop())
    @pep614(stopped.upon(Writing.stop_at_once).loop())
    def stop_stopped(inputs: Writing, core: Core) -> Deferred[None]:
        return succeed(None)

    @pep614(draining.upon(Writing.ended).to(stopped))
    def ended(inputs: Writing, core: Core) -> None:
        core.release()

    writing.upon(Writing.start).loop().returns(None)
    # These come late, of a run that was stopped at once or followed by another.
    writing.upon(Writing.ended).loop().returns(None)
    stopped.upon(Writing.ended).loop().returns(None)
    return machine.build()


#: Makes a machine, given what it shall act upon.
writer_machine = _declare()
