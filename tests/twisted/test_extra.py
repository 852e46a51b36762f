"""
Tests of :mod:`eliot.twisted._extra`.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import LegacyLogObserverWrapper, LogEvent, Logger, LogPublisher
from twisted.python import log
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot._encode import encode
from eliot._fields import RESERVED
from eliot._plain import plain_copy
from eliot.twisted._extra import extra_fields
from tests.hostile import Hostile, HostileKey, Huge, LyingDict, LyingStr, OfHostileClass


class ExtraFieldsTests(SynchronousTestCase):
    """
    What events have beyond what Twisted knows.
    """

    def test_own(self) -> None:
        """
        What whoever logs has told is there, and nothing of Twisted's.
        """
        events: list[LogEvent] = []
        Logger("app", observer=events.append).error("{a}", a=1, b=None)  # type: ignore[arg-type]  # it is called
        self.assertEqual(extra_fields(events[0], {}), {"a": 1, "b": None})

    def test_legacy(self) -> None:
        """
        So it is for the older log, and where one of its observers has had an event before.
        """
        events: list[LogEvent] = []
        older = LegacyLogObserverWrapper(lambda event: None)  # type: ignore[arg-type]  # it is called
        publisher = LogPublisher(older, events.append)  # type: ignore[arg-type]  # likewise
        log.LogPublisher(publishPublisher=publisher).msg("x", a=1, logLevel=10)
        log.LogPublisher(publishPublisher=publisher).msg(
            failure=Failure(ValueError()), why="x", isError=1, a=1
        )
        Logger("app", observer=publisher).failure("x", Failure(ValueError()), a=1)
        for event in events:
            self.assertEqual(extra_fields(event, {}), {"a": 1})

    def test_clash(self) -> None:
        """
        Nothing takes the place of another field, and nothing is lost.
        """
        event: LogEvent = {
            "text": 1,
            "event_text": 2,
            "task_uuid": 3,
            "eliot:encoding": 4,
            "event_event_text": 5,
        }
        found = extra_fields(event, {"text": "", "event_text": "", "exception": ""})
        self.assertEqual(sorted(map(str, found.values())), ["1", "2", "3", "4", "5"])
        self.assertEqual(found["event_task_uuid"], 3)
        self.assertEqual(found["event_eliot:encoding"], 4)

    def test_types(self) -> None:
        """
        Values are what they are in a line of JSON; those that have no such form are shown.
        """
        event: LogEvent = {
            "path": PurePosixPath("/a"),
            "bytes": b"\xc3\xa9",
            "object": Hostile("repr"),
        }
        self.assertEqual(
            extra_fields(event, {}),
            {"path": "/a", "bytes": "é", "object": "<hostile>", "eliot:encoding": ["object"]},
        )

    def test_copied(self) -> None:
        """
        What changes later does not change what was found.
        """
        for other in (None, {3}):
            value: list[object] = [1, [2], other]
            found = extra_fields({"a": value}, {})
            value.append(3)
            value[1] = 4
            self.assertEqual(found["a"], [1, [2], None if other is None else [3]])

    def test_hostile(self) -> None:
        """
        Values and keys that do harm cost nothing else.
        """
        values = [Hostile(""), OfHostileClass(), LyingStr("x"), LyingDict(), Huge(10**5000)]
        for value in values:
            found = extra_fields({"a": value, "b": 1}, {})
            self.assertEqual(found["b"], 1)
            self.assertIsNotNone(plain_copy(found))
        found = extra_fields({HostileKey(): 1, LyingStr("log_x"): 2, "b": 3}, {})  # type: ignore[dict-item]  # wrong
        self.assertEqual(found["b"], 3)

    @given(
        st.dictionaries(
            st.text("abx_é\0", max_size=3)
            | st.sampled_from([*RESERVED, "text", "event_text", "eliot:x"]),
            st.integers() | st.text() | st.lists(st.binary()) | st.builds(Hostile, st.just("")),
        )
    )
    def test_anything(self, event: LogEvent) -> None:
        """
        Whatever an event has, each value is there, under a name of its own, in a form that is
        encoded without the slow way.
        """
        taken = {"text": "", "log_level": ""}
        found = extra_fields(event, taken)
        shown = found.pop("eliot:encoding", [])
        self.assertIsInstance(shown, list)
        self.assertEqual(len(found), len(event))
        self.assertEqual(RESERVED & found.keys() | taken.keys() & found.keys(), set())
        self.assertNotIn(b"eliot:encoding", encode(found))
