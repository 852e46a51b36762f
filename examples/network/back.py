"""
The back end, which has a worker find out what passages cost: ``python back.py NAME PORT WORKER``.

It prints the port that it listens on, which is another one for 0.
"""

import sys

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.task import react
from twisted.protocols.amp import AMP
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from eliot import log_message
from eliot.twisted.amp import call_remote
from eliot.twisted.web import LoggedSite
from examples.network.commands import LookUp
from examples.network.programs import Reactor, start_program


class Fares(Resource):
    """
    Answers ``/fares/PASSAGE``.

    :param worker: the connection to the worker.
    """

    isLeaf = True  # noqa: N815 (Twisted's name)

    def __init__(self, worker: AMP) -> None:
        Resource.__init__(self)
        self._worker = worker

    def render_GET(self, request: Request) -> int:
        """
        Have the worker look it up, for as long as the client waits.
        """
        passage = int(request.path.rpartition(b"/")[2])
        answer = call_remote(self._worker, LookUp, passage=passage)
        # What goes wrong for another reason is told to the client, and logged, by Twisted.
        answer.addCallback(self._answer, request, passage)
        answer.addErrback(self._give_up, request)
        request.notifyFinish().addErrback(lambda _: answer.cancel())
        return NOT_DONE_YET

    def _answer(self, response: dict[str, int], request: Request, passage: int) -> None:
        log_message("back:answer", passage=passage)
        request.write(b"%d" % response["cents"])
        request.finish()

    def _give_up(self, failure: Failure, request: Request) -> None:
        if not failure.check(CancelledError):
            request.setResponseCode(500)
            request.finish()


async def main(reactor: Reactor, name: str, port: str, worker_port: str) -> None:
    """
    Serve until the reactor stops.
    """
    start_program(reactor, name)
    endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", int(worker_port))
    worker = await connectProtocol(endpoint, AMP())
    server = TCP4ServerEndpoint(reactor, int(port), backlog=1024, interface="127.0.0.1")
    listening = await server.listen(LoggedSite(Fares(worker), trusted=True))
    print(listening.getHost().port, flush=True)
    await Deferred()


if __name__ == "__main__":
    react(lambda *arguments: Deferred.fromCoroutine(main(*arguments)), sys.argv[1:])
