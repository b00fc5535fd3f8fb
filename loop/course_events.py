"""What happened to a campaign as a whole: definition, cycles, course, model. Facts in the past tense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from loop.values import Frozen

__all__ = [
    "Course",
    "CourseChanged",
    "CycleClosed",
    "DefinitionAdopted",
    "FitOfTarget",
    "HypothesisJudged",
    "HypothesisNoted",
    "ModelRefitted",
    "PersonAsked",
]


Course = Literal["running", "draining", "paused"]
"""running: goes on by itself; draining: results are taken in, nothing new is asked for; paused: nothing by itself."""


class FitOfTarget(Frozen):
    """How well the model knows one target: how far it is off on results it has not seen, in the target's unit."""

    n: int = Field(ge=0, description="Formulations learned from.")
    rmse: float | None = Field(default=None, ge=0, description="Root mean square error on formulations left out.")
    spread: float | None = Field(default=None, ge=0, description="Standard deviation of the results themselves.")


class DefinitionAdopted(Frozen):
    """A definition became the campaign's, as version `version`; older data stay."""

    kind: Literal["definition_adopted"] = "definition_adopted"
    version: int = Field(ge=1)
    text: str = Field(description="The file as the person wrote it.")
    core: Mapping[str, Any] = Field(description="What the loop read out of it, candidate tables included.")
    extras: Mapping[str, Any] = Field(default_factory=dict, description="What the other owners read out of it.")
    reason: str = ""


class CycleClosed(Frozen):
    """One turn came to its end: what was best then, in the words of the objective."""

    kind: Literal["cycle_closed"] = "cycle_closed"
    cycle: int = Field(ge=1)
    reason: str = ""


class ModelRefitted(Frozen):
    """The model learned of all that was known: how well it would have predicted each result without it."""

    kind: Literal["model_refitted"] = "model_refitted"
    cycle: int = Field(ge=0)
    seen_seq: int = Field(ge=0)
    data_hash: str
    surrogate: str
    rung: str
    fits: Mapping[str, FitOfTarget] = Field(description="By measured target.")


class CourseChanged(Frozen):
    """The campaign goes on by itself from now on, rests, or takes in results without asking for more."""

    kind: Literal["course_changed"] = "course_changed"
    course: Course
    reason: str = ""


class PersonAsked(Frozen):
    """The loop came to what only a person can decide. `matter` is asked once."""

    kind: Literal["person_asked"] = "person_asked"
    matter: str
    question: str
    suggestion: str


class HypothesisNoted(Frozen):
    """Somebody wrote down what they expect, before the results."""

    kind: Literal["hypothesis_noted"] = "hypothesis_noted"
    hypothesis_id: str
    cycle: int = Field(ge=0)
    text: str


class HypothesisJudged(Frozen):
    """Somebody wrote down whether an expectation held."""

    kind: Literal["hypothesis_judged"] = "hypothesis_judged"
    hypothesis_id: str
    held: Literal["yes", "no", "open"]
    reason: str
