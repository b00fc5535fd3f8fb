"""What another recipe changed: which features moved, in how many specimens, by how much."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from loop.values import Frozen
from services.records.feature import Feature

__all__ = ["Moved", "moved"]

Pair = tuple[str, Sequence[Feature], Sequence[Feature]]
"""A specimen, its features before, and after."""


class Moved(Frozen):
    """One feature over all specimens that went through two recipes.

    Parameters
    ----------
    n_moved
        In how many it changed by more than one standard error, or came or went.
    largest
        The largest change in standard errors; None where no error is known.
    """

    modality: str
    name: str
    n: int
    n_moved: int
    largest: float | None


def moved(pairs: Iterable[tuple[str, Pair]]) -> tuple[Moved, ...]:
    """Compare features by one recipe with those by the one before, by modality; most moved first.

    Parameters
    ----------
    pairs
        Modality, and specimen with its features before and after.
    """
    counts: dict[tuple[str, str], list[tuple[str, float | None]]] = {}
    for modality, (specimen, before, after) in pairs:
        old, new = _by_name(before), _by_name(after)
        for name in sorted(set(old) | set(new)):
            counts.setdefault((modality, name), []).append((specimen, _change(old.get(name), new.get(name))))
    told = [_told(modality, name, changes) for (modality, name), changes in counts.items()]
    return tuple(sorted(told, key=lambda one: (-one.n_moved, one.modality, one.name)))


def _told(modality: str, name: str, changes: Sequence[tuple[str, float | None]]) -> Moved:
    specimens = {specimen for specimen, _ in changes}
    off = {specimen for specimen, change in changes if change is None or change > 1}
    sizes = [change for _, change in changes if change is not None and math.isfinite(change)]
    return Moved(modality=modality, name=name, n=len(specimens), n_moved=len(off), largest=max(sizes, default=None))


def _change(old: Feature | None, new: Feature | None) -> float | None:
    """Return by how many standard errors a feature moved; None where it came, went, or changed its state."""
    if old is None or new is None or old.state is not new.state:
        return None
    if old.value is None or new.value is None:
        return 0.0
    off, stderr = abs(new.value - old.value), old.stderr or new.stderr
    if stderr:
        return off / stderr
    return 0.0 if math.isclose(old.value, new.value, rel_tol=1e-9) else math.inf


def _by_name(features: Sequence[Feature]) -> Mapping[str, Feature]:
    return {feature.name: feature for feature in features}
