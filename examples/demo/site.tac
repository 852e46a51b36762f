"""
The web site as an application: ``twistd --nodaemon --python site.tac``.
"""

from twisted.application.service import Application
from twisted.internet import reactor

from eliot import FileDestination
from eliot.twisted import ThreadedWriter
from examples.demo.site import Website, all_pages

application = Application("site")

# The writer comes first: services start in this order, and stop in the reverse one.
log = FileDestination(file=open("site.log", "ab"))
ThreadedWriter(log, reactor).setServiceParent(application)
Website(all_pages(reactor), reactor).setServiceParent(application)
