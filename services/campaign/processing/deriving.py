"""What is made of the measurements of one file, in a process made for it. Pure: a file and recipes in, values out."""

from __future__ import annotations

from collections.abc import Mapping

from services.campaign.processing.handling import Handling
from services.features.errors import ExtractionError
from services.features.extract import features_of, peak_rows_of
from services.ingest.reading import ReadFile, read_here
from services.preprocessing.chain import process
from services.preprocessing.errors import PreprocessingError
from services.records.derived import Derived
from services.records.reading import Reading

__all__ = ["Due", "derived_of_file", "derived_of_reading"]

Due = Mapping[int, tuple[str, str, Handling]]
"""Id, modality and handling of the measurements of a file, by their number in it."""


def derived_of_file(path: str, name: str, reader: str, profiles: str, due: Due) -> tuple[Derived, ...]:
    """Read a file and take its measurements through their recipes; a fault of one is written beside it.

    Parameters
    ----------
    path, name, reader, profiles
        As `services.ingest.reading.read_here` has them.
    """
    read = read_here(path, name, reader, profiles)
    if not isinstance(read, ReadFile):
        return tuple(_faulty(*one, f"its file cannot be read any more: {read.reason}") for one in due.values())
    found = []
    for number, one in due.items():
        if number > len(read.readings):
            found.append(_faulty(*one, "its file holds fewer measurements now"))
        else:
            found.append(derived_of_reading(read.readings[number - 1], *one))
    return tuple(found)


def derived_of_reading(reading: Reading, measurement: str, modality: str, handling: Handling) -> Derived:
    """Take one reading through a recipe."""
    from services.preprocessing.peakfit.sequential import fit_peaks

    try:
        processed = process(reading, handling.chain, fit_peaks)
        features = features_of(processed, handling.features)
        peaks = peak_rows_of(processed, handling.features)
    except (PreprocessingError, ExtractionError) as error:
        return _faulty(measurement, modality, handling, str(error))
    return Derived(
        measurement=measurement,
        recipe=handling.recipe,
        modality=modality,
        features=features,
        peaks=tuple(row.model_dump(mode="json") for row in peaks),
        notes=processed.notes,
    )


def _faulty(measurement: str, modality: str, handling: Handling, fault: str) -> Derived:
    return Derived(measurement=measurement, recipe=handling.recipe, modality=modality, fault=fault)
