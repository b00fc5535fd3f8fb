"""The chains that are used where a definition declares none: read from ``default_chains.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from services.preprocessing.chain import Chain
from services.records.modality import modality_key, usual_key
from services.records.yaml_source import read_yaml

__all__ = ["default_chain", "default_chain_names"]


@cache
def _written() -> Mapping[str, tuple[str, Any]]:
    """Return what is written of each modality, by its key, with its name."""
    data = read_yaml(files(__package__).joinpath("default_chains.yaml").read_text(encoding="utf-8")).data
    return {modality_key(name): (name, part) for name, part in data.items()}


def default_chain_names() -> tuple[str, ...]:
    """List the modalities that have a default chain."""
    return tuple(name for name, _ in _written().values())


@cache
def _chain(key: str) -> Chain | None:
    return Chain.model_validate(_written()[key][1]) if key in _written() else None


def default_chain(modality: str) -> Chain | None:
    """Return the default chain of a modality, by any spelling of its name; None where there is none."""
    return _chain(usual_key(modality))
