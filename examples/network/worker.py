"""
The worker, which knows the fares: ``python worker.py NAME``.

It prints the port where it is asked by AMP.
"""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.amp import AMP

from eliot import log_message
from eliot.twisted.amp import logged_responder
from examples.network.commands import LookUp, NoFare
from examples.network.programs import Reactor, start_program


class Worker(AMP):
    """
    Looks up fares.  Of ten passages there is none for one, and two are in the archive.

    :param closing: fires when the worker is about to stop: that long it takes to find something
        in the archive.
    """

    def __init__(self, closing: Deferred[None]) -> None:
        AMP.__init__(self)
        self._closing = closing

    @logged_responder(LookUp, include_args=["passage"])
    async def look_up(self, passage: int) -> dict[str, int]:
        """
        Look up one.
        """
        if passage % 10 == 3:
            raise NoFare(f"for {passage}")
        if passage % 10 in {6, 9}:
            await self._closing
        log_message("worker:found", passage=passage)
        return {"cents": 100 * passage}


async def main(reactor: Reactor, name: str) -> None:
    """
    Serve until the reactor stops.
    """
    start_program(reactor, name)
    closing: Deferred[None] = Deferred()
    reactor.addSystemEventTrigger("before", "shutdown", closing.callback, None)
    factory = Factory.forProtocol(lambda: Worker(closing))
    port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
    print(port.getHost().port, flush=True)
    await Deferred()


if __name__ == "__main__":
    react(lambda *arguments: Deferred.fromCoroutine(main(*arguments)), sys.argv[1:])
