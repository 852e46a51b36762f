"""
Messages in the log of trial.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

import eliot
from eliot._encode import encode
from eliot.twisted._trial import shortened
from tests.helpers import Fields, of_type, run_child, scratch, text_of
from tests.testing.running import run_suite

SUITE = """
    from twisted.trial.unittest import SynchronousTestCase

    from eliot import log_message, start_action, write_traceback
    from eliot.twisted import TwistedDestination, redirectLogsForTrial

    ANSWERS = [redirectLogsForTrial() for _ in range(3)]

    class Tests(SynchronousTestCase):
        def test_logs(self):
            first, *others = ANSWERS
            self.assertIsInstance(first, TwistedDestination)
            self.assertEqual(others, [None, None])
            with start_action(action_type="app:deed"):
                log_message("app:said", text="é {x} %s \\n\\ud800")
            try:
                with start_action(action_type="app:other"):
                    raise ValueError("no")
            except ValueError:
                write_traceback()
            log_message("app:long", text="é" * 70_000, small=1)
"""

#: A package whose tests log, with both bridges to Twisted's log at work.
PROJECT = {
    "__init__.py": """
        from twisted.logger import globalLogPublisher

        from eliot.twisted import log_observer, redirectLogsForTrial

        redirectLogsForTrial()
        globalLogPublisher.addObserver(log_observer())
    """,
    **{
        f"test_{name}.py": f"""
            from twisted.internet import reactor
            from twisted.internet.defer import Deferred
            from twisted.internet.task import deferLater
            from twisted.logger import Logger
            from twisted.trial.unittest import TestCase

            from eliot import log_message, start_action

            class {name.capitalize()}Tests(TestCase):
                async def test_sail(self):
                    with start_action(action_type="{name}:sail"):
                        with start_action(action_type="{name}:cast_off"):
                            await deferLater(reactor, 0, lambda: None)
                        Logger(namespace="{name}").info("ahoy")
                        log_message("{name}:at_sea", text="\\n{{")
        """
        for name in ("gull", "tern")
    },
}

#: What says which message it is.
IDENTITY: Fields = {"task_uuid": "some", "task_level": [1, 2], "timestamp": 1.25}

#: A program as pip makes it for a package that has one of the name.
SCRIPT = """
    import sys
    from twisted.scripts.trial import run
    sys.exit(run())
"""


def messages_in(lines: Iterable[str]) -> list[Fields]:
    """
    Decode all that looks like a message.
    """
    return [json.loads(line[line.index("{") :]) for line in lines if "{" in line]


def run_python(test: TestCase, folder: Path, *arguments: str) -> str:
    """
    Run Python in a folder where tests are; it must succeed, and say nothing of errors.

    :returns: what it has printed.
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(folder), str(Path(eliot.__file__).parent.parent)]),
            "PYTHONIOENCODING": "utf-8",
        },
        timeout=60,
    )
    test.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
    return done.stdout


def run_project(test: TestCase, reactor: str) -> tuple[str, str]:
    """
    Run the tests of a package in two workers of ``python -m twisted.trial``; they must pass.

    :param reactor: the reactor that trial uses.
    :returns: trial's log, and the trees that are found in there.
    """
    folder = scratch(test)
    package = folder / "fleet"
    package.mkdir()
    for name, text in PROJECT.items():
        (package / name).write_text(dedent(text), encoding="utf-8")
    run_python(test, folder, "-m", "twisted.trial", f"--reactor={reactor}", "-j2", "fleet")
    trees = run_python(test, folder, "-m", "eliot.cli", "tree", "_trial_temp/test.log")
    return (folder / "_trial_temp" / "test.log").read_text(encoding="utf-8"), trees


def run_trial(test: TestCase, *arguments: str, script: str = "trial") -> list[Fields]:
    """
    Run the suite with trial, in a process of its own; it must pass.

    :param test: the test that asks for it.
    :param arguments: the module or the program to run, and its arguments.
    :param script: the name of the program.
    :returns: the messages in trial's log.
    """
    folder = scratch(test)
    (folder / "suite.py").write_text(dedent(SUITE), encoding="utf-8")
    (folder / script).write_text(dedent(SCRIPT), encoding="utf-8")
    run_python(test, folder, *arguments, "suite")
    log = (folder / "_trial_temp" / "test.log").read_text(encoding="utf-8")
    return messages_in(log.splitlines())


class UnderTrialTests(SynchronousTestCase):
    """
    In all the ways in which trial is run.
    """

    def check(self, messages: list[Fields]) -> None:
        """
        Assert that all messages are there, each once.
        """
        kinds = [each.get("message_type", each.get("action_status")) for each in messages]
        self.assertEqual(
            kinds,
            [
                "started",
                "app:said",
                "succeeded",
                "started",
                "failed",
                "eliot:traceback",
                "app:long",
            ],
        )
        self.assertEqual(messages[1]["text"], "é {x} %s \n\\ud800")

    def test_script(self) -> None:
        """
        The program ``trial``: each message is a line of JSON in its log, once, though the function
        is called three times; an exception in there is no error of the test.
        """
        messages = run_trial(self, "trial")
        self.check(messages)
        self.assertEqual(len(text_of(messages[-1], "text")), 70_000)

    def test_other_names(self) -> None:
        """
        That program by other names that it goes by.
        """
        for name in ("trial3", "trial-script.py"):
            self.check(run_trial(self, name, script=name))

    def test_module(self) -> None:
        """
        ``python -m twisted.trial``.
        """
        self.check(run_trial(self, "-m", "twisted.trial"))

    def test_workers(self) -> None:
        """
        ``trial -j``, where workers run the tests.  What is too large for the way to the parent is
        replaced there, which would be an error of the test otherwise.
        """
        messages = run_trial(self, "trial", "-j", "2")
        self.check(messages)
        long = messages[-1]
        self.assertEqual((long["text"], long["small"]), ("<140002 bytes>", 1))
        self.assertEqual(long["eliot:encoding"], ["text"])

    def test_workers_of_module(self) -> None:
        """
        So does ``python -m twisted.trial -j``.
        """
        self.check(run_trial(self, "-m", "twisted.trial", "-j", "1"))


class ProjectTests(SynchronousTestCase):
    """
    The tests of a package, in workers, with both bridges at work.
    """

    def test_trees(self) -> None:
        """
        The trees of the tests are in ``_trial_temp/test.log``, and ``eliot tree`` draws them from
        there.  An event of Twisted's is there once, as it always was: nothing runs in circles.
        """
        for reactor in ("epoll", "asyncio"):
            log, trees = run_project(self, reactor)
            for name in ("gull", "tern"):
                drawn = re.search(rf"^╰─ {name}:sail .*\n(?:   .*\n)*", trees, re.MULTILINE)
                assert drawn is not None, trees
                self.assertEqual(
                    re.findall(r"─ ([\w:]+) ", drawn[0]),
                    [f"{name}:sail", f"{name}:cast_off", f"{name}:at_sea"],
                )
            self.assertEqual(log.count("ahoy"), 2, log)


class ElsewhereTests(SynchronousTestCase):
    """
    Where nothing is done.
    """

    #: Tells, under any runner, that nothing is.
    SUITE = """
        from unittest import TestCase

        from eliot.twisted import redirectLogsForTrial

        class Tests(TestCase):
            def test_nothing(self):
                self.assertIsNone(redirectLogsForTrial())
    """

    def test_unittest(self) -> None:
        """
        Under unittest.
        """
        outcome = run_suite(self, "unittest", self.SUITE)
        self.assertEqual(outcome.tests, {"test_nothing": "passed"}, outcome.output)

    def test_pytest(self) -> None:
        """
        Under pytest.
        """
        outcome = run_suite(self, "pytest", self.SUITE)
        self.assertEqual(outcome.tests, {"test_nothing": "passed"}, outcome.output)

    def test_program(self) -> None:
        """
        In a program, even one of the same name, and one that uses a part of trial; or where there
        are no arguments at all.
        """
        child = run_child(
            "import sys\n"
            "from eliot.twisted import redirectLogsForTrial\n"
            "assert redirectLogsForTrial() is None\n"
            "sys.argv[0] = '/usr/bin/trial'\n"
            "assert redirectLogsForTrial() is None\n"
            "import twisted.trial.unittest, twisted.scripts.trial\n"
            "sys.argv[0] = '-c'\n"
            "assert redirectLogsForTrial() is None\n"
            "del sys.argv[:]\n"
            "assert redirectLogsForTrial() is None\n"
            "del sys.argv\n"
            "assert redirectLogsForTrial() is None\n"
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))


class ShortenedTests(SynchronousTestCase):
    """
    Messages that are too large.
    """

    def shorten(self, maximum: int, **fields: object) -> Fields:
        """
        Shorten a message.

        :param maximum: how many bytes it may have.
        :param fields: what it has beside its identity.
        """
        line = shortened(encode({**IDENTITY, **fields}), maximum)
        self.assertLessEqual(len(line), maximum)
        message: Fields = json.loads(line)
        return message

    def test_largest(self) -> None:
        """
        The largest fields are replaced, and no more than need be.
        """
        found = self.shorten(
            2_000, message_type="app:said", a="a" * 900, b="b" * 800, c="c" * 1_500
        )
        self.assertEqual(
            found,
            {
                **IDENTITY,
                "message_type": "app:said",
                "a": "a" * 900,
                "b": "b" * 800,
                "c": "<1502 bytes>",
                "eliot:encoding": ["c"],
            },
        )

    def test_replaced_before(self) -> None:
        """
        What was replaced before stays named.
        """
        found = self.shorten(500, a="a" * 900, **{"eliot:encoding": ["b"]})
        self.assertEqual(found["eliot:encoding"], ["b", "a"])

    def test_many(self) -> None:
        """
        Of a message that cannot be helped, the identity remains.
        """
        self.assertEqual(
            self.shorten(1_000, **{str(each): each for each in range(1_000)}), IDENTITY
        )
        self.assertEqual(self.shorten(1_000, message_type="x" * 2_000), IDENTITY)

    @given(
        st.integers(min_value=200, max_value=2_000),
        st.dictionaries(st.text(max_size=50), st.integers(min_value=0, max_value=1_000)),
    )
    def test_fits(self, maximum: int, lengths: dict[str, int]) -> None:
        """
        Whatever it has, it fits, and keeps its identity.
        """
        fields = {name: "x" * length for name, length in lengths.items()}
        line = shortened(encode({**fields, **IDENTITY}), maximum)
        self.assertLessEqual(len(line), maximum)
        self.assertLessEqual(IDENTITY.items(), json.loads(line).items())

    def test_of_type(self) -> None:
        """
        Its type is the last to go.
        """
        found = self.shorten(300, message_type="app:said", a="a" * 900)
        self.assertEqual(of_type([found], "app:said"), [found])
