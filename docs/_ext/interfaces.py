"""
Zope interfaces, which Sphinx takes for objects of some class: a directive that shows one, and their
names in signatures.

Usage::

    .. interface:: eliot.ILogger
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from textwrap import indent

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import switch_source_input
from zope.interface.interface import InterfaceClass, Method

#: How an interface shows itself.
_SHOWN = re.compile(r"<InterfaceClass (?P<module>[\w.]+)\.(?P<name>\w+)>")


class Interface(Directive):
    """
    The directive; its argument is the interface's path.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """
        Write the interface as a class, and have that read.
        """
        path = self.arguments[0]
        module, _, name = path.rpartition(".")
        interface = getattr(import_module(module), name)
        lines = StringList(list(_as_class(module, name, interface)), path)
        holder = nodes.container()
        with switch_source_input(self.state, lines):
            self.state.nested_parse(lines, 0, holder)
        return holder.children


def _as_class(module: str, name: str, interface: InterfaceClass) -> Iterator[str]:
    yield f".. py:class:: {name}"
    yield f"   :module: {module}"
    yield from _text(interface.getDoc(), 1)
    for member, element in interface.namesAndDescriptions():
        if isinstance(element, Method):
            yield f"   .. py:method:: {member}{element.getSignatureString()}"
        else:
            yield f"   .. py:attribute:: {member}"
        yield from _text(element.getDoc(), 2)


def _text(docstring: str, depth: int) -> Iterator[str]:
    yield ""
    yield from indent(inspect.cleandoc(docstring), "   " * depth).splitlines()
    yield ""


def name_interfaces(
    app: Sphinx,
    what: str,
    name: str,
    obj: object,
    options: object,
    signature: str | None,
    returned: str | None,
) -> tuple[str | None, str | None]:
    """
    Write interfaces in a signature as they are named where they are public.
    """

    def named(found: re.Match[str]) -> str:
        module, _, private = found["module"].partition("._")
        public = getattr(import_module(module), found["name"], None)
        place = found["module"] if private and not isinstance(public, InterfaceClass) else module
        return f"{place}.{found['name']}"

    return (
        signature and _SHOWN.sub(named, signature),
        returned and _SHOWN.sub(named, returned),
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """
    Tell Sphinx of the directive.
    """
    app.add_directive("interface", Interface)
    app.connect("autodoc-process-signature", name_interfaces)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
