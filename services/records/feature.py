"""A number known only after measuring a specimen, with its unit, its standard error, or why there is none. Values."""

from __future__ import annotations

from pydantic import Field, model_validator

from loop.observations import State
from loop.values import Frozen

__all__ = ["Feature"]


class Feature(Frozen):
    """One feature of one measurement (order 2).

    Parameters
    ----------
    name
        Unique within its modality, in the field's words: ``carbonyl index SAUB``, ``heat 1 melting enthalpy``.
    unit
        As people write it; empty for a ratio.
    value, stderr
        Both in `unit`; the value is there exactly where the state is measured; the error where it is known.
    limit
        Where the state is below detection or above range: the limit.
    reason
        Why there is no value, for people: ``no mass is stated: nothing per gram``.
    recipe
        How it was worked out, in one line, with the source: ``A(1850–1650)/A(1500–1420), Almond et al. 2020``.
    """

    name: str
    unit: str = ""
    value: float | None = None
    stderr: float | None = Field(default=None, ge=0)
    state: State = State.MEASURED
    limit: float | None = None
    reason: str = ""
    recipe: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Feature:
        if (self.state is State.MEASURED) != (self.value is not None):
            raise ValueError(f"{self.name}: the state is {self.state.value}, the value {self.value!r}")
        if self.state.is_censored != (self.limit is not None):
            raise ValueError(f"{self.name}: the state is {self.state.value}, the limit {self.limit!r}")
        if self.state not in (State.MEASURED, State.BELOW_DETECTION, State.ABOVE_RANGE) and not self.reason:
            raise ValueError(f"{self.name}: a feature that is {self.state.value} says why")
        return self
