"""A search space as one mixed-integer linear program: what is exactly feasible, and what lies nearest.

Every constraint writes its rows here, in whole grid steps, so that rounding can never break one.
Solved by HiGHS through scipy (Huangfu & Hall, Math. Program. Comput. 10 (2018) 119).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from loop.errors import SpaceError

__all__ = ["Program", "Terms"]

Terms = Mapping[int, float]
"""A linear form: coefficient by variable number."""

_MARGIN = 1e-7
"""Share of a row's size by which inequalities over real-valued variables are tightened: the solver's own tolerance."""


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
        merged = {number: weight for number, weight in terms.items() if weight != 0}
        if at_least != at_most and not all(self.is_integer[number] for number in merged):
            size = sum(abs(w) * max(abs(self.lower[k]), abs(self.upper[k])) for k, w in merged.items())
            at_least, at_most = at_least + _MARGIN * size, at_most - _MARGIN * size
        self.rows.append((merged, at_least, at_most))

    def reach(self, terms: Terms, constant: float = 0.0) -> tuple[float, float]:
        """Return the least and largest value a linear form can take within the variables' bounds."""
        ends = [sorted((w * self.lower[k], w * self.upper[k])) for k, w in terms.items()]
        return constant + sum(e[0] for e in ends), constant + sum(e[1] for e in ends)

    def nearest(self, targets: Sequence[tuple[Terms, float, float]], *, time_limit_s: float = 10.0) -> np.ndarray:
        """Solve for the feasible point nearest to targets.

        Parameters
        ----------
        targets
            Triples (form, target value, weight): the sum of weight × |form − target| is made least.
        time_limit_s
            Give up after this many seconds.

        Returns
        -------
        One value per variable, integers exact; shape (variables,).

        Raises
        ------
        SpaceError
            If nothing is feasible, or the time limit passed without a feasible point.
        """
        n, m = len(self.lower), len(targets)
        lower, upper = np.array([*self.lower, *[0.0] * m]), np.array([*self.upper, *[np.inf] * m])
        cost = np.zeros(n + m)
        rows = list(self.rows)
        for j, (form, target, weight) in enumerate(targets):
            cost[n + j] = weight
            rows.append(({**form, n + j: -1.0}, -math.inf, target))
            rows.append(({**form, n + j: 1.0}, target, math.inf))
        entries = [(i, k, w) for i, (form, _, _) in enumerate(rows) for k, w in form.items()]
        i, k, w = (np.array(column) for column in zip(*entries, strict=True)) if entries else (np.zeros(0, int),) * 3
        matrix = csr_array((w, (i, k)), shape=(len(rows), n + m))
        result = milp(
            cost,
            integrality=np.array([*self.is_integer, *[False] * m], dtype=int),
            bounds=Bounds(lower, upper),
            constraints=LinearConstraint(matrix, np.array([r[1] for r in rows]), np.array([r[2] for r in rows]))
            if rows
            else None,
            options={"time_limit": time_limit_s, "mip_rel_gap": 0.01},
        )
        if result.x is None:
            why = "no formulation meets all constraints together" if result.status == 2 else str(result.message)
            raise SpaceError(f"the search space gave no formulation: {why}")
        solution = np.array(result.x[:n])
        integer = np.array(self.is_integer, dtype=bool)
        solution[integer] = np.round(solution[integer])
        return solution
