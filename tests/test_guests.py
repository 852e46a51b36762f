"""
Types of libraries that may not be there.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import Future
from decimal import Decimal
from types import ModuleType

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot._guests import (
    exception_of,
    failure_of,
    is_a,
    is_deferred,
    is_failure,
    is_future,
    traceback_of,
)
from tests.helpers import run_child


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


class PendingTests(SynchronousTestCase):
    """
    Knowing what stands for a result that is still to come.
    """

    def test_told_apart(self) -> None:
        """
        Deferreds, futures of both kinds, Failures and others are told apart.
        """

        async def future() -> object:
            return asyncio.get_running_loop().create_future()

        deferred: Deferred[None] = Deferred()
        for value, expected in (
            (deferred, (True, False, False)),
            (asyncio.run(future()), (False, True, False)),
            (Future(), (False, True, False)),
            (Failure(ValueError()), (False, False, True)),
            (3, (False, False, False)),
        ):
            self.assertEqual((is_deferred(value), is_future(value), is_failure(value)), expected)

    def test_failure_of(self) -> None:
        """
        A future has failed with its exception, or by being cancelled, or not at all.
        """
        error = ValueError()
        futures: list[Future[int]] = [Future(), Future(), Future()]
        futures[0].set_exception(error)
        futures[1].cancel()
        futures[2].set_result(1)
        failed, cancelled, fine = map(failure_of, futures)
        self.assertIs(failed, error)
        self.assertEqual(type(cancelled).__name__, "CancelledError")
        self.assertIsNone(fine)
