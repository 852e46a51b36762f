"""
Two ferries at the same time, under asyncio: ``python with_asyncio.py | eliot tree``.
"""

import asyncio
import sys

from eliot import log_message, start_action, to_file


async def cross(ferry: str) -> None:
    """
    Sail, and take a look at the water half way.
    """
    with start_action(action_type="ferry:cross", ferry=ferry):
        await asyncio.sleep(0.01)
        log_message("ferry:half_way", ferry=ferry)


async def main() -> None:
    """
    Let both ferries sail.
    """
    with start_action(action_type="harbour:noon"):
        await asyncio.gather(cross("Gull"), cross("Tern"))


if __name__ == "__main__":
    to_file(sys.stdout)
    asyncio.run(main())
