"""
What may be asked of a log file.
"""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from eliot._rotating import RotatingFile


class RefusedTests(SynchronousTestCase):
    """
    Arguments that are not allowed, alone or together.
    """

    def check(self, kind: type[Exception], begin: str, **options: object) -> None:
        """
        Check that arguments are refused, and that the error names the first of them.
        """
        path = options.pop("path", "app.log")
        error = self.assertRaises(kind, RotatingFile, path, **options)
        self.assertTrue(str(error).startswith(f"{begin}="), str(error))

    def test_sizes(self) -> None:
        """
        Sizes and numbers are positive integers; no old file at all may stay.
        """
        for name in ("rotate", "total"):
            for small in (0, -1):
                self.check(ValueError, name, **{"rotate": 10, name: small})
        self.check(ValueError, "keep", rotate=10, keep=-1)
        for name in ("rotate", "keep", "total"):
            for wrong in (1.5, "10", True):
                self.check(TypeError, name, **{"rotate": 10, name: wrong})
        RotatingFile("app.log", rotate=1, keep=0, total=1)

    def test_without_rotation(self) -> None:
        """
        What is about old files makes no sense where there are none.
        """
        for name, value in (("keep", 3), ("keep", 0), ("total", 100), ("compress", True)):
            self.check(ValueError, name, **{name: value})
        RotatingFile("app.log", compress=False)
        RotatingFile("app.log", every="day", keep=3, compress=True)

    def test_total(self) -> None:
        """
        The total needs a bound for the present file, and is not smaller.
        """
        self.check(ValueError, "total", every="day", total=100)
        self.check(ValueError, "total", rotate=101, total=100)
        RotatingFile("app.log", rotate=100, total=100)

    def test_period(self) -> None:
        """
        Periods that there are not are refused.
        """
        self.check(ValueError, "every", every="month")
        self.check(TypeError, "every", every=["day"])

    def test_rights(self) -> None:
        """
        So are permissions and owners that cannot be.
        """
        for mode in (-1, 0o1000):
            self.check(ValueError, "mode", mode=mode)
        for wrong in ("640", True):
            self.check(TypeError, "mode", mode=wrong)
        self.check(ValueError, "owner", owner=(-1, 0))
        for owner in (0, (0,), ("root", "root"), [0, 0]):
            self.check(TypeError, "owner", owner=owner)

    def test_compress(self) -> None:
        """
        Compression is on or off.
        """
        self.check(TypeError, "compress", rotate=10, compress="gzip")

    def test_paths(self) -> None:
        """
        Paths are those of files.
        """
        for path in ("", "logs/", "a\\0b".replace("\\0", chr(0))):
            self.check(ValueError, "path", path=path)
        for wrong in (None, 3, ["app.log"]):
            self.check(TypeError, "path", path=wrong)
        self.assertEqual(RotatingFile(Path("logs") / "app.log").path, "logs/app.log")
