"""
What does not fit together, when an action is put together by hand.
"""

from __future__ import annotations


class InvalidStartMessage(ValueError):
    """
    A message was to start an action, but does not say ``started``, or is not
    at the first level of any.
    """

    __module__ = "eliot.parse"


class InvalidStatus(ValueError):
    """
    A message was to end an action, but says neither ``succeeded`` nor ``failed``.
    """

    __module__ = "eliot.parse"


class WrongTask(ValueError):
    """
    Something was put into a task that belongs to another one.
    """

    __module__ = "eliot.parse"


class WrongTaskLevel(ValueError):
    """
    Something was put right below an action, but its level is elsewhere.
    """

    __module__ = "eliot.parse"


class WrongActionType(ValueError):
    """
    An action was to end with a message of another type of action.
    """

    __module__ = "eliot.parse"


class DuplicateChild(ValueError):
    """
    Two children of an action differ, but have the same level.
    """

    __module__ = "eliot.parse"
