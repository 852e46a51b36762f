"""
Tests of :mod:`eliot.read._console_lines`.
"""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._console import console_encoder
from eliot.read import JSON, Message, Role, TextOptions
from eliot.read._console_lines import TASK_COLORS, ConsoleLines
from tests.forests import Forest, forests
from tests.read.test_pretty import MESSAGES

TASK = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"


def started(level: list[JSON], timestamp: float, **fields: JSON) -> Message:
    """
    Make the start of an action.
    """
    return message(level, timestamp, action_type="act", action_status="started", **fields)


def ended(level: list[JSON], timestamp: float, **fields: JSON) -> Message:
    """
    Make the end of an action.
    """
    status: dict[str, JSON] = {"action_type": "act", "action_status": "succeeded"}
    return message(level, timestamp, **{**status, **fields})


def message(level: list[JSON], timestamp: float, **fields: JSON) -> Message:
    """
    Make a message.
    """
    place: dict[str, JSON] = {"task_uuid": TASK, "task_level": level, "timestamp": timestamp}
    return Message({**place, **fields})


class ConsoleLinesTests(SynchronousTestCase):
    """
    Messages are shown on one line each.
    """

    def show(
        self, *messages: Message, width: int | None = None, options: TextOptions | None = None
    ) -> list[str]:
        """
        Show messages, without the day.
        """
        show = ConsoleLines(options or TextOptions(), lambda: width)
        return [line for each in messages for line in show.lines(each)][1:]

    def test_task(self) -> None:
        """
        What happens in an action is indented; its end says how long it took.
        """
        lines = self.show(
            started([1], 1.0, to="Norderney"),
            message([2], 2.0, message_type="note", text="two words"),
            started([3, 1], 3.0),
            message([3, 2], 3.5, message_type="inner"),
            ended([3, 3], 4.25),
            ended(
                [4], 61.0, action_status="failed", exception="OSError", reason="no\npier", port=7
            ),
        )
        self.assertEqual(
            lines,
            [
                "00:00:01.000         1b4e28ba act started to=Norderney",
                "00:00:02.000         1b4e28ba   note text='two words'",
                "00:00:03.000         1b4e28ba   act started",
                "00:00:03.500         1b4e28ba     inner",
                "00:00:04.250         1b4e28ba   act succeeded 1.250 s",
                "00:01:01.000 ✗       1b4e28ba act failed 1 min 00 s OSError: no\\npier port=7",
            ],
        )

    def test_alone(self) -> None:
        """
        A message that is a task of its own is not indented.
        """
        self.assertEqual(
            self.show(message([1], 1.0, message_type="note")),
            ["00:00:01.000         1b4e28ba note"],
        )

    def test_levels(self) -> None:
        """
        A level has a word of its own, whether it is a number or a name.
        """
        levels: list[tuple[JSON, str]] = [
            (50, "✗ crit "),
            ("error", "✗ error"),
            ("WARNING", "  warn "),
            (25.5, "  info "),
            (5, "  debug"),
            ("loud", "       "),
            (True, "       "),
        ]
        for level, word in levels:
            [line] = self.show(message([1], 1.0, message_type="note", log_level=level))
            self.assertEqual(line[13:20], word)
            self.assertEqual("log_level" in line, word.isspace())

    def test_traceback(self) -> None:
        """
        Of a traceback the last line is shown.
        """
        [line] = self.show(
            message(
                [1], 1.0, message_type="eliot:traceback", traceback="File x\nOSError: no pier\n"
            )
        )
        self.assertEqual(line, "00:00:01.000 ✗       1b4e28ba eliot:traceback OSError: no pier")

    def test_alike(self) -> None:
        """
        It looks like what a program writes itself: the same words in the same order.
        """
        several: list[dict[str, JSON]] = [
            {"message_type": "note", "log_level": 30, "text": "two words", "n": 1},
            {"message_type": "eliot:traceback", "traceback": "File x\nOSError: no pier\n"},
            {"action_type": "act", "action_status": "started", "legs": [1, {"a": None}]},
            {"action_type": "act", "action_status": "failed", "exception": "a", "reason": "b c"},
        ]
        for fields in several:
            read = message([1], 1.0, **fields)
            theirs = console_encoder(False)({**read.fields}).decode().split(" ", 1)[1]
            [ours] = self.show(read)
            self.assertEqual(
                ours.split(" ", 1)[1].replace("1b4e28ba ", ""), theirs.replace(" 1b4e28ba/1\n", "")
            )

    def test_measured(self) -> None:
        """
        An action that has measured itself knows best, and one whose start is unknown says nothing.
        """
        fields: dict[str, JSON] = {"eliot:duration": 0.25}
        lines = self.show(started([1], 1.0), ended([2], 9.0, **fields), ended([3], 9.0))
        self.assertIn("act succeeded 250 ms", lines[1])
        self.assertTrue(lines[2].endswith("act succeeded"))

    def test_forgets(self) -> None:
        """
        Actions that never end are forgotten at some time, the oldest first; and so are names.
        """
        show = ConsoleLines(TextOptions(), lambda: None)
        for number in range(1, 11_000):
            show.lines(started([number, 1], 1.0, **{f"n{number}": 1}))
        self.assertTrue(show.lines(ended([1, 2], 2.0))[-1].endswith("succeeded"))
        self.assertTrue(show.lines(ended([10_999, 2], 2.0))[-1].endswith("succeeded 1.000 s"))

    def test_days(self) -> None:
        """
        The day is shown when it is another one; what no calendar has belongs to none.
        """
        show = ConsoleLines(TextOptions(), lambda: None)
        times = [1.0, 2.0, 86_400.0, 1e15, 86_401.0]
        lines = [line for each in times for line in show.lines(message([1], each))]
        self.assertEqual(
            [line.split()[0] for line in lines],
            [
                *("1970-01-01", "00:00:01.000", "00:00:02.000"),
                *("1970-01-02", "00:00:00.000", "--:--:--.---", "00:00:01.000"),
            ],
        )
        local = ConsoleLines(TextOptions(local_time=True), lambda: None)
        self.assertRegex(local.lines(message([1], 1.0))[0], r"^\d{4}-\d\d-\d\d$")

    def test_width(self) -> None:
        """
        Lines are no longer than the terminal is wide, which is asked each time.
        """
        widths = [60, 40]
        show = ConsoleLines(TextOptions(), lambda: widths.pop(0))
        fields: dict[str, JSON] = {f"n{number}": "港" * 1_000 for number in range(1_000)}
        first = show.lines(message([1], 1.0, message_type="note", **fields))[-1]
        second = show.lines(message([1], 1.0, message_type="note", **fields))[-1]
        self.assertEqual(first, "00:00:01.000         1b4e28ba note n0='" + "港" * 10 + "…")
        self.assertEqual(second, "00:00:01.000         1b4e28ba note n0='…")

    def test_field_limit(self) -> None:
        """
        Without a terminal, values are cut at the limit.
        """
        long = message([1], 1.0, message_type="note", text="a" * 5_000)
        self.assertTrue(self.show(long)[0].endswith("aaa..."))
        [line] = self.show(long, options=TextOptions(field_limit=0))
        self.assertIn("text=" + "a" * 5_000, line)

    def test_ascii(self) -> None:
        """
        All is ASCII if that is asked for.
        """
        options = TextOptions(ascii_only=True)
        failed = ended([2], 1.0, action_status="failed", ü="ü" * 100)
        [line] = self.show(failed, width=60, options=options)
        self.assertTrue(line.isascii())
        self.assertIn(" ! ", line)

    def test_painted(self) -> None:
        """
        Faults, warnings and successes are painted, and each task in a colour of its own, as long as
        there is room.
        """
        colors: set[int] = set()

        def paint_task(color: int, text: str) -> str:
            colors.add(color)
            return f"<task>{text}</>"

        options = TextOptions(styles={role: (f"<{role}>", "</>") for role in get_args(Role)})
        show = ConsoleLines(options, lambda: None, paint_task)
        line = show.lines(ended([2], 1.0, action_status="failed", n=1))[-1]
        self.assertIn("<time>00:00:01.000</>", line)
        self.assertIn("<failed> ✗       </><task>1b4e28ba</> <failed>act failed</>", line)
        self.assertIn("<name> n</>=1", line)
        self.assertIn("<succeeded>act succeeded</>", show.lines(ended([2], 1.0))[-1])
        warned = show.lines(message([1], 1.0, message_type="note", log_level=30))[-1]
        self.assertIn("<mark>note</>", warned)
        self.assertEqual(len(colors), 1)
        self.assertLess(max(colors), TASK_COLORS)
        narrow = ConsoleLines(options, lambda: 5, paint_task)
        self.assertEqual(narrow.lines(message([1], 1.0))[-1], "<time>00:0…</>")

    @given(MESSAGES, st.booleans(), st.none() | st.integers(0, 100))
    def test_anything(self, fields: dict[str, JSON], ascii_only: bool, width: int | None) -> None:
        """
        Any message is one line without control characters.
        """
        options = TextOptions(ascii_only=ascii_only)
        for line in ConsoleLines(options, lambda: width).lines(Message(fields)):
            self.assertTrue(line.isprintable())

    @given(forests(odd=True))
    def test_forests(self, forest: Forest) -> None:
        """
        Each message is shown once.
        """
        lines = self.show(*map(Message, forest.messages))
        marks = [line.rpartition("mark=")[2].split()[0] for line in lines]
        self.assertEqual(marks, [each["mark"] for each in forest.messages])
