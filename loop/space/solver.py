"""Solve linear and mixed-integer programs: the one place that calls HiGHS (Huangfu & Hall, Math. Program. Comput. 10
(2018) 119), through scipy.

scipy is imported at the first solve: it takes half a second, and reading a campaign solves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Solution", "solve_integer", "solve_linear"]

_INFEASIBLE = 2
"""What scipy calls a program that nothing solves."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What came of a search: values of shape (variables,), None where none were found; why, in the solver's words."""

    values: np.ndarray | None
    is_infeasible: bool
    message: str


def solve_linear(
    cost: np.ndarray,
    *,
    sides: np.ndarray,
    limits: np.ndarray,
    bounds: Sequence[tuple[float, float]],
    equal: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray | None:
    """Find x with ``sides @ x <= limits`` and ``matrix @ x == values`` that makes ``cost @ x`` least.

    Parameters
    ----------
    cost, sides, limits
        Shapes (n,), (m, n), (m,).
    bounds
        Least and largest value of each variable.
    equal
        Matrix (k, n) and values (k,); None where nothing has to be equal.

    Returns
    -------
    Values of shape (n,), None where nothing was found.
    """
    from scipy.optimize import linprog

    matrix, values = equal if equal is not None else (None, None)
    found = linprog(cost, A_ub=sides, b_ub=limits, A_eq=matrix, b_eq=values, bounds=list(bounds), method="highs")
    return None if found.x is None else np.asarray(found.x)


def solve_integer(
    cost: np.ndarray,
    *,
    lower: np.ndarray,
    upper: np.ndarray,
    is_integer: np.ndarray,
    rows: Sequence[tuple[dict[int, float], float, float]],
    max_nodes: int,
    gap: float,
    presolve: bool,
) -> Solution:
    """Find x within bounds and rows, some of it integer, that makes ``cost @ x`` least.

    Parameters
    ----------
    cost, lower, upper, is_integer
        Shape (n,).
    rows
        Triples (weight by variable, at least, at most).
    max_nodes
        Branches looked at before the best found so far is taken.
    gap
        Share of the cost by which the answer may lie above the least.
    presolve
        Whether the solver simplifies first.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    entries = [(i, k, w) for i, (form, _, _) in enumerate(rows) for k, w in form.items()]
    i, k, w = (np.array(part) for part in zip(*entries, strict=True)) if entries else (np.zeros(0, int),) * 3
    ends = np.array([row[1:] for row in rows], dtype=float).reshape(-1, 2)
    matrix = csr_array((w, (i, k)), shape=(len(rows), len(cost)))
    found = milp(
        cost,
        integrality=is_integer.astype(int),
        bounds=Bounds(lower, upper),
        constraints=LinearConstraint(matrix, ends[:, 0], ends[:, 1]) if rows else None,
        options={"node_limit": max_nodes, "mip_rel_gap": gap, "presolve": presolve},
    )
    values = None if found.x is None else np.array(found.x)
    return Solution(values=values, is_infeasible=found.status == _INFEASIBLE, message=str(found.message))
