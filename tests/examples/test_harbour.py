"""
A plug-in package, as a stranger would write it, under real ``twistd`` and ``twist``.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path
from unittest import skipIf

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.daemons import REACTOR, Harbour, wait_until
from tests.helpers import (
    PATIENCE,
    Fields,
    await_end,
    identity_of,
    of_type,
    start_process,
    unshare_mounts,
)
from tests.twisted.helpers import WRONG_OPTIONS, messages_in

#: A user who may do little; there is none on some systems.
NOBODY = 65534

LISTEN = "--listen=unix:harbour.sock"
ROOT = "--eliot-root-action=harbour:service"

#: What Twisted says when the reactor has ended; the one for asyncio says nothing.
LOOP_ENDED = "Main loop terminated."

#: Twisted's log goes to ours from its first line on.
LOGGER = "--logger=eliot.twisted.log_observer"


def readings(messages: list[Fields]) -> list[object]:
    """
    List the numbers of what the buoys have told.
    """
    return [each["reading"] for each in of_type(messages, "harbour:water")]


class HarbourTestCase(SynchronousTestCase):
    """
    Has a folder for processes to run in.
    """

    def setUp(self) -> None:
        """
        Make it.
        """
        self.harbour = Harbour(self)
        self.folder = self.harbour.folder

    def foreground(
        self, *options: str, before: tuple[str, ...] = (), pass_fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        """
        Run the plug-in under ``twistd`` in the foreground.

        :param options: the plug-in's.
        :param before: those of ``twistd`` itself.
        :param pass_fds: the descriptors that it inherits.
        """
        return self.harbour.start(
            "twistd", "-n", "--pidfile=", *before, "harbour", LISTEN, *options, pass_fds=pass_fds
        )

    def terminate(self, process: subprocess.Popen[bytes]) -> None:
        """
        End a process as an operating system does that shuts down.
        """
        process.terminate()
        self.assertEqual(process.wait(PATIENCE), -signal.SIGTERM, self.harbour.printed())

    def wait_for(self, name: str, size: int = 1) -> None:
        """
        Wait until a log, with what was rotated, has so many bytes.
        """
        wait_until(f"{name} has {size} bytes", lambda: self.harbour.size(name) >= size)

    def hail(self, words: str) -> str:
        """
        Call the harbour master.
        """
        path = self.folder / "harbour.sock"
        wait_until("the harbour listens", path.exists)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            # A path of a socket is short.
            here = os.open(self.folder, os.O_RDONLY)
            try:
                connection.connect(f"/proc/self/fd/{here}/harbour.sock")
            finally:
                os.close(here)
            connection.sendall(words.encode() + b"\n")
            return connection.makefile(encoding="utf-8").readline().strip()

    def assert_all_readings(self, messages: list[Fields]) -> None:
        """
        Assert that all is there that the buoys have told until they were silent, in order.
        """
        [silent] = of_type(messages, "harbour:buoys_silent")
        self.assertEqual(readings(messages), list(range(1, int(str(silent["readings"])) + 1)))

    def assert_one_story(self, messages: list[Fields], last: str | None) -> None:
        """
        Assert that all is one tree, of which the root is the action of the process, and that no
        message is there twice.

        :param last: what Twisted says last, if it says something then.
        """
        self.assertEqual({each["task_uuid"] for each in messages}, {messages[0]["task_uuid"]})
        self.assertEqual(len({identity_of(each) for each in messages}), len(messages))
        first, end = messages[0], messages[-1]
        self.assertEqual(first["action_type"], "harbour:service")
        self.assertEqual((first["action_status"], end["action_status"]), ("started", "succeeded"))
        self.assertEqual((first["task_level"], len(str(end["task_level"]).split(","))), ([1], 1))
        if last is not None:
            self.assertEqual(messages[-2]["text"], last)


class ForegroundTests(HarbourTestCase):
    """
    In the foreground: ``twistd -n``.
    """

    def test_terminated(self) -> None:
        """
        Ended by SIGTERM in the midst of ten thousand messages a second that go to rotated files,
        nothing that was logged is missing, and Twisted's own log is in the same tree from its first
        to its last line.
        """
        process = self.foreground(
            "--buoys=100",
            "--eliot-destination=file:harbour.json:rotate=500kB:compress=gzip",
            ROOT,
            before=(LOGGER,),
        )
        self.wait_for("harbour.json", 600_000)
        self.terminate(process)
        self.assertEqual(self.harbour.printed(), "")
        messages = self.harbour.messages("harbour.json")
        self.assert_all_readings(messages)
        self.assertGreater(len(self.harbour.logs("harbour.json")), 1)
        twisted = [str(each["text"]) for each in of_type(messages, "twisted:log")]
        self.assertRegex(twisted[0], "^twistd .* starting up")
        if REACTOR == "epoll":
            self.assertIn(LOOP_ENDED, twisted)
        self.assert_one_story(messages, "Server Shut Down.")

    def test_killed(self) -> None:
        """
        Ended by SIGKILL instead, nothing is missing of what was durable, in whichever file, and no
        line is broken but perhaps the last one; the next process to write there begins a line.
        """
        options = ("--buoys=100", "--eliot-destination=file:harbour.json:rotate=300kB")
        process = self.foreground(*options)
        self.wait_for("harbour.json", 1_000_000)
        durable = self.harbour.raw("harbour.json")
        process.kill()
        self.assertEqual(process.wait(PATIENCE), -signal.SIGKILL)
        left = self.harbour.raw("harbour.json")
        self.assertTrue(left.startswith(durable))
        whole = left.rpartition(b"\n")[0] + b"\n"
        told = readings(messages_in(whole))
        self.assertEqual(told, list(range(1, len(told) + 1)))

        (self.folder / "harbour.sock").unlink()
        process = self.foreground(*options)
        self.wait_for("harbour.json", len(left) + 10_000)
        self.terminate(process)
        again = self.harbour.raw("harbour.json")[len(left) :]
        told = readings(messages_in(again.removeprefix(b"\n")))
        self.assertEqual(told, list(range(1, len(told) + 1)))
        self.assertEqual(again.startswith(b"\n"), left != whole)

    def test_stalled(self) -> None:
        """
        While nobody reads what is written, the process goes on and answers, and takes no more
        memory than it was allowed for its queue.
        """
        os.mkfifo(self.folder / "fifo")
        fifo = os.open(self.folder / "fifo", os.O_RDWR)
        self.addCleanup(os.close, fifo)
        process = self.foreground(
            "--buoys=100",
            f"--eliot-destination=fd:{fifo}:queue=1MiB:timeout=0.1",
            "--eliot-destination=file:other.json",
            pass_fds=(fifo,),
        )
        # Enough to have filled the queue, the pipe, and all that is made once.
        self.wait_for("other.json", 3_000_000)
        before = _memory_of(process.pid)
        self.wait_for("other.json", 6_000_000)
        self.assertLess(_memory_of(process.pid) - before, 1_500_000)
        self.assertEqual(self.hail("moor Gull"), "Berth B1 is yours.")
        self.terminate(process)
        told = readings(self.harbour.messages("other.json"))
        self.assertEqual(told, list(range(1, len(told) + 1)))

    def test_reopened(self) -> None:
        """
        What somebody has moved away gets no more lines after the signal that says so, and the new
        file gets all that follow: none is missing, and none is there twice.
        """
        process = self.foreground(
            "--buoys=10", "--eliot-destination=file:harbour.json", "--eliot-reopen-on=HUP"
        )
        current = self.folder / "harbour.json"

        def has_grown() -> bool:
            return current.exists() and current.stat().st_size > 10_000

        for number in range(3):
            wait_until("there is something to move away", has_grown)
            current.rename(self.folder / f"harbour.json.{number}")
            process.send_signal(signal.SIGHUP)
            wait_until("the file is there again", current.exists)
        self.terminate(process)
        self.assertEqual(len(self.harbour.logs("harbour.json")), 4)
        self.assert_all_readings(self.harbour.messages("harbour.json"))

    def test_full_disk(self) -> None:
        """
        A disk that is full stops nothing.  Once there is room again, the log says so, and for how
        long there was none; no line is broken or missing.
        """
        (self.folder / "disk").mkdir()
        prepare = "mount -t tmpfs -o size=1m tmpfs disk; head -c 1000000 /dev/zero > disk/ballast"
        process = start_process(
            self,
            self.folder,
            [
                *(*unshare_mounts(), "sh", "-e", "-c", f'{prepare}; exec "$@"', "sh"),
                *self.harbour.command("twistd", "-n", "--pidfile=", "harbour", LISTEN),
                "--buoys=5",
                "--eliot-destination=file:disk/harbour.json:rotate=100kB",
                "--eliot-destination=file:other.json",
            ],
        )
        # Nobody else sees the disk, but as this process does.
        disk = Path(f"/proc/{process.pid}/root{self.folder}/disk")

        def is_told() -> bool:
            return b"eliot:destination_failure" in self.harbour.raw("other.json")

        wait_until("the other file says that the disk is full", is_told)
        self.assertEqual(self.hail("moor Gull"), "Berth B1 is yours.")
        (disk / "ballast").unlink()
        wait_until(
            "the log says that there is room again",
            lambda: b"eliot:destination_recovered" in (disk / "harbour.json").read_bytes(),
        )
        self.assertEqual(self.hail("moor Tern"), "Berth B2 is yours.")
        lines = (disk / "harbour.json").read_bytes().rpartition(b"\n")[0] + b"\n"
        self.terminate(process)
        messages = messages_in(lines)
        [recovered] = of_type(messages, "eliot:destination_recovered")
        self.assertEqual(recovered["exception"], "eliot.NotWritten")
        self.assertIn("No space left on device", str(recovered["reason"]))
        told = readings(messages)
        self.assertEqual(told, list(range(1, len(told) + 1)))
        self.assert_all_readings(self.harbour.messages("other.json"))

    def test_kind_of_others(self) -> None:
        """
        The kind of destination that the package brings along is there.
        """
        lamp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(lamp.close)
        lamp.bind(("127.0.0.1", 0))
        lamp.settimeout(PATIENCE)
        port = lamp.getsockname()[1]
        process = self.foreground(
            "--berths=0",
            f"--eliot-destination=lamp:127.0.0.1:{port}",
        )
        self.assertEqual(self.hail("moor Gull"), "Stay out: all are taken.")
        self.assertEqual(lamp.recv(100), b"harbour:moor")
        self.terminate(process)

    def test_around_another(self) -> None:
        """
        Any plug-in can be run within ours, with its logging set up.
        """
        process = self.harbour.start(
            "twistd",
            "-n",
            "--pidfile=",
            "eliot",
            "--eliot-destination=stdout:format=console",
            "harbour",
            LISTEN,
        )
        self.assertEqual(self.hail("moor Gull"), "Berth B1 is yours.")
        self.terminate(process)
        self.assertIn("harbour:moor succeeded berth=B1", self.harbour.printed())


class TwistTests(HarbourTestCase):
    """
    Under ``twist``, which has neither privileges to give up nor a ``--logger``.
    """

    def test_terminated(self) -> None:
        """
        Nothing that the program has logged is missing, and Twisted's log is in the tree from when
        the service started to its last line.
        """
        process = self.harbour.start(
            "twist",
            "harbour",
            LISTEN,
            "--buoys=10",
            "--eliot-destination=file:harbour.json:rotate=100kB",
            ROOT,
        )
        self.wait_for("harbour.json", 150_000)
        self.terminate(process)
        messages = self.harbour.messages("harbour.json")
        self.assert_all_readings(messages)
        self.assert_one_story(messages, LOOP_ENDED if REACTOR == "epoll" else None)


class DaemonTests(HarbourTestCase):
    """
    As a daemon, which forks after the service has been made.
    """

    def daemonize(self, *options: str, destination: str) -> int:
        """
        Start a daemon.

        :returns: its process id.
        """
        run = self.folder / "run"
        done = self.harbour.run(
            "twistd",
            f"--pidfile={self.folder / 'pid'}",
            "--rundir=run",
            LOGGER,
            *options,
            "harbour",
            "--listen=unix:../harbour.sock",
            "--buoys=5",
            f"--eliot-destination={destination}",
            ROOT,
        )
        self.assertEqual(
            (done.returncode, done.stdout, done.stderr), (0, "", ""), list(run.iterdir())
        )
        return self.harbour.daemon(self.folder / "pid")

    def stop(self, pid: int) -> None:
        """
        End a daemon.
        """
        os.kill(pid, signal.SIGTERM)
        await_end(pid)

    def test_daemonized(self) -> None:
        """
        The file is where its description says, seen from the folder in which the daemon runs; what
        was logged before the fork is in it once, and all is one tree.
        """
        (self.folder / "run").mkdir()
        pid = self.daemonize(destination="file:logs.json:rotate=20kB:keep=1000")
        self.wait_for("run/logs.json", 50_000)
        self.assertEqual(self.hail("moor Gull"), "Berth B1 is yours.")
        self.stop(pid)
        self.assertFalse((self.folder / "pid").exists())
        messages = self.harbour.messages("run/logs.json")
        self.assert_all_readings(messages)
        self.assertEqual(len(of_type(messages, "harbour:moor")), 2)
        self.assert_one_story(messages, "Server Shut Down.")

    @skipIf(os.geteuid() != 0, "only root can become somebody else")
    def test_other_user(self) -> None:
        """
        One that gives up its privileges goes on to rotate, in a folder that is its own.
        """
        self.folder.chmod(0o755)
        run = self.folder / "run"
        run.mkdir()
        os.chown(run, NOBODY, NOBODY)
        os.chown(self.folder, NOBODY, NOBODY)
        pid = self.daemonize(
            f"--uid={NOBODY}",
            f"--gid={NOBODY}",
            destination="file:logs.json:rotate=20kB:compress=gzip:keep=1000",
        )
        self.wait_for("run/logs.json", 10_000)
        wait_until("a file is compressed", lambda: bool(list(run.glob("logs.json.*.gz"))))
        self.stop(pid)
        self.assertEqual(
            {path.stat().st_uid for path in self.harbour.logs("run/logs.json")}, {NOBODY}
        )
        self.assert_one_story(self.harbour.messages("run/logs.json"), "Server Shut Down.")

    @skipIf(os.geteuid() != 0, "only root can become somebody else")
    def test_other_users_folder(self) -> None:
        """
        In a folder that is not its own it says at its start why it cannot, and goes on writing.
        """
        self.folder.chmod(0o755)
        (self.folder / "run").mkdir()
        (self.folder / "socket").mkdir()
        os.chown(self.folder, NOBODY, NOBODY)
        pid = self.daemonize(
            f"--uid={NOBODY}", f"--gid={NOBODY}", destination="file:logs.json:rotate=20kB"
        )
        self.wait_for("run/logs.json", 50_000)
        self.stop(pid)
        [path] = self.harbour.logs("run/logs.json")
        messages = self.harbour.messages("run/logs.json")
        [impossible] = of_type(messages, "eliot:rotation_impossible")
        self.assertEqual(impossible["path"], str(path.resolve()))
        self.assert_all_readings(messages)

    def test_held_by_another(self) -> None:
        """
        What can only be known once the daemon is there is told all the same, and it does not start:
        here, that another process writes the file.
        """
        (self.folder / "run").mkdir()
        self.daemonize(destination="file:logs.json:rotate=1MB")
        (self.folder / "pid").rename(self.folder / "first")
        done = self.harbour.run(
            "twistd",
            f"--pidfile={self.folder / 'pid'}",
            "--rundir=run",
            "harbour",
            "--listen=unix:../other.sock",
            "--eliot-destination=file:logs.json:rotate=1MB",
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("logs.json", done.stderr)
        self.assertFalse((self.folder / "pid").exists())


class RefusedTests(HarbourTestCase):
    """
    What is wrong is said before anything is started.
    """

    def refused(self, *options: str, foreground: bool = True) -> str:
        """
        Run the plug-in with options that it refuses.

        :returns: what it says.
        """
        done = self.harbour.run(
            "twistd", *(["-n"] if foreground else []), "--pidfile=pid", "harbour", LISTEN, *options
        )
        self.assertEqual(done.returncode, WRONG_OPTIONS, done.stdout + done.stderr)
        self.assertFalse(Path(self.folder, "pid").exists())
        return done.stdout + done.stderr

    def test_unknown_kind(self) -> None:
        """
        An unknown kind is named, and those that there are, with that of the package.
        """
        said = self.refused("--eliot-destination=fil:harbour.json")
        self.assertIn("fil", said)
        for kind in ("fd", "file", "lamp", "null", "stderr", "stdout", "twisted"):
            self.assertIn(kind, said)

    def test_not_writable(self) -> None:
        """
        A folder that is not there is named, before the daemon forks.
        """
        said = self.refused("--eliot-destination=file:nowhere/harbour.json", foreground=False)
        self.assertIn(str(self.folder / "nowhere"), said)

    def test_daemon_without_output(self) -> None:
        """
        A daemon has no standard output.
        """
        self.assertIn("stdout", self.refused("--eliot-destination=stdout", foreground=False))


def _memory_of(pid: int) -> int:
    """
    Tell how many bytes of memory a process has.
    """
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")
