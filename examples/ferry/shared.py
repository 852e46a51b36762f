"""
Call all ferries at once, by an id that each of them continues: ``python shared.py | eliot tree``.
"""

import sys

from eliot import Action, start_action, start_task, to_file


def call_all(count: int) -> None:
    """
    Send the same letters to everybody.
    """
    with start_action(action_type="harbour:call_all") as calling:
        task_id = calling.serialize_task_id(shared=True)
        for _ in range(count):
            answer(task_id)


def answer(task_id: bytes) -> None:
    """
    What each ferry does when the letters come.
    """
    with Action.continue_task(task_id=task_id, action_type="ferry:answer"):
        pass


def call_twice() -> None:
    """
    Call one ferry until it answers, which takes two attempts.  Each attempt has an id of its own.
    """
    with start_action(action_type="harbour:call") as calling:
        for attempt in range(2):
            receive(calling.serialize_task_id(), attempt)


def receive(task_id: bytes, attempt: int) -> None:
    """
    What the ferry does.
    """
    with Action.continue_task(task_id=task_id, action_type="ferry:receive", attempt=attempt):
        pass


def answer_apart(task_id: bytes) -> None:
    """
    Begin a task of one's own for a stranger, and write down what the stranger has sent.
    """
    with start_task(action_type="ferry:answer", called_by=task_id):
        pass


if __name__ == "__main__":
    to_file(sys.stdout)
    call_all(2)
    call_twice()
    with start_action(action_type="harbour:call") as calling:
        answer_apart(calling.serialize_task_id(shared=True))
