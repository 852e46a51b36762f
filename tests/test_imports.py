"""
Tests for :mod:`tests.imports`.
"""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.imports import Import, cycle, imports, mentions, sources


class SourcesTests(SynchronousTestCase):
    """
    How a package is read.
    """

    def test_names(self) -> None:
        """
        Modules have their full names, and a package the name of its folder.
        """
        package = Path(self.mktemp()) / "top"
        (package / "inner").mkdir(parents=True)
        for name in ("__init__.py", "one.py", "inner/__init__.py", "inner/two.py"):
            (package / name).write_text(f"# {name}", encoding="utf-8")
        self.assertEqual(
            sources(package),
            {
                "top": "# __init__.py",
                "top.one": "# one.py",
                "top.inner": "# inner/__init__.py",
                "top.inner.two": "# inner/two.py",
            },
        )


class ImportsTests(SynchronousTestCase):
    """
    How imports are found.
    """

    def found(self, text: str) -> list[tuple[str, bool]]:
        """
        Find the imports of one module of a package that has three others.

        :param text: The module.
        :returns: What it imports, and whether that happens when the program runs.
        """
        modules = {"top": "", "top.one": "", "top.inner": "", "top.me": text}
        return [(each.imported, each.runs) for each in imports(modules)]

    def test_plain(self) -> None:
        """
        ``import`` gives the names that are written.
        """
        self.assertEqual(self.found("import a.b, top.one as c"), [("a.b", True), ("top.one", True)])

    def test_name_from_module(self) -> None:
        """
        A name that is imported from a module of the package gives the module.
        """
        self.assertEqual(self.found("from top.one import name"), [("top.one", True)])

    def test_module_from_package(self) -> None:
        """
        A module that is imported from its package gives the module, not the package.
        """
        self.assertEqual(self.found("from top import one"), [("top.one", True)])

    def test_name_from_package(self) -> None:
        """
        A name that is imported from the package gives the package.
        """
        self.assertEqual(self.found("from top import name"), [("top", True)])

    def test_inside_function(self) -> None:
        """
        An import inside a function is found as well.
        """
        self.assertEqual(
            self.found("def f():\n    def g():\n        from top.one import name\n"),
            [("top.one", True)],
        )

    def test_by_function(self) -> None:
        """
        So is one by ``import_module`` or ``__import__``.
        """
        self.assertEqual(
            self.found("importlib.import_module('top.one')\n__import__('a')"),
            [("a", True), ("top.one", True)],
        )

    def test_type_checking(self) -> None:
        """
        Imports for type checkers are told apart; those of the other branch run.
        """
        self.assertEqual(
            self.found("if TYPE_CHECKING:\n    import a\nelse:\n    import b\n"),
            [("a", False), ("b", True)],
        )

    def test_relative(self) -> None:
        """
        Relative imports are not understood, and refused.
        """
        self.assertRaises(ValueError, self.found, "from . import one")

    def test_root(self) -> None:
        """
        The root of what is imported is its first part.
        """
        self.assertEqual(Import("a", "b.c.d").root, "b")


class CycleTests(SynchronousTestCase):
    """
    How cycles are found.
    """

    def test_none(self) -> None:
        """
        Two ways to the same module are no cycle.
        """
        self.assertEqual(cycle([Import("a", "b"), Import("a", "c"), Import("b", "c")]), [])

    def test_cycle(self) -> None:
        """
        A cycle is returned with its modules.
        """
        found = [Import("a", "b"), Import("b", "c"), Import("c", "b")]
        self.assertEqual(set(cycle(found)), {"b", "c"})

    def test_types_only(self) -> None:
        """
        An import for type checkers does not close a cycle.
        """
        self.assertEqual(cycle([Import("a", "b"), Import("b", "a", runs=False)]), [])


class MentionsTests(SynchronousTestCase):
    """
    How the use of a name is found.
    """

    def test_found(self) -> None:
        """
        The name counts wherever it is read, and when it is imported.
        """
        self.assertTrue(mentions("def f():\n    return sys.modules['a']", "sys", "modules"))
        self.assertTrue(mentions("from sys import modules", "sys", "modules"))

    def test_others(self) -> None:
        """
        Another name of the module, or the same of another module, does not count.
        """
        self.assertFalse(mentions("sys.path; self.modules; 'sys.modules'", "sys", "modules"))
        self.assertFalse(mentions("from os import modules", "sys", "modules"))
