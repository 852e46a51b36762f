"""
Which files are one log.

A log that is rotated is several files: that of its name, which is being written, and older ones
whose names have something behind it.  These are known, each also with ``.gz``:

* ``app.log.20261124T101500Z``, what this framework writes;
* ``app.log.1``, the newest of the older ones, ``app.log.2``, ...: ``logrotate``, Twisted's
  ``LogFile``, ``RotatingFileHandler``;
* ``app.log-20261124``, ``app.log-20261124-1764000000``, ``app.log.2026_11_24``,
  ``app.log.2026-11-24_10``: ``logrotate`` with ``dateext``, Twisted's ``DailyLogFile``,
  ``TimedRotatingFileHandler``.
"""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias, final

from eliot.read._files import LogFile, open_log
from eliot.read._problems import Problem

#: Sorts the files of one log by their age, the oldest first.
_Age: TypeAlias = tuple[int, ...]

#: What a file on a disk is known by, whatever its name.
Identity: TypeAlias = tuple[int, int]

_OLD: Final = re.compile(
    r"""
    (?P<base> .+?)
    (?:
        \. (?P<number> [0-9]{1,7})
        | \. (?P<stamp> [0-9]{8} T [0-9]{6} Z (?:n[0-9]{6})?)
        | [-._] (?P<date> (?: [0-9]{8,} | [0-9]{4} [-_] [0-9]{1,2} [-_] [0-9]{1,2})
            (?: [-._T]? [0-9]+)*)
    )
    (?P<compressed> \.(?:gz|bz2|xz|zst))?
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)

# What is being compressed, and is there as it was before as well.
_UNFINISHED: Final = re.compile(r".+\.gz\.[0-9a-f]{8}\.part", re.ASCII | re.DOTALL)

_DIGITS: Final = re.compile(r"[0-9]+", re.ASCII)

# Dated files come before numbered ones, and all of them before the one that is being written.
_DATED, _NUMBERED, _PRESENT = range(3)

# How often files are opened anew, because they were renamed just then.
_ATTEMPTS: Final = 10


class _Name(NamedTuple):
    """
    What the path of a file says.

    :ivar base: the path of the log that it belongs to, which may be itself.
    :ivar plain: its path when it is not compressed.
    :ivar age: sorts it among the files of the log.
    :ivar is_sure: whether nothing else has such names.
    """

    base: str
    plain: str
    age: _Age
    is_sure: bool


def find_logs(
    patterns: Iterable[str], on_problem: Callable[[Problem], object], *, rotated: bool = False
) -> list[Log]:
    """
    Find logs, and put the files of each in order.

    Files whose names are those of one log become one, if the file of its name is there.

    :param patterns: paths of files, or patterns of them, in which ``**`` stands for any folders.
        A file of that very name comes first.
    :param on_problem: is told of patterns that no file matches.
    :param rotated: whether older files that are there belong to a log although they were not
        given.
    :returns: the logs, in the order in which their first files were given.
    """
    matches = [path for pattern in patterns for path in _matches(pattern, on_problem)]
    # A file that is given twice, perhaps by another name, is read once.
    paths = {os.path.realpath(path): path for path in reversed(matches)}
    given = set(matches)
    logs: dict[str, Log] = {}
    for path in reversed(paths.values()):
        name = _read_name(path)
        if not (name.is_sure or name.base in given or os.path.lexists(name.base)):
            name = _Name(path, path, (_PRESENT,), is_sure=True)
        log = logs.setdefault(_place(name.base), Log(name.base, rotated=rotated))
        log.add(path)
    return list(logs.values())


@final
class Log:
    """
    One log, which may be several files.

    :param base: the path that the file has to which the log is written.
    :param rotated: whether older files are looked for.
    """

    __slots__ = ("_given", "_rotated", "base")

    def __init__(self, base: str, *, rotated: bool = False) -> None:
        self.base = base
        self._rotated = rotated
        self._given: list[str] = []

    def add(self, path: str) -> None:
        """
        Add a file that was given.
        """
        self._given.append(path)

    def paths(self) -> list[str]:
        """
        List the files as they are now.

        :returns: their paths, the oldest first.
        :raises OSError: if older files were to be looked for, and that cannot be done.
        """
        paths = [*self._given]
        # A log may be a link into another folder, where it is rotated.
        target = os.path.realpath(self.base)
        if self._rotated:
            paths += _older(target if os.path.islink(self.base) else self.base)
            if os.path.lexists(self.base):
                paths.append(self.base)
            elif len(paths) > 1 and self.base in paths:
                # It has been renamed, and nothing was written since.
                paths.remove(self.base)
        own = {_place(self.base), target}
        found: dict[str, tuple[_Age, str]] = {}
        for path in paths:
            name = _read_name(path)
            if _place(name.base) in own:
                # While it is compressed a file is there twice, and the plain one is whole.
                found.setdefault(_place(name.plain), (name.age, _existing(name.plain, path)))
            else:
                found.setdefault(_place(path), ((_PRESENT,), path))
        return [path for _, path in sorted(found.values())]

    def open(self, on_problem: Callable[[Problem], object]) -> list[LogFile]:
        """
        Open all of its files.  What is renamed, compressed or removed later is read all the same.

        :param on_problem: is told what could not be opened.
        :returns: the files, the oldest first, without those that could not be opened.
        """
        problems: list[Problem] = []
        for _ in range(_ATTEMPTS):
            problems.clear()
            at_rest = self.open_at_rest(problems.append)
            if at_rest is not None:
                files = at_rest
                break
        else:
            files, _ = self._open_once(problems.append)
            problems.append(Problem(self.base, None, "rotated too often to be read in order"))
        for problem in problems:
            on_problem(problem)
        return files

    def open_at_rest(self, on_problem: Callable[[Problem], object]) -> list[LogFile] | None:
        """
        Do so, unless its files are renamed at the same time.

        :param on_problem: is told what could not be opened.
        :returns: the files, or nothing if they were renamed.
        """
        files, is_at_rest = self._open_once(on_problem)
        if is_at_rest:
            return files
        for file in files:
            file.close()
        return None

    def _open_once(self, on_problem: Callable[[Problem], object]) -> tuple[list[LogFile], bool]:
        """
        :returns: the files, and whether they had the same names before and after.
        """
        try:
            paths = self.paths()
        except OSError as error:
            what = f"cannot be searched for older files: {error.strerror}"
            on_problem(Problem(os.path.dirname(self.base) or ".", None, what))
            paths = [*self._given]
        files: dict[str, LogFile] = {}
        identities: list[Identity | None] = []
        for path in paths:
            identity = None
            try:
                file = open_log(path)
            except OSError as error:
                on_problem(Problem(path, None, f"cannot be opened: {error.strerror}"))
            else:
                identity = identity_of(file)
                # One file has two names in the middle of a rotation.
                if identity is not None and identity in identities:
                    file.close()
                else:
                    files[path] = file
            identities.append(identity)
        try:
            is_at_rest = identities == [*map(identity_at, self.paths())]
        except OSError:
            is_at_rest = True
        return list(files.values()), is_at_rest


def plain_name(path: str) -> str:
    """
    :returns: the path that an old file has when it is not compressed.
    """
    return _read_name(path).plain


def identity_of(file: LogFile) -> Identity | None:
    """
    :returns: what an open file is known by, whatever its name; ``None`` if it is none on a disk.
    """
    return _identity(os.fstat(file.fileno()))


def identity_at(path: str) -> Identity | None:
    """
    :returns: what the file of a name is known by; ``None`` if there is none on a disk.
    """
    try:
        return _identity(os.stat(path))
    except OSError:
        return None


def _identity(status: os.stat_result) -> Identity | None:
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def _matches(pattern: str, on_problem: Callable[[Problem], object]) -> list[str]:
    if not glob.has_magic(pattern) or os.path.lexists(pattern):
        return [pattern]
    found = [
        each
        for each in sorted(glob.iglob(pattern, recursive=True))
        if not (os.path.isdir(each) or _UNFINISHED.fullmatch(each))
    ]
    if not found:
        on_problem(Problem(pattern, None, "no file matches this pattern"))
    return found


def _read_name(path: str) -> _Name:
    folder, name = os.path.split(path)
    match = _OLD.fullmatch(name)
    if match is None:
        return _Name(path, path, (_PRESENT,), is_sure=True)
    if match["number"] is not None:
        age: _Age = (_NUMBERED, -int(match["number"]))
    else:
        age = (_DATED, *_numbers(match["stamp"] or match["date"]))
    return _Name(
        os.path.join(folder, match["base"]),
        path.removesuffix(match["compressed"] or ""),
        age,
        is_sure=match["stamp"] is not None,
    )


def _older(base: str) -> Iterator[str]:
    """
    Find the older files of a log.

    :raises OSError: if its folder cannot be read.
    """
    folder = os.path.dirname(base)
    with os.scandir(folder or ".") as entries:
        for entry in entries:
            path = os.path.join(folder, entry.name)
            if path != base and _read_name(path).base == base and entry.is_file():
                yield path


def _place(path: str) -> str:
    """
    :returns: the same for all ways to write a path, but not for links to a file.
    """
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)


def _existing(plain: str, path: str) -> str:
    candidates = [plain, path, f"{plain}.gz"]
    return next((each for each in candidates if os.path.lexists(each)), path)


def _numbers(date: str) -> list[int]:
    found: list[int] = []
    for digits in _DIGITS.findall(date):
        # A date that is written in one, perhaps with the time.
        if not found and len(digits) >= 8:
            found += [int(digits[:4]), int(digits[4:6])]
            found += [int(digits[at : at + 2]) for at in range(6, len(digits), 2)]
        else:
            found.append(int(digits))
    return found
