"""Results of tensile and impact bars, by the methods that the definition declares: each bar, and together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from loop.counting import some_of
from services.campaign.impact_testing import impact_of
from services.campaign.looking.gather import LookError, Seen
from services.campaign.looking.look import gathered
from services.campaign.plan import CampaignPlan
from services.campaign.views.bars import BarQuantityView, BarSummaryView, BarsView, BarView
from services.preprocessing.errors import PreprocessingError
from services.preprocessing.tensile import (
    CensoredSummary,
    Summary,
    TensileBar,
    TensileSummary,
    evaluate_bar,
    summarise,
)

if TYPE_CHECKING:
    from services.campaign.wiring import Opened

__all__ = ["bars_of"]

_TENSILE = "tensile"


def bars_of(what: str, *, opened: Opened | None, reader: str = "") -> BarsView:
    """Work out the tensile bars and the impact bars of something.

    Parameters
    ----------
    what
        Path of a file, which is read where it lies; else the id of a measurement, a specimen or a proposal.
    opened
        The workspace; None outside of one, where only files can be looked at.

    Raises
    ------
    LookError
        If there is nothing of that name, or no tensile or impact test in it.
    UnreadableFile
        If a file cannot be read; says why.
    """
    everything = gathered(what, opened, reader, None)
    seen = [one for one in everything if one.modality == _TENSILE]
    plan = _plan(everything, opened)
    impact = impact_of(everything, plan.charpy)
    if not seen and impact is None:
        name = Path(what).name
        raise LookError(f"{name} holds no tensile and no impact test; meguri show {name} says what it holds")
    method = plan.tensile
    bars: list[tuple[Seen, TensileBar]] = []
    left_out: list[str] = []
    for one in seen:
        name = _name(one)
        if one.reading is None:
            left_out.append(f"{name}: {one.fault}")
        elif one.measurement is not None and one.measurement.judgement != "kept":
            left_out.append(f"{name}: {one.measurement.judgement}: {'; '.join(one.doubts) or 'by a person'}")
        else:
            try:
                bars.append((one, replace(evaluate_bar(one.reading, method), label=name)))
            except PreprocessingError as error:
                left_out.append(f"{name}: {error}")
    together = summarise([bar for _, bar in bars], method)
    left_out += _not_counting(together)
    early = dict(together.early)
    return BarsView(
        what=what,
        edition=method.edition,
        modulus_by=method.modulus_by,
        toe=method.toe,
        bars=tuple(_bar(one, bar, early.get(bar.label, "")) for one, bar in bars),
        summary=_summary(together),
        share_necked=together.share_necked,
        left_out=tuple(left_out),
        impact=impact,
    )


def _not_counting(together: TensileSummary) -> list[str]:
    """Tell which numbers of a bar do not count, a line for each bar and reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for gone in together.left_out:
        found.setdefault((gone.bar, gone.reason), []).append(gone.quantity.replace("_", " "))
    return [
        f"{bar}: {some_of(names)} {'does' if len(names) == 1 else 'do'} not count: {reason}"
        for (bar, reason), names in found.items()
    ]


def _plan(seen: Sequence[Seen], opened: Opened | None) -> CampaignPlan:
    """Take the plan of the campaign that the bars are of; without one, the standards' own rules."""
    campaigns = {one.measurement.campaign for one in seen if one.measurement is not None and one.measurement.campaign}
    if opened is None or len(campaigns) != 1:
        return CampaignPlan()
    return opened.service.plan(campaigns.pop())


def _name(one: Seen) -> str:
    label = one.label or str(one.number)
    return f"{label} of {one.file}"


def _bar(one: Seen, bar: TensileBar, early: str) -> BarView:
    flags = [f"{flag.kind}: {flag.message}" for flag in bar.flags] + ([f"early break: {early}"] if early else [])
    return BarView(
        bar=one.label or str(one.number),
        file=one.file,
        measurement=one.measurement.id if one.measurement is not None else "",
        quantities={
            name: BarQuantityView(unit=d.unit, value=d.value, stderr=d.stderr, state=d.state, reason=d.reason)
            for name, d in bar.determinations.items()
        },
        necked=bar.necked,
        flags=tuple(flags),
    )


def _summary(together: TensileSummary) -> dict[str, BarSummaryView]:
    plain = {name: _of_all(summary) for name, summary in together.quantities.items()}
    return plain | {name: _of_limits(summary) for name, summary in together.censored.items()}


def _of_all(summary: Summary) -> BarSummaryView:
    return BarSummaryView(
        unit=summary.unit,
        n=summary.n,
        n_censored=0,
        mean=summary.mean,
        median=summary.median,
        is_median_a_limit=False,
        sd=summary.sd,
    )


def _of_limits(summary: CensoredSummary) -> BarSummaryView:
    return BarSummaryView(
        unit=summary.unit,
        n=summary.n,
        n_censored=summary.n_censored,
        mean=None,
        median=summary.median.value,
        is_median_a_limit=summary.median.state.is_censored,
        sd=None,
    )
