"""Results of impact bars out of their tables, by the method that the definition declares: each bar, and by type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from loop.observations import State, TargetValue
from services.campaign.looking.gather import Seen
from services.campaign.views.determined import BarQuantityView
from services.campaign.views.impact import ImpactBarView, ImpactGroupView, ImpactTypeView, ImpactView
from services.preprocessing.charpy import CharpyBar, CharpyMethod, CharpySummary, evaluate_charpy, summarise_charpy
from services.preprocessing.errors import PreprocessingError
from services.records.reading import Reading

__all__ = ["IMPACT", "impact_of", "impact_target"]

IMPACT = "charpy"
"""Modality of tables of impact tests."""


def impact_of(seen: Sequence[Seen], method: CharpyMethod) -> ImpactView | None:
    """Work out the impact bars among what is looked at; None where there are none."""
    bars: list[tuple[Seen, CharpyBar]] = []
    left_out: list[str] = []
    of_impact = [one for one in seen if one.modality == IMPACT]
    for one in of_impact:
        name = one.label or str(one.number)
        if one.reading is None:
            left_out.append(f"{name}: {one.fault}")
        elif one.measurement is not None and one.measurement.judgement != "kept":
            left_out.append(f"{name}: {one.measurement.judgement}: {'; '.join(one.doubts) or 'by a person'}")
        else:
            try:
                bars.append((one, replace(evaluate_charpy(one.reading, method), label=name)))
            except PreprocessingError as error:
                left_out.append(f"{name}: {error}")
    if not of_impact:
        return None
    return ImpactView(
        edition=method.edition,
        bars=tuple(_bar(one, bar) for one, bar in bars),
        groups=tuple(_group(summary) for summary in summarise_charpy([bar for _, bar in bars], method)),
        left_out=tuple(left_out),
    )


def impact_target(readings: Iterable[Reading], method: CharpyMethod) -> TargetValue:
    """Return what impact bars come to as one value, kJ/m²: the mean of the most frequent type of break.

    Where most bars did not break, the strength is only known to lie above that of those which did.
    """
    try:
        summaries = summarise_charpy([evaluate_charpy(reading, method) for reading in readings], method)
    except PreprocessingError as error:
        return _lost(str(error))
    if len(summaries) != 1:
        return _lost(f"bars of {len(summaries)} notches or temperatures: say which one is meant")
    [summary] = summaries
    told = ", ".join(f"{of_type.n} {kind}" for kind, of_type in summary.by_type.items())
    most, of_most = next(iter(summary.by_type.items()))
    if of_most.mean is not None:
        mixed = f"types of break: {told}; the mean is that of {most}" if len(summary.by_type) > 1 else ""
        return TargetValue(mean=of_most.mean, sd=of_most.sd, n=of_most.n_with_value, reason=mixed)
    known = [of_type.mean for of_type in summary.by_type.values() if of_type.mean is not None]
    if not known:
        return _lost(f"no bar has a value; types of break: {told}")
    return TargetValue(state=State.ABOVE_RANGE, limit=max(known), n=summary.n, reason=f"types of break: {told}")


def _bar(one: Seen, bar: CharpyBar) -> ImpactBarView:
    found = bar.strength
    return ImpactBarView(
        bar=bar.label,
        file=one.file,
        measurement=one.measurement.id if one.measurement is not None else "",
        break_type=bar.break_type,
        strength=BarQuantityView(
            unit=found.unit, value=found.value, stderr=found.stderr, state=found.state, reason=found.reason
        ),
    )


def _group(summary: CharpySummary) -> ImpactGroupView:
    return ImpactGroupView(
        notch=summary.notch,
        temperature_celsius=summary.temperature_celsius,
        n=summary.n,
        by_type=tuple(
            ImpactTypeView(
                break_type=kind,
                n=of_type.n,
                share=of_type.share,
                mean=of_type.mean,
                median=of_type.median,
                sd=of_type.sd,
            )
            for kind, of_type in summary.by_type.items()
        ),
        notes=summary.notes,
    )


def _lost(reason: str) -> TargetValue:
    return TargetValue(state=State.LOST, n=0, reason=reason)
