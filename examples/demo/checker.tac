"""
The link checker as an application: ``twistd --nodaemon --python checker.tac``.

It checks the links that it finds in the file ``links.txt``, one a line, and ends.
"""

from pathlib import Path

from treq.client import HTTPClient
from twisted.application.service import Application
from twisted.internet import reactor
from twisted.web.client import Agent

from eliot import FileDestination
from eliot.twisted import ThreadedWriter
from examples.demo.checker import CheckOnce, LinkChecker

application = Application("checker")

# The writer comes first: services start in this order, and stop in the reverse one.
log = FileDestination(file=open("checker.log", "ab"))
ThreadedWriter(log, reactor).setServiceParent(application)

checker = LinkChecker(HTTPClient(Agent(reactor)), reactor)
links = Path("links.txt").read_text(encoding="utf-8").split()
CheckOnce(checker, links, reactor).setServiceParent(application)
