"""
The same under pytest: ``pytest --eliot-show-log examples/ferry/sinking_under_pytest.py``.
"""

from eliot import MemoryLogger, log_message, start_action


def cross(ferry: str) -> None:
    """
    Cross the sound, and do not arrive.
    """
    with start_action(action_type="ferry:cross", ferry=ferry):
        log_message("ferry:leak", litres=400)
        raise RuntimeError("she sinks")


def test_cross() -> None:
    """
    A ferry arrives.
    """
    cross("Gull")


def test_horn(eliot_logger: MemoryLogger) -> None:
    """
    The fixture has what was logged.
    """
    log_message("ferry:horn", blasts=2)
    (message,) = eliot_logger.messages
    assert message["blasts"] == 2
