"""What was made of measurements: how processing went, and the features of a specimen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from loop.values import Frozen
from services.campaign.processing.moved import Moved
from services.records.derived import Derived
from services.records.feature import Feature
from services.records.measurement import Measurement

__all__ = ["FaultyView", "FeaturesView", "MeasuredFeatureView", "MovedView", "ProcessView"]


class MovedView(Frozen):
    """A feature that another recipe moved."""

    modality: str
    name: str
    n: int = Field(description="How many specimens went through both recipes.")
    n_moved: int = Field(description="In how many it moved by more than one standard error, or came or went.")
    largest: float | None = Field(description="Largest change in standard errors; null where no error is known.")

    @classmethod
    def of(cls, moved: Moved) -> MovedView:
        """Show a comparison."""
        return cls(modality=moved.modality, name=moved.name, n=moved.n, n_moved=moved.n_moved, largest=moved.largest)


class FaultyView(Frozen):
    """A measurement of which nothing could be made."""

    measurement: str
    specimen: str
    modality: str
    fault: str


class ProcessView(Frozen):
    """How processing went."""

    n_measurements: int = Field(description="How many were processed now.")
    n_done_before: int = Field(description="How many had gone through their recipe already.")
    n_features: int
    n_peaks: int
    faults: tuple[FaultyView, ...]
    unhandled: Mapping[str, int] = Field(description="How many measurements have no recipe, by modality.")
    moved: tuple[MovedView, ...] = Field(description="What another recipe moved.")
    seconds: float


class MeasuredFeatureView(Frozen):
    """One feature of one measurement."""

    measurement: str
    specimen: str
    modality: str
    name: str
    value: float | None
    stderr: float | None
    unit: str
    state: str
    limit: float | None
    reason: str
    recipe: str = Field(description="How it was worked out.")

    @classmethod
    def of(cls, feature: Feature, measurement: Measurement, modality: str) -> MeasuredFeatureView:
        """Show a feature."""
        return cls(
            measurement=measurement.id,
            specimen=measurement.specimen or measurement.proposal,
            modality=modality,
            name=feature.name,
            value=feature.value,
            stderr=feature.stderr,
            unit=feature.unit,
            state=feature.state.value,
            limit=feature.limit,
            reason=feature.reason,
            recipe=feature.recipe,
        )


class FeaturesView(Frozen):
    """Features of some measurements."""

    features: tuple[MeasuredFeatureView, ...]
    notes: tuple[tuple[str, str], ...] = Field(description="Measurement, and what was decided or skipped on the way.")
    n_unprocessed: int = Field(description="How many of the measurements were not processed yet.")

    @classmethod
    def of(cls, measurements: Sequence[Measurement], derived: Sequence[Derived]) -> FeaturesView:
        """Show what was made of measurements."""
        by_id = {one.id: one for one in measurements}
        return cls(
            features=tuple(
                MeasuredFeatureView.of(feature, by_id[one.measurement], one.modality)
                for one in derived
                for feature in one.features
            ),
            notes=tuple(
                (one.measurement, note) for one in derived for note in ((one.fault,) if one.fault else one.notes)
            ),
            n_unprocessed=len(by_id) - len(derived),
        )
