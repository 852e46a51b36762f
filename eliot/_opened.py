"""
What destinations provide that hold something open.
"""

from __future__ import annotations

from eliot._interfaces import IEncodedDestination


class IOpenedDestination(IEncodedDestination):
    """
    An encoded destination that holds something open while it is in use, such as
    a file.  A service opens it, and closes it in the end.

    The methods below are never called by two threads at once, nor during a
    :meth:`write` of the same service.
    """

    def open() -> None:
        """
        Open it.  Where the process will give up privileges, this happens
        before.  Does nothing if it is open.

        :raises OSError: if that fails; the message begins with what it is
            about, and says why.
        """

    def settle() -> None:
        """
        Look, once it is open and the process has the rights with which it
        goes on, whether all that was asked for can be done, and log it where
        something cannot.  Never raises.
        """

    def reopen() -> None:
        """
        Open anew what others may have moved away, as ``logrotate`` does.

        :raises OSError: if that fails; what was open stays so then.
        """

    def close() -> None:
        """
        Close it; it may be opened again.  Does nothing if it is closed.
        """
