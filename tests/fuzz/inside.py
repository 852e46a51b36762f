"""
The process that fuzzes: ``python -m tests.fuzz.inside PROGRAM TARGET [OPTIONS OF
LIBFUZZER]``.
"""

from __future__ import annotations

import sys
from importlib import import_module


def main(program: str, name: str, *options: str) -> None:
    """
    Fuzz until libFuzzer has had enough, which ends the process.

    :param program: by what libFuzzer starts itself anew.
    :param name: the name of the target.
    """
    atheris = import_module("atheris")
    # Only what is imported now is looked at.
    with atheris.instrument_imports(include=["eliot.read", "eliot.parse"]):
        targets = import_module("tests.fuzz.targets")
    atheris.Setup([program, *options], targets.TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
