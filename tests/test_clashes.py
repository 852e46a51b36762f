"""
Fields that lose against the framework's own.  What becomes of them is tested with the logger that
asks, in :mod:`tests.test_memory`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot import _watch, log_message
from eliot._clashes import Clashes
from tests.helpers import Fields, record, run_child


class ClashesTests(SynchronousTestCase):
    """
    Noting them.
    """

    def setUp(self) -> None:
        """
        Look on.
        """
        record(self)
        self.clashes = Clashes()
        self.addCleanup(_watch.remove, self.clashes)

    def test_of(self) -> None:
        """
        They are known of the message that was given last, and of no other that is equal.
        """
        message: Fields = {"task_uuid": "x", "timestamp": 1, "name": "y"}
        self.clashes.look_on_for(self)
        self.clashes.given(message)
        self.assertEqual(self.clashes.of(message), ["task_uuid", "timestamp"])
        self.assertEqual(self.clashes.of(dict(message)), [])
        self.clashes.given({"name": "y"})
        self.assertEqual(self.clashes.of(message), [])

    def test_nobody(self) -> None:
        """
        Where there is no such logger any more, nobody looks on any more.
        """
        program = """
from eliot import _watch, log_message
from eliot._memory import MemoryLogger
first, second = MemoryLogger(), MemoryLogger()
del first
log_message("said")
assert _watch.watcher is not None
del second
log_message("said")
assert _watch.watcher is None
third = MemoryLogger()
assert _watch.watcher is not None
"""
        result = run_child(program)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_newcomer(self) -> None:
        """
        A logger that comes just when the last one has gone is looked on for.
        """

        class Late:
            """
            Loggers of which there is none when one asks first.
            """

            def __init__(self) -> None:
                self.asked = 0

            def __bool__(self) -> bool:
                self.asked += 1
                return self.asked > 1

        self.clashes.look_on_for(self)
        self.patch(self.clashes, "_loggers", Late())
        log_message("said")
        message: Fields = {"task_uuid": "x"}
        watcher = _watch.watcher
        assert watcher is not None
        watcher.given(message)
        self.assertEqual(self.clashes.of(message), ["task_uuid"])
