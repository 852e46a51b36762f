"""
A ferry asks for the weather: ``python weather.py | eliot tree``.
"""

import sys

from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorCore
from twisted.internet.task import react
from twisted.web.client import Agent
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from eliot import log_message, start_action, to_file
from eliot.twisted.client import LoggedHTTPClient


class Weather(Resource):
    """
    A service, which has moved.
    """

    def __init__(self) -> None:
        Resource.__init__(self)
        self.putChild(b"", self)
        self.putChild(b"forecast", self)

    def render_GET(self, request: Request) -> bytes:
        """
        Answer with the forecast, or with where that is.
        """
        if request.path == b"/":
            request.redirect(b"/forecast")
            return b""
        return b'{"wind": "W 5", "sight": "good"}'


async def ask(client: LoggedHTTPClient, address: str) -> None:
    """
    Ask how the wind is.
    """
    with start_action(action_type="ferry:ask_for_weather"):
        response = await client.get(address, params={"key": "a secret"})
        forecast = await response.json()
        log_message("ferry:forecast", wind=forecast["wind"])


async def main(reactor: IReactorCore) -> None:
    """
    Ask a service in this process.
    """
    to_file(sys.stdout)
    endpoint = serverFromString(reactor, "tcp:0:interface=127.0.0.1")
    port = await endpoint.listen(Site(Weather()))
    client = LoggedHTTPClient(Agent(reactor))
    await ask(client, f"http://127.0.0.1:{port.getHost().port}/")
    await port.stopListening()


if __name__ == "__main__":
    react(main)
