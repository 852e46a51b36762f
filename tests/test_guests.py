"""
Types of libraries that may not be there.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from types import ModuleType

from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot._guests import exception_of, failure_of, is_a, is_loaded, traceback_of
from tests.helpers import run_child


class IsLoadedTests(SynchronousTestCase):
    """
    Asking for a module.
    """

    def test_loaded(self) -> None:
        """
        A module is loaded once anybody has imported it.
        """
        self.assertTrue(is_loaded("decimal"))
        self.assertFalse(is_loaded("no_such_module"))


class IsATests(SynchronousTestCase):
    """
    Asking for a type by its name.
    """

    def test_is(self) -> None:
        """
        A value of the class, or of one that is derived from it, is one.
        """

        class Price(Decimal):
            """
            A special decimal.
            """

        self.assertTrue(is_a(Decimal(1), "decimal", "Decimal"))
        self.assertTrue(is_a(Price(1), "decimal", "Decimal"))

    def test_is_not(self) -> None:
        """
        Any other is not.
        """
        self.assertFalse(is_a(1, "decimal", "Decimal"))
        self.assertFalse(is_a(Decimal, "decimal", "Decimal"))

    def test_unknown(self) -> None:
        """
        Nothing is of a class that does not exist, or of something that is no class.
        """
        self.assertFalse(is_a(1, "no.such.module", "Class"))
        self.assertFalse(is_a(1, "decimal", "NoSuchClass"))
        self.assertFalse(is_a(1, "decimal", "getcontext"))

    def test_blocked(self) -> None:
        """
        A module whose import is blocked is not there either.
        """
        sys.modules["blocked"] = None  # type: ignore[assignment]  # what blocking is
        self.addCleanup(sys.modules.pop, "blocked")
        self.assertFalse(is_a(1, "blocked", "int"))

    def test_hostile_module(self) -> None:
        """
        A module that raises when it is asked, as lazy ones may, does no harm.
        """

        class Lazy(ModuleType):
            """
            A module that cannot be loaded after all.
            """

            def __getattr__(self, name: str) -> object:
                raise ImportError(name)

        sys.modules["lazy"] = Lazy("lazy")
        self.addCleanup(sys.modules.pop, "lazy")
        self.assertFalse(is_a(1, "lazy", "Class"))

    def test_imports_nothing(self) -> None:
        """
        Asking does not import.
        """
        child = run_child(
            "import sys\n"
            "from eliot._guests import is_a\n"
            "assert not is_a(1, 'twisted.python.failure', 'Failure')\n"
            "assert 'twisted' not in sys.modules\n"
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))


class ExceptionOfTests(SynchronousTestCase):
    """
    Finding the exception in a reason.
    """

    def test_exception(self) -> None:
        """
        An exception is itself.
        """
        error = ValueError()
        self.assertIs(exception_of(error), error)

    def test_failure(self) -> None:
        """
        A Failure, which is an exception for Python as well, is what it holds.
        """
        error = ValueError()
        self.assertIs(exception_of(Failure(error)), error)

    def test_neither(self) -> None:
        """
        Anything else is a complaint that names its class.
        """
        found = exception_of(3)
        self.assertIs(type(found), TypeError)
        self.assertIn("int", str(found))


class TracebackOfTests(SynchronousTestCase):
    """
    Finding the traceback of a Failure.
    """

    def test_failure(self) -> None:
        """
        It is what Twisted shows.
        """
        failure = Failure(ValueError("no"))
        self.assertEqual(traceback_of(failure), failure.getTraceback())

    def test_broken(self) -> None:
        """
        A Failure that cannot show its own has none.
        """

        class Broken(Failure):
            """
            A Failure that cannot be shown.
            """

            def getTraceback(self, *args: object, **kwargs: object) -> str:  # noqa: N802
                """
                Raise.
                """
                raise ZeroDivisionError

        self.assertIsNone(traceback_of(Broken(ValueError())))

    def test_others(self) -> None:
        """
        Nothing else has one.
        """
        self.assertIsNone(traceback_of(ValueError()))
        self.assertIsNone(traceback_of(3))


class FailureOfTests(SynchronousTestCase):
    """
    Making a Failure.
    """

    def test_made(self) -> None:
        """
        Where Twisted's class is there, it is one of the exception.
        """
        error = ValueError()
        failure = failure_of(error)
        assert isinstance(failure, Failure)
        self.assertIs(failure.value, error)

    def test_not_loaded(self) -> None:
        """
        Where it is not, none is made, and nothing imported for it.
        """
        child = run_child(
            "import sys; from eliot._guests import failure_of; "
            "print(failure_of(ValueError()), 'twisted' in sys.modules)"
        )
        self.assertEqual(child.stdout, "None False\n", child.stderr)
