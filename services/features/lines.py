"""Lines of a peak fit: all of them as rows for later curation, and named ones as features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from loop.values import Frozen
from services.features.extraction import Extraction, fit_of, signal_of, without_fit
from services.features.stating import absent, below, measured, missing
from services.records.feature import Feature
from services.records.peaks import Estimate, FittedPeak, PeakFit
from services.records.processed import Processed

__all__ = ["Lines", "NamedLine", "PatternShift", "PeakRow", "Peaks", "height_limit", "line_near", "pattern_shift"]

_SURE = 3.0
_OF_SQUARED_GAUSSIAN = 0.7527
"""Integral of a squared Gaussian of height 1, in units of its FWHM: sqrt(pi / (8 ln 2))."""

Quantity = Literal["position", "height", "fwhm", "area", "asymmetry"]


class PeakRow(Frozen):
    """One fitted peak as a row: numbered along the axis, which says nothing of which line it is.

    Values in units of the axis, of y, and of both; `unit` and `y_unit` say which. A standard error is None where the
    data do not determine it.
    """

    fit: str
    number: int
    is_broad: bool
    unit: str
    y_unit: str
    position: float
    position_stderr: float | None
    height: float
    height_stderr: float | None
    fwhm: float
    fwhm_stderr: float | None
    area: float
    area_stderr: float | None
    asymmetry: float
    asymmetry_stderr: float | None


class Peaks(Extraction):
    """All peaks of a fit, as rows: which is which is decided over many specimens, so they are no columns here."""

    kind: Literal["peaks"] = Field(default="peaks", description="Which extraction this is.")
    fit: str = Field(default="", description="Which peak fit; every one if empty.")
    broad: bool = Field(default=True, description="Whether halos are among them.")

    def features(self, processed: Processed) -> tuple[Feature, ...]:  # noqa: ARG002 - as every extraction has it
        """Give none: rows are no columns."""
        return ()

    def rows(self, processed: Processed) -> tuple[PeakRow, ...]:
        """Return the peaks of the fits asked for, along the axis."""
        unit, y_unit = _units(processed)
        found: list[PeakRow] = []
        for name, fit in processed.fits.items():
            if name == self.fit or not self.fit:
                peaks = fit.peaks if self.broad else fit.lines
                found += [_row(name, k + 1, peak, unit, y_unit) for k, peak in enumerate(peaks)]
        return tuple(found)


class NamedLine(Frozen):
    """A line that is known by its place."""

    name: str = Field(min_length=1, description="What it is called, as `α 040`.")
    at: float = Field(description="Where it stands, in units of the axis.")
    within: float = Field(gt=0, description="How far from there it may stand.")
    choose: Literal["nearest", "highest", "merged"] = Field(
        default="nearest",
        description="Which, where several do; merged takes the highest with all that stand within half of its width: a "
        "line that is no profile of a fit is often fitted by two.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternShift:
    """By how much known lines of a fit stand off their places: their mean by height, in units of the axis.

    `parts` are the positions in it as they were fitted, with their weights, which sum to 1.
    """

    value: float
    parts: tuple[tuple[Estimate, float], ...]

    def taken_off(self, position: Estimate) -> Estimate:
        """Return a position without the shift; its error knows that the line itself may be part of the mean."""
        variance = position.stderr**2
        for part, weight in self.parts:
            variance += (weight * part.stderr) ** 2 - (2 * weight * position.stderr**2 if part == position else 0.0)
        return Estimate(position.value - self.value, sqrt(max(variance, 0.0)))

    @property
    def stderr(self) -> float:
        """Standard error of the mean."""
        return sqrt(sum((weight * part.stderr) ** 2 for part, weight in self.parts))


class Lines(Extraction):
    """Named lines of a fit; one that is not there is below detection, with three standard deviations as its limit.

    Where `align` says of some lines where they truly stand, every position is given without their common shift, and
    that stands beside them as `pattern shift`: what was measured is the sum of both. The zero of a diffractometer and
    the height of a piece (cos θ: 3 % over the strong lines) move all lines together, from piece to piece. A cell that
    is wider in all directions nearly does so, too: to see that, `align` by the lines of an inner standard.
    """

    kind: Literal["lines"] = Field(default="lines", description="Which extraction this is.")
    fit: str = Field(default="", description="Which peak fit; the only one if empty.")
    lines: tuple[NamedLine, ...] = Field(min_length=1, description="Lines.")
    give: tuple[Quantity, ...] = Field(default=("position", "height", "fwhm", "area"), description="What of each.")
    align: tuple[NamedLine, ...] = Field(
        default=(), description="Lines whose true places are known: their common shift is taken off every position."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Lines:
        names = [line.name for line in self.lines]
        if len(set(names)) < len(names):
            raise ValueError(f"each line has another name, got {', '.join(names)}")
        return self

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take what is asked of each line."""
        fit = fit_of(processed, self.fit)
        unit, y_unit = _units(processed)
        units = {"position": unit, "fwhm": unit, "height": y_unit, "asymmetry": ""}
        units["area"] = "·".join(part for part in (y_unit, unit) if part)
        shift = pattern_shift(fit, self.align) if fit is not None and self.align else None
        found: list[Feature] = [self._shift(processed, fit, shift, unit)] if self.align else []
        for line in self.lines:
            recipe = f"{line.choose} fitted line within {line.at:g} ± {line.within:g} {unit}".rstrip()
            peak = None if fit is None else line_near(fit, line)
            for quantity in self.give:
                name = f"{line.name} {quantity}"
                if fit is None:
                    reason = without_fit(processed, self.fit)
                    found.append(missing(name, reason, unit=units[quantity], recipe=recipe))
                elif peak is None:
                    found.append(_not_there(fit, line, quantity, name, units[quantity], recipe))
                elif quantity == "position" and self.align:
                    found.append(_aligned(name, peak.position, shift, self.align, unit, recipe))
                else:
                    estimate: Estimate = getattr(peak, quantity)
                    unit_ = units[quantity]
                    found.append(measured(name, estimate.value, estimate.stderr, unit=unit_, recipe=recipe))
        return tuple(found)

    def _shift(self, processed: Processed, fit: PeakFit | None, shift: PatternShift | None, unit: str) -> Feature:
        names = ", ".join(line.name for line in self.align)
        recipe = f"mean of {names} against their true places, by height: zero of the instrument and height of the piece"
        if fit is None:
            return missing("pattern shift", without_fit(processed, self.fit), unit=unit, recipe=recipe)
        if shift is None:
            return missing("pattern shift", _unaligned(self.align), unit=unit, recipe=recipe)
        return measured("pattern shift", shift.value, shift.stderr, unit=unit, recipe=recipe)


def pattern_shift(fit: PeakFit, known: Sequence[NamedLine]) -> PatternShift | None:
    """Return by how much lines whose places are known stand off them; None where none of them was found."""
    found = [(line.at, peak) for line in known if (peak := line_near(fit, line)) is not None and peak.height.value > 0]
    if not found:
        return None
    total = sum(peak.height.value for _, peak in found)
    weights = [peak.height.value / total for _, peak in found]
    value = sum(weight * (peak.position.value - at) for (at, peak), weight in zip(found, weights, strict=True))
    return PatternShift(
        value=value, parts=tuple((peak.position, weight) for (_, peak), weight in zip(found, weights, strict=True))
    )


def line_near(fit: PeakFit, line: NamedLine) -> FittedPeak | None:
    """Return the fitted line that a name means; None where none stands within its reach."""
    near = [peak for peak in fit.lines if abs(peak.position.value - line.at) <= line.within]
    if not near:
        return None
    if line.choose == "nearest":
        return min(near, key=lambda peak: abs(peak.position.value - line.at))
    highest = max(near, key=lambda peak: abs(peak.height.value))
    return highest if line.choose == "highest" else _merged(highest, near)


def _merged(highest: FittedPeak, near: list[FittedPeak]) -> FittedPeak:
    """Return the highest line with those that stand within half of its width, as one.

    Areas add up; the position is the mean by height; the height is that of the sum there, by Gaussians of their widths;
    the width keeps the shape of the highest. Errors add up as if they were independent, which is too much.
    """
    centre, wide = highest.position.value, highest.fwhm.value
    parts = [peak for peak in near if abs(peak.position.value - centre) <= 0.5 * wide]
    parts = [peak for peak in parts if peak.height.value * highest.height.value > 0]
    if len(parts) == 1:
        return highest
    heights = np.array([peak.height.value for peak in parts])
    places, widths = (np.array([getattr(peak, what).value for peak in parts]) for what in ("position", "fwhm"))
    centre = float(heights @ places / heights.sum())
    reaches = 0.5 ** (4 * ((places - centre) / widths) ** 2)
    height = float(heights @ reaches)
    area = sum(peak.area.value for peak in parts)
    shape = highest.area.value / (highest.height.value * wide)

    def error(what: str, weights: np.ndarray) -> float:
        return float(np.linalg.norm(weights * np.array([getattr(peak, what).stderr for peak in parts])))

    share = heights / heights.sum()
    return replace(
        highest,
        position=Estimate(centre, error("position", share)),
        height=Estimate(height, error("height", reaches)),
        area=Estimate(area, error("area", np.ones(len(parts)))),
        fwhm=Estimate(area / (height * shape), error("fwhm", share)),
    )


def height_limit(fit: PeakFit, at: float) -> tuple[float, float]:
    """Return the least height that would have been told from noise at a place, and the width it is meant for.

    Three standard deviations of the height of a line as wide as the lines there are (their median), in noise of that
    place: sd(h) = sd / sqrt(Σ p²), p the profile of height 1.
    """
    k = int(np.clip(np.searchsorted(fit.x, at), 1, len(fit.x) - 1))
    step = float(np.median(np.diff(fit.x)))
    widths = [line.fwhm.value for line in fit.lines]
    wide = float(np.median(widths)) if widths else 8 * step
    n_effective = max(_OF_SQUARED_GAUSSIAN * wide / step, 1.0)
    return _SURE * float(fit.noise[k]) / sqrt(n_effective), wide


def _aligned(
    name: str,
    position: Estimate,
    shift: PatternShift | None,
    known: Sequence[NamedLine],
    unit: str,
    recipe: str,
) -> Feature:
    """State a position without the shift of the pattern, or why that is not known."""
    if shift is None:
        return missing(name, _unaligned(known), unit=unit, recipe=recipe)
    if [part for part, _ in shift.parts] == [position]:
        return missing(name, "it alone says how far the pattern is shifted", unit=unit, recipe=recipe)
    true = shift.taken_off(position)
    return measured(name, true.value, true.stderr, unit=unit, recipe=f"{recipe}, without the pattern shift")


def _unaligned(known: Sequence[NamedLine]) -> str:
    names = ", ".join(line.name for line in known)
    return f"none of the lines {names} was found: nothing says how far the pattern is shifted"


def _not_there(fit: PeakFit, line: NamedLine, quantity: Quantity, name: str, unit: str, recipe: str) -> Feature:
    if not fit.x[0] <= line.at <= fit.x[-1]:
        reason = f"the fit goes from {fit.x[0]:g} to {fit.x[-1]:g}"
        return missing(name, reason, unit=unit, recipe=recipe)
    reason = f"no line was found within {line.at:g} ± {line.within:g}"
    height, wide = height_limit(fit, line.at)
    if quantity == "height":
        return below(name, height, reason, unit=unit, recipe=recipe)
    if quantity == "area":
        return below(name, height * wide * 1.0645, reason, unit=unit, recipe=recipe)
    return absent(name, reason, unit=unit, recipe=recipe)


def _units(processed: Processed) -> tuple[str, str]:
    found = signal_of(processed)
    if isinstance(found, str) or processed.clean is None:
        return "", ""
    return processed.clean.axis.unit, found[0].unit


def _row(fit: str, number: int, peak: FittedPeak, unit: str, y_unit: str) -> PeakRow:
    def known(estimate: Estimate) -> float | None:
        return float(estimate.stderr) if np.isfinite(estimate.stderr) else None

    return PeakRow(
        fit=fit,
        number=number,
        is_broad=peak.is_broad,
        unit=unit,
        y_unit=y_unit,
        position=peak.position.value,
        position_stderr=known(peak.position),
        height=peak.height.value,
        height_stderr=known(peak.height),
        fwhm=peak.fwhm.value,
        fwhm_stderr=known(peak.fwhm),
        area=peak.area.value,
        area_stderr=known(peak.area),
        asymmetry=peak.asymmetry.value,
        asymmetry_stderr=known(peak.asymmetry),
    )
