"""What every rule is written with: the values it tests, the forms it writes, how it is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np
from pydantic import Field

from loop.errors import ConstraintError
from loop.space.parameters import Categorical, Parameter
from loop.space.program import Terms
from loop.values import Frozen

__all__ = ["Columns", "Forms", "Rule", "add_terms", "need_numbers"]

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


class Rule(Frozen):
    """What all rules have."""

    name: str = Field(default="", description="What to call this rule in messages.")
    safety: bool = Field(default=False, description="True where not even an edit by hand may break it.")
    reason: str = Field(default="", description="Why the rule is there.")


def add_terms(terms: dict[int, float], more: Terms, weight: float = 1.0) -> None:
    """Add a weighted form to another, in place."""
    for number, coefficient in more.items():
        terms[number] = terms.get(number, 0.0) + weight * coefficient


def need_numbers(label: str, names: Iterable[str], parameters: Mapping[str, Parameter]) -> None:
    """Raise ConstraintError where a name is unknown or has no number."""
    for name in names:
        if name not in parameters:
            raise ConstraintError(f"{label}: there is no parameter {name!r}; there are {', '.join(parameters)}")
        if isinstance(parameters[name], Categorical):
            raise ConstraintError(f"{label}: {name} is a choice between levels and has no number")
