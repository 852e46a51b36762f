"""
The harbour office: an HTTP server that works out how often a ferry has to sail.

``python office.py`` prints its address, and serves until it is interrupted; it logs to
``office.log``.
"""

from math import ceil
from typing import BinaryIO

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorCore
from twisted.internet.task import react
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from eliot import Action, FileDestination, add_global_fields, start_action
from eliot.twisted import ThreadedWriter


class Office(Resource):
    """
    Answers ``/?cars=14&places=6``.
    """

    def __init__(self) -> None:
        Resource.__init__(self)
        self.putChild(b"", self)

    def render_GET(self, request: Request) -> bytes:
        """
        Continue the client's task at the place that the client has named.
        """
        try:
            task_id = request.getHeader("X-Eliot-Task-Id") or ""
            with Action.continue_task(task_id=task_id, action_type="office:request"):
                cars, places = (int(request.args[name][0]) for name in (b"cars", b"places"))
                return b"%d" % count_crossings(cars, places)
        except (ArithmeticError, LookupError, ValueError):
            request.setResponseCode(500)
            return b"The office is at a loss."


def count_crossings(cars: int, places: int) -> int:
    """
    Work out how often a ferry has to sail.
    """
    with start_action(action_type="office:count_crossings", cars=cars, places=places) as counting:
        crossings = ceil(cars / places)
        counting.add_success_fields(crossings=crossings)
        return crossings


async def main(reactor: IReactorCore, log: BinaryIO) -> None:
    """
    Serve until the reactor stops.
    """
    writer = ThreadedWriter(FileDestination(log), reactor)
    writer.startService()
    reactor.addSystemEventTrigger("before", "shutdown", writer.stopService)
    endpoint = serverFromString(reactor, "tcp:0:interface=127.0.0.1")
    port = await endpoint.listen(Site(Office()))
    print(f"http://127.0.0.1:{port.getHost().port}/", flush=True)
    await Deferred[None]()


if __name__ == "__main__":
    add_global_fields(process="office")
    with open("office.log", "wb") as log:
        react(main, [log])
