"""What every kind of extraction has: to which measurements it applies, and that it turns one of them into features."""

from __future__ import annotations

import re
from abc import abstractmethod

import numpy as np
from pydantic import Field, field_validator

from loop.values import Frozen
from services.features.noise import noise_of_channel
from services.records.curve import Channel
from services.records.feature import Feature
from services.records.peaks import PeakFit
from services.records.processed import Processed
from services.records.reading import Reading

__all__ = ["Extraction", "fit_of", "signal_of", "without_fit"]


class Extraction(Frozen):
    """One declared way from a processed measurement to features. Subclasses are final and add a `kind`.

    It sees one measurement. What that cannot tell is a feature without a value that says why; a measurement that the
    extraction is not meant for (`when`, `unless`) gives no feature at all.
    """

    when: str = Field(
        default="",
        description="Words (a regular expression) that the file's header must have, as `name: text`; any if empty.",
    )
    unless: str = Field(default="", description="Words that it must not have, as a regular expression.")

    @field_validator("when", "unless")
    @classmethod
    def _is_pattern(cls, words: str) -> str:
        try:
            re.compile(words)
        except re.error as error:
            raise ValueError(f"{words!r} is no regular expression: {error}") from error
        return words

    @abstractmethod
    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take the features of one measurement that the extraction is meant for."""

    def is_meant_for(self, reading: Reading) -> bool:
        """Say whether the header of a measurement has the words asked for, and not the others."""
        said = "\n".join(f"{name}: {text}" for name, text in reading.facts.texts.items())
        has = not self.when or re.search(self.when, said, re.I) is not None
        return has and not (self.unless and re.search(self.unless, said, re.I))


def fit_of(processed: Processed, name: str) -> PeakFit | None:
    """Return a fit by its name, the only one if the name is empty; None where there is none."""
    if not name and len(processed.fits) == 1:
        return next(iter(processed.fits.values()))
    return processed.fits.get(name)


def without_fit(processed: Processed, name: str) -> str:
    """Say that a fit is not there, and which are."""
    there = ", ".join(processed.fits) or "none"
    return (
        f"there is no peak fit {name!r}; there are: {there}" if name else f"one peak fit is wanted; there are: {there}"
    )


def signal_of(processed: Processed, channel: str = "") -> tuple[Channel, np.ndarray] | str:
    """Return a channel of the clean curve with the noise of its points, shape (n,); or why there is none.

    Without a name it is the channel that the chain cleaned, and its noise as the chain estimated it.
    """
    curve = processed.clean
    if curve is None:
        return "the measurement has no curve"
    quantity = channel or processed.of or curve.channels[0].quantity
    if quantity not in curve.quantities:
        return f"there is no {quantity!r} in the curve; there are {', '.join(curve.quantities)}"
    signal = curve.channel(quantity)
    if quantity == processed.of and processed.noise is not None:
        return signal, processed.noise
    return signal, noise_of_channel(signal)
