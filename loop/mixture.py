"""Ingredients that fill a whole, and the rules that follow from it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, PositiveFloat, model_validator

from loop.space.constraints import Constraint, Linear
from loop.space.parameters import Ingredient
from loop.space.space import mixture_sum
from loop.values import Frozen

__all__ = ["Mixture"]

_WEIGHING = 0.02
"""Share of the whole by which what was made may miss it: scales, losses, a correction of one ingredient."""


class Mixture(Frozen):
    """Ingredients that fill a whole."""

    total: PositiveFloat = Field(default=100.0, description="What the shares sum to.")
    unit: str = Field(default="%", description="Unit of the shares, by mass.")
    batch_kg: PositiveFloat = Field(default=1.0, description="Mass of one batch as made.")
    components: Mapping[str, Ingredient] = Field(min_length=2, description="Ingredients by name.")

    @model_validator(mode="after")
    def _masterbatches_have_carriers(self) -> Mixture:
        for name, ingredient in self.components.items():
            carrier = ingredient.masterbatch.carrier if ingredient.masterbatch else None
            if carrier is not None and (carrier not in self.components or carrier == name):
                raise ValueError(
                    f"{name}: the carrier {carrier!r} is no other ingredient; there are {', '.join(self.components)}"
                )
        return self

    def carriers(self) -> dict[str, dict[str, float]]:
        """Return, for each carrier, how much of it each masterbatch brings per unit of active content."""
        found: dict[str, dict[str, float]] = {}
        for name, ingredient in self.components.items():
            if ingredient.masterbatch is not None:
                share = (100 - ingredient.masterbatch.active) / ingredient.masterbatch.active
                found.setdefault(ingredient.masterbatch.carrier, {})[name] = share
        return found

    def fault_of(self, made: Mapping[str, object]) -> str:
        """Say what is wrong with the shares of something made; empty where they fill the whole, but for weighing."""
        missing = [name for name in self.components if not isinstance(made.get(name), int | float)]
        found = sum(float(str(made[name])) for name in self.components if name not in missing)
        if missing or abs(found - self.total) <= _WEIGHING * self.total:
            return ""
        return f"its ingredients sum to {found:g}; what is made sums to {self.total:g}"

    def rules(self) -> list[Constraint]:
        """Return what holds in every mixture: the shares fill the whole, and carriers are there."""
        found: list[Constraint] = [mixture_sum(tuple(self.components), self.total)]
        for carrier, brought in self.carriers().items():
            found.append(
                Linear(
                    name=f"{carrier} holds the carriers of {', '.join(brought)}",
                    coefficients={carrier: 1.0, **{name: -share for name, share in brought.items()}},
                    at_least=0,
                    safety=True,
                )
            )
        return found

    def stock_rule(self, name: str, mass_kg: float) -> Linear:
        """Return the rule that a batch holds no more of an ingredient than there is, in kg as delivered."""
        ingredient = self.components[name]
        active = 1.0 if ingredient.masterbatch is None else ingredient.masterbatch.active / 100
        share = mass_kg * active / self.batch_kg * self.total
        return Linear(name=f"stock of {name}: {mass_kg:g} kg", coefficients={name: 1.0}, at_most=share, safety=True)
