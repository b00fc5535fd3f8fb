"""What preprocessing made of one measurement, as features are taken from it. Values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.records.curve import Curve
from services.records.peaks import PeakFit
from services.records.reading import Reading

__all__ = ["Processed"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Processed:
    """One measurement behind its chain.

    Attributes
    ----------
    reading
        As read, with images, amounts and what the file says.
    clean
        Its curve behind the cleaning steps (order 1); None where the measurement has no curve. Of a thermal program the
        axis is time in min with a channel `temperature` in °C, heat flow is exo up in W/g or in the unit of the file
        where nothing can be said per gram, mass is in per cent of what it begins with, and stretches stand as segments.
    fits
        Peak fits of declared regions or segments, by name.
    notes
        What was decided or skipped on the way, for people.
    of
        Quantity of the channel of `clean` that was cleaned and fitted; empty where there is none.
    noise
        Standard deviation of that channel from point to point, shape (n,), estimated behind the cleaning: Poisson's
        where it is counts, else one number for all points; None where there are too few to tell.
    """

    reading: Reading
    clean: Curve | None
    fits: dict[str, PeakFit]
    notes: tuple[str, ...] = ()
    of: str = ""
    noise: np.ndarray | None = None
