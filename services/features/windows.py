"""Areas and heights of bands in declared windows over a local straight baseline, and ratios of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from loop.values import Frozen
from services.features.extraction import Extraction, fit_of, signal_of, without_fit
from services.features.stating import measured, missing
from services.records.curve import Channel
from services.records.feature import Feature
from services.records.processed import Processed

__all__ = ["Band", "BandRatio", "Windows"]

_FEWEST_POINTS = 3
_TOP = 0.85
_SURE = 3.0

Window = tuple[float, float]


class Band(Frozen):
    """What stands in one window: the area or height of data above a straight baseline, or of fitted lines."""

    name: str = Field(min_length=1, description="What it is called, in features and in ratios.")
    low: float = Field(alias="from", description="Where the window begins, in units of the axis.")
    high: float = Field(alias="to", description="Where it ends.")
    anchors: tuple[Window, Window] | None = Field(
        default=None,
        description="Two windows whose means the baseline joins; its own ends (three points each) if left out.",
    )
    of: Literal["area", "height", "fitted area"] = Field(
        default="area",
        description="Area over the axis, height of the top, or the area of all fitted lines that stand within.",
    )
    fit: str = Field(default="", description="Which peak fit, for fitted areas; the only one if empty.")
    feature: bool = Field(default=False, description="Whether it is a feature beside the ratios.")

    @model_validator(mode="after")
    def _rises(self) -> Band:
        for low, high in ((self.low, self.high), *(self.anchors or ())):
            if not low < high:
                raise ValueError(f"band {self.name!r}: {low:g} to {high:g} is no window")
        return self


class BandRatio(Frozen):
    """One band over another, or over a sum of several."""

    name: str = Field(min_length=1, description="Name of the feature.")
    over: str = Field(description="Band above the line.")
    under: str | tuple[str, ...] = Field(description="Band below the line, or several that are added.")
    source: str = Field(default="", description="Where the index is defined.")


class Windows(Extraction):
    """Bands and ratios of bands; without ratios every band is a feature.

    A value stands with its error even where it does not differ from zero: an index cut at a limit would be wrong on
    average. Standard errors are those of the noise; of fitted lines, as if their errors were independent.
    """

    kind: Literal["windows"] = Field(default="windows", description="Which extraction this is.")
    bands: tuple[Band, ...] = Field(min_length=1, description="Windows.")
    ratios: tuple[BandRatio, ...] = Field(default=(), description="Ratios of them.")
    channel: str = Field(default="", description="Quantity of the curve to integrate; the cleaned one if empty.")
    strangers: tuple[float, ...] = Field(
        default=(),
        description="Places of narrow lines of something else, as of steam, up or down: they are fitted beside a "
        "smooth curve, and their part of a band is taken off.",
    )
    stranger_width: float = Field(default=4.0, gt=0, description="FWHM of those lines, in units of the axis.")
    smoothest: float = Field(
        default=24.0, gt=0, description="Shortest wave of the smooth curve beside them, in units of the axis."
    )

    @model_validator(mode="after")
    def _names_exist(self) -> Windows:
        names = [band.name for band in self.bands]
        if len(set(names)) < len(names):
            raise ValueError(f"each band has another name, got {', '.join(names)}")
        for ratio in self.ratios:
            unknown = [n for n in (ratio.over, *_several(ratio.under)) if n not in names]
            if unknown:
                raise ValueError(f"ratio {ratio.name!r} wants band {unknown[0]!r}; there are {', '.join(names)}")
        return self

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take bands that are features, then ratios."""
        unit = _unit(processed, self.channel)
        found = {band.name: self._strength(processed, band) for band in self.bands}
        own = [
            _stated(band.name, found[band.name], unit if band.of != "height" else "", _recipe(band))
            for band in self.bands
            if band.feature or not self.ratios
        ]
        by_name = {band.name: band for band in self.bands}
        return (*own, *(_ratio(ratio, found, by_name) for ratio in self.ratios))

    def _strength(self, processed: Processed, band: Band) -> _Strength:
        if band.of == "fitted area":
            return _of_fit(processed, band)
        found = signal_of(processed, self.channel)
        if isinstance(found, str) or processed.clean is None:
            return _Strength(reason=found if isinstance(found, str) else "the measurement has no curve")
        strangers = (self.strangers, self.stranger_width, self.smoothest)
        return _of_data(processed.clean.axis, found[0].values, found[1], band, strangers)


@dataclass(frozen=True, slots=True, eq=False)
class _Strength:
    """A band's value and error, and how each point of the curve counts in it; or why there is none."""

    value: float = 0.0
    stderr: float = 0.0
    weights: np.ndarray | None = None
    noise: np.ndarray | None = None
    reason: str = ""


def _of_fit(processed: Processed, band: Band) -> _Strength:
    fit = fit_of(processed, band.fit)
    if fit is None:
        return _Strength(reason=without_fit(processed, band.fit))
    lines = [line for line in fit.lines if band.low <= line.position.value <= band.high]
    errors = [line.area.stderr for line in lines]
    return _Strength(value=sum(line.area.value for line in lines), stderr=float(np.linalg.norm(errors or [0.0])))


def _of_data(
    axis: Channel, y: np.ndarray, noise: np.ndarray, band: Band, strangers: tuple[tuple[float, ...], float, float]
) -> _Strength:
    x = axis.values
    inside = np.flatnonzero((x >= band.low) & (x <= band.high) & np.isfinite(y))
    if len(inside) < _FEWEST_POINTS or x[0] > band.low or x[-1] < band.high:
        return _Strength(reason=f"the curve has no {band.low:g} to {band.high:g} {axis.unit}".rstrip())
    ends = (
        (inside[:_FEWEST_POINTS], inside[-_FEWEST_POINTS:])
        if band.anchors is None
        else tuple(np.flatnonzero((x >= low) & (x <= high) & np.isfinite(y)) for low, high in band.anchors)
    )
    if any(not len(end) for end in ends):
        return _Strength(reason=f"the curve has no points in the anchors of {band.name}")
    line = _line_weights(x, ends[0], ends[1])
    at, of_point = _area_weights(x, inside) if band.of == "area" else _top_weights(x, y, inside)
    weights = np.zeros(len(x))
    weights[at] += of_point
    for end, (level, lean) in zip(ends, line, strict=True):
        weights[end] -= (of_point * (level + lean * x[at])).sum() / len(end)
    weights = _without_strangers(x, np.isfinite(y), weights, *strangers)
    kept = weights != 0
    return _Strength(float(weights[kept] @ y[kept]), float(np.linalg.norm((weights * noise)[kept])), weights, noise)


def _without_strangers(
    x: np.ndarray, known: np.ndarray, weights: np.ndarray, places: tuple[float, ...], width: float, smoothest: float
) -> np.ndarray:
    """Return weights that give a sum without narrow lines: those are fitted to the same points beside a smooth curve.

    All is linear in the data, so that errors of the fit are in the error of the sum.
    """
    used = np.flatnonzero(weights)
    at = np.arange(used[0], used[-1] + 1)
    at = at[known[at]]
    wide = float(np.ptp(x[at]))
    near = [place for place in places if x[at[0]] - width <= place <= x[at[-1]] + width]
    if not near:
        return weights
    lines = np.array([0.5 ** (4 * ((x[at] - place) / width) ** 2) for place in near])
    along = (x[at] - x[at[0]]) / wide
    waves = np.arange(1, max(1, int(2 * wide / smoothest)) + 1)
    smooth = np.vstack([np.ones_like(along), along, along**2, np.cos(np.pi * np.outer(waves, along))])
    if len(smooth) + len(lines) >= len(at):
        return weights
    amounts = np.linalg.pinv(np.vstack([lines, smooth]).T)[: len(lines)]
    found = weights.copy()
    found[at] -= amounts.T @ (lines @ weights[at])
    return found


def _line_weights(
    x: np.ndarray, left: np.ndarray, right: np.ndarray
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Say how the means at two anchors make the line at x: level + lean x, for each."""
    first, last = float(x[left].mean()), float(x[right].mean())
    wide = last - first
    return ((last / wide, -1 / wide), (-first / wide, 1 / wide))


def _area_weights(x: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of trapezia."""
    steps = np.diff(x[inside])
    weights = np.zeros(len(inside))
    weights[:-1] += 0.5 * steps
    weights[1:] += 0.5 * steps
    return inside, weights


def _top_weights(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of a parabola through the upper 15 % of a band, read at its highest point: noise lifts a bare maximum."""
    net = y[inside] - np.interp(x[inside], x[inside[[0, -1]]], y[inside[[0, -1]]])
    top = int(np.argmax(net))
    low = high = top
    while low > 0 and net[low - 1] >= _TOP * net[top]:
        low -= 1
    while high < len(net) - 1 and net[high + 1] >= _TOP * net[top]:
        high += 1
    low, high = max(0, min(low, top - 1)), min(len(net) - 1, max(high, top + 1))
    at = inside[low : high + 1]
    place = x[inside[top]]
    degree = min(2, len(at) - 1)
    powers = np.vander(x[at] - place, degree + 1, increasing=True)
    solve = np.linalg.pinv(powers)
    c = solve @ y[at]
    apart = 0.0
    if degree == 2 and c[2] < 0:
        apart = float(np.clip(-c[1] / (2 * c[2]), x[at[0]] - place, x[at[-1]] - place))
    return at, np.asarray(apart ** np.arange(degree + 1) @ solve)


def _ratio(ratio: BandRatio, found: dict[str, _Strength], bands: dict[str, Band]) -> Feature:
    over, several = found[ratio.over], [found[name] for name in _several(ratio.under)]
    written = " + ".join(_recipe(bands[name]) for name in _several(ratio.under))
    written = f"({written})" if len(several) > 1 else written
    recipe = f"{_recipe(bands[ratio.over])}/{written}" + (f", {ratio.source}" if ratio.source else "")
    for strength in (over, *several):
        if strength.reason:
            return missing(ratio.name, strength.reason, recipe=recipe)
    under = sum(strength.value for strength in several)
    error = float(np.linalg.norm([strength.stderr for strength in several]))
    if not under > _SURE * error:
        reason = f"{' + '.join(_several(ratio.under))} is not above its noise: {under:.3g} ± {error:.2g}"
        return missing(ratio.name, reason, recipe=recipe)
    value = over.value / under
    shared = sum(_covariance(over, strength) for strength in several)
    variance = hypot(over.stderr, value * error) ** 2 - 2 * value * shared
    return measured(ratio.name, value, sqrt(max(variance, 0.0)) / under, recipe=recipe)


def _covariance(one: _Strength, other: _Strength) -> float:
    if one.weights is None or other.weights is None or one.noise is None:
        return 0.0
    return float((one.weights * other.weights * one.noise**2).sum())


def _stated(name: str, strength: _Strength, unit: str, recipe: str) -> Feature:
    if strength.reason:
        return missing(name, strength.reason, unit=unit, recipe=recipe)
    return measured(name, strength.value, strength.stderr, unit=unit, recipe=recipe)


def _recipe(band: Band) -> str:
    sign = {"area": "A", "height": "H", "fitted area": "fitted A"}[band.of]
    return f"{sign}({band.low:g}–{band.high:g})"


def _unit(processed: Processed, channel: str) -> str:
    found = signal_of(processed, channel)
    if isinstance(found, str) or processed.clean is None:
        return ""
    return "·".join(unit for unit in (found[0].unit, processed.clean.axis.unit) if unit)


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names
