"""
A directive that runs a command line, and shows a picture of the terminal.

Usage::

    .. terminal:: eliot tree orders.log | head
       :exit: 0
       :lines: 30
       :text:

The command is run when the documentation is built, in a folder with the logs of the shop, see
``examples/shop/__main__.py``, and with the ``examples``. What one command of a page writes into the
folder, the next can read. ``exit`` is how it must end, ``lines`` how many lines are shown, and
``text`` asks for text instead of a picture.
"""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from pictures import check_shown, make_programs, run_in_terminal
from shop_logs import make_logs
from sphinx.addnodes import only
from sphinx.application import Sphinx

#: Where commands are run, for as long as the documentation is built.
_SCRATCH: list[TemporaryDirectory[str]] = []

_FIGURE = """\
<figure class="terminal" style="margin: 1em 0">
<div role="img" aria-label="{title}">{picture}</div>
<details><summary>The same as text</summary>
<div class="highlight"><pre>{text}</pre></div>
</details>
</figure>
"""


class Terminal(Directive):
    """
    The directive; its argument is the command line.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {  # noqa: RUF012  # docutils reads it from the class
        "exit": directives.nonnegative_int,
        "lines": directives.positive_int,
        "text": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """
        Run the command, and show what it shows.
        """
        environment = self.state.document.settings.env
        # What it shows depends on more than on the page.
        environment.note_reread()
        command = " ".join(self.arguments[0].split())
        stage = Path(_SCRATCH[-1].name).resolve()
        shown = run_in_terminal(command, _folder(stage, environment.docname), stage / "bin")
        try:
            check_shown(shown, self.options.get("exit", 0), stage)
        except ValueError as error:
            raise self.error(str(error)) from error
        limit = self.options.get("lines")
        text = shown.text(limit)
        block = nodes.literal_block(text, text, language="none")
        if "text" in self.options:
            return [block]
        picture = _FIGURE.format(
            title=escape(f"A terminal that shows: {command}"),
            picture=shown.picture(limit),
            text=escape(text),
        )
        # Other kinds of documents have the text alone.
        return [
            nodes.raw("", picture, format="html"),
            only(
                "",
                nodes.literal_block(text, f"$ {command}\n{text}", language="none"),
                expr="not html",
            ),
        ]


def _folder(stage: Path, page: str) -> Path:
    """
    Give each page its own folder, so that it does not matter in which order they are read.
    """
    folder = stage / "pages" / page
    if not folder.exists():
        shutil.copytree(stage / "logs", folder)
        (folder / "examples").symlink_to(stage / "examples")
    return folder


def set_stage(app: Sphinx) -> None:
    """
    Have the logs written, once for all pages, and before any of them is read in parallel.
    """
    scratch = TemporaryDirectory(prefix="terminal-")
    _SCRATCH.append(scratch)
    make_logs(Path(app.srcdir).parent, Path(scratch.name) / "logs")
    make_programs(Path(scratch.name) / "bin")
    (Path(scratch.name) / "examples").symlink_to(Path(app.srcdir).resolve().parent / "examples")


def clear_stage(app: Sphinx, exception: Exception | None) -> None:
    """
    Leave nothing behind.
    """
    while _SCRATCH:
        _SCRATCH.pop().cleanup()


def setup(app: Sphinx) -> dict[str, bool]:
    """
    Tell Sphinx of the directive.
    """
    app.add_directive("terminal", Terminal)
    app.connect("builder-inited", set_stage)
    app.connect("build-finished", clear_stage)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
