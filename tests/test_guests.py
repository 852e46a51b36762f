"""
Types of libraries that may not be there.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import Future
from decimal import Decimal
from types import ModuleType

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.spread.pb import CopiedFailure
from twisted.trial.unittest import SynchronousTestCase

from eliot._guests import (
    FarException,
    class_name,
    exception_of,
    failure_of,
    frames_of,
    is_a,
    is_attrs,
    is_deferred,
    is_failure,
    is_future,
    is_the,
    packages_of,
    traceback_of,
)
from tests.helpers import run_child
from tests.hostile import Hostile, OfHostileClass


def copied(**state: object) -> CopiedFailure:
    """
    Make a Failure that has come from another process.

    :param state: what it has brought with it.
    """
    failure = CopiedFailure.__new__(CopiedFailure)
    failure.__dict__.update(state)
    return failure


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

    def test_of_another_process(self) -> None:
        """
        A Failure that has come from another process, without its exception, gives one that stands
        for it.
        """
        for name in (b"far.Error", "far.Error"):
            error = exception_of(copied(type=name, value="no"))
            assert isinstance(error, FarException)
            self.assertEqual((class_name(error), str(error)), ("far.Error", "no"))
        error = exception_of(copied(type=ValueError, value="no"))
        self.assertEqual(class_name(error), "builtins.ValueError")
        self.assertIn("Hostile", str(exception_of(copied(type="far.Error", value=Hostile("")))))

    def test_broken(self) -> None:
        """
        A Failure that does not know what it holds is a complaint.
        """
        found = exception_of(copied())
        self.assertIs(type(found), TypeError)
        self.assertIn("CopiedFailure", str(found))


class ClassNameTests(SynchronousTestCase):
    """
    Naming the class of an exception.
    """

    def test_ordinary(self) -> None:
        """
        It is named by its import path.
        """
        self.assertEqual(class_name(ValueError()), "builtins.ValueError")

    def test_surrogates(self) -> None:
        """
        A name that was sent is fit for UTF-8.
        """
        self.assertEqual(class_name(FarException("\ud800", "")), "\\ud800")


class FramesOfTests(SynchronousTestCase):
    """
    Finding the frames of a Failure.
    """

    def test_failure(self) -> None:
        """
        They are there, also where the exception has lost its traceback.
        """
        try:
            raise ValueError
        except ValueError:
            failure = Failure()
        failure.cleanFailure()
        [(file, line, function)] = frames_of(failure)
        self.assertEqual(file, __file__)
        self.assertGreater(line, 100)
        self.assertIn("test_failure", function)

    def test_broken(self) -> None:
        """
        A Failure that lacks them, or has something else in their place, has none.
        """
        self.assertEqual(frames_of(copied()), [])
        self.assertEqual(frames_of(copied(frames=[1, 2])), [])
        self.assertEqual(frames_of(copied(frames=[("name", "file", "no number")])), [])

    def test_others(self) -> None:
        """
        Nothing else has any.
        """
        self.assertEqual(frames_of(ValueError()), [])


class IsTheTests(SynchronousTestCase):
    """
    Asking for an object by its name.
    """

    def test_is(self) -> None:
        """
        The object itself is it, and no other.
        """
        self.assertTrue(is_the(sys.path, "sys", "path"))
        self.assertFalse(is_the(list(sys.path), "sys", "path"))

    def test_unknown(self) -> None:
        """
        Nothing is what does not exist.
        """
        for value in (None, 1):
            self.assertFalse(is_the(value, "no.such.module", "name"))
            self.assertFalse(is_the(value, "sys", "no_such_name"))


class IsAttrsTests(SynchronousTestCase):
    """
    Asking for classes that attrs has made.
    """

    def test_twisted(self) -> None:
        """
        Twisted has some, such as addresses.
        """
        self.assertTrue(is_attrs(IPv4Address("TCP", "localhost", 80)))

    def test_others(self) -> None:
        """
        Other classes are not.
        """
        self.assertFalse(is_attrs(1))
        self.assertFalse(is_attrs(IPv4Address))

    def test_not_loaded(self) -> None:
        """
        Where attrs has not been loaded, it has made none.
        """

        class Claiming:
            """
            A class that looks like one.
            """

            __attrs_attrs__ = ()

        self.assertTrue(is_attrs(Claiming()))
        self.patch(sys, "modules", {})
        self.assertFalse(is_attrs(Claiming()))


class PackagesOfTests(SynchronousTestCase):
    """
    Finding who defines a class.
    """

    def test_bases(self) -> None:
        """
        The packages of the class and its bases are named, the nearest first, each once.
        """

        class Price(Decimal):
            """
            A special decimal.
            """

        self.assertEqual(packages_of(Price(1)), ["tests", "decimal", "builtins"])

    def test_hostile(self) -> None:
        """
        A class that does not want to be asked is not.
        """
        self.assertEqual(packages_of(OfHostileClass()), ["tests", "builtins"])


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
