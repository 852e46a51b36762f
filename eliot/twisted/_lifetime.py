"""
The root action of a service: as long as the process, or the service.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping

from eliot._action import Action
from eliot._root import start_root_action, take_over_root_action


class RootLifetime:
    """
    A root action that begins when this is made and goes on where the process
    does: in the child, where a daemon forks.

    :param action_type: what kind of action it is.
    :param fields: what its start message says.
    :raises RuntimeError: if there is a root action already.
    """

    def __init__(self, action_type: str, fields: Mapping[str, object]) -> None:
        self._type = action_type
        self._fields = dict(fields)
        self._action: Action | None = None
        self._began_in = 0
        # Has it been in use by a service that ran?
        self._in_use = False
        self._begin()

    def ensure(self) -> None:
        """
        See that it is there, before the service starts.

        :raises RuntimeError: if there is another root action now.
        """
        if self._action is not None and self._began_in != os.getpid():
            if self._in_use:
                # The other process goes on with it.
                self._action = None
            else:
                take_over_root_action(self._action)
                self._began_in = os.getpid()
        if self._action is None:
            self._begin()
        self._in_use = True

    def end_at_exit(self) -> None:
        """
        End it with the interpreter, if nobody does before: ahead of what has
        been registered until now.
        """
        atexit.unregister(self.end)
        atexit.register(self.end)

    def end(self) -> None:
        """
        End it, if it is this process's.
        """
        atexit.unregister(self.end)
        action, self._action = self._action, None
        self._in_use = False
        if action is not None and self._began_in == os.getpid():
            action.finish()

    def _begin(self) -> None:
        self._action = start_root_action(self._type, **self._fields)
        self._began_in = os.getpid()
