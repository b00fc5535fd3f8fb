"""Ids: derived from what they name, never random, safe in file names."""

from __future__ import annotations

import re
from typing import NewType

from loop.errors import ProposalError

__all__ = [
    "CampaignId",
    "ProposalId",
    "SpecimenId",
    "campaign_of",
    "campaign_of_specimen",
    "cycle_of",
    "external_specimen_id",
    "is_safe",
    "proposal_id",
    "specimen_id",
]

CampaignId = NewType("CampaignId", str)
ProposalId = NewType("ProposalId", str)
SpecimenId = NewType("SpecimenId", str)

SAFE_ID = re.compile(r"[A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?")
_PROPOSAL = re.compile(r"(?P<campaign>[A-Z0-9-]+)-C(?P<cycle>\d{3,})-(?P<number>\d{2,})")
_SPECIMEN = re.compile(r"(?P<campaign>[A-Z0-9-]+)-(?:C\d{3,}-\d{2,}-S\d+|X\d{4,})")


def is_safe(text: str) -> bool:
    """Say whether a text may stand in an id and in a file name: capitals, digits, inner hyphens."""
    return SAFE_ID.fullmatch(text) is not None


def proposal_id(campaign: CampaignId, cycle: int, number: int) -> ProposalId:
    """Name the `number`-th proposal of a cycle, as in ``PP01-C003-02``."""
    return ProposalId(f"{campaign}-C{cycle:03d}-{number:02d}")


def specimen_id(proposal: ProposalId, number: int = 1) -> SpecimenId:
    """Name the `number`-th specimen made from a proposal, as in ``PP01-C003-02-S1``."""
    return SpecimenId(f"{proposal}-S{number}")


def external_specimen_id(campaign: CampaignId, number: int) -> SpecimenId:
    """Name a specimen that nobody proposed, as in ``PP01-X0007``."""
    return SpecimenId(f"{campaign}-X{number:04d}")


def campaign_of(proposal: str) -> CampaignId:
    """Read the campaign out of a proposal id."""
    return CampaignId(_parts(proposal)["campaign"])


def campaign_of_specimen(specimen: str) -> CampaignId:
    """Read the campaign out of a specimen id, proposed or not."""
    match = _SPECIMEN.fullmatch(specimen)
    if match is None:
        raise ProposalError(f"{specimen!r} is not a specimen id; one looks like PP01-C003-02-S1 or PP01-X0007")
    return CampaignId(match["campaign"])


def cycle_of(proposal: str) -> int:
    """Read the cycle out of a proposal id."""
    return int(_parts(proposal)["cycle"])


def _parts(proposal: str) -> re.Match[str]:
    match = _PROPOSAL.fullmatch(proposal)
    if match is None:
        raise ProposalError(f"{proposal!r} is not a proposal id; one looks like PP01-C003-02")
    return match
