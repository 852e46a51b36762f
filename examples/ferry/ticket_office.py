"""
A ticket office with a web site, and who asks it for something:
``python ticket_office.py | eliot tree``.
"""

import sys

import treq
from klein import Klein
from treq.client import HTTPClient
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTCP, IReactorTime
from twisted.internet.task import deferLater, react
from twisted.python.failure import Failure
from twisted.web.client import Agent
from twisted.web.http_headers import Headers
from twisted.web.iweb import IRequest
from twisted.web.server import Request

from eliot import log_message, start_action, to_file
from eliot.twisted.web import LoggedSite, in_request, incident_id


class Reactor(IReactorTCP, IReactorTime):
    """
    What the office needs of a reactor.
    """


class PrinterJam(Exception):
    """
    The printer takes no more paper.
    """


class TicketOffice:
    """
    Sells tickets.

    :param reactor: the reactor of the program.
    """

    app = Klein()

    def __init__(self, reactor: Reactor) -> None:
        self._reactor = reactor

    @app.route("/tickets/<ferry>")
    async def ticket(self, request: Request, ferry: str) -> str:
        """
        Sell a ticket.
        """
        log_message("office:seats_left", ferry=ferry, seats=12)
        await self.print_ticket(ferry)
        return f"One passage with the {ferry}.\n"

    async def print_ticket(self, ferry: str) -> None:
        """
        Print a ticket, which takes a moment.
        """
        with start_action(action_type="office:print", ferry=ferry):
            await deferLater(self._reactor, 0.02)
            if ferry == "Tern":
                raise PrinterJam(f"the one for the {ferry}")

    @app.handle_errors(PrinterJam)
    @in_request
    def apologize(self, request: IRequest, failure: Failure) -> str:
        """
        Answer that it did not work, and how to ask about it.
        """
        request.setResponseCode(503)
        return f"No tickets now. If you call us, please say: {incident_id(request)}\n"


async def day(reactor: Reactor) -> None:
    """
    Open the office for two passengers and a colleague.
    """
    office = TicketOffice(reactor).app.resource()
    public = listen(reactor, LoggedSite(office, query=True))
    ours = listen(reactor, LoggedSite(office, trusted=True))

    http = HTTPClient(Agent(reactor))
    for passage in ("Gull?seat=4", "Tern"):
        await treq.content(await http.get(f"{public}/tickets/{passage}"))

    with start_action(action_type="harbour:reserve", ferry="Gull") as action:
        headers = Headers({b"X-Eliot-Task-Id": [action.serialize_task_id()]})
        await treq.content(await http.get(f"{ours}/tickets/Gull", headers=headers))


def listen(reactor: Reactor, site: LoggedSite) -> str:
    """
    Open a port.

    :returns: its address.
    """
    port = reactor.listenTCP(0, site, interface="127.0.0.1")  # type: ignore[arg-type]
    address = port.getHost()
    assert isinstance(address, IPv4Address)
    return f"http://{address.host}:{address.port}"


if __name__ == "__main__":
    to_file(sys.stdout)
    react(lambda reactor: Deferred.fromCoroutine(day(reactor)))
