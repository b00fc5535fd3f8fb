"""Which specimens teach the model, whatever version they were made under, and why the others do not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loop.definition import Definition
from loop.ids import SpecimenId
from loop.observations import Observation, TargetValue
from loop.state import CampaignState
from loop.values import Setting
from loop.versions import Reading, Versions

__all__ = ["Silent", "Taught", "silent", "silent_by_reason", "taught"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A specimen that teaches: what was seen of it, and how the definition in force reads what it was made of."""

    observation: Observation
    reading: Reading

    @property
    def settings(self) -> Mapping[str, Setting]:
        """Everything that the model is told of what it was made of."""
        return {**self.reading.settings, **self.reading.former}


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A specimen that teaches nothing, and why. `is_unreadable`: because of what became of the space."""

    specimen_id: SpecimenId
    reason: str
    is_unreadable: bool = False


def taught(definition: Definition, versions: Versions, observations: Sequence[Observation]) -> list[Taught]:
    """Return the specimens that teach: not excluded, with a result, and made of what the model can be told."""
    usable = [seen for seen in observations if not seen.is_excluded and _has_result(definition, seen)]
    readings = [Taught(observation=seen, reading=versions.read(seen.as_made)) for seen in usable]
    return [one for one in readings if not one.reading.obstacle]


def silent(state: CampaignState) -> list[Silent]:
    """Return the specimens that teach nothing, in the order of arrival, each with its reason."""
    found = []
    for which, record in state.specimens.items():
        seen = record.observation
        obstacle = state.versions.read(seen.as_made).obstacle
        if seen.is_excluded:
            because = f": {record.excluded_because}" if record.excluded_because else ""
            found.append(Silent(specimen_id=which, reason=f"excluded{because}"))
        elif not _has_result(state.definition, seen):
            found.append(Silent(specimen_id=which, reason="no result of a target that is measured"))
        elif obstacle:
            found.append(Silent(specimen_id=which, reason=obstacle, is_unreadable=True))
    return found


def silent_by_reason(state: CampaignState) -> dict[str, list[SpecimenId]]:
    """Group the specimens that teach nothing by why they do not, in the order of arrival."""
    found: dict[str, list[SpecimenId]] = {}
    for one in silent(state):
        found.setdefault(one.reason, []).append(one.specimen_id)
    return found


def _has_result(definition: Definition, seen: Observation) -> bool:
    return any(_is_known(seen.targets[name]) for name in definition.measured_targets if name in seen.targets)


def _is_known(value: TargetValue) -> bool:
    return value.mean is not None or value.limit is not None
