"""What must hold between parameters. Each constraint tests rows, explains itself, and writes itself as linear rows.

A constraint sees values through `Columns`: for each parameter its numbers (n,), or its level numbers where it is
categorical. It writes into a `Program` through `Forms`: the linear form of each parameter, of being used, of a level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Literal, Protocol

import numpy as np
from pydantic import Field, model_validator

from loop.errors import ConstraintError
from loop.space.grid import GRID_TOLERANCE
from loop.space.parameters import Categorical, Continuous, Parameter
from loop.space.program import Program, Terms
from loop.values import Frozen

__all__ = ["Constraint", "Count", "Forbid", "Forms", "Linear", "Ratio", "When"]

TOLERANCE = 1e-9
"""Share of a sum's largest size by which a bound may be missed: floating-point noise, far below any grid step."""

Columns = Mapping[str, np.ndarray]
"""Values of many formulations: numbers or level numbers of shape (n,) by parameter name."""


class Forms(Protocol):
    """The linear forms that a space offers to its constraints."""

    def value(self, name: str) -> tuple[Terms, float]:
        """Return (terms, constant) whose sum is the parameter's number."""
        ...

    def is_used(self, name: str) -> Terms:
        """Return the form that is 1 where an ingredient's share is above zero, else 0."""
        ...

    def is_level(self, name: str, level: str) -> Terms:
        """Return the form that is 1 where a categorical parameter takes a level, else 0."""
        ...

    def parameter(self, name: str) -> Parameter:
        """Return the parameter itself."""
        ...


class _Bounded(Frozen):
    name: str = Field(default="", description="What to call this rule in messages.")
    safety: bool = Field(default=False, description="True where not even an edit by hand may break it.")
    reason: str = Field(default="", description="Why the rule is there.")


class Linear(_Bounded):
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
        _need_numbers(self.label, self.coefficients, parameters)

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


class Ratio(_Bounded):
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
        _need_numbers(self.label, (*self.numerator, *self.denominator), parameters)
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


class Count(_Bounded):
    """How many ingredients of a group may, or must, be used at once."""

    kind: Literal["count"] = Field(default="count", description="What sort of rule this is.")
    of: tuple[str, ...] = Field(min_length=1, description="The group.")
    at_least: int = Field(default=0, ge=0, description="Smallest number of them in one formulation.")
    at_most: int | None = Field(default=None, ge=0, description="Largest number of them in one formulation.")

    @model_validator(mode="after")
    def _is_possible(self) -> Count:
        if len(set(self.of)) < len(self.of):
            raise ValueError(f"each ingredient stands once in a group, got {', '.join(self.of)}")
        if self.at_least == 0 and self.at_most is None:
            raise ValueError("needs at_least or at_most")
        if self.at_least > len(self.of):
            raise ValueError(f"at_least {self.at_least} of a group of {len(self.of)}")
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError(f"at_most {self.at_most} is below at_least {self.at_least}")
        return self

    @property
    def label(self) -> str:
        """The rule as a person would write it."""
        low = f"at least {self.at_least} " if self.at_least else ""
        high = "" if self.at_most is None else f"at most {self.at_most} "
        return self.name or f"{low}{high}of {', '.join(self.of)}"

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters that it binds."""
        return frozenset(self.of)

    def check_against(self, parameters: Mapping[str, Parameter]) -> None:
        """Raise ConstraintError where a member is no ingredient."""
        for name in self.of:
            if name not in parameters or parameters[name].kind != "ingredient":
                raise ConstraintError(
                    f"{self.label}: {name!r} is not an ingredient; ingredients are {_listed(parameters, 'ingredient')}"
                )

    def sums(self) -> tuple[Linear, ...]:
        """Return the bounded sums that it amounts to: none."""
        return ()

    def holds(self, columns: Columns, parameters: Mapping[str, Parameter]) -> np.ndarray:  # noqa: ARG002
        """Return for each formulation whether it holds, shape (n,)."""
        used = sum((columns[name] > 0).astype(int) for name in self.of)
        return np.asarray((used >= self.at_least) & (used <= (len(self.of) if self.at_most is None else self.at_most)))

    def write(self, program: Program, forms: Forms) -> None:
        """Add the rows that keep it."""
        terms: dict[int, float] = {}
        for name in self.of:
            _add(terms, forms.is_used(name))
        program.row(terms, at_least=self.at_least, at_most=np.inf if self.at_most is None else self.at_most)


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


class Forbid(_Bounded):
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
                _add(total, forms.is_level(name, level))
            count += condition.level is not None
            for sign, edge in condition.edges(forms.parameter(name)):
                terms, constant = forms.value(name)
                low, high = program.reach(terms, constant)
                met = program.binary()  # met = 0 keeps the number on the allowed side of this bound
                if sign > 0:
                    program.row({**terms, met: -max(high - edge, 0.0)}, at_most=edge - constant)
                else:
                    program.row({**terms, met: max(edge - low, 0.0)}, at_least=edge - constant)
                _add(total, {met: 1.0})
                count += 1
        program.row(total, at_most=count - 1)


Constraint = Annotated[Linear | Ratio | Count | Forbid, Field(discriminator="kind")]
"""Any rule between parameters; `kind` says which."""


def _sum(forms: Forms, weights: Mapping[str, float]) -> tuple[dict[int, float], float]:
    terms: dict[int, float] = {}
    constant = 0.0
    for name, weight in weights.items():
        form, offset = forms.value(name)
        _add(terms, form, weight)
        constant += weight * offset
    return terms, constant


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


def _add(terms: dict[int, float], more: Terms, weight: float = 1.0) -> None:
    for number, coefficient in more.items():
        terms[number] = terms.get(number, 0.0) + weight * coefficient


def _need_numbers(
    label: str,
    names: Sequence[str] | Mapping[str, float] | frozenset[str],
    parameters: Mapping[str, Parameter],
) -> None:
    for name in names:
        if name not in parameters:
            raise ConstraintError(f"{label}: there is no parameter {name!r}; there are {', '.join(parameters)}")
        if isinstance(parameters[name], Categorical):
            raise ConstraintError(f"{label}: {name} is a choice between levels and has no number")


def _listed(parameters: Mapping[str, Parameter], kind: str) -> str:
    return ", ".join(name for name, parameter in parameters.items() if parameter.kind == kind) or "none"
