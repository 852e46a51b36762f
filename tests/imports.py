"""
Who imports whom, read off the source with :mod:`ast`: nothing is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path


@dataclass(frozen=True, order=True)
class Import:
    """
    One module imports another.

    :ivar importer: The name of the module in whose source the import stands.
    :ivar imported: What it imports: the full name of one of the modules that were read if it is
        one, otherwise the name as it was written.
    :ivar runs: False if the import is for type checkers only (below ``if TYPE_CHECKING``).
    """

    importer: str
    imported: str
    runs: bool = True

    @property
    def root(self) -> str:
        """
        The first part of what is imported: the package as it is installed.
        """
        return self.imported.partition(".")[0]


def sources(package: Path) -> dict[str, str]:
    """
    Read a package.

    :param package: Its folder.
    :returns: The text of each module, by its full name.
    """
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path.read_text(encoding="utf-8")
    return found


def imports(modules: Mapping[str, str]) -> list[Import]:
    """
    Find all imports, also those inside functions and those by ``import_module("...")``.

    :param modules: The text of each module, by its full name.
    :returns: What was found, sorted, each once.
    """
    found = set()
    for importer, text in modules.items():
        for imported, runs in _written(ast.parse(text), runs=True):
            # "from package import module" means the module, "from module import name" does not
            # mean anything beyond the module.
            name = imported
            while "." in name and name not in modules and name.rpartition(".")[0] in modules:
                name = name.rpartition(".")[0]
            found.add(Import(importer, name, runs))
    return sorted(found)


def _written(node: ast.AST, *, runs: bool) -> Iterator[tuple[str, bool]]:
    """
    Walk through a tree.

    :param node: Where to begin.
    :param runs: Whether the node is reached when the program runs.
    :returns: Names as they are written, with whether they are imported when the program runs.
    """
    match node:
        case ast.Import(names=names):
            yield from ((alias.name, runs) for alias in names)
        case ast.ImportFrom(module=module, names=names, level=0):
            yield from ((f"{module}.{alias.name}", runs) for alias in names)
        case ast.ImportFrom():
            raise ValueError(f"line {node.lineno}: a relative import")
        case ast.Call(
            func=ast.Name(id=name) | ast.Attribute(attr=name),
            args=[ast.Constant(value=str(imported)), *_],
        ) if name in {"import_module", "__import__"}:
            yield imported, runs
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            for statement in node.body:
                yield from _written(statement, runs=False)
            for statement in node.orelse:
                yield from _written(statement, runs=runs)
            return
    for child in ast.iter_child_nodes(node):
        yield from _written(child, runs=runs)


def cycle(found: list[Import]) -> list[str]:
    """
    Look for a cycle.

    Imports for type checkers do not count.  An annotation has to name what a module is given,
    also where the giver is above it: a context holds an action that it knows nothing of.

    :param found: The imports.
    :returns: The names of the modules of one cycle, the first of them again at the end; nothing
        if there is none.
    """
    graph = TopologicalSorter[str]()
    for each in found:
        if each.runs:
            graph.add(each.importer, each.imported)
    try:
        graph.prepare()
    except CycleError as error:
        names: list[str] = error.args[1]
        return names
    return []


def mentions(text: str, module: str, name: str) -> bool:
    """
    Look for ``module.name`` in a program.

    :param text: The program.
    :param module: The name of a module, as it is imported.
    :param name: The name of something in it.
    :returns: Whether the program reads it, under its own name or imported from the module.
    """
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute):
                if (owner, attribute) == (module, name):
                    return True
            case ast.ImportFrom(module=owner, names=names) if owner == module:
                if any(alias.name == name for alias in names):
                    return True
    return False
