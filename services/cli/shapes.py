"""The shape of what ``--json`` prints, verb by verb: promised, and described in the reference."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from services.campaign.views import (
    CampaignsView,
    EditView,
    LogView,
    ProposalsView,
    ReplaysView,
    StatusView,
    ValidationView,
    WrittenView,
)

__all__ = ["SHAPES"]

SHAPES: Mapping[str, tuple[type[BaseModel], ...]] = {
    "edit": (EditView,),
    "export": (WrittenView,),
    "log": (LogView,),
    "propose": (ProposalsView,),
    "replay": (ReplaysView,),
    "report": (WrittenView,),
    "status": (StatusView, CampaignsView),
    "validate": (ValidationView,),
}
"""Model by verb; ``status`` prints the second where it lists several campaigns."""
