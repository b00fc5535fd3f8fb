"""The ladder: who may answer when a campaign asks for formulations, in order, so that one always does.

model: the policy's surrogate as declared, fitted. jitter: the same one with what makes it singular taken away. simpler:
a random forest and its optimistic prediction; no matrix is inverted. space_filling: as far as can be from all that is
made and pending; no result is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import Field

from loop.values import Frozen

__all__ = ["LADDER", "Rung", "RungName", "answered_by", "said_of", "skipped"]

RungName = Literal["model", "jitter", "simpler", "space_filling"]

LADDER: tuple[RungName, ...] = get_args(RungName)
"""Every rung, from the one wanted to the one that needs nothing."""


_SAID: Mapping[RungName, str] = {
    "model": "the model",
    "jitter": "the model, steadied",
    "simpler": "a random forest",
    "space_filling": "space-filling",
}


class Rung(Frozen):
    """What became of one rung: it answered, it failed, or it was skipped, as after it took its process down."""

    name: RungName = Field(description="Which rung.")
    outcome: Literal["answered", "failed", "skipped"] = Field(description="What became of it.")
    reason: str = Field(default="", description="Why it failed or was skipped; of one that answered, what to know.")


def answered_by(rungs: tuple[Rung, ...]) -> RungName | None:
    """Return the rung that answered, the last one; None where the ladder was not needed."""
    return rungs[-1].name if rungs else None


def said_of(name: RungName) -> str:
    """Name a rung for people."""
    return _SAID[name]


def skipped(rungs: tuple[Rung, ...]) -> tuple[RungName, str]:
    """Return the first rung that was not skipped, and why those above it were: what a replay has to do alike."""
    over = [rung for rung in rungs if rung.outcome == "skipped"]
    return LADDER[len(over)], over[0].reason if over else ""
