"""What quality control refuses to judge."""

from __future__ import annotations

__all__ = ["QualityError"]


class QualityError(ValueError):
    """Measurements were handed over that cannot be judged together, or limits that contradict themselves."""
