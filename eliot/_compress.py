"""
Compressing old files, while the program goes on writing.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Final

from eliot._archive import put_in_place
from eliot._fork import LockedOverFork

_CHUNK: Final = 256 * 1024

# What makes zlib write and read the format of gzip.
_GZIP: Final = 31


class Compressor(LockedOverFork):
    """
    Compresses old files, one after another, in a thread of its own which lives
    as long as there is something to do.

    An old file is removed when its successor is complete and has been stored.  A
    process that ends in between leaves a part behind, which nobody takes for a
    whole; each attempt has a part of its own, so that two of them do no harm.

    :param after: called in that thread after each file.
    :param report: called in that thread with what went wrong.
    """

    __slots__ = ("_after", "_files", "_report", "_thread", "_waiting")

    def __init__(self, after: Callable[[], None], report: Callable[[Exception], None]) -> None:
        super().__init__()
        self._after = after
        self._report = report
        self._waiting: list[str] = []
        self._thread: Thread | None = None
        # The file descriptors that the thread uses.
        self._files: set[int] = set()

    def add(self, paths: list[str]) -> None:
        """
        Have files compressed, and those that could not be the last time.

        :raises RuntimeError: if there cannot be a thread, since the interpreter
            ends or there are too many; it is tried again the next time.
        """
        with self._lock:
            self._waiting += paths
            if self._waiting and self._thread is None:
                thread = Thread(target=self._run, name="eliot compression", daemon=True)
                self._thread = thread
                try:
                    thread.start()
                except RuntimeError:
                    self._thread = None
                    raise

    def wait(self, patience: float) -> None:
        """
        Wait until all is done.

        :param patience: how many seconds, at the most.
        """
        thread = self._thread
        if thread is not None:
            thread.join(patience)

    def _run(self) -> None:
        failed: list[str] = []
        while True:
            with self._lock:
                if not self._waiting:
                    self._waiting = failed
                    self._thread = None
                    return
                path = self._waiting.pop(0)
            try:
                self._compress(path)
                self._after()
            except Exception as error:
                failed.append(path)
                self._report(error)

    def _compress(self, path: str) -> None:
        target = f"{path}.gz"
        try:
            source = self._open(path, os.O_RDONLY)
        except FileNotFoundError:
            # There were too many old files.
            return
        try:
            if os.path.lexists(target):
                # Perhaps a process ended before it could remove the original.
                # Otherwise it is not ours, and both stay.
                if not self._is_compressed(source, target):
                    return
            elif not self._replace(source, target):
                return
        finally:
            self._close(source)
        with suppress(FileNotFoundError):
            os.unlink(path)

    def _replace(self, source: int, target: str) -> bool:
        """
        Make the compressed file.

        :returns: whether it is there, not that of another who was faster.
        """
        part = f"{target}.{os.urandom(4).hex()}.part"
        status = os.fstat(source)
        # Nobody but the user may read what others may not, at no time.
        fd = self._open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            try:
                compression = zlib.compressobj(wbits=_GZIP)
                while chunk := os.read(source, _CHUNK):
                    _write_all(fd, compression.compress(chunk))
                _write_all(fd, compression.flush())
                with suppress(OSError):
                    os.fchown(fd, status.st_uid, status.st_gid)
                os.fchmod(fd, status.st_mode & 0o777)
                os.utime(fd, ns=(status.st_atime_ns, status.st_mtime_ns))
                os.fsync(fd)
            finally:
                self._close(fd)
            put_in_place(part, target)
        except FileExistsError:
            os.unlink(part)
            return False
        except BaseException:
            with suppress(OSError):
                os.unlink(part)
            raise
        self._store_names(os.path.dirname(target))
        return True

    def _is_compressed(self, source: int, target: str) -> bool:
        fd = self._open(target, os.O_RDONLY | os.O_NONBLOCK)
        try:
            decompression = zlib.decompressobj(wbits=_GZIP)
            while not decompression.eof:
                given = decompression.unconsumed_tail or os.read(fd, _CHUNK)
                data = decompression.decompress(given, _CHUNK)
                # Is it cut short, or another one?
                if not (given or data) or data != _read_all(source, len(data)):
                    return False
            return not os.read(source, 1) and not decompression.unused_data and not os.read(fd, 1)
        except zlib.error:
            return False
        finally:
            self._close(fd)

    def _store_names(self, directory: str) -> None:
        # Some file systems cannot; then the order of things is up to them.
        with suppress(OSError):
            fd = self._open(directory, os.O_RDONLY)
            try:
                os.fsync(fd)
            finally:
                self._close(fd)

    def _open(self, path: str, flags: int) -> int:
        with self._lock:
            fd = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            self._files.add(fd)
        return fd

    def _close(self, fd: int) -> None:
        with self._lock:
            self._files.discard(fd)
            os.close(fd)

    def _renew_after_fork(self) -> None:
        # The work is the parent's.
        super()._renew_after_fork()
        self._thread = None
        self._waiting = []
        files, self._files = self._files, set()
        for fd in files:
            with suppress(OSError):
                os.close(fd)


def _write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def _read_all(fd: int, size: int) -> bytes:
    parts = []
    while size and (part := os.read(fd, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
