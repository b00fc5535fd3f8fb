"""What a look at a workspace found: each thing with a verdict, and what would be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Verdict", "fine_unless", "worst"]

Verdict = Literal["fine", "look", "broken"]
"""fine; look: a person should look at it, work goes on; broken: something does not work or will not for long."""

_ORDER: tuple[Verdict, ...] = ("fine", "look", "broken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `wanted` says what would be right, empty where it is."""

    area: str
    verdict: Verdict
    found: str
    wanted: str = ""


def fine_unless(area: str, found: Sequence[Finding], summary: str) -> list[Finding]:
    """Return what was found, or that all is well where nothing was."""
    return list(found) or [Finding(area=area, verdict="fine", found=summary)]


def worst(findings: Sequence[Finding]) -> Verdict:
    """Return the worst verdict of all, fine where there is none."""
    return max((finding.verdict for finding in findings), key=_ORDER.index, default="fine")
