"""
What becomes of a call: its action, from the start to the result, whenever that comes.
"""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from types import CoroutineType
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast

from eliot._action import Action
from eliot._context import enter, leave, scope
from eliot._guests import exception_of_future, is_deferred, is_failure, is_future
from eliot._start import begin

if TYPE_CHECKING:
    from eliot._guests import Future

_T = TypeVar("_T")

_Coroutine: TypeAlias = "CoroutineType[object, object, object]"

_get_scope = scope.get
_set_scope = scope.set

# Results that are surely nothing to wait for.
_PLAIN: Final = frozenset([type(None), bool, int, float, str, bytes, list, tuple, dict, set])


class CallLog:
    """
    What is logged of one function's calls.

    :param action_type: the type of their actions.
    :param include_result: whether the end message has the result.
    """

    __slots__ = ("_action_type", "_include_result")

    def __init__(self, action_type: str, include_result: bool) -> None:
        self._action_type = action_type
        self._include_result = include_result

    def start(self, fields: dict[str, object]) -> Action:
        """
        Start an action.

        :param fields: its start message's; no name of them means anything here.
        """
        return begin(None, self._action_type, fields)

    def begin(self, fields: dict[str, object]) -> Action:
        """
        Start an action, and make it the current one.
        """
        action = self.start(fields)
        _set_scope((action, _get_scope()))
        return action

    def failed(self, action: Action, error: BaseException) -> None:
        """
        A function has raised.
        """
        leave(action)
        action.finish(error)

    def thrown(self, action: Action, error: BaseException) -> None:
        """
        A generator has raised; after it was closed, that is how it ends.
        """
        action.finish(None if issubclass(type(error), GeneratorExit) else error)

    def returned(self, action: Action, result: _T) -> _T:
        """
        A function has returned what may stand for a result that is yet to come.
        """
        leave(action)
        try:
            if type(result) not in _PLAIN:
                if type(result) is CoroutineType:
                    # As of a function that calls an ``async def``.
                    return cast("_T", self._awaited_later(action, cast("_Coroutine", result)))
                if self._followed(action, result):
                    return result
        except Exception:
            # One that does not work is logged as any other object.
            pass
        self.gave(action, result)
        return result

    def completed(self, action: Action, result: _T) -> _T:
        """
        A coroutine has returned its result.
        """
        leave(action)
        self.gave(action, result)
        return result

    def gave(self, action: Action, result: _T) -> _T:
        """
        The result is there.
        """
        if self._include_result:
            action.add_success_fields(result=result)
        action.finish()
        return result

    def _followed(self, action: Action, result: object) -> bool:
        """
        Have the action end with what a Deferred or a future stands for.

        :returns: whether it is one of them.
        """
        if is_deferred(result):
            result.addBoth(self._fired, action)
        elif is_future(result):
            if result.done():
                self._done(action, result)
            else:
                result.add_done_callback(partial(self._done, action))
        else:
            return False
        return True

    def _fired(self, result: _T, action: Action) -> _T:
        if is_failure(result):
            action.finish(result)
        else:
            self.gave(action, result)
        return result

    def _done(self, action: Action, future: Future) -> None:
        error = exception_of_future(future)
        if error is None:
            self.gave(action, future.result())
        else:
            action.finish(error)

    async def _awaited(self, action: Action, awaited: Awaitable[_T]) -> _T:
        enter(action)
        try:
            result = await awaited
        except BaseException as error:
            self.failed(action, error)
            raise
        return self.completed(action, result)

    def _awaited_later(self, action: Action, awaited: _Coroutine) -> _Coroutine:
        made = cast("_Coroutine", self._awaited(action, awaited))
        made.__name__ = awaited.__name__
        made.__qualname__ = awaited.__qualname__
        return made
