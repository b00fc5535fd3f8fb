"""All cleaning steps as one union, told apart by their name."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from services.preprocessing.cleaning.atmosphere import Atmosphere
from services.preprocessing.cleaning.axis import Grid, Range
from services.preprocessing.cleaning.baseline import Baseline
from services.preprocessing.cleaning.convert import Convert
from services.preprocessing.cleaning.errors import ChannelError
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

    A step that names a channel of its own works on that, and leaves a curve without it as it is.

    Raises
    ------
    CleaningError
        If a step cannot be done; names it and the curve.
    PreprocessingError
        If a program cannot be read.
    """
    for step in steps:
        if step.of == signal.curve.axis.quantity and not isinstance(step, Convert):
            raise signal.fault(ChannelError, step.step, f"{step.of} is the axis; a step works on a channel")
        if not step.of or step.of == signal.of:
            signal = step.apply(signal)
        elif step.of in signal.curve.quantities:
            signal = replace(step.apply(replace(signal, of=step.of)), of=signal.of)
    return signal
