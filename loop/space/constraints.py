"""What must hold between parameters. Each constraint tests rows, explains itself, and writes itself as linear rows.

A constraint sees values through `Columns`: for each parameter its numbers (n,), or its level numbers where it is
categorical. It writes into a `Program` through `Forms`: the linear form of each parameter, of being used, of a level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from loop.errors import ConstraintError
from loop.space.forbidden import Forbid, When
from loop.space.parameters import Parameter
from loop.space.program import Program
from loop.space.rules import Columns, Forms, Rule, add_terms
from loop.space.sums import Linear, Ratio

__all__ = ["Constraint", "Count", "Forbid", "Forms", "Linear", "Ratio", "When"]


class Count(Rule):
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
            add_terms(terms, forms.is_used(name))
        program.row(terms, at_least=self.at_least, at_most=np.inf if self.at_most is None else self.at_most)


Constraint = Annotated[Linear | Ratio | Count | Forbid, Field(discriminator="kind")]
"""Any rule between parameters; `kind` says which."""


def _listed(parameters: Mapping[str, Parameter], kind: str) -> str:
    return ", ".join(name for name, parameter in parameters.items() if parameter.kind == kind) or "none"
