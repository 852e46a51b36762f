"""
The network, run for real: many requests at once through four processes, one of which is killed
meanwhile, and nothing is told about a request but in its own tree.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import skipIf

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import ActionNode, Gap, Message, Task
from examples.network.__main__ import KILLED, Network, report, run
from examples.network.joined import Joined, actions_of, join, process_of
from examples.network.programs import PROCESS
from tests.examples import on_own_loop
from tests.examples.daemons import REACTOR

#: How many requests there are.
COUNT = int(os.environ.get("ELIOT_NETWORK_REQUESTS", "100"))

#: The processes and the types of the actions around what the worker logs.
WAY = [
    ("client", "client:buy"),
    ("client", "eliot:http_request"),
    ("front", "eliot:http_answer"),
    ("front", "eliot:http_request"),
    ("back", "eliot:http_answer"),
    ("back", "eliot:amp_call"),
    ("worker", "eliot:amp_answer"),
]


@cache
def outcome() -> tuple[str, str, Joined]:
    """
    Run the network, once for all tests.

    :returns: what became of the passages, what was printed to standard error, and the logs.
    """
    python = [sys.executable, "-W", "error"]
    if REACTOR == "asyncio":
        # Twisted's own leaves connections in the action in which they were made.
        python.append(on_own_loop.__file__)
    with TemporaryDirectory() as name, Network(Path(name), python) as network:
        outcomes = run(network, COUNT)
        return outcomes, network.errors(), join(sorted(Path(name).glob("*.json")))


def passage_of(task: Task) -> int:
    """
    Find out which passage a task is about, by its root.
    """
    assert task.root.start is not None
    passage = task.root.start.fields["passage"]
    assert isinstance(passage, int)
    return passage


def passages_in(message: Message) -> Iterator[object]:
    """
    Find the passages that a message names.
    """
    fields = message.fields
    if "passage" in fields:
        yield fields["passage"]
    for name in ("path", "url"):
        if name in fields:
            yield int(str(fields[name]).rpartition("/")[2])


def ways_to(node: ActionNode, name: str) -> Iterator[list[ActionNode]]:
    """
    Find the messages of a type in a tree.

    :returns: for each the actions around it, the outermost first.
    """
    for message in node.messages.values():
        if message.type == name:
            yield [node]
    for child in node.actions.values():
        for way in ways_to(child, name):
            yield [node, *way]


def kind_of(node: ActionNode) -> tuple[str, str | None]:
    """
    Name the process, without its number, and the type of an action that must be known.
    """
    known = node.start or node.end
    assert known is not None
    return process_of(known).partition("-")[0], node.type


@skipIf(find_spec("klein") is None, "Klein is not installed")
class NetworkTests(SynchronousTestCase):
    """
    What the logs of all processes say together.
    """

    def setUp(self) -> None:
        """
        Run the network.
        """
        self.outcomes, self.errors, self.joined = outcome()

    def test_works(self) -> None:
        """
        All goes as it should for whoever asks: of ten passages one cannot be had, one is
        cancelled, one takes too long; and no process complains.
        """
        sold = COUNT - sum(passage % 10 in {3, 6, 9} for passage in range(COUNT))
        self.assertEqual(self.outcomes, f"{sold} of {COUNT} were sold")
        self.assertEqual(self.errors, "")

    def test_lines(self) -> None:
        """
        Every line is a message, unless it was cut off when the process was killed.
        """
        others = [str(each) for each in self.joined.problems if not str(each).startswith(KILLED)]
        self.assertEqual(others, [])

    def test_requests(self) -> None:
        """
        There is exactly one tree for each request.
        """
        requests = self.joined.requests
        self.assertEqual({task.root.type for task in requests}, {"client:buy"})
        self.assertEqual(sorted(map(passage_of, requests)), list(range(COUNT)))

    def test_processes(self) -> None:
        """
        What else was logged is what each process tells of itself, in one tree, which is about no
        request, and of no error.
        """
        names = []
        for task in self.joined.processes:
            [name] = {process_of(message) for message in task.messages()}
            names.append(name)
            self.assertEqual(task.root.actions, {})
            for message in task.messages():
                self.assertIn(message.type, {PROCESS, "twisted:log"})
                self.assertEqual(list(passages_in(message)), [])
                self.assertNotIn(message.fields.get("log_level"), {"error", "critical"})
        self.assertEqual(sorted(names), ["back-1", "back-2", "client", "front", "worker"])

    def test_once(self) -> None:
        """
        Every message is in one of the trees, and no two have the same place.
        """
        tasks = [*self.joined.requests, *self.joined.processes]
        self.assertEqual(
            sum(1 for task in tasks for _ in task.messages()), len(self.joined.messages)
        )
        places = Counter((each.task_uuid, each.level) for each in self.joined.messages)
        self.assertEqual([place for place, times in places.items() if times > 1], [])

    def test_own_request(self) -> None:
        """
        Every message is in the tree of its own request.
        """
        for task in self.joined.requests:
            passage = passage_of(task)
            for message in task.messages():
                for named in passages_in(message):
                    self.assertEqual(named, passage, message)

    def test_in_time(self) -> None:
        """
        Nothing was logged in an action after its end.
        """
        for task in self.joined.requests:
            for node in actions_of(task):
                self.assertEqual([child for child in node.children() if child.late], [])

    def test_whole_way(self) -> None:
        """
        What the worker logs for a passage that was sold is in the actions of all processes, in
        order.
        """
        for task in self.joined.requests:
            if task.root.status == "succeeded":
                ways = list(ways_to(task.root, "worker:found"))
                # A back end may have been killed when the worker had found it already.
                self.assertIn(WAY, [list(map(kind_of, way)) for way in ways if way[4].start])

    def test_failures(self) -> None:
        """
        The tree of a passage that does not exist says so where it was found out; so does that of
        one that was cancelled, or took too long, where that was decided.
        """
        for task in self.joined.requests:
            passage = passage_of(task)
            end = task.root.end
            assert end is not None
            if passage % 10 == 3:
                self.assertEqual(end.fields["exception"], "__main__.NotSold")
                reasons = [
                    node.end.fields["reason"]
                    for node in actions_of(task)
                    if node.end is not None and process_of(node.end) == "worker"
                ]
                self.assertIn(f"for {passage}", reasons)
            elif passage % 10 in {6, 9}:
                # How far it had come decides what that is called.
                self.assertIn("Cancelled", f"{end.fields['exception']}: {end.fields['reason']}")
            else:
                self.assertEqual(task.root.status, "succeeded", end.fields)

    def test_unfinished(self) -> None:
        """
        Only actions of the process that was killed have not ended.  They are named: by their
        starts; or by their places, if the starts were still queued when it was killed, between
        those who called it and what the worker did for it.
        """
        named = self.joined.unfinished()
        self.assertNotEqual(named, [])
        known = {each.process for each in named if each.process is not None}
        self.assertEqual(known - {KILLED}, set())
        places = {each.place for each in named}
        self.assertEqual(len(places), len(named))
        for task in self.joined.requests:
            for way in _ways(task.root):
                if way[-1].start is None:
                    [*_, caller] = [node for node in way if node.start is not None]
                    self.assertIn(kind_of(caller)[0], {"front", "back"})
                    self.assertEqual(
                        {process_of(each) for each in _messages_below(way[-1])} - {KILLED},
                        {"worker"},
                    )

    def test_told(self) -> None:
        """
        Whoever runs the network is told what was sold, and the name of each action that has not
        ended.
        """
        sold, requests, killed, *named = report(self.outcomes, self.joined)
        self.assertRegex(sold, rf"^\d+ of {COUNT} were sold\.$")
        self.assertRegex(requests, rf"^\d+ messages are {COUNT} requests\.$")
        self.assertEqual(
            killed, f"back-1 was killed, and has left {len(named)} actions unfinished:"
        )
        for line in named:
            self.assertRegex(
                line, r"^    (eliot:(http_answer|amp_call)|an action) at [^ ]+@[/0-9]+$"
            )

    def test_gaps(self) -> None:
        """
        A place is empty only where whoever was told of it has not logged anything there: if the
        call failed.
        """
        for task in self.joined.requests:
            for node in actions_of(task):
                if any(isinstance(child.item, Gap) for child in node.children()):
                    self.assertNotEqual(node.status, "succeeded", node.start)
                    self.assertIn(node.type, {"eliot:http_request", "eliot:amp_call"})


def _ways(node: ActionNode) -> Iterator[list[ActionNode]]:
    """
    Walk through the actions of a tree, with those around each.
    """
    yield [node]
    for child in node.actions.values():
        for way in _ways(child):
            yield [node, *way]


def _messages_below(node: ActionNode) -> Iterator[Message]:
    """
    Walk through all messages in an action.
    """
    yield from node.messages.values()
    for child in node.actions.values():
        yield from _messages_below(child)
