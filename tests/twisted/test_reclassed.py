"""
Tests of :mod:`eliot.twisted._reclassed`.
"""

from __future__ import annotations

import gc
import weakref

from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._reclassed import Reclassed


class Thing:
    """
    Some class.
    """

    def name(self) -> str:
        """
        Tell a name.
        """
        return "thing"


class Full:
    """
    One without room for attributes.
    """

    __slots__ = ("x",)


def louder(cls: type) -> dict[str, object]:
    """
    Have the name be in capitals.
    """
    return {"name": lambda self: cls.name(self).upper()}  # type: ignore[attr-defined]  # is there


class ReclassedTests(SynchronousTestCase):
    """
    Objects behave differently, and stay what they are.
    """

    def test_behaves(self) -> None:
        """
        The object does what the subclass does, others of its class do not.
        """
        thing = Thing()
        Reclassed(louder).reclass(thing)
        self.assertEqual((thing.name(), Thing().name()), ("THING", "thing"))

    def test_looks(self) -> None:
        """
        It is of its class, and looks like it.
        """
        thing = Thing()
        thing.__dict__["x"] = 1
        Reclassed(louder).reclass(thing)
        cls = type(thing)
        self.assertIsInstance(thing, Thing)
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            self.assertEqual(getattr(cls, name), getattr(Thing, name))
        self.assertEqual(vars(thing), {"x": 1})

    def test_once(self) -> None:
        """
        There is one subclass for each class; to do it again changes nothing.
        """
        kind = Reclassed(louder)
        one, two = Thing(), Thing()
        self.assertFalse(kind.is_one(one))
        kind.reclass(one)
        kind.reclass(two)
        cls = type(one)
        kind.reclass(one)
        self.assertIs(type(one), cls)
        self.assertIs(type(two), cls)
        self.assertTrue(kind.is_one(one))

    def test_mixin(self) -> None:
        """
        A mixin comes before the class.
        """

        class Silent:
            def name(self) -> str:
                return ""

        thing = Thing()
        kind = Reclassed(lambda cls: {}, Silent)
        kind.reclass(thing)
        self.assertEqual(thing.name(), "")
        self.assertTrue(kind.is_one(thing))

    def test_without_room(self) -> None:
        """
        One without room for attributes can be reclassed as well.
        """
        full = Full()
        Reclassed(lambda cls: {"y": 1}).reclass(full)
        self.assertEqual(getattr(full, "y"), 1)  # noqa: B009 - not in the class

    def test_refused(self) -> None:
        """
        What cannot be reclassed stays as it is.
        """

        class Final:
            def __init_subclass__(cls) -> None:
                raise TypeError("no more")

        values: list[object] = [Final(), [], None]
        for value in values:
            self.assertRaises(TypeError, Reclassed(lambda cls: {}).reclass, value)

    def test_forgotten(self) -> None:
        """
        Classes are not kept alive.
        """

        class Passing(Thing):
            pass

        kind = Reclassed(louder)
        kind.reclass(Passing())
        gone = weakref.ref(Passing)
        del Passing
        # First the subclass, then what it was made of.
        gc.collect()
        gc.collect()
        self.assertIsNone(gone())
