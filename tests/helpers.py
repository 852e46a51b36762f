"""
What the tests of the writing side share: destinations that are put back, threads that start
together, and child processes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from typing import TypeAlias, TypeVar
from unittest import SkipTest, TestCase

from zope.interface import implementer

import eliot
from eliot._context import NOWHERE, scope
from eliot._destinations import Destinations, all_destinations
from eliot._fields import RESERVED
from eliot._interfaces import ILogger, MessageSerializer

#: How many seconds a test waits for a thread or a process, before it fails.
PATIENCE = 15.0

_Test = TypeVar("_Test", bound=TestCase)
_Function = TypeVar("_Function", bound=Callable[..., object])

#: A message as destinations get it.
Fields: TypeAlias = dict[str, object]


class Recorder:
    """
    A destination that keeps what it is given.

    :ivar messages: copies of the messages, in order.
    """

    def __init__(self) -> None:
        self.messages: list[Fields] = []

    def __call__(self, message: Fields) -> None:
        """
        Keep a message.
        """
        self.messages.append(dict(message))


@implementer(ILogger)
class RecordingLogger:
    """
    A logger of somebody else, which keeps what it is given.

    :ivar messages: the messages, live, in order.
    :ivar serializers: the serializer of each.
    """

    def __init__(self) -> None:
        self.messages: list[Fields] = []
        self.serializers: list[MessageSerializer | None] = []

    def write(self, dictionary: Fields, serializer: MessageSerializer | None = None) -> None:
        """
        Keep a message and its serializer.
        """
        self.messages.append(dictionary)
        self.serializers.append(serializer)


@implementer(ILogger)
class BrokenLogger:
    """
    A logger of somebody else that does not work.

    :param error: what it raises.
    """

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def write(self, dictionary: Fields, serializer: MessageSerializer | None = None) -> None:
        """
        Raise.
        """
        raise self._error


def fresh_context(test: TestCase) -> None:
    """
    Have one test begin outside of all actions, whatever another has left behind.

    :param test: the test.
    """
    test.addCleanup(scope.set, scope.get())
    scope.set(NOWHERE)


def fresh_destinations(test: TestCase) -> Destinations:
    """
    Make the destinations of this process as they are after an import, for one test; what was
    there before is put back after it.  The test begins outside of all actions.

    :param test: the test.
    :returns: the destinations of the process.
    """
    fresh_context(test)
    fresh_context(test)
    kept = {name: getattr(all_destinations, name) for name in Destinations.__slots__}

    def put_back() -> None:
        for name, value in kept.items():
            setattr(all_destinations, name, value)

    test.addCleanup(put_back)
    Destinations.__init__(all_destinations)
    return all_destinations


def record(test: TestCase) -> list[Fields]:
    """
    Have all messages recorded, and sent nowhere else, for one test.

    :param test: the test.
    :returns: the messages, as they come.
    """
    recorder = Recorder()
    fresh_destinations(test).add(recorder)
    return recorder.messages


def level_of(message: Fields) -> list[int]:
    """
    Get the place of a message in its task.

    :raises AssertionError: if that is not a list of positive integers.
    """
    level = message["task_level"]
    assert isinstance(level, list), level
    assert all(type(step) is int and step >= 1 for step in level), level
    return level


def text_of(message: Fields, field: str) -> str:
    """
    Get the value of a field that must be text.

    :raises AssertionError: if it is not.
    """
    value = message[field]
    assert isinstance(value, str), value
    return value


def identity_of(message: Fields) -> tuple[str, tuple[int, ...]]:
    """
    Get what names a message uniquely.
    """
    return text_of(message, "task_uuid"), tuple(level_of(message))


def of_type(messages: list[Fields], name: str) -> list[Fields]:
    """
    Select messages.

    :param name: the type of the messages, or of the action that they tell of.
    """
    return [
        each for each in messages if name in (each.get("message_type"), each.get("action_type"))
    ]


def said(message: Fields) -> Fields:
    """
    Select the fields of a message that the framework has not added.
    """
    return {name: value for name, value in message.items() if name not in RESERVED}


def hand_through(function: _Function) -> _Function:
    """
    Decorate a function, as others do.
    """

    @wraps(function)
    def wrapper(*args: object, **kwargs: object) -> object:
        return function(*args, **kwargs)

    return wrapper  # type: ignore[return-value]  # the same by what it shows


def unraisable(test: TestCase) -> list[object]:
    """
    Note the exceptions that are only printed, such as those of generators that are collected.

    :param test: the test during which that is done.
    :returns: them.
    """
    seen: list[object] = []
    original = sys.unraisablehook

    def note(unraisable: object) -> None:
        seen.append(getattr(unraisable, "exc_value", unraisable))

    def put_back() -> None:
        sys.unraisablehook = original

    test.addCleanup(put_back)
    sys.unraisablehook = note
    return seen


def run_together(*functions: Callable[[], object], patience: float = PATIENCE) -> None:
    """
    Run functions in threads at the same time, with the interpreter switching between them as often
    as it can, and wait for all: but not for ever, since threads that wake each other may hang.

    :param patience: how many seconds each is waited for.
    :raises ExceptionGroup: of what they raise; of a TimeoutError if one does not return.
    """
    errors: list[Exception] = []

    def run(function: Callable[[], object]) -> None:
        try:
            function()
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=run, args=(each,), daemon=True) for each in functions]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(patience)
            if thread.is_alive():
                errors.append(TimeoutError(f"{thread.name} does not end"))
    finally:
        sys.setswitchinterval(interval)
    if errors:
        raise ExceptionGroup("in threads", errors)


def in_threads(count: int, function: Callable[[int], object]) -> None:
    """
    Call a function in several threads that start at once; return when all have ended.

    :param count: how many threads there are.
    :param function: is given the number of its thread, from 0.
    :raises Exception: the first that one of the calls has raised.
    """
    together = Barrier(count)

    def run(number: int) -> None:
        together.wait()
        function(number)

    try:
        run_together(*[partial(run, number) for number in range(count)], patience=4 * PATIENCE)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None


def known_wrong(reason: str) -> Callable[[Callable[[_Test], None]], Callable[[_Test], None]]:
    """
    Mark a test of something that is known to be wrong: it is skipped as long as it fails, and fails
    once what it tests is right, so that the mark is taken away.  Trial has a mark for this, too,
    but pytest does not understand it.

    :param reason: why it is wrong.
    """

    def mark(test: Callable[[_Test], None]) -> Callable[[_Test], None]:
        @wraps(test)
        def run(self: _Test) -> None:
            try:
                test(self)
            except self.failureException:
                raise SkipTest(f"known to be wrong: {reason}") from None
            self.fail("This is right now: take the mark away.")

        return run

    return mark


def unmeasured() -> dict[str, str]:
    """
    Make the environment of processes whose coverage is not measured.  What measures it has a lock,
    which is held for ever where Ctrl-C comes while it is, and in the child of a process that forks
    while another thread holds it.

    :returns: this environment, without what asks for measuring.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def run_child(
    program: str, *arguments: str, measured: bool = True
) -> subprocess.CompletedProcess[str]:
    """
    Run a program in a new interpreter, in which warnings are errors.

    :param program: its source.
    :param arguments: what it finds in ``sys.argv`` after the first.
    :param measured: whether its coverage may be measured; see :func:`unmeasured`.
    :returns: its exit status (negative: the signal that killed it), output and errors.
    """
    environment = {
        **(os.environ if measured else unmeasured()),
        "PYTHONPATH": str(Path(eliot.__file__).parent.parent),
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        check=False,
        env=environment,
        text=True,
        timeout=60,
    )


def start_process(
    test: TestCase,
    folder: Path,
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """
    Start a process that goes on while the test does; it is killed after the test.

    :param folder: where it runs.  What it prints is in the file ``output`` there.
    :param environment: variables that it has beside those of this process.
    :param pass_fds: the descriptors that it inherits.
    """
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
        )
    test.addCleanup(process.wait)
    test.addCleanup(process.kill)
    return process


def unshare_mounts() -> list[str]:
    """
    Say how a command is begun that mounts disks which nobody else sees.

    :raises SkipTest: if that cannot be done here.
    """
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        raise SkipTest("Only root can mount a disk.")
    if subprocess.run([unshare, "-m", "true"], capture_output=True, check=False).returncode:
        raise SkipTest("Not even root can mount a disk here.")
    return [unshare, "-m"]


def await_end(pid: int) -> None:
    """
    Wait for a process to end that need not be a child of this one.

    :raises TimeoutError: if it does not.
    """
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        # Readable once the process has ended.
        if not select([descriptor], [], [], 2 * PATIENCE)[0]:
            raise TimeoutError(f"process {pid} does not end")
    finally:
        os.close(descriptor)


def in_forked_child(function: Callable[[], str]) -> str:
    """
    Call a function in a forked child of this process.

    :param function: what to call.
    :returns: what it returns there.
    :raises ChildProcessError: if it raises there, or takes longer than 10 seconds.
    """
    readable, writable = os.pipe()
    with warnings.catch_warnings():
        # Python warns where there are other threads: what becomes of those is what is tested.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        status = 0
        # What waits for ever in the child must not do so here.
        signal.alarm(10)
        try:
            answer = function()
        except BaseException as error:
            answer, status = repr(error), 1
        os.write(writable, answer.encode())
        os._exit(status)
    os.close(writable)
    with open(readable, encoding="utf-8") as file:
        answer = file.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise ChildProcessError(f"status {status}: {answer}")
    return answer


def scratch(test: TestCase) -> Path:
    """
    Make a folder for one test.

    :param test: the test, after which the folder is removed.
    """
    folder = TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    return Path(folder.name)
