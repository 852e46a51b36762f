"""
The plug-in for pytest: shows what a failed test has logged, and gives tests a
fixture that captures it.

A test that asks for neither is run as without it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Final

import pytest

from eliot._memory import MemoryLogger
from eliot.testing._checks import check_for_errors
from eliot.testing._drawing import draw_log
from eliot.testing._recording import Recording

#: What a test has logged, where it is shown; and what the fixture has captured.
_SHOWN: Final = pytest.StashKey[MemoryLogger]()
_CAPTURED: Final = pytest.StashKey[MemoryLogger]()

_SHOW: Final = "eliot_show_log"


def pytest_addoption(parser: pytest.Parser) -> None:
    """
    Tell pytest of the options.
    """
    parser.getgroup("eliot").addoption(
        "--eliot-show-log",
        action="store_true",
        help="Show, as a tree, what a test has logged with Eliot if it fails.",
    )
    parser.addini(_SHOW, "Show what failed tests have logged with Eliot.", type="bool")


def pytest_configure(config: pytest.Config) -> None:
    """
    Tell pytest of the marker.
    """
    config.addinivalue_line(
        "markers", f"{_SHOW}: show what the test has logged with Eliot if it fails."
    )


@pytest.fixture
def eliot_logger(request: pytest.FixtureRequest) -> Iterator[MemoryLogger]:
    """
    Capture what the test logs, which goes to the destinations as well.  What is
    wrong with a log in any case (see eliot.testing.check_for_errors) makes the
    test fail.
    """
    item: pytest.Item = request.node
    recording = Recording()
    item.stash[_CAPTURED] = recording.memory
    yield recording.memory
    recording.stop()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """
    Record what the test logs, from its preparation to its end, if that is asked for.
    """
    config = item.config
    wanted = config.option.eliot_show_log or config.getini(_SHOW)
    if not wanted and item.get_closest_marker(_SHOW) is None:
        return (yield)
    recording = Recording()
    item.stash[_SHOWN] = recording.memory
    try:
        return (yield)
    finally:
        recording.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """
    Check what the fixture has captured, if the test itself has not failed.
    """
    __tracebackhide__ = True
    yield
    captured = item.stash.get(_CAPTURED, None)
    if captured is not None:
        check_for_errors(captured)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """
    Show what was logged in the report of a failure.
    """
    report = yield
    loggers = [item.stash[key] for key in (_SHOWN, _CAPTURED) if key in item.stash]
    if report.failed and loggers:
        log = draw_log(loggers[0])
        if log:
            report.sections.append((f"Eliot log {report.when}", log))
    if report.when == "teardown":
        # The items are kept until the end of the whole run.
        for key in (_SHOWN, _CAPTURED):
            if key in item.stash:
                del item.stash[key]
    return report
