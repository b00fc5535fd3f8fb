"""Crystallinity, phases and crystallite sizes of a polymer with fillers, out of a diffractogram (WAXS).

Crystalline is what stands in lines, over that and the halo; lines of fillers are in neither. It knows neither Ruland's
correction for disorder nor texture. Turner-Jones' index goes by *heights* and is relative among α and β (Turner Jones,
Aizlewood & Beckett, Makromol. Chem. 75 (1964) 134), wrong under texture; γ has its own, 117 over 117 and 130.
Scherrer's sizes on hk0 are lateral, no thickness of lamellae.
"""

from __future__ import annotations

from math import cos, radians, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, model_validator

from loop.values import Frozen
from services.features.extraction import Extraction, fit_of, signal_of, without_fit
from services.features.lines import NamedLine, line_near, pattern_shift
from services.features.stating import below, measured, missing
from services.records.feature import Feature
from services.records.peaks import PeakFit
from services.records.processed import Processed

if TYPE_CHECKING:
    from services.features.whole_pattern import Decompositions

__all__ = ["Crystallinity", "CrystalliteSize", "HeightIndex", "OtherPolymer", "PatternLine"]

_BOOK = "whole pattern of declared lines and a smooth halo, after Hermans & Weidinger 1961"
_CU_ALPHA_1 = 1.540598
"""Å."""
_DOUBLET = 1.5
"""Area of Kα1 and Kα2 together over that of Kα1, whose height is the line's."""
_FEWEST_POINTS = 100
_ALIGNED = 0.25
"""° 2θ within which a line of the fit may stand off its place."""
_FILLER_WIDTHS, _FILLER_LORENTZ = (0.85, 1.0, 1.2), (0.2, 0.7)
_SURE = 3.0

Window = tuple[float, float]


class PatternLine(Frozen):
    """One line of the polymer."""

    name: str = Field(min_length=1, description="Phase and indices: `α 040`.")
    at: float = Field(description="Where its cell has it, ° 2θ of Cu Kα1.")


class OtherPolymer(Frozen):
    """A further polymer, whose lines keep their ratio: so those count that lie under the first one's."""

    name: str = Field(min_length=1, description="What it is called: PE.")
    lines: tuple[tuple[float, float], ...] = Field(min_length=1, description="Place (° 2θ) and relative area of each.")
    widths: tuple[float, ...] = Field(default=(0.5, 0.62, 0.78), description="Widths to mix (FWHM), ° 2θ.")


class HeightIndex(Frozen):
    """Height of one line over the heights of itself and others."""

    name: str = Field(min_length=1, description="Name of the feature: `k_beta`.")
    over: str = Field(description="Line of the phase.")
    others: tuple[str, ...] = Field(min_length=1, description="Lines that its height is added to.")
    source: str = Field(default="", description="Where the index is defined.")


class CrystalliteSize(Frozen):
    """Size perpendicular to one family of planes, by Scherrer's equation, out of the peak fit."""

    name: str = Field(min_length=1, description="Name of the feature: `crystallite_size_110`.")
    line: NamedLine = Field(description="Line.")
    breadth: Literal["fwhm", "integral"] = Field(default="fwhm", description="Which breadth the constant is for.")
    constant: float = Field(default=0.9, gt=0, description="K: 0.9 with FWHM; 1 with integral breadths (by volume).")
    instrument_width: float = Field(default=0.08, ge=0, description="FWHM of a line of a perfect crystal, ° 2θ.")


class Crystallinity(Extraction):
    """Crystalline share of what scatters, further polymers, indices of phases, and crystallite sizes.

    The peak fit tells how far the pattern is shifted, where fillers stand, and how wide lines are. Standard errors are
    those of counting and of what the data leave open: how far the tails of lines reach, and how wide the halo is. The
    second is most of it, and is much the same when a piece is measured again.
    """

    kind: Literal["crystallinity"] = Field(default="crystallinity", description="Which extraction this is.")
    fit: str = Field(default="", description="Which peak fit; the only one if empty.")
    polymer: str = Field(default="PP", description="What the first polymer is called in names.")
    lines: tuple[PatternLine, ...] = Field(min_length=1, description="Its lines, those of all its phases.")
    widths: tuple[float, ...] = Field(
        default=(0.33, 0.4, 0.48, 0.58, 0.7, 0.85), min_length=1, description="Widths to mix (FWHM), ° 2θ."
    )
    align: tuple[str, ...] = Field(min_length=1, description="Strong lines that say how far all are shifted.")
    low: float = Field(default=8.0, alias="from", description="Where the pattern begins, ° 2θ.")
    high: float = Field(default=33.0, alias="to", description="Where it ends, ° 2θ.")
    halo: Window = Field(default=(13.0, 22.0), description="Where the amorphous polymer scatters most, ° 2θ.")
    halo_widths: tuple[float, ...] = Field(
        default=(5.0, 6.0, 7.0),
        min_length=1,
        description="Nothing amorphous is narrower (FWHM), ° 2θ: all that may be, where it is not known.",
    )
    halo_counts: Window = Field(default=(10.0, 35.0), description="Between which angles its area counts, ° 2θ.")
    fillers: tuple[Window, ...] = Field(default=(), description="Windows of lines of fillers, left out, ° 2θ.")
    filler_width: float = Field(
        default=0.35, gt=0, description="Lines of fillers are narrower (FWHM): wider ones there are the polymer's."
    )
    others: tuple[OtherPolymer, ...] = Field(default=(), description="Further polymers.")
    indices: tuple[HeightIndex, ...] = Field(default=(), description="Indices of phases by heights.")
    sizes: tuple[CrystalliteSize, ...] = Field(default=(), description="Crystallite sizes.")

    @model_validator(mode="after")
    def _is_whole(self) -> Crystallinity:
        for low, high in ((self.low, self.high), self.halo, self.halo_counts, *self.fillers):
            if not low < high:
                raise ValueError(f"{low:g} to {high:g}° is no window")
        names = [line.name for line in self.lines] + [other.name for other in self.others]
        if len(set(names)) < len(names):
            raise ValueError(f"each line has another name, got {', '.join(names)}")
        wanted = [*self.align, *(name for index in self.indices for name in (index.over, *index.others))]
        unknown = [name for name in wanted if name not in names]
        if unknown:
            raise ValueError(f"there is no line {unknown[0]!r}; there are {', '.join(names)}")
        return self

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take shares, indices and sizes."""
        fit = fit_of(processed, self.fit)
        found = without_fit(processed, self.fit) if fit is None else self._decomposed(processed, fit)
        names = [f"{self.polymer} crystallinity", *(f"{other.name} crystalline share" for other in self.others)]
        if isinstance(found, str) or fit is None:
            why = found if isinstance(found, str) else ""
            told = [missing(name, why, unit="%") for name in names]
            told += [missing(index.name, why) for index in self.indices]
        else:
            told = [*self._shares(found, names), *(_index(found, index) for index in self.indices)]
        if fit is None:
            return (*told, *(missing(size.name, without_fit(processed, self.fit), unit="nm") for size in self.sizes))
        wavelength = processed.reading.facts.conditions.get("wavelength")
        angstrom = wavelength.value if wavelength is not None and wavelength.unit == "Å" else _CU_ALPHA_1
        return (*told, *(_size(fit, size, angstrom) for size in self.sizes))

    def _decomposed(self, processed: Processed, fit: PeakFit) -> Decompositions | str:
        """Decompose the clean curve, or say why it cannot be done."""
        from services.features.whole_pattern import LineShape, decomposed  # scipy, where it is needed

        found = signal_of(processed)
        if isinstance(found, str) or processed.clean is None:
            return found if isinstance(found, str) else "the measurement has no curve"
        x, y, noise = processed.clean.axis.values, found[0].values, found[1]
        known = np.isfinite(y) & np.isfinite(noise)
        if not known.any() or x[known][0] > self.low or x[known][-1] < self.high:
            return f"the curve does not go from {self.low:g} to {self.high:g}°"
        inside = known & (x >= self.low) & (x <= self.high)
        if inside.sum() < _FEWEST_POINTS or not np.ptp(y[inside]) > 0:
            return f"{int(inside.sum())} points lie between {self.low:g} and {self.high:g}°: no pattern"
        shift = self._shift(fit)
        if shift is None:
            return f"none of the lines {', '.join(self.align)} was found: nothing says how far the pattern is shifted"
        shapes = [
            LineShape(name=line.name, places=((line.at + shift, 1.0),), widths=self.widths) for line in self.lines
        ]
        for other in self.others:
            places = tuple((at + shift, area) for at, area in other.lines)
            shapes.append(LineShape(name=other.name, places=places, widths=other.widths))
        for line in fit.lines:
            at, wide = line.position.value, line.fwhm.value
            if wide < self.filler_width and any(low <= at <= high for low, high in self.fillers):
                widths = tuple(wide * factor for factor in _FILLER_WIDTHS)
                shapes.append(LineShape(name="filler", places=((at, 1.0),), widths=widths, lorentz=_FILLER_LORENTZ))
        return decomposed(
            x[inside],
            y[inside],
            noise[inside],
            shapes,
            halo=self.halo,
            halo_widths=self.halo_widths,
            counted=self.halo_counts,
        )

    def _shift(self, fit: PeakFit) -> float | None:
        """Return by how much strong lines of the fit stand off their places, by their heights; None without any."""
        places = {line.name: line.at for line in self.lines}
        known = [NamedLine(name=name, at=places[name], within=_ALIGNED, choose="merged") for name in self.align]
        found = pattern_shift(fit, known)
        return None if found is None else found.value

    def _shares(self, found: Decompositions, names: list[str]) -> list[Feature]:
        """Take the crystalline shares of the polymers, in per cent of what scatters without fillers."""
        recipe = f"{_BOOK}, {self.low:g} to {self.high:g}°"
        ours, others = [line.name for line in self.lines], [other.name for other in self.others]
        if not found.total([*ours, "halo"]) > 0:
            return [missing(name, "nothing of the polymer scatters", unit="%", recipe=recipe) for name in names]
        ratio = found.ratio(ours, [*ours, "halo"])
        told = [measured(names[0], 100 * ratio.value, 100 * ratio.stderr, unit="%", recipe=recipe)]
        for other, name in zip(others, names[1:], strict=True):
            ratio = found.ratio([other], [*ours, "halo", *others])
            if ratio.value > _SURE * ratio.counting:
                told.append(measured(name, 100 * ratio.value, 100 * ratio.stderr, unit="%", recipe=recipe))
            else:
                reason = f"{100 * ratio.value:.2g} ± {100 * ratio.stderr:.2g} %"
                told.append(below(name, 100 * _SURE * ratio.stderr, reason, unit="%", recipe=recipe))
        return told


def _index(found: Decompositions, index: HeightIndex) -> Feature:
    """Take an index of heights; a line that does not rise above what counting scatters by is below detection."""
    recipe = f"H({index.over})/ΣH({', '.join((index.over, *index.others))})"
    recipe += f", {index.source}" if index.source else ""
    for name in index.others:
        if not found.total([name], "height") > 0:
            return missing(index.name, f"there is no line {name}", recipe=recipe)
    ratio = found.ratio([index.over], [index.over, *index.others], "height")
    if ratio.value > _SURE * ratio.counting:
        return measured(index.name, ratio.value, ratio.stderr, recipe=recipe)
    reason = f"{ratio.value:.2g} ± {ratio.stderr:.2g}"
    return below(index.name, _SURE * ratio.stderr, reason, recipe=recipe)


def _size(fit: PeakFit, size: CrystalliteSize, wavelength: float) -> Feature:
    """Take a crystallite size in nm; `wavelength` in Å."""
    what = "FWHM" if size.breadth == "fwhm" else "integral breadth"
    recipe = f"Scherrer, K = {size.constant:g} on {what}, instrument {size.instrument_width:g}° taken off in squares"
    peak = line_near(fit, size.line)
    if peak is None:
        reason = f"no line was found within {size.line.at:g} ± {size.line.within:g}°"
        return missing(size.name, reason, unit="nm", recipe=recipe)
    wide = peak.fwhm.value
    squared = wide**2 - size.instrument_width**2
    if not squared > (0.2 * wide) ** 2:
        reason = f"the line, {wide:.3f}° wide, is no wider than the instrument"
        return missing(size.name, reason, unit="nm", recipe=recipe)
    breadth = sqrt(squared)
    if size.breadth == "integral":
        breadth *= peak.area.value / (peak.height.value * wide * (_DOUBLET if peak.profile == "doublet" else 1.0))
    value = 0.1 * size.constant * wavelength / (radians(breadth) * cos(radians(peak.position.value / 2)))
    return measured(size.name, value, value * peak.fwhm.stderr * wide / squared, unit="nm", recipe=recipe)
