"""
Looking, without touching anything, whether a log file could be opened, and later
rotated.
"""

from __future__ import annotations

import os
import stat
from typing import Final

_EFFECTIVE: Final = os.access in os.supports_effective_ids


def reason_against(path: str, *, rotated: bool = False) -> str | None:
    """
    Tell why a path can probably not be opened for appending, by the user that
    this process acts as now.  Opens and creates nothing.

    :param path: a path; if it is relative, it is taken from the present directory.
    :param rotated: whether the file shall be rotated.
    :returns: the reason, which does not name the path itself; ``None`` if there
        seems to be none.
    """
    try:
        found = os.path.realpath(path)
        try:
            kind = os.stat(found).st_mode
        except FileNotFoundError:
            return reason_against_creating(os.path.dirname(found))
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    if stat.S_ISDIR(kind):
        return "it is a directory"
    if not stat.S_ISREG(kind):
        if rotated:
            return "it is no regular file, so it cannot be rotated"
        if not (stat.S_ISFIFO(kind) or stat.S_ISCHR(kind)):
            return "it is neither a file nor a FIFO nor a character device"
    return _reason_against_access(found, os.W_OK, "it may not be written to")


def reason_against_creating(directory: str) -> str | None:
    """
    Tell why no file can be created in a directory by the present user.
    """
    try:
        kind = os.stat(directory).st_mode
    except FileNotFoundError:
        return f"there is no directory {directory}"
    except OSError as error:
        return f"{directory}: {error.strerror}"
    if not stat.S_ISDIR(kind):
        return f"{directory} is no directory"
    return _reason_against_access(
        directory, os.W_OK | os.X_OK, f"no file may be created in {directory}"
    )


def reason_against_renaming(path: str) -> str | None:
    """
    Tell why an existing file cannot be given another name, and a new one put in
    its place, by the present user.
    """
    directory = os.path.dirname(path)
    reason = reason_against_creating(directory)
    if reason is not None:
        return reason
    user = os.geteuid()
    try:
        around, file = os.stat(directory), os.stat(path)
    except OSError as error:
        return error.strerror
    if around.st_mode & stat.S_ISVTX and user not in {0, around.st_uid, file.st_uid}:
        return (
            f"it belongs to user {file.st_uid}, and in {directory} only the owner of a file,"
            f" not user {user}, may rename it"
        )
    return None


def reason_against_opening_anew(path: str) -> str | None:
    """
    Tell why a file that is open now could not be opened by the present user.
    """
    return _reason_against_access(path, os.W_OK, "it may not be opened anew")


def _reason_against_access(path: str, kind: int, what: str) -> str | None:
    if os.access(path, kind, effective_ids=_EFFECTIVE):
        return None
    return f"{what} by user {os.geteuid()}"
