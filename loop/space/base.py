"""What all parameters with a number share. Knows no kind of them."""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from loop.space.grid import GRID_TOLERANCE
from loop.values import Frozen, Setting

__all__ = ["Numeric", "is_close", "number_of"]


class Numeric(Frozen):
    """What all parameters with a number share."""

    unit: str = Field(default="", description="Unit of the values, as written on the sheet.")
    description: str = Field(default="", description="What a person should know about this knob.")
    hard_to_change: bool = Field(
        default=False, description="True where changing it between runs costs time; runs are blocked by it."
    )


def number_of(value: Setting) -> float:
    """Return a setting as a number; raise ValueError where it is none, or not finite."""
    if isinstance(value, (str, bool)) or not isinstance(value, (int, float, np.number)) or not math.isfinite(value):
        raise ValueError(f"needs a number, got {value!r}")
    return float(value)


def is_close(values: np.ndarray, allowed: np.ndarray, resolution: float) -> np.ndarray:
    """Say which values are the allowed ones but for floating-point noise, far below any step."""
    return np.asarray(np.abs(values - allowed) <= GRID_TOLERANCE * resolution)
