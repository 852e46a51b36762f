"""
A directive that shows a state machine as it is: its transitions as a table,
and as a diagram where Graphviz is installed.

Usage::

    .. machine:: eliot._lifecycle.action_machine
"""

from __future__ import annotations

import shutil
from importlib import import_module
from typing import NamedTuple

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.ext.graphviz import graphviz


class Transition(NamedTuple):
    """
    What one input does in one state.
    """

    state: str
    input: str
    target: str
    behaviour: str


def transitions_of(path: str) -> list[Transition]:
    """
    Read the transitions off a built machine.

    :param path: where the machine is: module and name, joined by a dot.
    :returns: all of them, sorted; those that only ask for the state left out.
    """
    module, _, name = path.rpartition(".")
    machine = getattr(import_module(module), name)
    # The same attribute that automat's own visualization reads.
    automaton = machine.__automat_automaton__
    found = [
        Transition(state.name, symbol, target.name, _behaviour(outputs))
        for state, symbol, target, outputs in automaton.allTransitions()
        if symbol != "status"
    ]
    return sorted(found)


def _behaviour(outputs: tuple[object, ...]) -> str:
    names = [getattr(getattr(output, "method", output), "__name__", "") for output in outputs]
    return ", ".join(name for name in names if not name.startswith("returns("))


class Machine(Directive):
    """
    The directive; its argument is the machine's path.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """
        Make the table, and the diagram where that can be drawn.
        """
        transitions = transitions_of(self.arguments[0])
        holder = nodes.container()
        self.state.nested_parse(StringList(_table(transitions), self.arguments[0]), 0, holder)
        result: list[nodes.Node] = list(holder.children)
        if shutil.which("dot"):
            diagram = graphviz()
            diagram["code"] = _dot(transitions)
            diagram["options"] = {}
            diagram["alt"] = f"The transitions of {self.arguments[0]}"
            result.insert(0, diagram)
        return result


def _table(transitions: list[Transition]) -> list[str]:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    rows = [("in the state", "upon", "goes to", "and does"), *transitions]
    for row in rows:
        state, symbol, target, behaviour = row
        cells = [state, symbol, "(stays)" if state == target else target, behaviour or "nothing"]
        lines += [f"   {'*' if index == 0 else ' '} - {cell}" for index, cell in enumerate(cells)]
    return [*lines, ""]


def _dot(transitions: list[Transition]) -> str:
    edges = [
        f'  "{each.state}" -> "{each.target}" [label="{each.input}"];'
        for each in transitions
        if each.state != each.target or each.behaviour
    ]
    return "\n".join(["digraph machine {", "  rankdir=LR;", *edges, "}"])


def setup(app: Sphinx) -> dict[str, bool]:
    """
    Tell Sphinx of the directive.
    """
    app.setup_extension("sphinx.ext.graphviz")
    app.add_directive("machine", Machine)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
