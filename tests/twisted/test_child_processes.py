"""
Tests of logged processes with real ones, which do all that processes do.
"""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import read_tasks
from tests.examples.running import read_log
from tests.helpers import Fields, level_of, of_type, run_child, said, scratch
from tests.twisted.helpers import messages_in

#: Starts all the processes at the same time, each inside an action that is named after it.
PARENT = """
import sys
from twisted.application.reactors import installReactor
log_path, reactor_name, folder = sys.argv[1:]
reactor = installReactor(reactor_name)

from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import react
from eliot import add_global_fields, current_action, log_message, start_action, to_file
from eliot.twisted import spawn_logged

file = open(log_path, "ab")
to_file(file)
add_global_fields(process="parent")

LOG = '''
import os, sys
from eliot import add_global_fields, continue_task_from_environment, log_message, to_file
add_global_fields(process="child")
to_file(os.fdopen(int(sys.argv[1]), "ab"))
with continue_task_from_environment("child:main"):
    log_message("hello")
'''

# A service, whose root action ends by itself.
SERVICE = '''
from twisted.internet.task import react, deferLater
from eliot import log_message
from eliot.twisted import start_logging

def main(reactor):
    start_logging(
        "fd:3",
        reactor=reactor,
        root_action="child:service",
        twisted_log=False,
        fields={"process": "child"},
    )
    log_message("hello")
    return deferLater(reactor, 0)

react(main)
'''

NOT_OURS = {"continued": False}

PROGRAMS = {
    "logs": (LOG, ["1"], {}),
    "logs elsewhere": (LOG + "print('Hello!')", ["3"], {"log_descriptor": 3}),
    "serves": (SERVICE, [], {"log_descriptor": 3}),
    "fails": ("import sys; sys.exit('Alas!')", [], NOT_OURS),
    "writes binary": ("import os; os.write(1, bytes(range(256)))", [], NOT_OURS),
    "writes much": ("import os\\nfor _ in range(50): os.write(2, b'x' * 50_000)", [], NOT_OURS),
    "is killed": (
        "import os, signal; os.write(1, b'half a li'); os.kill(os.getpid(), signal.SIGKILL)",
        [],
        NOT_OURS,
    ),
    "closes early": (
        "import os; os.write(1, b'one'); os.close(1); os.write(2, b'two')",
        [],
        NOT_OURS,
    ),
    "in terminal": ("print('line'); print('line')", [], {"usePTY": True, **NOT_OURS}),
    "elsewhere": ("import os; print(os.getcwd())", [], {"path": folder, **NOT_OURS}),
}


async def spawn(name):
    program, arguments, options = PROGRAMS[name]
    command = [sys.executable, "-W", "error", "-c", program, *arguments]
    with start_action(action_type=name):
        process = spawn_logged(reactor, sys.executable, command, **options)
    await process.ended


async def main(reactor):
    with start_action(action_type="cannot be executed"):
        try:
            spawned = spawn_logged(reactor, folder + "/nothing", continued=False)
        except FileNotFoundError:
            pass
        else:
            # Older releases of Twisted fork always.
            await spawned.ended
        # Where Twisted forks, it is found out too late.
        forked = spawn_logged(reactor, folder + "/nothing", path=folder, continued=False)
    await forked.ended
    await gatherResults([Deferred.fromCoroutine(spawn(name)) for name in PROGRAMS])


def start(reactor):
    done = Deferred.fromCoroutine(main(reactor))
    # What the event loop calls afterwards is in no action.
    done.addCallback(lambda _: print(current_action()))
    return done


react(start)
"""


class ProcessesTests(SynchronousTestCase):
    """
    Processes of all kinds, at the same time.
    """

    def check(self, reactor: str) -> None:
        """
        Run the processes.
        """
        folder = scratch(self)
        log = folder / "log"
        process = run_child(PARENT, str(log), reactor, str(folder))
        self.assertEqual((process.returncode, process.stdout, process.stderr), (0, "None\n", ""))
        self.messages = messages_in(log.read_bytes())
        self.check_whole(log)
        self.check_logs()
        self.check_outputs(folder)
        self.check_ends()
        self.check_no_execution()

    def check_whole(self, log: Path) -> None:
        """
        Every message has its place: nothing is missing, and no two have the same one.
        """
        tasks = list(read_tasks(read_log(log)))
        self.assertEqual(len(tasks), 11)
        self.assertTrue(all(task.is_complete for task in tasks))

    def inside(self, name: str) -> list[Fields]:
        """
        Get the messages of the process that was started in an action, without that.
        """
        [start, _] = of_type(self.messages, name)
        task = [each for each in self.messages if each["task_uuid"] == start["task_uuid"]]
        return [each for each in task if len(level_of(each)) > 1]

    def output(self, name: str) -> list[Fields]:
        """
        Get what was logged of its output.
        """
        return [
            {key: value for key, value in said(each).items() if key != "process"}
            for each in of_type(self.inside(name), "eliot:process_output")
        ]

    def check_logs(self) -> None:
        """
        What processes log is inside their actions, and says what they said.
        """
        for name, kind, outputs in [
            ("logs", "child:main", []),
            ("logs elsewhere", "child:main", [{"stream": "stdout", "text": "Hello!"}]),
            ("serves", "child:service", []),
        ]:
            messages = self.inside(name)
            start, end = of_type(messages, kind)
            [hello] = of_type(messages, "hello")
            self.assertEqual(
                [level_of(each) for each in (start, hello, end)],
                [[2, 2, 1], [2, 2, 2], [2, 2, 3]],
            )
            self.assertEqual(said(hello), {"process": "child"})
            self.assertEqual(self.output(name), outputs)
            self.assertEqual(messages[0]["process"], "parent")

    def check_outputs(self, folder: Path) -> None:
        """
        All else that they write is there, as far as it can be shown.
        """
        binary = [
            {"stream": "stdout", "text": bytes(range(10)).decode()},
            {
                "stream": "stdout",
                "text": bytes(range(11, 256)).decode("utf-8", "backslashreplace"),
                "unfinished": True,
            },
        ]
        self.assertEqual(self.output("writes binary"), binary)
        much = self.output("writes much")
        self.assertEqual([each["piece"] for each in much], [1, 2, 3])
        self.assertEqual("".join(str(each["text"]) for each in much), "x" * 2_500_000)
        half = {"stream": "stdout", "text": "half a li", "unfinished": True}
        self.assertEqual(self.output("is killed"), [half])
        # What comes by two ways may come in any order.
        early = sorted(self.output("closes early"), key=lambda each: str(each["text"]))
        self.assertEqual(
            early,
            [
                {"stream": "stdout", "text": "one", "unfinished": True},
                {"stream": "stderr", "text": "two", "unfinished": True},
            ],
        )
        self.assertEqual(self.output("in terminal"), [{"stream": "stdout", "text": "line"}] * 2)
        where = {"stream": "stdout", "text": str(folder.resolve())}
        self.assertEqual(self.output("elsewhere"), [where])
        self.assertEqual(self.output("fails"), [{"stream": "stderr", "text": "Alas!"}])

    def check_ends(self) -> None:
        """
        Their actions end as they do.
        """
        ends: dict[str, Fields] = {
            "logs": {"exit_code": 0},
            "fails": {"exit_code": 1},
            "is killed": {"signal": "SIGKILL"},
        }
        for name, expected in ends.items():
            end = of_type(self.inside(name), "eliot:process")[-1]
            self.assertEqual(said(end) | expected, said(end), name)
            status = "succeeded" if expected == {"exit_code": 0} else "failed"
            self.assertEqual(end["action_status"], status)

    def check_no_execution(self) -> None:
        """
        What cannot be executed has failed.
        """
        refused, forked = (
            [each for each in self.inside("cannot be executed") if level_of(each)[0] == number]
            for number in (2, 3)
        )
        self.assertEqual(refused[-1]["action_status"], "failed")
        self.assertIn("FileNotFoundError", repr(refused))
        self.assertEqual(forked[-1]["exit_code"], 1)
        told = [str(each.get("text")) for each in forked]
        self.assertTrue(any("FileNotFoundError" in each for each in told), told)

    def test_epoll(self) -> None:
        """
        On the usual reactor.
        """
        self.check("epoll")

    def test_asyncio(self) -> None:
        """
        On that for asyncio, whose event loop keeps contexts.
        """
        self.check("asyncio")
