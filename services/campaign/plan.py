"""The plan of a campaign beside what decides: the design of the task, and what becomes of what looks wrong."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from services.curation.quality.policy import QualityPolicy
from services.preprocessing.tensile.method import TensileMethod
from services.records.plan import TaskPlan, Test

__all__ = ["CampaignPlan", "EvaluatedTest"]


class EvaluatedTest(Test):
    """A test of properties, with the rules by which its curves are evaluated."""

    tensile: TensileMethod | None = Field(
        default=None, description="For tensile tests: how `meguri bars` works out results from curves."
    )


class CampaignPlan(TaskPlan):
    """Factors, modalities and tests, and the policy of quality control."""

    tests: Mapping[str, EvaluatedTest] = Field(default_factory=dict, description="Tests of properties, by name.")
    quality: QualityPolicy = Field(
        default_factory=QualityPolicy,
        description="What is done with measurements that look wrong where nobody is asked, by what is wrong.",
    )

    @property
    def tensile(self) -> TensileMethod:
        """How tensile bars are evaluated: as the first test says that says it, else by the standard's own rules."""
        return next((test.tensile for test in self.tests.values() if test.tensile is not None), TensileMethod())
