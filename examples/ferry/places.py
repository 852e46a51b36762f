"""
Show the place that each message has in its task: ``python places.py``.
"""

from contextlib import suppress

from eliot import add_destinations, log_message, start_action, start_task


def show(message: dict[str, object]) -> None:
    """
    Print the fields that give a message its place; this is a destination.
    """
    kind = message.get("action_type", message.get("message_type"))
    print(message["task_level"], kind, message.get("action_status", ""))


add_destinations(show)

with suppress(OSError), start_task(action_type="ferry:cross"):
    log_message("ferry:horn", blasts=1)
    with start_action(action_type="ferry:turn"):
        log_message("ferry:horn", blasts=3)
    raise OSError("aground")
