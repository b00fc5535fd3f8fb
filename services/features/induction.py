"""Oxidation induction time: from the change to oxygen to the onset of the exotherm, by tangents (ISO 11357-6)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from services.features.extraction import Extraction
from services.features.stating import beyond, measured, missing
from services.features.thermal_run import ThermalRun, is_oxidation_run, local_means, local_slopes, thermal_run
from services.records.feature import Feature
from services.records.processed import Processed

__all__ = ["Induction"]

_NAME, _ISO = "oxidation induction time", "ISO 11357-6"
_FEWEST_POINTS = 20
_LEFT = 0.03
"""Of its height the exotherm has left the baseline by this share."""
_SURE = 8.0


class Induction(Extraction):
    """Oxidation induction time in min; other runs give nothing, one that ends before is above its range."""

    kind: Literal["induction"] = Field(default="induction", description="Which extraction this is.")
    purge_min: float = Field(default=1.0, ge=0, description="How long the new gas needs to drive out the old, min.")
    least_rise: float = Field(
        default=0.1, gt=0, description="An exotherm rises by this at least above the baseline, in W/g (or mW)."
    )
    smoothing_min: float = Field(default=0.3, gt=0, description="Width over which the slope is taken, min.")

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take the time, and the temperature at which the specimen was held."""
        if not is_oxidation_run(processed.clean):
            return ()
        run = thermal_run(processed, "heat_flow")
        if isinstance(run, str):
            return (missing(_NAME, run, unit="min"),)
        oxygen = run.air_from
        if oxygen is None or len(run.minutes) - oxygen < _FEWEST_POINTS:
            return (missing(_NAME, "the run ends where oxygen comes", unit="min"),)
        held = float(np.median(run.celsius[oxygen:]))
        recipe = f"steepest tangent against the baseline in oxygen, at {held:.1f} °C, {_ISO}"
        return (
            self._time(run, oxygen, recipe),
            measured("oxidation temperature", held, unit="°C", recipe="median in oxygen"),
        )

    def _time(self, run: ThermalRun, oxygen: int, recipe: str) -> Feature:
        t, y = run.minutes[oxygen:] - run.minutes[oxygen], run.signal[oxygen:]
        step = float(t[-1]) / (len(t) - 1)
        half = max(1, round(0.5 * self.smoothing_min / step))
        smooth = local_means(y, half)
        rest = t >= min(self.purge_min, 0.5 * float(t[-1]))
        lowest = float(smooth[rest].min())
        rise = float(smooth.max()) - lowest
        if rise < max(self.least_rise, _SURE * run.noise):
            return beyond(_NAME, float(t[-1]), "no exotherm came while oxygen flowed", unit="min", recipe=recipe)
        rate = local_slopes(t, smooth, half)
        steepest = int(np.argmax(rate))
        level, of_level = self._baseline(t, smooth, steepest, run.noise, rise, half)
        onset = float(t[steepest] - (smooth[steepest] - level(t[steepest])) / rate[steepest])
        for _ in range(2):  # the baseline is read where the tangent meets it
            onset = float(t[steepest] - (smooth[steepest] - level(onset)) / rate[steepest])
        if not 0 <= onset <= t[-1]:
            return missing(_NAME, "the tangent does not meet the baseline in oxygen", unit="min", recipe=recipe)
        return measured(_NAME, onset, float(of_level / rate[steepest]) + 0.5 * step, unit="min", recipe=recipe)

    def _baseline(
        self, t: np.ndarray, smooth: np.ndarray, steepest: int, noise: float, rise: float, half: int
    ) -> tuple[np.polynomial.Polynomial, float]:
        """Lay the line that the curve follows before it rises; level, at its lowest, where that is too short."""
        settled = int(np.searchsorted(t, self.purge_min))
        if steepest - settled < _FEWEST_POINTS // 2:
            return np.polynomial.Polynomial([float(smooth[: steepest + 1].min())]), noise
        before = smooth[settled : steepest + 1]
        k = settled + int(np.argmin(before))
        left = k + int(np.argmax(smooth[k : steepest + 1] > smooth[k] + _LEFT * rise))
        first = settled + (left - settled) // 3
        if left - first < _FEWEST_POINTS:
            return np.polynomial.Polynomial([float(before.min())]), noise / np.sqrt(half)
        line = np.polynomial.Polynomial.fit(t[first:left], smooth[first:left], 1)
        return line, noise / float(np.sqrt(left - first))
