"""
What ``twistd`` and ``twist`` find: the plug-in ``eliot``, and a reactor.
"""

from twisted.application.reactors import Reactor
from twisted.application.service import ServiceMaker

eliot = ServiceMaker(
    "Eliot",
    "eliot.twisted._plugin",
    "Run another plug-in, with a causal log of what it does.",
    "eliot",
)

eliot_asyncio = Reactor(
    "eliot-asyncio",
    "eliot.twisted._event_loop",
    "Twisted's reactor for asyncio, where no callback runs in the action of somebody else.",
)
