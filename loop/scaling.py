"""The scale on which one target is learned: its own, but where floating-point numbers would not bear it.

A model works with squares and with matrices to whose diagonal about 1e-8 is added: values far from one, or close
together far from zero, are lost in that. They are shifted by one of them and divided by a power of two, which is exact;
all others are left as they are, to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Scaling"]

_ORDINARY = (2.0**-10, 2.0**20)
"""Spreads that need no scaling."""

_NEARLY_EQUAL = 1e-9
"""Spread as a share of the size below which values are shifted: their digits would be used up."""

_FAR = 1e6
"""Spreads from which on a limit or a wanted value is far, however far."""

_LARGEST = float(np.finfo(float).max)


@dataclass(frozen=True, slots=True)
class Scaling:
    """Learned as (value − shift) / factor, in the unit of the target; the factor is a power of two."""

    shift: float = 0.0
    factor: float = 1.0

    @classmethod
    def of(cls, values: np.ndarray) -> Scaling:
        """Choose the scaling for some values (n,); those that are not finite do not count."""
        known = np.sort(values[np.isfinite(values)])
        size = float(np.abs(known).max()) if len(known) else 0.0
        if size == 0:
            return cls()
        middle = float(known[len(known) // 2])
        spread = min(float(np.abs(known / 4 - middle / 4).max()), _LARGEST / 4) * 4
        shift = middle if 0 < spread < _NEARLY_EQUAL * size else 0.0
        reach = spread or size
        if shift == 0 and _ORDINARY[0] <= reach <= _ORDINARY[1]:
            return cls()
        return cls(shift, math.ldexp(1.0, max(math.frexp(reach)[1] - 1, -1021)))

    @property
    def is_plain(self) -> bool:
        """Whether values are learned as they are."""
        return self.shift == 0 and self.factor == 1

    def scaled(self, value: float) -> float:
        """Write a value as it is learned."""
        return value if self.is_plain else value / self.factor - self.shift / self.factor

    def scaled_bound(self, value: float) -> float:
        """Write a limit or a wanted value as it is compared: beyond a million spreads, distances are compressed."""
        if self.is_plain:
            return value
        found = min(max(self.scaled(value), -_LARGEST), _LARGEST)
        return found if abs(found) <= _FAR else math.copysign(_FAR + math.log(abs(found) / _FAR), found)

    def unscaled(self, mean: np.ndarray, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Write means and standard deviations in the unit of the target; never beyond the largest number there is."""
        if not self.is_plain:
            with np.errstate(over="ignore"):
                mean, sd = mean * self.factor + self.shift, sd * self.factor
        return np.clip(mean, -_LARGEST, _LARGEST), np.minimum(sd, _LARGEST)
