"""
A message as one line for people who watch a program.
"""

from __future__ import annotations

import os
import pty
import time
from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import add_destinations, log_message, start_action, write_traceback
from eliot._console import ConsoleEncoder, console_encoder, wants_colour
from tests.helpers import Fields, fresh_destinations, in_threads
from tests.hostile import (
    Disguised,
    Hostile,
    HostileKey,
    Huge,
    LyingBytes,
    LyingDict,
    LyingFloat,
    LyingInt,
    LyingList,
    LyingSet,
    LyingStr,
    LyingTuple,
    OfHostileClass,
)

IDENTITY: Fields = {
    "task_uuid": "0a1b2c3d-0000-4000-8000-000000000000",
    "task_level": [2, 1],
    # Half past seven in the morning, in the zone of the tests.
    "timestamp": 1_700_000_000.1239,
}

[MARK] = ConsoleEncoder.failure_marks


class Cry:
    """
    An object that shows itself by what moves cursors, and more.
    """

    def __repr__(self) -> str:
        return "\x1b[2J\r\n\x9b\u2028\u202e✗"


#: Fields that may do anything.
FIELDS = st.dictionaries(
    st.sampled_from(
        [
            *("message_type", "action_type", "action_status", "log_level", "timestamp"),
            *("task_uuid", "task_level", "exception", "reason", "traceback", "eliot:stack"),
        ]
    )
    | st.text(max_size=3),
    st.none()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text("\x00\x07\x1b\n\r\x7f\x85\x9b\u2028\u202e✗é")
    | st.binary()
    | st.sampled_from(["failed", "error", "warn", "eliot:traceback", 10**400, [1, 2]])
    | st.lists(st.integers() | st.text())
    | st.builds(Cry)
    | st.builds(Hostile, st.sampled_from(["", "repr", "str"])),
)


class ConsoleTestCase(SynchronousTestCase):
    """
    Encodes messages, in a certain zone.
    """

    def setUp(self) -> None:
        """
        Set the zone.
        """
        self.set_variable("TZ", "XYZ-9:16:40")
        time.tzset()

    def set_variable(self, name: str, value: str) -> None:
        """
        Set a variable of the environment for one test.
        """
        before = os.environ.get(name)
        os.environ[name] = value

        def put_back() -> None:
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before
            time.tzset()

        self.addCleanup(put_back)

    def line(self, colour: bool = False, /, **fields: object) -> str:
        """
        Encode a message.
        """
        line = console_encoder(colour)({**IDENTITY, **fields})
        self.assertTrue(line.endswith(b"\n"))
        return line.decode().removesuffix("\n")


class LayoutTests(ConsoleTestCase):
    """
    How lines look.
    """

    def test_message(self) -> None:
        """
        A message has the time, its type, its fields, and its place.
        """
        self.assertEqual(
            self.line(message_type="app:said", text="Good evening!", count=3, things=[1, "x"]),
            "07:30:00.123         app:said text='Good evening!' count=3 things=[1, 'x'] "
            "0a1b2c3d/2/1",
        )

    def test_levels(self) -> None:
        """
        A level that is known has a column, and only that; any other is a field.
        """
        for level, column in [
            *[("debug", "  debug"), ("INFO", "  info "), ("Warning", "  warn ")],
            *[("error", "✗ error"), ("FATAL", "✗ crit "), (45, "✗ error"), (5, "  debug")],
        ]:
            self.assertEqual(
                self.line(message_type="app:said", log_level=level),
                f"07:30:00.123 {column} app:said 0a1b2c3d/2/1",
            )
        self.assertEqual(
            self.line(message_type="app:said", log_level="loud"),
            "07:30:00.123         app:said log_level=loud 0a1b2c3d/2/1",
        )

    def test_action(self) -> None:
        """
        A message of an action says what has become of it; one of a failed action has a mark, the
        exception, and its reason.
        """
        self.assertEqual(
            self.line(action_type="app:deed", action_status="started", size=1),
            "07:30:00.123         app:deed started size=1 0a1b2c3d/2/1",
        )
        self.assertEqual(
            self.line(
                action_type="app:deed",
                action_status="failed",
                exception="builtins.OSError",
                reason="no\nway",
                errno=2,
            ),
            "07:30:00.123 ✗       app:deed failed builtins.OSError: no\\nway errno=2 0a1b2c3d/2/1",
        )

    def test_traceback(self) -> None:
        """
        Of a traceback there is what it ends with.
        """
        self.assertEqual(
            self.line(
                message_type="eliot:traceback",
                exception="builtins.ValueError",
                reason="no way",
                traceback="Traceback...\n",
            ),
            "07:30:00.123 ✗       eliot:traceback builtins.ValueError: no way 0a1b2c3d/2/1",
        )

    def test_foreign_traceback(self) -> None:
        """
        Also where that is a text and nothing else.
        """
        self.assertEqual(
            self.line(
                message_type="eliot:stdlib",
                log_level="WARNING",
                message="Oh",
                traceback="Traceback...\n  File\nValueError: no way\n",
            ),
            "07:30:00.123 ✗ warn  eliot:stdlib ValueError: no way message=Oh 0a1b2c3d/2/1",
        )

    def test_event(self) -> None:
        """
        An event of Twisted's log is one like others.
        """
        self.assertEqual(
            self.line(
                message_type="twisted:log",
                text="Cannot go",
                log_level="critical",
                log_namespace="app.part",
                exception="builtins.ValueError",
                reason="no way",
                traceback="Traceback...",
            ),
            "07:30:00.123 ✗ crit  twisted:log builtins.ValueError: no way text='Cannot go' "
            "log_namespace=app.part 0a1b2c3d/2/1",
        )

    def test_own_reason(self) -> None:
        """
        A program's own fields of such a name are fields.
        """
        self.assertEqual(
            self.line(message_type="app:said", reason="none"),
            "07:30:00.123         app:said reason=none 0a1b2c3d/2/1",
        )

    def test_colours(self) -> None:
        """
        With colours, faults are red, warnings are yellow, time and place are dim.
        """
        for level, colour, mark in [
            *[("info", "", "  info "), ("warn", "\x1b[33m", "  warn ")],
            ("error", "\x1b[31m", "✗ error"),
        ]:
            end = "\x1b[0m" if colour else ""
            self.assertEqual(
                self.line(True, message_type="app:said", log_level=level, a=1),
                f"\x1b[2m07:30:00.123\x1b[0m {colour}{mark} app:said{end} a=1 "
                "\x1b[2m0a1b2c3d/2/1\x1b[0m",
            )

    def test_nothing(self) -> None:
        """
        What is not there, or is not what it should be, is left out.
        """
        self.assertEqual(console_encoder(False)({}).rstrip(), b"--:--:--.---")
        odd: Fields = {"timestamp": 1e300, "task_uuid": 7, "task_level": ["x"], "a": 1}
        self.assertEqual(console_encoder(False)(odd), b"--:--:--.---         a=1\n")
        odd["timestamp"] = float("nan")
        self.assertEqual(console_encoder(False)(odd), b"--:--:--.---         a=1\n")

    def test_short(self) -> None:
        """
        Everything is shortened.
        """
        line = self.line(
            message_type="m" * 10**5,
            exception="e" * 10**5,
            reason="r" * 10**5,
            text="t" * 10**6,
            things=list(range(10**6)),
            table={number: number for number in range(10**6)},
        )
        self.assertLess(len(line), 3000)
        self.assertIn("things=[0, 1, 2, 3, 4, 5, ...]", line)
        self.assertIn("table={0: 0, 1: 1, 2: 2, 3: 3, ...}", line)
        deep = console_encoder(False)({"task_uuid": "0a1b2c3d", "task_level": [1] * 10**4})
        self.assertLess(len(deep), 100)

    def test_real(self) -> None:
        """
        As a program has it.
        """
        lines: list[bytes] = []
        fresh_destinations(self)
        add_destinations(lambda message: lines.append(console_encoder(False)(message)))
        with start_action(action_type="app:deed") as action:
            log_message("app:said", a=1)
            action.finish(ValueError("no way"))
        write_traceback(exc_info=(ValueError, ValueError("again"), None))
        self.assertEqual([MARK in each for each in lines], [False, False, True, True])
        self.assertEqual(
            [b"builtins.ValueError: " in each for each in lines], [False, False, True, True]
        )


class SafetyTests(ConsoleTestCase):
    """
    What messages cannot do.
    """

    def test_hostile(self) -> None:
        """
        Values that raise or lie cost no more than their place.
        """
        for value in (
            *(Hostile(""), Hostile("repr"), HostileKey(), OfHostileClass(), Disguised(str)),
            *(LyingDict(a=1), LyingList([1]), LyingTuple((1,)), LyingSet({1}), LyingStr("x")),
            *(LyingInt(3), LyingFloat(1.5), LyingBytes(b"x"), Huge(10**5000)),
            *({HostileKey(): 1}, [Hostile("")], {Disguised(int)}),
        ):
            for name in ("x", *IDENTITY, "message_type", "log_level", "exception", "traceback"):
                message = {**IDENTITY, "good": 1, name: value}
                self.assertIn(b" good=1 ", console_encoder(True)(message) + b" ", name)

    def test_hostile_names(self) -> None:
        """
        Neither do names.
        """
        for name in (LyingStr("x"), Hostile, b"x", 7):
            line = console_encoder(False)({name: 1, "good": 1})  # type: ignore[dict-item]  # wrong
            self.assertIn(b"good=1", line)

    def test_no_message(self) -> None:
        """
        What is no message at all is one line, too, and tells of a fault.
        """
        for odd in (None, Hostile(""), [1]):
            line = console_encoder(False)(odd)  # type: ignore[arg-type]  # wrong
            self.assertRegex(line, rb"^--:--:--.--- \xe2\x9c\x97       <the message raises \w+>\n$")
        self.assertIn(b"a=1", console_encoder(False)(LyingDict(a=1)))

    def test_class_of_a_name(self) -> None:
        """
        A class may have the name of one that is looked into, and have no end.
        """

        class Endless:
            def __iter__(self) -> Endless:
                return self

            def __next__(self) -> int:
                return 1

            def __len__(self) -> int:
                return 7

            def __repr__(self) -> str:
                return "endless"

        for name in ("dict", "set", "frozenset", "list", "deque"):
            Endless.__name__ = name
            self.assertIn("a=endless", self.line(a=Endless()))

    def test_containers(self) -> None:
        """
        Containers are shown by how they begin, also where they contain themselves.
        """
        itself: list[object] = []
        itself.append(itself)
        for value, expected in [
            *[({}, "{}"), (set(), "set()"), (frozenset(), "frozenset()")],
            *[({1}, "{1}"), (frozenset({1}), "frozenset({1})")],
            *[(itself, "[[[[[[[...]]]]]]]"), ({"a": {"b": 1}}, "{'a': {'b': 1}}")],
        ]:
            self.assertEqual(self.line(a=value), f"07:30:00.123         a={expected} 0a1b2c3d/2/1")

    def test_escapes(self) -> None:
        """
        What is not visible text, or is the mark, is escaped, wherever it comes from.
        """
        fields: Fields = {name: Cry() for name in ("a", "log_level", "action_status")}
        line = self.line(action_type="\x1b]0;title\x07", **{"na\nme": "✗"}, **fields)
        self.assertTrue(line.isprintable(), line)
        self.assertNotIn("✗", line)
        self.assertIn("\\x1b]0;title\\x07 ", line)
        self.assertIn("na\\nme=\\u2717", line)

    @given(FIELDS)
    def test_anything(self, message: Fields) -> None:
        """
        Whatever a message is, it is one line of printable text; with colours, it is the same but
        for those; the marks are in both or in neither.
        """
        line = console_encoder(False)(message)
        text = line.decode()
        self.assertEqual(text[-1], "\n")
        self.assertTrue(text[:-1].isprintable(), text)
        self.assertTrue(all(category(each) != "Cc" for each in text[:-1]))
        coloured = console_encoder(True)(message).decode()
        for code in ("\x1b[2m", "\x1b[31m", "\x1b[33m", "\x1b[0m"):
            coloured = coloured.replace(code, "")
        self.assertEqual(coloured, text)

    @given(FIELDS)
    def test_mark(self, message: Fields) -> None:
        """
        The mark is in each line that tells of a failure, and in no other.
        """
        for name in ("log_level", "action_status", "message_type", "exception", "traceback"):
            message.pop(name, None)
        for encoder in (console_encoder(False), console_encoder(True)):
            self.assertNotIn(MARK, encoder(message))
            self.assertIn(MARK, encoder({**message, "action_status": "failed"}))
            self.assertIn(MARK, encoder({**message, "message_type": "eliot:traceback"}))
            self.assertIn(MARK, encoder({**message, "traceback": ""}))

    def test_changing(self) -> None:
        """
        A message that another thread changes meanwhile is a line all the same.
        """
        message: Fields = {}

        def run(number: int) -> None:
            for each in range(3000):
                if number:
                    message[f"field{each % 50}"] = each
                    message.pop(f"field{(each + 25) % 50}", None)
                else:
                    self.assertEqual(console_encoder(False)(message).count(b"\n"), 1)

        in_threads(2, run)


class WantsColourTests(ConsoleTestCase):
    """
    Where colours are welcome.
    """

    def test_wanted(self) -> None:
        """
        On terminals, unless the user does not want them, or the terminal knows none.
        """
        leader, terminal = pty.openpty()
        readable, writable = os.pipe()
        for each in (leader, terminal, readable, writable):
            self.addCleanup(os.close, each)
        self.set_variable("TERM", "xterm")
        self.set_variable("NO_COLOR", "")
        self.assertTrue(wants_colour(terminal))
        self.assertFalse(wants_colour(writable))
        self.set_variable("TERM", "dumb")
        self.assertFalse(wants_colour(terminal))
        self.set_variable("TERM", "xterm")
        self.set_variable("NO_COLOR", "1")
        self.assertFalse(wants_colour(terminal))

    def test_shared(self) -> None:
        """
        There is one encoder of each kind.
        """
        self.assertIs(console_encoder(True), console_encoder(True))
        self.assertIsNot(console_encoder(True), console_encoder(False))
