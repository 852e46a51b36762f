"""
What the README and the tutorial show is what the programs say.
"""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON
from tests.examples.running import EXAMPLES, run, run_demo, without_chance
from tests.helpers import scratch

#: The folder of the project, also where the tests are reached by a link.
PROJECT = Path(__file__).resolve().parent.parent

README = PROJECT / "README.rst"
TUTORIAL = PROJECT / "docs" / "tutorial.rst"

_BLOCK = re.compile(r"^\.\. code-block:: (\w+)\n\n((?:    .*\n|\n)+)", re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    """
    Find what a page shows.

    :param page: where it is.
    :param language: the language of the blocks that are wanted.
    :returns: their contents, without their indentation.
    """
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [textwrap.dedent(text).strip("\n") for kind, text in found if kind == language]


def comparable(text: str) -> list[str]:
    """
    Prepare what a program has printed, or what a page shows of it, to be compared.

    :returns: its lines, without what differs from run to run, and without the indentation, which a
        page that shows but a part need not keep.
    """
    return [line.strip() for line in without_chance(text).splitlines()]


class ShownTests(SynchronousTestCase):
    """
    What is shown has been printed.
    """

    def assert_shown(self, shown: str, printed: str) -> None:
        """
        Assert that a block is what a program has printed, or a part of that.
        """
        part, whole = comparable(shown), comparable(printed)
        starts = [place for place, line in enumerate(whole) if line == part[0]]
        if not any(whole[start : start + len(part)] == part for start in starts):
            # The difference is seen best where the two are set side by side.
            self.assertEqual("\n".join(whole), "\n".join(part))

    def tea(self) -> str:
        """
        Run the first program.

        :returns: the log that it prints.
        """
        program = run(scratch(self), str(EXAMPLES / "tea.py"))
        self.assertEqual((program.returncode, program.stderr), (0, ""))
        return program.stdout

    def tea_tree(self) -> str:
        """
        Run the first program, and have its log shown.
        """
        folder = scratch(self)
        (folder / "tea.log").write_text(self.tea(), encoding="utf-8")
        tree = run(folder, "-m", "eliot.cli", "tree", "tea.log")
        self.assertEqual((tree.returncode, tree.stderr), (0, ""))
        return tree.stdout

    def test_demo(self) -> None:
        """
        The README shows the whole tree that the demo prints, with what it says before.
        """
        demo, _ = blocks(README, "text")
        self.assert_shown(demo, run_demo().output)
        self.assertEqual(len(demo.splitlines()), len(run_demo().output.splitlines()) - 4)

    def test_first_program(self) -> None:
        """
        The program in the README is the example, from the first import to the end.
        """
        (program,) = blocks(README, "python")
        source = (EXAMPLES / "tea.py").read_text(encoding="utf-8")
        self.assertEqual(program + "\n", source[source.index("import") :])

    def test_first_tree(self) -> None:
        """
        The README and the tutorial show the whole tree that the first program makes.
        """
        tree = self.tea_tree()
        _, in_readme = blocks(README, "text")
        in_tutorial = blocks(TUTORIAL, "text")[0]
        for shown in (in_readme, in_tutorial):
            self.assertEqual(comparable(shown), comparable(tree))

    def test_first_line(self) -> None:
        """
        The line of JSON in the tutorial is one that the first program writes.
        """
        (shown,) = blocks(TUTORIAL, "json")

        def lasting(line: str) -> dict[str, JSON]:
            message: dict[str, JSON] = json.loads(line)
            self.assertIsInstance(message.pop("timestamp"), float)
            message["task_uuid"] = without_chance(str(message["task_uuid"]))
            return message

        self.assertIn(lasting(shown), [lasting(line) for line in self.tea().splitlines()])

    def test_parts(self) -> None:
        """
        The parts of the tree that the tutorial explains are parts of what the demo prints.
        """
        parts = blocks(TUTORIAL, "text")[1:]
        self.assertEqual(len(parts), 4)
        for part in parts:
            self.assert_shown(part, run_demo().output)
