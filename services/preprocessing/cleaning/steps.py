"""All cleaning steps as one union, told apart by their name."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.preprocessing.cleaning.atmosphere import Atmosphere
from services.preprocessing.cleaning.axis import Grid, Range
from services.preprocessing.cleaning.baseline import Baseline
from services.preprocessing.cleaning.convert import Convert
from services.preprocessing.cleaning.local_polynomials import Derivative, Smooth
from services.preprocessing.cleaning.normalise import Normalise
from services.preprocessing.cleaning.signal import Signal
from services.preprocessing.cleaning.spikes import Spikes
from services.preprocessing.cleaning.thermal import ThermalProgram

__all__ = ["CleaningStep", "cleaned"]

CleaningStep = Annotated[
    Spikes | Range | Grid | Convert | Baseline | Smooth | Normalise | Derivative | Atmosphere | ThermalProgram,
    Field(discriminator="step"),
]


def cleaned(signal: Signal, steps: tuple[CleaningStep, ...]) -> Signal:
    """Take a curve through steps, one after the other.

    Raises
    ------
    CleaningError
        If a step cannot be done; names it and the curve.
    """
    for step in steps:
        signal = step.apply(signal)
    return signal
