"""
Tasks that several processes have logged, each to a file of its own.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from twisted.trial.unittest import SynchronousTestCase

from eliot import FileDestination, start_task
from eliot.parse import Parser, WrittenAction
from eliot.read import (
    SHARED_TASK,
    ActionNode,
    Message,
    Problem,
    Task,
    merge_messages,
    read_messages,
    read_tasks,
)
from tests.helpers import fresh_destinations, run_child, scratch
from tests.read.test_tasks import walk

#: Continues a task several times, each in a thread of its own, and writes to a file.
CONTINUES = """
import sys
from threading import Thread
from eliot import Action, log_message, start_action, to_file

task_id, path, times = sys.argv[1:]
to_file(open(path, "ab"))

def go_on(number):
    with Action.continue_task(task_id=task_id, action_type="again", number=number):
        log_message("there")
        with start_action(action_type="inner"):
            log_message("deeper")

threads = [Thread(target=go_on, args=(number,)) for number in range(int(times))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

PROCESSES = 3
TIMES = 4


class SharedTests(SynchronousTestCase):
    """
    An identifier is continued by several processes, several times by each.
    """

    def setUp(self) -> None:
        """
        Make room for the files.
        """
        self.folder = scratch(self)

    def begin(self, *, wait: bool) -> str:
        """
        Share an identifier, and have it continued.

        :param wait: whether the action that shares it ends after all that.
        :returns: the identifier of the task.
        """
        with (self.folder / "0.log").open("ab") as file:
            fresh_destinations(self).add(FileDestination(file))
            root = start_task(action_type="broadcast")
            task_id = root.serialize_task_id(shared=True).decode()
            if wait:
                self.continue_in_children(task_id)
            root.finish()
        if not wait:
            self.continue_in_children(task_id)
        return root.task_uuid

    def continue_in_children(self, task_id: str) -> None:
        """
        Run all child processes at the same time, and wait for them.
        """
        paths = [str(self.folder / f"{number}.log") for number in range(1, PROCESSES + 1)]
        with ThreadPoolExecutor() as together:
            children = together.map(
                lambda path: run_child(CONTINUES, task_id, path, str(TIMES)), paths
            )
            for child in children:
                self.assertEqual((child.returncode, child.stderr), (0, ""))

    def messages(self, *, backwards: bool = False) -> list[Message]:
        """
        Read all files together.

        :param backwards: whether one after the other, the file of the first process last, instead
            of merged by time.
        """
        problems: list[Problem] = []
        with ExitStack() as files:
            sources = [
                read_messages(files.enter_context(path.open("rb")), path.name, problems.append)
                for path in sorted(self.folder.iterdir(), reverse=backwards)
            ]
            if backwards:
                messages = [each for source in sources for each in source]
            else:
                messages = list(merge_messages(sources))
        self.assertEqual(problems, [])
        return messages

    def check(self, task: Task, messages: list[Message]) -> None:
        """
        The task is whole: every message is there, and has an identity of its own.
        """
        found = Counter((each.task_uuid, each.level) for each in task.messages())
        self.assertEqual(set(found.values()), {1})
        self.assertEqual(found, Counter((each.task_uuid, each.level) for each in messages))
        self.assertEqual(len(found), 4 + PROCESSES * TIMES * 6)
        [holder] = [
            child.item
            for _, child in walk(task)
            if isinstance(child.item, ActionNode) and child.item.type == SHARED_TASK
        ]
        self.assertEqual(len(holder.actions), PROCESSES * TIMES)
        for node, child in walk(task):
            self.assertTrue(node.is_complete)
            self.assertFalse(child.late or child.duplicate)

    def test_whole(self) -> None:
        """
        If they are done before the root ends, all files together give one complete task.
        """
        task_uuid = self.begin(wait=True)
        messages = self.messages()
        [task] = read_tasks(messages)
        self.assertTrue(task.is_complete)
        self.assertEqual(task.task_uuid, task_uuid)
        self.check(task, messages)

    def test_any_order(self) -> None:
        """
        So they do if the file of the process that began is read last, and so it is parsed.
        """
        self.begin(wait=False)
        messages = self.messages(backwards=True)
        [task] = read_tasks(messages)
        self.assertTrue(task.is_complete)
        self.check(task, messages)
        [parsed] = Parser.parse_stream([each.fields for each in messages])
        self.assertTrue(parsed.is_complete())
        root = parsed.root()
        assert isinstance(root, WrittenAction)
        [holder] = root.children
        assert isinstance(holder, WrittenAction)
        self.assertEqual(len(holder.children), PROCESSES * TIMES)
        numbers = Counter(
            each.start_message.contents.number
            for each in holder.children
            if isinstance(each, WrittenAction) and each.start_message is not None
        )
        self.assertEqual(numbers, dict.fromkeys(range(TIMES), PROCESSES))

    def test_later(self) -> None:
        """
        If they go on after the root has ended, the task is complete without them, and all that
        they have logged is its rest.
        """
        self.begin(wait=False)
        messages = self.messages()
        task, rest = read_tasks(messages)
        self.assertEqual((task.is_complete, task.is_rest), (True, False))
        self.assertEqual((rest.is_complete, rest.is_rest), (False, True))
        self.assertEqual(len(list(task.messages())), 4)
        self.assertEqual(len(list(rest.messages())), PROCESSES * TIMES * 6)
