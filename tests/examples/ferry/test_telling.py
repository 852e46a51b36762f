"""
The same program with lines of text, and with actions.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.stories import Done, Said, failed, output_of, stories_of

_TOO_HEAVY = failed("builtins.ValueError", "too heavy")


def aboard(*weights: int) -> list[Done | Said]:
    """
    Make the messages about cars that drive aboard.
    """
    return [Said("ferry:car_on_ramp", {"tonnes": each}) for each in weights]


class FlatTests(SynchronousTestCase):
    """
    The lines of text.
    """

    def test_nobody_knows(self) -> None:
        """
        No line about a failure says which ferry it was: both have cast off by then.
        """
        lines = output_of("ferry/flat.py").splitlines()
        (failure,) = [place for place, line in enumerate(lines) if "#error" in line]
        self.assertRegex(lines[failure], r"loading failed$")
        before = lines[failure - 2 : failure]
        self.assertEqual([line.split("] ")[1][:11] for line in before], ["casting off"] * 2)

    def test_mixed(self) -> None:
        """
        The cars of the two ferries stand mixed.
        """
        weights = [line.split()[-2] for line in output_of("ferry/flat.py").splitlines()[:8]]
        self.assertEqual(weights[4:], ["12", "2", "3", "3"])


class ToldTests(SynchronousTestCase):
    """
    The actions.
    """

    def test_gull(self) -> None:
        """
        Of one ferry, the log says that she has failed, with which cars, and when that was noticed.
        """
        gull, _ = stories_of("ferry/told.py")
        cast_off = Done("ferry:cast_off", "failed", {"tonnes": 17}, _TOO_HEAVY)
        parts = [*aboard(2, 12, 3), cast_off]
        self.assertEqual(gull, Done("ferry:cross", "failed", {"ferry": "Gull"}, _TOO_HEAVY, parts))

    def test_tern(self) -> None:
        """
        Of the other, that all went well.
        """
        _, tern = stories_of("ferry/told.py")
        cast_off = Done("ferry:cast_off", "succeeded", {"tonnes": 8})
        parts = [*aboard(3, 2, 3), cast_off]
        self.assertEqual(tern, Done("ferry:cross", "succeeded", {"ferry": "Tern"}, {}, parts))
