"""
Task identifiers: unique, written down and read back, and refused when they are malformed.
"""

from __future__ import annotations

import re
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._ids import MAXIMUM_LENGTH, new_task_uuid, parse, random_level, serialize
from tests.helpers import in_forked_child, in_threads

LEVELS = st.lists(st.integers(1, 2**53 - 1), min_size=1, max_size=30)

#: The identifiers of tasks that other programs made may be any printable word.
TASK_UUIDS = st.uuids().map(str) | st.from_regex(r"[A-Za-z0-9_.:-]{1,128}", fullmatch=True)

#: What a serialized identifier consists of, in any order: more of it gets past the first checks
#: than of arbitrary text.
PIECES = st.lists(
    st.sampled_from(["0", "1", "23", "/", "@", "-", " ", "\n", "+", "_", "a", "é", "٣", "9" * 17])
).map("".join)


def well_formed(text: str) -> bool:
    """
    Tell whether a text is a serialized identifier: a second, naive reading of the definition.
    """
    task_uuid, at, path = text.partition("@")
    steps = path.removesuffix("/").split("/")
    return (
        at == "@"
        and 1 <= len(task_uuid) <= 128
        and all("!" <= character <= "~" and character not in "/@" for character in task_uuid)
        and len(steps) > 1
        and steps[0] == ""
        and all(
            step.isascii() and step.isdigit() and step[0] != "0" and len(step) <= 16
            for step in steps[1:]
        )
    )


class NewTaskUUIDTests(SynchronousTestCase):
    """
    Making the identifiers of tasks.
    """

    def test_is_a_uuid(self) -> None:
        """
        Each is a random UUID (version 4, of RFC 9562's variant) in its usual spelling.
        """
        for made in [new_task_uuid() for _ in range(500)]:
            parsed = UUID(made)
            self.assertEqual(str(parsed), made)
            self.assertEqual((parsed.version, parsed.variant), (4, "specified in RFC 4122"))

    def test_all_bits_vary(self) -> None:
        """
        All 122 bits that are not given are drawn: none is the same in a thousand identifiers.
        """
        ones, zeros = 0, 0
        for _ in range(1000):
            value = UUID(new_task_uuid()).int
            ones |= value
            zeros |= ~value
        varying = ones & zeros & (2**128 - 1)
        self.assertEqual(varying.bit_count(), 122)

    def test_unique_among_threads(self) -> None:
        """
        Threads that make identifiers at the same time never get the same one.
        """
        made: list[str] = []
        in_threads(4, lambda number: made.extend([new_task_uuid() for _ in range(2000)]))
        self.assertEqual(len(set(made)), 8000)

    def test_unique_after_fork(self) -> None:
        """
        A forked child makes none that its parent makes, though the parent holds some ready.
        """
        new_task_uuid()
        theirs = in_forked_child(lambda: " ".join(new_task_uuid() for _ in range(200))).split()
        ours = [new_task_uuid() for _ in range(200)]
        self.assertEqual(len({*theirs, *ours}), 400)


class RandomLevelTests(SynchronousTestCase):
    """
    Drawing levels for the continuations of shared places.
    """

    def test_size(self) -> None:
        """
        Each has 53 bits: every JSON reader holds it exactly, and counting never gets there.
        """
        self.assertEqual({random_level().bit_length() for _ in range(1000)}, {53})

    def test_random(self) -> None:
        """
        They do not repeat.
        """
        self.assertEqual(len({random_level() for _ in range(1000)}), 1000)


class RoundTripTests(SynchronousTestCase):
    """
    What is written down is read back.
    """

    @given(TASK_UUIDS, LEVELS)
    def test_once(self, task_uuid: str, level: list[int]) -> None:
        """
        A place is itself again, from bytes, text, and a bytearray.
        """
        serialized = serialize(task_uuid, level)
        for spelling in (serialized, serialized.decode("ascii")):
            self.assertEqual(parse(spelling), (task_uuid, level))
        mutable = bytearray(serialized)
        self.assertEqual(parse(mutable), (task_uuid, level))  # type: ignore[arg-type]  # as well

    @given(TASK_UUIDS, LEVELS)
    def test_shared(self, task_uuid: str, level: list[int]) -> None:
        """
        A shared place gives a new place right below it each time that it is read.
        """
        serialized = serialize(task_uuid, level, shared=True)
        places = [parse(serialized) for _ in range(5)]
        self.assertEqual({each[0] for each in places}, {task_uuid})
        self.assertEqual([each[1][:-1] for each in places], [level] * 5)
        self.assertEqual(len({each[1][-1] for each in places}), 5)

    def test_spelling(self) -> None:
        """
        The spelling is the documented one, in ASCII bytes; a shared one ends in a slash.
        """
        self.assertEqual(serialize("abc", [2, 3]), b"abc@/2/3")
        self.assertEqual(serialize("abc", [2, 3], shared=True), b"abc@/2/3/")

    def test_not_ascii(self) -> None:
        """
        Whatever somebody has called a task, its identifier can be sent in a header.
        """
        self.assertTrue(serialize("täsk \ud800", [1]).isascii())


class MalformedTests(SynchronousTestCase):
    """
    Everything else is refused.
    """

    def assert_refused(self, task_id: object, complaint: str) -> None:
        """
        Fail unless an identifier is refused with a short, printable complaint.

        :param task_id: the identifier.
        :param complaint: a regular expression for a part of the complaint.
        """
        error = self.assertRaises(ValueError, parse, task_id)
        self.assertIs(type(error), ValueError)
        text = str(error)
        self.assertRegex(text, complaint)
        self.assertTrue(text.isascii() and text.isprintable(), text)
        self.assertLess(len(text), 1000)

    def test_complaints(self) -> None:
        """
        The complaint says what was wrong, and shows what it was wrong with.
        """
        for malformed, complaint in {
            "": "empty",
            "é@/1": "not ASCII",
            "٣@/1": "not ASCII",
            "abc": "no '@'",
            "abc/1": "no '@'",
            "@/1": "before '@'",
            "a b@/1": "before '@'",
            "a/b@/1": "before '@'",
            "a\n@/1": "before '@'",
            "a" * 129 + "@/1": "before '@'",
            "abc@": "does not start with '/'",
            "abc@1": "does not start with '/'",
            "abc@/": "positive integers",
            "abc@//": "positive integers",
            "abc@/0": "positive integers",
            "abc@/01": "positive integers",
            "abc@/-1": "positive integers",
            "abc@/+1": "positive integers",
            "abc@/1_0": "positive integers",
            "abc@/1.5": "positive integers",
            "abc@/ 1": "positive integers",
            "abc@/1//2": "positive integers",
            "abc@/1//": "positive integers",
            "abc@/1\n": "positive integers",
            "abc@/1@/1": "positive integers",
            "abc@/" + "9" * 17: "at most 16 digits",
        }.items():
            self.assert_refused(malformed, complaint)
            self.assert_refused(malformed.encode(), complaint)
            self.assert_refused(malformed, re.escape(ascii(malformed[:60])))

    @given(st.text() | PIECES)
    @example("abc@/1/")
    def test_any_text(self, text: str) -> None:
        """
        Any text is either well-formed or refused, and nothing else happens.
        """
        if well_formed(text):
            parse(text)
        else:
            self.assert_refused(text, "Malformed task id")

    @given(st.binary() | PIECES.map(str.encode))
    @example(b"abc@/1\x00")
    @example(b"\xff@/1")
    def test_any_bytes(self, data: bytes) -> None:
        """
        So are any bytes, which mean what they do as Latin-1 text: only ASCII is well-formed.
        """
        if well_formed(data.decode("latin-1")):
            parse(data)
        else:
            self.assert_refused(data, "Malformed task id")

    @given(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.lists(st.text())
        | st.dictionaries(st.text(), st.text())
        | st.builds(object)
        | st.binary().map(lambda data: memoryview(data))  # noqa: PLW0108  # for its type
    )
    def test_other_types(self, value: object) -> None:
        """
        What is neither text nor bytes is refused by its type.
        """
        self.assert_refused(value, f"not {type(value).__name__}")

    def test_longest(self) -> None:
        """
        The length that is looked at is a bound for well-formed identifiers as well.
        """
        longest = "abc@" + "/2" * ((MAXIMUM_LENGTH - 4) // 2)
        self.assertEqual(len(longest), MAXIMUM_LENGTH)
        self.assertEqual(len(parse(longest)[1]), (MAXIMUM_LENGTH - 4) // 2)
        self.assert_refused(longest + "2", "longer than 4096 characters")

    def test_too_large_a_level(self) -> None:
        """
        A level that not every reader of JSON could hold exactly is refused; the largest that can be
        is not.
        """
        self.assertEqual(parse(f"abc@/1/{2**53 - 1}"), ("abc", [1, 2**53 - 1]))
        self.assert_refused(f"abc@/1/{2**53}", "not below 9007199254740992")

    def test_huge(self) -> None:
        """
        One of ten megabytes is refused for its length, by its beginning alone.
        """

        class Watched(bytes):
            def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
                raise AssertionError("all of it was looked at")

        for huge in (Watched(10_000_000), b"\xff" * 10_000_000, "1" * 10_000_000, "é" * 10_000_000):
            self.assert_refused(huge, "longer than 4096 characters")
