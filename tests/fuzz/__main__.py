"""
Fuzz for a while, beginning with the corpus: ``python -m tests.fuzz lines|tasks --seconds N``.

An input that breaks what must hold is left in the current directory, as ``crash-...``, and the exit
status is not 0. With ``--keep``, what was found is added to the corpus, and all that this does not
need is removed.
"""

from __future__ import annotations

import argparse
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


def fuzz(name: str, *options: str) -> None:
    """
    Run libFuzzer.

    :param name: the name of the target.
    :raises SystemExit: if it does not end well.
    """
    command = [sys.executable, "-m", "tests.fuzz.inside", name, *options]
    status = subprocess.run(command, check=False).returncode
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
        found, merged = Path(scratch) / "found", Path(scratch) / "merged"
        found.mkdir()
        fuzz(
            name,
            str(found),
            str(kept),
            f"-max_total_time={arguments.seconds}",
            *_OPTIONS[name],
            "-timeout=30",
            "-print_final_stats=1",
        )
        if arguments.keep:
            merged.mkdir()
            fuzz(name, "-set_cover_merge=1", str(merged), str(kept), str(found))
            for old in kept.iterdir():
                old.unlink()
            for new in merged.iterdir():
                shutil.copy(new, kept)


if __name__ == "__main__":
    main()
