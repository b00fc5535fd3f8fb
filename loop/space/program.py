"""Mixed-integer linear programs: what is exactly feasible, and what lies nearest.

Parameters and constraints write their rows here in whole grid steps, so that rounding can never break one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from loop.errors import SpaceError
from loop.space.solver import solve_integer

__all__ = ["InfeasibleError", "Program", "Terms"]

Terms = Mapping[int, float]
"""A linear form: coefficient by variable number."""

_MARGIN = 5e-6
"""Share of a row's size by which inequalities over real-valued variables are tightened, so that rounding these to six
digits breaks none; well above the solver's own tolerance, at which it stumbles."""

_LARGEST_WEIGHT = 1e7
"""Rows are scaled to a smallest weight of one, unless their largest weight passes this."""

_MAX_NODES = 50_000
"""Branches looked at before the best formulation so far is taken; a count, not a time, so that runs repeat."""

_GAP = 1e-3
"""Share of the distance by which the formulation found may be farther than the nearest."""


class InfeasibleError(SpaceError):
    """No values of the variables meet all rows."""


@dataclass(slots=True)
class Program:
    """Variables and rows, collected by the parameters and constraints of one space; then solved many times."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    is_integer: list[bool] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def variable(self, lower: float, upper: float, *, integer: bool) -> int:
        """Add a variable between two bounds and return its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.is_integer.append(integer)
        return len(self.lower) - 1

    def binary(self) -> int:
        """Add a variable that is 0 or 1 and return its number."""
        return self.variable(0, 1, integer=True)

    def row(self, terms: Terms, *, at_least: float = -math.inf, at_most: float = math.inf) -> None:
        """Add ``at_least <= sum(terms) <= at_most``."""
        self.rows.append(({number: weight for number, weight in terms.items() if weight != 0}, at_least, at_most))

    def reach(self, terms: Terms, constant: float = 0.0) -> tuple[float, float]:
        """Return the least and largest value a linear form can take within the variables' bounds."""
        ends = [sorted((w * self.lower[k], w * self.upper[k])) for k, w in terms.items()]
        return constant + sum(e[0] for e in ends), constant + sum(e[1] for e in ends)

    def nearest(
        self,
        targets: Sequence[tuple[Terms, float, float]],
        *,
        held: Mapping[int, float] | None = None,
        with_margin: bool = True,
    ) -> np.ndarray:
        """Solve for the feasible point nearest to targets.

        Parameters
        ----------
        targets
            Triples (form, target value, weight): the sum of weight × |form − target| is made least.
        held
            Variables fixed at a value, by number.
        with_margin
            Keep inequalities over real-valued variables off their bound by the solver's tolerance.

        Returns
        -------
        One value per variable, integers exact; shape (variables,).

        Raises
        ------
        InfeasibleError
            If nothing is feasible.
        SpaceError
            If the solver gave up.
        """
        n, m = len(self.lower), len(targets)
        lower, upper = np.array([*self.lower, *[0.0] * m]), np.array([*self.upper, *[np.inf] * m])
        for number, value in (held or {}).items():
            lower[number] = upper[number] = value
        cost = np.zeros(n + m)
        rows = [self._scaled(*row, with_margin=with_margin) for row in self.rows]
        for j, (form, target, weight) in enumerate(targets):
            unit = max((abs(w) for w in form.values()), default=1.0)  # distances are counted in whole steps
            cost[n + j] = weight * unit
            scaled = {k: w / unit for k, w in form.items()}
            rows.append(({**scaled, n + j: -1.0}, -math.inf, target / unit))
            rows.append(({**scaled, n + j: 1.0}, target / unit, math.inf))
        for presolve in (True, False):  # the solver's presolve stumbles now and then; without it, it does not
            found = solve_integer(
                cost,
                lower=lower,
                upper=upper,
                is_integer=np.array([*self.is_integer, *[False] * m], dtype=bool),
                rows=rows,
                max_nodes=_MAX_NODES,
                gap=_GAP,
                presolve=presolve,
            )
            if found.is_infeasible:
                raise InfeasibleError("no formulation meets all constraints together")
            if found.values is not None:
                break
        else:
            raise SpaceError(f"the search for a formulation that meets all constraints gave up: {found.message}")
        solution = found.values[:n]
        integer = np.array(self.is_integer, dtype=bool)
        solution[integer] = np.round(solution[integer])
        return solution

    def _scaled(
        self, terms: dict[int, float], at_least: float, at_most: float, *, with_margin: bool
    ) -> tuple[dict[int, float], float, float]:
        """Scale a row so that the solver's absolute tolerance lies far below its smallest weight."""
        if not terms:
            return terms, at_least, at_most
        if with_margin and at_least != at_most and not all(self.is_integer[number] for number in terms):
            size = sum(abs(w) * max(abs(self.lower[k]), abs(self.upper[k])) for k, w in terms.items())
            at_least, at_most = at_least + _MARGIN * size, at_most - _MARGIN * size
        weights = [abs(weight) for weight in terms.values()]
        scale = max(min(weights), max(weights) / _LARGEST_WEIGHT)
        return {k: w / scale for k, w in terms.items()}, at_least / scale, at_most / scale
