"""
Opening a log file by its path, and holding it against other processes.

Who rotates a file holds it alone; those who do not share it.  That is an
agreement by means of ``flock``, among the processes that use this.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import suppress
from time import sleep
from typing import Final, NoReturn

# Not every file system, nor every mount of it, has such locks.  A shared one on
# a file that is open for writing only is refused where they come by network.
_NO_LOCKS: Final = frozenset(
    [errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP]
)

# How often, and in what distance in seconds, it is looked how a file ends that
# others write to.
_LOOKS = 10
_MOMENT = 0.002

# How often a path is opened that names another file by the time it is locked.
_ATTEMPTS = 20

_FLAGS: Final = os.O_APPEND | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK


def trouble(path: str, reason: str, number: int | None = None) -> OSError:
    """
    Make an error whose text begins with the path: only a part of the text may
    reach people.

    :param number: the error's number.
    """
    error = OSError(f"{path}: {reason}")
    error.errno = number
    return error


def retold(path: str, error: OSError | ValueError, what: str = "") -> OSError:
    """
    Make an error of another one, in the manner of :func:`trouble`.

    :param what: what could not be done, and a colon.
    """
    reason = getattr(error, "strerror", None) or str(error)
    return trouble(path, what + reason.removeprefix(f"{path}: "), getattr(error, "errno", None))


class HeldFile:
    """
    A file that is open for appending, and locked.  It is not for use in several
    threads at once, and closes when it is forgotten.

    :param fd: the file descriptor.
    :param path: where it was found.
    :param status: what is known of it.
    :param alone: whether nobody else writes to it.
    :ivar size: how large it is, as far as this process knows.
    :ivar last_written: when somebody last wrote to it before it was opened.
    :ivar ends_whole: whether its last line was whole then.
    """

    __slots__ = ("_identity", "ends_whole", "fd", "last_written", "path", "size")

    def __init__(self, fd: int, path: str, status: os.stat_result, *, alone: bool) -> None:
        self.fd = fd
        self.path = path
        self.size = status.st_size
        self.last_written = status.st_mtime
        self.ends_whole = not stat.S_ISREG(status.st_mode) or _ends_whole(fd, alone)
        self._identity = (status.st_dev, status.st_ino)

    def put(self, lines: bytes) -> int:
        """
        Hand bytes to the operating system.

        :returns: how many it has taken.
        :raises OSError: if it takes none.
        """
        try:
            count = os.write(self.fd, lines)
        except OSError as error:
            error.filename = self.path
            raise
        self.size += count
        return count

    def look_again(self) -> None:
        """
        Look how large it is.
        """
        with suppress(OSError):
            self.size = os.fstat(self.fd).st_size

    def is_at(self, path: str) -> bool:
        """
        Tell whether a path names this file.

        :raises OSError: if that cannot be known.
        """
        try:
            return self.is_same(os.stat(path))
        except FileNotFoundError:
            return False

    def is_same(self, status: os.stat_result) -> bool:
        """
        Tell whether something is this file.
        """
        return (status.st_dev, status.st_ino) == self._identity

    def close(self) -> None:
        """
        Close it.
        """
        fd, self.fd = self.fd, -1
        if fd >= 0:
            with suppress(OSError):
                os.close(fd)

    def __del__(self) -> None:
        if self.fd >= 0:
            self.close()


def open_held(
    path: str,
    *,
    alone: bool,
    mode: int | None,
    owner: tuple[int, int] | None,
) -> HeldFile:
    """
    Open a file for appending, create it where there is none, and lock it.

    :param path: an absolute path.
    :param alone: whether to hold it alone.
    :param mode: permissions of a new file, if not the usual ones.
    :param owner: user and group of a new file, if this process is root.
    :raises OSError: if that fails, or another process holds it; the text begins
        with the path.
    """
    try:
        for _ in range(_ATTEMPTS):
            # Links are followed once, so that what is rotated is the file.
            found = os.path.realpath(path)
            fd = _open_or_create(found, mode, owner)
            if fd is not None:
                held = _held(fd, path, found, alone)
                if held is not None:
                    return held
    except (OSError, ValueError) as error:
        if str(error).startswith(f"{path}: "):
            raise
        raise retold(path, error) from error
    raise trouble(path, "it is replaced by others again and again", errno.EAGAIN)


def create_held(path: str, mode: int | None, owner: tuple[int, int] | None) -> HeldFile:
    """
    Create a file where there is none, and hold it alone.

    :raises OSError: if that fails.
    """
    fd = _create(path, mode, owner)
    try:
        _lock(fd, fcntl.LOCK_EX)
    except BaseException:
        os.close(fd)
        raise
    return HeldFile(fd, path, os.fstat(fd), alone=True)


def _open_or_create(path: str, mode: int | None, owner: tuple[int, int] | None) -> int | None:
    """
    Open a file, whatever kind it is, without waiting for anybody.

    :returns: ``None`` if it was removed, created or exchanged in between.
    """
    try:
        kind = os.stat(path).st_mode
    except FileNotFoundError:
        try:
            return _create(path, mode, owner)
        except FileExistsError:
            return None
    _refuse_kind(path, kind)
    fd = None
    try:
        if stat.S_ISREG(kind):
            # To read how it ends, too; some file systems want it for the lock.
            with suppress(PermissionError):
                fd = os.open(path, os.O_RDWR | _FLAGS)
        if fd is None:
            fd = os.open(path, os.O_WRONLY | _FLAGS)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ENXIO and stat.S_ISFIFO(kind):
            raise trouble(path, "nobody reads the other end of it", error.errno) from error
        raise
    if stat.S_IFMT(os.fstat(fd).st_mode) != stat.S_IFMT(kind):
        os.close(fd)
        return None
    return fd


def _refuse_kind(path: str, kind: int) -> None:
    if stat.S_ISDIR(kind):
        raise trouble(path, "it is a directory", errno.EISDIR)
    if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind) or stat.S_ISCHR(kind)):
        raise trouble(path, "it is neither a file nor a FIFO nor a character device", errno.EINVAL)


def _create(path: str, mode: int | None, owner: tuple[int, int] | None) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS
    fd = os.open(path, flags, 0o666 if mode is None else mode)
    try:
        if mode is not None:
            os.fchmod(fd, mode)
        if owner is not None and os.geteuid() == 0:
            os.fchown(fd, *owner)
    except BaseException:
        os.close(fd)
        os.unlink(path)
        raise
    return fd


def _held(fd: int, path: str, found: str, alone: bool) -> HeldFile | None:
    """
    Lock an open file, and look how it ends.

    :returns: ``None`` if the path names another one by now.
    """
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            if alone:
                raise trouble(path, "it is no regular file, so it cannot be rotated", errno.EINVAL)
            os.set_blocking(fd, True)
            return HeldFile(fd, path, status, alone=False)
        try:
            _lock(fd, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        except BlockingIOError:
            _refuse(path, status, alone)
        # Its size may have changed until it was locked.
        held = HeldFile(fd, found, os.fstat(fd), alone=alone)
    except BaseException:
        os.close(fd)
        raise
    if not held.is_at(found):
        held.close()
        return None
    return held


def _lock(fd: int, kind: int) -> None:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise


def _refuse(path: str, status: os.stat_result, alone: bool) -> NoReturn:
    holder = _holder(status)
    if holder is None:
        who = "another process"
    elif holder == os.getpid():
        who = "this process"
    else:
        who = f"another process ({holder})"
    what = "writes it" if alone else "writes and rotates it"
    raise trouble(
        path,
        f"{who} {what} already; stop that, or write to another path:"
        " a file that is rotated has one writer",
        errno.EBUSY,
    ) from None


def _holder(status: os.stat_result) -> int | None:
    """
    Find the process that holds a lock on a file, where the system tells.
    """
    device = status.st_dev
    file = f"{os.major(device):02x}:{os.minor(device):02x}:{status.st_ino}"
    with suppress(OSError, ValueError), open("/proc/locks", encoding="ascii") as locks:
        for line in locks:
            words = line.split()
            if words[1:2] == ["FLOCK"] and words[5:6] == [file] and int(words[4]) > 0:
                return int(words[4])
    return None


def _ends_whole(fd: int, alone: bool) -> bool:
    """
    Look whether the last line of a file is whole.
    """
    former = -1
    try:
        for _ in range(_LOOKS):
            size = os.fstat(fd).st_size
            if not size or os.pread(fd, 1, size - 1) == b"\n":
                return True
            if alone or size == former:
                return False
            # Somebody else may be in the midst of writing it.
            former = size
            sleep(_MOMENT)
    except OSError:
        # It may not be read.  An empty line does less harm than a broken one.
        return False
    return True
