"""
What is remembered on an exception itself.
"""

from __future__ import annotations

import contextlib
import copy
import gc
import json
import pickle
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from hypothesis import given
from hypothesis import strategies as st
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, start_action, start_task
from eliot._crossed import innermost, is_first_time, remember
from tests.helpers import fresh_context, in_threads, record, run_child
from tests.hostile import HostileKey


class Slotted(Exception):
    """
    One that has no room for attributes of its own.
    """

    __slots__ = ()


@dataclass(frozen=True)
class Frozen(Exception):
    """
    One that does not want to be changed.
    """

    number: int = 1


class Guarded(Exception):
    """
    One that refuses everything.
    """

    def __setattr__(self, name: str, value: object) -> None:
        raise ZeroDivisionError

    def __getattribute__(self, name: str) -> object:
        raise ZeroDivisionError

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    def __hash__(self) -> int:
        raise ZeroDivisionError


class Covered(Exception):
    """
    One that hides what is remembered.
    """

    @property
    def _eliot_crossed(self) -> NoReturn:
        raise ZeroDivisionError

    @property
    def __dict__(self) -> NoReturn:  # type: ignore[override]  # a lie
        raise ZeroDivisionError


class Weak(Exception):
    """
    One that can be watched.
    """


ALL: list[Callable[[], BaseException]] = [
    ValueError,
    Slotted,
    Frozen,
    Guarded,
    Covered,
    KeyboardInterrupt,
    GeneratorExit,
    lambda: ExceptionGroup("two", [ValueError(), KeyError()]),
]


def cross(error: BaseException, *actions: Action) -> None:
    """
    Let an exception leave actions, the last one first.
    """
    for action in reversed(actions):
        action.__enter__().__exit__(type(error), error, None)


class InnermostTests(SynchronousTestCase):
    """
    The innermost action that an exception has crossed.
    """

    def setUp(self) -> None:
        """
        Have nothing written.
        """
        record(self)

    def test_none(self) -> None:
        """
        An exception that has crossed no action knows none.
        """
        for make in ALL:
            self.assertIsNone(innermost(make()))

    def test_innermost(self) -> None:
        """
        Of the actions that fail with an exception one after the other it is the first, whatever
        exception it is.
        """
        for make in ALL:
            error = make()
            with (
                contextlib.suppress(BaseException),
                start_action(action_type="outer"),
                start_action(action_type="inner") as inner,
            ):
                raise error
            self.assertIs(innermost(error), inner)

    def test_failure(self) -> None:
        """
        It is known of an exception that has come as a Failure.
        """
        error = ValueError("no")
        action = start_action(action_type="deed")
        action.finish(Failure(error))
        self.assertIs(innermost(error), action)

    def test_no_exception(self) -> None:
        """
        An action may fail with anything else.
        """
        start_action(action_type="deed").finish("no")

    def test_success(self) -> None:
        """
        An exception that is handled before it leaves an action has not crossed that.
        """
        error = ValueError("no")
        with start_action(action_type="deed"), contextlib.suppress(ValueError):
            raise error
        self.assertIsNone(innermost(error))

    def test_contexts(self) -> None:
        """
        An action is crossed as well where it goes on: by leaving its context, or what it runs.
        """

        def fail(error: Exception) -> NoReturn:
            raise error

        action = start_action(action_type="deed")
        for_run, for_context = ValueError("run"), ValueError("context")
        self.assertRaises(ValueError, action.run, fail, for_run)
        with contextlib.suppress(ValueError), action.context():
            raise for_context
        self.assertIs(innermost(for_run), action)
        self.assertIs(innermost(for_context), action)

    def test_raised_again(self) -> None:
        """
        Raised again elsewhere, in another task or beside where it was, the last time counts.
        """
        error = ValueError("no")
        with start_task(action_type="task"):
            first, second = start_action(action_type="a"), start_action(action_type="b")
        other = start_task(action_type="other")
        for action in (first, second, other):
            cross(error, action)
            self.assertIs(innermost(error), action)

    def test_finished_twice(self) -> None:
        """
        Ending an action that has ended changes nothing.
        """
        error = ValueError("no")
        action = start_action(action_type="deed")
        action.finish()
        action.finish(error)
        self.assertIsNone(innermost(error))

    def test_dies(self) -> None:
        """
        Nothing else keeps the action or the exception alive, and both die without being collected;
        what would have been said of a success dies before.
        """
        value, error = Weak(), Weak()
        action = start_action(action_type="deed")
        action.add_success_fields(value=value)
        action.finish(error)
        gone = [weakref.ref(each) for each in (value, error, action)]
        gc.disable()
        self.addCleanup(gc.enable)
        del value
        self.assertIsNone(gone[0]())
        del action
        self.assertIsNotNone(innermost(error))
        del error
        self.assertEqual([each() for each in gone], [None] * 3)

    def test_attributes(self) -> None:
        """
        Whoever looks at the attributes of the exception sees the action's place, as text.
        """
        error = ValueError("no")
        with start_task(action_type="task") as task:
            cross(error, start_action(action_type="deed"))
        self.assertEqual(
            json.loads(json.dumps(list(vars(error).values()))), [f"{task.task_uuid}@/2"]
        )

    def test_copies(self) -> None:
        """
        Copies and pickles do not take the action along; they are read without this package.
        """
        error = ValueError("no")
        cross(error, start_action(action_type="deed"))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            pickled = pickle.dumps(error, protocol)
            self.assertNotIn(b"eliot.", pickled)
            again = pickle.loads(pickled)
            self.assertEqual(repr(again), repr(error))
            self.assertIsNone(innermost(again))
            action = start_action(action_type="later")
            remember(again, action)
            self.assertIs(innermost(again), action)
        self.assertIsNone(innermost(copy.deepcopy(error)))

    def test_unpickled_without_us(self) -> None:
        """
        That is so in a process which does not have this package.
        """
        error = ValueError("no")
        cross(error, start_action(action_type="deed"))
        program = (
            "import pickle, sys\n"
            "sys.modules['eliot'] = None\n"
            "print(repr(pickle.loads(bytes.fromhex(sys.argv[1]))))"
        )
        child = run_child(program, pickle.dumps(error).hex(), measured=False)
        self.assertEqual((child.stdout, child.stderr), ("ValueError('no')\n", ""))

    def test_hostile_attributes(self) -> None:
        """
        Attributes that cannot even be compared cost what would be remembered.
        """
        error = ValueError("no")
        vars(error)[HostileKey()] = 1  # type: ignore[index]  # as it is done
        action = start_action(action_type="deed")
        remember(error, action)
        self.assertIn(innermost(error), (None, action))

    def test_threads(self) -> None:
        """
        Actions may fail with the same exception in several threads at once: one of them is
        remembered.
        """
        error = ValueError("no")
        actions = [start_task(action_type="deed") for _ in range(4)]
        in_threads(4, lambda number: actions[number].finish(error))
        self.assertIn(innermost(error), actions)


class NestingTests(SynchronousTestCase):
    """
    The rule, for all ways to fail.
    """

    @given(st.lists(st.lists(st.integers(0, 2), max_size=4), min_size=1, max_size=6))
    def test_last_unless_around(self, paths: list[list[int]]) -> None:
        """
        Whichever actions of a tree an exception crosses, the last one counts that is not around the
        one which counted before.
        """
        fresh_context(self)
        record(self)
        actions: dict[tuple[int, ...], Action] = {(): start_task(action_type="root")}
        for path in sorted({tuple(each[:n]) for each in paths for n in range(1, len(each) + 1)}):
            actions[path] = actions[path[:-1]].child(None, "deed")
        error = ValueError("no")
        expected: tuple[int, ...] | None = None
        for path in map(tuple, paths):
            remember(error, actions[path])
            if expected is None or expected[: len(path)] != path:
                expected = path
            assert expected is not None
            self.assertIs(innermost(error), actions[expected])


class FirstTimeTests(SynchronousTestCase):
    """
    Who has been handed an exception already.
    """

    def test_once(self) -> None:
        """
        Each is told once, about each exception; what is remembered besides changes nothing.
        """
        record(self)
        one, other = object(), object()
        for make in ALL:
            error = make()
            self.assertTrue(is_first_time(error, one))
            self.assertIsNone(innermost(error))
            action = start_action(action_type="deed")
            remember(error, action)
            self.assertFalse(is_first_time(error, one))
            self.assertTrue(is_first_time(error, other))
            self.assertFalse(is_first_time(error, other))
            self.assertIs(innermost(error), action)

    def test_copy(self) -> None:
        """
        What has come from elsewhere is another exception.
        """
        error, who = ValueError("no"), object()
        self.assertTrue(is_first_time(error, who))
        again = pickle.loads(pickle.dumps(error))
        self.assertTrue(is_first_time(again, who))
        self.assertFalse(is_first_time(again, who))

    def test_hostile_attributes(self) -> None:
        """
        An exception that cannot be written on is always a new one.
        """
        error = ValueError("no")
        # What is remembered has the same hash, so it is compared with this.
        vars(error)[Same()] = 1  # type: ignore[index]  # as it is done
        self.assertTrue(is_first_time(error, self))
        self.assertTrue(is_first_time(error, self))
        self.assertIsNone(innermost(error))
        remember(error, start_task(action_type="deed"))
        self.assertIsNone(innermost(error))

    def test_threads(self) -> None:
        """
        Of several threads that ask at once, one is told.
        """
        error, who = ValueError("no"), object()
        told: list[bool] = []
        in_threads(4, lambda number: told.append(is_first_time(error, who)))
        self.assertEqual(sorted(told), [False, False, False, True])


class Same:
    """
    A key that is taken for the one under which things are remembered.
    """

    def __hash__(self) -> int:
        return hash("_eliot_crossed")

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError
