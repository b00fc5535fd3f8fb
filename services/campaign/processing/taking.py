"""Take measurements through their recipes: those that did not go through theirs yet, a file at a time, on an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from pathlib import Path

from loop.ports import Clock
from services.campaign.processing.deriving import Due, derived_of_file
from services.campaign.processing.handling import Handling, handling_of
from services.compute import Engine, Outcome, Task
from services.records.derived import Derived
from services.store.features import SqlFeatures
from services.store.measurements import SqlMeasurements

__all__ = ["Processing", "Standing", "Taken"]

_LONGEST_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is to be done.

    Attributes
    ----------
    due
        Measurements whose recipe was not gone through yet, by their file.
    n_done
        How many went through theirs.
    unhandled
        How many have no recipe, by modality.
    """

    due: Mapping[str, Due]
    n_done: int
    unhandled: Mapping[str, int]

    @property
    def n_due(self) -> int:
        """How many measurements are due."""
        return sum(len(of_file) for of_file in self.due.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a file: what was made of its measurements, and which went through another recipe before."""

    derived: tuple[Derived, ...]
    again: tuple[str, ...]


class Processing:
    """Takes the measurements of a workspace through their recipes.

    Parameters
    ----------
    declared
        The recipes that a campaign declares, by modality; the campaign is empty for measurements of nobody's.
    blob
        Where the kept bytes of a hash lie.
    """

    def __init__(
        self,
        measurements: SqlMeasurements,
        features: SqlFeatures,
        *,
        declared: Callable[[str], Mapping[str, Handling]],
        blob: Callable[[str], Path],
        profiles: Path,
        clock: Clock,
    ) -> None:
        self._measurements, self._features = measurements, features
        self._declared, self._blob, self._profiles, self._clock = declared, blob, profiles, clock

    def standing(self, campaign: str | None = None) -> Standing:
        """Say what is to be done, of one campaign or of all. What a person excluded is left alone."""
        last = self._features.recipes()
        recipes: dict[tuple[str, str], tuple[Handling, str] | None] = {}
        due: dict[str, dict[int, tuple[str, str, Handling]]] = {}
        unhandled: dict[str, int] = {}
        n_done = 0
        for one in self._measurements.measurements(campaign=campaign):
            if one.judgement == "excluded":
                continue
            key = (one.campaign, one.modality)
            if key not in recipes:
                handling = handling_of(one.modality, self._declared(one.campaign))
                recipes[key] = None if handling is None else (handling, handling.recipe)
            found = recipes[key]
            if found is None:
                unhandled[one.modality] = unhandled.get(one.modality, 0) + 1
            elif last.get(one.id) == found[1]:
                n_done += 1
            else:
                due.setdefault(one.file, {})[one.number] = (one.id, one.modality, found[0])
        return Standing(due=due, n_done=n_done, unhandled=unhandled)

    def take(self, standing: Standing, engine: Engine) -> Iterator[Taken]:
        """Work off what is due, and write each share as it is done: stopped, the next time goes on from there."""
        files = {file.hash: file for file in self._measurements.files()}
        last = self._features.recipes()
        waiting: dict[Future[Outcome], Due] = {}
        for hash_, due in standing.due.items():
            file = files[hash_]
            named = ", ".join(f"{one[0]} by {one[2].recipe}" for one in due.values())
            arguments = (str(self._blob(hash_)), file.name, file.reader, str(self._profiles), due)
            waiting[engine.submit(Task(named, derived_of_file, arguments, timeout_s=_LONGEST_S))] = due
        for future in as_completed(waiting):
            outcome = future.result()
            if outcome.failure is None:
                derived = tuple(outcome.value)
            else:
                derived = tuple(
                    Derived(measurement=id_, recipe=handling.recipe, modality=modality, fault=str(outcome.failure))
                    for id_, modality, handling in waiting[future].values()
                )
            for one in derived:
                self._features.put(one, at=self._clock.now())
            yield Taken(derived=derived, again=tuple(one.measurement for one in derived if one.measurement in last))
