"""What the laboratory is told in the definition: ``lab: {name: polypropylene, settings: {dial: 90, faults: 0.01}}``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loop.hints import did_you_mean
from loop.schedule import LabChoice
from services.campaign.errors import CampaignError

__all__ = ["LaboratoryChoice", "read_choice"]

_KNOWN = ("dial", "faults", "begins", "past")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryChoice:
    """How the laboratory behaves.

    Attributes
    ----------
    seed
        Origin of everything that is drawn.
    dial
        Share of each property's variance that measured structure carries, 0 to 1.
    faults
        Share of files that come spoilt, beside the same file unspoilt.
    begins
        The Monday of the first cycle; every cycle takes a week.
    past
        Whether the files of what was made before the campaign come in too.
    """

    seed: int = 1
    dial: float = 0.9
    faults: float = 0.0
    begins: date = date(2026, 8, 3)
    past: bool = True


def read_choice(lab: LabChoice, *, where: str) -> LaboratoryChoice:
    """Read what a definition tells the laboratory; `dial` is per cent there, `begins` a day as 2026-08-03.

    Raises
    ------
    CampaignError
        If a word or its value is not understood; `where` names the campaign in the message.
    """
    settings: Mapping[str, float | str] = lab.settings
    for name in settings:
        if name not in _KNOWN:
            near = did_you_mean(name, _KNOWN)
            known = ", ".join(_KNOWN)
            raise CampaignError(f"{where}: lab.settings: the laboratory knows no {name!r}, only {known} {near}".strip())
    begins = str(settings.get("begins", LaboratoryChoice().begins.isoformat()))
    try:
        first_day = date.fromisoformat(begins)
    except ValueError as error:
        raise CampaignError(f"{where}: lab.settings.begins: {begins!r} is no day; one looks like 2026-08-03") from error
    return LaboratoryChoice(
        seed=lab.seed,
        dial=_share(settings.get("dial", 90), "dial", most=100, where=where) / 100,
        faults=_share(settings.get("faults", 0), "faults", most=1, where=where),
        begins=first_day,
        past=_share(settings.get("past", 1), "past", most=1, where=where) > 0,
    )


def _share(value: float | str, name: str, *, most: float, where: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        raise CampaignError(f"{where}: lab.settings.{name}: a number from 0 to {most:g} is needed, got {value!r}")
    return number
