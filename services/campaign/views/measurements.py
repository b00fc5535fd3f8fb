"""Measurements in lists: those that there are, those that wait, and what became of files that were taken in."""

from __future__ import annotations

from pydantic import Field

from loop.values import Frozen
from services.campaign.intake.arrival import Fate, Outcome
from services.records.measurement import Judgement, KeptFile, Measurement

__all__ = ["FileFaultView", "FilesCheckedView", "IngestView", "IngestedView", "MeasurementView", "MeasurementsView"]


class MeasurementView(Frozen):
    """One measurement, in short."""

    id: str
    file: str = Field(description="Name of its file.")
    label: str = Field(description="Which of several of its file; empty where it is alone.")
    modality: str = Field(description="Empty where its file may be of several.")
    campaign: str
    proposal: str
    specimen: str
    holds: str = Field(description="What it holds, in words.")
    measured_at: str = Field(description="When, as its file has it; empty where it does not say.")
    judgement: Judgement = Field(description="Whether it may train anything.")
    doubts: tuple[str, ...] = Field(description="What looks wrong.")
    waits_because: str = Field(description="Why nobody can tell whose it is; empty where it is linked.")
    suggestion: str

    @classmethod
    def of(cls, measurement: Measurement, file: str) -> MeasurementView:
        """Show a measurement; `file` is what its file is called."""
        told = measurement.model_dump(
            include={
                "id", "label", "modality", "campaign", "proposal", "specimen", "measured_at", "judgement",
                "waits_because", "suggestion",
            }
        )  # fmt: skip
        doubts = tuple(f"{kind}: {message}" for kind, message in measurement.doubts)
        return cls(file=file, holds=_holds(measurement), doubts=doubts, **told)


class MeasurementsView(Frozen):
    """Measurements of a workspace."""

    measurements: tuple[MeasurementView, ...]
    refused: tuple[tuple[str, str], ...] = Field(description="Files that are kept and cannot be read: name and reason.")

    @classmethod
    def of(cls, measurements: list[Measurement], files: dict[str, KeptFile]) -> MeasurementsView:
        """Show measurements with the names of their files, and the files that hold none."""
        return cls(
            measurements=tuple(MeasurementView.of(m, files[m.file].name) for m in measurements),
            refused=tuple(
                (file.name, file.refusal + (f" ({file.hint})" if file.hint else ""))
                for file in files.values()
                if file.refusal
            ),
        )


class IngestedView(Frozen):
    """What became of one file."""

    file: str
    fate: Fate = Field(description="`later`: it could not be read just now, as while it was being written.")
    hash: str = Field(description="SHA-256 of its bytes; empty where they were not looked at.")
    reason: str = Field(description="Why it was refused; empty where it was not.")
    measurements: tuple[MeasurementView, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, outcome: Outcome) -> IngestedView:
        """Show an outcome."""
        return cls(
            file=outcome.arrival.name,
            fate=outcome.fate,
            hash=outcome.hash,
            reason=outcome.reason + (f" ({outcome.hint})" if outcome.hint else ""),
            measurements=tuple(MeasurementView.of(m, outcome.arrival.name) for m in outcome.measurements),
            notes=outcome.notes,
        )


class IngestView(Frozen):
    """What became of files that were taken in."""

    n_files: int
    n_new: int
    n_known: int
    n_refused: int
    n_waiting: int = Field(description="Measurements of which nobody can tell whose they are.")
    n_doubted: int = Field(description="Measurements of these files that look wrong and wait for a person.")
    noticed: tuple[str, ...] = Field(description="What looks wrong beside other measurements, new or old.")
    files: tuple[IngestedView, ...]


class FileFaultView(Frozen):
    """One kept file that is not as it should be."""

    kind: str = Field(description="changed, missing, misplaced or extra.")
    where: str = Field(description="Its place below blobs/.")
    name: str = Field(description="What it was called when it came; empty where nobody knows.")
    reason: str
    wanted: str = Field(description="What mends it.")


class FilesCheckedView(Frozen):
    """What reading every kept file again found."""

    n_files: int
    n_bytes: int
    is_whole: bool = Field(description="Whether nothing that the database knows is changed or missing.")
    faults: tuple[FileFaultView, ...]


def _holds(measurement: Measurement) -> str:
    content = measurement.content
    told = []
    for axis, *channels in content.curves:
        names = ", ".join(name for name, *_ in channels)
        told.append(f"{names} over {axis[0]}, {axis[2]} points")
    told += [f"image {' × '.join(str(n) for n in shape[:2])}" for shape in content.images]
    told += [f"{name} {amount}" for name, amount in content.amounts.items()]
    return "; ".join(told)
