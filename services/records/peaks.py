"""What a full-pattern fit found in a curve: peaks with standard errors, halos, steps and a baseline. Values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

__all__ = ["Estimate", "FittedPeak", "PeakFit"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its standard error, in one unit; the error is NaN where data do not determine it."""

    value: float
    stderr: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPeak:
    """One peak of one curve.

    Attributes
    ----------
    profile
        Name of its profile, as `services.preprocessing.peakfit.profiles` has it.
    position, fwhm
        In units of the axis; the position is that of the maximum.
    height, area
        In units of y, and of y times the axis; negative for a peak that points down.
    asymmetry
        Logarithm of the half width right of the maximum over the one left of it; 0 is symmetric.
    is_broad
        True for what is too wide to be a line: an amorphous halo, a patch of background.
    numbers
        The five numbers of its profile, for drawing and for fitting again.
    """

    profile: str
    position: Estimate
    fwhm: Estimate
    height: Estimate
    area: Estimate
    asymmetry: Estimate
    is_broad: bool
    numbers: tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PeakFit:
    """All that was fitted to one curve between two places of its axis.

    Attributes
    ----------
    x, y, noise
        What was fitted and the standard deviation of each point, shape (n,) each.
    peaks
        Lines and halos in the order of their positions.
    background
        Baseline with steps and decays, without peaks, shape (n,).
    chi_square
        Sum of squared residuals over their noise.
    n_numbers
        How many numbers were fitted.
    warnings
        What a reader should know: ran out of time, a peak at a bound.
    """

    x: np.ndarray
    y: np.ndarray
    noise: np.ndarray
    peaks: tuple[FittedPeak, ...]
    background: np.ndarray
    model: np.ndarray
    chi_square: float
    n_numbers: int
    warnings: tuple[str, ...] = field(default=())

    @property
    def lines(self) -> tuple[FittedPeak, ...]:
        """The peaks that are narrow enough to be lines."""
        return tuple(peak for peak in self.peaks if not peak.is_broad)

    @property
    def halos(self) -> tuple[FittedPeak, ...]:
        """The broad ones."""
        return tuple(peak for peak in self.peaks if peak.is_broad)
