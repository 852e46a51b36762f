"""
Tests of :mod:`eliot.twisted._lifetime`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot import _context as context_module
from eliot import current_action, log_message
from eliot._root import start_root_action
from eliot.twisted._lifetime import RootLifetime
from tests.helpers import in_forked_child, level_of, of_type, record, run_child


class RootLifetimeTests(SynchronousTestCase):
    """
    A root action goes on where the process does.
    """

    def setUp(self) -> None:
        """
        Record messages; there is no root action before and after.
        """
        self.messages = record(self)
        self.patch(context_module, "root", None)

    def ends(self) -> int:
        """
        Count the ends that were logged.
        """
        return len([each for each in self.messages if each.get("action_status") == "succeeded"])

    def test_begins_at_once(self) -> None:
        """
        It is there from the beginning, with its fields, and ends once.
        """
        lifetime = RootLifetime("root", {"a": 1})
        self.assertEqual(self.messages[0]["a"], 1)
        lifetime.ensure()
        lifetime.ensure()
        lifetime.end()
        lifetime.end()
        self.assertIsNone(current_action())
        self.assertEqual((len(self.messages), self.ends()), (2, 1))

    def test_again(self) -> None:
        """
        After its end, a new start begins a new one.
        """
        lifetime = RootLifetime("root", {})
        lifetime.ensure()
        lifetime.end()
        lifetime.ensure()
        self.addCleanup(lifetime.end)
        self.assertEqual(len({each["task_uuid"] for each in self.messages}), 2)
        self.assertIsNotNone(current_action())

    def test_second(self) -> None:
        """
        There is one root action.
        """
        start_root_action("other")
        self.assertRaises(RuntimeError, RootLifetime, "root", {})

    def test_daemon(self) -> None:
        """
        Where the process forks before the service starts, the child goes on with the same action,
        and the next numbers; and ends it.
        """
        lifetime = RootLifetime("root", {})
        log_message("before")

        def child() -> str:
            lost = current_action()
            lifetime.ensure()
            log_message("after")
            lifetime.ensure()
            lifetime.end()
            levels = [level_of(each) for each in self.messages]
            return repr((lost, levels, len({each["task_uuid"] for each in self.messages})))

        self.assertEqual(in_forked_child(child), "(None, [[1], [2], [3], [4]], 1)")
        self.assertEqual(self.ends(), 0)
        lifetime.end()

    def test_worker(self) -> None:
        """
        Where the process forks while the service runs, the action is the parent's: a child neither
        goes on with it nor ends it.
        """
        lifetime = RootLifetime("root", {})
        lifetime.ensure()

        def ends() -> str:
            lifetime.end()
            return repr(self.ends())

        def starts_again() -> str:
            lifetime.ensure()
            log_message("in child")
            uuids = {each["task_uuid"] for each in of_type(self.messages, "root")}
            return repr((len(uuids), self.messages[-1]["task_level"]))

        self.assertEqual(in_forked_child(ends), "0")
        self.assertEqual(in_forked_child(starts_again), "(2, [2])")
        lifetime.end()
        self.assertEqual(self.ends(), 1)

    def test_taken(self) -> None:
        """
        A child that has started a root action of its own keeps it.
        """
        lifetime = RootLifetime("root", {})

        def child() -> str:
            start_root_action("child's own")
            try:
                lifetime.ensure()
            except RuntimeError as error:
                return str(error)
            return "nothing"

        self.assertIn("child's own", in_forked_child(child))
        lifetime.end()

    def test_exit(self) -> None:
        """
        It ends with the interpreter, ahead of what was registered earlier.
        """
        process = run_child(
            "import atexit, sys\n"
            "from eliot import to_file\n"
            "from eliot.twisted._lifetime import RootLifetime\n"
            "atexit.register(print, 'earlier', flush=True)\n"
            "to_file(sys.stdout)\n"
            "lifetime = RootLifetime('root', {})\n"
            "lifetime.end_at_exit()\n"
        )
        first, second, third = process.stdout.splitlines()
        self.assertIn('"started"', first)
        self.assertIn('"succeeded"', second)
        self.assertEqual((third, process.stderr), ("earlier", ""))
