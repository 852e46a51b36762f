"""
Harbour lights as an application: ``twistd --nodaemon --python lights.tac``.
"""

from twisted.application.internet import TimerService
from twisted.application.service import Application
from twisted.internet import reactor
from twisted.logger import ILogObserver

from eliot.twisted import LoggingService, log_observer
from examples.hosts.lights import Light

application = Application("lights")
# From the first line of twistd's own log on.
application.setComponent(ILogObserver, log_observer())

logging = LoggingService(
    reactor, ["file:lights.json:rotate=10MB:keep=5"], root_action="lights:application"
)
logging.setServiceParent(application)
TimerService(0.5, Light("pier").turn).setServiceParent(application)
