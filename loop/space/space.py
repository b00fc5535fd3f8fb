"""All knobs and what must hold between them: is a formulation allowed, why not, and what allowed one lies nearest.

Many formulations at once are *rows*: an array of shape (n, parameters) with numbers, and level numbers for choices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from loop.errors import FormulationError, SpaceError
from loop.space.constraints import Constraint, Linear
from loop.space.grid import GRID_TOLERANCE
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient, Parameter
from loop.space.program import InfeasibleError
from loop.space.projection import Projection, conflict_of
from loop.values import Formulation, Setting

__all__ = ["SearchSpace", "Violation", "mixture_sum"]


_MOST_RANGES = 12
"""Ranges told of parameters in conflict, before the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule that a formulation breaks."""

    rule: str
    message: str
    is_safety: bool = False

    def __str__(self) -> str:
        return f"{'[safety] ' if self.is_safety else ''}{self.rule}: {self.message}"


class SearchSpace:
    """Parameters, constraints, and perhaps a table of the only candidates.

    Parameters
    ----------
    parameters
        Knobs by name, in the order of their columns.
    constraints
        What must hold between them. The sum of a mixture is one of them.
    candidates
        Where given, only these formulations may be proposed, as rows of shape (m, parameters).
    """

    def __init__(
        self,
        parameters: Mapping[str, Parameter],
        constraints: Sequence[Constraint] = (),
        candidates: Sequence[Formulation] | None = None,
    ) -> None:
        if not parameters:
            raise SpaceError("a search space needs at least one parameter")
        self.parameters: Mapping[str, Parameter] = dict(parameters)
        self.constraints: tuple[Constraint, ...] = tuple(constraints)
        for constraint in self.constraints:
            constraint.check_against(self.parameters)
        self.names: tuple[str, ...] = tuple(self.parameters)
        self.candidates: np.ndarray | None = None
        self.n_candidates_excluded = 0
        if candidates is not None:
            rows = self.to_rows(candidates)
            is_allowed = self.feasible(rows)
            self.candidates = np.unique(rows[is_allowed], axis=0)
            self.n_candidates_excluded = int((~is_allowed).sum())
            if not len(self.candidates):
                first = f"; the first breaks: {'; '.join(map(str, self._broken(candidates[0])))}" if len(rows) else ""
                raise SpaceError(f"none of the {len(rows)} candidates meets the constraints{first}")

    # ------------------------------------------------------------------ one formulation
    def read(self, formulation: Formulation) -> dict[str, Setting]:
        """Return a formulation in the space's own order, numbers on their grid.

        Raises
        ------
        FormulationError
            If a parameter is missing, one is too many, or a level or number cannot be read.
        """
        missing = [name for name in self.names if name not in formulation]
        extra = [name for name in formulation if name not in self.parameters]
        if missing or extra:
            parts = ([f"no value for {', '.join(missing)}"] if missing else []) + (
                [f"unknown {', '.join(extra)}"] if extra else []
            )
            raise FormulationError(f"{'; '.join(parts)}; the parameters are {', '.join(self.names)}")
        read: dict[str, Setting] = {}
        for name, parameter in self.parameters.items():
            value = formulation[name]
            try:
                read[name] = parameter.read(value)
            except ValueError as error:
                raise FormulationError(f"{name}: {error}") from error
        return read

    def violations(self, formulation: Formulation) -> list[Violation]:
        """List every rule that a formulation breaks; empty where it is allowed."""
        found = self._broken(formulation)
        if self.candidates is not None and not found:
            gaps = np.abs(self.candidates - self.to_rows([formulation]))
            if not (gaps <= 1e-9 * self.spans).all(axis=1).any():
                found.append(Violation(rule="candidate table", message="this formulation is not in the table"))
        return found

    # ------------------------------------------------------------------ many formulations
    def to_rows(self, formulations: Sequence[Formulation]) -> np.ndarray:
        """Write formulations as rows, shape (n, parameters); choices as level numbers."""
        rows = np.empty((len(formulations), len(self.names)))
        for i, formulation in enumerate(formulations):
            for j, (parameter, value) in enumerate(
                zip(self.parameters.values(), self.read(formulation).values(), strict=True)
            ):
                rows[i, j] = parameter.names.index(str(value)) if isinstance(parameter, Categorical) else float(value)
        return rows

    def to_formulation(self, row: np.ndarray) -> dict[str, Setting]:
        """Read one row back as a formulation."""
        return {
            name: parameter.names[round(float(value))]
            if isinstance(parameter, Categorical)
            else parameter.read(float(value))
            for (name, parameter), value in zip(self.parameters.items(), row, strict=True)
        }

    def feasible(self, rows: np.ndarray) -> np.ndarray:
        """Say which rows, on the grid, meet every bound and constraint; shape (n,). Candidates are not looked up."""
        holds = np.ones(len(rows), dtype=bool)
        for j, parameter in enumerate(self.parameters.values()):
            holds &= parameter.allows(rows[:, j])
        columns = self._columns(rows)
        for constraint in self.constraints:
            holds &= constraint.holds(columns, self.parameters)
        return holds

    def snap(self, rows: np.ndarray) -> np.ndarray:
        """Round each value by itself to the nearest one allowed; sums and other rules may break (see `nearest`)."""
        columns = [p.nearest_allowed(rows[:, j]) for j, p in enumerate(self.parameters.values())]
        return np.stack(columns, axis=1)

    def nearest(self, row: np.ndarray, *, held: Mapping[str, float] | None = None) -> np.ndarray:
        """Return the feasible row on the grid nearest to a row: sum of range-scaled differences, exact.

        A feasible row is its own nearest; another level of a choice counts as two ranges.

        Parameters
        ----------
        row
            Wanted values, shape (parameters,); may lie anywhere.
        held
            Allowed values that must be kept, by parameter name; level numbers for choices.

        Raises
        ------
        SpaceError
            If no formulation meets all constraints together; the message names those that cannot.
        """
        held = dict(held or {})
        wanted = np.array([held.get(name, value) for name, value in zip(self.names, row, strict=True)], dtype=float)
        if not np.isfinite(wanted).all():
            raise SpaceError(f"the nearest formulation to {wanted.tolist()} is asked for: not every value is a number")
        if self.candidates is not None:
            return self._nearest_candidate(wanted, held)
        snapped = self.snap(wanted[None])[0]
        snapped[[self.names.index(name) for name in held]] = list(held.values())
        for easy in (np.where(self.steps == 0, wanted, snapped), snapped):
            if self.feasible(easy[None])[0]:
                return np.asarray(easy)
        try:
            attempts = self._projection.attempts(wanted, held)
        except InfeasibleError as error:
            raise SpaceError(self._explain_empty(held)) from error
        for attempt in attempts:
            if self.feasible(attempt[None])[0]:
                return attempt
        raise SpaceError(
            "the nearest formulation found breaks a constraint after rounding; give the real-valued parameters a step: "
            + ", ".join(name for name, is_real in zip(self.names, self.steps == 0, strict=True) if is_real)
        )

    def centre(self) -> np.ndarray:
        """Return the feasible row nearest to the middle of every range; raises SpaceError where the space is empty."""
        return self.nearest(
            np.array([0.0 if isinstance(p, Categorical) else (p.low + p.high) / 2 for p in self.parameters.values()])
        )

    @cached_property
    def spans(self) -> np.ndarray:
        """Width of each parameter's range, shape (parameters,); 1 for a choice."""
        return np.array([1.0 if isinstance(p, Categorical) else p.high - p.low for p in self.parameters.values()])

    @cached_property
    def ends(self) -> np.ndarray:
        """Least and greatest allowed value of each parameter, shape (2, parameters); level numbers for choices."""
        return self.snap(
            np.array([[p.low for p in self.parameters.values()], [p.high for p in self.parameters.values()]])
        )

    @cached_property
    def steps(self) -> np.ndarray:
        """Grid step of each parameter, shape (parameters,): 0 where real-valued, NaN for choices and uneven lists."""
        return np.array([_step(p) for p in self.parameters.values()])

    @cached_property
    def is_choice(self) -> np.ndarray:
        """Which parameters are choices between levels, shape (parameters,)."""
        return np.array([isinstance(p, Categorical) for p in self.parameters.values()])

    # ------------------------------------------------------------------ private
    def _broken(self, formulation: Formulation) -> list[Violation]:
        values = self.read(formulation)
        found = []
        for name, parameter in self.parameters.items():
            if not isinstance(parameter, Categorical):
                fault = parameter.fault(float(values[name]))
                if fault:
                    found.append(Violation(rule=name, message=fault))
        columns = self._columns(self.to_rows([values]))
        for constraint in self.constraints:
            if not constraint.holds(columns, self.parameters)[0]:
                named = ", ".join(
                    f"{name} = {_shown(values[name])}" for name in self.names if name in constraint.parameters
                )
                found.append(
                    Violation(rule=constraint.label, message=f"broken by {named}", is_safety=constraint.safety)
                )
        return found

    def _nearest_candidate(self, wanted: np.ndarray, held: Mapping[str, float]) -> np.ndarray:
        assert self.candidates is not None  # noqa: S101  (asked for where there is a table)
        columns = [self.names.index(name) for name in held]
        allowed = self.candidates[(self.candidates[:, columns] == wanted[columns]).all(axis=1)]
        if not len(allowed):
            raise SpaceError(f"no candidate has {', '.join(f'{name} = {value:g}' for name, value in held.items())}")
        gaps = np.abs(allowed - wanted) / self.spans
        gaps[:, self.is_choice] = 2.0 * (allowed[:, self.is_choice] != wanted[self.is_choice])
        return np.array(allowed[int(gaps.sum(axis=1).argmin())])

    def _explain_empty(self, held: Mapping[str, float]) -> str:
        conflict = conflict_of(self.parameters, self.constraints)
        if not conflict:
            kept = ", ".join(f"{name} = {value:g}" for name, value in held.items())
            return f"no formulation meets all constraints with {kept}"
        names = [name for name in self.names if any(name in c.parameters for c in conflict)]
        ranges = "; ".join(f"{name} {_range(self.parameters[name])}" for name in names[:_MOST_RANGES])
        ranges += f"; and of {len(names) - _MOST_RANGES} more" if len(names) > _MOST_RANGES else ""
        rules = "; ".join(c.label for c in conflict)
        verb = "this cannot hold" if len(conflict) == 1 else "these cannot hold together"
        return f"no formulation meets all constraints: {verb} within the ranges: {rules} (ranges: {ranges})"

    def _columns(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        return {name: rows[:, j] for j, name in enumerate(self.names)}

    @cached_property
    def _projection(self) -> Projection:
        return Projection(self.parameters, self.constraints)


def _step(parameter: Parameter) -> float:
    if isinstance(parameter, Discrete):
        gaps = np.diff(parameter.values)
        return float(gaps[0]) if len(gaps) > 1 and np.ptp(gaps) <= GRID_TOLERANCE * gaps[0] else math.nan
    if isinstance(parameter, (Continuous, Ingredient)):
        return parameter.step or 0.0
    return math.nan


def _range(parameter: Parameter) -> str:
    if isinstance(parameter, Categorical):
        return f"one of {', '.join(parameter.names)}"
    dose = (
        f", or 0 below {parameter.minimum_if_used:g}"
        if isinstance(parameter, Ingredient) and parameter.minimum_if_used
        else ""
    )
    return f"{parameter.low:g} to {parameter.high:g}{dose}"


def _shown(value: Setting) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def mixture_sum(names: Sequence[str], total: float) -> Linear:
    """Return the rule that the ingredients fill the whole."""
    return Linear(
        name=f"sum of ingredients = {total:g}",
        coefficients=dict.fromkeys(names, 1.0),
        equals=total,
        safety=True,
    )
