"""
Programs that are run by others, which do a part of the work.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, read_tasks
from tests.examples.pages import Terminal
from tests.examples.running import read_lines
from tests.examples.stories import Done, Said, stories_of, story_of


def weighed(cars: int, tonnes: float) -> Done:
    """
    Say what the scales log.
    """
    return Done("scales:weigh", "succeeded", {"cars": cars}, {"tonnes": tonnes})


class WeighingTests(SynchronousTestCase):
    """
    The scales, run by programs of both kinds.
    """

    def load(self, cars: str) -> list[Said | Done]:
        """
        Load cars, and look what was done in the meantime.
        """
        terminal = Terminal(self)
        terminal.type(f"python examples/ferry/weighing.py {cars} > log")
        with (terminal.folder / "log").open("rb") as file:
            [task] = read_tasks(read_lines(file, "log"))
        loading = story_of(task)
        assert isinstance(loading, Done), loading
        self.assertEqual(loading, Done("ferry:load", "succeeded", parts=loading.parts))
        return list(loading.parts)

    def test_weighed(self) -> None:
        """
        The process is an action, in which stands what the scales log and print.
        """
        process, cleared = self.load("14")
        creak = Said("eliot:process_output", {"stream": "stdout", "text": "The scales creak."})
        assert isinstance(process, Done), process
        end: dict[str, JSON] = {"exit_code": 0}
        parts: list[Said | Done] = [weighed(14, 21.0), creak]
        self.assertEqual(process, Done("eliot:process", "succeeded", process.start, end, parts))
        self.assertEqual(list(process.start), ["executable", "arguments", "pid"])
        self.assertEqual(cleared, Said("ferry:cleared", {"may_sail": True}))

    def test_waiting(self) -> None:
        """
        Without Twisted the log of the scales is read with that of whoever has started them.
        """
        terminal = Terminal(self)
        terminal.type("python examples/ferry/weighing.py wait 10 > both")
        lines = (terminal.folder / "both").read_bytes().splitlines(keepends=True)
        self.assertIn(b"The scales creak.\n", lines)
        log = terminal.folder / "log"
        log.write_bytes(b"".join(line for line in lines if line.startswith(b"{")))
        with log.open("rb") as file:
            [task] = read_tasks(read_lines(file, "log"))
        self.assertEqual(story_of(task), Done("ferry:load", "succeeded", parts=[weighed(10, 15.0)]))

    def test_by_hand(self) -> None:
        """
        By hand, the scales start a task of their own.
        """
        terminal = Terminal(self)
        terminal.type("python examples/ferry/scales.py 2 | grep -v creak > log")
        with (terminal.folder / "log").open("rb") as file:
            [task] = read_tasks(read_lines(file, "log"))
        self.assertEqual(story_of(task), weighed(2, 3.0))

    def test_counted(self) -> None:
        """
        A protocol gets what the process writes, and logs inside the action.
        """
        [counting] = stories_of("ferry/weighing.py", "count")
        assert isinstance(counting, Done), counting
        [process] = counting.parts
        assert isinstance(process, Done), process
        self.assertEqual(
            list(process.parts),
            [
                Said("eliot:process_output", {"stream": "stderr", "text": "two"}),
                Said("ferry:counted", {"lines": 2}),
            ],
        )
