"""Quality control of measurements beside each other: what to doubt, and what an unattended run does about it."""

from services.curation.quality.control import ChartVerdict, ControlChart
from services.curation.quality.drift import session_drift
from services.curation.quality.errors import QualityError
from services.curation.quality.policy import Judged, Policy, judged
from services.curation.quality.replicates import replicate_doubts
from services.curation.quality.spikes import spikes

__all__ = [
    "ChartVerdict",
    "ControlChart",
    "Judged",
    "Policy",
    "QualityError",
    "judged",
    "replicate_doubts",
    "session_drift",
    "spikes",
]
