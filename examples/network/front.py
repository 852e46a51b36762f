"""
The web site that people see, made with Klein: ``python front.py NAME BACK``.

It prints the port that it listens on.
"""

import sys

from klein import Klein
from treq import content
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.error import (
    ConnectError,
    ConnectingCancelledError,
    ConnectionClosed,
    DNSLookupError,
)
from twisted.internet.task import deferLater, react
from twisted.web.client import Agent, HTTPConnectionPool, ResponseFailed
from twisted.web.server import Request

from eliot import log_message
from eliot.twisted.client import LoggedHTTPClient
from eliot.twisted.web import LoggedSite
from examples.network.programs import Reactor, start_program

#: What is raised when the back end dies, or when a request is cancelled.
LOST = (ConnectError, ConnectingCancelledError, ConnectionClosed, DNSLookupError, ResponseFailed)


class Front:
    """
    Sells passages.

    :param reactor: the reactor of the program.
    :param back: the port of the back end.
    """

    app = Klein()

    def __init__(self, reactor: Reactor, back: str) -> None:
        self._reactor = reactor
        self._fares = f"http://127.0.0.1:{back}/fares"
        pool = HTTPConnectionPool(reactor)
        # It would send a request again as it is, with an identifier that is good for one.
        pool.retryAutomatically = False
        self._client = LoggedHTTPClient(Agent(reactor, pool=pool))

    @app.route("/passages/<int:passage>")
    async def sell(self, request: Request, passage: int) -> bytes:
        """
        Sell one, if the back end says what it costs.
        """
        log_message("front:sell", passage=passage)
        gone: list[object] = []
        request.notifyFinish().addErrback(gone.append)
        cents = await self._ask(passage, gone)
        log_message("front:answer", passage=passage)
        if cents is None:
            request.setResponseCode(502)
            return b"No fare."
        return b"Sold for " + cents

    async def _ask(self, passage: int, gone: list[object]) -> bytes | None:
        while True:
            try:
                response = await self._client.get(f"{self._fares}/{passage}")
                text = await content(response)
            except LOST as error:
                if gone:
                    # Klein has cancelled this.  What that is called depends on how far it had
                    # come, but here it means the same.
                    raise CancelledError from error
                # The back end has died, and another one takes its place.
                await deferLater(self._reactor, 0.2)
            else:
                return text if response.code == 200 else None


async def main(reactor: Reactor, name: str, back: str) -> None:
    """
    Serve until the reactor stops.
    """
    start_program(reactor, name)
    site = LoggedSite(Front(reactor, back).app.resource(), trusted=True)
    server = TCP4ServerEndpoint(reactor, 0, backlog=1024, interface="127.0.0.1")
    listening = await server.listen(site)
    print(listening.getHost().port, flush=True)
    await Deferred()


if __name__ == "__main__":
    react(lambda *arguments: Deferred.fromCoroutine(main(*arguments)), sys.argv[1:])
