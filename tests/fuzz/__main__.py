"""
Fuzz for a while, beginning with the corpus: ``python -m tests.fuzz lines|tasks --seconds N``.

An input that breaks what must hold is left in the current directory, as ``crash-...``, and the exit
status is not 0. With ``--keep``, what was found is added to the corpus, and all that this does not
need is removed.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

CORPUS: Final = Path(__file__).with_name("corpus")

#: What libFuzzer is told of each target: how long inputs are, in bytes, and words that they consist
#: of, where they are texts.
_OPTIONS: Final = {
    "lines": ["-max_len=2000", f"-dict={Path(__file__).with_name('words.dict')}"],
    "tasks": ["-max_len=400", "-len_control=10"],
}


def make_fuzzer(path: Path, name: str) -> None:
    """
    Make a program that is libFuzzer with a target: it starts itself anew, and can give that options
    only.

    :param path: where to put it.
    :param name: the name of the target.
    """
    command = shlex.join([sys.executable, "-m", "tests.fuzz.inside"])
    path.write_text(f'#!/bin/sh\nexec {command} "$0" {name} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


def run(fuzzer: Path, *options: str) -> None:
    """
    Run libFuzzer.

    :raises SystemExit: if it does not end well.
    """
    status = subprocess.run([str(fuzzer), *options], check=False).returncode
    if status:
        sys.exit(status)


def main() -> None:
    """
    Do what the arguments say.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=sorted(_OPTIONS))
    parser.add_argument("--seconds", type=int, default=60, help="how long [default: 60]")
    parser.add_argument("--keep", action="store_true", help="add to the corpus what was found")
    arguments = parser.parse_args()
    name = arguments.target
    kept = CORPUS / name
    with TemporaryDirectory() as scratch:
        fuzzer, found, merged = (Path(scratch) / each for each in ("fuzzer", "found", "merged"))
        make_fuzzer(fuzzer, name)
        found.mkdir()
        run(
            fuzzer,
            str(found),
            str(kept),
            f"-max_total_time={arguments.seconds}",
            *_OPTIONS[name],
            "-timeout=30",
            "-print_final_stats=1",
        )
        if arguments.keep:
            merged.mkdir()
            run(fuzzer, "-set_cover_merge=1", str(merged), str(kept), str(found))
            assert any(merged.iterdir()), "Nothing is covered."
            for old in kept.iterdir():
                old.unlink()
            for new in merged.iterdir():
                shutil.copy(new, kept)


if __name__ == "__main__":
    main()
