"""
The grammar of descriptions: ``kind:argument:name=value``, in the manner of
Twisted's endpoint strings.

A backslash takes the meaning from the character after it.  This module knows
nothing of what the parts mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


class DescriptionError(ValueError):
    """
    A destination is described in a way that cannot be understood, or asks for
    what cannot be.

    Parsers of other kinds raise it with a reason, and the option or the
    argument which is wrong; the description is added by who called the parser.

    :param reason: what is wrong, and what would be right.
    :param option: the name of the option that is wrong.
    :param argument: the number of the argument that is wrong, from 0.
    :ivar reason: the same.
    :ivar option: the same.
    :ivar argument: the same.
    :ivar description: the whole description, once it is known.
    :ivar part: the part of it that is wrong, as it stands there.
    :ivar position: where in the description that begins, from 0.
    """

    def __init__(
        self, reason: str, *, option: str | None = None, argument: int | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.option = option
        self.argument = argument
        self.description: str | None = None
        self.part = ""
        self.position = 0

    def __str__(self) -> str:
        if self.description is None:
            return self.reason
        if self.part == self.description:
            return f"The destination {_shown(self.description)}: {self.reason}."
        return (
            f"The destination {_shown(self.description)}, at {_shown(self.part)} "
            f"(character {self.position + 1}): {self.reason}."
        )

    def at(self, description: str, part: str, position: int) -> DescriptionError:
        """
        Say where it is wrong; what is known already stays.

        :returns: this error.
        """
        if self.description is None:
            self.description, self.part, self.position = description, part, position
        return self


@dataclass(frozen=True)
class Part:
    """
    One part of a description, between colons.

    :ivar text: what it means, without escapes: all of an argument, the value of an option.
    :ivar source: as it stands in the description.
    :ivar position: where in the description that begins, from 0.
    """

    text: str
    source: str
    position: int


@dataclass(frozen=True)
class Description:
    """
    A description, taken apart.

    :ivar text: all of it.
    :ivar kind: what comes first.
    :ivar arguments: the parts without a name, in order.
    :ivar options: the parts with one, by it.
    """

    text: str
    kind: Part
    arguments: tuple[Part, ...]
    options: dict[str, Part]

    def error(self, error: DescriptionError) -> DescriptionError:
        """
        Say in an error where in this description it is.
        """
        part = Part(self.text, self.text, 0)
        if error.option in self.options:
            part = self.options[error.option]
        elif error.argument is not None and error.argument < len(self.arguments):
            part = self.arguments[error.argument]
        return error.at(self.text, part.source, part.position)


# One part: characters, each with a backslash before it or special to nobody;
# and the first equals sign.
_PART = re.compile(r"(?:[^\\:=]|\\.)*(=?)(?:[^\\:]|\\.)*", re.DOTALL)

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

_SPECIAL = re.compile(r"[\\:=]")


def _shown(text: str) -> str:
    # Not always by repr(), which doubles the backslashes that this is about.
    return f"'{text}'" if text.isprintable() else repr(text)


def quote_argument(text: str) -> str:
    """
    Escape what has a meaning in descriptions, so that it stands for itself.

    It is for arguments, such as the path of a file, and for values::

        f"file:{quote_argument(path)}:rotate=100MB"

    :param text: any text.
    """
    return _SPECIAL.sub(r"\\\g<0>", text)


def take_apart(text: str) -> Description:
    """
    Take a description apart.

    :raises DescriptionError: if it is none.
    """
    if not text:
        raise DescriptionError("it is empty; write kind:argument:name=value").at(text, text, 0)
    old = _tahoe(text)
    if old is not None:
        return old
    found: list[tuple[str | None, Part]] = []
    position = 0
    while position <= len(text):
        match = _PART.match(text, position)
        assert match is not None  # It matches nothing, too.
        if match.end() < len(text) and text[match.end()] != ":":
            raise DescriptionError(
                r"it ends in the midst of an escape; a backslash itself is written \\"
            ).at(text, text[match.end() :], match.end())
        found.append(_part(match))
        position = match.end() + 1
    name, kind = found.pop(0)
    if name is not None or not kind.text:
        raise DescriptionError("it begins with no kind; write kind:argument:name=value").at(
            text, kind.source, 0
        )
    if len(found) == 1 and not found[0][1].source:
        # "stdout:" is "stdout".
        found = []
    options: dict[str, Part] = {}
    for name, part in found:
        if name is None:
            continue
        if name in options:
            raise DescriptionError(f"the option {name!r} is given twice").at(
                text, part.source, part.position
            )
        options[name] = part
    arguments = tuple(part for name, part in found if name is None)
    return Description(text, kind, arguments, options)


def _part(match: re.Match[str]) -> tuple[str | None, Part]:
    source, position = match[0], match.start()
    if not match[1]:
        return None, Part(_unescaped(source), source, position)
    equals = match.start(1) - position
    text = _unescaped(source[equals + 1 :])
    return _unescaped(source[:equals]), Part(text, source, position)


def _unescaped(source: str) -> str:
    return _ESCAPE.sub(r"\1", source)


# Tahoe-LAFS has written descriptions of files with commas, and paths as they are.
_TAHOE = re.compile(
    r"file:(?P<path>.*?)(?P<options>,(?:rotate_length|max_rotated_files)=.*)", re.DOTALL
)

_TAHOE_NAMES: Final = {"rotate_length": "rotate", "max_rotated_files": "keep"}

# What Tahoe-LAFS does where one of them is not given.
_TAHOE_DEFAULTS: Final = {"rotate": str(2**30), "keep": "10"}


def _tahoe(text: str) -> Description | None:
    match = _TAHOE.fullmatch(text)
    if match is None:
        return None
    options: dict[str, Part] = {}
    position = match.start("options")
    for source in match["options"].split(",")[1:]:
        position += 1
        old, _, value = source.partition("=")
        name = _TAHOE_NAMES.get(old)
        if name is None:
            reason = (
                f"{old!r} cannot stand after a comma; rotate_length= and max_rotated_files= can"
            )
        elif name in options:
            reason = f"the option {old!r} is given twice"
        elif re.fullmatch("[0-9]{1,18}", value) is None:
            reason = (
                f"{old} takes a number, not {value!r}; other options go with file:PATH:name=value"
            )
        else:
            reason = ""
            options[name] = Part(value, source, position)
        if reason:
            raise DescriptionError(reason).at(text, source, position)
        position += len(source)
    for name, value in _TAHOE_DEFAULTS.items():
        options.setdefault(name, Part(value, text, 0))
    path = Part(match["path"], match["path"], len("file:"))
    return Description(text, Part("file", "file", 0), (path,), options)
