"""
What is odd about a log: ``python cracks.py orders.log``.
"""

import sys

from eliot.read import ActionNode, Gap, Message, Task, printable, read_messages, read_tasks


def describe(task: Task) -> list[str]:
    """
    Say what a task lacks, and what it has too much of.
    """
    said = [] if task.is_complete else ["is not complete"]
    if task.is_rest:
        said.append("comes after its end")
    waiting = [task.root]
    while waiting:
        for child in waiting.pop().children():
            item = child.item
            if isinstance(item, Gap):
                said.append(f"lacks {item.first} to {item.last}")
            elif isinstance(item, ActionNode | Message):
                if child.late:
                    said.append(f"has a late {printable(item.type or '?')}")
                if child.duplicate:
                    said.append(f"has another message at {child.number}")
                if isinstance(item, ActionNode):
                    waiting.append(item)
    return said


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as log:
        for task in read_tasks(read_messages(log, sys.argv[1], on_problem=print)):
            for each in describe(task):
                print(f"{printable(task.task_uuid)} {each}")
