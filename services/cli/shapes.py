"""The shape of what ``--json`` prints, verb by verb: promised, and described in the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loop.comparison import BacktestSummary
from services.campaign.views import (
    BackupView,
    BarsView,
    CampaignsView,
    CatalogueView,
    DoctorView,
    EditView,
    FeaturesView,
    FilesCheckedView,
    FoundView,
    InboxView,
    IngestView,
    LogView,
    MeasurementsView,
    ProcessView,
    ProposalsView,
    ReplaysView,
    RestoreView,
    ShownView,
    StatusView,
    TurnView,
    ValidationView,
    WrittenView,
)

__all__ = ["SHAPES"]

SHAPES: Mapping[str, tuple[type[Any], ...]] = {
    "backtest": (BacktestSummary,),
    "backup": (BackupView,),
    "bars": (BarsView,),
    "doctor": (DoctorView,),
    "edit": (EditView,),
    "export": (WrittenView,),
    "features": (FeaturesView, CatalogueView),
    "find": (FoundView,),
    "fsck": (FilesCheckedView,),
    "inbox": (InboxView,),
    "ingest": (IngestView,),
    "log": (LogView,),
    "measurements": (MeasurementsView,),
    "process": (ProcessView,),
    "propose": (ProposalsView,),
    "replay": (ReplaysView,),
    "report": (WrittenView,),
    "restore": (RestoreView,),
    "show": (ShownView,),
    "status": (StatusView, CampaignsView),
    "tick": (TurnView,),
    "validate": (ValidationView,),
}
"""Types by verb, for `pydantic.TypeAdapter`.

``status`` prints the second where it lists several campaigns, ``features`` where no specimen is named.
``backtest`` adds ``picture`` and ``json``, the files it wrote.
"""
