"""
Reading logs while they are written.

The files are looked at again and again, which works on every disk.  A log that is rotated goes on
in another file: what is left of the old one is read before the new one is, and files that came
and went between two looks are found among the older ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from typing import Final, TypeAlias, final

from eliot.read._files import GZIP, LogFile, open_log
from eliot.read._lines import MAXIMUM_LINE, PIECE, LineReader, merge_messages
from eliot.read._message import Message
from eliot.read._problems import Problem
from eliot.read._rotated import Identity, Log, identity_at, identity_of, plain_name

#: Is called between pieces of a file, with whether there is nothing to be read at the moment: then
#: it waits for a while.  It returns whether to go on.
GoOn: TypeAlias = Callable[[bool], bool]

# For how many looks in which nothing is found an old file stays open: a program that is told to
# open its log anew may be slow to do so, and there may be several.
_LOOKS: Final = 20

# How much of what was read last is compared with what stands there now.
_COMPARED: Final = 64


def follow_messages(
    logs: Sequence[Log],
    on_problem: Callable[[Problem], object],
    go_on: GoOn,
    *,
    from_end: bool = False,
) -> Generator[Message, None, None]:
    """
    Read what is in logs, as one log, and then what is added to them, as it comes.

    A log may be rotated, by whatever means, truncated, removed and made anew, and need not be
    there yet.  Nothing is raised but what the arguments raise.

    :param logs: the logs.
    :param on_problem: called with each :class:`Problem`, between the messages.
    :param go_on: called between pieces of the files, with ``True`` if there is nothing to be
        read at the moment: it should wait a little then.  Reading ends when it returns
        ``False``.
    :param from_end: leave out what is there already.
    :returns: the messages.
    """
    followed = [_Followed(each, on_problem, go_on) for each in logs]
    try:
        for each in followed:
            each.open(from_end=from_end)
        yield from merge_messages([each.news() for each in followed])
        idle = False
        while go_on(idle):
            idle = True
            for each in followed:
                for message in each.news():
                    idle = False
                    yield message
        for each in followed:
            yield from each.end()
    finally:
        for each in followed:
            each.close()


class _Part:
    """
    A file of a log.

    :param file: the file.
    :param on_problem: is told of problems.
    :ivar looks: how often there was nothing more.
    """

    def __init__(self, file: LogFile, on_problem: Callable[[Problem], object]) -> None:
        self.file = file
        self.looks = 0
        self._failed = False
        self._on_problem = on_problem
        self._reader = LineReader(file.name, on_problem)

    def has_more(self) -> bool:
        """
        :returns: whether there may be something to be read.
        """
        return not self._failed

    def news(self, go_on: GoOn) -> Iterator[Message]:
        """
        Read what there is now.
        """
        self.looks += 1
        if self._failed:
            return
        try:
            while go_on(False) and (piece := self._read()):
                self.looks = 0
                yield from self._reader.feed(piece)
        except OSError as error:
            self._failed = True
            what = f"cannot be read further: {error.strerror or error}"
            self._on_problem(Problem(self.file.name, self._reader.number, what))

    def end(self) -> Iterator[Message]:
        """
        Close the file, and take what is left of it as its last line.
        """
        self.file.close()
        return self._reader.end()

    def _read(self) -> bytes:
        return self.file.read()


@final
class _Growing(_Part):
    """
    The file to which a log is written just now.
    """

    def __init__(self, file: LogFile, on_problem: Callable[[Problem], object]) -> None:
        super().__init__(file, on_problem)
        self._position = 0
        self._last = b""

    def skip(self) -> None:
        """
        Leave out all whole lines that are there.

        :raises OSError: if the file cannot be read.
        """
        descriptor = self.file.fileno()
        size = start = os.fstat(descriptor).st_size
        while start and size - start < MAXIMUM_LINE:
            before = max(start - PIECE, 0)
            found = os.pread(descriptor, start - before, before).rfind(b"\n")
            start = before if found < 0 else before + found + 1
            if found >= 0:
                break
        if start:
            opening = os.pread(descriptor, PIECE, 0).partition(b"\n")[0]
            self._reader = LineReader(self.file.name, self._on_problem, opening)
            self._position = start
            compared = min(start, _COMPARED)
            self._last = os.pread(descriptor, compared, start - compared)

    def has_more(self) -> bool:
        """
        :returns: whether there may be something to be read.
        """
        try:
            size = os.fstat(self.file.fileno()).st_size
        except OSError:
            return super().has_more()
        return not self._failed and size != self._position

    def news(self, go_on: GoOn) -> Iterator[Message]:
        """
        Read what there is now.
        """
        if not self._failed and self._was_truncated():
            yield from self._reader.end()
            what = "was truncated: what had not been read by then is left out"
            self._on_problem(Problem(self.file.name, None, what))
            self._position = 0
            self._last = b""
            self._reader = LineReader(self.file.name, self._on_problem)
        yield from super().news(go_on)

    def _was_truncated(self) -> bool:
        try:
            descriptor = self.file.fileno()
            if os.fstat(descriptor).st_size < self._position:
                return True
            # It may have grown beyond the old end since then.
            last = os.pread(descriptor, len(self._last), self._position - len(self._last))
        except OSError:
            return False
        return last != self._last

    def _read(self) -> bytes:
        piece = os.pread(self.file.fileno(), PIECE, self._position)
        self._position += len(piece)
        self._last = (self._last + piece[-_COMPARED:])[-_COMPARED:]
        return piece


@final
class _Followed:
    """
    A log that is followed.

    :param log: the log.
    :param on_problem: is told of problems.
    :param go_on: see :data:`GoOn`.
    """

    def __init__(self, log: Log, on_problem: Callable[[Problem], object], go_on: GoOn) -> None:
        self._log = log
        self._all = Log(log.base, rotated=True)
        self._on_problem = on_problem
        self._go_on = go_on
        self._told: set[Problem] = set()
        # The files that are open, the oldest first; the last one is the present one.
        self._parts: list[_Part] = []
        # What the present one is known by, and the names of those before it.
        self._identity: Identity | None = None
        self._known: set[str] = set()

    def open(self, *, from_end: bool) -> None:
        """
        Open what is there.
        """
        base = self._log.base
        files = []
        if os.path.lexists(base) and not os.path.isfile(base):
            what = "is not a file on a disk, and cannot be followed"
            self._tell_once(Problem(base, None, what))
        elif _is_there(self._log):
            files = self._log.open(self._tell_once)
        else:
            self._tell_once(Problem(base, None, "is not there yet: waiting for it"))
        for file in files:
            if file.name == base:
                self._grow(file)
                last = self._parts[-1]
                if from_end and isinstance(last, _Growing):
                    with suppress(OSError):
                        last.skip()
            elif from_end:
                file.close()
            else:
                self._parts.append(_Part(file, self._on_problem))
        with suppress(OSError):
            # The file that was opened may have its later name already.
            self._known = {
                plain_name(path)
                for path in self._all.paths()
                if self._identity is None or identity_at(path) != self._identity
            }

    def news(self) -> Iterator[Message]:
        """
        Read what there is now.
        """
        self._look()
        if not self._parts:
            return
        *old, present = self._parts
        # Once a program writes to a new file, it has written all that it will to the old one; so
        # this must be asked before that one is read.
        has_more = present.has_more()
        for part in old:
            yield from part.news(self._go_on)
        if has_more:
            yield from present.news(self._go_on)
        for part in old:
            if part.looks >= _LOOKS:
                self._parts.remove(part)
                yield from part.end()

    def end(self) -> Iterator[Message]:
        """
        Take what is left of all files as their last lines.
        """
        for part in self._parts:
            yield from part.end()

    def close(self) -> None:
        """
        Close all files.
        """
        for part in self._parts:
            part.file.close()

    def _look(self) -> None:
        """
        Find out whether there are new files.
        """
        base = self._log.base
        identity = identity_at(base)
        if identity == self._identity:
            return
        if identity is None:
            # It is between two files, of which one may have come and gone already.
            if not os.path.lexists(base):
                self._add_between(None)
            return
        try:
            file = open_log(base)
        except OSError as error:
            self._tell_once(Problem(base, None, f"cannot be opened: {error.strerror}"))
            return
        if self._add_between(identity_of(file)):
            self._grow(file)
        else:
            file.close()

    def _add_between(self, new: Identity | None) -> bool:
        """
        Open the files that came and went since the last look.

        :param new: what the new file is known by, if there is one.
        :returns: whether that is not one of them; if they are just being renamed, it is not known
            what it is, and it must be looked for again.
        """
        files = self._all.open_at_rest(bool)
        if files is None:
            return False
        identities = list(map(identity_of, files))
        names = [plain_name(each.name) for each in files]
        end = len(files)
        if new in identities:
            end = identities.index(new)
        elif files and files[-1].name == self._log.base:
            # It has come since, and is found at the next look.
            end -= 1
        if self._identity in identities:
            start = identities.index(self._identity) + 1
        else:
            # It was compressed or removed.  The first of the new names is its own.
            unknown = [at for at, name in enumerate(names) if name not in self._known]
            start = min(unknown, default=end) + (self._identity is not None)
        for at, each in enumerate(files):
            if not start <= at < end:
                each.close()
        # The new one may have its later name already.
        self._known = set(names[:end])
        for each in files[start:end]:
            self._identity = identity_of(each)
            self._parts.append(_Part(each, self._on_problem))
        # Or else it was compressed meanwhile.
        return not files or new in identities

    def _grow(self, file: LogFile) -> None:
        self._identity = identity_of(file)
        with suppress(OSError):
            if os.pread(file.fileno(), len(GZIP), 0) == GZIP:
                what = "is gzipped: it is read, but cannot be followed"
                self._tell_once(Problem(file.name, None, what))
                self._parts.append(_Part(file, self._on_problem))
                return
        self._parts.append(_Growing(file, self._on_problem))

    def _tell_once(self, problem: Problem) -> None:
        if problem not in self._told:
            self._told.add(problem)
            self._on_problem(problem)


def _is_there(log: Log) -> bool:
    """
    :returns: whether there is any file of a log.
    """
    try:
        return any(map(os.path.lexists, log.paths()))
    except OSError:
        return True
