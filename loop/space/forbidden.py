"""Combinations that may not be, and the conditions they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from loop.errors import ConstraintError
from loop.space.grid import GRID_TOLERANCE
from loop.space.parameters import Categorical, Continuous, Parameter
from loop.space.program import Program
from loop.space.rules import Columns, Forms, Rule, add_terms
from loop.space.sums import Linear
from loop.values import Frozen

__all__ = ["Forbid", "When"]


class When(Frozen):
    """A condition on one parameter: its level, or where its number lies (at_least and at_most count the bound in)."""

    level: tuple[str, ...] | None = Field(default=None, min_length=1, description="Any of these levels.")
    above: float | None = Field(default=None, description="Greater than.")
    below: float | None = Field(default=None, description="Less than.")
    at_least: float | None = Field(default=None, description="Greater than or equal.")
    at_most: float | None = Field(default=None, description="Less than or equal.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: object) -> object:
        if isinstance(data, str):
            return {"level": (data,)}
        if isinstance(data, (list, tuple)):
            return {"level": tuple(data)}
        if isinstance(data, (int, float)) and not isinstance(data, bool):
            return {"at_least": data, "at_most": data}
        if isinstance(data, Mapping) and isinstance(data.get("level"), str):
            return {**data, "level": (data["level"],)}
        return data

    @model_validator(mode="after")
    def _is_a_condition(self) -> When:
        bounds = [b for b in (self.above, self.below, self.at_least, self.at_most) if b is not None]
        if (self.level is None) == (not bounds):
            raise ValueError("a condition is either levels or bounds (above, below, at_least, at_most)")
        return self

    def is_met(self, values: np.ndarray, parameter: Parameter) -> np.ndarray:
        """Say which values of a parameter meet it, same shape; level numbers for a choice."""
        if isinstance(parameter, Categorical):
            return np.isin(values, [parameter.names.index(level) for level in self.level or ()])
        met = np.ones(np.shape(values), dtype=bool)
        for name, bound in self.bounds:
            met &= _keeps(name, values, bound, GRID_TOLERANCE * parameter.resolution)
        return met

    @property
    def bounds(self) -> tuple[tuple[str, float], ...]:
        """The bounds that are given, as (name, value)."""
        given = ((name, getattr(self, name)) for name in ("above", "at_least", "below", "at_most"))
        return tuple((name, bound) for name, bound in given if bound is not None)

    def edges(self, parameter: Parameter) -> tuple[tuple[int, float], ...]:
        """Return each bound as (sign, edge) between allowed values: it is unmet where sign × (value − edge) ≤ 0."""
        if isinstance(parameter, Categorical):
            return ()
        half = parameter.resolution / 2
        is_real = isinstance(parameter, Continuous) and parameter.step is None
        found = []
        for name, bound in self.bounds:
            sign = 1 if name in ("above", "at_least") else -1
            if is_real:
                found.append((sign, bound - sign * half if name.startswith("at_") else bound))
                continue
            nearest = parameter.nearest_allowed(np.array([bound]))
            is_met = _keeps(name, nearest, bound, GRID_TOLERANCE * parameter.resolution)[0]
            found.append((sign, float(nearest[0]) + (-sign * half if is_met else sign * half)))
        return tuple(found)

    def __str__(self) -> str:
        if self.level is not None:
            return "is " + " or ".join(self.level)
        words = {"above": ">", "below": "<", "at_least": "≥", "at_most": "≤"}
        return " and ".join(f"{words[name]} {bound:g}" for name, bound in self.bounds)


class Forbid(Rule):
    """A combination that may not be: all conditions at once."""

    kind: Literal["forbid"] = Field(default="forbid", description="What sort of rule this is.")
    when: Mapping[str, When] = Field(
        min_length=1, description="Condition by parameter name; forbidden where all of them are met."
    )

    @property
    def label(self) -> str:
        """The rule as a person would write it."""
        return self.name or "not " + " and ".join(f"{name} {condition}" for name, condition in self.when.items())

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters that it binds."""
        return frozenset(self.when)

    def check_against(self, parameters: Mapping[str, Parameter]) -> None:
        """Raise ConstraintError where a name or level is unknown, or bounds stand on a choice."""
        for name, condition in self.when.items():
            if name not in parameters:
                raise ConstraintError(
                    f"{self.label}: there is no parameter {name!r}; there are {', '.join(parameters)}"
                )
            parameter = parameters[name]
            if isinstance(parameter, Categorical) != (condition.level is not None):
                raise ConstraintError(
                    f"{self.label}: {name} is {parameter.kind}; "
                    + ("name levels" if condition.level is None else "give bounds")
                )
            if isinstance(parameter, Categorical):
                for level in condition.level or ():
                    if level not in parameter.levels:
                        raise ConstraintError(
                            f"{self.label}: {name} has no level {level!r}; it has {', '.join(parameter.names)}"
                        )

    def sums(self) -> tuple[Linear, ...]:
        """Return the bounded sums that it amounts to: none."""
        return ()

    def holds(self, columns: Columns, parameters: Mapping[str, Parameter]) -> np.ndarray:
        """Return for each formulation whether it holds, shape (n,)."""
        met = [condition.is_met(columns[name], parameters[name]) for name, condition in self.when.items()]
        return np.asarray(~np.logical_and.reduce(met))

    def write(self, program: Program, forms: Forms) -> None:
        """Add the rows that keep it: at least one condition stays unmet."""
        total: dict[int, float] = {}
        count = 0
        for name, condition in self.when.items():
            for level in dict.fromkeys(condition.level or ()):
                add_terms(total, forms.is_level(name, level))
            count += condition.level is not None
            for sign, edge in condition.edges(forms.parameter(name)):
                terms, constant = forms.value(name)
                low, high = program.reach(terms, constant)
                met = program.binary()  # met = 0 keeps the number on the allowed side of this bound
                if sign > 0:
                    program.row({**terms, met: -max(high - edge, 0.0)}, at_most=edge - constant)
                else:
                    program.row({**terms, met: max(edge - low, 0.0)}, at_least=edge - constant)
                add_terms(total, {met: 1.0})
                count += 1
        program.row(total, at_most=count - 1)


def _keeps(name: str, values: np.ndarray, bound: float, slack: float) -> np.ndarray:
    match name:
        case "above":
            return np.asarray(values > bound + slack)
        case "below":
            return np.asarray(values < bound - slack)
        case "at_least":
            return np.asarray(values >= bound - slack)
        case _:
            return np.asarray(values <= bound + slack)
