"""
A task that goes on in a child process: its identifier in the environment.
"""

from __future__ import annotations

import os

from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, start_action, start_task
from eliot import _context as context_module
from eliot._environment import (
    MALFORMED,
    VARIABLE,
    continue_task_from_environment,
    task_environment,
)
from eliot._root import start_root_action
from tests.helpers import in_threads, level_of, of_type, record, run_child, said, text_of


class EnvironmentTestCase(SynchronousTestCase):
    """
    A base for tests of a process that may have been started by another one.
    """

    def setUp(self) -> None:
        """
        Record messages; there is no root action, and nothing in the environment, before and after.
        """
        self.messages = record(self)
        self.patch(context_module, "root", None)
        os.environ.pop(VARIABLE, None)
        self.addCleanup(os.environ.pop, VARIABLE, None)


class TaskEnvironmentTests(EnvironmentTestCase):
    """
    What the parent gives to its child.
    """

    def test_nowhere(self) -> None:
        """
        Outside of all actions there is nothing to go on with.
        """
        self.assertEqual(task_environment(), {})

    def test_place(self) -> None:
        """
        It is the next place in the current action, or in one that is given, and is nobody else's.
        """
        with start_action(action_type="outer") as outer:
            expected = f"{outer.task_uuid}@/2"
            self.assertEqual(task_environment(), {"ELIOT_TASK_ID": expected})
            other = start_task(action_type="other")
            expected = f"{other.task_uuid}@/2"
            self.assertEqual(task_environment(other), {"ELIOT_TASK_ID": expected})
            self.assertEqual(outer.next_level(), [3])

    def test_root(self) -> None:
        """
        The root action of the process is an action, too.
        """
        root = start_root_action("root")
        self.assertEqual(task_environment(), {"ELIOT_TASK_ID": f"{root.task_uuid}@/2"})

    def test_shared(self) -> None:
        """
        A shared place has a holder of its own, which is complete even if nobody goes on there.
        """
        with start_action(action_type="outer") as outer:
            environment = task_environment(shared=True)
        self.assertEqual(environment, {"ELIOT_TASK_ID": f"{outer.task_uuid}@/2/"})
        levels = [level_of(each) for each in of_type(self.messages, "eliot:shared_task")]
        self.assertEqual(levels, [[2, 1], [2, 2]])


class ContinueTaskFromEnvironmentTests(EnvironmentTestCase):
    """
    What the child does with it.
    """

    def test_continued(self) -> None:
        """
        The action is at the place that was taken, and says what it is.
        """
        os.environ[VARIABLE] = "some-task@/4/2"
        with continue_task_from_environment("child:main", a=1) as action:
            self.assertEqual((action.task_uuid, action.task_level), ("some-task", [4, 2]))
        self.assertEqual([level_of(each) for each in self.messages], [[4, 2, 1], [4, 2, 2]])
        self.assertEqual(said(self.messages[0]), {"a": 1})
        self.assertEqual(self.messages[0]["action_type"], "child:main")

    def test_usual_type(self) -> None:
        """
        Without a type it has the one of all tasks that are continued.
        """
        os.environ[VARIABLE] = "some-task@/4/2"
        self.assertEqual(continue_task_from_environment().action_type, "eliot:remote_task")

    def test_taken_away(self) -> None:
        """
        The place is used once: it is in the environment no longer, also not in that of a process
        that is started now; and the next action is a task of its own.
        """
        os.environ[VARIABLE] = "some-task@/2"
        continue_task_from_environment("first")
        self.assertNotIn(VARIABLE, os.environ)
        second = continue_task_from_environment("second")
        self.assertNotEqual(second.task_uuid, "some-task")
        self.assertEqual(second.task_level, [])

    def test_no_parent(self) -> None:
        """
        Without a parent that says something it is an action like others.
        """
        with continue_task_from_environment("outer", a=1) as outer:
            self.assertEqual(outer.task_level, [])
            with continue_task_from_environment("inner") as inner:
                self.assertEqual(inner.task_uuid, outer.task_uuid)
        self.assertEqual(said(self.messages[0]), {"a": 1})

    def test_malformed(self) -> None:
        """
        Whatever else is in the variable is told in a message, of bounded length, and the action is
        one like others.
        """
        for wrong in ("", "x", "task@/0", "\udcff@/1", "task@/2" * 10_000, "é@/1"):
            self.messages.clear()
            os.environ[VARIABLE] = wrong
            action = continue_task_from_environment("child:main")
            self.assertNotIn(VARIABLE, os.environ)
            self.assertEqual(action.task_level, [])
            [message] = of_type(self.messages, MALFORMED)
            self.assertEqual(message["task_uuid"], action.task_uuid)
            self.assertIn("Malformed task id", text_of(message, "reason"))
            self.assertLess(len(text_of(message, "reason")), 600)

    def test_at_once(self) -> None:
        """
        Of several threads that ask at the same time, one has the place.
        """
        for _ in range(20):
            os.environ[VARIABLE] = "some-task@/2"
            actions: list[Action] = []

            def go_on(_: int, actions: list[Action] = actions) -> None:
                actions.append(continue_task_from_environment("child:main"))

            in_threads(4, go_on)
            there = [each for each in actions if each.task_uuid == "some-task"]
            self.assertEqual((len(actions), len(there)), (4, 1))


class RootActionTests(EnvironmentTestCase):
    """
    The root action of a child process.
    """

    def test_continued(self) -> None:
        """
        It is at the place that was taken, and all that the process does is in it.
        """
        os.environ[VARIABLE] = "some-task@/2"
        root = start_root_action("child:main", a=1)
        self.assertEqual((root.task_uuid, root.task_level), ("some-task", [2]))
        self.assertNotIn(VARIABLE, os.environ)
        with start_action(action_type="inside"):
            pass
        root.finish()
        levels = [level_of(each) for each in self.messages]
        self.assertEqual(levels, [[2, 1], [2, 2, 1], [2, 2, 2], [2, 3]])

    def test_malformed(self) -> None:
        """
        A malformed variable is told of in a task of its own.
        """
        os.environ[VARIABLE] = "nonsense"
        root = start_root_action("child:main")
        [message] = of_type(self.messages, MALFORMED)
        self.assertEqual(root.task_level, [])
        self.assertEqual(
            (message["task_uuid"], level_of(message)),
            (root.task_uuid, [2]),
        )

    def test_refused(self) -> None:
        """
        A second one is refused, and the place is left to others.
        """
        start_root_action("first")
        os.environ[VARIABLE] = "some-task@/2"
        self.assertRaises(RuntimeError, start_root_action, "second")
        self.assertEqual(continue_task_from_environment().task_uuid, "some-task")


class SubprocessTests(EnvironmentTestCase):
    """
    The way that is documented, with a real process.
    """

    def test_grandchild(self) -> None:
        """
        The child has the place, and what the child starts has not.
        """
        program = (
            "import os, subprocess, sys\n"
            "from eliot import continue_task_from_environment\n"
            "action = continue_task_from_environment('child:main')\n"
            "print(action.task_uuid, action.task_level, flush=True)\n"
            "subprocess.run([sys.executable, '-c', sys.argv[1]])\n"
        )
        with start_action(action_type="outer") as outer:
            os.environ.update(task_environment())
            process = run_child(program, "import os; print(os.environ.get('ELIOT_TASK_ID'))")
        self.assertEqual(process.stdout, f"{outer.task_uuid} [2]\nNone\n", process.stderr)
