"""The shapes in which people and programs are shown a campaign: one set for JSON, for tables, for pages.

They are promised: keys are added, never renamed or dropped, within one version of the project.
"""

from services.campaign.views.bars import BarSummaryView, BarsView, BarView
from services.campaign.views.catalogue import CataloguedFeatureView, CatalogueView
from services.campaign.views.determined import BarQuantityView
from services.campaign.views.features import FaultyView, FeaturesView, MeasuredFeatureView, MovedView, ProcessView
from services.campaign.views.finding import FoundMeasurementView, FoundView, NamedView
from services.campaign.views.going import HeldView, InboxView, RefusedView, SettledView, TurnView, WrittenView
from services.campaign.views.history import EntryView, FaultView, LogView, ReplaysView, ReplayView, ValidationView
from services.campaign.views.impact import ImpactBarView, ImpactGroupView, ImpactTypeView, ImpactView
from services.campaign.views.looking import (
    ChannelView,
    CurveView,
    DecisionView,
    ImageView,
    SegmentView,
    ShownMeasurementView,
    ShownView,
)
from services.campaign.views.measurements import (
    FileFaultView,
    FilesCheckedView,
    IngestedView,
    IngestView,
    MeasurementsView,
    MeasurementView,
)
from services.campaign.views.operations import BackupView, DoctorView, FindingView, RestoreView
from services.campaign.views.proposals import EditView, ProposalsView, ProposalView
from services.campaign.views.status import (
    BestView,
    BudgetView,
    CampaignsView,
    CampaignView,
    HypothesisView,
    LimitsView,
    QuestionView,
    RefitView,
    SilentView,
    StatusView,
)

__all__ = [
    "BackupView",
    "BarQuantityView",
    "BarSummaryView",
    "BarView",
    "BarsView",
    "BestView",
    "BudgetView",
    "CampaignView",
    "CampaignsView",
    "CatalogueView",
    "CataloguedFeatureView",
    "ChannelView",
    "CurveView",
    "DecisionView",
    "DoctorView",
    "EditView",
    "EntryView",
    "FaultView",
    "FaultyView",
    "FeaturesView",
    "FileFaultView",
    "FilesCheckedView",
    "FindingView",
    "FoundMeasurementView",
    "FoundView",
    "HeldView",
    "HypothesisView",
    "ImageView",
    "ImpactBarView",
    "ImpactGroupView",
    "ImpactTypeView",
    "ImpactView",
    "InboxView",
    "IngestView",
    "IngestedView",
    "LimitsView",
    "LogView",
    "MeasuredFeatureView",
    "MeasurementView",
    "MeasurementsView",
    "MovedView",
    "NamedView",
    "ProcessView",
    "ProposalView",
    "ProposalsView",
    "QuestionView",
    "RefitView",
    "RefusedView",
    "ReplayView",
    "ReplaysView",
    "RestoreView",
    "SegmentView",
    "SettledView",
    "ShownMeasurementView",
    "ShownView",
    "SilentView",
    "StatusView",
    "TurnView",
    "ValidationView",
    "WrittenView",
]
