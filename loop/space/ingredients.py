"""Components of a mixture: how much, in which steps, from which lots, and how they are dosed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import numpy as np
from pydantic import Field, PositiveFloat, field_validator, model_validator

from loop.space.base import Numeric, is_close, number_of
from loop.space.grid import GRID_TOLERANCE, on_grid, to_grid
from loop.values import Frozen, Setting

__all__ = ["Ingredient", "Lot", "Masterbatch"]


class Lot(Frozen):
    """One delivery of an ingredient. Lots differ: recyclate most of all."""

    stock_kg: float = Field(ge=0, description="Mass on the shelf when this version of the definition was adopted.")
    price: float | None = Field(default=None, ge=0, description="Price per kg.")
    expires: str | None = Field(
        default=None, description="Last day of use, as YYYY-MM-DD.", pattern=r"^\d{4}-\d{2}-\d{2}$"
    )

    @field_validator("expires")
    @classmethod
    def _is_a_day(cls, expires: str | None) -> str | None:
        if expires is not None:
            try:
                date.fromisoformat(expires)
            except ValueError as error:
                raise ValueError(f"{expires!r} is no day of the calendar; write it as YYYY-MM-DD") from error
        return expires


class Masterbatch(Frozen):
    """How an ingredient is really dosed: as a concentrate in a carrier."""

    active: float = Field(gt=0, lt=100, description="Active content of the masterbatch, % by mass.")
    carrier: str = Field(description="The ingredient that the carrier counts to.")


class Ingredient(Numeric):
    """One component of a mixture, as share of the total, on a grid of `step` counted from zero."""

    kind: Literal["ingredient"] = Field(default="ingredient", description="Left out: components are ingredients.")
    low: float = Field(default=0.0, ge=0, description="Smallest share allowed, % of the total.")
    high: float = Field(gt=0, description="Largest share allowed, % of the total.")
    step: PositiveFloat = Field(default=0.01, description="Smallest change that can be weighed, counted from zero.")
    minimum_if_used: float = Field(
        default=0.0, ge=0, description="Smallest dose, unless the ingredient is left out (needs low: 0)."
    )
    scale: Literal["linear", "log"] = Field(
        default="linear", description="log for additives whose effect follows ratios of the dose."
    )
    density: PositiveFloat | None = Field(
        default=None, description="g/cm³; all ingredients with a density give volume shares."
    )
    price: float | None = Field(default=None, ge=0, description="Price per kg.")
    stock_kg: float | None = Field(
        default=None, ge=0, description="Mass on the shelf, where it is not counted by lots."
    )
    balance_g: PositiveFloat = Field(
        default=0.1, description="Resolution of the balance that weighs this ingredient, g."
    )
    lots: Mapping[str, Lot] = Field(default_factory=dict, description="Deliveries by name.")
    masterbatch: Masterbatch | None = Field(
        default=None, description="Given where it is dosed as a concentrate; shares then count its active content."
    )

    @model_validator(mode="after")
    def _is_weighable(self) -> Ingredient:
        if not self.low < self.high:
            raise ValueError(f"low must be below high, got low {self.low:g} and high {self.high:g}")
        if self.minimum_if_used > 0 and self.low > 0:
            raise ValueError(
                "minimum_if_used is for an ingredient that may be left out: set low to 0, or drop minimum_if_used"
            )
        if self.minimum_if_used > self.high:
            raise ValueError(f"minimum_if_used {self.minimum_if_used:g} is above high {self.high:g}")
        for name in ("low", "high", "minimum_if_used"):
            value = getattr(self, name)
            snapped = on_grid(value, origin=0.0, step=self.step)
            if abs(value - snapped) > GRID_TOLERANCE * self.step:
                raise ValueError(
                    f"{name} {value:g} is not a multiple of step {self.step:g}; next to it lies {snapped:g}"
                )
        if self.stock_kg is not None and self.lots:
            raise ValueError("stock is counted by lots here: drop stock_kg")
        return self

    @property
    def smallest_dose(self) -> float:
        """The smallest share above zero that may be used."""
        return max(self.low, self.minimum_if_used, self.step)

    def read(self, value: Setting) -> float:
        """Return the share as a number, on its grid; leave a value off the grid as it is."""
        number = number_of(value)
        snapped = on_grid(number, origin=0.0, step=self.step)
        return snapped if abs(number - snapped) <= GRID_TOLERANCE * self.step else number

    def nearest_allowed(self, values: np.ndarray) -> np.ndarray:
        """Return the allowed share nearest to each share, same shape: zero, or at least the minimum dose."""
        shares = to_grid(values, origin=0.0, step=self.step, low=self.low, high=self.high)
        if self.minimum_if_used > self.step:
            dose = on_grid(self.minimum_if_used, origin=0.0, step=self.step)
            shares = np.where(np.asarray(values) < dose / 2, 0.0, np.maximum(shares, dose))
        return shares

    def allows(self, values: np.ndarray) -> np.ndarray:
        """Say which shares are allowed as they stand, same shape."""
        return is_close(values, self.nearest_allowed(values), self.step)

    @property
    def resolution(self) -> float:
        """The smallest difference between two shares."""
        return self.step

    def fault(self, value: float) -> str | None:
        """Say what is wrong with a share, None where it is allowed."""
        slack = GRID_TOLERANCE * self.step
        if not self.low - slack <= value <= self.high + slack:
            return f"{value:g} is outside {self.low:g} to {self.high:g}"
        if self.read(value) != on_grid(value, origin=0.0, step=self.step):
            return f"{value!r} is not a multiple of the step {self.step:g}"
        if slack < value < self.minimum_if_used - slack:
            return f"{value:g} is below the minimum dose {self.minimum_if_used:g}; use none, or at least that"
        return None
