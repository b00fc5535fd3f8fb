"""Knobs: what one parameter is, which values it may take, and on which grid they lie."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, PositiveFloat, field_validator, model_validator

from loop.space.grid import GRID_TOLERANCE, on_grid, to_grid, to_real
from loop.values import Frozen, Setting

__all__ = [
    "Categorical",
    "Continuous",
    "Discrete",
    "Ingredient",
    "Lot",
    "Masterbatch",
    "Parameter",
    "on_grid",
]


class _Numeric(Frozen):
    """What all parameters with a number share."""

    unit: str = Field(default="", description="Unit of the values, as written on the sheet.")
    description: str = Field(default="", description="What a person should know about this knob.")
    hard_to_change: bool = Field(
        default=False, description="True where changing it between runs costs time; runs are blocked by it."
    )


class Continuous(_Numeric):
    """A number between two bounds, on a grid where `step` is given (counted from `low`)."""

    kind: Literal["continuous"] = Field(default="continuous", description="What sort of parameter this is.")
    low: float = Field(description="Smallest value allowed.")
    high: float = Field(description="Largest value allowed.")
    step: PositiveFloat | None = Field(default=None, description="Smallest change that can be set, counted from low.")
    scale: Literal["linear", "log"] = Field(
        default="linear", description="log where equal ratios matter more than equal differences."
    )

    @model_validator(mode="after")
    def _is_ordered(self) -> Continuous:
        if not self.low < self.high:
            raise ValueError(
                f"low must be below high, got low {self.low:g} and high {self.high:g}; a fixed value is no parameter"
            )
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"a log scale needs low > 0, got {self.low:g}")
        if self.step is not None and self.step * (1 - GRID_TOLERANCE) > self.high - self.low:
            raise ValueError(f"step {self.step:g} is wider than the range {self.low:g} to {self.high:g}")
        return self

    def read(self, value: Setting) -> float:
        """Return the value as a number, on its grid; leave a value off the grid or outside as it is."""
        number = _number(value)
        if self.step is None:
            return number
        snapped = on_grid(number, origin=self.low, step=self.step)
        return snapped if abs(number - snapped) <= GRID_TOLERANCE * self.step else number

    def nearest_allowed(self, values: np.ndarray) -> np.ndarray:
        """Return the allowed value nearest to each value, same shape; real numbers with six digits."""
        if self.step is None:
            return to_real(values, low=self.low, high=self.high, scale=self.scale)
        return to_grid(values, origin=self.low, step=self.step, low=self.low, high=self.high)

    def allows(self, values: np.ndarray) -> np.ndarray:
        """Say which values are allowed as they stand, same shape."""
        if self.step is None:
            return np.asarray((values >= self.low) & (values <= self.high))
        return _is_close(values, self.nearest_allowed(values), self.step)

    @property
    def resolution(self) -> float:
        """The smallest difference between two values: the step, or a hundred-thousandth of the range."""
        return (self.high - self.low) * 1e-5 if self.step is None else self.step

    def fault(self, value: float) -> str | None:
        """Say what is wrong with a value, None where it is allowed."""
        slack = GRID_TOLERANCE * (self.step or 0.0)
        if not self.low - slack <= value <= self.high + slack:
            return f"{value:g} {self.unit} is outside {self.low:g} to {self.high:g}".replace("  ", " ")
        if self.step is not None and self.read(value) != on_grid(value, origin=self.low, step=self.step):
            return f"{value!r} is not on the grid {self.low:g}, {self.low + self.step:g}, … (step {self.step:g})"
        return None


class Discrete(_Numeric):
    """A number out of a short list."""

    kind: Literal["discrete"] = Field(default="discrete", description="What sort of parameter this is.")
    values: tuple[float, ...] = Field(min_length=2, description="Every value allowed.")
    scale: Literal["linear", "log"] = Field(
        default="linear", description="log where equal ratios matter more than equal differences."
    )

    @field_validator("values")
    @classmethod
    def _is_a_set(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if len(set(values)) != len(values):
            raise ValueError(f"each value stands once, got {list(values)}")
        return tuple(sorted(values))

    @model_validator(mode="after")
    def _fits_scale(self) -> Discrete:
        if self.scale == "log" and self.values[0] <= 0:
            raise ValueError(f"a log scale needs values > 0, got {self.values[0]:g}")
        return self

    @property
    def low(self) -> float:
        """Smallest value."""
        return self.values[0]

    @property
    def high(self) -> float:
        """Largest value."""
        return self.values[-1]

    def read(self, value: Setting) -> float:
        """Return the listed value that a number stands for; leave any other number as it is."""
        number = _number(value)
        nearest = min(self.values, key=lambda listed: abs(listed - number))
        return nearest if abs(nearest - number) <= GRID_TOLERANCE * self.resolution else number

    def nearest_allowed(self, values: np.ndarray) -> np.ndarray:
        """Return the listed value nearest to each value, same shape."""
        listed = np.array(self.values)
        return np.asarray(listed[np.abs(np.asarray(values)[..., None] - listed).argmin(axis=-1)])

    def allows(self, values: np.ndarray) -> np.ndarray:
        """Say which values are listed, same shape."""
        return _is_close(values, self.nearest_allowed(values), self.resolution)

    @property
    def resolution(self) -> float:
        """The smallest difference between two values."""
        return float(np.diff(self.values).min())

    def fault(self, value: float) -> str | None:
        """Say what is wrong with a value, None where it is allowed."""
        if self.read(value) not in self.values:
            return f"{value:g} is not one of {', '.join(f'{v:g}' for v in self.values)}"
        return None


class Categorical(Frozen):
    """A choice between named levels, each with optional numeric descriptors known before making."""

    kind: Literal["categorical"] = Field(default="categorical", description="What sort of parameter this is.")
    levels: Mapping[str, Mapping[str, float]] = Field(
        description="Level names, each with its descriptors; a plain list where there are none."
    )
    description: str = Field(default="", description="What a person should know about this knob.")
    hard_to_change: bool = Field(
        default=False, description="True where changing it between runs costs time; runs are blocked by it."
    )

    @field_validator("levels", mode="before")
    @classmethod
    def _from_list(cls, levels: object) -> object:
        if isinstance(levels, (list, tuple)):
            if len(set(map(str, levels))) != len(levels):
                raise ValueError(f"each level stands once, got {list(levels)}")
            return {str(level): {} for level in levels}
        if isinstance(levels, Mapping):
            return {str(level): descriptors or {} for level, descriptors in levels.items()}
        return levels

    @model_validator(mode="after")
    def _is_a_choice(self) -> Categorical:
        if len(self.levels) < 2:
            raise ValueError(f"a choice needs at least two levels, got {list(self.levels)}")
        sets = {frozenset(descriptors) for descriptors in self.levels.values()}
        if len(sets) > 1:
            raise ValueError(
                "every level needs the same descriptors; "
                + "; ".join(f"{k}: {sorted(v)}" for k, v in self.levels.items())
            )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Level names in their declared order."""
        return tuple(self.levels)

    @property
    def low(self) -> float:
        """The first level number."""
        return 0.0

    @property
    def high(self) -> float:
        """The last level number."""
        return len(self.levels) - 1.0

    def read(self, value: Setting) -> str:
        """Return the name of a level, also where a sheet turned the name 2 into the number 2.0.

        Raises
        ------
        ValueError
            If there is no such level.
        """
        if str(value) in self.levels:
            return str(value)
        if isinstance(value, float) and value.is_integer() and str(int(value)) in self.levels:
            return str(int(value))
        raise ValueError(f"{value!r} is no level of it; levels are {', '.join(self.names)}")

    def nearest_allowed(self, values: np.ndarray) -> np.ndarray:
        """Return the level number nearest to each number, same shape."""
        return np.asarray(np.clip(np.round(values), self.low, self.high) + 0.0)

    def allows(self, values: np.ndarray) -> np.ndarray:
        """Say which numbers are level numbers, same shape."""
        return np.asarray(values == self.nearest_allowed(values))

    @property
    def resolution(self) -> float:
        """The difference between two level numbers."""
        return 1.0

    def descriptor_matrix(self) -> np.ndarray:
        """Return descriptors of shape (levels, descriptors); no columns where none are declared."""
        return np.array([[*descriptors.values()] for descriptors in self.levels.values()], dtype=float)


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


class Ingredient(_Numeric):
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
        number = _number(value)
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
        return _is_close(values, self.nearest_allowed(values), self.step)

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


Parameter = Annotated[Continuous | Discrete | Categorical | Ingredient, Field(discriminator="kind")]
"""Any knob; `kind` says which."""


def _number(value: Setting) -> float:
    if isinstance(value, (str, bool)) or not isinstance(value, (int, float, np.number)) or not math.isfinite(value):
        raise ValueError(f"needs a number, got {value!r}")
    return float(value)


def _is_close(values: np.ndarray, allowed: np.ndarray, resolution: float) -> np.ndarray:
    """Say which values are the allowed ones but for floating-point noise, far below any step."""
    return np.asarray(np.abs(values - allowed) <= GRID_TOLERANCE * resolution)
