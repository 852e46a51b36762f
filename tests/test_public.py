"""
Names that are loaded when somebody asks for them.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

import eliot
from tests.helpers import run_child


class LoadLaterTests(SynchronousTestCase):
    """
    The facade of the package.
    """

    def test_later(self) -> None:
        """
        A module that most programs have no use for is loaded when its name is asked for, whether
        by attribute or by import, and not before.
        """
        for use in (
            "eliot.log_call",
            "exec('from eliot import log_call')",
            "getattr(eliot, 'fields')",
        ):
            child = run_child(
                "import sys, eliot\n"
                "later = {'eliot._call', 'eliot._field', 'eliot._memory', 'eliot._schema'}\n"
                "assert not later & set(sys.modules), later & set(sys.modules)\n"
                f"{use}\n"
                "assert later & set(sys.modules)\n"
            )
            self.assertEqual((child.returncode, child.stderr), (0, ""), use)

    def test_unknown(self) -> None:
        """
        Other names are not there, as in any module.
        """
        self.assertFalse(hasattr(eliot, "nothing"))
        error = self.assertRaises(AttributeError, getattr, eliot, "nothing")
        self.assertEqual(str(error), "module 'eliot' has no attribute 'nothing'")

    def test_all(self) -> None:
        """
        Whoever lists the names, or imports all of them, finds them all.
        """
        child = run_child(
            "import eliot\n"
            "assert set(eliot.__all__) <= set(dir(eliot)), set(eliot.__all__) - set(dir(eliot))\n"
            "from eliot import *\n"
            "assert log_call is eliot.log_call and Field is eliot.Field\n"
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))

    def test_public_path(self) -> None:
        """
        What is loaded later names its public path, whoever has loaded it first.
        """
        child = run_child(
            "import eliot.testing, eliot\n"
            "names = [getattr(eliot, name).__module__ for name in"
            " ('MemoryLogger', 'ValidationError', 'TeeLogger', 'log_call')]\n"
            "assert set(names) == {'eliot'}, names\n"
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))
