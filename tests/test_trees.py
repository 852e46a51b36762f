"""
Random trees of actions and messages, over threads too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from threading import Thread
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, log_message, start_action, start_task
from tests.helpers import identity_of, level_of, record, text_of


@dataclass(frozen=True)
class Say:
    """
    A step of a program: log a message.
    """


@dataclass(frozen=True)
class Do:
    """
    A step of a program: an action.

    :ivar steps: what happens in it.
    :ivar fails: whether it raises in the end.
    :ivar in_thread: whether it is done in another thread, at the same time as what follows.
    :ivar late: how many messages come after its end.
    """

    steps: tuple[Step, ...]
    fails: bool
    in_thread: bool
    late: int


Step: TypeAlias = Say | Do

STEPS: st.SearchStrategy[Step] = st.recursive(
    st.builds(Say),
    lambda steps: st.builds(
        Do,
        st.lists(steps, max_size=4).map(tuple),
        st.booleans(),
        st.booleans(),
        st.sampled_from([0, 0, 0, 1, 3]),
    ),
    max_leaves=25,
)


class Performance:
    """
    A program of steps, performed.

    :ivar actions: all actions it has made.
    """

    def __init__(self) -> None:
        self.actions: list[Action] = []

    def perform(self, steps: tuple[Step, ...]) -> None:
        """
        Perform some steps in the current action, and wait for the threads of this.
        """
        threads = []
        for step in steps:
            if isinstance(step, Say):
                log_message("said")
            elif step.in_thread:
                task: Callable[[], None] = self.bound(step)
                threads.append(Thread(target=task))
                threads[-1].start()
            else:
                self.do(step)
        for thread in threads:
            thread.join()

    def bound(self, step: Do) -> Callable[[], None]:
        """
        Bind an action to the context at hand, for another thread.
        """
        context = copy_context()
        return lambda: context.run(self.do, step)

    def do(self, step: Do) -> None:
        """
        Perform one action.
        """
        action = start_action(action_type="done")
        self.actions.append(action)
        try:
            with action:
                self.perform(step.steps)
                if step.fails:
                    raise ValueError
        except ValueError:
            pass
        for _ in range(step.late):
            action.log("late")


class TreeTests(SynchronousTestCase):
    """
    Random trees of actions and messages.
    """

    @settings(max_examples=60)
    @given(st.lists(STEPS, max_size=5).map(tuple))
    def test_tree(self, steps: tuple[Step, ...]) -> None:
        """
        All identities are unique.  In each action the places are numbered from 1 without gaps:
        its start is at the first, its end at the last but for what came late, which is counted.
        """
        messages = record(self)
        performance = Performance()
        with start_task(action_type="done") as root:
            performance.perform(steps)

        self.assertEqual({each["task_uuid"] for each in messages}, {root.task_uuid})
        self.assertEqual(len({identity_of(each) for each in messages}), len(messages))

        places: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
        told: defaultdict[tuple[int, ...], dict[str, int]] = defaultdict(dict)
        for message in messages:
            level = level_of(message)
            place, number = tuple(level[:-1]), level[-1]
            places[place].add(number)
            if "action_status" in message:
                told[place][text_of(message, "action_status")] = number
        for place in list(places):
            if place:
                places[place[:-1]].add(place[-1])

        self.assertEqual(
            set(told), {tuple(each.task_level) for each in (root, *performance.actions)}
        )
        for action in (root, *performance.actions):
            place = tuple(action.task_level)
            numbers, statuses = places[place], told[place]
            self.assertEqual(numbers, set(range(1, len(numbers) + 1)))
            self.assertEqual(statuses.pop("started"), 1)
            [(status, end)] = statuses.items()
            self.assertIn(status, ("succeeded", "failed"))
            self.assertEqual(end, len(numbers) - action.late_messages)
