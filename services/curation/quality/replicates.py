"""Measurements of one specimen and one modality beside each other: copies, and those that lie far off. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from services.curation.quality.duplicates import Likeness, likeness, same_amounts
from services.curation.quality.errors import QualityError
from services.curation.quality.outliers import outlying_amounts, outlying_signals
from services.curation.quality.signal import Signal, signal_of
from services.records.doubt import Doubt
from services.records.reading import Reading

__all__ = ["replicate_doubts"]

_TENSILE_TABLE = ("elongation", "break")
"""Amounts by which bars of one batch differ by nature, too widely to be judged."""


def replicate_doubts(
    group: Mapping[str, Reading], *, spreads: Mapping[str, float] | None = None
) -> Mapping[str, tuple[Doubt, ...]]:
    """Judge measurements of one specimen (or formulation) and one modality against each other.

    Parameters
    ----------
    group
        Readings by the id of their measurement; one alone is not judged.
    spreads
        Usual relative standard deviation of repeats, by the name of an amount, where it is known better.

    Returns
    -------
    Every id with what is doubted of it, empty where nothing is. Of a copy and its original both are doubted: which one
    was measured nobody can tell from the numbers. Copies count once where outliers are looked for.

    Raises
    ------
    QualityError
        If the readings are of several modalities.
    """
    modalities = {reading.modality for reading in group.values()}
    if len(modalities) > 1:
        raise QualityError(f"replicates are of one modality, got {', '.join(sorted(map(repr, modalities)))}")
    found: dict[str, list[Doubt]] = {name: [] for name in sorted(group)}
    copies = _copies({name: group[name] for name in sorted(group)})
    for (first, second), (about, told) in copies.items():
        for name, other in ((first, second), (second, first)):
            found[name].append(Doubt("duplicate", about, f"one measurement with {other}: {told}"))
    apart = {name: group[name] for name in found if not any(name == second for _, second in copies)}
    for name, doubt in _far_off(apart, next(iter(modalities), ""), spreads or {}):
        found[name].append(doubt)
    return {name: tuple(doubts) for name, doubts in found.items()}


def _copies(group: Mapping[str, Reading]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the pairs of which one is a copy of the other, in order, with what they are about and how."""
    signals = _signals(group, is_whole=True)
    alike: dict[tuple[str, str], Likeness] = {
        (a, b): likeness(signals[a], signals[b]) for a, b in combinations(signals, 2)
    }
    copies: dict[tuple[str, str], tuple[str, str]] = {}
    for (a, b), seen in alike.items():
        others = [like.share for pair, like in alike.items() if pair != (a, b) and np.isfinite(like.share)]
        if seen.is_copy(float(np.median(others)) if others else None):
            noise = "they differ by rounding alone" if seen.is_rounding else f"noise alike to {seen.share:.2g}"
            copies[a, b] = (signals[a].quantity, f"{seen.how}; {noise}, where repeats have noise of their own")
    for a, b in combinations(group, 2):
        if group[a].curves or group[b].curves:
            continue
        rest = [reading.amounts for name, reading in group.items() if name not in (a, b)]
        same = same_amounts(group[a].amounts, group[b].amounts, rest)
        if same is not None:
            told = f"all {same[0]} numbers are the same; by chance in {same[1]:.1g} of pairs"
            copies[a, b] = (", ".join(group[a].amounts), told)
    return copies


def _signals(group: Mapping[str, Reading], *, is_whole: bool = False) -> dict[str, Signal]:
    found = {name: signal_of(reading, is_whole=is_whole) for name, reading in group.items()}
    return {name: signal for name, signal in found.items() if signal is not None}


def _far_off(group: Mapping[str, Reading], modality: str, spreads: Mapping[str, float]) -> list[tuple[str, Doubt]]:
    found = list(outlying_signals(_signals(group), modality).items())
    names = dict.fromkeys(name for reading in group.values() for name in reading.amounts)
    for quantity in names:
        if any(word in quantity.lower() for word in _TENSILE_TABLE):
            continue
        having = {name: reading.amounts[quantity] for name, reading in group.items() if quantity in reading.amounts}
        known = {name: amount for name, amount in having.items() if not amount.limit}
        units = {amount.unit for amount in known.values()}
        if len(units) == 1:
            values = {name: amount.value for name, amount in known.items()}
            found += outlying_amounts(values, quantity, units.pop(), spreads.get(quantity)).items()
    return found
