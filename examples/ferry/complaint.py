"""
Give passengers a number under which the log can be searched: ``python complaint.py``.
"""

from eliot import current_action, start_task


def apology() -> str:
    """
    Say that something went wrong, and where it can be looked up.
    """
    action = current_action()
    if action is None:
        return "We are sorry."
    return f"We are sorry. Please quote {action.task_uuid} if you write to us."


if __name__ == "__main__":
    print(apology())
    with start_task(action_type="office:sell_ticket"):
        print(apology())
