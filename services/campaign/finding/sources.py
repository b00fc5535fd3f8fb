"""What is known of each measurement: in its row, in its file, and of its specimen in the campaign. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from loop.ids import ProposalId
from loop.judgement import SpecimenRow
from loop.observations import State
from loop.progress import specimen_rows
from loop.space.parameters import Categorical
from loop.state import CampaignState
from services.campaign.finding.names import Kind, Name, Names
from services.campaign.finding.truth import Known
from services.records.measurement import KeptFile, Measurement
from services.records.reading import Amount

__all__ = ["Sources", "amount_in", "moment_in"]

_AMOUNT = re.compile(r"(?P<limit>[<>]?)(?P<value>\S+)(?: (?P<unit>.*))?", re.DOTALL)


def amount_in(text: str) -> Amount | None:
    """Read an amount as it was written; None where it is none."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    limit: Literal["", "<", ">"] = "<" if match["limit"] == "<" else ">" if match["limit"] == ">" else ""
    try:
        return Amount(float(match["value"]), match["unit"] or "", limit)
    except ValueError:
        return None


def moment_in(text: str) -> datetime | None:
    """Read a moment in ISO 8601; None where it is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


class Sources:
    """All that questions are asked of.

    Parameters
    ----------
    measurements
        Those that are looked through.
    files
        Their files, by hash.
    states
        The campaigns that they may belong to, by id.
    """

    def __init__(
        self, measurements: Sequence[Measurement], files: Mapping[str, KeptFile], states: Mapping[str, CampaignState]
    ) -> None:
        self.measurements = tuple(measurements)
        self._files, self._states = files, states
        self._specimens: dict[str, SpecimenRow] = {}
        self._of_proposal: dict[str, list[str]] = {}
        for state in states.values():
            for row in specimen_rows(state):
                self._specimens[row.specimen_id] = row
                if row.proposal_id is not None:
                    self._of_proposal.setdefault(row.proposal_id, []).append(row.specimen_id)

    def names(self) -> Names:
        """Return every name that may be asked for here."""
        units: dict[str, dict[str, None]] = {}
        kinds: dict[str, set[Kind]] = {}
        for state in self._states.values():
            for name, target in state.definition.targets.items():
                units.setdefault(f"target.{name}", {})[target.unit] = None
            for name, knob in state.knobs_of([seen.as_made for seen in state.observations]).items():
                units.setdefault(f"made.{name}", {})[state.versions.unit_of(name)] = None
                kinds.setdefault(f"made.{name}", set()).add("text" if isinstance(knob, Categorical) else "number")
        for measurement in self.measurements:
            for key, amount in _amounts(measurement):
                units.setdefault(key, {})[amount.unit] = None
        return Names(
            Name(key=key, kind=_kind(kinds.get(key, set())), units=tuple(found)) for key, found in units.items()
        )

    def known(self, measurement: Measurement, key: str) -> Known | None:
        """Say what is known of a measurement under a name's key; None where it is missing."""
        of, _, name = key.partition(".")
        match of if name else "":
            case "":
                return self._field(measurement, key)
            case "target":
                return self._target(measurement, name)
            case "made":
                return self._made(measurement, name)
        return next((amount for found, amount in _amounts(measurement) if found == key), None)

    def _field(self, measurement: Measurement, key: str) -> Known | None:
        file, piece = self._files.get(measurement.file), measurement.piece
        match key:
            case "id" | "label" | "modality" | "campaign" | "specimen" | "judgement":
                return getattr(measurement, key) or None
            case "instrument" | "operator" | "session" | "proposal":
                return getattr(measurement, key) or None
            case "batch" | "moulding_run" | "bar" | "conditioning":
                return getattr(piece, key) or None
            case "file":
                return None if file is None else file.name
            case "reader":
                return (file.reader or None) if file is not None else None
            case "received":
                return None if file is None else file.received_at
            case "doubt":
                return ", ".join(kind for kind, _ in measurement.doubts) or None
            case "measured":
                return moment_in(measurement.measured_at)
            case "age":
                days = piece.age_days(moment_in(measurement.measured_at))
                return None if days is None else Amount(days, "days")
            case "cycle":
                return self._cycle(measurement)
        return None

    def _rows(self, measurement: Measurement) -> list[SpecimenRow]:
        """List the specimens that a measurement is of: one, or all of its proposal where nobody said which."""
        ids = [measurement.specimen] if measurement.specimen else self._of_proposal.get(measurement.proposal, [])
        return [self._specimens[one] for one in ids if one in self._specimens]

    def _cycle(self, measurement: Measurement) -> Amount | None:
        state = self._states.get(measurement.campaign)
        if state is not None and measurement.proposal in state.proposals:
            return Amount(float(state.proposals[ProposalId(measurement.proposal)].proposal.cycle))
        cycles = {row.cycle for row in self._rows(measurement)}
        return Amount(float(cycles.pop())) if len(cycles) == 1 else None

    def _target(self, measurement: Measurement, name: str) -> Amount | None:
        state = self._states.get(measurement.campaign)
        if state is None or name not in state.definition.targets:
            return None
        unit, rows = state.definition.targets[name].unit, self._rows(measurement)
        numbers = [value for row in rows if (value := row.values.get(name)) is not None]
        if numbers:
            return Amount(sum(numbers) / len(numbers), unit)
        if len(rows) != 1:
            return None
        seen = state.specimens[rows[0].specimen_id].observation.targets.get(name)
        if seen is None or seen.limit is None:
            return None
        return Amount(seen.limit, unit, "<" if seen.state is State.BELOW_DETECTION else ">")

    def _made(self, measurement: Measurement, name: str) -> Known | None:
        state = self._states.get(measurement.campaign)
        found = dict.fromkeys(row.as_made.get(name) for row in self._rows(measurement))
        if state is None or len(found) != 1:
            return None
        (value,) = found
        return value if isinstance(value, str) or value is None else Amount(float(value), state.versions.unit_of(name))


def _kind(kinds: set[Kind]) -> Kind:
    """Join what a name is in several campaigns."""
    return "number" if not kinds else kinds.pop() if len(kinds) == 1 else "setting"


def _amounts(measurement: Measurement) -> Iterator[tuple[str, Amount]]:
    told: Iterable[tuple[str, Mapping[str, str]]] = (
        ("amount", measurement.content.amounts),
        ("condition", measurement.facts.get("conditions") or {}),
    )
    for of, amounts in told:
        for name, text in amounts.items():
            amount = amount_in(str(text))
            if amount is not None:
                yield f"{of}.{name}", amount
