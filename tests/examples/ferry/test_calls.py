"""
Calls that are actions, work in threads, and an action around all of it.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.stories import Done, Said, messages_of, stories_of


class CallsTests(SynchronousTestCase):
    """
    Functions whose calls are actions.
    """

    def test_default(self) -> None:
        """
        The type is the function's name with its module's; all arguments are fields, those that were
        not given among them, and so is the result.
        """
        fare, *_ = stories_of("ferry/calls.py")
        arguments = {"passengers": 3, "car": True}
        self.assertEqual(fare, Done("__main__.fare", "succeeded", arguments, {"result": 32}))

    def test_chosen(self) -> None:
        """
        The type, and what of the arguments and the result is logged, can be chosen.
        """
        _, check_card, _ = stories_of("ferry/calls.py")
        self.assertEqual(check_card, Done("office:check_card", "succeeded", {"card": "7001 2"}))

    def test_coroutine(self) -> None:
        """
        The action of a coroutine ends when that has its result.
        """
        *_, measure = stories_of("ferry/calls.py")
        self.assertEqual(measure, Done("pier:measure_wind", "succeeded", {}, {"result": 12}))


def painted(side: str) -> Done:
    """
    Make the story of one side of a hull, painted in a thread.
    """
    paint = Done("yard:paint", "succeeded", {"side": side}, {"litres": 30})
    return Done("eliot:remote_task", "succeeded", {}, {}, [paint])


class ThreadsTests(SynchronousTestCase):
    """
    Threads that take the action along.
    """

    def test_thread(self) -> None:
        """
        What a thread does is a part of the action that has started it.
        """
        overhaul, _ = stories_of("ferry/threads.py")
        self.assertEqual(overhaul, Done("yard:overhaul", "succeeded", {}, {}, [painted("port")]))

    def test_pool(self) -> None:
        """
        So it is in the reactor's threads, in the order in which the work was given to them.
        """
        _, overhaul = stories_of("ferry/threads.py")
        sides = [painted("port"), painted("starboard")]
        self.assertEqual(overhaul, Done("yard:overhaul_all", "succeeded", {}, {}, sides))


class DayTests(SynchronousTestCase):
    """
    A root action.
    """

    def test_one_task(self) -> None:
        """
        All that is done in any thread is a part of it.
        """
        cross = Done("ferry:cross", "succeeded", {"ferry": "Gull"}, {}, [Said("ferry:half_way")])
        self.assertEqual(
            stories_of("ferry/day.py"),
            [
                Done(
                    "ferry:day",
                    "succeeded",
                    {"timetable": "summer"},
                    {},
                    [cross, Said("harbour:lamps_lit")],
                )
            ],
        )
        self.assertEqual(len({each.task_uuid for each in messages_of("ferry/day.py")}), 1)
