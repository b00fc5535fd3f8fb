"""The extractions that are used where a definition declares none: read from ``default_extractions.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter

from services.features.errors import ExtractionError
from services.features.extract import AnyExtraction
from services.records.modality import modality_key, usual_key
from services.records.yaml_source import read_yaml

__all__ = ["default_extraction_names", "default_extractions"]

_MANY: TypeAdapter[tuple[AnyExtraction, ...]] = TypeAdapter(tuple[AnyExtraction, ...])


@cache
def _written() -> Mapping[str, tuple[str, Any]]:
    """Return what is written of each modality, by its key, with its name."""
    source = read_yaml(files(__package__).joinpath("default_extractions.yaml").read_text(encoding="utf-8"))
    if source.faults:
        raise ExtractionError(f"default_extractions.yaml: {source.faults[0]}")
    return {modality_key(name): (name, part) for name, part in source.data.items()}


def default_extraction_names() -> tuple[str, ...]:
    """List the modalities that have default extractions."""
    return tuple(name for name, _ in _written().values())


@cache
def _extractions(key: str) -> tuple[AnyExtraction, ...]:
    return _MANY.validate_python(_written()[key][1]) if key in _written() else ()


def default_extractions(modality: str) -> tuple[AnyExtraction, ...]:
    """Return the default extractions of a modality, by any spelling of its name; none where there are none."""
    return _extractions(usual_key(modality))
