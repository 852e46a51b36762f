"""
What twistd and twist find.
"""

from twisted.application.service import ServiceMaker

harbour = ServiceMaker("harbour", "harbour.service", "A harbour master, with buoys.", "harbour")
