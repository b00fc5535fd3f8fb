"""Tensile tests whose answer is known: a material's law, a machine that gives, slips and stops, and noise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from services.records.curve import Channel, Curve
from services.records.reading import Amount, Facts, Reading

WIDTH, THICKNESS, GRIPS = 10.0, 4.0, 115.0
AREA = WIDTH * THICKNESS
COMPLIANCE = 4e-4
"""mm of travel per N that the machine itself gives."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One planted test. `toe` and `prestress` are in mm/mm and MPa; `breaks_at` in mm/mm."""

    modulus: float = 1500.0
    yield_stress: float = 32.0
    yield_strain: float = 0.09
    draw: float = 0.7
    breaks_at: float = 3.0
    breaks: bool = True
    toe: float = 0.0
    noise: float = 0.0
    slip_at: float | None = None
    seed: int = 0
    label: str = "1"
    n_elastic: int = 250

    def stress(self, strain: np.ndarray) -> np.ndarray:
        """Straight up to 0.4 % strain, then round to a flat top, then down to drawing."""
        bend = 0.004
        top, start = self.yield_stress, self.modulus * bend
        u = np.clip((strain - bend) / (self.yield_strain - bend), 0, 1)
        power = self.modulus * (self.yield_strain - bend) / (top - start)
        round_ = start + (top - start) * (1 - (1 - u) ** power)
        past = np.clip((strain - self.yield_strain) / self.yield_strain, 0, None)
        drawn = top * (self.draw + (1 - self.draw) * np.exp(-3 * past**2))
        up = np.where(strain <= bend, self.modulus * strain, round_)
        return np.where(strain <= self.yield_strain, up, drawn)

    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Time in s, strain in mm/mm as the extensometer shows it, stress in MPa."""
        end = self.breaks_at
        near = np.linspace(0, min(0.005, end), self.n_elastic, endpoint=False)
        mid = np.linspace(0.005, min(0.25, end), 700, endpoint=False) if end > 0.005 else np.array([])
        far = np.linspace(0.25, end, 900) if end > 0.25 else np.array([end])
        true = np.concatenate([near, mid, far])
        stress = self.stress(true)
        strain = true
        if self.toe:
            slack = np.linspace(0, self.toe, 60, endpoint=False)
            early = true < 0.0004  # the seating is rounded: it takes this part of the straight line away
            strain = np.concatenate([slack, true[~early] + self.toe])
            stress = np.concatenate([stress[~early][0] * (slack / (1.5 * self.toe)) ** 2, stress[~early]])
        if self.slip_at is not None:
            k = int(np.argmax(strain >= self.slip_at))
            lost, back = np.linspace(1, 0.75, 4)[1:], np.linspace(0.75, 1, 12)
            unloaded = stress[k] * np.concatenate([lost, back])
            at = strain[k] - (stress[k] - unloaded) / self.modulus
            strain = np.concatenate([strain[: k + 1], at, strain[k + 1 :]])
            stress = np.concatenate([stress[: k + 1], unloaded, stress[k + 1 :]])
        stress = stress + self.noise * np.random.default_rng(self.seed).normal(size=len(stress))
        if self.breaks:
            strain, stress = np.append(strain, [strain[-1]] * 2), np.append(stress, [0.01 * stress.max(), 0.0])
        return np.arange(len(stress)) * 0.1, strain, stress

    def but(self, **changes: object) -> Bar:
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Export:
    """How a machine hands a test over: which channels, in which units."""

    channels: tuple[tuple[str, str], ...] = (("strain", "%"), ("stress", "MPa"))
    conditions: dict[str, Amount] = field(
        default_factory=lambda: {
            "width": Amount(WIDTH, "mm"),
            "thickness": Amount(THICKNESS, "mm"),
            "grip_distance": Amount(GRIPS, "mm"),
        }
    )


UNITS = {
    "%": 100.0,
    "": 1.0,
    "mm/mm": 1.0,
    "MPa": 1.0,
    "N": 1.0,
    "kN": 1e-3,
    "mm": 1.0,
    "cm": 0.1,
    "kPa": 1e3,
    "s": 1.0,
}


def exported(bar: Bar, export: Export = Export(), gauge: float = 50.0) -> Reading:
    """The reading of a planted bar along time."""
    time, strain, stress = bar.rows()
    travel = strain * GRIPS + COMPLIANCE * stress * AREA
    if bar.slip_at is not None:  # the grips went on while the bar lost load
        falls = np.clip(-np.diff(stress, prepend=stress[0]), 0, None)
        falls[-2:] = 0
        travel = travel + np.cumsum(0.05 * falls)
        travel = np.maximum.accumulate(travel)
    numbers = {
        "time": time,
        "strain": strain,
        "stress": stress,
        "force": stress * AREA,
        "extension": strain * gauge,
        "crosshead": travel,
        "nominal_strain": travel / GRIPS,
    }
    return Reading(
        modality="tensile",
        label=bar.label,
        facts=Facts(conditions=export.conditions),
        curves=(
            Curve(
                axis=Channel("time", "s", time),
                channels=tuple(Channel(q, unit, numbers[q] * UNITS[unit]) for q, unit in export.channels),
            ),
        ),
    )


FULL = Export(channels=(("strain", "%"), ("force", "N"), ("crosshead", "mm")))
