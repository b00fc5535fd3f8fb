"""Rules on sums: weighted ones, and ratios, which amount to them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from loop.errors import ConstraintError
from loop.space.parameters import Parameter
from loop.space.program import Program
from loop.space.rules import Columns, Forms, Rule, add_terms, need_numbers

__all__ = ["Linear", "Ratio"]

TOLERANCE = 1e-9
"""Share of a sum's largest size by which a bound may be missed: floating-point noise, far below any grid step."""


class Linear(Rule):
    """Weighted sum of numeric parameters, bounded or fixed."""

    kind: Literal["linear"] = Field(default="linear", description="What sort of rule this is.")
    coefficients: Mapping[str, float] = Field(min_length=1, description="Weight by parameter name.")
    at_least: float | None = Field(default=None, description="Smallest sum allowed.")
    at_most: float | None = Field(default=None, description="Largest sum allowed.")
    equals: float | None = Field(default=None, description="The sum itself; stands alone.")

    @model_validator(mode="after")
    def _is_bounded(self) -> Linear:
        if self.equals is not None and (self.at_least is not None or self.at_most is not None):
            raise ValueError("equals stands alone: drop at_least and at_most")
        if self.equals is None and self.at_least is None and self.at_most is None:
            raise ValueError("needs at_least, at_most or equals")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least:g} is above at_most {self.at_most:g}")
        return self

    @property
    def label(self) -> str:
        """The rule as a person would write it."""
        left = " + ".join(f"{w:g}·{n}" if w != 1 else n for n, w in self.coefficients.items()).replace("+ -", "− ")
        if self.equals is not None:
            return self.name or f"{left} = {self.equals:g}"
        low = "" if self.at_least is None else f"{self.at_least:g} ≤ "
        high = "" if self.at_most is None else f" ≤ {self.at_most:g}"
        return self.name or f"{low}{left}{high}"

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters that it binds."""
        return frozenset(self.coefficients)

    def check_against(self, parameters: Mapping[str, Parameter]) -> None:
        """Raise ConstraintError where a name is unknown or has no number."""
        need_numbers(self.label, self.coefficients, parameters)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest value that the weighted sum may take; infinite where open."""
        low = self.equals if self.equals is not None else self.at_least
        high = self.equals if self.equals is not None else self.at_most
        return (-np.inf if low is None else low, np.inf if high is None else high)

    def sums(self) -> tuple[Linear, ...]:
        """Return the bounded sums that it amounts to: itself."""
        return (self,)

    def holds(self, columns: Columns, parameters: Mapping[str, Parameter]) -> np.ndarray:
        """Return for each formulation whether it holds, shape (n,)."""
        low, high = self.bounds
        total = sum(w * columns[n] for n, w in self.coefficients.items())
        sizes = {n: max(abs(parameters[n].low), abs(parameters[n].high)) for n in self.coefficients}
        slack = TOLERANCE * sum(abs(w) * sizes[n] for n, w in self.coefficients.items())
        return np.asarray((total >= low - slack) & (total <= high + slack))

    def write(self, program: Program, forms: Forms) -> None:
        """Add the rows that keep it."""
        terms, constant = _sum(forms, self.coefficients)
        low, high = self.bounds
        program.row(terms, at_least=low - constant, at_most=high - constant)


class Ratio(Rule):
    """Bounds on the ratio of two shares, or of two sums of shares; holds where both are zero."""

    kind: Literal["ratio"] = Field(default="ratio", description="What sort of rule this is.")
    numerator: tuple[str, ...] = Field(min_length=1, description="Parameters summed above the line.")
    denominator: tuple[str, ...] = Field(min_length=1, description="Parameters summed below the line.")
    at_least: float | None = Field(default=None, ge=0, description="Smallest ratio allowed.")
    at_most: float | None = Field(default=None, ge=0, description="Largest ratio allowed.")

    @model_validator(mode="before")
    @classmethod
    def _single_names(cls, data: object) -> object:
        if isinstance(data, Mapping):
            return {k: (v,) if k in ("numerator", "denominator") and isinstance(v, str) else v for k, v in data.items()}
        return data

    @model_validator(mode="after")
    def _is_bounded(self) -> Ratio:
        if self.at_least is None and self.at_most is None:
            raise ValueError("needs at_least or at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least:g} is above at_most {self.at_most:g}")
        for side in (self.numerator, self.denominator):
            if len(set(side)) < len(side):
                raise ValueError(f"each parameter stands once on a side, got {', '.join(side)}")
        return self

    @property
    def label(self) -> str:
        """The rule as a person would write it."""
        low = "" if self.at_least is None else f"{self.at_least:g} ≤ "
        high = "" if self.at_most is None else f" ≤ {self.at_most:g}"
        return self.name or f"{low}{' + '.join(self.numerator)} : {' + '.join(self.denominator)}{high}"

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters that it binds."""
        return frozenset({*self.numerator, *self.denominator})

    def check_against(self, parameters: Mapping[str, Parameter]) -> None:
        """Raise ConstraintError where a name is unknown, has no number, or may be negative."""
        need_numbers(self.label, (*self.numerator, *self.denominator), parameters)
        for name in (*self.numerator, *self.denominator):
            if parameters[name].low < 0:
                raise ConstraintError(
                    f"{self.label}: {name} may be negative (low {parameters[name].low:g}); a ratio is of amounts, "
                    "write such a rule as a linear one"
                )

    @cached_property
    def _sums(self) -> tuple[Linear, ...]:
        def difference(limit: float) -> dict[str, float]:
            weights = dict.fromkeys(self.numerator, 1.0)
            for name in self.denominator:
                weights[name] = weights.get(name, 0.0) - limit
            return weights

        lows = () if self.at_least is None else (Linear(coefficients=difference(self.at_least), at_least=0),)
        highs = () if self.at_most is None else (Linear(coefficients=difference(self.at_most), at_most=0),)
        return (*lows, *highs)

    def sums(self) -> tuple[Linear, ...]:
        """Return the bounded sums that it amounts to: numerator − limit × denominator, on one side of zero."""
        return self._sums

    def holds(self, columns: Columns, parameters: Mapping[str, Parameter]) -> np.ndarray:
        """Return for each formulation whether it holds, shape (n,)."""
        return np.asarray(np.logical_and.reduce([bound.holds(columns, parameters) for bound in self._sums]))

    def write(self, program: Program, forms: Forms) -> None:
        """Add the rows that keep it."""
        for bound in self._sums:
            bound.write(program, forms)


def _sum(forms: Forms, weights: Mapping[str, float]) -> tuple[dict[int, float], float]:
    terms: dict[int, float] = {}
    constant = 0.0
    for name, weight in weights.items():
        form, offset = forms.value(name)
        add_terms(terms, form, weight)
        constant += weight * offset
    return terms, constant
