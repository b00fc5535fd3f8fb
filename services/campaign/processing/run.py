"""The use cases of processing in an open workspace: take everything through its recipe, look at features."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from services.campaign.clock import SystemClock
from services.campaign.looking.gather import measured_of
from services.campaign.processing.catalogue import catalogue_of
from services.campaign.processing.handling import Handling
from services.campaign.processing.moved import moved
from services.campaign.processing.taking import Processing
from services.campaign.views.catalogue import CatalogueView
from services.campaign.views.features import FaultyView, FeaturesView, MovedView, ProcessView
from services.compute import open_engine
from services.records.derived import Derived
from services.records.modality import modality_key
from services.store.blobs import Blobs
from services.store.features import SqlFeatures
from services.store.measurements import SqlMeasurements

if TYPE_CHECKING:
    from services.campaign.wiring import Opened

__all__ = ["features_catalogued", "features_seen", "processed"]


def processed(
    opened: Opened,
    *,
    campaign: str | None = None,
    n_jobs: int = 1,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> ProcessView:
    """Take measurements through their recipes on this machine's processors.

    Parameters
    ----------
    campaign
        Only of this one; of all, and of nobody's, where left out.
    tell
        Told how many of how many measurements are done.
    """
    begun = time.monotonic()
    features, measurements = SqlFeatures(opened.database), SqlMeasurements(opened.database)
    processing = Processing(
        measurements,
        features,
        declared=_declared(opened),
        blob=Blobs(opened.workspace.blobs).path,
        profiles=opened.workspace.profiles,
        clock=SystemClock(),
    )
    standing = processing.standing(campaign)
    whose = {one.id: one.specimen or one.proposal for one in measurements.measurements(campaign=campaign)}
    found: list[Derived] = []
    again: list[Derived] = []
    if standing.n_due:
        with open_engine("processes" if n_jobs > 1 else "serial", n_workers=n_jobs) as engine:
            for taken in processing.take(standing, engine):
                found += taken.derived
                again += [one for one in taken.derived if one.measurement in taken.again]
                tell(len(found), standing.n_due)
    compared = moved(
        (one.modality, (whose[one.measurement], features.before(one.measurement, one.recipe), one.features))
        for one in again
        if not one.fault
    )
    return ProcessView(
        n_measurements=len(found),
        n_done_before=standing.n_done,
        n_features=sum(len(one.features) for one in found),
        n_peaks=sum(len(one.peaks) for one in found),
        faults=tuple(
            FaultyView(
                measurement=one.measurement, specimen=whose[one.measurement], modality=one.modality, fault=one.fault
            )
            for one in found
            if one.fault
        ),
        unhandled=standing.unhandled,
        moved=tuple(MovedView.of(one) for one in compared),
        seconds=time.monotonic() - begun,
    )


def features_seen(opened: Opened, what: str, *, modality: str = "") -> FeaturesView:
    """Return the features of a measurement, a specimen or a proposal.

    Raises
    ------
    LookError
        If nothing has that name; says what is near.
    """
    found = measured_of(what, SqlMeasurements(opened.database))
    if modality:
        found = [one for one in found if modality_key(one.modality) == modality_key(modality)]
    return FeaturesView.of(found, SqlFeatures(opened.database).derived([one.id for one in found]))


def features_catalogued(opened: Opened, *, campaign: str | None = None, modality: str = "") -> CatalogueView:
    """Return every feature over all specimens, with the trust that re-measurements give it.

    Parameters
    ----------
    campaign
        Only of this one; of all where left out.
    """

    def is_meant(name: str) -> bool:
        return not modality or modality_key(name) == modality_key(modality)

    features = SqlFeatures(opened.database)
    values = [one for one in features.values(campaign) if is_meant(one.modality)]
    done = features.recipes()
    waiting = [
        one
        for one in SqlMeasurements(opened.database).measurements(campaign=campaign)
        if one.judgement != "excluded" and one.id not in done and is_meant(one.modality)
    ]
    return CatalogueView.of(
        catalogue_of(values),
        n_specimens=len({one.specimen for one in values if one.specimen}),
        n_of_nobody=len({one.measurement for one in values if not one.specimen}),
        n_unprocessed=len(waiting),
    )


def _declared(opened: Opened) -> Callable[[str], Mapping[str, Handling]]:
    """Return what looks up the recipes that a campaign declares."""
    known = set(opened.service.campaigns())
    return lambda campaign: opened.service.plan(campaign).chains if campaign in known else {}
