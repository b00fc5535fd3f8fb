"""What is wanted of each target, and how targets combine into one judgement of a specimen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field, PositiveFloat, model_validator

from loop.errors import ExpressionError
from loop.expressions import Expression
from loop.values import Frozen

__all__ = ["Limits", "Objective", "Source", "Target", "desirability", "pareto_front"]


class Limits(Frozen):
    """Hard bounds on an outcome: a specimen outside is of no use, however good the rest."""

    at_least: float | None = Field(default=None, description="Smallest value of any use, in the target's unit.")
    at_most: float | None = Field(default=None, description="Largest value of any use, in the target's unit.")

    @model_validator(mode="after")
    def _is_bounded(self) -> Limits:
        if self.at_least is None and self.at_most is None:
            raise ValueError("needs at_least or at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least >= self.at_most:
            raise ValueError(f"at_least {self.at_least:g} must be below at_most {self.at_most:g}")
        return self

    def margin(self, values: np.ndarray) -> np.ndarray:
        """Return how far inside the nearer bound values lie, in the target's unit; negative outside."""
        low = np.inf if self.at_least is None else values - self.at_least
        high = np.inf if self.at_most is None else self.at_most - values
        return np.asarray(np.minimum(low, high))


class Source(Frozen):
    """Where a target's values come from: a quantity of a test, or an expression of the formulation."""

    test: str | None = Field(default=None, description="Name of the test, as in the section tests.")
    quantity: str | None = Field(default=None, description="Which number of that test.")
    expression: str | None = Field(
        default=None, description="Arithmetic over parameters: known before making, so never modelled."
    )

    @model_validator(mode="after")
    def _is_one(self) -> Source:
        if (self.expression is None) == (self.test is None):
            raise ValueError("a source is either a test (with its quantity) or an expression")
        if self.expression is not None and self.quantity is not None:
            raise ValueError("quantity belongs to a test; an expression is the quantity itself")
        if self.expression is not None:
            try:
                Expression(self.expression)
            except ExpressionError as error:
                raise ValueError(str(error)) from error
        return self


class Target(Frozen):
    """One property wanted."""

    unit: str = Field(default="", description="Unit of the values.")
    goal: Literal["maximise", "minimise", "match", "range", "limits"] = Field(
        description="maximise, minimise, match a value, stay in a range, or only keep the limits."
    )
    value: float | None = Field(default=None, description="The value to match.")
    low: float | None = Field(default=None, description="Lower end of the range wanted.")
    high: float | None = Field(default=None, description="Upper end of the range wanted.")
    limits: Limits | None = Field(default=None, description="Hard bounds.")
    repeatability_sd: PositiveFloat | None = Field(
        default=None, description="Standard deviation of single tests of one formulation, in the unit."
    )
    scale: Literal["linear", "log"] = Field(
        default="linear", description="log where the spread grows with the value; values must be > 0."
    )
    source: Source | None = Field(default=None, description="Where values come from; typed in by hand where left out.")
    worst: float | None = Field(default=None, description="Value of no use at all (desirability 0).")
    best: float | None = Field(default=None, description="Value that could not be bettered (desirability 1).")
    weight: PositiveFloat = Field(default=1.0, description="Weight in the desirability.")
    description: str = Field(default="", description="What a person should know about this property.")

    @model_validator(mode="after")
    def _fits_goal(self) -> Target:
        if (self.goal == "match") != (self.value is not None):
            raise ValueError("value belongs to goal match, and match needs it")
        if (self.goal == "range") != (self.low is not None and self.high is not None):
            raise ValueError("low and high belong to goal range, and range needs both")
        if self.goal == "range" and not self.low < self.high:  # type: ignore[operator]  # both are there, by the line above
            raise ValueError(f"low {self.low:g} must be below high {self.high:g}")
        ends = [] if self.limits is None else [self.limits.at_least, self.limits.at_most]
        if self.scale == "log" and any(end is not None and end <= 0 for end in ends):
            raise ValueError("on a log scale every value is above 0, so limits must be too")
        if self.goal == "limits" and self.limits is None:
            raise ValueError("goal limits needs limits")
        is_one_sided = self.goal in ("maximise", "minimise") and self.worst is not None and self.best is not None
        if is_one_sided and not self.gain(np.array([self.best]))[0] > self.gain(np.array([self.worst]))[0]:
            raise ValueError(f"to {self.goal}, best {self.best:g} must lie on the better side of worst {self.worst:g}")
        return self

    @property
    def expression(self) -> Expression | None:
        """The formula of a computed target, None where it is measured."""
        return (
            Expression(self.source.expression)
            if self.source is not None and self.source.expression is not None
            else None
        )

    @property
    def ideal(self) -> float | None:
        """Value of desirability 1: the declared best, else the value or the middle of the range wanted."""
        if self.best is not None or self.goal in ("maximise", "minimise"):
            return self.best
        if self.goal == "range" and self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        return self.value

    def gain(self, values: np.ndarray) -> np.ndarray:
        """Turn values (n,) into numbers in the same unit of which a larger one is better; NaN stays NaN."""
        values = np.asarray(values, dtype=float)
        if self.goal == "maximise":
            return values
        if self.goal == "minimise":
            return -values
        if self.goal == "match" and self.value is not None:
            return np.asarray(-np.abs(values - self.value))
        if self.goal == "range" and self.low is not None and self.high is not None:
            return np.asarray(-(np.maximum(self.low - values, 0) + np.maximum(values - self.high, 0)))
        return 0 * values

    def is_better(self, value: float, than: float) -> bool:
        """Say whether one value beats another by more than the test's repeatability."""
        gains = self.gain(np.array([value, than]))
        return bool(gains[0] - gains[1] > (self.repeatability_sd or 0.0))

    def meets_limits(self, values: np.ndarray) -> np.ndarray:
        """Say which values keep the hard bounds; NaN does not. Shape (n,)."""
        values = np.asarray(values, dtype=float)
        return np.isfinite(values) if self.limits is None else np.asarray(self.limits.margin(values) >= 0)


class Objective(Frozen):
    """How targets combine."""

    kind: Literal["single", "pareto", "desirability"] = Field(
        default="single", description="One target, a front of trade-offs, or one score."
    )
    targets: tuple[str, ...] = Field(
        default=(), description="Which targets; all that are more than limits where left out."
    )
    reference_point: Mapping[str, float] | Literal["inferred"] = Field(
        default="inferred",
        description="Worst values that still count for the hypervolume, by target; "
        "inferred from the first front seen where left out.",
    )


def desirability(target: Target, values: np.ndarray, *, worst: float, best: float) -> np.ndarray:
    """Score values between 0 (worst or beyond) and 1 (best or beyond), linear in the gain.

    Derringer & Suich, J. Qual. Technol. 12 (1980) 214.
    """
    ends = target.gain(np.array([worst, best]))
    return np.asarray(np.clip((target.gain(values) - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0))


def pareto_front(gains: np.ndarray) -> np.ndarray:
    """Say which rows of gains (n, m) no other row beats in every column; ties stay. Shape (n,)."""
    gains = np.asarray(gains, dtype=float)
    at_least = np.all(gains[None, :, :] >= gains[:, None, :], axis=2)
    more = np.any(gains[None, :, :] > gains[:, None, :], axis=2)
    return np.asarray(~np.any(at_least & more, axis=1))


def names_of_goals(targets: Mapping[str, Target], wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the targets that the objective is about: those named, else all that are more than limits."""
    return tuple(wanted) or tuple(name for name, target in targets.items() if target.goal != "limits")
