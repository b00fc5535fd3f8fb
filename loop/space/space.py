"""All knobs and what must hold between them: is a formulation allowed, why not, and what allowed one lies nearest.

Many formulations at once are *rows*: an array of shape (n, parameters) with numbers, and level numbers for choices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from loop.errors import FormulationError, SpaceError
from loop.space.constraints import Constraint, Linear
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient, Parameter
from loop.space.program import Program, Terms
from loop.values import Formulation, Setting

__all__ = ["SearchSpace", "Violation", "mixture_sum"]


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
        if candidates is not None:
            rows = self.to_rows(candidates)
            self.candidates = np.unique(rows[self.feasible(rows)], axis=0)
            if not len(self.candidates):
                raise SpaceError(f"none of the {len(rows)} candidates meets the constraints")

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
            if isinstance(parameter, Categorical):
                if str(value) not in parameter.levels:
                    raise FormulationError(
                        f"{name}: {value!r} is no level of it; levels are {', '.join(parameter.names)}"
                    )
                read[name] = str(value)
                continue
            try:
                read[name] = parameter.read(value)
            except ValueError as error:
                raise FormulationError(f"{name}: {error}") from error
        return read

    def violations(self, formulation: Formulation) -> list[Violation]:
        """List every rule that a formulation breaks; empty where it is allowed."""
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
        if (
            self.candidates is not None
            and not found
            and not (self.candidates == self.to_rows([values])).all(axis=1).any()
        ):
            found.append(Violation(rule="candidate table", message="this formulation is not in the table"))
        return found

    # ------------------------------------------------------------------ many formulations
    def to_rows(self, formulations: Sequence[Formulation]) -> np.ndarray:
        """Write formulations as rows, shape (n, parameters); choices as level numbers."""
        rows = np.empty((len(formulations), len(self.names)))
        for i, formulation in enumerate(formulations):
            values = self.read(formulation)
            for j, (name, parameter) in enumerate(self.parameters.items()):
                value = values[name]
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
            holds &= _in_domain(parameter, rows[:, j])
        columns = self._columns(rows)
        for constraint in self.constraints:
            holds &= constraint.holds(columns, self.parameters)
        return holds

    def snap(self, rows: np.ndarray) -> np.ndarray:
        """Round each value by itself to the nearest one allowed; sums and other rules may break (see `nearest`)."""
        return np.stack([_snapped(p, rows[:, j]) for j, p in enumerate(self.parameters.values())], axis=1)

    def nearest(self, row: np.ndarray) -> np.ndarray:
        """Return the feasible row on the grid nearest to a row (sum of range-scaled differences); exact.

        Raises
        ------
        SpaceError
            If no formulation meets all constraints together.
        """
        if self.candidates is not None:
            gap = np.abs(self.candidates - row) / self._spans
            gap[:, self._is_choice] = self.candidates[:, self._is_choice] != row[self._is_choice]
            return np.array(self.candidates[int(gap.sum(axis=1).argmin())])
        for exact_first in (False, True):
            solved = self._forms.solve(row, self._spans, round_reals_first=exact_first)
            if self.feasible(solved[None])[0]:
                return solved
        raise SpaceError(
            "the nearest formulation found breaks a constraint after rounding; a real-valued parameter under an equality needs a step "
            f"(parameters: {', '.join(self.names)})"
        )

    def centre(self) -> np.ndarray:
        """Return the feasible row nearest to the middle of every range; raises SpaceError where the space is empty."""
        return self.nearest(
            np.array([0.0 if isinstance(p, Categorical) else (p.low + p.high) / 2 for p in self.parameters.values()])
        )

    # ------------------------------------------------------------------ private
    def _columns(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        return {name: rows[:, j] for j, name in enumerate(self.names)}

    @cached_property
    def _is_choice(self) -> np.ndarray:
        return np.array([isinstance(p, Categorical) for p in self.parameters.values()])

    @cached_property
    def _spans(self) -> np.ndarray:
        return np.array([1.0 if isinstance(p, Categorical) else p.high - p.low for p in self.parameters.values()])

    @cached_property
    def _forms(self) -> _SpaceForms:
        return _SpaceForms(self)


class _SpaceForms:
    """The space written as a program: variables of each parameter, and the forms that constraints need."""

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        self._program = Program()
        self._value: dict[str, tuple[Terms, float]] = {}
        self._levels: dict[str, list[int]] = {}
        self._used: dict[str, Terms] = {}
        for name, parameter in space.parameters.items():
            self._declare(name, parameter)
        for constraint in space.constraints:
            constraint.write(self._program, self)

    def value(self, name: str) -> tuple[Terms, float]:
        return self._value[name]

    def is_level(self, name: str, level: str) -> Terms:
        parameter = self._space.parameters[name]
        assert isinstance(parameter, Categorical)  # noqa: S101  (constraints check kinds at birth)
        return {self._levels[name][parameter.names.index(level)]: 1.0}

    def is_used(self, name: str) -> Terms:
        if name not in self._used:
            parameter = self._space.parameters[name]
            assert isinstance(parameter, Ingredient)  # noqa: S101
            used, program = self._program.binary(), self._program
            terms, _ = self._value[name]
            program.row({**terms, used: -parameter.high}, at_most=0)
            program.row({**terms, used: -parameter.smallest_dose}, at_least=0)
            self._used[name] = {used: 1.0}
        return self._used[name]

    def solve(self, row: np.ndarray, spans: np.ndarray, *, round_reals_first: bool) -> np.ndarray:
        targets: list[tuple[Terms, float, float]] = []
        for (name, parameter), wanted, span in zip(self._space.parameters.items(), row, spans, strict=True):
            if isinstance(parameter, Categorical):
                targets.append(({self._levels[name][round(float(wanted))]: 1.0}, 1.0, 2.0))
                continue
            terms, constant = self._value[name]
            targets.append((terms, float(wanted) - constant, 1.0 / float(span)))
        solution = self._program.nearest(targets)
        solved = np.array([self._read(name, parameter, solution) for name, parameter in self._space.parameters.items()])
        if not round_reals_first:
            return solved
        free = np.array([isinstance(p, Continuous) and p.step is None for p in self._space.parameters.values()])
        return self._with_fixed(solved, free, targets)

    def _with_fixed(
        self, solved: np.ndarray, free: np.ndarray, targets: list[tuple[Terms, float, float]]
    ) -> np.ndarray:
        """Solve again with the real-valued parameters held at their rounded values."""
        lower, upper = list(self._program.lower), list(self._program.upper)
        try:
            for name, value, is_free in zip(self._space.names, solved, free, strict=True):
                if is_free:
                    (number,) = self._value[name][0]
                    self._program.lower[number] = self._program.upper[number] = float(value)
            solution = self._program.nearest(targets)
        finally:
            self._program.lower, self._program.upper = lower, upper
        return np.array([self._read(name, parameter, solution) for name, parameter in self._space.parameters.items()])

    def _declare(self, name: str, parameter: Parameter) -> None:
        program = self._program
        if isinstance(parameter, Categorical):
            self._levels[name] = [program.binary() for _ in parameter.names]
            program.row(dict.fromkeys(self._levels[name], 1.0), at_least=1, at_most=1)
        elif isinstance(parameter, Discrete):
            chosen = [program.binary() for _ in parameter.values]
            program.row(dict.fromkeys(chosen, 1.0), at_least=1, at_most=1)
            self._value[name] = (dict(zip(chosen, parameter.values, strict=True)), 0.0)
        elif isinstance(parameter, Continuous):
            if parameter.step is None:
                self._value[name] = (
                    {program.variable(parameter.low, parameter.high, integer=False): 1.0},
                    0.0,
                )
            else:
                steps = math.floor((parameter.high - parameter.low) / parameter.step + 1e-9)
                self._value[name] = (
                    {program.variable(0, steps, integer=True): parameter.step},
                    parameter.low,
                )
        else:
            low, high = (
                math.ceil(parameter.low / parameter.step - 1e-9),
                math.floor(parameter.high / parameter.step + 1e-9),
            )
            self._value[name] = ({program.variable(low, high, integer=True): parameter.step}, 0.0)
            if parameter.minimum_if_used > parameter.step:
                self.is_used(name)

    def _read(self, name: str, parameter: Parameter, solution: np.ndarray) -> float:
        if isinstance(parameter, Categorical):
            return float(np.argmax([solution[number] for number in self._levels[name]]))
        terms, constant = self._value[name]
        value = constant + sum(weight * solution[number] for number, weight in terms.items())
        return float(_snapped(parameter, np.array([value]))[0])


def _snapped(parameter: Parameter, values: np.ndarray) -> np.ndarray:
    if isinstance(parameter, Categorical):
        return np.clip(np.round(values), 0, len(parameter.levels) - 1)
    inside = np.clip(values, parameter.low, parameter.high)
    if isinstance(parameter, Discrete):
        allowed = np.array(parameter.values)
        return np.asarray(allowed[np.abs(inside[:, None] - allowed).argmin(axis=1)])
    origin, step = (0.0, parameter.step) if isinstance(parameter, Ingredient) else (parameter.low, parameter.step)
    if step is None:
        return np.array([float(f"{v:.6g}") for v in inside]).clip(parameter.low, parameter.high)
    steps = np.round((inside - origin) / step)
    steps = np.clip(
        steps,
        math.ceil((parameter.low - origin) / step - 1e-9),
        math.floor((parameter.high - origin) / step + 1e-9),
    )
    if isinstance(parameter, Ingredient) and parameter.minimum_if_used > 0:
        dose = parameter.minimum_if_used
        steps = np.where(steps * step < dose / 2, 0, np.maximum(steps, round(dose / step)))
    decimals = _decimals(origin, step)
    return np.round(origin + steps * step, decimals)


def _decimals(*numbers: float) -> int:
    """Count the decimal places that write all numbers exactly."""
    return max(max(0, -_exponent(number)) for number in numbers)


def _exponent(number: float) -> int:
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _in_domain(parameter: Parameter, values: np.ndarray) -> np.ndarray:
    snapped = _snapped(parameter, values)
    if isinstance(parameter, Continuous) and parameter.step is None:
        return np.asarray((values >= parameter.low) & (values <= parameter.high))
    return np.asarray(np.abs(values - snapped) <= 1e-9 * (1 + np.abs(snapped)))


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
