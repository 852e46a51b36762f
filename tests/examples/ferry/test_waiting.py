"""
Deferreds, generators and coroutines.
"""

from __future__ import annotations

from importlib.util import find_spec
from unittest import SkipTest

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.stories import Done, Said, stories_of

_MOORED = Said("ferry:moored", {"berth": "B 3", "lines": 2})


class DeferredsTests(SynchronousTestCase):
    """
    A callback with its action, and without.
    """

    def test_wrong(self) -> None:
        """
        In a plain block, the action is over before the callback, which is a task of its own.
        """
        asked, moored, _ = stories_of("ferry/deferreds.py")
        self.assertEqual(asked, Done("ferry:ask_for_berth", "succeeded", {"done": "wrong"}))
        self.assertEqual(moored, _MOORED)

    def test_right(self) -> None:
        """
        With a DeferredContext, the callback is a part of the action, which ends after it.
        """
        *_, asked = stories_of("ferry/deferreds.py")
        self.assertEqual(
            asked, Done("ferry:ask_for_berth", "succeeded", {"done": "right"}, {}, [_MOORED])
        )


def noon(*ferries: str) -> Done:
    """
    Make the story of ferries that cross under asyncio, or under Trio.
    """
    crossings = [
        Done(
            "ferry:cross",
            "succeeded",
            {"ferry": ferry},
            {},
            [Said("ferry:half_way", {"ferry": ferry})],
        )
        for ferry in ferries
    ]
    return Done("harbour:noon", "succeeded", {}, {}, crossings)


class CoroutinesTests(SynchronousTestCase):
    """
    Two ferries at the same time, each with actions of its own.
    """

    def test_twisted(self) -> None:
        """
        Coroutines of Twisted's, which wait for generators under inlineCallbacks.
        """
        crossings = [
            Done(
                "ferry:cross",
                "succeeded",
                {"ferry": ferry},
                {},
                [
                    Said("ferry:half_way"),
                    Done(
                        "ferry:moor", "succeeded", {}, {}, [Said("ferry:moored", {"ferry": ferry})]
                    ),
                ],
            )
            for ferry in ("Gull", "Tern")
        ]
        self.assertEqual(
            stories_of("ferry/inline.py"),
            [Done("harbour:noon", "succeeded", {}, {}, crossings)],
        )

    def test_asyncio(self) -> None:
        """
        Tasks of asyncio.
        """
        self.assertEqual(stories_of("ferry/with_asyncio.py"), [noon("Gull", "Tern")])

    def test_trio(self) -> None:
        """
        Children in a nursery, which Trio starts in any order.
        """
        if find_spec("trio") is None:
            raise SkipTest("Trio is not installed.")
        (story,) = stories_of("ferry/with_trio.py")
        self.assertIn(story, [noon("Gull", "Tern"), noon("Tern", "Gull")])
