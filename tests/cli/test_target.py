"""
Tests of :mod:`eliot.cli._target`.
"""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

import click
from twisted.trial.unittest import SynchronousTestCase

from eliot.cli._target import open_target


class TargetTests(SynchronousTestCase):
    """
    A file is written whole, or not at all.
    """

    def setUp(self) -> None:
        """
        Make a folder.
        """
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.path = self.folder / "target"

    def test_whole(self) -> None:
        """
        It gets its name once it is complete, with the permissions that any new file has.
        """
        with open_target(str(self.path), []) as file:
            file.write(b"new")
            self.assertFalse(self.path.exists())
        self.assertEqual(self.path.read_bytes(), b"new")
        self.assertEqual([*self.folder.iterdir()], [self.path])
        other = self.folder / "other"
        other.touch()
        self.assertEqual(self.path.stat().st_mode, other.stat().st_mode)

    def test_interrupted(self) -> None:
        """
        What was not completed leaves nothing; what stood there before still does.
        """
        self.path.write_bytes(b"old")
        target = open_target(str(self.path), [])
        target.__enter__().write(b"new")
        self.assertFalse(target.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None))
        self.assertEqual(self.path.read_bytes(), b"old")
        self.assertEqual([*self.folder.iterdir()], [self.path])

    def test_replaced(self) -> None:
        """
        An older file is replaced, also where a link leads to it.
        """
        self.path.write_bytes(b"old")
        link = self.folder / "link"
        link.symlink_to("target")
        with open_target(str(link), []) as file:
            file.write(b"new")
        self.assertTrue(link.is_symlink())
        self.assertEqual(self.path.read_bytes(), b"new")

    def test_input(self) -> None:
        """
        What is read is never written, by whatever name.
        """
        self.path.write_bytes(b"log")
        link = self.folder / "link"
        link.symlink_to("target")
        target = open_target(str(link), ["-", "absent", str(self.path)])
        self.assertRaises(click.ClickException, target.__enter__)
        self.assertEqual(self.path.read_bytes(), b"log")

    def test_refused(self) -> None:
        """
        Where nothing can be written, that is told.
        """
        for name in (self.folder / "no" / "such", self.folder):
            target = open_target(str(name), [])
            error = self.assertRaises(click.ClickException, target.__enter__)
            self.assertIn("cannot be written", error.message)

    def test_pipe(self) -> None:
        """
        What is no ordinary file is written as it is.
        """
        os.mkfifo(self.path)
        found: list[bytes] = []
        reader = Thread(target=lambda: found.append(self.path.read_bytes()))
        reader.start()
        with open_target(str(self.path), []) as file:
            file.write(b"new")
        reader.join()
        self.assertEqual(found, [b"new"])
        self.assertTrue(self.path.is_fifo())
