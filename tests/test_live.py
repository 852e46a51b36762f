"""
The live exception that a message tells of.
"""

from __future__ import annotations

import gc
import weakref

from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import add_destinations, log_message, start_action, write_traceback
from eliot._live import live_exception, telling
from tests.helpers import Fields, fresh_destinations, in_threads


class Fault(Exception):
    """
    An exception that can be watched.
    """


class LiveExceptionTests(SynchronousTestCase):
    """
    Finding it.
    """

    def setUp(self) -> None:
        """
        Note which exception is found with each message.
        """
        self.found: list[BaseException | None] = []
        fresh_destinations(self)
        add_destinations(lambda message: self.found.append(live_exception(message)))

    def test_action(self) -> None:
        """
        It is there while the end of an action that failed with it is written.
        """
        error = ValueError("no")
        start_action(action_type="deed").finish(error)
        self.assertEqual(self.found, [None, error])

    def test_failure(self) -> None:
        """
        It is what a Failure holds.
        """
        error = ValueError("no")
        start_action(action_type="deed").finish(Failure(error))
        self.assertEqual(self.found, [None, error])

    def test_traceback(self) -> None:
        """
        So it is while its traceback is written.
        """
        error = ValueError("no")
        write_traceback(exc_info=(ValueError, error, None))
        self.assertEqual(self.found, [error])

    def test_others(self) -> None:
        """
        It is not there with messages that tell of none, or of another one, though they are written
        meanwhile.
        """
        error = ValueError("no")
        other: Fields = {"exception": "builtins.KeyError"}
        telling(error, log_message, "said")
        telling(error, log_message, "said", **other)
        self.assertEqual(self.found, [None, None])

    def test_inner(self) -> None:
        """
        What is told while another one is told is found, and the other one is again afterwards.
        """
        outer, inner = ValueError("outer"), ValueError("inner")
        found: list[object] = []
        message: Fields = {"exception": "builtins.ValueError"}

        def tell() -> None:
            telling(inner, lambda: found.append(live_exception(message)))
            found.append(live_exception(message))

        telling(outer, tell)
        self.assertEqual(found, [inner, outer])

    def test_afterwards(self) -> None:
        """
        It is forgotten when the call returns, also where that raises.
        """
        error = Fault("no")
        gone = weakref.ref(error)

        def interrupted() -> None:
            raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, telling, error, interrupted)
        message: Fields = {"exception": f"{__name__}.Fault"}
        self.assertIsNone(live_exception(message))
        del error
        gc.collect()
        self.assertIsNone(gone())

    def test_other_threads(self) -> None:
        """
        Other threads do not see it.
        """
        found: list[object] = []
        message: Fields = {"exception": "builtins.ValueError"}

        def look(number: int) -> None:
            found.append(live_exception(message))

        telling(ValueError("no"), in_threads, 1, look)
        self.assertEqual(found, [None])
