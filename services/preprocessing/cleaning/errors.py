"""What makes a curve unfit for a cleaning step, as small named types under one root."""

from __future__ import annotations

from services.preprocessing.errors import PreprocessingError

__all__ = ["AxisError", "ChannelError", "CleaningError", "EmptyCurveError"]


class CleaningError(PreprocessingError):
    """A step cannot be done on a curve. The message begins with the step and the curve."""


class ChannelError(CleaningError):
    """A curve lacks the channel that a step works on, or it stands in a unit that does not go."""


class AxisError(CleaningError):
    """A place, a window or a wavelength does not go with the curve's axis."""


class EmptyCurveError(CleaningError):
    """Too few values are left, or none of them says anything."""
