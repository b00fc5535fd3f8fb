"""How the documentation is built: offline, with its reference made from the code and its examples run."""

from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS / "reference"))
# What the tutorial needs: a kernel of this environment, our command line, example files, one thread a model.
os.environ["JUPYTER_PATH"] = str(DOCS / "examples" / "jupyter")
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
os.environ["MEGURI_EXAMPLES"] = str(DOCS / "examples")
os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

from generate import generate  # noqa: E402  (found beside this file)

generate(DOCS / "reference" / "generated")
logging.getLogger("traitlets").setLevel(logging.WARNING)

project = "meguri"
author = "the meguri developers"
copyright = "2026, the meguri developers"
version = release = version_of("meguri")

extensions = ["myst_nb"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_merge_streams = True
suppress_warnings = ["myst.header"]

smartquotes = False  # "--from" is an option, no dash

html_theme = "furo"
html_title = "meguri"
html_static_path = ["_static"]
html_css_files = ["sheets.css"]
exclude_patterns = ["_build", "examples"]


def show_commands_as_commands(_app: Sphinx, doctree: nodes.document) -> None:
    """Colour cells that hold commands as a shell's, not as Python."""
    for block in doctree.findall(nodes.literal_block):
        if block.get("language") == "ipython3" and block.astext().startswith("meguri "):
            block["language"] = "bash"


def setup(app: Sphinx) -> None:
    """Connect the above."""
    app.connect("doctree-read", show_commands_as_commands)
