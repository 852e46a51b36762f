"""
Crossing a network: the headers that are sent, and what is made of those that come.
"""

from __future__ import annotations

import gc
import sys
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, MemoryLogger, start_task
from eliot._ids import MAXIMUM_LENGTH, parse
from eliot._propagation import (
    TASK_ID_HEADER,
    TRACEPARENT_HEADER,
    RemoteContext,
    Traceparent,
    headers_for,
    parse_traceparent,
    read_headers,
    traceparent_of,
)

UUID_TEXT = "0af76519-16cd-43dd-8448-eb211c80319c"
GOOD_TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
GOOD_ID = f"{UUID_TEXT}@/2/3"

#: Headers of strangers: some are nearly right.
PIECES = st.sampled_from(
    [
        *("00", "01", "ff", "-", "/", "@", "0" * 16, "0" * 32, "a" * 16, "b" * 32, "\r\n", "\x00"),
        *(GOOD_ID, GOOD_TRACEPARENT, " ", ",", "é", "\udcff", "\u202e", "9" * 5000),
    ]
)
HOSTILE_TEXT = st.lists(PIECES, max_size=6).map("".join) | st.text(max_size=80)
HOSTILE = HOSTILE_TEXT | HOSTILE_TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))
HOSTILE_VALUES = st.none() | st.lists(HOSTILE | st.binary(max_size=80), max_size=3)


def action_at(task_uuid: str, level: list[int]) -> Action:
    """
    Make an action of a place.
    """
    return Action(MemoryLogger(), task_uuid, level, "test")


class HeadersForTests(SynchronousTestCase):
    """
    The headers that are sent.
    """

    def test_place(self) -> None:
        """
        The identifier names a new place in the action each time.
        """
        action = action_at(UUID_TEXT, [2])
        sent = [headers_for(action)[TASK_ID_HEADER] for _ in range(2)]
        self.assertEqual(sent, [f"{UUID_TEXT}@/2/2", f"{UUID_TEXT}@/2/3"])

    def test_shared(self) -> None:
        """
        A shared place can be asked for.
        """
        sent = headers_for(action_at(UUID_TEXT, [2]), shared=True)
        self.assertEqual(sent[TASK_ID_HEADER], f"{UUID_TEXT}@/2/2/")

    def test_names(self) -> None:
        """
        There are two headers, each a line of ASCII.
        """
        sent = headers_for(start_task(MemoryLogger(), "test"))
        self.assertEqual(list(sent), [TASK_ID_HEADER, TRACEPARENT_HEADER])
        self.assertTrue(all(each.isascii() and each.isprintable() for each in sent.values()))

    def test_read_back(self) -> None:
        """
        What is sent is understood, as text and as bytes.
        """
        sent = headers_for(start_task(MemoryLogger(), "test"))
        for values in ([each] for each in (sent[TASK_ID_HEADER], sent[TASK_ID_HEADER].encode())):
            remote = read_headers(values, None)
            self.assertEqual(remote, RemoteContext(sent[TASK_ID_HEADER]))
        self.assertEqual(str(parse_traceparent(sent[TRACEPARENT_HEADER])), sent[TRACEPARENT_HEADER])


class TraceparentOfTests(SynchronousTestCase):
    """
    The trace and the span of an action.
    """

    def test_uuid(self) -> None:
        """
        The trace is the bytes of the task's UUID, however that is spelled.
        """
        for spelling in (UUID_TEXT, UUID_TEXT.upper()):
            traceparent = traceparent_of(action_at(spelling, [1]))
            self.assertEqual(traceparent.trace_id, UUID(UUID_TEXT).hex)

    def test_other_names(self) -> None:
        """
        Identifiers that are no UUIDs, or nothing but zeros, are hashed: the same one always
        to the same trace, others to others, and the header is well formed.
        """
        names = ["a", "b", "job-17", "0" * 32, str(UUID(int=0)), "é"]
        made = [traceparent_of(action_at(name, [1])) for name in names]
        again = [traceparent_of(action_at(name, [1])) for name in names]
        self.assertEqual(made, again)
        self.assertEqual(len({each.trace_id for each in made}), len(names))
        self.assertEqual([parse_traceparent(str(each)) for each in made], made)

    def test_span(self) -> None:
        """
        Each action has a span of its own, the same as long as it lives.
        """
        places = [[1], [1, 2], [2], [12], []]
        action = action_at(UUID_TEXT, [1])
        before = traceparent_of(action)
        headers_for(action)
        self.assertEqual(traceparent_of(action), before)
        spans = {traceparent_of(action_at(UUID_TEXT, place)).parent_id for place in places}
        self.assertEqual(len(spans), len(places))


class ParseTraceparentTests(SynchronousTestCase):
    """
    Reading what others send.
    """

    def test_good(self) -> None:
        """
        The example of the W3C is understood, sampled or not.
        """
        expected = Traceparent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", True)
        self.assertEqual(parse_traceparent(GOOD_TRACEPARENT), expected)
        unsampled = GOOD_TRACEPARENT[:-2] + "02"
        self.assertEqual(parse_traceparent(unsampled), expected._replace(sampled=False))

    def test_later_versions(self) -> None:
        """
        Versions to come may say more than is understood.
        """
        for more in ("", "-", "-whatever"):
            self.assertIsNotNone(parse_traceparent(f"cc{GOOD_TRACEPARENT[2:]}{more}"))

    def test_bad(self) -> None:
        """
        All else is refused.
        """
        bad = [
            "",
            GOOD_TRACEPARENT.upper(),
            f" {GOOD_TRACEPARENT}",
            f"{GOOD_TRACEPARENT}\n",
            f"{GOOD_TRACEPARENT}-more",
            f"ff{GOOD_TRACEPARENT[2:]}",
            f"cc{GOOD_TRACEPARENT[2:]}-{'a' * 1000}",
            GOOD_TRACEPARENT.replace("b7ad6b7169203331", "0" * 16),
            GOOD_TRACEPARENT.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32),
            GOOD_TRACEPARENT.replace("0af7", "٣af7"),
        ]
        self.assertEqual([each for each in bad if parse_traceparent(each)], [])


class ReadHeadersTests(SynchronousTestCase):
    """
    What is made of the headers that come.
    """

    def test_nothing(self) -> None:
        """
        A request without them is one without a problem.
        """
        empty: list[str] = []
        for nothing in (None, empty):
            remote = read_headers(nothing, nothing)
            self.assertEqual(remote, RemoteContext())
            self.assertIsNone(remote.place())
            self.assertEqual(remote.fields(), {})

    def test_task_id(self) -> None:
        """
        A good identifier is the place to go on at, and what to say of where it came from.
        """
        remote = read_headers([GOOD_ID.encode()], [b"garbage"])
        self.assertEqual(remote.place(), (UUID_TEXT, [2, 3]))
        self.assertEqual(remote.fields(), {"remote_task_id": GOOD_ID})
        self.assertIsNone(remote.problem)

    def test_shared(self) -> None:
        """
        A shared identifier gives a place of its own each time.
        """
        remote = read_headers([f"{GOOD_ID}/"])
        places = [remote.place(), remote.place()]
        self.assertNotEqual(places[0], places[1])

    def test_traceparent(self) -> None:
        """
        Where no identifier came, or a bad one, the other header says who has called.
        """
        expected = {
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "parent_id": "b7ad6b7169203331",
        }
        for task_ids in (None, ["garbage"]):
            remote = read_headers(task_ids, [GOOD_TRACEPARENT.encode()])
            self.assertEqual(remote.fields(), expected)
            self.assertIsNone(remote.place())
            self.assertEqual(remote.problem is None, task_ids is None)

    def test_malformed(self) -> None:
        """
        The problem shows a short excerpt of what came, with nothing in it that could do harm
        to whoever reads it.
        """
        evil = "\x1b[2J\r\nSet-Cookie: \u202e" + "x" * 10_000_000
        for task_ids, traceparents in (
            ([evil], None),
            ([evil.encode()], [evil.encode()]),
            (None, [evil]),
            ([evil, evil], [evil, evil]),
        ):
            remote = read_headers(task_ids, traceparents)
            self.assertEqual((remote.task_id, remote.traceparent), (None, None))
            problem = remote.problem
            assert problem is not None
            self.assertIn("x1b[2J", problem)
            self.assertLess(len(problem), 500)
            self.assertTrue(problem.isascii() and problem.isprintable())

    def test_repeated(self) -> None:
        """
        Two headers are refused, even if they say the same.
        """
        remote = read_headers([GOOD_ID, GOOD_ID], [GOOD_TRACEPARENT, GOOD_TRACEPARENT])
        self.assertEqual((remote.task_id, remote.traceparent), (None, None))
        assert remote.problem is not None
        self.assertIn("2 headers X-Eliot-Task-Id", remote.problem)
        self.assertIn("2 headers traceparent", remote.problem)

    def test_too_long(self) -> None:
        """
        An identifier that is too long is refused, though its beginning is well formed.
        """
        self.assertIsNone(read_headers([GOOD_ID + "/1" * MAXIMUM_LENGTH]).task_id)

    def test_complain(self) -> None:
        """
        The problem is told in the action that was started instead; there is nothing to tell
        where there is none.
        """
        logger = MemoryLogger()
        action = start_task(logger, "test")
        read_headers([GOOD_ID]).complain(action)
        read_headers(["garbage"]).complain(action)
        (told,) = logger.messages[1:]
        self.assertEqual(told["message_type"], "eliot:malformed_task_id")
        self.assertIn("garbage", str(told["reason"]))

    @settings(max_examples=500)
    @given(HOSTILE_VALUES, HOSTILE_VALUES)
    def test_hostile(
        self, task_ids: list[bytes | str] | None, traceparents: list[bytes | str] | None
    ) -> None:
        """
        Whatever comes, nothing is raised; what is accepted is well formed, and what is said
        of the rest is short and printable.
        """
        remote = read_headers(task_ids, traceparents)
        if remote.task_id is not None:
            parse(remote.task_id)
        if remote.traceparent is not None:
            self.assertIsNotNone(parse_traceparent(str(remote.traceparent)))
        if remote.problem is not None:
            self.assertLess(len(remote.problem), 2000)
            self.assertTrue(remote.problem.isascii() and remote.problem.isprintable())

    def test_no_growth(self) -> None:
        """
        100,000 bad headers leave nothing behind.
        """
        values = [b"garbage \xff %d" % number for number in range(1000)]

        def read_all(times: int) -> None:
            for _ in range(times):
                for value in values:
                    read_headers([value], [value])

        read_all(2)
        gc.collect()
        before = sys.getallocatedblocks()
        read_all(98)
        gc.collect()
        self.assertLess(sys.getallocatedblocks() - before, 1000)
