"""A search space written as a program: the nearest formulation that is exactly feasible, and why there is none."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence

import numpy as np

from loop.errors import SpaceError
from loop.space.constraints import Constraint
from loop.space.grid import first_step, last_step
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient, Parameter
from loop.space.program import InfeasibleError, Program, Terms

__all__ = ["Projection", "conflict_of"]


class Projection:
    """Variables of each parameter, the forms that constraints need of them, and the solver over both."""

    def __init__(self, parameters: Mapping[str, Parameter], constraints: Sequence[Constraint]) -> None:
        self._parameters = parameters
        self._program = Program()
        self._value: dict[str, tuple[Terms, float]] = {}
        self._levels: dict[str, list[int]] = {}
        self._used: dict[str, Terms] = {}
        for name, parameter in parameters.items():
            self._declare(name, parameter)
        for constraint in constraints:
            constraint.write(self._program, self)
        self._reals = [name for name, p in parameters.items() if isinstance(p, Continuous) and p.step is None]

    # ------------------------------------------------------------------ forms for constraints
    def parameter(self, name: str) -> Parameter:
        """Return the parameter itself."""
        return self._parameters[name]

    def value(self, name: str) -> tuple[Terms, float]:
        """Return (terms, constant) whose sum is the parameter's number."""
        return self._value[name]

    def is_level(self, name: str, level: str) -> Terms:
        """Return the form that is 1 where a categorical parameter takes a level, else 0."""
        parameter = self._parameters[name]
        assert isinstance(parameter, Categorical)  # noqa: S101  (constraints check kinds at birth)
        return {self._levels[name][parameter.names.index(level)]: 1.0}

    def is_used(self, name: str) -> Terms:
        """Return the form that is 1 where an ingredient's share is above zero, else 0."""
        if name not in self._used:
            parameter = self._parameters[name]
            assert isinstance(parameter, Ingredient)  # noqa: S101  (constraints check kinds at birth)
            used, program = self._program.binary(), self._program
            terms, _ = self._value[name]
            program.row({**terms, used: -parameter.high}, at_most=0)
            program.row({**terms, used: -parameter.smallest_dose}, at_least=0)
            self._used[name] = {used: 1.0}
        return self._used[name]

    # ------------------------------------------------------------------ solving
    def attempts(self, row: np.ndarray, held: Mapping[str, float]) -> list[np.ndarray]:
        """Return rows nearest to a row, best first; each meets every rule but for what rounding of real numbers costs.

        Parameters
        ----------
        row
            Wanted values, shape (parameters,).
        held
            Values that must be kept exactly, by name; level numbers for choices.

        Raises
        ------
        InfeasibleError
            If nothing is feasible.
        """
        targets = self._targets(row)
        fixed = {number: value for name, value in held.items() for number, value in self._fixed(name, value).items()}
        try:
            solution = self._program.nearest(targets, held=fixed)
        except SpaceError:
            if not self._reals:
                raise
            solution = self._program.nearest(targets, held=fixed, with_margin=False)
        found = [self._read(solution, held)]
        if not self._reals:
            return found
        rounded = {n: v for name in self._reals for n, v in self._fixed(name, self._of(found[0], name)).items()}
        with contextlib.suppress(
            SpaceError
        ):  # rounding may leave no grid point for the others: the next attempt is left
            found.append(self._read(self._program.nearest(targets, held={**rounded, **fixed}), held))
        found.append(self._read(self._on_equalities(solution, fixed), held, round_reals=False))
        return found

    def is_feasible(self) -> bool:
        """Say whether any formulation meets every rule; True also where the solver gave up without an answer."""
        try:
            self._program.nearest([], with_margin=False)
        except InfeasibleError:
            return False
        except SpaceError:
            return True
        return True

    # ------------------------------------------------------------------ private
    def _declare(self, name: str, parameter: Parameter) -> None:
        program = self._program
        if isinstance(parameter, Categorical):
            self._levels[name] = [program.binary() for _ in parameter.names]
            program.row(dict.fromkeys(self._levels[name], 1.0), at_least=1, at_most=1)
        elif isinstance(parameter, Discrete):
            chosen = [program.binary() for _ in parameter.values]
            program.row(dict.fromkeys(chosen, 1.0), at_least=1, at_most=1)
            self._value[name] = (dict(zip(chosen, parameter.values, strict=True)), 0.0)
        elif parameter.step is None:
            self._value[name] = (
                {program.variable(0.0, 1.0, integer=False): parameter.high - parameter.low},
                parameter.low,
            )
        else:
            origin = parameter.low if isinstance(parameter, Continuous) else 0.0
            low = first_step(parameter.low, origin=origin, step=parameter.step)
            high = last_step(parameter.high, origin=origin, step=parameter.step)
            self._value[name] = ({program.variable(low, high, integer=True): parameter.step}, origin)
            if isinstance(parameter, Ingredient) and parameter.minimum_if_used > parameter.step:
                self.is_used(name)

    def _targets(self, row: np.ndarray) -> list[tuple[Terms, float, float]]:
        targets: list[tuple[Terms, float, float]] = []
        for (name, parameter), wanted in zip(self._parameters.items(), row.tolist(), strict=True):
            if isinstance(parameter, Categorical):
                level = int(parameter.nearest_allowed(np.array(wanted)))
                targets.append(({self._levels[name][level]: 1.0}, 1.0, 2.0))
                continue
            terms, constant = self._value[name]
            span = parameter.high - parameter.low
            targets.append(({k: w / span for k, w in terms.items()}, (wanted - constant) / span, 1.0))
        return targets

    def _fixed(self, name: str, value: float) -> dict[int, float]:
        """Return the variables that hold a parameter at an allowed value."""
        parameter = self._parameters[name]
        if isinstance(parameter, Categorical):
            return {number: float(level == value) for level, number in enumerate(self._levels[name])}
        terms, constant = self._value[name]
        if isinstance(parameter, Discrete):
            return {number: float(listed == value) for number, listed in terms.items()}
        ((number, weight),) = terms.items()
        variable = (value - constant) / weight
        return {number: round(variable) if self._program.is_integer[number] else variable}

    def _of(self, row: np.ndarray, name: str) -> float:
        return float(row[list(self._parameters).index(name)])

    def _read(self, solution: np.ndarray, held: Mapping[str, float], *, round_reals: bool = True) -> np.ndarray:
        row = np.empty(len(self._parameters))
        for j, (name, parameter) in enumerate(self._parameters.items()):
            if name in held:
                row[j] = held[name]
            elif isinstance(parameter, Categorical):
                row[j] = np.argmax(solution[self._levels[name]])
            else:
                terms, constant = self._value[name]
                value = constant + sum(weight * solution[number] for number, weight in terms.items())
                exact = not round_reals and name in self._reals
                row[j] = (
                    np.clip(value, parameter.low, parameter.high)
                    if exact
                    else parameter.nearest_allowed(np.array([value]))[0]
                )
        return row

    def _on_equalities(self, solution: np.ndarray, fixed: Mapping[int, float]) -> np.ndarray:
        """Move real variables off their bounds by the least that makes every equality exact."""
        solution = np.clip(solution, self._program.lower, self._program.upper)
        free = [
            number
            for number, integer in enumerate(self._program.is_integer)
            if not integer and number not in fixed and 1e-7 < solution[number] < 1 - 1e-7
        ]
        rows = [(terms, low) for terms, low, high in self._program.rows if low == high and set(terms) & set(free)]
        if not rows or not free:
            return solution
        matrix = np.array([[terms.get(number, 0.0) for number in free] for terms, _ in rows])
        missing = np.array([low - sum(w * solution[k] for k, w in terms.items()) for terms, low in rows])
        solution[free] += np.linalg.lstsq(matrix, missing, rcond=None)[0]
        return solution


def conflict_of(parameters: Mapping[str, Parameter], constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return an irreducible set of constraints that cannot hold together: without any one of them, the others can.

    Found by deletion filtering (Chinneck & Dravnieks, ORSA J. Comput. 3 (1991) 157). Empty where all can hold.
    """
    kept = list(constraints)
    if Projection(parameters, kept).is_feasible():
        return []
    for constraint in tuple(constraints):
        others = [other for other in kept if other is not constraint]
        if not Projection(parameters, others).is_feasible():
            kept = others
    return kept
