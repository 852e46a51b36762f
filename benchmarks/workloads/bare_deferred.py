"""A Deferred with three callbacks that fires: what it costs by itself, without any logging."""

from __future__ import annotations

from _timing import arguments, report, warm_and_measure
from twisted.internet.defer import Deferred


def pass_on(result: int) -> int:
    return result


def fire_deferreds(operations: int) -> None:
    for number in range(operations):
        deferred: Deferred[int] = Deferred()
        deferred.addCallback(pass_on)
        deferred.addCallback(pass_on)
        deferred.addCallback(pass_on)
        deferred.callback(number)


def main() -> None:
    asked = arguments(__doc__)
    report(asked.operations, operation=warm_and_measure(fire_deferreds, asked))


if __name__ == "__main__":
    main()
