"""
Tests of :mod:`eliot.read._printable`.
"""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import printable

_ANY_TEXT = st.text(st.characters(exclude_categories=()))


class PrintableTests(SynchronousTestCase):
    """
    What is shown cannot act on a terminal.
    """

    def test_plain(self) -> None:
        """
        Printable text of any language stays as it is, backslashes included.
        """
        for text in ["", "plain", "Grüße, мир, 世界", r"C:\temp"]:
            self.assertEqual(printable(text), text)

    def test_escapes(self) -> None:
        """
        Control characters, line ends, marks of writing direction and lone surrogates are escaped.
        """
        self.assertEqual(
            printable("a\x1b[31m\n\t\x9b\u202e\ud800\U000e0001z"),
            r"a\x1b[31m\n\t\x9b\u202e\ud800\U000e0001z",
        )

    def test_ascii(self) -> None:
        """
        On request, everything beyond ASCII is escaped, too.
        """
        self.assertEqual(
            printable("ü世\N{GRINNING FACE}", ascii_only=True), r"\xfc\u4e16\U0001f600"
        )

    @given(_ANY_TEXT)
    def test_any(self, text: str) -> None:
        """
        Whatever the text, what is shown is printable, can be encoded, and is ASCII if asked for.
        """
        shown = printable(text)
        self.assertTrue(shown.isprintable())
        shown.encode("utf-8")
        self.assertTrue(printable(text, ascii_only=True).isascii())
        self.assertTrue(printable(text, ascii_only=True).isprintable())
