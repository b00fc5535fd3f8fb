"""What makes a reading unfit for what is asked of it, as small named types under one root."""

from __future__ import annotations

__all__ = ["NoMassError", "NoStressError", "PreprocessingError", "ProgramError", "UncalibratedError", "UnitError"]


class PreprocessingError(ValueError):
    """Root of every error raised on purpose while results are worked out of a reading."""


class UnitError(PreprocessingError):
    """A number stands in a unit that cannot be turned into the one that is needed."""


class NoStressError(PreprocessingError):
    """A test piece has neither a stress nor a force with the dimensions that make one."""


class ProgramError(PreprocessingError):
    """A curve is no thermal program, or lacks a channel that is asked for."""


class NoMassError(ProgramError):
    """Nothing per gram can be said: no mass is stated, or it is not above zero."""


class UncalibratedError(ProgramError):
    """A signal has no calibration to what is asked for: a temperature difference is no heat flow."""
