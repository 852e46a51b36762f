"""
What each task consisted of: ``python outline.py orders.log``.
"""

import json
import sys
from collections.abc import Iterator

from eliot.parse import Parser, WrittenAction, WrittenMessage


def outline(item: WrittenAction | WrittenMessage, depth: int = 0) -> Iterator[str]:
    """
    Name an action, and what happened in it.
    """
    name = item.action_type if isinstance(item, WrittenAction) else item.contents["message_type"]
    yield f"{'  ' * depth}{item.task_level.to_string()} {name}"
    if isinstance(item, WrittenAction):
        for child in item.children:
            yield from outline(child, depth + 1)


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as log:
        for task in Parser.parse_stream(map(json.loads, log)):
            print("\n".join(outline(task.root())))
