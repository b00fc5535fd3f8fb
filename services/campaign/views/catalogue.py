"""The catalogue of features: what each is among the specimens, and how far it may be trusted."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from loop.values import Frozen
from services.campaign.processing.catalogue import CataloguedFeature

__all__ = ["CatalogueView", "CataloguedFeatureView"]


class CataloguedFeatureView(Frozen):
    """One feature over all specimens."""

    modality: str
    name: str
    unit: str
    n_specimens: int = Field(description="How many specimens have a value.")
    median: float | None = Field(description="Of the means of specimens.")
    low: float | None = Field(description="Smallest mean of a specimen.")
    high: float | None = Field(description="Largest mean of a specimen.")
    n_missing: int = Field(description="How many measurements gave no value.")
    n_remeasured: int = Field(description="How many specimens have two values or more: what follows is of these.")
    icc: float | None = Field(
        description="Share of variance that is between specimens, ICC(1,1); null where it cannot be told."
    )
    icc_low: float | None = Field(description="Lower end of its 95 % interval.")
    icc_high: float | None = Field(description="Upper end of its 95 % interval.")
    scatter: float | None = Field(description="Standard deviation between measurements of one specimen.")
    stderr: float | None = Field(description="Standard error that came with them, median.")
    scatter_over_stderr: float | None = Field(
        description="Birge ratio: 1 where standard errors are honest, more where they are too small."
    )
    verdict: str = Field(
        description="trustworthy; untrustworthy with an ICC below 0.9; unjudged where fewer than 5 specimens were "
        "measured again."
    )

    @classmethod
    def of(cls, one: CataloguedFeature) -> CataloguedFeatureView:
        """Show a feature."""
        trust = one.trust
        return cls(
            modality=one.modality,
            name=one.name,
            unit=one.unit,
            n_specimens=one.n_specimens,
            median=one.median,
            low=one.low,
            high=one.high,
            n_missing=trust.n_missing,
            n_remeasured=trust.n_specimens,
            icc=trust.icc,
            icc_low=trust.icc_low,
            icc_high=trust.icc_high,
            scatter=trust.scatter,
            stderr=trust.stderr,
            scatter_over_stderr=trust.birge,
            verdict=trust.verdict,
        )


class CatalogueView(Frozen):
    """All features of a campaign or of a workspace."""

    catalogue: tuple[CataloguedFeatureView, ...]
    n_specimens: int = Field(description="How many specimens have features.")
    n_of_nobody: int = Field(description="How many processed measurements belong to no specimen yet.")
    n_unprocessed: int = Field(description="How many measurements were not processed yet.")

    @classmethod
    def of(
        cls, features: Sequence[CataloguedFeature], *, n_specimens: int, n_of_nobody: int, n_unprocessed: int
    ) -> CatalogueView:
        """Show a catalogue."""
        return cls(
            catalogue=tuple(CataloguedFeatureView.of(one) for one in features),
            n_specimens=n_specimens,
            n_of_nobody=n_of_nobody,
            n_unprocessed=n_unprocessed,
        )
