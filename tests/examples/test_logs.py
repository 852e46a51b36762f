"""
Tests of :mod:`examples.logs`.
"""

from __future__ import annotations

import gzip
from contextlib import redirect_stdout
from io import StringIO

from twisted.trial.unittest import SynchronousTestCase

from examples.logs.reading import failures
from examples.logs.watching import look_again, watch
from tests.cli.running import boundary
from tests.helpers import scratch


class LogsTests(SynchronousTestCase):
    """
    The examples do what they say.
    """

    def setUp(self) -> None:
        """
        Make a log.
        """
        self.path = scratch(self) / "app.log"
        self.failed = boundary("u", [2], 2.0, "app:act", "failed")
        self.path.write_bytes(boundary("u", [1], 1.0, "app:act", "started") + self.failed)

    def test_reading(self) -> None:
        """
        Failures are counted through all files.
        """
        self.path.with_name("app.log.1").write_bytes(gzip.compress(self.failed))
        self.assertEqual(failures(str(self.path)), {"app:act": 2})

    def test_watching(self) -> None:
        """
        Only what fails from now on is told.
        """
        looks = iter([True, True])

        def go_on(idle: bool) -> bool:
            if not idle:
                return True
            with self.path.open("ab") as file:
                file.write(self.failed)
            return next(looks, False)

        with redirect_stdout(StringIO()) as shown:
            watch(str(self.path), go_on)
        self.assertEqual(shown.getvalue(), "app:act\n" * 2)
        self.assertTrue(look_again(False))
