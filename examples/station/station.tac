"""
A pilot station as an application: ``twistd --nodaemon --python station.tac``.
"""

from twisted.application.service import Application
from twisted.internet import reactor

from eliot.twisted import LoggingService, ReactorMonitor
from examples.station.watch import Watch

application = Application("station")

# Both ways at once: messages in Twisted's log, and what Twisted logs among the messages.
logging = LoggingService(
    reactor, ["file:station.json", "twisted"], root_action="station:night", twisted_log=True
)
logging.setServiceParent(application)
ReactorMonitor(reactor, threshold=0.2).setServiceParent(application)
Watch(reactor).setServiceParent(application)
