"""How much a row of numbers jumps from point to point, apart from what it measures. Robust; learns nothing."""

from __future__ import annotations

from math import comb

import numpy as np

__all__ = ["NOISE_ORDER", "is_rough", "noise_sd", "trimmed_rms"]

NOISE_ORDER = 4
"""Differences of this order hold little of lines six points wide, and all of the noise."""

_GAIN = float(np.sqrt(sum(comb(NOISE_ORDER, k) ** 2 for k in range(NOISE_ORDER + 1))))
"""White noise of sd 1 has fourth differences of sd sqrt(70)."""
_KEPT = 0.9
_TRIMMED_GAIN = 0.789
"""Root mean square of the 90 % smallest of normal numbers of sd 1, of four million drawn."""
_ROUGH = -0.4
"""Neighbouring fourth differences of white noise correlate by -0.8, those of a smooth curve by +1."""


def noise_sd(values: np.ndarray) -> float:
    """Estimate the standard deviation of white noise on a curve, shape (n,); 0 where there is none or too little."""
    if len(values) <= NOISE_ORDER + 1:
        return 0.0
    return trimmed_rms(np.diff(values, NOISE_ORDER)) / _GAIN


def trimmed_rms(values: np.ndarray) -> float:
    """Return the standard deviation of normal numbers about 0, of shape (n,), by the 90 % smallest of them."""
    kept = np.sort(np.abs(values))[: max(1, int(_KEPT * len(values)))]
    return float(np.sqrt(np.mean(kept**2))) / _TRIMMED_GAIN


def is_rough(values: np.ndarray) -> bool:
    """Whether what is left of a curve, shape (n,), without its slow parts is noise rather than shape."""
    rest = np.diff(values, NOISE_ORDER)
    cut = np.quantile(np.abs(rest), _KEPT) if len(rest) else 0.0
    rest = np.clip(rest, -cut, cut)
    power = float(np.sum(rest[:-1] ** 2))
    return power > 0.0 and float(np.sum(rest[1:] * rest[:-1])) / power < _ROUGH
