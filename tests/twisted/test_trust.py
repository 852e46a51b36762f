"""
Tests of where actions belong that somebody else has asked for.
"""

from __future__ import annotations

from functools import partial

from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, start_task
from eliot._propagation import RemoteContext, read_headers
from eliot.twisted._trust import Places, begin_asked
from tests.helpers import in_threads, level_of, of_type, record, said, text_of

TRACEPARENT = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class PlacesTests(SynchronousTestCase):
    """
    Places that are good for one.
    """

    def test_once(self) -> None:
        """
        A place is free once.
        """
        places = Places()
        self.assertTrue(places.take("a@/2"))
        self.assertTrue(places.take("a@/3"))
        self.assertFalse(places.take("a@/2"))

    def test_shared(self) -> None:
        """
        A shared one is free always, and not remembered.
        """
        places = Places()
        self.assertTrue(places.take("a@/2/"))
        self.assertTrue(places.take("a@/2/"))
        self.assertEqual(len(places), 0)

    def test_bounded(self) -> None:
        """
        Only the latest are remembered.
        """
        places = Places(3)
        for number in range(1, 10):
            self.assertTrue(places.take(f"a@/{number}"))
        self.assertEqual(len(places), 3)
        self.assertFalse(places.take("a@/9"))
        self.assertTrue(places.take("a@/1"))

    def test_threads(self) -> None:
        """
        If several threads want the same place, one gets it.
        """
        places = Places()
        got: list[int] = []

        def take(thread: int) -> None:
            got.extend(number for number in range(1, 200) if places.take(f"a@/{number}"))

        in_threads(4, take)
        self.assertEqual(sorted(got), list(range(1, 200)))


class BeginAskedTests(SynchronousTestCase):
    """
    The start of an action.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)
        self.caller = start_task(action_type="caller")
        self.task_id = self.caller.serialize_task_id()
        self.messages.clear()
        self.begin = partial(begin_asked, Action, "asked")

    def test_trusted(self) -> None:
        """
        Whoever is trusted is gone on with.
        """
        action = self.begin({"a": 1}, read_headers([self.task_id]), True, None)
        self.assertEqual(action.task_uuid, self.caller.task_uuid)
        self.assertEqual(action.task_level, [2])
        [start] = self.messages
        self.assertEqual((level_of(start), said(start)), ([2, 1], {"a": 1}))

    def test_not_trusted(self) -> None:
        """
        For who is not, there is a new task, which says what came.
        """
        action = self.begin({"a": 1}, read_headers([self.task_id]), False, None)
        self.assertNotEqual(action.task_uuid, self.caller.task_uuid)
        [start] = self.messages
        self.assertEqual(said(start), {"a": 1, "remote_task_id": self.task_id.decode()})

    def test_traceparent(self) -> None:
        """
        Of a trace of the W3C nothing is gone on with, also for who is trusted, but it is said.
        """
        for trusted in (True, False):
            self.messages.clear()
            action = self.begin({}, read_headers(None, [TRACEPARENT]), trusted, None)
            self.assertEqual(action.task_level, [])
            [start] = self.messages
            self.assertEqual(
                said(start),
                {"trace_id": "0af7651916cd43dd8448eb211c80319c", "parent_id": "b7ad6b7169203331"},
            )

    def test_predicate(self) -> None:
        """
        A function is asked about what asks, if an identifier came.
        """
        asked: list[str] = []

        def trusted(who: str) -> bool:
            asked.append(who)
            return who == "friend"

        remote = read_headers([self.task_id])
        stranger = self.begin({}, remote, trusted, "stranger")
        friend = self.begin({}, remote, trusted, "friend")
        self.begin({}, RemoteContext(), trusted, "nobody")
        self.assertEqual(asked, ["stranger", "friend"])
        self.assertNotEqual(stranger.task_uuid, self.caller.task_uuid)
        self.assertEqual(friend.task_uuid, self.caller.task_uuid)

    def test_predicate_raises(self) -> None:
        """
        If it raises, nobody is trusted, and that is logged in the action.
        """

        def trusted(who: None) -> bool:
            raise ZeroDivisionError(1)

        action = self.begin({}, read_headers([self.task_id]), trusted, None)
        start, traceback = self.messages
        self.assertEqual(start["remote_task_id"], self.task_id.decode())
        self.assertEqual(traceback["message_type"], "eliot:traceback")
        self.assertEqual(traceback["task_uuid"], action.task_uuid)
        self.assertIn("in trusted", text_of(traceback, "traceback"))

    def test_repeated(self) -> None:
        """
        An identifier that is good for one, and comes again, is no place: there is a new task, which
        says so.
        """
        remote = read_headers([self.task_id])
        self.begin({}, remote, True, None)
        self.messages.clear()
        again = self.begin({}, remote, True, None)
        self.assertNotEqual(again.task_uuid, self.caller.task_uuid)
        start, told = self.messages
        self.assertEqual(start["remote_task_id"], self.task_id.decode())
        self.assertEqual(told["message_type"], "eliot:repeated_task_id")
        self.assertEqual(told["task_uuid"], again.task_uuid)

    def test_not_taken(self) -> None:
        """
        Whoever is not trusted takes no place.
        """
        remote = read_headers([self.task_id])
        self.begin({}, remote, False, None)
        action = self.begin({}, remote, True, None)
        self.assertEqual(action.task_uuid, self.caller.task_uuid)

    def test_shared(self) -> None:
        """
        A shared one is gone on with any number of times, at a new place each time.
        """
        remote = read_headers([self.caller.serialize_task_id(shared=True)])
        levels = {tuple(self.begin({}, remote, True, None).task_level) for _ in range(3)}
        self.assertEqual(len(levels), 3)
        self.assertEqual({level[:-1] for level in levels}, {(3,)})

    def test_malformed(self) -> None:
        """
        What is malformed makes a new task, in which it is told.
        """
        action = self.begin({}, read_headers([b"\xff" * 10_000]), True, None)
        start, told = self.messages
        self.assertEqual((said(start), action.task_level), ({}, []))
        [same] = of_type(self.messages, "eliot:malformed_task_id")
        self.assertIs(same, told)
        self.assertLess(len(text_of(told, "reason")), 500)
