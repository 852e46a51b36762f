"""
What is installed is what was declared, and what was declared is what is tested.
"""

import os
import re
import sysconfig
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path
from unittest import SkipTest

from twisted.trial.unittest import SynchronousTestCase

import eliot

#: The folder of the project, also where the tests are reached by a link.
PROJECT = Path(__file__).resolve().parent.parent

#: Set by those who test an installed package: the folder that it must not be imported from.
SOURCE_TREE = os.environ.get("ELIOT_SOURCE_TREE")


def declared_floors() -> dict[str, str]:
    """
    Read the lowest versions of all dependencies, those of the extras among them.

    :returns: Versions by the name of the distribution.
    :raises ValueError: If a requirement is not of the form ``name >= version``.
    """
    setup = ConfigParser()
    setup.read(PROJECT / "setup.cfg", encoding="utf-8")
    lists = [setup["options"]["install_requires"], *setup["options.extras_require"].values()]
    floors = {}
    for requirement in filter(None, "\n".join(lists).splitlines()):
        match = re.fullmatch(r"([\w.-]+) >= ([\w.]+)", requirement)
        if match is None:
            raise ValueError(f"not of the form 'name >= version': {requirement}")
        floors[match[1]] = match[2]
    return floors


def pinned_floors() -> dict[str, str]:
    """
    Read which versions the tests of the lowest versions pin.

    :returns: Versions by the name of the distribution.
    """
    lines = (PROJECT / "tests" / "floors.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return dict(pins)


class FloorsTests(SynchronousTestCase):
    """
    The lowest versions that are declared are those that are tested.
    """

    def test_declared_is_tested(self) -> None:
        """
        The constraints of the test are the lower bounds in ``setup.cfg``, and no others.
        """
        self.assertEqual(pinned_floors(), declared_floors())

    def test_every_dependency(self) -> None:
        """
        Each dependency that the framework is known by has a lower bound.
        """
        expected = {"automat", "click", "orjson", "treq", "twisted", "zope.interface"}
        self.assertLessEqual(expected, set(declared_floors()))


class InstalledTests(SynchronousTestCase):
    """
    The package that the tests import is the one that was built and installed.
    """

    def setUp(self) -> None:
        """
        Without an installed package there is nothing to look at.
        """
        if SOURCE_TREE is None:
            raise SkipTest("ELIOT_SOURCE_TREE is not set: this may be the source tree itself")
        self.source_tree = Path(SOURCE_TREE).resolve()
        self.package = Path(eliot.__file__).resolve().parent

    def test_not_the_tree(self) -> None:
        """
        The package comes from the environment's ``site-packages``, not from the source tree.
        """
        self.assertNotEqual(self.package, self.source_tree / "eliot")
        self.assertEqual(self.package.parent, Path(sysconfig.get_path("purelib")).resolve())

    def test_version(self) -> None:
        """
        The distribution has the version that the package says, the first two parts of which are
        integers.
        """
        self.assertEqual(metadata.version("eliot"), eliot.__version__)
        major, minor = eliot.__version__.split(".")[:2]
        self.assertEqual((int(major), int(minor)), (2, 0))

    def test_contents(self) -> None:
        """
        Nothing is installed but the package, the commands, and what twistd finds: no tests, no
        benchmarks.
        """
        # Pytest adds the folder of the tests to the path, where there may be what a build has left.
        installed = metadata.distributions(name="eliot", path=[sysconfig.get_path("purelib")])
        files = [file for each in installed for file in each.files or ()]
        places = {file.parts[0] for file in files}
        own = {"..", "eliot", f"eliot-{eliot.__version__}.dist-info"}
        self.assertEqual(places, {*own, "twisted"})
        # The folder is Twisted's, so we must put nothing else there.
        drop_ins = {str(file) for file in files if file.parts[0] == "twisted"}
        drop_ins = {name for name in drop_ins if name.endswith(".py")}
        self.assertEqual(drop_ins, {"twisted/plugins/eliot_plugin.py"})
        outside = {file.name for file in files if file.parts[0] == ".."}
        self.assertEqual(outside, {"eliot", "eliot-prettyprint"})

    def test_typed(self) -> None:
        """
        Type checkers are told that the package is typed.
        """
        self.assertTrue((self.package / "py.typed").is_file())

    def test_whole(self) -> None:
        """
        Every module of the source tree has been installed.
        """

        def modules(package: Path) -> set[Path]:
            return {path.relative_to(package) for path in package.rglob("*.py")}

        self.assertEqual(modules(self.package), modules(self.source_tree / "eliot"))
