"""
Objects of others that behave differently from now on, and stay what they are.

What wraps an object has another identity and another type than what it wraps, and provides
other interfaces: whoever looks at these, or replaces the object, comes to grief.  So the
object gets a subclass of its own class instead.  That is made once for each class, and looks
like it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import new_class
from typing import Protocol
from weakref import WeakValueDictionary


class Make(Protocol):
    """
    Says how a subclass differs.
    """

    def __call__(self, cls: type) -> Mapping[str, object]:
        """
        Make the attributes of a subclass.

        :param cls: the class.
        """


class Reclassed:
    """
    Subclasses of one kind, for as long as there are objects of them.  May be used in any
    thread.

    :param make: says how a subclass differs.
    :param mixin: what comes before the class among the bases, if anything does.
    """

    def __init__(self, make: Make, mixin: type | None = None) -> None:
        self._make = make
        self._mixin = () if mixin is None else (mixin,)
        # A subclass is kept alive by its objects only; the class, by the subclass.
        self._made: WeakValueDictionary[type, type] = WeakValueDictionary()

    def is_one(self, value: object) -> bool:
        """
        Tell whether an object is of such a subclass.
        """
        cls = type(value)
        return any(self._made.get(base) is cls for base in cls.__bases__)

    def reclass(self, value: object) -> None:
        """
        Have an object be of the subclass.

        :raises Exception: of several kinds, if that cannot be done; it is as it was then.
        """
        if not self.is_one(value):
            value.__class__ = self._subclass(type(value))

    def _subclass(self, cls: type) -> type:
        made = self._made.get(cls)
        if made is None:
            attributes = {
                # It must not have more room than the class, nor a name of its own.
                "__slots__": (),
                "__doc__": cls.__doc__,
                "__module__": cls.__module__,
                "__qualname__": cls.__qualname__,
                **self._make(cls),
            }
            bases = (*self._mixin, cls)
            made = new_class(cls.__name__, bases, exec_body=partial(_fill, attributes))
            # Another thread may have been sooner.
            made = self._made.setdefault(cls, made)
        return made


def _fill(attributes: Mapping[str, object], body: dict[str, object]) -> None:
    body.update(attributes)
