"""
Uses of ``log_call`` and ``preserve_context`` as type checkers see them.

This is never run: mypy reads it, and complains of each ``ignore`` that is not needed, so those are
tests of what must not pass.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar, assert_type

from twisted.internet.defer import Deferred, succeed

from eliot import Action
from eliot._call import log_call
from eliot._root import start_root_action
from eliot._threads import preserve_context

_T = TypeVar("_T")


@log_call
def plain(x: int, *, y: str = "") -> float:
    """Stay as it is."""
    return x


@log_call()
def parentheses(x: int) -> str:
    """Stay as it is."""
    return str(x)


@log_call(action_type="x", include_args=["x"], include_result=False, fields={"more": 1})
async def coroutine(x: int) -> bytes:
    """Stay as it is."""
    return bytes(x)


@log_call
def generator(x: int) -> Iterator[int]:
    """Stay as it is."""
    yield x


@log_call
async def async_generator(x: int) -> AsyncIterator[int]:
    """Stay as it is."""
    yield x


@log_call
def deferred(x: int) -> Deferred[int]:
    """Stay as it is."""
    return succeed(x)


@log_call
def generic(x: _T) -> list[_T]:
    """Stay as it is."""
    return [x]


class Example:
    """
    Methods of all kinds.
    """

    @log_call
    def method(self, x: int) -> int:
        """Stay as it is."""
        return x

    @classmethod
    @log_call
    def of_class(cls, x: int) -> int:
        """Stay as it is."""
        return x

    @staticmethod
    @log_call(include_result=False)
    def static(x: int) -> int:
        """Stay as it is."""
        return x

    @log_call
    @classmethod
    def of_class_too(cls, x: int) -> int:
        """Stay as it is."""
        return x


async def right() -> None:
    """
    What must pass.
    """
    assert_type(plain(1, y="z"), float)
    assert_type(parentheses(1), str)
    assert_type(await coroutine(1), bytes)
    assert_type(generator(1), Iterator[int])
    assert_type(async_generator(1), AsyncIterator[int])
    assert_type(deferred(1), Deferred[int])
    assert_type(generic("x"), list[str])
    assert_type(Example().method(1), int)
    assert_type(Example.of_class(1), int)
    assert_type(Example.of_class_too(1), int)
    assert_type(Example.static(1), int)
    assert_type(log_call(plain, include_args=["x"])(1), float)
    assert_type(preserve_context(plain)(1, y="z"), float)
    assert_type(start_root_action("root", logger=1), Action)
    unchanged: Callable[[int], bytes] = preserve_context(bytes)
    unchanged(1)


async def wrong() -> None:
    """
    What must not.
    """
    plain("x")  # type: ignore[arg-type]  # x is an integer
    plain(1, "z")  # type: ignore[call-arg]  # y is for keywords only
    plain()  # type: ignore[call-arg]  # x is missing
    parentheses(x="1")  # type: ignore[arg-type]  # x is an integer
    (await coroutine(1)).encode()  # type: ignore[attr-defined]  # bytes have no such method
    deferred(1).result()  # type: ignore[operator]  # no such method
    Example().method("x")  # type: ignore[arg-type]  # x is an integer
    Example.of_class()  # type: ignore[call-arg]  # x is missing
    log_call(1)  # type: ignore[call-overload]  # not to be called
    log_call(include_arg=["x"])  # type: ignore[call-overload]  # no such option
    log_call(fields=["x"])  # type: ignore[call-overload]  # not a mapping
    preserve_context(plain)("x")  # type: ignore[arg-type]  # x is an integer
    preserve_context(plain)(1, z=1)  # type: ignore[call-arg]  # no such argument
    start_root_action(action_type="root")  # type: ignore[call-arg]  # by position only
