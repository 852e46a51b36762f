"""
Actions: blocks, places, and those that are ended by hand.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.running import without_chance
from tests.examples.stories import Done, Said, failed, fields_of, messages_of, output_of, stories_of


class LoadingTests(SynchronousTestCase):
    """
    Blocks that are actions.
    """

    def test_succeeded(self) -> None:
        """
        The fields that an action starts with are in its start message, those that are added in its
        end message, and actions stand within the one that called for them.
        """
        gull, _ = stories_of("ferry/loading.py")
        weighed = [
            Done("ferry:weigh", "succeeded", {"plate": plate}, {"tonnes": tonnes})
            for plate, tonnes in (("ISL 4", 2), ("ISL 70", 12))
        ]
        self.assertEqual(
            gull,
            Done("ferry:load", "succeeded", {"ferry": "Gull"}, {"tonnes": 14}, weighed),
        )

    def test_failed(self) -> None:
        """
        An exception is the end of each action that it leaves, and of no other.
        """
        _, tern = stories_of("ferry/loading.py")
        unknown = failed("builtins.KeyError", "'unknown'")
        parts = [
            Done("ferry:weigh", "succeeded", {"plate": "ISL 4"}, {"tonnes": 2}),
            Done("ferry:weigh", "failed", {"plate": "unknown"}, unknown),
        ]
        self.assertEqual(tern, Done("ferry:load", "failed", {"ferry": "Tern"}, unknown, parts))


class PlacesTests(SynchronousTestCase):
    """
    The places that messages have.
    """

    def test_levels(self) -> None:
        """
        They are what the page says.
        """
        self.assertEqual(
            output_of("ferry/places.py").splitlines(),
            [
                "[1] ferry:cross started",
                "[2] ferry:horn ",
                "[3, 1] ferry:turn started",
                "[3, 2] ferry:horn ",
                "[3, 3] ferry:turn succeeded",
                "[4] ferry:cross failed",
            ],
        )


class ByHandTests(SynchronousTestCase):
    """
    Actions that begin and end in different functions.
    """

    def test_given_up(self) -> None:
        """
        One that is finished with an exception has failed; what was run in it is a part of it.
        """
        tern, _ = stories_of("ferry/by_hand.py")
        self.assertEqual(
            tern,
            Done(
                "ferry:cross",
                "failed",
                {"ferry": "Tern"},
                failed("builtins.RuntimeError", "the tide is out"),
                [Said("ferry:horn", {"blasts": 2})],
            ),
        )

    def test_arrived(self) -> None:
        """
        One that is finished without has succeeded; so is what was logged while it was current, and
        what was logged in it by name.
        """
        _, gull = stories_of("ferry/by_hand.py")
        self.assertEqual(
            gull,
            Done(
                "ferry:cross",
                "succeeded",
                {"ferry": "Gull"},
                {"passengers": 31},
                [
                    Said("ferry:rudder_turned", {"degrees": 20}),
                    Said("ferry:buoy_passed", {"number": 7}),
                ],
            ),
        )


class LateTests(SynchronousTestCase):
    """
    A message after the end.
    """

    def test_late(self) -> None:
        """
        It belongs to the task, and has a level behind the one of the end.
        """
        _, mooring, end, moored = messages = messages_of("ferry/late.py")
        self.assertEqual({each.task_uuid for each in messages}, {mooring.task_uuid})
        self.assertEqual((end.status, end.level), ("succeeded", (3,)))
        self.assertEqual((moored.type, moored.level), ("ferry:moored", (4,)))
        self.assertEqual(fields_of(moored), {})


class ComplaintTests(SynchronousTestCase):
    """
    The current action.
    """

    def test_apology(self) -> None:
        """
        Outside of all actions there is none; inside, its task can be named.
        """
        outside, inside = without_chance(output_of("ferry/complaint.py")).splitlines()
        self.assertEqual(outside, "We are sorry.")
        self.assertEqual(inside, "We are sorry. Please quote <task> if you write to us.")
