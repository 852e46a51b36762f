"""
Which way the arrows point: who may import whom, and what importing the package costs.

Imports for type checkers count here as much as those that run: who names a type of another layer
knows that layer.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import eliot
from tests.imports import Import, cycle, imports, mentions, sources

PACKAGE = Path(eliot.__file__).parent

#: The layers, and what each may import beside itself and the standard library: layers by their
#: full names, other distributions by theirs.  A module belongs to the layer with the longest name
#: that its own begins with; so all that is not named here is the core.
LAYERS: dict[str, set[str]] = {
    "eliot": {"eliot._public", "automat", "orjson", "zope"},
    "eliot.twisted": {
        *("eliot", "eliot._public", "eliot.plugins"),
        *("automat", "orjson", "treq", "twisted", "zope"),
    },
    # Where plug-ins are found, and our own among them.
    "eliot.plugins": {"twisted"},
    "eliot.plugins.eliot_kinds": {"eliot.twisted"},
    # What every twistd loads that is looking for plug-ins.
    "twisted.plugins": {"twisted"},
    # What facades are made with.
    "eliot._public": set(),
    "eliot.read": {"eliot._public", "jmespath", "orjson"},
    "eliot.cli": {"eliot.read", "click", "pyarrow", "rich"},
    # Documented faces of what lies below.
    "eliot.filter": {"eliot.read"},
    "eliot.logwriter": {"eliot", "eliot.twisted"},
    "eliot.parse": {"eliot.read"},
    "eliot.prettyprint": {"eliot.read"},
    # A third kind beside writing and reading, which may use both.
    "eliot.testing": {"eliot", "eliot._public", "eliot.read", "pytest", "zope"},
}

#: What must not be loaded by importing the core, since not every program needs it.
EXPENSIVE = {
    *("asyncio", "click", "dask", "jmespath", "numpy", "pyarrow", "rich", "treq", "twisted"),
    "unittest",
}


def layer(module: str) -> str:
    """
    Find where a module belongs.

    :param module: Its full name.
    :returns: The name of its layer.
    """
    return max(
        (name for name in LAYERS if f"{module}.".startswith(f"{name}.")),
        key=len,
    )


def refused(found: list[Import]) -> Iterator[str]:
    """
    Look for imports that point up or across.

    :param found: All imports of the package.
    :returns: A line for each that is not allowed.
    """
    for each in found:
        own = layer(each.importer)
        target = layer(each.imported) if each.root == "eliot" else each.root
        if target != own and target not in LAYERS[own] | sys.stdlib_module_names:
            yield f"{each.importer} imports {each.imported}"


def loaded_by(statement: str) -> set[str]:
    """
    Run a statement in a new interpreter.

    :param statement: What to run.
    :returns: The names of the packages, and of the modules without one, that it has loaded.
    """
    program = (
        f"import sys\nbefore = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - before)"
    )
    # What measures the coverage of child processes would load modules of its own.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    environment["PYTHONPATH"] = str(PACKAGE.parent)
    output = subprocess.check_output([sys.executable, "-c", program], env=environment, text=True)
    return {name.partition(".")[0] for name in output.split()}


class LayersTests(SynchronousTestCase):
    """
    The package keeps to its layers.
    """

    def setUp(self) -> None:
        """
        Read the package.
        """
        self.sources = sources(PACKAGE)
        drop_in = PACKAGE.parent / "twisted" / "plugins" / "eliot_plugin.py"
        self.sources["twisted.plugins.eliot_plugin"] = drop_in.read_text(encoding="utf-8")
        self.imports = imports(self.sources)

    def test_directions(self) -> None:
        """
        No import points up or across: the core knows neither Twisted nor who uses it, writing
        does not know reading, nor reading writing.
        """
        self.assertEqual(list(refused(self.imports)), [])

    def test_no_cycles(self) -> None:
        """
        No module needs itself, by whatever detour.
        """
        self.assertEqual(cycle(self.imports), [])

    def test_guests(self) -> None:
        """
        Libraries that may or may not be loaded are asked for in one private module of the core.
        """
        asking = {
            name
            for name, text in self.sources.items()
            if layer(name) == "eliot" and mentions(text, "sys", "modules")
        }
        self.assertEqual(asking, {"eliot._guests"})


class RefusedTests(SynchronousTestCase):
    """
    The rules refuse what they should.
    """

    def test_refused(self) -> None:
        """
        Imports that point up or across are told, those for type checkers too.
        """
        wrong = [
            Import("eliot._file", "twisted.python.failure", runs=False),
            Import("eliot._file", "eliot.twisted._writer"),
            Import("eliot._file", "eliot.read"),
            Import("eliot._file", "eliot.parse"),
            Import("eliot.twisted._writer", "eliot.read"),
            Import("eliot.twisted._writer", "eliot.cli"),
            Import("eliot.read._tasks", "eliot._ids"),
            Import("eliot.read._tasks", "eliot"),
            Import("eliot.read._tasks", "twisted.python"),
            Import("eliot.cli", "eliot.twisted"),
            Import("eliot.parse", "eliot._ids"),
            Import("eliot._file", "eliot.plugins"),
            Import("eliot.plugins", "eliot.twisted._kinds"),
            Import("twisted.plugins.eliot_plugin", "eliot.twisted._plugin"),
        ]
        expected = [f"{each.importer} imports {each.imported}" for each in wrong]
        self.assertEqual(list(refused(wrong)), expected)

    def test_allowed(self) -> None:
        """
        Imports that point down, or stay in their layer, are not.
        """
        right = [
            Import("eliot", "eliot._action"),
            Import("eliot._action", "eliot._context"),
            Import("eliot.twisted._writer", "eliot._destinations"),
            Import("eliot.twisted._writer", "twisted.internet.defer"),
            Import("eliot.logwriter", "eliot.twisted"),
            Import("eliot.cli", "eliot.read._tasks"),
            Import("eliot.testing", "eliot.read"),
            Import("eliot.testing", "eliot._logger"),
            Import("eliot.read", "collections.abc"),
            Import("eliot.twisted._collect", "eliot.plugins"),
            Import("eliot.plugins.eliot_kinds", "eliot.twisted._kinds"),
        ]
        self.assertEqual(list(refused(right)), [])


class LightImportTests(SynchronousTestCase):
    """
    Importing the core is cheap.
    """

    def test_light(self) -> None:
        """
        ``import eliot`` loads none of the large packages that not every program needs.
        """
        loaded = loaded_by("import eliot")
        self.assertIn("eliot", loaded)
        self.assertEqual(loaded & EXPENSIVE, set())

    def test_seen(self) -> None:
        """
        One that is loaded would be seen.
        """
        self.assertIn("asyncio", loaded_by("import asyncio.events"))
