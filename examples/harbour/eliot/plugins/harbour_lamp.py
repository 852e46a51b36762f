"""
What ``--eliot-destination`` finds.
"""

from harbour.lamp import LampParser

lamp = LampParser()
