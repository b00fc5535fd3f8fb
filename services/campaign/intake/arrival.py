"""A file that came: where its bytes lie, what it is called, and what became of it. Values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services.campaign.intake.manifest import ManifestRow
from services.records.measurement import Measurement

__all__ = ["Arrival", "Fate", "Outcome"]

Fate = Literal["new", "known", "refused", "later"]
"""Whether a file holds measurements not seen before, came before, cannot be read, or not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file to take in.

    Parameters
    ----------
    path
        Where its bytes lie.
    inside
        Name of the file inside, where `path` is a zip; empty for a plain file.
    name
        What it is called, with the folders below the one that was looked into; for people, and to find ids in.
    said
        What the manifest beside it says of it.
    reader
        Reader that a person named; empty where the content says.
    specimen
        Specimen or proposal that a person named; empty where the file says.
    refusal
        Why it may not even be looked at, as a link that leads elsewhere; empty where it may.
    hindrance
        Why it cannot be read just now, as while it is being written; empty where it can.
    """

    path: Path
    name: str
    inside: str = ""
    said: ManifestRow | None = None
    reader: str = ""
    specimen: str = ""
    refusal: str = ""
    hindrance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file.

    `measurements` are those that it holds, new or known; `reason` and `hint` say why it was refused; `notes` what a
    person should know.
    """

    arrival: Arrival
    fate: Fate
    hash: str = ""
    measurements: tuple[Measurement, ...] = ()
    reason: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()

    @property
    def waiting(self) -> tuple[Measurement, ...]:
        """Measurements of which nobody can tell whose they are."""
        return tuple(m for m in self.measurements if not m.is_linked and m.judgement != "excluded")

    @property
    def doubted(self) -> tuple[Measurement, ...]:
        """Measurements that look wrong and wait for a person."""
        return tuple(m for m in self.measurements if m.judgement == "doubted")
