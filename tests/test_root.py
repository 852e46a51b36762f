"""
A root action for the whole process.
"""

from __future__ import annotations

import asyncio
from contextvars import Context

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, Message, current_action, log_message, start_action, start_task
from eliot import _context as context_module
from eliot._call import log_call
from eliot._root import start_root_action, take_over_root_action
from eliot._threads import preserve_context
from eliot.twisted import DeferredContext
from tests.helpers import (
    in_forked_child,
    in_threads,
    level_of,
    of_type,
    record,
    run_child,
    said,
)


class RootActionTests(SynchronousTestCase):
    """
    What holds everything else.
    """

    def setUp(self) -> None:
        """
        Record messages; there is no root action before and after.
        """
        self.messages = record(self)
        self.patch(context_module, "root", None)

    def test_holds_everything(self) -> None:
        """
        Messages, actions and calls outside of all actions are part of it, each at its place.
        """
        root = start_root_action("root", name="value")
        log_message("message")
        Message.log(message_type="older message")
        with start_action(action_type="action"):
            log_message("inside")
        log_call(lambda: None, action_type="call")()
        root.finish()
        self.assertEqual({each["task_uuid"] for each in self.messages}, {root.task_uuid})
        self.assertEqual(
            [level_of(each) for each in self.messages],
            [[1], [2], [3], [4, 1], [4, 2], [4, 3], [5, 1], [5, 2], [6]],
        )
        self.assertEqual(said(self.messages[0]), {"name": "value"})

    def test_current(self) -> None:
        """
        It is the current action where there is no other.
        """
        root = start_root_action("root")
        self.assertIs(current_action(), root)
        with start_action(action_type="action") as action:
            self.assertIs(current_action(), action)
        self.assertIs(current_action(), root)
        self.assertIs(Context().run(current_action), root)

    def test_everywhere(self) -> None:
        """
        Threads, coroutines and contexts that began before it are in it.
        """
        context = Context()
        context.run(log_message, "before")
        root = start_root_action("root")

        async def main() -> None:
            log_message("coroutine")

        asyncio.run(main())
        in_threads(3, lambda number: log_message("thread"))
        context.run(log_message, "after")
        root.finish()
        told = [each for each in self.messages if each["task_uuid"] == root.task_uuid]
        types = [each["message_type"] for each in told[1:-1]]
        self.assertEqual(types, ["coroutine", "thread", "thread", "thread", "after"])
        self.assertEqual(sorted(level_of(each) for each in told), [[n] for n in range(1, 8)])

    def test_new_tasks(self) -> None:
        """
        A task is a task of its own all the same.
        """
        root = start_root_action("root")
        with start_task(action_type="task") as task:
            log_message("inside")
        self.assertNotEqual(task.task_uuid, root.task_uuid)
        self.assertEqual(of_type(self.messages, "inside")[0]["task_uuid"], task.task_uuid)

    def test_new_task_itself(self) -> None:
        """
        It is a new task, wherever it is started.
        """
        with start_action(action_type="around") as around:
            root = start_root_action("root")
            self.assertIs(current_action(), around)
        self.assertEqual((root.task_level, root.task_uuid != around.task_uuid), ([], True))

    def test_over(self) -> None:
        """
        Once it has ended there is no root action any more, and nothing comes after its end.
        """
        root = start_root_action("root")
        root.finish()
        self.assertIsNone(current_action())
        log_message("after")
        self.assertNotEqual(self.messages[-1]["task_uuid"], root.task_uuid)
        self.assertEqual(root.late_messages, 0)
        second = start_root_action("second")
        root.finish()
        self.assertIs(current_action(), second)

    def test_failed(self) -> None:
        """
        It may end with an exception, and with a block.
        """

        def fail() -> None:
            with start_root_action("root"):
                raise ZeroDivisionError

        self.assertRaises(ZeroDivisionError, fail)
        self.assertEqual(self.messages[1]["exception"], "builtins.ZeroDivisionError")
        self.assertIsNone(current_action())

    def test_second(self) -> None:
        """
        A second one is refused as long as there is one, and nothing is logged of it.
        """
        start_root_action("first")
        error = self.assertRaises(RuntimeError, start_root_action, "second")
        self.assertIn("'first'", str(error))
        self.assertEqual(len(self.messages), 1)

    def test_at_once(self) -> None:
        """
        Of several threads that start one at the same time, one does.
        """
        started: list[Action] = []
        refused: list[RuntimeError] = []

        def run(number: int) -> None:
            try:
                started.append(start_root_action("root", number=number))
            except RuntimeError as error:
                refused.append(error)

        in_threads(4, run)
        self.assertEqual((len(started), len(refused)), (1, 3))

    def test_any_field(self) -> None:
        """
        No field collides with a parameter.
        """
        start_root_action("root", logger=1, self=2, _serializers=3)
        self.assertEqual(said(self.messages[0]), {"logger": 1, "self": 2, "_serializers": 3})

    def test_deferred_context(self) -> None:
        """
        A :class:`DeferredContext` outside of all actions does not end it.
        """
        root = start_root_action("root")
        deferred: Deferred[None] = Deferred()
        context = DeferredContext(deferred)
        context.addCallback(lambda _: log_message("called"))
        context.addActionFinish()
        deferred.callback(None)
        self.assertIs(current_action(), root)
        self.assertEqual(level_of(self.messages[-1]), [2])

    def test_preserved(self) -> None:
        """
        What is preserved outside of all other actions goes on in it.
        """
        root = start_root_action("root")
        preserve_context(log_message)("said")
        self.assertEqual(level_of(of_type(self.messages, "said")[0]), [2, 2])
        self.assertIs(current_action(), root)

    def test_children(self) -> None:
        """
        Actions that are made by hand inside it end without ending it.
        """
        root = start_root_action("root")
        child = root.child(None, "child")
        child.start()
        child.finish()
        root.serialize_task_id(shared=True)
        self.assertIs(current_action(), root)

    def test_forked(self) -> None:
        """
        A forked child has none, and may start its own.
        """
        start_root_action("root")

        def child() -> str:
            before = current_action()
            start_root_action("child's own")
            return repr((before, current_action()))

        self.assertIn('(None, <Action "child\'s own" started ', in_forked_child(child))
        self.assertIsNotNone(current_action())

    def test_taken_over(self) -> None:
        """
        A daemon may go on with that of the process that has started it, unless it has its own.
        """
        root = start_root_action("root")
        take_over_root_action(root)

        def child() -> str:
            take_over_root_action(root)
            log_message("in child")
            current = current_action() is root
            root.finish()
            second = start_root_action("second")
            error = self.assertRaises(RuntimeError, take_over_root_action, root)
            return repr((current, level_of(self.messages[1]), repr(second) in str(error)))

        self.assertEqual(in_forked_child(child), "(True, [2], True)")

    def test_forked_while_starting(self) -> None:
        """
        A fork while another thread starts one leaves nothing locked in the child.
        """
        program = (
            "import os, threading, signal, warnings\n"
            "warnings.simplefilter('ignore', DeprecationWarning)\n"
            "from eliot import add_destinations\n"
            "from eliot._root import start_root_action\n"
            "inside, done = threading.Event(), threading.Event()\n"
            "def hold(message):\n"
            "    if threading.current_thread() is not threading.main_thread():\n"
            "        inside.set()\n"
            "        done.wait(10)\n"
            "add_destinations(hold)\n"
            "thread = threading.Thread(target=start_root_action, args=('root',))\n"
            "thread.start()\n"
            "inside.wait(10)\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    signal.alarm(10)\n"
            "    start_root_action('own')\n"
            "    os._exit(0)\n"
            "done.set()\n"
            "thread.join()\n"
            "assert os.waitpid(child, 0)[1] == 0\n"
        )
        process = run_child(program, measured=False)
        self.assertEqual((process.returncode, process.stderr), (0, ""))
