"""Put a report together: one HTML file that holds all it needs, and asks nothing of any network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from loop.budget import is_spent
from loop.events import Entry
from loop.ids import ProposalId
from loop.progress import specimen_rows
from loop.proposal import ProposalState
from loop.recipe import Recipe
from loop.reliability import comparisons
from loop.state import CampaignState
from services.records.plan import TaskPlan
from services.report import headline, learning, ledger, sections, trust
from services.report.graph import draw_graph, plan_matrix
from services.report.learning import judged_refits
from services.report.log import log_table
from services.report.pictures.front import front_picture
from services.report.pictures.learning import learning_picture
from services.report.pictures.progress import hypervolume_picture, progress_picture, targets_picture
from services.report.pictures.reliability import coverage_picture, predictions_picture
from services.report.pictures.space import REST, colourings, default_corners, mixed, parallel_picture, ternary_picture
from services.report.proposals import open_proposals
from services.report.style import DARK
from services.report.tables import moment

__all__ = ["build_report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One figure of the page: its name there, its height in pixels, what it shows in words, its data as JSON.

    `left_out` counts specimens that it cannot show.
    """

    name: str
    height: int
    shows: str
    data: Markup
    left_out: int


def build_report(
    state: CampaignState,
    plan: TaskPlan | None,
    *,
    now: datetime,
    recipes: Mapping[ProposalId, Recipe],
    title: str,
    entries: Sequence[Entry] = (),
    advice: str = "",
) -> str:
    """Write the report of a campaign as one self-contained HTML page.

    Parameters
    ----------
    plan
        The design of the task, for the factor graph; None where nobody wrote one.
    now
        When the report is drawn up, aware; written on it.
    recipes
        Recipes of open proposals by id; those left out are shown without a recipe sheet.
    entries
        The journal that the state was folded from, for the log and for exclusions that were undone.
    advice
        Why to stop, where that is advised; stands at the top.
    """
    environment = Environment(
        loader=PackageLoader("services.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pictures = _pictures(state)
    return environment.get_template("report.html").render(
        title=title or state.definition.title or state.campaign,
        state=state,
        now=moment(now),
        advice=advice,
        headline=headline,
        sections=sections,
        trust=trust,
        learning=learning,
        ledger=ledger,
        pictures=pictures,
        proposals=open_proposals(state, recipes),
        graph=None if plan is None else draw_graph(plan, state.definition.targets),
        matrix=None if plan is None else plan_matrix(plan, state.definition.targets),
        changes=ledger.changes(state, entries),
        log=log_table(entries),
        next_steps=_next_steps(state),
        has_specimens=any(row.is_measured for row in specimen_rows(state)),
        has_predictions=bool(comparisons(state)),
        is_pareto=state.definition.objective.kind == "pareto",
        colours=_safe(json.dumps(DARK)),
        colourings=list(colourings(state)),
        corners=list(zip("abc", default_corners(state) or (), strict=False)),
        ingredients=[*mixed(state), REST],
        left_out=pictures["parallel"].left_out if "parallel" in pictures else 0,
        plotly=Markup(get_plotlyjs()),  # noqa: S704  (plotly's own script, from its own package)
    )


def _pictures(state: CampaignState) -> dict[str, Picture]:
    """Draw what there is something to draw of."""
    made: dict[str, Picture] = {}

    def add(name: str, shows: str, figure: go.Figure) -> None:
        made[name] = Picture(
            name=name,
            height=int(figure.layout.height),
            shows=shows,
            data=_safe(figure.to_json()),
            left_out=(figure.layout.meta or {}).get("left_out", 0),
        )

    definition = state.definition
    rows = specimen_rows(state)
    if any(row.is_measured for row in rows):
        if definition.objective.kind == "pareto":
            if any(row.can_be_best for row in rows):
                add("hypervolume", "hypervolume by cycle", hypervolume_picture(state))
            add("front", "specimens and front over pairs of goals", front_picture(state))
            others = list(definition.targets)
        else:
            add("progress", "each specimen and the best so far", progress_picture(state))
            is_single = definition.objective.kind == "single"
            others = [name for name in definition.targets if not is_single or name not in definition.goals]
        if others:
            add("targets", "each target of every specimen, with limits", targets_picture(state, others))
        parallel = parallel_picture(state)
        if parallel.data:
            add("parallel", "every specimen across all parameters and targets", parallel)
    if definition.ingredients is not None and (rows or state.open_proposals):
        add("ternary", "mixtures in a triangle of three ingredients", ternary_picture(state))
    if comparisons(state):
        add("predictions", "measured over predicted values", predictions_picture(state))
        add("coverage", "share inside 90 % intervals by cycle", coverage_picture(state))
    if len(judged_refits(state)) > 1:
        add("learning", "error on formulations left out, by target and cycle", learning_picture(state))
    return made


def _safe(text: str) -> Markup:
    """Take JSON so that nothing in it can end the script element that it stands in."""
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _next_steps(state: CampaignState) -> list[tuple[str, str]]:
    """Say what brings the campaign on, each with the command for it."""
    campaign, waiting = state.campaign, state.open_proposals
    proposed = [record for record in waiting if record.state is ProposalState.PROPOSED]
    if proposed:
        n = len(proposed)
        return [(f"{n} proposal{'s wait' if n > 1 else ' waits'} for approval:", f"meguri approve {campaign}")]
    if waiting:
        targets = " ".join(f"'{name}'=VALUE" for name in state.definition.measured_targets)
        return [("approved formulations wait for their results:", f"meguri record {waiting[0].proposal.id} {targets}")]
    if is_spent(state):
        return [("the budget is spent; with a larger one it goes on:", "meguri revise DEFINITION.yaml")]
    ask = ("ask for proposals:", f"meguri propose {campaign}")
    return (
        [ask]
        if state.specimens
        else [("import past results, where there are any:", f"meguri import {campaign} TABLE"), ask]
    )
