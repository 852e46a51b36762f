"""
Uses of ``inline_callbacks`` as type checkers see them.

This is never run: mypy reads it, and complains of each ``ignore`` that is not needed, so those are
tests of what must not pass.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, assert_type

from twisted.internet.defer import Deferred, succeed

from eliot.twisted import inline_callbacks


@inline_callbacks
def generator(x: int, *, y: str = "") -> Generator[Deferred[Any], Any, bytes]:
    """Wait."""
    yield succeed(x)
    return b""


@inline_callbacks
def plain(x: int) -> str:
    """Do not wait."""
    return str(x)


@inline_callbacks
def deferred(x: int) -> Deferred[str]:
    """Have others wait."""
    return succeed(str(x))


@inline_callbacks
async def coroutine(x: int) -> float:
    """Wait."""
    return x


@inline_callbacks
def nothing() -> None:
    """Do nothing."""


@inline_callbacks
def number() -> int:
    """Do not wait."""
    return 3


@inline_callbacks
def numbers() -> list[int]:
    """Do not wait."""
    return [3]


class Ferry:
    """
    Has a method.
    """

    @inline_callbacks
    def moor(self, berth: str) -> Generator[Deferred[None], None, bool]:
        """Wait."""
        yield succeed(None)
        return bool(berth)


def uses() -> None:
    """
    What is right, and what is wrong.
    """
    assert_type(generator(1, y="2"), Deferred[bytes])
    assert_type(plain(1), Deferred[str])
    assert_type(nothing(), Deferred[None])
    assert_type(number(), Deferred[int])
    assert_type(numbers(), Deferred[list[int]])
    assert_type(deferred(1), Deferred[str])
    assert_type(coroutine(1), Deferred[float])
    assert_type(Ferry().moor("B 3"), Deferred[bool])
    assert_type(inline_callbacks(plain, debug=True)(1), Deferred[str])
    generator("1")  # type: ignore[arg-type]
    plain()  # type: ignore[call-arg]
    Ferry().moor(3)  # type: ignore[arg-type]
    inline_callbacks(3)  # type: ignore[call-overload]
