"""
Values that do harm wherever they can: they raise, and they lie about what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo


class Hostile:
    """
    An object whose every method raises, but for the last one in the word.

    :param spared: the name of a method that works.
    """

    def __init__(self, spared: str) -> None:
        object.__setattr__(self, "spared", spared)

    def __getattribute__(self, name: str) -> object:
        raise ZeroDivisionError

    def __repr__(self) -> str:
        if object.__getattribute__(self, "spared") == "repr":
            return "<hostile>"
        raise ZeroDivisionError

    def __str__(self) -> str:
        if object.__getattribute__(self, "spared") == "str":
            return "<hostile>"
        raise ZeroDivisionError

    def __hash__(self) -> int:
        raise ZeroDivisionError

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    def __len__(self) -> int:
        raise ZeroDivisionError

    def __bool__(self) -> bool:
        raise ZeroDivisionError

    def __iter__(self) -> object:
        raise ZeroDivisionError

    def __fspath__(self) -> str:
        raise ZeroDivisionError

    def __float__(self) -> float:
        raise ZeroDivisionError


class HostileKey:
    """
    A key that can be hashed once, and compared never.
    """

    def __init__(self) -> None:
        self.hashed = 0

    def __hash__(self) -> int:
        self.hashed += 1
        if self.hashed > 1:
            raise ZeroDivisionError
        return id(self)

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    def __repr__(self) -> str:
        raise ZeroDivisionError


class Disguised:
    """
    An object that says that it is of another class.

    :param cls: that class.
    """

    def __init__(self, cls: type) -> None:
        object.__setattr__(self, "cls", cls)

    def __getattribute__(self, name: str) -> object:
        if name == "__class__":
            return object.__getattribute__(self, "cls")
        raise ZeroDivisionError


class HostileMeta(type):
    """
    The class of classes that do not want to be asked.
    """

    def __getattribute__(cls, name: str) -> object:
        raise ZeroDivisionError

    def __instancecheck__(cls, instance: object) -> bool:
        raise ZeroDivisionError

    def __subclasscheck__(cls, subclass: type) -> bool:
        raise ZeroDivisionError

    def __repr__(cls) -> str:
        raise ZeroDivisionError

    def __hash__(cls) -> int:
        raise ZeroDivisionError

    def __eq__(cls, other: object) -> bool:
        raise ZeroDivisionError


class OfHostileClass(metaclass=HostileMeta):
    """
    An object of such a class.
    """


class HostileZone(tzinfo):
    """
    A time zone that does not know.
    """

    def utcoffset(self, when: datetime | None) -> timedelta:
        """
        Raise.
        """
        raise ZeroDivisionError

    dst = utcoffset

    def tzname(self, when: datetime | None) -> str:
        """
        Raise.
        """
        raise ZeroDivisionError


class LyingDict(dict[str, object]):
    """
    A dictionary that lies.
    """

    def __iter__(self) -> object:  # type: ignore[override]  # a lie
        raise ZeroDivisionError

    def __getitem__(self, key: str) -> object:
        raise ZeroDivisionError

    def __len__(self) -> int:
        return 10**9

    def __repr__(self) -> str:
        raise ZeroDivisionError

    keys = values = items = __iter__  # type: ignore[assignment]  # lies


class LyingList(list[object]):
    """
    A list that lies.
    """

    def __iter__(self) -> object:  # type: ignore[override]  # a lie
        raise ZeroDivisionError

    def __getitem__(self, index: object) -> object:  # type: ignore[override]  # a lie
        raise ZeroDivisionError

    def __len__(self) -> int:
        return 10**9

    def __repr__(self) -> str:
        raise ZeroDivisionError


class LyingTuple(tuple[object, ...]):
    """
    A tuple that lies.
    """

    __slots__ = ()

    def __iter__(self) -> object:  # type: ignore[override]  # a lie
        raise ZeroDivisionError

    def __len__(self) -> int:
        return 10**9

    def __repr__(self) -> str:
        raise ZeroDivisionError


class LyingSet(set[object]):
    """
    A set that lies.
    """

    def __iter__(self) -> object:  # type: ignore[override]  # a lie
        raise ZeroDivisionError

    def __repr__(self) -> str:
        raise ZeroDivisionError


class LyingStr(str):
    """
    A text that lies.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __str__(self) -> str:
        raise ZeroDivisionError

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    def __len__(self) -> int:
        return 10**9

    def encode(self, *args: object) -> bytes:
        """
        Raise.
        """
        raise ZeroDivisionError


class LyingInt(int):
    """
    A number that lies.
    """

    def __int__(self) -> int:
        raise ZeroDivisionError

    def __le__(self, other: object) -> bool:
        raise ZeroDivisionError

    def __repr__(self) -> str:
        raise ZeroDivisionError

    def bit_length(self) -> int:
        """
        Raise.
        """
        raise ZeroDivisionError

    __lt__ = __ge__ = __gt__ = __le__
    __index__ = __int__
    __str__ = __repr__


class Huge(int):
    """
    A number whose digits Python refuses to write.
    """

    def __repr__(self) -> str:
        return "<huge>"


class LyingFloat(float):
    """
    A number that lies.
    """

    def __float__(self) -> float:
        raise ZeroDivisionError

    def __repr__(self) -> str:
        raise ZeroDivisionError


class LyingBytes(bytes):
    """
    Bytes that lie.
    """

    def decode(self, *args: object) -> str:
        """
        Raise.
        """
        raise ZeroDivisionError

    def __bytes__(self) -> bytes:
        raise ZeroDivisionError

    def __repr__(self) -> str:
        raise ZeroDivisionError


class Mute(Exception):
    """
    An exception that cannot be shown.
    """

    def __str__(self) -> str:
        raise ZeroDivisionError

    def __repr__(self) -> str:
        raise ZeroDivisionError


@dataclass
class HostileRecord:
    """
    A data class whose field cannot be had.
    """

    name: int = 1

    def __getattribute__(self, name: str) -> object:
        if name == "name":
            raise ZeroDivisionError
        return super().__getattribute__(name)

    def __repr__(self) -> str:
        raise ZeroDivisionError
