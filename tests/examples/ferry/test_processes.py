"""
One task in two processes, and identifiers that are continued more than once.
"""

from __future__ import annotations

from itertools import chain

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, Message, merge_messages, read_tasks
from tests.examples.pages import Terminal
from tests.examples.running import read_log
from tests.examples.stories import Done, failed, messages_of, stories_of, story_of

_PIER: dict[str, JSON] = {"process": "pier"}
_OFFICE: dict[str, JSON] = {"process": "office"}


class OfficeTests(SynchronousTestCase):
    """
    A client and a server, each a process, with HTTP between them.
    """

    def ask(self, cars: str, places: str) -> tuple[str, list[list[Message]]]:
        """
        Have the pier ask the office.

        :returns: what the pier prints, and what the two have logged.
        """
        terminal = Terminal(self)
        address = terminal.type("python examples/ferry/office.py &").strip()
        said = terminal.type(f"python examples/ferry/pier.py {address} {cars} {places}")
        terminal.type("kill %1")
        return said, [read_log(terminal.folder / name) for name in ("pier.log", "office.log")]

    def test_answer(self) -> None:
        """
        What the office does stands within what the pier does, and each message says which of them
        has logged it.
        """
        said, logs = self.ask("14", "6")
        self.assertEqual(said, "3 crossings\n")
        (task,) = read_tasks(merge_messages(logs))
        crossings: dict[str, JSON] = {"crossings": 3}
        count = Done(
            "office:count_crossings",
            "succeeded",
            {"cars": 14, "places": 6} | _OFFICE,
            crossings | _OFFICE,
        )
        request = Done("office:request", "succeeded", _OFFICE, _OFFICE, [count])
        question: dict[str, JSON] = {"cars": "14", "places": "6"}
        ask = Done("pier:ask", "succeeded", question | _PIER, crossings | _PIER, [request])
        self.assertEqual(story_of(task), Done("pier:plan_day", "succeeded", _PIER, _PIER, [ask]))

    def test_failure(self) -> None:
        """
        Where the office fails, so does the pier, which is not told why; the tree tells.
        """
        said, logs = self.ask("14", "0")
        self.assertEqual(said, "The office is at a loss.\n")
        (task,) = read_tasks(merge_messages(logs))
        division = failed("builtins.ZeroDivisionError", "division by zero") | _OFFICE
        count = Done(
            "office:count_crossings", "failed", {"cars": 14, "places": 0} | _OFFICE, division
        )
        request = Done("office:request", "failed", _OFFICE, division, [count])
        loss = failed("__main__.NoAnswer", "The office is at a loss.") | _PIER
        question: dict[str, JSON] = {"cars": "14", "places": "0"}
        ask = Done("pier:ask", "failed", question | _PIER, loss, [request])
        self.assertEqual(story_of(task), Done("pier:plan_day", "failed", _PIER, loss, [ask]))

    def test_unique(self) -> None:
        """
        All messages belong to one task, and no two have the same level.
        """
        _, logs = self.ask("14", "6")
        messages = list(chain.from_iterable(logs))
        self.assertEqual(len({each.task_uuid for each in messages}), 1)
        self.assertEqual(len({each.level for each in messages}), len(messages))


class SharedTests(SynchronousTestCase):
    """
    Identifiers for one continuation, and for many.
    """

    def test_shared(self) -> None:
        """
        The continuations of a shared identifier stand below an action that holds them.
        """
        call_all, *_ = stories_of("ferry/shared.py")
        answer = Done("ferry:answer", "succeeded")
        holder = Done("eliot:shared_task", "succeeded", {}, {}, [answer, answer])
        self.assertEqual(call_all, Done("harbour:call_all", "succeeded", {}, {}, [holder]))

    def test_attempts(self) -> None:
        """
        With an identifier for each, attempts stand side by side.
        """
        _, call, *_ = stories_of("ferry/shared.py")
        attempts = [Done("ferry:receive", "succeeded", {"attempt": each}) for each in (0, 1)]
        self.assertEqual(call, Done("harbour:call", "succeeded", {}, {}, attempts))

    def test_apart(self) -> None:
        """
        A task of its own can say which identifier it was sent.
        """
        *_, answer, call = stories_of("ferry/shared.py")
        start = messages_of("ferry/shared.py")[-1]
        assert isinstance(answer, Done)
        self.assertEqual(answer.start, {"called_by": f"{start.task_uuid}@/2/"})
        holder = Done("eliot:shared_task", "succeeded")
        self.assertEqual(call, Done("harbour:call", "succeeded", {}, {}, [holder]))

    def test_unique(self) -> None:
        """
        No two messages have the same place.
        """
        messages = messages_of("ferry/shared.py")
        places = {(each.task_uuid, each.level) for each in messages}
        self.assertEqual(len(places), len(messages))
