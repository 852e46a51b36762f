"""
The process that fuzzes: ``python -m tests.fuzz.inside TARGET [OPTIONS OF LIBFUZZER]``.
"""

from __future__ import annotations

import sys
from importlib import import_module


def main(name: str, *options: str) -> None:
    """
    Fuzz until libFuzzer has had enough, which ends the process.

    :param name: the name of the target.
    """
    atheris = import_module("atheris")
    # Only what is imported now is looked at.
    with atheris.instrument_imports(include=["eliot.read", "eliot.parse"]):
        targets = import_module("tests.fuzz.targets")
    atheris.Setup([sys.argv[0], *options], targets.TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
