"""
Tests of :mod:`eliot.read._selection`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import Message, Selection, read_tasks
from tests.forests import Damaged, Fields, damaged, forests
from tests.read.selecting import chosen, ended, hostile, message, refuse_jmespath, started, task

Maker: TypeAlias = "partial[Selection]"

#: Selections of all kinds, of which some choose much and others nothing.
makers: st.SearchStrategy[Maker] = st.builds(
    partial,
    st.just(Selection),
    task_uuids=st.lists(st.sampled_from(["", "0", "00000000-0000-0000-0000-000000000001"])),
    types=st.lists(st.sampled_from(["test:*", "*message", "eliot:*", "", "x"])),
    fields=st.lists(
        st.sampled_from(["mark", "mark=m3", "mark!=m2", "a", "a.b~1", "pid>0", 'reason<"b"']),
        max_size=2,
    ),
    statuses=st.lists(st.sampled_from(["succeeded", "failed", "unfinished"])),
    exceptions=st.lists(st.sampled_from(["*", "Oops", "test.*", "ValueError"]), max_size=1),
    min_duration=st.none() | st.none() | st.floats(-1, 2),
    max_duration=st.none() | st.none() | st.floats(-1, 2),
    since=st.none() | st.none() | st.floats(0, 3),
    until=st.none() | st.none() | st.floats(0, 3),
    level=st.sampled_from([None, None, None, "debug", "info", 7]),
    processes=st.lists(st.sampled_from(["*", "a", "1"]), max_size=1),
    where=st.lists(st.sampled_from(["mark", "contains(a, 'x')", "pid > `0`"]), max_size=1),
    prune=st.booleans(),
)


@st.composite
def logs(draw: st.DrawFn) -> Damaged:
    """
    Draw a damaged log, into which fields of the oddest kinds have come.
    """
    log = draw(damaged(draw(forests(odd=True))))
    odd = draw(st.lists(hostile, max_size=4))
    for fields, more in zip(log.survivors, odd, strict=False):
        fields.update(more)
    return log


def keys(messages: Iterator[Message]) -> Counter[int]:
    """
    Count the objects.
    """
    return Counter(map(id, messages))


class SelectionTests(SynchronousTestCase):
    """
    Tasks are picked.
    """

    def test_everything(self) -> None:
        """
        If nothing is asked for, everything is handed on as it comes.
        """
        log = [message(), message()]
        selection = Selection()
        self.assertTrue(selection.is_everything)
        self.assertEqual(list(selection.messages(log)), log)
        self.assertEqual(chosen(selection, log), [each.task_uuid for each in log])

    def test_prefix(self) -> None:
        """
        The beginning of an identifier picks tasks, before they are complete; messages are handed on
        as they come.
        """
        log = [message(), message(), message()]
        prefix = log[1].task_uuid
        taken: list[Message] = []

        def reading() -> Iterator[Message]:
            for each in log:
                taken.append(each)
                yield each

        selection = Selection(task_uuids=[prefix, "nothing"])
        messages = selection.messages(reading())
        self.assertIs(next(messages), log[1])
        self.assertEqual(len(taken), 2)
        self.assertEqual(list(messages), [])
        self.assertEqual((selection.tasks_seen, selection.tasks_left_out), (3, 2))
        self.assertTrue(selection.is_through)
        self.assertEqual(chosen(Selection(task_uuids=[prefix]), log), [prefix])

    def test_streams(self) -> None:
        """
        A task is handed out as soon as it is complete.
        """

        def reading() -> Iterator[Message]:
            yield from task(started(), ended("failed"))
            raise ZeroDivisionError

        selection = Selection(statuses=["failed"])
        self.assertEqual(next(selection.tasks(reading())).task_uuid, "task")
        self.assertFalse(selection.is_through)

    def test_by_time(self) -> None:
        """
        The messages of a chosen task come by time.
        """
        log = task(started(), {"message_type": "m"}, ended())
        messages = Selection(types=["m"]).messages(reversed(log))
        self.assertEqual(list(messages), log)

    def test_whole(self) -> None:
        """
        A task is chosen whole.
        """
        log = task(started(), {"message_type": "m"}, {"message_type": "n"}, ended())
        (one,) = Selection(types=["m"]).tasks(log)
        self.assertEqual(list(one.messages()), log)

    def test_patience(self) -> None:
        """
        Complete tasks can be kept back for what comes late.
        """
        log = task(started(), ended())
        log += [Message({**log[1].fields, "task_level": [3], "action_status": None})]
        for types in [[], ["*"]]:
            for patience, expected in [(1, 1), (0, 2)]:
                tasks = [*Selection(types=types).tasks(log, patience=patience)]
                self.assertEqual(len(tasks), expected, (types, patience))

    def test_rest(self) -> None:
        """
        What comes after a task was complete is not counted as another one.
        """
        log = task(started(), ended())
        late = Message({**log[1].fields, "task_level": [3], "action_status": None})
        selection = Selection(types=["nothing"])
        self.assertEqual(chosen(selection, [*log, late]), [])
        self.assertEqual((selection.tasks_seen, selection.tasks_left_out), (1, 1))

    def test_no_jmespath(self) -> None:
        """
        Only expressions need jmespath.
        """
        refuse_jmespath(self)
        Selection(fields=["a"])
        self.assertRaises(ModuleNotFoundError, Selection, where=["a"])

    @given(logs(), makers)
    def test_all_accounted_for(self, log: Damaged, maker: Maker) -> None:
        """
        Whatever the log and the selection are, nothing raises, and nothing is lost, invented or
        changed: tasks that are chosen are those of the log, the others are counted, and so are the
        messages that are not kept.
        """
        messages = [*map(Message, log.survivors)]
        whole = {(each.task_uuid, each.is_rest): each for each in read_tasks(messages)}
        everything = keys(iter(messages))
        selection = maker()
        picked = list(selection.tasks(messages))
        kept = keys(message for each in picked for message in each.messages())
        self.assertLessEqual(kept, everything)
        of_chosen = 0
        for each in picked:
            own = keys(each.messages())
            if not each.is_rest:
                one = keys(whole[each.task_uuid, False].messages())
                self.assertLessEqual(own, one)
        identifiers = {each.task_uuid for each in messages}
        if not selection.is_everything:
            firsts = {each.task_uuid for each in picked if not each.is_rest}
            self.assertEqual(selection.tasks_seen, len(identifiers))
            self.assertEqual(selection.tasks_left_out, len(identifiers) - len(firsts))
            self.assertTrue(selection.is_through)
        chosen = {(each.task_uuid, each.is_rest) for each in picked}
        places = Counter[tuple[str, bool]]()
        for each in read_tasks(messages):
            place = (each.task_uuid, each.is_rest)
            places[place] += 1
            if place in chosen:
                of_chosen += sum(1 for _ in each.messages())
        # A task may have several rests, some chosen and some not: one cannot tell which.
        if max(places.values(), default=0) < 2:
            self.assertEqual(kept.total() + selection.messages_left_out, of_chosen)
        again = maker()
        self.assertEqual(keys(again.messages(messages)), kept)
        self.assertEqual(again.tasks_left_out, selection.tasks_left_out)

    @given(logs(), makers, st.sampled_from(["m1", "act", "zzz", "o"]))
    def test_complement(self, log: Damaged, maker: Maker, pattern: str) -> None:
        """
        Inverting a search gives just the others.
        """
        messages = [*map(Message, log.survivors)]
        without, found, others = maker(), maker(), maker()
        found.search(pattern)
        others.search(pattern, invert=True)
        parts = chosen(found, messages) + chosen(others, messages)
        self.assertEqual(Counter(parts), Counter(chosen(without, messages)))


class LargeTests(SynchronousTestCase):
    """
    Logs may be of any shape.
    """

    def test_deep(self) -> None:
        """
        A task may be thousands of levels deep.
        """
        log: list[Message] = []
        for depth in range(2_000):
            fields: Fields = {"task_uuid": "t", "timestamp": 1.0, "task_level": [*[2] * depth, 1]}
            fields |= {"action_type": str(depth), "action_status": "started"}
            log.append(Message(fields))
        for prune in [False, True]:
            selection = Selection(types=["1999"], prune=prune)
            self.assertEqual(len(list(selection.messages(log))), 2_000)
            self.assertEqual(selection.messages_left_out, 0)
        selection = Selection(types=["10"], min_duration=0, prune=True)
        self.assertEqual(list(selection.messages(log)), [])
