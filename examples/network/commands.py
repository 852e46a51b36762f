"""
What the back end and its worker have agreed on.
"""

from twisted.protocols.amp import Command, Integer

from eliot.twisted.amp import TaskId


class NoFare(Exception):
    """
    Nobody sails there.
    """


class LookUp(Command):
    """
    Look up what a passage costs.
    """

    arguments = [(b"passage", Integer()), (b"task_id", TaskId())]
    response = [(b"cents", Integer())]
    errors = {NoFare: b"NO_FARE"}
