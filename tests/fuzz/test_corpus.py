"""
What fuzzing has found worth keeping, tried once more.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.fuzz.__main__ import CORPUS
from tests.fuzz.targets import TARGETS


class CorpusTests(SynchronousTestCase):
    """
    The inputs that were kept.
    """

    def replay(self, name: str) -> None:
        """
        Give each input to its target.
        """
        inputs = sorted((CORPUS / name).iterdir())
        self.assertTrue(inputs)
        for path in inputs:
            try:
                TARGETS[name](path.read_bytes())
            except Exception as error:
                raise AssertionError(f"{path.name}: {error!r}") from error

    def test_lines(self) -> None:
        """
        Files of any bytes are read.
        """
        self.replay("lines")

    def test_tasks(self) -> None:
        """
        Any messages are put together and drawn.
        """
        self.replay("tasks")
