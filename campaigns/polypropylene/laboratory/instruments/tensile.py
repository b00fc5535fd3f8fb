"""Tensile tests of five bars 1A by ISO 527-2: 1 mm/min up to 0.3 % strain, 50 mm/min after, extensometer up to yield.

The course of stress is declared, not taken from a fitter: it rises as a power law that has the modulus of the bar
between 0.05 and 0.25 % and its maximum at yield; a bar that necks falls to a drawing stress and hardens while the neck
runs, one that does not softens a little and breaks. What is recorded beside it: grips that settle, the give of the
machine, now and then a slip (load falls, the bar springs back and is loaded again along its first stiffness while the
grips have moved), a machine that has its end at 400 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.optimize import brentq

from campaigns.polypropylene.laboratory.behaviour import SCATTER, Properties
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.writing.facts import facts_of, habits_for
from campaigns.polypropylene.laboratory.writing.text import delimited_text

__all__ = ["N_BARS", "Bar", "Record", "bar_of", "bars_of", "record_of", "tensile"]

N_BARS = 5
_GRIPS_MM, _TRAVEL_MM, _AREA_MM2 = 115.0, 400.0, 40.0
_LOG_SD_ELONGATION = 0.25
_DRAWING = 0.74  # drawing stress over yield stress
_COMPLIANCE = 6e-5  # give of machine and grips, mm/N
_SLIPS = 0.03  # share of bars that slip
_SLIP_LOSS = 0.12  # share of the load that a slip loses
_SOFTENS = 0.035  # of the yield stress, of a bar that does not neck
_PRESTRESS_MPA = (0.02, 0.15)
_WIDTH_MM, _THICKNESS_MM, _DIMENSION_SD_MM = 10.0, 4.0, 0.02
_FORCE_NOISE_N, _STRAIN_NOISE = 0.4, 2e-6
_SLOW_UNTIL, _SLOW, _FAST = 0.003, 1.0, 50.0  # strain; mm/min


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What one bar truly shows: MPa, strains in mm/mm; `elongation` is nominal."""

    modulus: float
    yield_stress: float
    yield_strain: float
    elongation: float
    necks: bool
    slips: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the machine writes of a bar: s, %, %, MPa, mm, N; strain is NaN where the extensometer was off.

    `nominal` is travel of the grips over their first distance, `stress` the force over the bar's own cross-section.
    """

    time: np.ndarray
    strain: np.ndarray
    nominal: np.ndarray
    stress: np.ndarray
    travel: np.ndarray
    force: np.ndarray


def bar_of(properties: Properties, rng: np.random.Generator) -> Bar:
    """Draw one bar of a compound."""
    modulus = properties.modulus * np.exp(SCATTER["modulus"][0] * rng.standard_normal())
    top = properties.yield_strength * np.exp(SCATTER["yield_strength"][0] * rng.standard_normal())
    necks = bool(rng.random() < properties.necking_probability)
    middle = properties.elongation_necked if necks else properties.elongation_brittle
    elongation = middle / 100 * np.exp(_LOG_SD_ELONGATION * rng.standard_normal())
    strain = properties.yield_strain * np.exp(0.02 * rng.standard_normal())
    least = 4.0 * strain if necks else 0.004
    return Bar(
        modulus=float(modulus),
        yield_stress=float(top),
        yield_strain=float(strain),
        elongation=float(max(elongation, least)),
        necks=necks,
        slips=bool(rng.random() < _SLIPS),
    )


def bars_of(properties: Properties, rng: np.random.Generator) -> list[Bar]:
    """Draw the bars of a specimen, before any is pulled."""
    return [bar_of(properties, rng) for _ in range(N_BARS)]


def record_of(bar: Bar, rng: np.random.Generator) -> Record:
    """Pull a bar until it breaks or the machine has its end."""
    end = min(bar.elongation, _TRAVEL_MM / _GRIPS_MM)
    strain = _strains(bar, end)
    stress = _stress(bar, strain)
    breaks = bar.elongation <= _TRAVEL_MM / _GRIPS_MM
    settled = float(rng.uniform(0.01, 0.06))  # mm that the grips take before they hold
    travel = _GRIPS_MM * strain + _COMPLIANCE * stress * _AREA_MM2
    travel = travel + settled * (1 - np.exp(-strain / 0.002))
    if bar.slips and end > 0.8 * bar.yield_strain:
        strain, stress, travel = _slipped(bar, strain, stress, travel, at=float(rng.uniform(0.35, 0.7)))
    speed = np.where(strain < _SLOW_UNTIL, _SLOW, _FAST) / 60
    time = np.concatenate([[0.0], np.cumsum(np.diff(travel) / speed[1:])])
    stress = stress + float(rng.uniform(*_PRESTRESS_MPA)) * np.exp(-strain / 0.05)
    stress = stress + _FORCE_NOISE_N / _AREA_MM2 * rng.standard_normal(len(strain))
    on_bar = strain + _STRAIN_NOISE * rng.standard_normal(len(strain))
    on_bar[strain > 1.15 * bar.yield_strain] = np.nan
    if breaks:
        time = np.append(time, time[-1] + 0.02)
        stress = np.append(stress, 0.02 * stress[-1])
        travel = np.append(travel, travel[-1] + 0.02 * _FAST / 60)
        on_bar = np.append(on_bar, on_bar[-1])
    width = _WIDTH_MM + _DIMENSION_SD_MM * float(rng.standard_normal())
    thickness = _THICKNESS_MM + _DIMENSION_SD_MM * float(rng.standard_normal())
    return Record(
        time=time,
        strain=100 * on_bar,
        nominal=100 * travel / _GRIPS_MM,
        stress=stress,
        travel=travel,
        force=stress * width * thickness,
    )


def tensile(piece: Piece, properties: Properties, *, moulded_on: date, age_h: float) -> LabFile:
    """Test five bars of a specimen; they stand beside each other in one file."""
    records = [record_of(bar, piece.rng) for bar in bars_of(properties, piece.rng)]
    habits = habits_for(piece.session.instrument)
    n_rows = max(len(record.stress) for record in records)
    names: list[str] = []
    columns: list[list[str]] = []
    for number, record in enumerate(records, start=1):
        for name, values, form in (
            (f"Time {number} (s)", record.time, "%.2f"),
            (f"Force {number} (N)", record.force, "%.2f"),
            (f"Crosshead travel {number} (mm)", record.travel, "%.4f"),
            (f"Strain {number} (%)", record.strain, "%.5f"),
            (f"Nominal strain {number} (%)", record.nominal, "%.4f"),
            (f"Stress {number} (MPa)", record.stress, "%.4f"),
        ):
            names.append(name)
            columns.append(_cells(values, form, n_rows, habits.decimal))
    preamble = [
        *facts_of(piece),
        "Standard: ISO 527-2 type 1A",
        "Test speed: 50 mm/min",
        "Gauge length: 50 mm",
        "Grip distance: 115 mm",
        f"Width: {_WIDTH_MM:.2f} mm".replace(".", habits.decimal),
        f"Thickness: {_THICKNESS_MM:.2f} mm".replace(".", habits.decimal),
        f"Moulding date: {moulded_on.isoformat()}",
        f"Age at test: {age_h:g} h".replace(".", habits.decimal),
        "Conditioning: 23 °C, 50 % r.h.",
        "",
    ]
    data = delimited_text(preamble, [names], columns, ["%s"] * len(columns), habits)
    return LabFile(name=f"{piece.label} tensile.csv", modality="tensile", labels=(piece.label,), data=data)


def _strains(bar: Bar, end: float) -> np.ndarray:
    """Return where points are recorded: densely up to the modulus, up to yield, then along the neck."""
    first = np.linspace(0, min(_SLOW_UNTIL, end), 91)
    parts = [first]
    if end > _SLOW_UNTIL:
        parts.append(np.linspace(_SLOW_UNTIL, min(end, 1.3 * bar.yield_strain), 181)[1:])
    if end > 1.3 * bar.yield_strain:
        parts.append(np.linspace(1.3 * bar.yield_strain, end, 281)[1:])
    return np.concatenate(parts)


def _stress(bar: Bar, strain: np.ndarray) -> np.ndarray:
    """Return the stress of the first cross-section over strain, MPa."""
    power = _power(bar)
    before = bar.yield_stress * (1 - np.maximum(1 - strain / bar.yield_strain, 0.0) ** power)
    beyond = np.maximum(strain - bar.yield_strain, 0.0)
    if not bar.necks:
        return np.asarray(before * (1 - _SOFTENS * (1 - np.exp(-((beyond / bar.yield_strain) ** 2)))))
    fall = 1 - np.exp(-((beyond / 0.10) ** 2))
    drawn = _DRAWING + 0.16 * np.minimum(beyond / 6.0, 1.0) ** 1.5
    return np.asarray(before * (1 - fall * (1 - drawn)))


def _power(bar: Bar) -> float:
    """Find the power by which the curve has the bar's modulus between 0.05 and 0.25 % strain."""
    low, high = 0.0005, 0.0025

    def excess(power: float) -> float:
        rise = (1 - low / bar.yield_strain) ** power - (1 - high / bar.yield_strain) ** power
        return float(bar.yield_stress * rise / (high - low) - bar.modulus)

    return float(brentq(excess, 1.0, 60.0)) if excess(1.0) < 0 < excess(60.0) else 1.05


def _slipped(
    bar: Bar, strain: np.ndarray, stress: np.ndarray, travel: np.ndarray, *, at: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Let a bar slip at a share of its yield strain: points of falling and of loading again come in between."""
    i = int(np.searchsorted(strain, at * bar.yield_strain))
    lost = _SLIP_LOSS * stress[i]
    sprung = lost / bar.modulus
    way = _GRIPS_MM * sprung + _COMPLIANCE * lost * _AREA_MM2
    back = np.linspace(0, 1, 13)[:-1]
    return (
        np.concatenate([strain[: i + 1], strain[i] - sprung * (1 - back), strain[i + 1 :]]),
        np.concatenate([stress[: i + 1], stress[i] - lost * (1 - back), stress[i + 1 :]]),
        np.concatenate([travel[: i + 1], travel[i] + 0.02 + way * back, travel[i + 1 :] + 0.02 + way]),
    )


def _cells(values: np.ndarray, form: str, n_rows: int, decimal: str) -> list[str]:
    texts = ["" if np.isnan(value) else (form % value).replace(".", decimal) for value in values]
    return texts + [""] * (n_rows - len(texts))
