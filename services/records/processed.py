"""What preprocessing made of one measurement, as features are taken from it. Values."""

from __future__ import annotations

from dataclasses import dataclass

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
        where nothing can be said per gram, mass is in per cent of the first, and stretches stand as segments.
    fits
        Peak fits of declared regions or segments, by name.
    notes
        What was decided or skipped on the way, for people.
    """

    reading: Reading
    clean: Curve | None
    fits: dict[str, PeakFit]
    notes: tuple[str, ...] = ()
