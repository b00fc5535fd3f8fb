"""A campaign small enough to run in a blink, and what its specimens show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loop.observations import TargetValue
from loop.ports import Journal
from loop.values import Setting
from services.campaign.definition import CampaignDefinition, read_campaign_definition
from services.campaign.service import CampaignService

TINY = """\
schema: 1
campaign: PP01
title: Films
parameters:
  temperature: {kind: continuous, unit: °C, low: 180, high: 240, step: 5}
  screw: {kind: categorical, levels: [slow, fast]}
constraints:
  - {kind: linear, name: not too hot, coefficients: {temperature: 1}, at_most: 235, safety: true}
targets:
  strength: {unit: MPa, goal: maximise, repeatability_sd: 0.1}
policy: {batch: 2, initial: {count: 3}}
"""

BLEND = """\
schema: 1
campaign: BLEND
ingredients:
  batch_kg: 1
  components:
    PP: {low: 50, high: 100, step: 0.5, balance_g: 1}
    talc: {low: 0, high: 30, step: 0.5, balance_g: 1}
    oil: {low: 0, high: 20, step: 0.5, balance_g: 1}
parameters:
  speed: {kind: continuous, unit: rpm, low: 100, high: 300, step: 10}
targets:
  modulus: {unit: GPa, goal: maximise}
  cost: {unit: EUR/kg, goal: minimise, source: {expression: 0.01 * PP + 0.005 * talc + 0.03 * oil}}
objective: {kind: pareto}
policy: {batch: 2, initial: {count: 3}, replicates: 2}
"""


FOUR = """\
schema: 1
campaign: FOUR
parameters:
  resin: {kind: categorical, levels: [epoxy, acrylic]}
  cure: {kind: discrete, unit: min, values: [10, 20]}
targets:
  gloss: {goal: maximise}
"""


class Ticking:
    """A clock that moves on by a minute each time it is asked."""

    def __init__(self) -> None:
        self._now = datetime(2025, 4, 1, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now


def read(text: str = TINY) -> CampaignDefinition:
    def no_table(file: str) -> list[dict[str, Setting]]:
        raise OSError(f"{file}: these definitions name no table")

    return read_campaign_definition(text, file_name="tiny.yaml", read_table=no_table)


def begun(journal: Journal, text: str = TINY, *, actor: str = "suzuki") -> CampaignService:
    """A service whose campaign has begun."""
    service = CampaignService(journal=journal, clock=Ticking(), actor=actor)
    service.adopt(read(text))
    return service


def strength(formulation: Mapping[str, Setting]) -> float:
    """What a film of the tiny campaign shows: best slow and at 210 °C."""
    off = (float(formulation["temperature"]) - 210) / 30
    return round(40 * math.exp(-off * off) - (5 if formulation.get("screw") == "fast" else 0), 3)


def modulus(formulation: Mapping[str, Setting]) -> float:
    """What a blend shows: talc stiffens, oil softens."""
    return round(1.5 + 0.05 * float(formulation["talc"]) - 0.04 * float(formulation["oil"]), 4)


def measured(value: float) -> TargetValue:
    return TargetValue(mean=value)


def run_cycle(service: CampaignService, campaign: str = "PP01") -> list[str]:
    """Propose, approve and measure one whole cycle of the tiny campaign; return the proposals' ids."""
    opened = service.propose(campaign)
    service.approve(campaign)
    for record in opened:
        service.record(record.proposal.id, {"strength": measured(strength(record.planned))}, source="typed in")
    return [str(record.proposal.id) for record in opened]


def past_results(path: Path, n: int = 6) -> Path:
    """Write a CSV file of past films."""
    rows = [(180 + 10 * (i % 6), ("slow", "fast")[i % 2]) for i in range(n)]
    lines = ["film,temperature (°C),screw,strength (MPa)"]
    for i, (t, s) in enumerate(rows, start=1):
        lines.append(f"F{i},{t},{s},{strength({'temperature': t, 'screw': s})}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
