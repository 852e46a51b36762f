"""
Making names look as they are meant to be used, and loading them when they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import FunctionType


def publish(facade: str, names: Mapping[str, object]) -> None:
    """
    Have the classes and functions of a facade say that they come from there,
    so that messages, documentation and pickles show the public path.
    Interfaces keep theirs, since they are equal and hashed by it.

    :param facade: the name of the facade's module.
    :param names: its globals; those of ``__all__`` are published, but for what
        is loaded later.
    """
    public = names["__all__"]
    assert isinstance(public, list)
    for name in public:
        if name in names:
            show_in(facade, names[name])


def load_later(
    facade: str, names: dict[str, object], modules: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """
    Make ``__getattr__`` and ``__dir__`` of a facade's module (see :pep:`562`),
    which load what most programs have no use for when one asks for it: each
    module that is imported makes every process start later.

    :param facade: the name of the facade's module.
    :param names: its globals, where a name stands once it has been loaded.
    :param modules: which names are loaded from where: by the module's name,
        names with spaces in between, or nothing where it is the module itself.
    """
    origins = {
        name: module
        for module, shown in modules.items()
        for name in shown.split() or [module.removeprefix(f"{facade}.")]
    }

    def load(name: str) -> object:
        try:
            module = origins[name]
        except KeyError:
            raise AttributeError(f"module {facade!r} has no attribute {name!r}") from None
        # Two threads that ask at once get the same.
        loaded: object = import_module(module)
        found = loaded if module == f"{facade}.{name}" else getattr(loaded, name)
        names[name] = found
        return found

    return load, lambda: sorted({*names, *origins})


def show_in(facade: str, *values: object) -> None:
    """
    Have classes and functions say that they come from a facade.  What is loaded
    later does this itself, since another facade may show it first.

    :param facade: the name of the facade's module.
    :param values: what it shows.
    """
    for value in values:
        # What another facade shows already belongs to that one.
        if isinstance(value, (type, FunctionType)) and "._" in value.__module__:
            value.__module__ = facade
