"""How the documentation is built: offline, with its reference made from the code and its examples run."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS / "reference"))

from generate import generate  # noqa: E402  (found beside this file)

generate(DOCS / "reference" / "generated")

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
suppress_warnings = ["myst.header"]

html_theme = "furo"
html_title = "meguri"
html_static_path = ["_static"]
exclude_patterns = ["_build", "examples"]
