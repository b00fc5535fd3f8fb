"""How a campaign goes about its task: what may be spent, what is made first, when to stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, PositiveInt

from loop.values import Frozen, Setting

__all__ = ["Budget", "InitialDesign", "Policy", "StopAdvice"]


class Budget(Frozen):
    """What the campaign may spend."""

    specimens: PositiveInt | None = Field(
        default=None,
        description="Formulations sent to the laboratory, whatever comes of them; controls and those known before not "
        "counted.",
    )
    cycles: PositiveInt | None = Field(default=None, description="Turns of the loop.")


class InitialDesign(Frozen):
    """What is made before there is anything to learn from."""

    kind: Literal["auto", "sobol", "simplex", "maximin"] = Field(default="auto", description="How the space is filled.")
    count: PositiveInt | None = Field(
        default=None, description="Formulations; the number of parameters plus two where left out."
    )


class StopAdvice(Frozen):
    """When to say that going on is not worth it."""

    patience: PositiveInt = Field(
        default=3, description="Closed cycles without a better specimen before advising to stop."
    )


class Policy(Frozen):
    """How the loop goes about it."""

    batch: PositiveInt = Field(default=1, description="Formulations proposed per cycle.")
    replicates: PositiveInt = Field(default=1, description="Specimens made of each formulation.")
    seed: int = Field(default=1, ge=0, description="Origin of all randomness.")
    surrogate: str = Field(default="gp", description="Name of the model that predicts formulations not yet made.")
    initial: InitialDesign = Field(
        default_factory=InitialDesign, description="What is made before there is anything to learn from."
    )
    control: Mapping[str, Setting] | None = Field(
        default=None, description="A formulation repeated in every block, to see drift."
    )
    block_size: PositiveInt | None = Field(
        default=None, description="Runs per block (a day, a purge); the batch where left out."
    )
    stop: StopAdvice = Field(default_factory=StopAdvice, description="When to say that going on is not worth it.")
