"""The catalogue of features: what each is among the specimens that have it, and how far it may be trusted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import fmean, median

from loop.values import Frozen
from services.features.trust import Repeat, Trust, trust_of
from services.records.derived import DerivedValue
from services.records.modality import modality_key

__all__ = ["CataloguedFeature", "catalogue_of"]


class CataloguedFeature(Frozen):
    """One feature over all specimens.

    Parameters
    ----------
    unit
        The commonest, where measurements differ in it; what is in another counts as missing.
    n_specimens
        How many specimens have a value.
    median, low, high
        Of the means of specimens; None where none has a value.
    """

    modality: str
    name: str
    unit: str
    n_specimens: int
    median: float | None
    low: float | None
    high: float | None
    trust: Trust


def catalogue_of(values: Iterable[DerivedValue]) -> tuple[CataloguedFeature, ...]:
    """Make the catalogue of the values of specimens, by modality; values of nobody's are left out.

    Spellings of one modality are one, under that which comes first. Sorted by modality and name.
    """
    gathered: dict[str, dict[str, _Gathered]] = {}
    for one in values:
        if one.specimen:
            of_modality = gathered.setdefault(modality_key(one.modality), {})
            of_modality.setdefault(one.name, _Gathered(one.modality, one.name)).cells.append(one)
    return tuple(_entry(one) for key in sorted(gathered) for _, one in sorted(gathered[key].items()))


@dataclass(slots=True)
class _Gathered:
    modality: str
    name: str
    cells: list[DerivedValue] = field(default_factory=list)

    @property
    def unit(self) -> str:
        """The unit of most values."""
        told = Counter(one.unit for one in self.cells if one.value is not None) or Counter(c.unit for c in self.cells)
        return told.most_common(1)[0][0]

    def repeats(self, unit: str) -> Iterator[tuple[str, Repeat]]:
        """Yield specimen and what a measurement gave."""
        for one in self.cells:
            yield one.specimen, (one.value, one.stderr) if one.unit == unit else (None, None)


def _entry(one: _Gathered) -> CataloguedFeature:
    specimens: dict[str, list[Repeat]] = {}
    unit = one.unit
    for specimen, repeat in one.repeats(unit):
        specimens.setdefault(specimen, []).append(repeat)
    known = [[value for value, _ in repeats if value is not None] for repeats in specimens.values()]
    means = [fmean(some) for some in known if some]
    return CataloguedFeature(
        modality=one.modality,
        name=one.name,
        unit=unit,
        n_specimens=len(means),
        median=median(means) if means else None,
        low=min(means, default=None),
        high=max(means, default=None),
        trust=trust_of(specimens),
    )
