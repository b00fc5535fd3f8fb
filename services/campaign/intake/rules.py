"""What the definitions of campaigns say of measurements: what can be, what is the control, what doubts come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from loop.ids import CampaignId
from services.campaign.intake.names import Names
from services.campaign.plan import CampaignPlan
from services.curation.quality.policy import QualityPolicy
from services.ingest.doubts import Plausible, plausible
from services.ingest.linking import Link, Naming
from services.records.modality import modality_key

__all__ = ["Rules"]


class Rules:
    """What holds for the measurements of a workspace.

    Parameters
    ----------
    names
        Every id that there is.
    plans
        What the definition of each campaign says.
    """

    def __init__(self, names: Names, plans: Mapping[str, CampaignPlan]) -> None:
        self.names, self._plans = names, plans

    @classmethod
    def of(cls, names: Names, campaigns: Sequence[CampaignId], plan: Callable[[str], CampaignPlan]) -> Rules:
        """Collect the rules of some campaigns."""
        return cls(names, {campaign: plan(campaign) for campaign in campaigns})

    def policy(self, campaign: str) -> QualityPolicy:
        """Return what doubts come to; where no campaign is known, they wait."""
        plan = self._plans.get(campaign)
        return plan.quality if plan is not None else QualityPolicy()

    def plausible(self, campaign: str) -> Mapping[str, Plausible]:
        """Return what the modalities of a campaign can hold: what its definition says, before what is known here."""
        plan = self._plans.get(campaign)
        if plan is None:
            return plausible()
        found = dict(plausible())
        known_as = {modality_key(name): name for name in found}
        for declared, modality in plan.modalities.items():
            name = known_as.get(modality_key(declared), declared)
            known = found.get(name, Plausible())
            ranges = {**known.ranges, **modality.ranges}
            saturates = (*known.saturates, *modality.saturates)
            found[name] = known.model_copy(update={"ranges": ranges, "saturates": saturates})
        return found

    def control(self, campaign: str, modality: str) -> str:
        """Return the id of the control specimen, or of its proposal; empty where none is declared or there."""
        return self._controls.get((campaign, modality_key(modality)), "")

    @cached_property
    def _controls(self) -> dict[tuple[str, str], str]:
        found = {}
        for campaign, plan in self._plans.items():
            for name, modality in plan.modalities.items():
                whose = self.names.whose([Naming("control", modality.control)]) if modality.control else None
                if isinstance(whose, Link):
                    found[campaign, modality_key(name)] = whose.specimen or whose.proposal
        return found
