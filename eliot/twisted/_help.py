"""
What people read about destinations who ask at the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import fill

from eliot.twisted._collect import Kind
from eliot.twisted._stages import STAGES

_EXAMPLES = (
    ("file:/var/log/app.json", "a file, to which lines are added"),
    ("file:app.json:rotate=100MB:keep=10:compress=gzip", "with old files, compressed"),
    ("file:app.json:every=day:keep=30:mode=640", "a new file every day"),
    ("stdout:format=console", "on the terminal, for people to read"),
    ("file:/mnt/log.json:queue=64MiB:overflow=block", "rather wait than lose a message"),
    (r"file:C\:\\logs\\app.json", r"a backslash before : = and \ which mean themselves"),
)


def help_text(kinds: Mapping[str, Kind]) -> str:
    """
    Describe all destinations.

    :param kinds: the kinds that there are.
    """
    lines = [
        "A destination is written KIND:ARGUMENT:NAME=VALUE, with any number of arguments and",
        "options.",
        "",
        "Kinds:",
        *_entries((kind.usage, kind.summary) for kind in kinds.values()),
        "",
        "Options of all kinds:",
        *_entries(entry for stage in STAGES.values() for entry in stage.values()),
        "",
        "SIZE is a number of bytes, or has a unit: kB, MB, GB, TB, KiB, MiB, GiB, TiB.",
        "DURATION is a number of seconds, or has a unit: s, min, h, d.",
        "PERIOD is a duration, or hour, day, week.",
        "PERMISSIONS are octal, such as 640.",
        "",
        "Examples:",
        *_entries(_EXAMPLES),
    ]
    return "\n".join(lines)


def _entries(entries: Iterable[tuple[str, str]]) -> list[str]:
    lines = []
    for what, explanation in entries:
        lines.append(f"  {what}")
        text = " ".join(explanation.split())
        lines.append(fill(text, 90, initial_indent=" " * 6, subsequent_indent=" " * 6))
    return lines
