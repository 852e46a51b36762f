"""
The ``eliot`` command, which shows logs to people.

It needs the extra ``cli``: ``pip install 'eliot[cli]'``.
"""

import gc
import sys

__all__ = ["main"]


def main() -> None:
    """
    Run the command with the arguments of the process.

    :raises SystemExit: always; with 2 if the extra is not installed.
    """
    # Have cycles looked for less often. What is read has none, but where many tasks are open at
    # a time there is much to be looked at: it took three fifths of the time.
    gc.set_threshold(100_000, 50, 100)
    try:
        # Not at the top: without the extra, this module must still be able to say what to do.
        from eliot.cli._main import eliot  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if missing.name not in {"click", "jmespath", "rich"}:
            raise
        print("The eliot command needs more: pip install 'eliot[cli]'", file=sys.stderr)
        sys.exit(2)
    try:
        eliot(prog_name="eliot")
    finally:
        # Python would look for them twice more as it ends.
        gc.freeze()
