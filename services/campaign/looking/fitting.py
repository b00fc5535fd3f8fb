"""Fit what is looked at as processing does, for pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from services.campaign.looking.gather import Seen
from services.campaign.processing.handling import Handling, handling_of
from services.preprocessing.chain import process
from services.preprocessing.errors import PreprocessingError
from services.records.processed import Processed
from services.report.pictures.axis_words import axis_label
from services.report.pictures.panels import Axis, Panel

if TYPE_CHECKING:
    from services.campaign.wiring import Opened

__all__ = ["fitted_panels"]


def fitted_panels(seen: Sequence[Seen], opened: Opened | None) -> Iterator[Panel]:
    """Yield the pictures of every peak fit that the recipes of measurements ask for; some seconds for each curve."""
    from services.preprocessing.peakfit.sequential import fit_peaks
    from services.report.pictures.fits import fit_panels

    for one in seen:
        handling = handling_of(one.modality, _declared(one, opened))
        if one.reading is None or handling is None or not handling.peaks:
            continue
        try:
            processed = process(one.reading, handling.chain, fit_peaks)
        except PreprocessingError:
            continue
        for name, fit in processed.fits.items():
            title = " · ".join(filter(None, (one.modality, one.label, name)))
            yield from fit_panels(title, *_axes(processed, handling, one.modality), fit)


def _declared(one: Seen, opened: Opened | None) -> Mapping[str, Handling]:
    campaign = one.measurement.campaign if one.measurement is not None else ""
    if opened is None or campaign not in opened.service.campaigns():
        return {}
    return opened.service.plan(campaign).chains


def _axes(processed: Processed, handling: Handling, modality: str) -> tuple[Axis, Axis]:
    curve = processed.clean
    if curve is None:
        return Axis(label=""), Axis(label="")
    along = curve.channel(handling.along) if handling.along in curve.quantities else curve.axis
    of = curve.channel(processed.of)
    is_infrared = along.quantity == "wavenumber" and modality != "Raman"
    return (
        Axis(label=axis_label(along.quantity, along.unit, modality), is_reversed=is_infrared),
        Axis(label=axis_label(of.quantity, of.unit, modality)),
    )
