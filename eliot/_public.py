"""
Making names look as they are meant to be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType


def publish(facade: str, names: Mapping[str, object]) -> None:
    """
    Have the classes and functions of a facade say that they come from there,
    so that messages, documentation and pickles show the public path.
    Interfaces keep theirs, since they are equal and hashed by it.

    :param facade: the name of the facade's module.
    :param names: its globals; those of ``__all__`` are published.
    """
    public = names["__all__"]
    assert isinstance(public, list)
    for name in public:
        each = names[name]
        # What another facade shows already belongs to that one.
        if isinstance(each, (type, FunctionType)) and "._" in each.__module__:
            each.__module__ = facade
