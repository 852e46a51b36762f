"""
A ferry fetches charts, as long as the office is open: ``python charts.py | eliot tree``.
"""

import sys

import treq
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IReactorCore
from twisted.internet.task import react
from twisted.web.client import Agent, RedirectAgent
from twisted.web.iweb import IAgent
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from eliot import log_message, start_action, to_file
from eliot.twisted.client import LoggedAgent


class Charts(Resource):
    """
    What the office has drawn.
    """

    def __init__(self) -> None:
        Resource.__init__(self)
        self.putChild(b"", self)

    def render_GET(self, request: Request) -> bytes:
        """
        Answer with a chart.
        """
        return b"_/~~\\_"


def is_ours(url: str) -> bool:
    """
    Tell whether a request goes to an office of the ferry line.
    """
    return url.startswith("https://office.example/")


def agent_of(reactor: IReactorCore) -> RedirectAgent:
    """
    Make an agent that follows redirects, and logs each request.
    """
    return RedirectAgent(LoggedAgent(Agent(reactor), query=True, propagate=is_ours))


def draw(piece: bytes) -> None:
    """
    Draw a piece of a chart.
    """
    log_message("ferry:draw", points=len(piece))


async def fetch(agent: IAgent, address: str) -> None:
    """
    Fetch a chart, and draw it as it comes.
    """
    with start_action(action_type="ferry:fetch_chart"):
        response = await agent.request(b"GET", address.encode())
        await treq.collect(response, draw)


async def main(reactor: IReactorCore) -> None:
    """
    Fetch a chart from an office in this process, twice: then the office has closed.
    """
    to_file(sys.stdout)
    endpoint = serverFromString(reactor, "tcp:0:interface=127.0.0.1")
    port = await endpoint.listen(Site(Charts()))
    address = f"http://127.0.0.1:{port.getHost().port}/?depths=yes"
    agent = agent_of(reactor)
    try:
        await fetch(agent, address)
        await port.stopListening()
        await fetch(agent, address)
    except ConnectError:
        log_message("ferry:stay")


if __name__ == "__main__":
    react(main)
