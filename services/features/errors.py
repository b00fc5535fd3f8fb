"""What makes an extraction unfit for what it is asked to work on, as small named types under one root."""

from __future__ import annotations

__all__ = ["ExtractionError", "FeatureError"]


class FeatureError(ValueError):
    """Root of every error raised on purpose while features are taken."""


class ExtractionError(FeatureError):
    """Extractions contradict each other, or shipped ones cannot be read."""
