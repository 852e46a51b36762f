"""
The pictures of terminals in the documentation.
"""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from unittest import skipUnless
from xml.etree import ElementTree

from twisted.trial.unittest import SynchronousTestCase

from docs._ext.pictures import COLUMNS, Shown, check_shown, run_in_terminal
from docs._ext.shop_logs import SOURCES, make_logs
from eliot.read import Message
from tests.examples.logs import folder_with_logs
from tests.examples.pages import DOCS, PROJECT
from tests.examples.running import read_log, run
from tests.helpers import scratch

RED = "\x1b[31mred\x1b[0m"


class LogsTests(SynchronousTestCase):
    """
    The logs that are shown.
    """

    def test_messages(self) -> None:
        """
        The orders are those of both processes, in order; all logs can be read.
        """
        folder = folder_with_logs(self)
        logs = {path.name: read_log(path) for path in folder.glob("*.log")}
        self.assertEqual(set(logs), {"client.log", "night.log", "orders.log", "server.log"})

        def identities(messages: list[Message]) -> list[tuple[str, tuple[int, ...]]]:
            return sorted((each.task_uuid, each.level) for each in messages)

        self.assertEqual(
            identities(logs["orders.log"]), identities(logs["client.log"] + logs["server.log"])
        )

    def test_rotated(self) -> None:
        """
        The log of the night has an older file, which is compressed.
        """
        older = [path.name for path in (folder_with_logs(self)).glob("night.log.*")]
        self.assertEqual(older, ["night.log.20261120T220000Z.gz"])

    def test_same_each_time(self) -> None:
        """
        Another run differs in nothing but in what time things took.
        """
        other = scratch(self) / "other"
        make_logs(PROJECT, other)
        first, second = (
            [
                {name: value for name, value in each.fields.items() if name != "timestamp"}
                for each in read_log(folder / "orders.log")
            ]
            for folder in (folder_with_logs(self), other)
        )
        self.assertEqual(first, second)

    def test_nothing_private(self) -> None:
        """
        The logs do not tell where they were made.
        """
        text = (folder_with_logs(self) / "orders.log").read_text(encoding="utf-8")
        self.assertEqual(
            set(re.findall(r"File \\\"(.*?)\\\"", text)),
            {f"{SOURCES}/examples/shop/selling.py"},
        )


class RunTests(SynchronousTestCase):
    """
    Running commands in a terminal.
    """

    def show(self, command: str) -> Shown:
        """
        Run a command where the logs are.
        """
        folder = folder_with_logs(self)
        return run_in_terminal(command, folder, folder.parent / "bin")

    def test_terminal(self) -> None:
        """
        Output and errors are a terminal of the right width; there is no input.
        """
        program = (
            "import os, sys; print(os.isatty(1), os.isatty(2), os.get_terminal_size(1).columns,"
            " sys.stdin.read())"
        )
        shown = self.show(f'python -c "{program}"')
        self.assertEqual((shown.output, shown.exit_status), (f"True True {COLUMNS} \n", 0))

    def test_this_interpreter(self) -> None:
        """
        The commands are those of the interpreter that runs.
        """
        shown = self.show("python -c 'import sys; print(sys.executable)'")
        self.assertEqual(shown.output.strip(), sys.executable)
        helped = self.show("eliot tree --help")
        self.assertIn("Show tasks as trees", helped.output)
        self.assertEqual(helped.output, self.show("python -P -m eliot.cli tree --help").output)

    def test_coloured(self) -> None:
        """
        Logs are shown in colours, but not to a pipe.
        """
        shown = self.show("eliot tree orders.log")
        self.assertEqual(shown.exit_status, 0)
        self.assertIn("\x1b[31m", shown.output)
        self.assertIn("shop:order", shown.text())
        self.assertNotIn("\x1b", shown.text())
        self.assertNotIn("\x1b", self.show("eliot tree orders.log | cat").output)

    def test_failed(self) -> None:
        """
        A command that ends otherwise than it should may not be shown.
        """
        shown = self.show("eliot tree nowhere.log")
        self.assertEqual(shown.exit_status, 1)
        check_shown(shown, 1)
        error = self.assertRaises(ValueError, check_shown, shown, 0)
        self.assertIn("nowhere.log: cannot be opened", str(error))

    def test_private(self) -> None:
        """
        What tells of folders of this machine may not be shown.
        """
        check_shown(self.show("basename $PWD"), 0)
        shown = self.show("pwd")
        private = Path(shown.text().strip().replace("\n", ""))
        self.assertRaises(ValueError, check_shown, shown, 0, private)
        self.assertRaises(ValueError, check_shown, Shown("", f"{sys.prefix}/lib", 0), 0)


class ShownTests(SynchronousTestCase):
    """
    What was shown, as text and as a picture.
    """

    def test_long_lines(self) -> None:
        """
        A line that is too long goes on in the next, as in a terminal.
        """
        shown = Shown("x", "a" * (COLUMNS + 1) + "\nb\n", 0)
        self.assertEqual(shown.text(), "a" * COLUMNS + "\na\nb")

    def test_wide_letters(self) -> None:
        """
        Letters that take two places are counted so.
        """
        shown = Shown("x", "\u8336" * COLUMNS, 0)
        self.assertEqual([len(line) for line in shown.text().splitlines()], [COLUMNS // 2] * 2)

    def test_cut(self) -> None:
        """
        What is cut off is told.
        """
        shown = Shown("x", "a\nb\nc\n", 0)
        self.assertEqual(shown.text(1), "a\n(and 2 more lines)")
        self.assertEqual(shown.text(2), "a\nb\n(and 1 more line)")
        self.assertEqual(shown.text(3), "a\nb\nc")

    def test_nothing(self) -> None:
        """
        A command that shows nothing has a picture, too.
        """
        shown = Shown("true", "", 0)
        self.assertEqual(shown.text(), "")
        ElementTree.fromstring(shown.picture())

    def test_picture(self) -> None:
        """
        A picture is SVG that has the command, the text and its colours, and needs nothing from
        elsewhere.
        """
        svg = Shown("eliot <tree>", f"<a> & {RED}\n", 0).picture()
        root = ElementTree.fromstring(svg)
        texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("eliot\u00a0<tree>", [(each or "").replace(" ", "\u00a0") for each in texts])
        self.assertIn("red", texts)
        self.assertEqual(re.findall(r"url\((?!#).*?\)", svg), [])

    def test_own_names(self) -> None:
        """
        Pictures on one page do not share the names of styles, or colours would be mixed up.
        """
        one, other = (
            set(re.findall(r"\.(terminal-\w+)-", Shown(command, "x", 0).picture()))
            for command in ("a", "b")
        )
        self.assertEqual((len(one), len(one | other)), (1, 2))


@skipUnless(find_spec("sphinx"), "Sphinx is not installed")
class DirectiveTests(SynchronousTestCase):
    """
    The directive, as Sphinx runs it.
    """

    def build(self, page: str, builder: str = "html") -> tuple[int, str, Path]:
        """
        Build a page.

        :returns: the exit status, what was said, and where the result is.
        """
        folder = scratch(self)
        (folder / "examples").symlink_to(PROJECT / "examples")
        docs = folder / "docs"
        docs.mkdir()
        (docs / "conf.py").write_text(
            f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\nextensions = ['terminal']\n",
            encoding="utf-8",
        )
        (docs / "index.rst").write_text(page, encoding="utf-8")
        built = run(folder, "-m", "sphinx", "-q", "-W", "-b", builder, "docs", "out")
        return built.returncode, built.stderr, folder / "out"

    def test_shown(self) -> None:
        """
        A page has the picture, and the text for those who cannot see it; a text has the text.
        """
        page = (
            "Page\n====\n\n.. terminal:: eliot tree orders.log | head -3\n   :lines: 2\n\n"
            ".. terminal:: test -e nowhere\n   :text:\n   :exit: 1\n"
        )
        status, said, folder = self.build(page)
        self.assertEqual((status, said), (0, ""))
        html = (folder / "index.html").read_text(encoding="utf-8")
        self.assertIn("<svg", html)
        self.assertIn("(and 1 more line)", html)
        self.assertRegex(html, r"<pre>[-0-9a-f]{36}  2026-11-20 UTC\n")

    def test_as_text(self) -> None:
        """
        Where there are no pictures, the text is shown.
        """
        status, said, folder = self.build(
            "Page\n====\n\n.. terminal:: head -c 0 orders.log; echo done\n", "text"
        )
        self.assertEqual((status, said), (0, ""))
        text = (folder / "index.txt").read_text(encoding="utf-8")
        self.assertIn("$ head -c 0 orders.log; echo done\n   done\n", text)

    def test_failing(self) -> None:
        """
        A command that fails makes the build fail.
        """
        status, said, _ = self.build("Page\n====\n\n.. terminal:: eliot tree nowhere.log\n")
        self.assertNotEqual(status, 0)
        self.assertIn("has ended with 1 instead of 0", said)

    def test_page_folders(self) -> None:
        """
        What one command writes, the next one finds.
        """
        status, said, _ = self.build(
            "Page\n====\n\n.. terminal:: echo a > written\n\n.. terminal:: cat written\n"
        )
        self.assertEqual((status, said), (0, ""))
