"""Features of one processed measurement, by declared extractions: what composes all kinds. Sees one measurement."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.features.amounts import Amounts
from services.features.crystallinity import Crystallinity
from services.features.errors import ExtractionError
from services.features.heat import Heat
from services.features.image import ImageParticles
from services.features.induction import Induction
from services.features.lines import Lines, PeakRow, Peaks
from services.features.mass_loss import MassLoss
from services.features.molar_mass import MolarMass
from services.features.windows import Windows
from services.records.feature import Feature
from services.records.processed import Processed

__all__ = ["AnyExtraction", "features_of", "peak_rows_of"]

AnyExtraction = Annotated[
    Amounts | Crystallinity | Heat | ImageParticles | Induction | Lines | MassLoss | MolarMass | Peaks | Windows,
    Field(discriminator="kind"),
]
"""A declared extraction, told by its `kind`."""


def features_of(processed: Processed, extractions: tuple[AnyExtraction, ...]) -> tuple[Feature, ...]:
    """Take the features of one measurement, in the order of the extractions.

    Returns
    -------
    What cannot be told stands among them without a value and says why; extractions that are not meant for the
    measurement (`when`, `unless`) give nothing.

    Raises
    ------
    ExtractionError
        If two extractions give features of one name.
    """
    found: dict[str, Feature] = {}
    for extraction in extractions:
        if extraction.is_meant_for(processed.reading):
            for feature in extraction.features(processed):
                if feature.name in found:
                    raise ExtractionError(
                        f"two extractions give {feature.name!r}, the second of kind {extraction.kind!r}: rename one"
                    )
                found[feature.name] = feature
    return tuple(found.values())


def peak_rows_of(processed: Processed, extractions: tuple[AnyExtraction, ...]) -> tuple[PeakRow, ...]:
    """Return the peaks that extractions of kind `peaks` ask for, as rows for later curation, each once."""
    rows: dict[tuple[str, int], PeakRow] = {}
    for extraction in extractions:
        if isinstance(extraction, Peaks) and extraction.is_meant_for(processed.reading):
            rows |= {(row.fit, row.number): row for row in extraction.rows(processed)}
    return tuple(rows.values())
