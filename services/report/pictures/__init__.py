"""Pictures of a campaign: plotly figures for pages, and files for slides."""

from __future__ import annotations

from services.report.pictures.files import save_pictures
from services.report.pictures.progress import front_picture, hypervolume_picture, progress_picture, targets_picture
from services.report.pictures.reliability import coverage_picture, predictions_picture
from services.report.pictures.space import parallel_picture, ternary_picture

__all__ = [
    "coverage_picture",
    "front_picture",
    "hypervolume_picture",
    "parallel_picture",
    "predictions_picture",
    "progress_picture",
    "save_pictures",
    "targets_picture",
    "ternary_picture",
]
