"""
Two ferries at the same time, under Trio: ``python with_trio.py | eliot tree``.
"""

import sys

import trio

from eliot import log_message, start_action, to_file


async def cross(ferry: str) -> None:
    """
    Sail, and take a look at the water half way.
    """
    with start_action(action_type="ferry:cross", ferry=ferry):
        await trio.sleep(0.01)
        log_message("ferry:half_way", ferry=ferry)


async def main() -> None:
    """
    Let both ferries sail.
    """
    with start_action(action_type="harbour:noon"):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(cross, "Gull")
            nursery.start_soon(cross, "Tern")


if __name__ == "__main__":
    to_file(sys.stdout)
    trio.run(main)
