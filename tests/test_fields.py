"""
The fields that the framework itself puts into messages.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot._fields import RESERVED, make_names_exact
from tests.helpers import Fields
from tests.hostile import HostileKey, LyingStr


class ReservedTests(SynchronousTestCase):
    """
    The framework's names.
    """

    def test_reserved(self) -> None:
        """
        They are the documented ones.
        """
        self.assertEqual(
            sorted(RESERVED),
            [
                "action_status",
                "action_type",
                "message_type",
                "task_level",
                "task_uuid",
                "timestamp",
            ],
        )


class MakeNamesExactTests(SynchronousTestCase):
    """
    Making names exact.
    """

    def test_exact(self) -> None:
        """
        Exact names stay, in their order.
        """
        message: Fields = {"b": 1, "a": 2}
        make_names_exact(message)
        self.assertEqual(list(message.items()), [("b", 1), ("a", 2)])

    def test_others(self) -> None:
        """
        Bytes are read as UTF-8, text of other classes becomes exact, and others are shown.
        """
        message: dict[object, object] = {b"caf\xc3\xa9": 1, LyingStr("name"): 2, 3: 3}
        make_names_exact(message)  # type: ignore[arg-type]  # as well
        self.assertEqual(message, {"café": 1, "name": 2, "3": 3})
        self.assertEqual({type(name) for name in message}, {str})

    def test_hostile(self) -> None:
        """
        One that cannot be shown does no harm.
        """
        message: dict[object, object] = {HostileKey(): 1, "a": 2}
        make_names_exact(message)  # type: ignore[arg-type]  # as well
        self.assertEqual(sorted(map(str, message.values())), ["1", "2"])
        self.assertEqual({type(name) for name in message}, {str})
