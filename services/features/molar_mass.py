"""Averages of molar mass out of a distribution, or out of a chromatogram whose calibration is declared."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from loop.values import Frozen
from services.features.extraction import Extraction
from services.features.noise import noise_of
from services.features.stating import measured, missing
from services.records.curve import Channel, Curve
from services.records.feature import Feature
from services.records.processed import Processed

__all__ = ["Calibration", "MolarMass"]

_NAMES = ("Mn", "Mw", "Mz", "dispersity")
_UNITS = ("g/mol", "g/mol", "g/mol", "")
_TABLE = {"mn": "Mn", "mw": "Mw", "mz": "Mz", "mp": "Mp", "dispersity": "dispersity"}
_FEWEST_SLICES = 8
_AVERAGED = 5
_BOOK = "ISO 16014-1"


class Calibration(Frozen):
    """How molar mass follows from retention volume.

    log10 M of the standards is a polynomial in volume; with Mark–Houwink constants of standard and polymer it becomes
    that of the polymer (universal calibration: Grubisic, Rempp & Benoit, J. Polym. Sci. B 5 (1967) 753).
    """

    polynomial: tuple[float, ...] = Field(
        min_length=2, description="Coefficients of log10 M (g/mol) in mL from `centre`, lowest power first."
    )
    centre: float = Field(default=0.0, description="Volume, mL, from which the polynomial counts.")
    standard: tuple[float, float] | None = Field(default=None, description="K (dL/g) and a of the standards.")
    polymer: tuple[float, float] | None = Field(default=None, description="K (dL/g) and a of the polymer.")

    def log_mass(self, volume: np.ndarray) -> np.ndarray:
        """Return log10 M (g/mol) of the polymer at volumes in mL, shape (n,)."""
        log = np.polynomial.polynomial.polyval(volume - self.centre, self.polynomial)
        if self.standard is None or self.polymer is None:
            return np.asarray(log)
        (k_s, a_s), (k_p, a_p) = self.standard, self.polymer
        return np.asarray((np.log10(k_s / k_p) + (1 + a_s) * log) / (1 + a_p))


class MolarMass(Extraction):
    """Mn, Mw, Mz and dispersity by slices; those of a table as the instrument's program gave them.

    The averages are of all that was dissolved, as if it were of the polymer of the calibration.
    """

    kind: Literal["molar mass"] = Field(default="molar mass", description="Which extraction this is.")
    calibration: Calibration | None = Field(default=None, description="For chromatograms; without it they are refused.")
    low: float | None = Field(default=None, alias="from", description="Lowest log10 M that counts; all if left out.")
    high: float | None = Field(default=None, alias="to", description="Highest log10 M that counts; all if left out.")
    anchors: tuple[tuple[float, float], tuple[float, float]] | None = Field(
        default=None, description="Two stretches of retention volume, mL, whose means the baseline joins."
    )

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take averages by slices of the curve, and those of the table."""
        table = tuple(
            measured(
                f"{_TABLE[name]} of the table", amount.value, unit=amount.unit, recipe="as the file's table gives it"
            )
            for name, amount in processed.reading.amounts.items()
            if name in _TABLE
        )
        return (*table, *self._of_curve(processed.clean, processed.of)) if processed.clean is not None else table

    def _of_curve(self, curve: Curve, of: str) -> tuple[Feature, ...]:
        signal = curve.channel(of) if of else curve.channels[0]
        if "molar_mass" in curve.axis.quantity:
            y = signal.values
            log = curve.axis.values if curve.axis.quantity.startswith("log") else np.log10(curve.axis.values)
            return self._averaged(log, y, noise_of(y), "slices of dw/dlogM")
        if self.calibration is None:
            reason = "the file holds no calibration, and none is declared: retention gives no molar mass"
            return tuple(missing(name, reason, unit=unit) for name, unit in zip(_NAMES, _UNITS, strict=True))
        log = self.calibration.log_mass(curve.axis.values)
        slope = np.gradient(log, curve.axis.values)
        if (slope >= 0).any():
            falling = slope < 0
            log, slope, signal = log[falling], slope[falling], Channel("signal", "", signal.values[falling])
            curve_x = curve.axis.values[falling]
        else:
            curve_x = curve.axis.values
        net = self._over_baseline(curve_x, signal.values)
        order = np.argsort(log)
        noise = noise_of(signal.values) / np.abs(slope)
        return self._averaged(log[order], (net / np.abs(slope))[order], noise[order], "slices of the chromatogram")

    def _over_baseline(self, volume: np.ndarray, y: np.ndarray) -> np.ndarray:
        if self.anchors is None:
            return y
        ends = [(volume >= low) & (volume <= high) for low, high in self.anchors]
        if not all(end.any() for end in ends):
            return y
        at = [float(volume[end].mean()) for end in ends]
        return np.asarray(y - np.polynomial.Polynomial.fit(at, [float(y[end].mean()) for end in ends], 1)(volume))

    def _averaged(self, log: np.ndarray, y: np.ndarray, noise: float | np.ndarray, what: str) -> tuple[Feature, ...]:
        inside = np.isfinite(log) & np.isfinite(y)
        inside &= (log >= (self.low if self.low is not None else -np.inf)) & (log <= (self.high or np.inf))
        log, y = log[inside], y[inside]
        sd = np.broadcast_to(np.asarray(noise, float), inside.shape)[inside]
        recipe = f"Mn = Σw/Σ(w/M), Mw = ΣwM/Σw, Mz = ΣwM²/ΣwM by {what}, {_BOOK}"
        if len(log) < _FEWEST_SLICES or not y.max() > 0:
            reason = f"{len(log)} slices, the largest {y.max() if len(y) else 0:g}: no distribution"
            return tuple(
                missing(name, reason, unit=unit, recipe=recipe) for name, unit in zip(_NAMES, _UNITS, strict=True)
            )
        first, last = _ends(y)
        log, y, sd = log[first:last], y[first:last], sd[first:last]
        mass, wide = 10.0**log, np.gradient(log)
        sums = {power: float((wide * y * mass**power).sum()) for power in (-1, 0, 1, 2)}
        gradients = {power: wide * mass**power for power in sums}
        mn, mw, mz = sums[0] / sums[-1], sums[1] / sums[0], sums[2] / sums[1]

        def error(value: float, over: int, under: int) -> float:
            return float(np.linalg.norm((gradients[over] - value * gradients[under]) * sd)) / sums[under]

        both = mw * (gradients[1] / sums[1] - gradients[0] / sums[0]) / mn
        both += mw / mn * (gradients[-1] / sums[-1] - gradients[0] / sums[0])
        values = (mn, mw, mz, mw / mn)
        errors = (error(mn, 0, -1), error(mw, 1, 0), error(mz, 2, 1), float(np.linalg.norm(both * sd)))
        told = zip(_NAMES, values, errors, _UNITS, strict=True)
        return tuple(measured(name, value, stderr, unit=unit, recipe=recipe) for name, value, stderr, unit in told)


def _ends(y: np.ndarray) -> tuple[int, int]:
    """Return first and last slice around the highest that lie above the baseline, in means of five slices."""
    level = np.convolve(y, np.full(_AVERAGED, 1 / _AVERAGED), mode="same")
    low = level <= 0
    top = int(np.argmax(y))
    before, after = np.flatnonzero(low[:top]), np.flatnonzero(low[top:])
    return (int(before[-1]) + 1 if len(before) else 0), (top + int(after[0]) if len(after) else len(y))
