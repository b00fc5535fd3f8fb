"""What is right and what is not about the machine: disks, folders, software, where models are fitted. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from loop.counting import some_of
from services.campaign.operations.findings import Finding, Verdict, fine_unless
from services.campaign.workspace import ComputeSettings

__all__ = ["Place", "Remains", "judge_compute", "judge_places", "judge_remains", "judge_software"]

LITTLE_BYTES, TOO_LITTLE_BYTES = 1_000_000_000, 50_000_000
OLD_REMAINS = timedelta(minutes=10)
"""A write takes seconds; what is older was interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder that is written to: room on its disk, and why writing there failed, empty where it worked."""

    name: str
    free_bytes: int
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """Something that an interrupted write or restore left behind."""

    name: str
    since: datetime


def judge_places(places: Sequence[Place]) -> list[Finding]:
    """Judge the folders that are written to and the room on their disks."""
    found = [
        Finding(area="disk", verdict="broken", found=place.refusal, wanted="a folder that can be written to")
        for place in places
        if place.refusal
    ]
    least = min(places, key=lambda place: place.free_bytes)
    told = f"{least.free_bytes / 1e9:.1f} GB free for {least.name}"
    if least.free_bytes < LITTLE_BYTES:
        verdict: Verdict = "broken" if least.free_bytes < TOO_LITTLE_BYTES else "look"
        found.append(Finding(area="disk", verdict=verdict, found=told, wanted="at least 1 GB free"))
    return fine_unless("disk", found, f"{told}; {', '.join(place.name for place in places)} can be written")


def judge_remains(remains: Sequence[Remains], now: datetime) -> list[Finding]:
    """Judge what interrupted writes left behind."""
    old = [one.name for one in remains if now - one.since > OLD_REMAINS]
    if not old:
        return []
    wanted = "harmless; remove them where no restore is under way"
    return [Finding(area="disk", verdict="look", found=f"left by an interrupted write: {some_of(old)}", wanted=wanted)]


def judge_software(platform: str, versions: Mapping[str, str | None]) -> list[Finding]:
    """Judge which software there is.

    Parameters
    ----------
    versions
        By distribution; None where it is not installed.
    """
    missing = [name for name, version in versions.items() if version is None]
    found = [Finding(area="versions", verdict="fine", found=platform)]
    told = ", ".join(f"{name} {version}" for name, version in versions.items() if version is not None)
    if told:
        found.append(Finding(area="versions", verdict="fine", found=told))
    if missing:
        wanted = "pip install meguri once more, into an environment of its own"
        found.append(
            Finding(area="versions", verdict="broken", found=f"not installed: {', '.join(missing)}", wanted=wanted)
        )
    return found


def judge_compute(
    settings: ComputeSettings, *, n_cores: int, has_dask: bool, silence: str | None = None
) -> list[Finding]:
    """Judge where models are fitted.

    Parameters
    ----------
    has_dask
        Whether the extra is installed.
    silence
        Why nothing answers at the address that is named, None where something does or none is named.
    """
    told = f"engine {settings.engine}"
    if settings.engine != "serial":
        told += f", {settings.workers} at a time"
    if settings.address:
        told += f", at {settings.address}"
    if settings.engine == "dask" and not has_dask:
        return [_broken(f"{told}: Dask is not installed", "pip install 'meguri[dask]', or another engine")]
    if settings.engine == "dask" and silence is not None:
        return [_broken(f"{told}: {silence}", "start it there with dask scheduler, or another engine")]
    if settings.engine != "serial" and not settings.address and settings.workers > n_cores:
        wanted = f"workers = {n_cores}: more than there are cores make each slower"
        return [
            Finding(area="compute", verdict="look", found=f"{told}; this machine has {n_cores} cores", wanted=wanted)
        ]
    return [Finding(area="compute", verdict="fine", found=told)]


def _broken(found: str, wanted: str) -> Finding:
    return Finding(area="compute", verdict="broken", found=found, wanted=wanted)
