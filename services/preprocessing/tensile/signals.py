"""What a machine recorded of one bar, in N, mm, MPa and mm/mm: which channel is which, and what cannot be known. Pure.

A strain is *measured* where something sat on the bar; travel of the crosshead holds the machine's own give and is never
taken for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from services.preprocessing.conversions import Dimension, converted
from services.preprocessing.errors import NoStressError, PreprocessingError
from services.preprocessing.tensile.method import TensileMethod
from services.records.curve import Curve
from services.records.reading import Facts, Reading

__all__ = ["BarSignals", "signals_of"]

_FEWEST_POINTS = 8
_ON_THE_BAR = ("extensometer", "optical", "strain gauge")
_OF_GRIPS = re.compile(r"grip|einspann|clamp|mors|chuck|つかみ|チャック", re.I)
_OF_GAUGE = re.compile(r"gau?ge|messl|initiale|標線", re.I)
_OF_LENGTH = re.compile(r"length|distance|separation|länge|abstand|longueur|écart|entre|距離", re.I)
_LENGTH = re.compile(r"\s*(?P<number>\d{1,4}(?:[.,]\d{1,2})?)\s*(?P<unit>mm|cm|in)\s*")
_TAKEN_OFF = 0.5
_SMALL_STRAIN = 0.002
_STANDS = 10
"""A strain that falls to half under load, or is the same for this many points until the end, is no strain any more."""
_LOADED = 0.1
"""Below this share of the greatest stress two channels are not compared: their zeros differ."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BarSignals:
    """Rows of one test, each array of shape (n,), in the order in which they were recorded.

    Parameters
    ----------
    stress
        MPa, of the first cross-section.
    strain
        mm/mm as measured on the bar; None where `strain_refusal` says why.
    strain_last
        Last point at which the strain speaks: behind it the extensometer was taken off or stood at its end.
    nominal
        mm/mm, travel of the grips over their first distance; None where either is not known.
    travel
        mm, of the crosshead.
    progress
        What drives the test and never turns back by itself: travel, else time, else strain, else the points' order.
    stress_over_force
        Stress in the file divided by force over area; None where both are not there.
    """

    stress: np.ndarray
    strain: np.ndarray | None
    strain_refusal: str
    strain_last: int
    nominal: np.ndarray | None
    travel: np.ndarray | None
    progress: np.ndarray
    area_mm2: float | None
    stress_over_force: float | None
    strain_unit: str
    speed_mm_per_min: float | None


def signals_of(reading: Reading, method: TensileMethod) -> BarSignals:
    """Take stress, strain and travel out of a reading of one bar.

    Raises
    ------
    NoStressError
        If there is neither a stress, nor a force with width and thickness.
    UnitError
        If a channel stands in a unit that is none of its kind.
    PreprocessingError
        If fewer than 8 rows hold numbers.
    """
    curve = _curve_of(reading)
    area = _area(reading.facts)
    columns: dict[str, np.ndarray] = {}
    for quantity, dimension in _DIMENSIONS.items():
        if quantity in curve.quantities:
            channel = curve.channel(quantity)
            columns[quantity] = converted(channel.values, channel.unit, dimension)
    drives = "crosshead" in columns or "nominal_strain" in columns
    optional = ("strain", "extension") if drives else ()  # may end where the extensometer was taken off
    is_whole = np.all([np.isfinite(values) for name, values in columns.items() if name not in optional], axis=0)
    columns = {quantity: values[is_whole] for quantity, values in columns.items()}
    n = int(is_whole.sum())
    if n < _FEWEST_POINTS:
        raise PreprocessingError(f"{_called(reading)}: {n} rows hold numbers; a test has at least {_FEWEST_POINTS}")
    force = columns.get("force")
    of_force = force / area if force is not None and area is not None else None
    stress = columns.get("stress", of_force)
    if stress is None:
        raise NoStressError(f"{_called(reading)}: there is a force but no width and thickness to make a stress of it")
    strain, refusal, travel = _deformation(columns, reading.facts, method)
    last = n - 1 if strain is None else _last_of(strain, stress)
    grips = method.grip_distance_mm or _grip_distance(reading.facts)
    nominal = columns.get("nominal_strain")
    if nominal is None and "strain" in columns and method.strain_source == "crosshead":
        nominal = columns["strain"]
    if nominal is None and travel is not None and grips:
        nominal = (travel - travel[0]) / grips
    if travel is None and nominal is not None and grips:
        travel = nominal * grips
    return BarSignals(
        stress=stress,
        strain=strain if strain is None else np.where(np.arange(n) <= last, strain, strain[last]),
        strain_refusal=refusal,
        strain_last=last,
        nominal=nominal,
        travel=travel,
        progress=_progress([travel, nominal, columns.get("time"), columns.get("extension"), strain], n),
        area_mm2=area,
        stress_over_force=None if of_force is None or "stress" not in columns else _ratio(stress, of_force),
        strain_unit=curve.channel("strain").unit if "strain" in columns else "",
        speed_mm_per_min=_speed(reading.facts),
    )


_DIMENSIONS: dict[str, Dimension] = {
    "stress": "stress",
    "force": "force",
    "strain": "share",
    "nominal_strain": "share",
    "extension": "length",
    "crosshead": "length",
    "time": "time",
}


def _called(reading: Reading) -> str:
    return " ".join(filter(None, ("bar", reading.label or reading.facts.specimen)))


def _curve_of(reading: Reading) -> Curve:
    for curve in reading.curves:
        if "stress" in curve.quantities or "force" in curve.quantities:
            return curve
    held = "; ".join(", ".join(curve.quantities) for curve in reading.curves) or "no curve"
    raise NoStressError(f"{_called(reading)}: a tensile test has a stress or a force, this holds {held}")


def _length(facts: Facts, name: str) -> float | None:
    amount = facts.conditions.get(name)
    return None if amount is None or amount.value <= 0 else converted(amount.value, amount.unit or "mm", "length")


def _area(facts: Facts) -> float | None:
    width, thickness = _length(facts, "width"), _length(facts, "thickness")
    return None if width is None or thickness is None else width * thickness


def _speed(facts: Facts) -> float | None:
    amount = facts.conditions.get("speed")
    return None if amount is None or not amount.unit else converted(amount.value, amount.unit, "speed")


def _written(facts: Facts, about: re.Pattern[str]) -> float | None:
    """Return a length in mm that a field of the header states, where its name speaks of it."""
    for name, text in facts.texts.items():
        found = _LENGTH.fullmatch(text)
        if found is not None and about.search(name) and _OF_LENGTH.search(name):
            return converted(float(found["number"].replace(",", ".")), found["unit"], "length")
    return None


def _grip_distance(facts: Facts) -> float | None:
    """Return the first distance of the grips, mm: readers may leave it among the texts."""
    stated = _length(facts, "grip_distance")
    return _written(facts, _OF_GRIPS) if stated is None else stated


def _gauge_length(facts: Facts) -> float | None:
    """Return the gauge length, mm: readers may file the distance of the grips under that name."""
    stated = _written(facts, _OF_GAUGE)
    if stated is None and not any(_OF_GRIPS.search(name) for name in facts.texts):
        return _length(facts, "gauge_length")
    return stated


def _deformation(
    columns: dict[str, np.ndarray], facts: Facts, method: TensileMethod
) -> tuple[np.ndarray | None, str, np.ndarray | None]:
    """Return the strain measured on the bar or why there is none, and the travel of the crosshead."""
    source, travel, extension = method.strain_source, columns.get("crosshead"), columns.get("extension")
    if source == "crosshead":
        return None, "strain comes from crosshead travel", travel if travel is not None else extension
    if "strain" in columns:
        return columns["strain"], "", travel
    if extension is None:
        return None, "there is crosshead travel only, no strain measured on the bar", travel
    if source not in _ON_THE_BAR and travel is None:
        why = "extension may be crosshead travel: say strain_source if an extensometer measured it"
        return None, why, extension
    gauge = method.gauge_length_mm or _gauge_length(facts)
    if gauge is None:
        return None, "extension of the extensometer has no gauge length to be divided by", travel
    return extension / gauge, "", travel


def _last_of(strain: np.ndarray, stress: np.ndarray) -> int:
    """Return the last point before a strain goes missing, stands still for good, or falls back under load."""
    n = len(strain)
    missing = np.flatnonzero(~np.isfinite(strain))
    last = int(missing[0]) - 1 if len(missing) else n - 1
    if last < 1:
        return max(last, 0)
    seen = strain[: last + 1]
    is_loaded = stress[1 : last + 1] > _LOADED * float(stress.max())
    fallen = np.flatnonzero((seen[1:] < _TAKEN_OFF * np.maximum.accumulate(seen)[:-1] - _SMALL_STRAIN) & is_loaded)
    if len(fallen):
        last = int(fallen[0])
    moving = np.flatnonzero(np.diff(strain[: last + 1]) != 0)
    return min(int(moving[-1]) + 1, last) if len(moving) and last - int(moving[-1]) > _STANDS else last


def _progress(candidates: list[np.ndarray | None], n: int) -> np.ndarray:
    for values in candidates:
        if values is not None and np.isfinite(values).all() and np.ptp(values) > 0 and not (np.diff(values) < 0).any():
            return values
    return np.arange(float(n))


def _ratio(stress: np.ndarray, of_force: np.ndarray) -> float | None:
    is_loaded = np.abs(of_force) > _LOADED * np.abs(of_force).max()
    return float(np.median(stress[is_loaded] / of_force[is_loaded])) if is_loaded.any() else None
