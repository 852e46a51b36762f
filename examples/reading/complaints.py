"""
Who did not get what they ordered, and why: ``python complaints.py orders.log``.
"""

import json
import sys
from collections.abc import Iterator

from eliot.parse import Parser, WrittenAction


def complaints(path: str) -> Iterator[str]:
    """
    Find the orders that have failed.
    """
    with open(path, "rb") as log:
        for task in Parser.parse_stream(map(json.loads, log)):
            root = task.root()
            if isinstance(root, WrittenAction) and root.status == "failed":
                assert root.start_message is not None
                yield f"{root.start_message.contents['customer']}: {root.reason}"


if __name__ == "__main__":
    print("\n".join(complaints(sys.argv[1])))
