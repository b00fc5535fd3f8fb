"""A page about measurements: pictures first, then what is known of each. One HTML file that needs no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from loop.counting import counted
from services.report.pictures.panel_figures import panel_figure
from services.report.pictures.panels import Panel
from services.report.style import DARK
from services.report.tables import Table

__all__ = ["Fact", "Leaf", "build_measurement_page"]

_MOST_OPEN = 6
"""More measurements than this are folded up, each under its heading."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known: what, in words, and whether it is `bad` news."""

    name: str
    text: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What is known of one measurement, under its heading.

    `claims` are what its file says of its content and holds; `fields` are those of its file's header.
    """

    heading: str
    facts: tuple[Fact, ...]
    tables: tuple[tuple[str, Table], ...] = ()
    claims: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    name: str
    height: int
    shows: str
    data: Markup


def build_measurement_page(title: str, subtitle: str, panels: Sequence[Panel], leaves: Sequence[Leaf]) -> str:
    """Write the page.

    Parameters
    ----------
    title
        What is looked at: a file, a measurement, a specimen.
    subtitle
        One line about it.
    panels
        What to draw, in order.
    leaves
        What is known of each measurement.
    """
    environment = Environment(
        loader=PackageLoader("services.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pictures = []
    for number, panel in enumerate(panels, start=1):
        made = panel_figure(panel)
        if made is not None:
            data = _safe(made.to_json())
            height = int(made.layout.height)
            pictures.append(_Picture(name=f"picture-{number}", height=height, shows=panel.title, data=data))
    return environment.get_template("measurement.html").render(
        title=title,
        subtitle=subtitle,
        pictures=pictures,
        leaves=leaves,
        n_open=_MOST_OPEN,
        counted=counted,
        colours=_safe(json.dumps(DARK)),
        plotly=Markup(get_plotlyjs()),  # noqa: S704  (plotly's own script, from its own package)
    )


def _safe(text: str) -> Markup:
    """Take JSON so that nothing in it can end the script element that it stands in."""
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
