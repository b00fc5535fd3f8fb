"""The plan of a campaign beside what decides: the design of the task, and what becomes of what looks wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, PositiveInt

from loop.state import CampaignState
from services.campaign.processing.handling import Handling
from services.curation.quality.policy import QualityPolicy
from services.preprocessing.charpy import CharpyMethod
from services.preprocessing.tensile.method import TensileMethod
from services.records.plan import TaskPlan, Test

__all__ = ["CampaignPlan", "EvaluatedTest", "plan_in_force"]


class EvaluatedTest(Test):
    """A test of properties, with the rules by which its curves are evaluated."""

    tensile: TensileMethod | None = Field(
        default=None, description="For tensile tests: how `meguri bars` works out results from curves."
    )
    charpy: CharpyMethod | None = Field(
        default=None, description="For impact tests: what their tables do not say, for `meguri bars`."
    )
    results: Literal["typed", "files"] = Field(
        default="typed",
        description="Whether people type its results, or they are taken out of its files as those come in.",
    )
    modality: str = Field(
        default="", description="Modality of its files, where results are taken out of them; its own name if left out."
    )
    pieces: PositiveInt = Field(
        default=1, description="How many test pieces of a specimen must have come in before files give a result."
    )


class CampaignPlan(TaskPlan):
    """Factors, modalities and tests, how measurements become features, and the policy of quality control."""

    tests: Mapping[str, EvaluatedTest] = Field(default_factory=dict, description="Tests of properties, by name.")
    chains: Mapping[str, Handling] = Field(
        default_factory=dict,
        description="How measurements become features, by modality: cleaning, peak fits, what is taken.",
    )
    quality: QualityPolicy = Field(
        default_factory=QualityPolicy,
        description="What is done with measurements that look wrong where nobody is asked, by what is wrong.",
    )

    @property
    def tensile(self) -> TensileMethod:
        """How tensile bars are evaluated: as the first test says that says it, else by the standard's own rules."""
        return next((test.tensile for test in self.tests.values() if test.tensile is not None), TensileMethod())

    @property
    def charpy(self) -> CharpyMethod:
        """How impact bars are evaluated: as the first test says that says it, else as their files say."""
        return next((test.charpy for test in self.tests.values() if test.charpy is not None), CharpyMethod())


def plan_in_force(state: CampaignState) -> CampaignPlan:
    """Read the plan beside the definition in force."""
    return CampaignPlan.model_validate(state.definitions[-1].extras)
