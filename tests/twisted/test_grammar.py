"""
Tests of :mod:`eliot.twisted._grammar`.
"""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._grammar import DescriptionError, quote_argument, take_apart

#: Texts in which what has a meaning is frequent.
TEXTS = st.text(st.sampled_from("ab,\\:=\n") | st.characters())


def taken_apart(text: str) -> tuple[str, list[str], dict[str, str]]:
    """
    Take a description apart.

    :returns: its kind, its arguments, and its options.
    """
    found = take_apart(text)
    arguments = [part.text for part in found.arguments]
    return found.kind.text, arguments, {name: part.text for name, part in found.options.items()}


class GrammarTests(SynchronousTestCase):
    """
    Descriptions are taken apart as Twisted's endpoint strings are.
    """

    def test_parts(self) -> None:
        """
        Colons separate, the first equals sign of a part makes it an option.
        """
        self.assertEqual(
            taken_apart("file:/a/b:rotate=1=2:c:keep="),
            ("file", ["/a/b", "c"], {"rotate": "1=2", "keep": ""}),
        )

    def test_escapes(self) -> None:
        """
        A backslash takes the meaning from what follows.
        """
        self.assertEqual(
            taken_apart(r"file:C\:\\x\=y:a\:b=c\:d"), ("file", ["C:\\x=y"], {"a:b": "c:d"})
        )

    def test_no_arguments(self) -> None:
        """
        A single colon after the kind means nothing; more of them are empty arguments.
        """
        self.assertEqual(taken_apart("stdout"), ("stdout", [], {}))
        self.assertEqual(taken_apart("stdout:"), ("stdout", [], {}))
        self.assertEqual(taken_apart("a::"), ("a", ["", ""], {}))

    @given(kind=TEXTS.filter(bool), arguments=st.lists(TEXTS, max_size=4))
    @example(kind="file", arguments=["/x,rotate_length=5"])
    def test_round_trip(self, kind: str, arguments: list[str]) -> None:
        """
        What is quoted comes back, whatever it is.
        """
        expected = [] if arguments == [""] else arguments
        text = ":".join(map(quote_argument, [kind, *arguments]))
        self.assertEqual(taken_apart(text), (kind, expected, {}))

    @given(name=TEXTS, value=TEXTS)
    def test_options_round_trip(self, name: str, value: str) -> None:
        """
        So do the names and values of options.
        """
        text = f"kind:{quote_argument(name)}={quote_argument(value)}"
        self.assertEqual(taken_apart(text), ("kind", [], {name: value}))

    @given(text=TEXTS)
    def test_anything(self, text: str) -> None:
        """
        Any text is a description, or refused as one; what is wrong is a part of it, and is where
        the error says it is.
        """
        try:
            found = take_apart(text)
        except DescriptionError as error:
            self.assertEqual(error.description, text)
            self.assertEqual(text[error.position :][: len(error.part)], error.part)
        else:
            for part in (found.kind, *found.arguments, *found.options.values()):
                self.assertEqual(text[part.position :][: len(part.source)], part.source)

    def refuse(self, text: str, part: str, position: int, reason: str) -> None:
        """
        Take apart what is no description.
        """
        error = self.assertRaises(DescriptionError, take_apart, text)
        self.assertEqual((error.part, error.position), (part, position))
        self.assertIn(reason, str(error))

    def test_refused(self) -> None:
        """
        What is wrong is named, with its place.
        """
        self.refuse("", "", 0, "empty")
        self.refuse(":x", "", 0, "no kind")
        self.refuse("a=b:x", "a=b", 0, "no kind")
        self.refuse("a:b\\", "\\", 3, "backslash")
        self.refuse("a:b=1:b=2", "b=2", 6, "'b' is given twice")

    def test_shown(self) -> None:
        """
        An error shows the description and the part as they are, unless they are not printable.
        """
        error = self.assertRaises(DescriptionError, take_apart, "a:\\::b\\")
        self.assertIn("'a:\\::b\\', at '\\' (character 7): ", str(error))
        error = self.assertRaises(DescriptionError, take_apart, "a:\n:b\\")
        self.assertIn(r"'a:\n:b\\'", str(error))
        self.assertEqual(str(DescriptionError("no good")), "no good")


class TahoeTests(SynchronousTestCase):
    """
    The descriptions of Tahoe-LAFS are understood.
    """

    def test_options(self) -> None:
        """
        Its two options follow the path after commas; what is not given is what it is there.
        """
        text = "file:/var/a,b:c.json,rotate_length=5,max_rotated_files=3"
        self.assertEqual(
            taken_apart(text), ("file", ["/var/a,b:c.json"], {"rotate": "5", "keep": "3"})
        )
        self.assertEqual(
            taken_apart("file:x,max_rotated_files=3"),
            ("file", ["x"], {"rotate": "1073741824", "keep": "3"}),
        )
        self.assertEqual(taken_apart("file:x,rotate_length=5")[2], {"rotate": "5", "keep": "10"})

    def test_others(self) -> None:
        """
        Where none of them follows, a comma is a comma.
        """
        self.assertEqual(taken_apart("file:a,b"), ("file", ["a,b"], {}))
        self.assertEqual(taken_apart("fd:x,rotate_length=5")[2], {"x,rotate_length": "5"})

    def test_refused(self) -> None:
        """
        What cannot follow is told.
        """
        for text, part, reason in [
            ("file:x,rotate_length=5,foo=1", "foo=1", "'foo' cannot stand"),
            ("file:x,rotate_length=5,", "", "'' cannot stand"),
            ("file:x,rotate_length=1MB", "rotate_length=1MB", "a number"),
            ("file:x,rotate_length=1:keep=5", "rotate_length=1:keep=5", "file:PATH:name=value"),
            ("file:x,rotate_length=1,rotate_length=1", "rotate_length=1", "twice"),
        ]:
            error = self.assertRaises(DescriptionError, take_apart, text)
            self.assertEqual(error.part, part)
            self.assertIn(reason, str(error))
