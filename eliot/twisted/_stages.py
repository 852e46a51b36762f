"""
The stages that a message passes on its way through a destination, and the
options that all kinds have in common for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from eliot._console import console_encoder
from eliot._encode import Encoder, encode
from eliot.twisted._parser import converted
from eliot.twisted._queue import OVERFLOWS, Overflow
from eliot.twisted._units import choice, duration, size
from eliot.twisted._writer import (
    DEFAULT_QUEUE_BYTES,
    DEFAULT_STOP_TIMEOUT,
)

#: The stages, in the order in which a message passes them, and the options of
#: each: how they are written, and what they say.
STAGES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "select": {},
    "redact": {},
    "cap": {},
    "encode": {
        "format": (
            "format=json|console",
            "how messages are written: as lines of JSON, unless it is said, or for people",
        ),
    },
    "queue": {
        "queue": (
            "queue=SIZE",
            f"how much may wait to be written; {DEFAULT_QUEUE_BYTES // 2**20}MiB unless it is said",
        ),
        "overflow": (
            f"overflow={'|'.join(OVERFLOWS)}",
            "what happens beyond that; the newest are dropped, and counted, unless it is said",
        ),
        "timeout": (
            "timeout=DURATION",
            f"how long the end waits for the queue; {DEFAULT_STOP_TIMEOUT:g}s unless it is said",
        ),
    },
    "write": {},
}

#: The names that no kind may use for options of its own.
TAKEN: Final = frozenset(STAGES).union(*STAGES.values())

#: The common options, in order.
COMMON: Final = tuple(name for options in STAGES.values() for name in options)


@dataclass(frozen=True)
class Stages:
    """
    What a description says about the stages.

    :ivar encoder: turns a message into a line.
    :ivar terminal_encoder: the same, for terminals.
    :ivar encoding_asked_for: whether the description says how to.
    :ivar queue_bytes: how much the queue holds.
    :ivar overflow: what happens beyond that.
    :ivar timeout: how many seconds the end waits for the queue.
    :ivar queue_option: an option for the queue that was given, if any was.
    """

    encoder: Encoder
    terminal_encoder: Encoder
    encoding_asked_for: bool
    queue_bytes: int
    overflow: Overflow
    timeout: float
    queue_option: str | None


def stages_from(options: Mapping[str, str]) -> Stages:
    """
    Read the common options.

    :param options: those that were given, others among them.
    :raises DescriptionError: if one has a value that it cannot have.
    """
    which = converted("format", lambda text: choice(text, "json", "console"), options.get("format"))
    plain = terminal = cast("Encoder", encode)
    if which == "console":
        plain = console_encoder(False)
        terminal = console_encoder(True)
    overflow = converted(
        "overflow",
        lambda text: choice(text, *OVERFLOWS),
        options.get("overflow"),
    )
    return Stages(
        encoder=plain,
        terminal_encoder=terminal,
        encoding_asked_for=which is not None,
        queue_bytes=converted("queue", size, options.get("queue")) or DEFAULT_QUEUE_BYTES,
        overflow=cast("Overflow", overflow or "drop-newest"),
        timeout=converted("timeout", duration, options.get("timeout")) or DEFAULT_STOP_TIMEOUT,
        queue_option=next((name for name in STAGES["queue"] if name in options), None),
    )
