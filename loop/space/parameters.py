"""Knobs: what one parameter is, which values it may take, and on which grid they lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, PositiveFloat, field_validator, model_validator

from loop.space.base import Numeric, is_close, number_of
from loop.space.grid import GRID_TOLERANCE, on_grid, to_grid, to_real
from loop.space.ingredients import Ingredient, Lot, Masterbatch
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


_VALUE_BEFORE = (
    "What it was for every specimen made before it became a parameter; "
    "without it those specimens do not teach the model."
)


class Continuous(Numeric):
    """A number between two bounds, on a grid where `step` is given (counted from `low`)."""

    kind: Literal["continuous"] = Field(default="continuous", description="What sort of parameter this is.")
    low: float = Field(description="Smallest value allowed.")
    high: float = Field(description="Largest value allowed.")
    step: PositiveFloat | None = Field(default=None, description="Smallest change that can be set, counted from low.")
    scale: Literal["linear", "log"] = Field(
        default="linear", description="log where equal ratios matter more than equal differences."
    )
    value_before: float | None = Field(default=None, description=_VALUE_BEFORE)

    @model_validator(mode="after")
    def _is_ordered(self) -> Continuous:
        if not self.low < self.high:
            raise ValueError(
                f"low must be below high, got low {self.low:g} and high {self.high:g}; a fixed value is no parameter"
            )
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"a log scale needs low > 0, got {self.low:g}")
        _check_value_before(self.value_before, self.scale)
        if self.step is not None and self.step * (1 - GRID_TOLERANCE) > self.high - self.low:
            raise ValueError(f"step {self.step:g} is wider than the range {self.low:g} to {self.high:g}")
        return self

    def read(self, value: Setting) -> float:
        """Return the value as a number, on its grid; leave a value off the grid or outside as it is."""
        number = number_of(value)
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
        return is_close(values, self.nearest_allowed(values), self.step)

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


class Discrete(Numeric):
    """A number out of a short list."""

    kind: Literal["discrete"] = Field(default="discrete", description="What sort of parameter this is.")
    values: tuple[float, ...] = Field(min_length=2, description="Every value allowed.")
    scale: Literal["linear", "log"] = Field(
        default="linear", description="log where equal ratios matter more than equal differences."
    )
    value_before: float | None = Field(default=None, description=_VALUE_BEFORE)

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
        _check_value_before(self.value_before, self.scale)
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
        number = number_of(value)
        nearest = min(self.values, key=lambda listed: abs(listed - number))
        return nearest if abs(nearest - number) <= GRID_TOLERANCE * self.resolution else number

    def nearest_allowed(self, values: np.ndarray) -> np.ndarray:
        """Return the listed value nearest to each value, same shape."""
        listed = np.array(self.values)
        return np.asarray(listed[np.abs(np.asarray(values)[..., None] - listed).argmin(axis=-1)])

    def allows(self, values: np.ndarray) -> np.ndarray:
        """Say which values are listed, same shape."""
        return is_close(values, self.nearest_allowed(values), self.resolution)

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
    value_before: str | None = Field(default=None, description=_VALUE_BEFORE)

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

    @field_validator("value_before", mode="before")
    @classmethod
    def _from_number(cls, level: object) -> object:
        return str(level) if isinstance(level, (int, float)) and not isinstance(level, bool) else level

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
        if self.value_before is not None and self.value_before not in self.levels:
            raise ValueError(
                f"value_before {self.value_before!r} is no level of it; levels are {', '.join(self.names)}: "
                "give it a level of its own, and forbid that where it is not to be proposed"
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


def _check_value_before(value: float | None, scale: str) -> None:
    """Refuse a value before that the parameter's scale cannot hold; it may lie outside the range."""
    if value is not None and scale == "log" and value <= 0:
        raise ValueError(f"a log scale needs value_before > 0, got {value:g}")


Parameter = Annotated[Continuous | Discrete | Categorical | Ingredient, Field(discriminator="kind")]
"""Any knob; `kind` says which."""
