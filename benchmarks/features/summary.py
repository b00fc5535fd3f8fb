"""From measurements to the two tables of the benchmark: how far features are off, and whether they come out again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.features.remeasuring import Measured
from benchmarks.features.truth import QUANTITIES, Quantity
from services.campaign.processing.catalogue import CataloguedFeature, catalogue_of
from services.records.derived import DerivedValue

__all__ = ["Exactness", "as_csv", "as_markdown", "catalogue_rows", "catalogued", "exactness"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactness:
    """How far one quantity is off over all measurements; in `unit`, in per cent of what is true where it is relative.

    `scatter` is the standard deviation of errors, `again` that between measurements of one specimen, `rms` and
    `largest` are of errors, `within` the share of them that lies within the bar. The bar is held where bias and scatter
    each are within it; who wants nineteen of twenty measurements to be looks at `within`.
    """

    quantity: str
    unit: str
    is_relative: bool
    bar: float
    n_specimens: int
    n: int
    n_missing: int
    bias: float
    scatter: float
    again: float | None
    rms: float
    largest: float
    within: float
    is_held: bool


def exactness(found: Sequence[Measured], quantities: Iterable[Quantity] = QUANTITIES) -> list[Exactness]:
    """Hold features against what is true; quantities that no measurement is meant for are left out."""
    told = [_exactness(found, quantity) for quantity in quantities]
    return [one for one in told if one is not None]


def catalogued(found: Sequence[Measured]) -> tuple[CataloguedFeature, ...]:
    """Return the catalogue that `meguri features` would show."""
    return catalogue_of(
        DerivedValue(
            one.specimen,
            f"{one.derived.measurement} {one.time}",
            one.instrument,
            feature.name,
            feature.unit,
            feature.value,
            feature.stderr,
        )
        for one in found
        for feature in one.derived.features
    )


def _exactness(found: Sequence[Measured], quantity: Quantity) -> Exactness | None:
    acts: dict[tuple[str, int], list[float]] = {}
    structures = {}
    for one in found:
        if one.instrument == quantity.modality:
            structures[one.specimen] = one.structure
            value = quantity.value({feature.name: feature for feature in one.derived.features})
            acts.setdefault((one.specimen, one.time), []).extend([] if value is None else [value])
    truths = {name: quantity.true(structure) for name, structure in structures.items()}
    errors: dict[str, list[float]] = {}
    n_missing = 0
    for (specimen, _), values in acts.items():
        true = truths[specimen]
        if true < quantity.smallest:
            continue
        n_missing += not values
        if values:
            errors.setdefault(specimen, []).append((values[0] - true) / (true / 100 if quantity.is_relative else 1.0))
    if not errors:
        return None
    if quantity.is_mean:
        errors = {name: [float(np.mean(some))] for name, some in errors.items()}
    off = np.array([error for some in errors.values() for error in some])
    again = [np.var(some, ddof=1) for some in errors.values() if len(some) > 1]
    scatter = float(off.std(ddof=1)) if len(off) > 1 else 0.0
    return Exactness(
        quantity=quantity.name,
        unit="%" if quantity.is_relative else quantity.unit,
        is_relative=quantity.is_relative,
        bar=quantity.bar,
        n_specimens=len(errors),
        n=len(off),
        n_missing=n_missing,
        bias=float(off.mean()),
        scatter=scatter,
        again=float(np.sqrt(np.mean(again))) if again else None,
        rms=float(np.sqrt(np.mean(off**2))),
        largest=float(np.abs(off).max()),
        within=float(np.mean(np.abs(off) <= quantity.bar)),
        is_held=abs(float(off.mean())) <= quantity.bar and scatter <= quantity.bar,
    )


def catalogue_rows(features: Sequence[CataloguedFeature]) -> list[dict[str, Any]]:
    """Return the catalogue as rows of plain values."""
    rows = []
    for one in features:
        rows.append(one.model_dump(exclude={"trust"}) | one.trust.model_dump())
    return rows


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Write rows as a table; empty cells where there is nothing."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_markdown(exact: Sequence[Exactness], features: Sequence[CataloguedFeature]) -> str:
    """Write both tables."""
    parts = [
        "### Against what is true\n",
        "| quantity | bar | n | bias | scatter | of that between measurements | rms | largest | within bar | held |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in exact:
        bar = f"± {one.bar:g} {one.unit}{' of it' if one.is_relative else ''}".rstrip()
        again = "–" if one.again is None else f"{one.again:.2g}"
        n = f"{one.n}" + (f" ({one.n_missing} without)" if one.n_missing else "")
        parts.append(
            f"| {one.quantity} | {bar} | {n} | {one.bias:+.2g} | {one.scatter:.2g} | {again} "
            f"| {one.rms:.2g} | {one.largest:.2g} | {100 * one.within:.0f} % | {'yes' if one.is_held else '**no**'} |"
        )
    parts += [
        "",
        "### When measured again\n",
        "| modality | feature | unit | specimens | median | range | ICC (95 %) | scatter / standard error | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for feature in features:
        trust = feature.trust
        span = "" if feature.low is None else f"{feature.low:.3g} … {feature.high:.3g}"
        icc = "–" if trust.icc is None else f"{trust.icc:.2f} ({trust.icc_low:.2f}–{trust.icc_high:.2f})"
        ratio = "–" if trust.birge is None else f"{trust.birge:.2g}"
        middle = "" if feature.median is None else f"{feature.median:.3g}"
        mark = "**untrustworthy**" if trust.verdict == "untrustworthy" else "" if trust.icc is not None else "unjudged"
        parts.append(
            f"| {feature.modality} | {feature.name} | {feature.unit} | {feature.n_specimens} | {middle} | {span} "
            f"| {icc} | {ratio} | {mark} |"
        )
    return "\n".join(parts) + "\n"
