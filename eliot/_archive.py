"""
The old files of a log file: their names, and how many of them stay.

Their names are that of the log file, a point, and the time in UTC at which the
file was rotated; then a number where that is taken; then ``.gz`` once it is
compressed.  So they sort in the order of their age, in every locale: a letter
and digits sort after the point of ``.gz``.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

# Of a name, what follows that of the log file.
_REST: Final = re.compile(
    r"\.([0-9]{8}T[0-9]{6}Z(?:n[0-9]{6})?)(\.gz(\.[0-9a-f]{8}\.part)?)?", re.ASCII
)
_LENGTH_OF_TIME = 16
_MAXIMUM_NUMBER = 999_999

# What such file systems say on which a file cannot have two names, or of whom
# may not give it a second one.
_NO_LINKS: Final = frozenset(
    [errno.EACCES, errno.EMLINK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EINVAL]
)


class OldFile(NamedTuple):
    """
    One old file; two on the disk, while it is being compressed.

    :ivar stamp: what sorts it among the others.
    :ivar paths: where it is.
    :ivar size: how large it is.
    """

    stamp: str
    paths: tuple[str, ...]
    size: int


class OldFiles:
    """
    The old files of one log file.

    May be used by several threads: what one of them has removed, another one
    does not miss.

    :param path: the log file.
    :param keep: how many of them stay; all of them for ``None``.
    :param total: how many bytes they may have together; any number for ``None``.
    """

    __slots__ = ("_directory", "_keep", "_newest", "_prefix", "_total", "path")

    def __init__(self, path: str, keep: int | None, total: int | None) -> None:
        self.path = path
        self._directory, self._prefix = os.path.split(path)
        self._keep = keep
        self._total = total
        self._newest = ""
        # A directory may be writable, but not readable.
        with suppress(PermissionError):
            self._newest = max((stamp for stamp, _, _ in self._scan()), default="")

    def _scan(self) -> list[tuple[str, bool, os.DirEntry[str]]]:
        """
        Look for what has the name of an old file, or of one that is being compressed.

        :returns: stamps, whether it is unfinished, and what it is.
        """
        found = []
        with os.scandir(self._directory) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(self._prefix) and (
                    match := _REST.fullmatch(name, len(self._prefix))
                ):
                    found.append((match[1], match[3] is not None, entry))
        return found

    def all(self) -> list[OldFile]:
        """
        List them, the oldest first.

        :raises OSError: if the directory cannot be read.
        """
        found: dict[str, list[tuple[str, int]]] = {}
        for stamp, unfinished, entry in self._scan():
            with suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                if not unfinished and stat.S_ISREG(status.st_mode):
                    found.setdefault(stamp, []).append((entry.path, status.st_size))
        return [
            OldFile(stamp, tuple(sorted(path for path, _ in files)), sum(size for _, size in files))
            for stamp, files in sorted(found.items())
        ]

    def add(self, now: float) -> str:
        """
        Give the log file a second name, as an old file.  It is after all others,
        also where clocks have been set back.

        :param now: the time.
        :returns: the new path.
        :raises OSError: if that cannot be done.
        """
        while True:
            stamp = self._next_stamp(now)
            path = f"{self.path}.{stamp}"
            with suppress(FileExistsError):
                if not os.path.lexists(f"{path}.gz"):
                    put_in_place(self.path, path, keep=True)
                    self._newest = stamp
                    return path
            self._newest = stamp

    def take_back(self, path: str) -> None:
        """
        Undo what :meth:`add` has done.

        :param path: the path that it gave.
        """
        with suppress(OSError):
            if os.path.lexists(self.path):
                os.unlink(path)
            else:
                os.rename(path, self.path)

    def _next_stamp(self, now: float) -> str:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        if stamp > self._newest:
            return stamp
        number = int(self._newest[_LENGTH_OF_TIME + 1 :] or 0) + 1
        if number > _MAXIMUM_NUMBER:
            raise OSError(f"{self.path}: there is no name left for an old file")
        return f"{self._newest[:_LENGTH_OF_TIME]}n{number:06}"

    def tidy(self, is_current: Callable[[os.stat_result], bool]) -> list[str]:
        """
        Remove what was left behind by a process that ended in the middle of a
        rotation, or of a compression.

        :param is_current: tells whether a file is the log file itself.
        :returns: the paths of those that are not compressed.
        :raises OSError: if that cannot be done.
        """
        plain = []
        for _, unfinished, entry in self._scan():
            with suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(status.st_mode):
                    continue
                if unfinished or is_current(status):
                    os.unlink(entry.path)
                elif not entry.name.endswith(".gz"):
                    plain.append(entry.path)
        return sorted(plain)

    def prune(self) -> None:
        """
        Remove the oldest ones, until as few are left as there may be.

        :raises OSError: if that cannot be done.
        """
        if self._keep is None and self._total is None:
            return
        files = self.all()
        excess = 0 if self._keep is None else len(files) - self._keep
        size = sum(each.size for each in files)
        for index, each in enumerate(files):
            if index >= excess and (self._total is None or size <= self._total):
                break
            for path in each.paths:
                with suppress(FileNotFoundError):
                    os.unlink(path)
            size -= each.size


def put_in_place(path: str, target: str, *, keep: bool = False) -> None:
    """
    Give a file another name, without taking that of another file.

    :param path: its name.
    :param target: its new name.
    :param keep: whether it keeps the old name as well, if that can be.
    :raises FileExistsError: if there is a file of that name.
    :raises OSError: if it cannot be done.
    """
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # What it costs: who makes such a file just now loses it; and until there
        # is a new file of the old name, a writer that is not one of ours, or
        # has no locks, may make one, which is lost with what is in it.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from None
        os.rename(path, target)
        return
    if not keep:
        os.unlink(path)
