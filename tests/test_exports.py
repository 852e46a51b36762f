"""
The facades: which names the package shows, and where.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import FunctionType, ModuleType

from twisted.trial.unittest import SynchronousTestCase

import eliot

#: Facades whose classes name the private module in which they are defined: what makes the others
#: name the facade belongs to the writing side, which the reading side does not know.
AS_DEFINED = {"eliot.read"}


def facades() -> list[str]:
    """
    Find the modules that people import: those without an underscore in front.

    :returns: Their full names.
    """
    names = [eliot.__name__]
    packages = [(eliot.__name__, list(eliot.__path__))]
    while packages:
        package, path = packages.pop()
        for module in pkgutil.iter_modules(path):
            if not module.name.startswith("_"):
                name = f"{package}.{module.name}"
                names.append(name)
                if module.ispkg:
                    packages.append((name, list(import_module(name).__path__)))
    return sorted(names)


def defined(facade: ModuleType) -> set[str]:
    """
    List what a module defines, instead of importing it.

    :param facade: The module.
    :returns: The names of its functions and classes.
    """
    return {
        node.name
        for node in ast.parse(inspect.getsource(facade)).body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }


def public_names(facade: ModuleType) -> set[str]:
    """
    List what a facade holds.

    :param facade: The facade.
    :returns: All names without an underscore in front, except modules, language features, and the
        function by which facades publish their names.  A documented module that defines something
        needs more than it shows, so there only what it defines counts.
    """
    own = defined(facade)
    for name in facade.__all__:
        # Some are loaded when they are asked for.
        getattr(facade, name)
    return {
        name
        for name, value in vars(facade).items()
        if not name.startswith("_")
        and not isinstance(value, ModuleType)
        and getattr(value, "__module__", None) not in {"__future__", "eliot._public"}
        and (name in own or not own)
    }


def showing(facade: ModuleType) -> Iterator[tuple[str, str]]:
    """
    Look where the classes and functions of a facade say that they are from.

    :param facade: The facade.
    :returns: The name of each, and the module that it names.
    """
    for name in facade.__all__:
        value = getattr(facade, name)
        if isinstance(value, (type, FunctionType)):
            yield name, value.__module__


class FacadesTests(SynchronousTestCase):
    """
    Every facade shows what it means to, and nothing else.
    """

    def test_found(self) -> None:
        """
        The facades that everybody imports are among those that are looked at.
        """
        self.assertLessEqual({"eliot", "eliot.twisted", "eliot.logwriter"}, set(facades()))

    def test_all(self) -> None:
        """
        ``__all__`` names what is public in the facade, each name once.  The version may stand
        there too, and so may other facades that are parts of this one.
        """
        known = facades()
        for name in known:
            facade = import_module(name)
            shown = list(facade.__all__)
            self.assertEqual(len(shown), len(set(shown)), name)
            parts = {each for each in shown if f"{name}.{each}" in known}
            public = public_names(facade)
            if defined(facade):
                self.assertLessEqual(public, set(shown), name)
            else:
                self.assertEqual(set(shown) - parts - {"__version__"}, public, name)

    def test_shown(self) -> None:
        """
        What ``__all__`` names is there.
        """
        for name in facades():
            facade = import_module(name)
            missing = [each for each in facade.__all__ if not hasattr(facade, each)]
            self.assertEqual(missing, [], name)

    def test_public_path(self) -> None:
        """
        A class or function says that it is from a facade, and there it is, under its own name:
        so tracebacks, documentation and pickles name a path that is kept.
        """
        known = set(facades())
        for name in known - AS_DEFINED:
            facade = import_module(name)
            for attribute, module in showing(facade):
                value = getattr(facade, attribute)
                self.assertIn(module, known, f"{name}.{attribute}")
                self.assertIs(getattr(import_module(module), value.__name__), value)
