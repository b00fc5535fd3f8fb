"""The recipe of a modality: its chain and what is taken of it, as a definition declares it or as it is shipped."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from loop.values import fingerprint
from services.features.defaults import default_extractions
from services.features.extract import AnyExtraction
from services.preprocessing.chain import Chain, chain_hash
from services.preprocessing.default_chains import default_chain
from services.records.modality import modality_key

__all__ = ["FITTER", "Handling", "handling_of"]

FITTER = "sequential 3"
"""Name and version of the peak fit: another one, other numbers."""


class Handling(Chain):
    """How measurements of one modality are cleaned, fitted and turned into features."""

    features: tuple[AnyExtraction, ...] = Field(default=(), description="What is taken of each measurement.")

    @property
    def chain(self) -> Chain:
        """The chain alone."""
        return Chain.model_construct(**{name: getattr(self, name) for name in Chain.model_fields})

    @property
    def recipe(self) -> str:
        """Return a fingerprint that changes whenever it may give other numbers, 64 hexadecimal digits."""
        taken = [one.model_dump(mode="json", by_alias=True) for one in self.features]
        return fingerprint({"chain": chain_hash(self.chain, fitter=FITTER), "features": taken})


def handling_of(modality: str, declared: Mapping[str, Handling]) -> Handling | None:
    """Return how a modality is handled: as the definition declares, else as shipped; None where neither says it."""
    key = modality_key(modality)
    for name, handling in declared.items():
        if modality_key(name) == key:
            return handling
    chain, extractions = default_chain(modality), default_extractions(modality)
    if chain is None and not extractions:
        return None
    told = {} if chain is None else {name: getattr(chain, name) for name in Chain.model_fields}
    return Handling.model_construct(**told, features=extractions)
