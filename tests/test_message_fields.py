"""
The page on the fields of messages names all that the code writes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import eliot
from eliot._fields import RESERVED
from eliot.debug import _OUR_PREFIX
from tests.examples.pages import DOCS

#: A name of the framework's, as a whole text of the code.
_OURS = re.compile(r"(?:eliot|twisted):[a-z][a-z_:]*[a-z]")


def texts() -> Iterator[tuple[Path, str]]:
    """
    Find the texts in the code of the package.

    :returns: each with its file.
    """
    for path in Path(eliot.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path, node.value


def listed() -> set[str]:
    """
    Find the names that the page explains: those that stand at the beginning of a line, above what
    they mean.
    """
    page = (DOCS / "message-fields.rst").read_text(encoding="utf-8")
    headings = re.findall(r"^(``.*``)\n    ", page, re.MULTILINE)
    return {name for heading in headings for name in re.findall(r"``(.+?)``", heading)}


class NamesTests(SynchronousTestCase):
    """
    The names on the page.
    """

    def test_framework(self) -> None:
        """
        Each name of the framework's in the code is on the page, and none is there that is not in
        the code.
        """
        found = {text for _, text in texts() if _OURS.fullmatch(text)}
        found |= {
            _OUR_PREFIX + misuse
            for path, text in texts()
            if path.stem == "debug"
            for misuse in re.findall(rf"``{_OUR_PREFIX}(\w+)``", text)
        }
        ours = {name for name in listed() if ":" in name}
        self.assertEqual(ours, found)

    def test_misuses(self) -> None:
        """
        What the debug mode reports is what its docstring lists.
        """
        [source] = {path for path, _ in texts() if path.name == "debug.py"}
        reported = re.findall(r"_tell\(\"(\w+)\"", source.read_text(encoding="utf-8"))
        self.assertEqual(
            {_OUR_PREFIX + misuse for misuse in reported},
            {name for name in listed() if name.startswith(_OUR_PREFIX)},
        )

    def test_reserved(self) -> None:
        """
        The fields that are the framework's own are explained.
        """
        self.assertEqual(RESERVED - listed(), set())
