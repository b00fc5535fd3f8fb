"""The plan of a campaign beside what decides: the design of the task, and what becomes of what looks wrong."""

from __future__ import annotations

from pydantic import Field

from services.curation.quality.policy import QualityPolicy
from services.records.plan import TaskPlan

__all__ = ["CampaignPlan"]


class CampaignPlan(TaskPlan):
    """Factors, modalities and tests, and the policy of quality control."""

    quality: QualityPolicy = Field(
        default_factory=QualityPolicy,
        description="What is done with measurements that look wrong where nobody is asked, by what is wrong.",
    )
