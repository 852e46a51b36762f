"""
Pages of the documentation: that what they have people type works, and prints what they show.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest import TestCase

import eliot
from eliot.read import JSON
from tests.examples.running import EXAMPLES, without_chance
from tests.helpers import scratch

#: The folder of the project, also where the tests are reached by a link.
PROJECT: Final = Path(__file__).resolve().parent.parent.parent

#: Where the pages are.
DOCS: Final = PROJECT / "docs"

#: A block of a page: what it is, which is nothing for one to be typed, and what it holds.
_BLOCK = re.compile(r"^(?:\.\. code-block:: (\w+)|.*::)\n\n((?:    .*\n|\n)+)", re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    """
    Find what a page shows.

    :param page: where it is.
    :param language: the language of the blocks that are wanted.
    :returns: their contents, without their indentation.
    """
    return [text for kind, text in all_blocks(page) if kind == language]


def all_blocks(page: Path) -> Iterator[tuple[str, str]]:
    """
    Find the blocks of a page, in order: those of some language, and those to be typed.

    :param page: where it is.
    :returns: the language, which is ``""`` for a block to be typed, and the contents of each.
    """
    for language, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        yield language, textwrap.dedent(text).strip("\n")


def comparable(text: str) -> list[str]:
    """
    Prepare what a program has printed, or what a page shows of it, to be compared.

    :returns: its lines, without what differs from run to run, and without the indentation, which a
        page that shows but a part need not keep.
    """
    return [line.strip() for line in without_chance(text).splitlines()]


def assert_shown(test: TestCase, shown: str, printed: str) -> None:
    """
    Assert that a block is what a program has printed, or a part of that.
    """
    part, whole = comparable(shown), comparable(printed)
    starts = [place for place, line in enumerate(whole) if line == part[0]]
    if not any(whole[start : start + len(part)] == part for start in starts):
        # The difference is seen best where the two are set side by side.
        test.assertEqual("\n".join(whole), "\n".join(part))


def lasting(line: str) -> dict[str, JSON]:
    """
    Decode a message, without what differs from run to run.

    :param line: the line of JSON.
    """
    message: dict[str, JSON] = json.loads(line)
    assert isinstance(message.pop("timestamp"), float)
    message["task_uuid"] = without_chance(str(message["task_uuid"]))
    return message


def assert_page(test: TestCase, name: str) -> None:
    """
    Type what a page has people type, one after the other, in a folder of its own, and assert that
    it works, and prints what the page shows next.  A command that fails is marked by a comment at
    its end, ``# fails``.

    :param test: the test.
    :param name: the name of the page, without what follows the dot.
    """
    folder = _playground(test)
    printed: str | None = None
    for language, text in all_blocks(DOCS / f"{name}.rst"):
        if language == "":
            printed = _type(test, folder, text)
        elif language in {"text", "json"}:
            assert printed is not None, f"Nothing has printed this: {text}"
            if language == "text":
                assert_shown(test, text, printed)
            else:
                known = [lasting(line) for line in printed.splitlines()]
                for line in text.splitlines():
                    test.assertIn(lasting(line), known)


def _playground(test: TestCase) -> Path:
    """
    Make a folder that looks like the project's to whoever types commands, with programs that are
    those of this interpreter.
    """
    folder = scratch(test)
    (folder / "examples").symlink_to(EXAMPLES)
    programs = folder / "bin"
    programs.mkdir()
    for name, arguments in (
        ("python", []),
        ("eliot", ["-m", "eliot.cli"]),
        ("trial", ["-m", "twisted.trial"]),
        ("pytest", ["-m", "pytest", "-p", "no:cacheprovider"]),
    ):
        command = shlex.join([sys.executable, *arguments])
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    return folder


def _type(test: TestCase, folder: Path, commands: str) -> str:
    printed = []
    for command in commands.splitlines():
        done = subprocess.run(
            ["sh", "-c", command],
            capture_output=True,
            check=False,
            cwd=folder,
            encoding="utf-8",
            env={
                **os.environ,
                "PATH": os.pathsep.join([str(folder / "bin"), os.environ["PATH"]]),
                "PYTHONPATH": os.pathsep.join([str(folder), str(Path(eliot.__file__).parents[1])]),
                "PYTHONIOENCODING": "utf-8",
                "PYTHONWARNINGS": "error",
            },
            timeout=90,
        )
        test.assertEqual(done.stderr, "", command)
        test.assertEqual(done.returncode != 0, command.endswith("# fails"), command)
        printed.append(done.stdout)
    return "".join(printed)
