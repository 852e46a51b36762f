"""
The plug-in: ``twistd harbour --help``.
"""

from __future__ import annotations

from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import IService, MultiService
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString

from eliot.twisted import LoggingOptions
from harbour.buoys import Buoys
from harbour.office import Office


class Options(LoggingOptions):
    """
    What the plug-in can be told, and all that tells where its messages go.
    """

    synopsis = "[options]"
    optParameters = [
        ["listen", "l", "tcp:7070:interface=127.0.0.1", "Where ferries call."],
        ["berths", "b", 2, "How many berths there are.", int],
        ["buoys", None, 0, "How many buoys tell how high the water is.", int],
    ]


def makeService(options: Options) -> IService:
    """
    Make all services of the harbour.
    """
    harbour = MultiService()
    office = Office(f"B{number + 1}" for number in range(options["berths"]))
    endpoint = serverFromString(reactor, options["listen"])
    StreamServerEndpointService(endpoint, office).setServiceParent(harbour)
    Buoys(options["buoys"]).setServiceParent(harbour)
    return options.with_logging(harbour)
