"""
The floor of an action: what nobody can avoid who is called in this way.

The same calls as in the nested action, and behind them the floor twice, with the same fields.
There is an object, and a context variable that is set and put back; but no levels, no choice of
destinations, no care for odd values, threads, or failures.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from time import time
from types import TracebackType
from typing import Self

import orjson
from _timing import arguments, expect_lines, report, warm_and_measure

Write = Callable[[dict[str, object]], None]

TASK_UUID = "2c2a5c2b-6a29-4b2f-a1f6-5f3f5d2f8a10"


class Least:
    """The least that an action can be."""

    __slots__ = ("_current", "_fields", "_token", "_write")

    def __init__(self, current: ContextVar[Least | None], write: Write) -> None:
        self._current = current
        self._write = write
        self._fields: dict[str, object] = {}

    def __enter__(self) -> Self:
        self._token: Token[Least | None] = self._current.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._current.reset(self._token)
        fields = self._fields
        fields["task_uuid"] = TASK_UUID
        fields["task_level"] = [2, 2]
        fields["timestamp"] = time()
        fields["action_type"] = "bench:nested"
        fields["action_status"] = "succeeded"
        self._write(fields)

    def add_success_fields(self, **fields: object) -> None:
        """Keep the fields of the end message."""
        self._fields = fields


def main() -> None:
    asked = arguments(__doc__)
    dumps = orjson.dumps
    newline = orjson.OPT_APPEND_NEWLINE
    current: ContextVar[Least | None] = ContextVar("current", default=None)
    with asked.path.open("wb") as file:
        write_bytes = file.write
        flush = file.flush

        def write(fields: dict[str, object]) -> None:
            write_bytes(dumps(fields, option=newline))
            flush()

        def start_action(*, action_type: str, **fields: object) -> Least:
            fields["task_uuid"] = TASK_UUID
            fields["task_level"] = [2, 1]
            fields["timestamp"] = time()
            fields["action_type"] = action_type
            fields["action_status"] = "started"
            write(fields)
            return Least(current, write)

        def run_actions(operations: int) -> None:
            for number in range(operations):
                with start_action(action_type="bench:nested", number=number) as action:
                    action.add_success_fields(result=number)

        nanoseconds = warm_and_measure(run_actions, asked)
        expect_lines(asked.path, 2 * asked.total)
    report(asked.operations, operation=nanoseconds)


if __name__ == "__main__":
    main()
