"""
Programs of several kinds, each with its log.
"""

from __future__ import annotations

from importlib.util import find_spec
from unittest import skipIf

from twisted.trial.unittest import SynchronousTestCase

from examples.demo.processes import TwistdProcess
from tests.examples.daemons import wait_until
from tests.examples.running import EXAMPLES, run
from tests.helpers import PATIENCE, Fields, of_type, scratch
from tests.twisted.helpers import messages_in

HOSTS = EXAMPLES / "hosts"


class HostTestCase(SynchronousTestCase):
    """
    Has a folder for programs to write to.
    """

    def setUp(self) -> None:
        """
        Make it.
        """
        self.folder = scratch(self)

    def messages(self, name: str) -> list[Fields]:
        """
        Read a log.
        """
        return messages_in((self.folder / name).read_bytes())

    def run_script(self, name: str, *options: str) -> list[Fields]:
        """
        Run a script that ends by itself, and prints nothing.

        :param options: for the interpreter.
        :returns: what it has logged.
        """
        done = run(self.folder, *options, str(HOSTS / f"{name}.py"))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        return self.messages(f"{name}.json")


class ApplicationTests(HostTestCase):
    """
    A ``.tac`` file.
    """

    def test_terminated(self) -> None:
        """
        All that the application does, and all that Twisted says, is one tree, from the first line
        of twistd's log to its last.
        """
        log = self.folder / "lights.json"
        with TwistdProcess(HOSTS / "lights.tac", self.folder) as process:
            wait_until(
                "the light turns", lambda: log.exists() and b"lights:turn" in log.read_bytes()
            )
            process.terminate(PATIENCE)
        messages = self.messages("lights.json")
        self.assertEqual({each["task_uuid"] for each in messages}, {messages[0]["task_uuid"]})
        self.assertEqual(messages[0]["action_type"], "lights:application")
        self.assertEqual(messages[-1]["action_status"], "succeeded")
        said = [str(each["text"]) for each in of_type(messages, "twisted:log")]
        self.assertRegex(said[0], "^(Loading|twistd .* starting up)")
        self.assertEqual(said[-1], "Server Shut Down.")


class ScriptTests(HostTestCase):
    """
    Programs without ``twistd``.
    """

    def test_react(self) -> None:
        """
        A command under ``task.react``: what it does is there, and what Twisted says.
        """
        messages = self.run_script("react")
        self.assertEqual(
            [each["tide"] for each in of_type(messages, "react:wait") if "tide" in each],
            ["low", "high"],
        )
        self.assertEqual(messages[-1]["text"], "Main loop terminated.")

    def test_bare(self) -> None:
        """
        A script that runs the reactor: all is in its root action, which ends last.
        """
        messages = self.run_script("bare")
        self.assertEqual({each["task_uuid"] for each in messages}, {messages[0]["task_uuid"]})
        self.assertEqual(len(of_type(messages, "bare:bell")), 1)
        self.assertEqual(messages[-1]["action_status"], "succeeded")

    def test_own_file(self) -> None:
        """
        A writer that is made, started and stopped by hand, around a log file of Twisted's.
        """
        [message] = self.run_script("own_file")
        self.assertEqual(message["text"], "Cast off!")

    @skipIf(find_spec("crochet") is None, "crochet is not installed")
    def test_hosted(self) -> None:
        """
        A script whose reactor is run in a thread by crochet.
        """
        # crochet calls something by a name that is no longer used.
        messages = self.run_script("hosted", "-W", "ignore::DeprecationWarning:crochet._eventloop")
        waiting = of_type(messages, "hosted:wait")
        self.assertEqual(
            [each["action_status"] for each in waiting], ["started", "succeeded"], messages
        )
