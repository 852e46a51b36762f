"""
Texts that show a value, whatever it does.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._text import (
    MAXIMUM_LENGTH,
    decode,
    printable,
    qualified_name,
    safe_repr,
    safe_str,
    scrub,
    shorten,
    shorten_middle,
    type_name,
)

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


class Loud(str):
    """
    A text that lies about itself.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "lie"

    def __len__(self) -> int:
        raise ZeroDivisionError

    def encode(self, *args: object) -> bytes:
        """
        Raise.
        """
        raise ZeroDivisionError


class Hostile:
    """
    A value that cannot be shown.
    """

    def __repr__(self) -> str:
        raise ZeroDivisionError

    __str__ = __repr__


class WrongType:
    """
    A value whose text is none.
    """

    def __repr__(self) -> str:
        return 3  # type: ignore[return-value]  # wrong

    __str__ = __repr__


class HostileMeta(type):
    """
    The class of a class that does not want to be looked at.
    """

    def __getattribute__(cls, name: str) -> object:
        raise ZeroDivisionError


class Masked(metaclass=HostileMeta):
    """
    A value of such a class.
    """

    def __repr__(self) -> str:
        raise ZeroDivisionError


class NameTests(SynchronousTestCase):
    """
    Names of classes.
    """

    def test_type_name(self) -> None:
        """
        A value's class is named, also where it does not want to be.
        """
        self.assertEqual(type_name(3), "int")
        self.assertEqual(type_name(Masked()), "Masked")

    def test_qualified_name(self) -> None:
        """
        So is a class, by its import path.
        """
        self.assertEqual(qualified_name(ValueError), "builtins.ValueError")
        self.assertEqual(qualified_name(Hostile), f"{__name__}.Hostile")
        self.assertEqual(qualified_name(Masked), f"{__name__}.Masked")

    def test_odd_module(self) -> None:
        """
        A class whose module is not a text has its own name only.
        """
        self.assertEqual(qualified_name(type("Odd", (), {"__module__": 3})), "Odd")

    def test_surrogates(self) -> None:
        """
        Names that are not Unicode are shown by escapes.
        """
        odd = type("Odd", (), {"__module__": "\udc81", "__qualname__": "\udc80"})
        self.assertEqual(qualified_name(odd), "\\udc81.\\udc80")


class ScrubTests(SynchronousTestCase):
    """
    Making text fit for UTF-8.
    """

    @given(ANY_TEXT)
    def test_fit(self, text: str) -> None:
        """
        Whatever comes, what goes is UTF-8, and the same where it could be.
        """
        scrubbed = scrub(text)
        self.assertEqual(scrubbed.encode().decode(), scrubbed)
        if not any("\ud800" <= character <= "\udfff" for character in text):
            self.assertEqual(scrubbed, text)

    def test_subclass(self) -> None:
        """
        A text that lies about itself is taken for what it is.
        """
        scrubbed = scrub(Loud("truth"))
        self.assertIs(type(scrubbed), str)
        self.assertEqual(scrubbed, "truth")


class PrintableTests(SynchronousTestCase):
    """
    Text that can be printed.
    """

    def test_visible(self) -> None:
        """
        Visible text stays, in whatever letters, and so do spaces.
        """
        self.assertEqual(printable("é 日 ✗ \\"), "é 日 ✗ \\")

    def test_others(self) -> None:
        """
        Everything else is escaped.
        """
        for text, expected in [
            *[("a\nb\t", "a\\nb\\t"), ("\x1b[0m", "\\x1b[0m"), ("\x9b", "\\x9b")],
            *[("\u202e\u2028", "\\u202e\\u2028"), ("\ud800", "\\ud800")],
        ]:
            self.assertEqual(printable(text), expected)

    @given(st.text())
    def test_anything(self, text: str) -> None:
        """
        Whatever it is, it can be printed then.
        """
        self.assertTrue(printable(text).isprintable())


class ShortenTests(SynchronousTestCase):
    """
    Cutting text.
    """

    def test_short(self) -> None:
        """
        Short text stays.
        """
        self.assertEqual(shorten("abc", 3), "abc")

    def test_long(self) -> None:
        """
        Long text is cut, and says how long it was.
        """
        self.assertEqual(shorten("abcd", 3), "abc... (4 characters)")


class ShortenMiddleTests(SynchronousTestCase):
    """
    Cutting the middle of a text.
    """

    def test_short(self) -> None:
        """
        Short text stays.
        """
        self.assertEqual(shorten_middle("abcd", 4), "abcd")

    def test_long(self) -> None:
        """
        Long text keeps its beginning and its end, and says how long it was.
        """
        self.assertEqual(shorten_middle("abcdef", 4), "ab\n... (6 characters) ...\nef")


class SafeTests(SynchronousTestCase):
    """
    Showing values.
    """

    def test_ordinary(self) -> None:
        """
        Ordinary values are shown as Python shows them.
        """
        self.assertEqual(safe_repr("a"), "'a'")
        self.assertEqual(safe_str("a"), "a")
        self.assertEqual(safe_repr([1, None]), "[1, None]")

    def test_raising(self) -> None:
        """
        One that raises says so, with its class.
        """
        for show in (safe_repr, safe_str):
            self.assertIn("Hostile", show(Hostile()))
            self.assertIn("ZeroDivisionError", show(Hostile()))
            self.assertIn("Masked", show(Masked()))

    def test_wrong_type(self) -> None:
        """
        So does one whose text is none.
        """
        for show in (safe_repr, safe_str):
            self.assertIn("WrongType", show(WrongType()))

    def test_deep(self) -> None:
        """
        Nesting without end is no more than a value that raises.
        """
        deep: list[object] = []
        for _ in range(100_000):
            deep = [deep]
        self.assertIn("list", safe_repr(deep))
        while deep:
            # Python's own way of taking it apart is deep as well.
            [deep] = deep  # type: ignore[assignment]  # lists all the way down

    def test_long(self) -> None:
        """
        Long text is cut.
        """
        self.assertLess(len(safe_str("x" * 1_000_000)), MAXIMUM_LENGTH + 100)

    def test_subclass(self) -> None:
        """
        A text that lies about itself does no harm.
        """
        for shown in (safe_str(Loud("truth")), safe_repr(Loud("truth"))):
            self.assertIs(type(shown), str)

    @given(ANY_TEXT)
    def test_fit(self, text: str) -> None:
        """
        What is shown is UTF-8.
        """
        safe_str(text).encode()
        safe_repr(text).encode()

    def test_interrupted(self) -> None:
        """
        What is not an error passes through.
        """

        class Interrupted:
            """
            A value that is shown when somebody presses Ctrl-C.
            """

            def __repr__(self) -> str:
                raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, safe_repr, Interrupted())


class DecodeTests(SynchronousTestCase):
    """
    Reading bytes.
    """

    @given(st.text())
    def test_utf8(self, text: str) -> None:
        """
        UTF-8 is read, from anything that holds bytes.
        """
        data = text.encode()
        for each in (data, bytearray(data), memoryview(data)):
            self.assertEqual(decode(each), text)

    @given(st.binary())
    def test_any(self, data: bytes) -> None:
        """
        Any bytes are shown, and what is shown is UTF-8.
        """
        decode(data).encode()

    def test_escapes(self) -> None:
        """
        What cannot be read is shown by escapes, alone.
        """
        self.assertEqual(decode(b"caf\xc3\xa9 \xff"), "café \\xff")
