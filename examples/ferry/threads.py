"""
Work in other threads, told as a part of the action: ``python threads.py | eliot tree``.
"""

import sys
from threading import Thread

from twisted.internet.defer import gatherResults
from twisted.internet.task import react
from twisted.internet.threads import deferToThread

from eliot import preserve_context, start_action, to_file


def paint(side: str) -> None:
    """
    Paint one side of a hull, which takes long.
    """
    with start_action(action_type="yard:paint", side=side) as painting:
        painting.add_success_fields(litres=30)


def overhaul() -> None:
    """
    Paint one side in a thread of its own.
    """
    with start_action(action_type="yard:overhaul"):
        thread = Thread(target=preserve_context(paint), args=["port"])
        thread.start()
        thread.join()


async def overhaul_all(reactor: object) -> None:
    """
    Paint both sides in the reactor's threads.
    """
    with start_action(action_type="yard:overhaul_all"):
        await gatherResults(
            deferToThread(preserve_context(paint), side) for side in ("port", "starboard")
        )


if __name__ == "__main__":
    to_file(sys.stdout)
    overhaul()
    react(overhaul_all)
