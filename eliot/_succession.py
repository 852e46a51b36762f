"""
One file after another at the same path.
"""

from __future__ import annotations

import errno
import math
import os
from contextlib import suppress
from typing import Final

from eliot._archive import OldFiles
from eliot._complaints import Complaints
from eliot._compress import Compressor
from eliot._destinations import all_destinations
from eliot._held import HeldFile, create_held, open_held, retold
from eliot._message import log_message
from eliot._openable import reason_against_opening_anew, reason_against_renaming

# After a rotation has failed, this many seconds pass before it is tried again.
_RETRY: Final = 5.0

# For how many seconds closing waits for old files to be compressed.
_PATIENCE: Final = 0.1

# Of whom may not rotate.
_NO_RIGHT: Final = frozenset([errno.EACCES, errno.EPERM])


class Succession:
    """
    Opens the files that follow each other at a path, and looks after the old ones.

    Not for several threads at once, but for :meth:`tell`.  What goes wrong with a
    rotation, or with old files, is kept until that is called: nobody is told of
    it while locks are held, since those who are told may have trouble as well.

    :param path: the path.
    :param alone: whether the file is rotated, so that nobody else may write to it.
    :param keep: how many old files stay.
    :param total: how many bytes they may have together.
    :param compress: whether they are compressed.
    :param mode: the permissions of new files.
    :param owner: the user and group of new files.
    :ivar path: the path; absolute once it has been opened.
    :ivar alone: the same.
    :ivar leftovers: old files that wait to be compressed, once there may be threads.
    """

    __slots__ = (
        "_bounds",
        "_complaints",
        "_compressor",
        "_failed",
        "_impossible",
        "_mode",
        "_old",
        "_owner",
        "_troubles",
        "alone",
        "leftovers",
        "path",
    )

    def __init__(
        self,
        path: str,
        *,
        alone: bool,
        keep: int | None,
        total: int | None,
        compress: bool,
        mode: int | None,
        owner: tuple[int, int] | None,
    ) -> None:
        self.path = path
        self.alone = alone
        self.leftovers: list[str] = []
        self._bounds = (keep, total)
        self._compressor = Compressor(self._prune, self._report) if compress else None
        self._mode = mode
        self._owner = owner
        self._old: OldFiles | None = None
        # When a rotation failed.
        self._failed = -math.inf
        self._impossible = False
        self._complaints = Complaints()
        self._troubles: list[Exception] = []

    def open(self) -> HeldFile:
        """
        Open the file, and bring the old ones into order.

        :raises OSError: if it cannot be opened.
        """
        try:
            self.path = os.path.abspath(self.path)
        except OSError as error:
            raise retold(self.path, error, "the present directory: ") from error
        file = self._open_held()
        if self.alone:
            try:
                self._old = OldFiles(file.path, *self._bounds)
                plain = self._old.tidy(file.is_same)
                if self._compressor is not None:
                    self.leftovers = plain
                self._old.prune()
            except OSError as error:
                self._note(error)
        return file

    def _open_held(self) -> HeldFile:
        return open_held(self.path, alone=self.alone, mode=self._mode, owner=self._owner)

    def follow(self, file: HeldFile) -> HeldFile | None:
        """
        Open the path anew if it names another file by now, or none.

        :param file: the present file.
        :returns: the new one, or ``None``.
        :raises OSError: if that fails.
        """
        self._failed = -math.inf
        try:
            if file.is_at(self.path):
                return None
        except OSError as error:
            raise retold(self.path, error) from error
        return self._open_held()

    def rotate(self, file: HeldFile, now: float, *, ends_whole: bool) -> HeldFile | None:
        """
        Begin a new file, unless that has failed lately.

        :param file: the present one.
        :param now: the time.
        :param ends_whole: whether its last line is whole.
        :returns: the new one; ``None`` if the present one has to be gone on with.
        """
        if abs(now - self._failed) < _RETRY:
            return None
        had_failed = self._failed > -math.inf
        try:
            new = self.follow(file) or self._exchange(file, now, ends_whole)
        except OSError as error:
            self._failed = now
            if not (self._impossible and error.errno in _NO_RIGHT):
                self._troubles.append(retold(self.path, error, "it cannot be rotated now: "))
            return None
        if had_failed:
            self._complaints = Complaints()
        return new

    def _exchange(self, file: HeldFile, now: float, ends_whole: bool) -> HeldFile:
        """
        Put a new file in the place of the present one.

        At no time is there no file at the path, and at no time one that is not
        locked, so no other process can get in between.
        """
        old = self._old
        if old is None or old.path != file.path:
            old = self._old = OldFiles(file.path, *self._bounds)
        if not ends_whole:
            file.put(b"\n")
        new_path = f"{file.path}.new"
        with suppress(FileNotFoundError):
            # Left behind; it is empty, or else it is not ours.
            if not os.lstat(new_path).st_size:
                os.unlink(new_path)
        new = create_held(new_path, self._mode, self._owner)
        archived = None
        try:
            archived = old.add(now)
            os.rename(new_path, file.path)
        except BaseException:
            new.close()
            with suppress(OSError):
                os.unlink(new_path)
            if archived is not None:
                old.take_back(archived)
            raise
        new.path = file.path
        try:
            old.prune()
        except OSError as error:
            self._note(error)
        self.leftovers.append(archived)
        return new

    def compress(self) -> None:
        """
        Begin to compress what waits for it.
        """
        leftovers, self.leftovers = self.leftovers, []
        if self._compressor is not None:
            try:
                self._compressor.add(leftovers)
            except RuntimeError as error:
                self._troubles.append(error)

    def wait(self) -> None:
        """
        Wait a moment for what is being compressed.
        """
        if self._compressor is not None:
            self._compressor.wait(_PATIENCE)

    def settle(self, file: HeldFile) -> str | None:
        """
        Look whether the file can be followed by another one.

        :returns: why not, if that is news.
        """
        if self.alone:
            reason = reason_against_renaming(file.path)
        else:
            reason = reason_against_opening_anew(self.path)
        known, self._impossible = self._impossible, reason is not None
        return None if known else reason

    def tell(self) -> None:
        """
        Tell what has gone wrong: at once the first time, then ever more rarely.
        """
        while self._troubles:
            complaint = self._complaints.file(self._troubles.pop(0), None)
            if complaint is not None:
                # To all destinations, this one among them: it can be written.
                all_destinations.write(complaint)

    def tell_reason(self, reason: str) -> None:
        """
        Tell why there will be no other file.
        """
        log_message("eliot:rotation_impossible", path=self.path, reason=reason)

    def forget(self) -> None:
        """
        Note that this is a forked child: the old files, and what went wrong, are
        the parent's.
        """
        self._troubles = []
        self.leftovers = []

    def _note(self, error: OSError) -> None:
        if not (self._impossible and error.errno in _NO_RIGHT):
            self._troubles.append(retold(self.path, error, "its old files: "))

    # In the thread that compresses:

    def _prune(self) -> None:
        old = self._old
        if old is not None:
            old.prune()

    def _report(self, error: Exception) -> None:
        if isinstance(error, OSError):
            self._note(error)
        else:
            self._troubles.append(error)
        self.tell()
