"""
The slow path of encoding: a copy of a message in which everything can be
encoded.

It runs only where the fast encoder cannot be given a message, or has refused
it.  What cannot be
encoded is replaced, alone, by a text that shows it, and the fields in which
that happened are named in ``eliot:encoding``.  Nothing here recurses, asks a
container by its own (perhaps lying) methods, or raises.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias, cast

from eliot._fields import ENCODING_FIELD
from eliot._text import decode, safe_repr, scrub, type_name

#: Containers nested deeper than this are replaced.
MAXIMUM_DEPTH: Final = 100

#: How many values of one field are kept; those beyond it are replaced.
MAXIMUM_VALUES: Final = 100_000

_SMALLEST = -(2**63)
_LARGEST = 2**64 - 1

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"

#: Turns a value of a type that JSON does not know into one that it knows, or
#: one that is nearer to it; raises :class:`TypeError` where it cannot.
Default: TypeAlias = Callable[[object], object]


def represent(message: dict[str, object], default: Default) -> dict[str, Plain]:
    """
    Copy ``message`` so that it can be encoded.

    :param message: any dictionary.
    :param default: what the encoder would have asked.
    :returns: only exact built-in types, no cycles, text without surrogates,
        integers of 64 bits.  Names the fields that were replaced.
    """
    plain: dict[str, Plain] = {}
    replaced: list[Plain] = []
    # Exact names first, so that none which only looks like it takes a place.
    for key, value in sorted(dict.items(message), key=lambda item: type(item[0]) is not str):
        name, faithful = _key_text(key, plain)
        copy = _Copy(default)
        plain[name] = copy.of(value)
        if copy.replaced or not faithful:
            replaced.append(name)
    if replaced:
        plain[ENCODING_FIELD] = replaced
    return plain


class _Level:
    """
    A container on the way down: the one that is read, what remains to be
    read of it, and its copy.
    """

    __slots__ = ("add", "original", "rest")

    def __init__(
        self,
        original: object,
        rest: Iterator[tuple[object, object]],
        add: Callable[[object, Plain], None],
    ) -> None:
        self.original = original
        self.rest = rest
        self.add = add


class _Copy:
    """
    A copy of one field's value, made with a stack of its own.
    """

    def __init__(self, default: Default) -> None:
        self.replaced = False
        self._default = default
        self._values = 0
        self._path: list[_Level] = []
        self._open: set[int] = set()

    def of(self, value: object) -> Plain:
        """
        Copy ``value``.
        """
        result: list[Plain] = []
        self._descend_into_list(None, iter([(None, value)]), result)
        while self._path:
            level = self._path[-1]
            for key, item in level.rest:
                if self._values > MAXIMUM_VALUES:
                    level.add("...", self._replace(f"<more than {MAXIMUM_VALUES} values>"))
                    level.rest = iter(())
                    break
                before = len(self._path)
                plain = self._copy_or_descend(item)
                # A container's copy is added now, and filled from now on.
                level.add(key, plain)
                if len(self._path) != before:
                    break
            else:
                self._path.pop()
                self._open.discard(id(level.original))
        return result[0]

    def _copy_or_descend(self, value: object) -> Plain:
        self._values += 1
        for _ in range(10):
            plain, known = self._known(value)
            if known:
                return plain
            try:
                value = self._default(value)
            except Exception:
                # Nobody knows how to encode it, so it is shown.
                break
        return self._replace(safe_repr(value))

    def _replace(self, text: str) -> str:
        self.replaced = True
        return text

    def _known(self, value: object) -> tuple[Plain, bool]:
        """
        Copy a value of a type that JSON knows.

        :returns: the copy, and whether the type is known at all.
        """
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return cast("Plain", value), True
        if issubclass(kind, enum.Enum):
            # Asking for the value runs the class's own code.
            return None, False
        if issubclass(kind, str):
            return self._text(cast("str", value)), True
        if issubclass(kind, int):
            return self._integer(int.__add__(cast("int", value), 0)), True
        if issubclass(kind, float):
            return float.__add__(cast("float", value), 0.0), True
        if issubclass(kind, dict):
            return self._container(value, self._descend_into_dict), True
        if issubclass(kind, list):
            return self._container(value, self._descend_into_list_of), True
        if issubclass(kind, tuple):
            return self._container(value, self._descend_into_tuple), True
        return None, False

    def _text(self, value: str) -> str:
        text = scrub(value)
        if text != str.__str__(value):
            self.replaced = True
        return text

    def _integer(self, value: int) -> Plain:
        if _SMALLEST <= value <= _LARGEST:
            return value
        try:
            return self._replace(str(value))
        except ValueError:
            # More digits than this interpreter is willing to write.
            return self._replace(f"<int of {value.bit_length()} bits>")

    def _container(self, value: object, descend: Callable[[object], Plain]) -> Plain:
        if id(value) in self._open:
            return self._replace(f"<{type_name(value)}: contains itself>")
        if len(self._path) > MAXIMUM_DEPTH:
            return self._replace(f"<{type_name(value)}: nested deeper than {MAXIMUM_DEPTH}>")
        return descend(value)

    def _descend_into_dict(self, value: object) -> Plain:
        copy: dict[str, Plain] = {}

        def add(key: object, plain: Plain) -> None:
            name, faithful = _key_text(key, copy)
            copy[name] = plain
            self.replaced = self.replaced or not faithful

        items = list(dict.items(cast("dict[object, object]", value)))
        self._descend(value, iter(items), add)
        return copy

    def _descend_into_list_of(self, value: object) -> Plain:
        items = list.__getitem__(cast("list[object]", value), slice(None))
        return self._descend_into_list(value, ((None, item) for item in items), [])

    def _descend_into_tuple(self, value: object) -> Plain:
        items = tuple.__getitem__(cast("tuple[object, ...]", value), slice(None))
        return self._descend_into_list(value, ((None, item) for item in items), [])

    def _descend_into_list(
        self, original: object, rest: Iterator[tuple[object, object]], copy: list[Plain]
    ) -> Plain:
        self._descend(original, rest, lambda key, plain: copy.append(plain))
        return copy

    def _descend(
        self,
        original: object,
        rest: Iterator[tuple[object, object]],
        add: Callable[[object, Plain], None],
    ) -> None:
        self._path.append(_Level(original, rest, add))
        self._open.add(id(original))


def _key_text(key: object, taken: dict[str, Plain]) -> tuple[str, bool]:
    """
    Make the text of a dictionary's key.

    :param taken: the keys that there are already; a second one of the same
        text must not hide the first.
    :returns: the text, and whether it says what the key was: text does, so do
        bytes in UTF-8, and what the :mod:`json` module turns into text.
    """
    kind = type(key)
    faithful = True
    if issubclass(kind, str):
        exact = str.__str__(cast("str", key))
        text = scrub(exact)
        faithful = text == exact
    elif key is None:
        text = "null"
    elif kind is bool:
        text = "true" if key else "false"
    elif (
        issubclass(kind, int)
        and _SMALLEST <= (number := int.__add__(cast("int", key), 0)) <= _LARGEST
    ):
        text = str(number)
    elif kind is float:
        text = repr(key)
    elif kind is bytes:
        text = decode(cast("bytes", key))
        faithful = text.encode() == key
    else:
        text, faithful = safe_repr(key), False
    if text in taken:
        text, faithful = f"{text} <{type_name(key)} {len(taken)}>", False
    while text in taken:
        text += "'"
    return text, faithful
