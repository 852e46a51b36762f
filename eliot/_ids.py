"""
Task identifiers: made, written down, and read back.

A message is named by its task's identifier and its level: the path from the
root of the task to the message, as a list of positive integers.  A
*serialized* task identifier names one place in a task in ASCII, so that
another thread, process or machine can continue there::

    <task_uuid>@/2/3        the place [2, 3], to be continued once
    <task_uuid>@/2/3/       a shared place: any number of continuations below it
"""

from __future__ import annotations

import re
from os import urandom

from eliot._fork import call_in_forked_child

#: How many characters of a serialized task identifier are looked at.  An
#: identifier beyond it is refused before anything else is done with it, so
#: that a hostile one costs microseconds.
MAXIMUM_LENGTH = 4096

# Levels are kept within the integers that every JSON reader holds exactly.
_SHARED_LEVEL_BITS = 53
_LEVEL_BOUND = 1 << _SHARED_LEVEL_BITS

_UUID = r"[!-.0-?A-~]{1,128}"  # printable ASCII without space, "/" and "@"
# Not compiled here, since many programs read none, and start sooner so.
_SERIALIZED = rf"({_UUID})@((?:/[1-9][0-9]{{0,15}})+)(/?)"

_BATCH = 128

# Identifiers side by side, in which random digits take the place of the letters;
# one digit says that it is random, and "v" which kind of UUID it is.
_PATTERN = b"dddddddd-dddd-4ddd-vddd-dddddddddddd "
_DIGITS = [place for place, letter in enumerate(_PATTERN) if letter in b"d"]
_VARIANT = _PATTERN.index(b"v")
_VARIANTS = bytes.maketrans(b"0123456789abcdef", b"89ab" * 4)

_ready: list[str] = []

# A forked child must not hand out the identifiers that its parent holds.
call_in_forked_child(_ready.clear)


def new_task_uuid() -> str:
    """
    Make the identifier of a new task: a random (version 4) UUID as text.

    Randomness comes from the operating system, in batches, since asking for
    it costs more than all the rest.  May be called from any thread.

    :returns: 36 ASCII characters, as described by RFC 9562.
    """
    try:
        return _ready.pop()
    except IndexError:
        entropy = urandom(16 * _BATCH)
    # Column by column: one step of Python's writes a digit of all of them.
    digits = entropy.hex().encode()
    written = bytearray(_PATTERN * _BATCH)
    for column, place in enumerate(_DIGITS):
        written[place :: len(_PATTERN)] = digits[column::32]
    written[_VARIANT :: len(_PATTERN)] = digits[31::32].translate(_VARIANTS)
    made = written.decode().split()
    mine = made.pop()
    _ready.extend(made)
    return mine


def random_level() -> int:
    """
    Make a level for one continuation of a shared place.

    :returns: a random integer of exactly 53 bits, so that it meets neither
        another continuation nor a level that was counted.
    """
    drawn = int.from_bytes(urandom(7), "big") % (1 << (_SHARED_LEVEL_BITS - 1))
    return drawn | 1 << (_SHARED_LEVEL_BITS - 1)


def serialize(task_uuid: str, level: list[int], *, shared: bool = False) -> bytes:
    """
    Write down one place in a task.

    :param task_uuid: the task's identifier.
    :param level: the path from the root of the task.
    :param shared: whether the place may be continued more than once.
    :returns: ASCII bytes, fit for a header.
    """
    path = "/".join(map(str, level))
    return f"{task_uuid}@/{path}{'/' if shared else ''}".encode("ascii", "backslashreplace")


def parse(task_id: bytes | str) -> tuple[str, list[int]]:
    """
    Read a serialized task identifier.  A shared one gets a new random level
    below its place, so every call gives a place of its own.

    :param task_id: what :func:`serialize` gave, as bytes or text.
    :returns: the task's identifier, and the level to continue at.
    :raises ValueError: if ``task_id`` is anything else; the message says what
        was wrong and shows a short, escaped excerpt.
    """
    if isinstance(task_id, (bytes, bytearray)):
        text = bytes(task_id[: MAXIMUM_LENGTH + 1]).decode("ascii", "replace")
    elif isinstance(task_id, str):
        text = task_id
    else:
        raise ValueError(f"A task id is bytes or text, not {type(task_id).__name__}.")
    if len(text) > MAXIMUM_LENGTH:
        raise _malformed(text, f"longer than {MAXIMUM_LENGTH} characters")
    match = re.fullmatch(_SERIALIZED, text)
    if match is None:
        raise _malformed(text, _complaint(text))
    task_uuid, path, shared = match.groups()
    level = [int(step) for step in path[1:].split("/")]
    if max(level) >= _LEVEL_BOUND:
        raise _malformed(text, f"a level of it is not below {_LEVEL_BOUND}")
    if shared:
        level.append(random_level())
    return task_uuid, level


def _malformed(text: str, complaint: str) -> ValueError:
    excerpt = ascii(text[:60]) + ("..." if len(text) > 60 else "")
    return ValueError(f"Malformed task id {excerpt}: {complaint}.")


def _complaint(text: str) -> str:
    """
    Say in words why ``text`` is not a serialized task identifier.
    """
    if not text:
        return "it is empty"
    if not text.isascii():
        return "it holds characters that are not ASCII"
    task_uuid, at, path = text.partition("@")
    if not at:
        return "there is no '@' between the task's identifier and the level"
    if re.fullmatch(_UUID, task_uuid) is None:
        return "what comes before '@' is not 1 to 128 printable characters without spaces and '/'"
    if not path.startswith("/"):
        return "the level after '@' does not start with '/'"
    return "the level is not positive integers of at most 16 digits, each after a '/'"
