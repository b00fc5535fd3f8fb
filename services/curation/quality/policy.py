"""What an unattended run does with a measurement that is doubted. A declared value, and the judgement that follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from loop.values import Frozen
from services.records.doubt import Doubt
from services.records.measurement import Judgement

__all__ = ["Judged", "PolicyAnswer", "QualityPolicy", "judged"]

PolicyAnswer = Literal["wait", "keep", "exclude"]
_STRICTNESS: dict[PolicyAnswer, int] = {"keep": 0, "wait": 1, "exclude": 2}
_JUDGEMENTS: dict[PolicyAnswer, Judgement] = {"keep": "kept", "wait": "doubted", "exclude": "excluded"}


class QualityPolicy(Frozen):
    """What is done with each kind of doubt where nobody is asked: wait for a person, keep, or exclude."""

    axis_out_of_range: PolicyAnswer = Field(default="wait", description="the axis runs beyond what the modality has")
    value_out_of_range: PolicyAnswer = Field(default="wait", description="a value that the modality cannot have")
    unit_suspected: PolicyAnswer = Field(default="wait", description="numbers that would fit another unit")
    flat: PolicyAnswer = Field(default="wait", description="the same value at every point")
    saturated: PolicyAnswer = Field(default="wait", description="cut off where the detector ends")
    spikes: PolicyAnswer = Field(default="wait", description="cosmic rays and glitches of at most three points")
    break_in_the_curve: PolicyAnswer = Field(default="wait", description="a jump, as where lines were lost or doubled")
    duplicate: PolicyAnswer = Field(default="wait", description="one measurement under two names")
    outlier: PolicyAnswer = Field(default="wait", description="far off the other replicates")
    control_out_of_its_chart: PolicyAnswer = Field(default="wait", description="the control specimen left its limits")
    session_drift: PolicyAnswer = Field(default="wait", description="the control of its session differs from before")

    def answer(self, doubt: Doubt) -> PolicyAnswer:
        """Return what is done with one doubt."""
        answers: dict[str, PolicyAnswer] = self.model_dump()
        return answers[doubt.kind.replace(" ", "_")]


class Judged(NamedTuple):
    """How a measurement stands by a policy; `reason` lists every doubt, also of a kept one, and what became of it."""

    judgement: Judgement
    reason: str


def judged(doubts: Sequence[Doubt], policy: QualityPolicy | None = None) -> Judged:
    """Judge a measurement by its doubts: the strictest answer counts, exclude before wait before keep.

    Parameters
    ----------
    policy
        Left out, every doubt waits for a person.
    """
    if not doubts:
        return Judged("kept", "")
    declared = policy or QualityPolicy()
    answers = [declared.answer(doubt) for doubt in doubts]
    strictest = max(answers, key=_STRICTNESS.__getitem__)
    told = "; ".join(
        f"{doubt.kind}{f' ({doubt.about})' if doubt.about else ''}: {doubt.message} [policy: {answer}]"
        for doubt, answer in zip(doubts, answers, strict=True)
    )
    return Judged(_JUDGEMENTS[strictest], told)
