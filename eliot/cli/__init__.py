"""
The ``eliot`` command, which shows logs to people.

It needs the extra ``cli``: ``pip install 'eliot[cli]'``.
"""

import sys

__all__ = ["main"]


def main() -> None:
    """
    Run the command with the arguments of the process.

    :raises SystemExit: always; with 2 if the extra is not installed.
    """
    try:
        # Not at the top: without the extra, this module must still be able to say what to do.
        from eliot.cli._main import eliot  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if missing.name not in {"click", "jmespath", "rich"}:
            raise
        print("The eliot command needs more: pip install 'eliot[cli]'", file=sys.stderr)
        sys.exit(2)
    eliot(prog_name="eliot")
