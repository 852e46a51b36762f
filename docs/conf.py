"""
How Sphinx makes the documentation: ``sphinx-build -n -W docs build``.
"""

import builtins
import sys
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

import eliot

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Eliot 2"
author = "the authors of Eliot 2"
release = version = eliot.__version__

extensions = ["sphinx.ext.autodoc", "help_text", "interfaces", "machines", "terminal"]

nitpick_ignore_regex = [
    # Our own names must all be found. Those of others are not looked up: the documentation is made
    # without a network.
    ("py:.*", r"(?!eliot\b).*"),
    # Private types stand in some signatures, and have no place of their own here.
    ("py:.*", r"eliot(\.\w+)*\._\w+(\.\w+)*"),
]

autodoc_member_order = "groupwise"
autodoc_preserve_defaults = True
maximum_signature_line_length = 80
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"{project} {version}"
html_copy_source = False


def leave_builtins(app: Sphinx, document: nodes.document) -> None:
    """
    Keep Sphinx from taking the class ``type`` for some attribute that is called so: where it does
    not find a class, though not where it does not find an exception, it tries attributes.
    """
    for reference in document.findall(pending_xref):
        if reference["reftype"] == "class" and hasattr(builtins, reference["reftarget"]):
            reference["reftype"] = "exc"


def setup(app: Sphinx) -> None:
    """
    Tell Sphinx what has to be done besides.
    """
    app.connect("doctree-read", leave_builtins)
