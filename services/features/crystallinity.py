"""Crystallinity, phases and crystallite sizes out of a fitted diffractogram of a polymer with fillers (WAXS).

Areas as Hermans & Weidinger have it (Makromol. Chem. 44–46 (1961) 24): what stands in lines over all that stands above
the background, between two angles; lines of fillers are left out of both. It knows neither Ruland's correction for
disorder nor texture. Turner-Jones' index goes by *heights* and is relative among α and β (Turner Jones, Aizlewood &
Beckett, Makromol. Chem. 75 (1964) 134); γ has an index of its own, 117 over 117 and 130.
"""

from __future__ import annotations

from math import cos, hypot, radians, sqrt
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from loop.values import Frozen
from services.features.extraction import Extraction, fit_of, signal_of, without_fit
from services.features.lines import NamedLine, height_limit, line_near
from services.features.stating import below, measured, missing
from services.records.feature import Feature
from services.records.peaks import Estimate, FittedPeak, PeakFit
from services.records.processed import Processed

__all__ = ["Crystallinity", "CrystalliteSize", "HeightIndex", "OtherPolymer"]

_BOOK = "Hermans & Weidinger 1961"
_FEWEST_POINTS = 5
_AVERAGED = 0.4
"""° 2θ over which the background is averaged."""
_CU_ALPHA_1 = 1.540598
"""Å."""
_DOUBLET = 1.5
"""Area of Kα1 and Kα2 together over that of Kα1, whose height is the line's."""

Window = tuple[float, float]


class OtherPolymer(Frozen):
    """A second polymer that is told by one line that stands alone, and has others under the first one's lines."""

    name: str = Field(min_length=1, description="What it is called: PE.")
    window: Window = Field(description="Where its lone line stands, ° 2θ.")
    all_over_line: float = Field(
        default=4.0, ge=1, description="Area of all its lines over that of the lone one (PE 110 and 200 over 200: 4)."
    )


class HeightIndex(Frozen):
    """Height of one line over the heights of itself and others."""

    name: str = Field(min_length=1, description="Name of the feature: `k_beta`.")
    over: NamedLine = Field(description="Line of the phase.")
    others: tuple[NamedLine, ...] = Field(min_length=1, description="Lines that its height is added to.")
    source: str = Field(default="", description="Where the index is defined.")


class CrystalliteSize(Frozen):
    """Size perpendicular to one family of planes, by Scherrer's equation."""

    name: str = Field(min_length=1, description="Name of the feature: `crystallite_size_110`.")
    line: NamedLine = Field(description="Line.")
    breadth: Literal["fwhm", "integral"] = Field(default="fwhm", description="Which breadth the constant is for.")
    constant: float = Field(default=0.9, gt=0, description="K: 0.9 with FWHM; 1 with integral breadths (by volume).")
    instrument_width: float = Field(default=0.08, ge=0, description="FWHM of a line of a perfect crystal, ° 2θ.")


class Crystallinity(Extraction):
    """Crystalline share of what scatters, second polymer, indices of phases, and crystallite sizes."""

    kind: Literal["crystallinity"] = "crystallinity"
    fit: str = Field(default="", description="Which peak fit; the only one if empty.")
    polymer: str = Field(default="PP", description="What the first polymer is called in names.")
    low: float = Field(default=10.0, alias="from", description="Lines from here on count, ° 2θ.")
    high: float = Field(default=35.0, alias="to", description="Lines up to here count, ° 2θ.")
    background: tuple[Window, Window] = Field(
        default=((8.0, 9.1), (29.6, 35.0)),
        description="Two windows whose lowest places a straight background joins, ° 2θ.",
    )
    fillers: tuple[Window, ...] = Field(
        default=(), description="Windows of lines of fillers, which are left out, ° 2θ."
    )
    filler_width: float = Field(
        default=0.35,
        gt=0,
        description="Lines of fillers are narrower than this (FWHM): others there are the polymer's.",
    )
    others: tuple[OtherPolymer, ...] = Field(default=(), description="Further polymers.")
    indices: tuple[HeightIndex, ...] = Field(default=(), description="Indices of phases by heights.")
    sizes: tuple[CrystalliteSize, ...] = Field(default=(), description="Crystallite sizes.")

    @model_validator(mode="after")
    def _rises(self) -> Crystallinity:
        for low, high in ((self.low, self.high), *self.background, *self.fillers, *(o.window for o in self.others)):
            if not low < high:
                raise ValueError(f"{low:g} to {high:g}° is no window")
        return self

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take shares, indices and sizes."""
        fit = fit_of(processed, self.fit)
        names = [f"{self.polymer} crystallinity", *(f"{other.name} crystalline share" for other in self.others)]
        if fit is None:
            why = without_fit(processed, self.fit)
            found = [missing(name, why, unit="%") for name in names]
            found += [missing(index.name, why) for index in self.indices]
            return (*found, *(missing(size.name, why, unit="nm") for size in self.sizes))
        shares = self._shares(processed, fit, names)
        indices = [_index(fit, index) for index in self.indices]
        wavelength = processed.reading.facts.conditions.get("wavelength")
        angstrom = wavelength.value if wavelength is not None and wavelength.unit == "Å" else _CU_ALPHA_1
        return (*shares, *indices, *(_size(fit, size, angstrom) for size in self.sizes))

    def _shares(self, processed: Processed, fit: PeakFit, names: list[str]) -> list[Feature]:
        """Take the crystalline shares of the polymers, in per cent of what scatters without fillers."""
        lines = [line for line in fit.lines if self.low <= line.position.value <= self.high]
        fillers = [line for line in lines if self._is_filler(line)]
        above = self._above_background(processed)
        if isinstance(above, str):
            return [missing(name, above, unit="%") for name in names]
        total, of_total = above
        of_polymers = total - sum(line.area.value for line in fillers)
        ours = [line for line in lines if line not in fillers]
        found, others = [], Estimate(0.0, 0.0)
        recipe = f"areas of lines over all above a straight background, {self.low:g} to {self.high:g}°, {_BOOK}"
        for other, name in zip(self.others, names[1:], strict=True):
            alone = [line for line in ours if other.window[0] <= line.position.value <= other.window[1]]
            if not alone:
                height, wide = height_limit(fit, 0.5 * sum(other.window))
                limit = 100 * other.all_over_line * height * wide / of_polymers
                reason = f"no line from {other.window[0]:g} to {other.window[1]:g}°"
                found.append(below(name, limit, reason, unit="%", recipe=recipe))
                continue
            area = other.all_over_line * sum(line.area.value for line in alone)
            error = other.all_over_line * float(np.linalg.norm([line.area.stderr for line in alone]))
            others = Estimate(others.value + area, hypot(others.stderr, error))
            ours = [line for line in ours if line not in alone]
            told = f"{recipe}; all its lines are {other.all_over_line:g} × the lone one"
            found.append(measured(name, 100 * area / of_polymers, 100 * error / of_polymers, unit="%", recipe=told))
        hidden = sum(
            (other.all_over_line - 1)
            * sum(line.area.value for line in lines if other.window[0] <= line.position.value <= other.window[1])
            for other in self.others
        )
        crystalline = sum(line.area.value for line in ours) - hidden
        error = float(np.linalg.norm([line.area.stderr for line in ours] or [0.0]))
        of_first = of_polymers - others.value
        if not of_first > 0 or not crystalline > 0:
            return [missing(names[0], f"lines {crystalline:.3g} of {of_first:.3g}", unit="%", recipe=recipe), *found]
        value = crystalline / of_first
        spread = sqrt(((1 - value) * error) ** 2 + (value * of_total) ** 2) / of_first
        return [measured(names[0], 100 * value, 100 * spread, unit="%", recipe=recipe), *found]

    def _is_filler(self, line: FittedPeak) -> bool:
        is_there = any(low <= line.position.value <= high for low, high in self.fillers)
        return is_there and line.fwhm.value < self.filler_width

    def _above_background(self, processed: Processed) -> tuple[float, float] | str:
        """Return what the data have above a straight background, with its error; or why that cannot be said.

        The background joins the lowest places of its two windows, each a mean over some tenths of a degree.
        """
        found = signal_of(processed)
        if isinstance(found, str) or processed.clean is None:
            return found if isinstance(found, str) else "the measurement has no curve"
        x, y, noise = processed.clean.axis.values, found[0].values, found[1]
        known = np.isfinite(y)
        x, y, noise = x[known], y[known], noise[known]
        inside = (x >= self.low) & (x <= self.high)
        ends = [np.flatnonzero((x >= low) & (x <= high)) for low, high in self.background]
        if x[0] > self.low or x[-1] < self.high or min(len(end) for end in ends) < _FEWEST_POINTS:
            return f"the curve goes from {x[0]:g} to {x[-1]:g}°, {self.low:g} to {self.high:g}° are wanted"
        n = max(1, round(_AVERAGED / float(np.median(np.diff(x)))))
        at, level = [], []
        for end in ends:
            means = np.convolve(y[end], np.full(n, 1 / n), mode="valid") if len(end) > n else np.array([y[end].mean()])
            k = int(np.argmin(means))
            at.append(float(x[end[k : k + n]].mean()))
            level.append(float(means[k]))
        line = level[0] + (x - at[0]) * (level[1] - level[0]) / (at[1] - at[0])
        step = np.gradient(x)[inside]
        total = float(((y - line)[inside] * step).sum())
        of_line = float(noise[np.concatenate(ends)].mean()) / sqrt(2 * n) * float(step.sum())
        return total, hypot(float(np.linalg.norm(noise[inside] * step)), of_line)


def _index(fit: PeakFit, index: HeightIndex) -> Feature:
    """Take an index of heights; a line of the phase that is not there is below detection."""
    written = f"H({index.over.name})/ΣH({', '.join(line.name for line in (index.over, *index.others))})"
    recipe = written + (f", {index.source}" if index.source else "")
    others = [line_near(fit, line) for line in index.others]
    gone = [line.name for line, peak in zip(index.others, others, strict=True) if peak is None]
    if gone:
        return missing(index.name, f"there is no line {gone[0]}", recipe=recipe)
    heights = [peak.height for peak in others if peak is not None]
    rest, of_rest = sum(h.value for h in heights), float(np.linalg.norm([h.stderr for h in heights]))
    peak = line_near(fit, index.over)
    if peak is None:
        limit, _ = height_limit(fit, index.over.at)
        return below(index.name, limit / (limit + rest), f"no line {index.over.name}", recipe=recipe)
    height = peak.height
    total = height.value + rest
    error = hypot(rest * height.stderr, height.value * of_rest) / total**2
    return measured(index.name, height.value / total, error, recipe=recipe)


def _size(fit: PeakFit, size: CrystalliteSize, wavelength: float) -> Feature:
    """Take a crystallite size in nm; `wavelength` in Å."""
    recipe = (
        f"Scherrer, K = {size.constant:g} on {'FWHM' if size.breadth == 'fwhm' else 'integral breadth'}, instrument "
        f"{size.instrument_width:g}° taken off in squares; lateral for hk0"
    )
    peak = line_near(fit, size.line)
    if peak is None:
        reason = f"no line was found within {size.line.at:g} ± {size.line.within:g}°"
        return missing(size.name, reason, unit="nm", recipe=recipe)
    wide = peak.fwhm.value
    squared = wide**2 - size.instrument_width**2
    if not squared > (0.2 * wide) ** 2:
        return missing(
            size.name, f"the line, {wide:.3f}° wide, is no wider than the instrument", unit="nm", recipe=recipe
        )
    breadth = sqrt(squared)
    shape = 1.0
    if size.breadth == "integral":
        shape = peak.area.value / (peak.height.value * wide)
        shape /= _DOUBLET if peak.profile == "doublet" else 1.0
    value = 0.1 * size.constant * wavelength / (radians(breadth * shape) * cos(radians(peak.position.value / 2)))
    return measured(size.name, value, value * peak.fwhm.stderr * wide / squared, unit="nm", recipe=recipe)
