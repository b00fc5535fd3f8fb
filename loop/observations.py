"""What was seen: one observation a specimen, its targets with spread, count and state."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field, model_validator

from loop.ids import ProposalId, SpecimenId
from loop.values import Frozen, Setting

__all__ = ["IntermediateValue", "Observation", "State", "TargetValue"]


class State(StrEnum):
    """Whether a value is there, and if not, why. Missing is not zero."""

    MEASURED = "measured"
    BELOW_DETECTION = "below_detection"
    ABOVE_RANGE = "above_range"
    ABSENT = "absent"
    NOT_MEASURED = "not_measured"
    LOST = "lost"
    NOT_MADE = "not_made"

    @property
    def is_censored(self) -> bool:
        """True where only a limit is known: the value lies below or above it."""
        return self in (State.BELOW_DETECTION, State.ABOVE_RANGE)


class IntermediateValue(Frozen):
    """One measured feature of a specimen that a surrogate may learn through."""

    value: float | None = None
    sd: float | None = Field(default=None, ge=0)
    state: State = State.MEASURED

    @model_validator(mode="after")
    def _is_whole(self) -> IntermediateValue:
        if (self.state is State.MEASURED) != (self.value is not None):
            raise ValueError(
                f"a value stands exactly where the state is measured; state is {self.state.value}, value {self.value!r}"
            )
        return self


class TargetValue(Frozen):
    """One target of one specimen: mean of `n` tests in the target's unit, or why there is none.

    `sd` is the spread between the `n` single tests (not the standard error of their mean).
    Censored values keep their `limit` and have no mean.
    """

    mean: float | None = None
    sd: float | None = Field(default=None, ge=0)
    n: int = Field(default=1, ge=0)
    state: State = State.MEASURED
    limit: float | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> TargetValue:
        if self.state is State.MEASURED:
            if self.mean is None or not math.isfinite(self.mean):
                raise ValueError(
                    f"a measured value needs a finite mean, got {self.mean!r}; without one, say why by a state"
                )
            if self.n < 1:
                raise ValueError("a measured value comes from at least one test, got n = 0")
        elif self.mean is not None:
            raise ValueError(f"a value whose state is {self.state.value} has no mean, got {self.mean!r}")
        if self.state.is_censored != (self.limit is not None):
            raise ValueError(
                f"a limit stands exactly where a value is censored; state is {self.state.value}, limit {self.limit!r}"
            )
        return self


class Observation(Frozen):
    """One specimen as the loop sees it: what was planned, what was made, what came out."""

    specimen_id: SpecimenId
    proposal_id: ProposalId | None = None
    planned: Mapping[str, Setting] | None = None
    as_made: Mapping[str, Setting]
    targets: Mapping[str, TargetValue] = Field(default_factory=dict)
    intermediates: Mapping[str, IntermediateValue] = Field(default_factory=dict)
    block: str = ""
    is_excluded: bool = False

    def mean_of(self, target: str) -> float | None:
        """Return the mean of a measured target, None where it is censored, missing or unknown."""
        value = self.targets.get(target)
        return None if value is None else value.mean
