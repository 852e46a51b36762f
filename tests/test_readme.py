"""
What the README and the tutorial show is what the programs say.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.pages import DOCS, PROJECT, assert_shown, blocks, comparable, lasting
from tests.examples.running import EXAMPLES, run, run_demo
from tests.helpers import scratch

README = PROJECT / "README.rst"
TUTORIAL = DOCS / "tutorial.rst"


class ShownTests(SynchronousTestCase):
    """
    What is shown has been printed.
    """

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
        assert_shown(self, demo, run_demo().output)
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
        self.assertIn(lasting(shown), [lasting(line) for line in self.tea().splitlines()])

    def test_parts(self) -> None:
        """
        The parts of the tree that the tutorial explains are parts of what the demo prints.
        """
        parts = blocks(TUTORIAL, "text")[1:]
        self.assertEqual(len(parts), 4)
        for part in parts:
            assert_shown(self, part, run_demo().output)
