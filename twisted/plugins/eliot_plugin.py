"""
What ``twistd`` and ``twist`` find: the plug-in ``eliot``.
"""

from twisted.application.service import ServiceMaker

eliot = ServiceMaker(
    "Eliot",
    "eliot.twisted._plugin",
    "Run another plug-in, with a causal log of what it does.",
    "eliot",
)
