"""One tensile bar: from its curve to modulus, yield, strength, break, energy, each with its state, and flags. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loop.observations import State
from services.preprocessing.determination import Determination, absent, measured
from services.preprocessing.tensile.course import Course, course_of
from services.preprocessing.tensile.flags import Flag, flags_of, unit_doubt
from services.preprocessing.tensile.method import TensileMethod
from services.preprocessing.tensile.modulus import modulus_of
from services.preprocessing.tensile.signals import signals_of
from services.records.reading import Reading

__all__ = ["QUANTITIES", "TensileBar", "evaluate_bar"]

QUANTITIES: Mapping[str, str] = {
    "modulus": "MPa",
    "yield_stress": "MPa",
    "yield_strain": "%",
    "strength": "MPa",
    "stress_at_break": "MPa",
    "elongation_at_break": "%",
    "energy_to_break": "J",
    "energy_per_volume": "MJ/m3",
}
"""What a bar is determined for, with units."""

_OF_STRAIN = ("modulus", "yield_strain", "elongation_at_break", "energy_per_volume")
_QUIET = 0.0003
"""Noise below this share of the maximum: the highest point is taken as it stands, no curve laid through the top."""
_TOP = (0.001, 0.01)
_NOISE_DEEP = 6.0
"""The top reaches down by six standard deviations of the noise, within these shares of the maximum."""
_FEWEST_ON_TOP = 8
_PLACES = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class TensileBar:
    """Results of one bar.

    Parameters
    ----------
    determinations
        By the names of `QUANTITIES`. Stresses refer to the first cross-section. Elongation and both energies are
        ``above_range`` where the bar was unbroken at the end: the value is then the limit that it passed.
        ``energy_to_break`` is the work of the force over the travel of the grips; ``energy_per_volume`` the area under
        stress over the elongation that ``elongation_at_break`` is read from (MJ/m3 = J/cm3 = 0.001 J/mm3).
    necked
        Whether a neck was drawn; None where no elongation is known.
    toe_offset
        By how much zero strain was moved, mm/mm; 0 without compensation.
    """

    label: str
    edition: str
    determinations: Mapping[str, Determination]
    necked: bool | None
    flags: tuple[Flag, ...]
    toe_offset: float = 0.0

    def __getitem__(self, quantity: str) -> Determination:
        """Return what was found of one of `QUANTITIES`."""
        return self.determinations[quantity]

    @property
    def has_yielded(self) -> bool:
        """True where stress had a maximum before the break."""
        return self["yield_stress"].is_measured


def evaluate_bar(reading: Reading, method: TensileMethod) -> TensileBar:
    """Work out the results of one bar.

    Raises
    ------
    NoStressError, UnitError, PreprocessingError
        If the reading holds no tensile test that can be understood; as `signals_of`.
    """
    course = course_of(signals_of(reading, method), method)
    found = {"modulus": _modulus(course, method), **_yield(course)}
    found["strength"] = _strength(course, found["yield_stress"], method)
    found["stress_at_break"] = (
        measured(course.signals.stress[course.end.point], "MPa")
        if course.state is State.MEASURED
        else absent("MPa", course.why)
    )
    found["elongation_at_break"] = _elongation(course)
    found |= _energies(course)
    doubt = unit_doubt(course)
    if doubt is not None:
        found |= {name: absent(QUANTITIES[name], doubt.message) for name in _OF_STRAIN if name in doubt.touches}
    return TensileBar(
        label=reading.label or reading.facts.specimen,
        edition=method.edition,
        determinations={name: found[name] for name in QUANTITIES},
        necked=_necked(course, method),
        flags=flags_of(course, found, method, doubt),
        toe_offset=course.toe,
    )


def _modulus(course: Course, method: TensileMethod) -> Determination:
    if course.strain is None:
        return absent("MPa", course.signals.strain_refusal)
    until = slice(0, min(course.rising.stop, course.signals.strain_last + 1))
    return modulus_of(course.strain[until], course.signals.stress[until], course.noise, method)


def _yield(course: Course) -> dict[str, Determination]:
    if course.maximum is None:
        why = "stress rises until the break" if course.state is State.MEASURED else "stress rises until the record ends"
        return {"yield_stress": absent("MPa", why), "yield_strain": absent("%", why)}
    along, basis = course.elongation, course.basis
    if course.strain is not None and course.maximum <= course.signals.strain_last:
        along, basis = course.strain, "strain"
    at, height = _top(course.signals.progress if along is None else along, course)
    if along is None:
        why = course.signals.strain_refusal or "the extensometer was off before yield"
        return {"yield_stress": measured(height, "MPa"), "yield_strain": absent("%", why)}
    return {"yield_stress": measured(height, "MPa"), "yield_strain": measured(100 * at, "%", basis=basis)}


def _top(x: np.ndarray, course: Course) -> tuple[float, float]:
    """Return place and height of the first maximum: in noise, of a cubic through its top, which may be lopsided."""
    stress, peak = course.signals.stress, course.maximum or 0
    height = float(stress[peak])
    if course.noise < _QUIET * height:
        return float(x[peak]), height
    depth = min(max(_NOISE_DEEP * course.noise, _TOP[0] * height), _TOP[1] * height)
    low = stress < height - depth - 3 * course.noise
    before, after = np.flatnonzero(low[:peak]), np.flatnonzero(low[peak : course.end.point + 1])
    first = int(before[-1]) + 1 if len(before) else 0
    last = peak + int(after[0]) if len(after) else course.end.point + 1
    u, s = x[first:last], stress[first:last]
    if len(u) < _FEWEST_ON_TOP or not np.ptp(u) > 0:
        return float(x[peak]), height
    scale = float(np.ptp(u))
    places = np.linspace(0.0, 1.0, _PLACES)
    heights = np.polyval(np.polyfit((u - u.min()) / scale, s, 3), places)
    best = int(np.argmax(heights))
    return float(u.min() + scale * places[best]), float(heights[best])


def _strength(course: Course, at_yield: Determination, method: TensileMethod) -> Determination:
    """Return the first maximum of stress, or by the edition of 1993 its greatest value."""
    greatest = float(course.signals.stress[: course.end.point + 1].max())
    if at_yield.value is None:
        return measured(greatest, "MPa", basis="greatest stress")
    if method.edition == "ISO 527-1:1993":
        return measured(max(greatest, at_yield.value), "MPa", basis="greatest stress")
    return measured(at_yield.value, "MPa", basis="first maximum")


def _elongation(course: Course) -> Determination:
    if course.elongation is None:
        return absent("%", "no strain until the break, and no nominal strain: the distance of the grips is not stated")
    value = 100 * float(course.elongation[course.end.point])
    return Determination(value=value, unit="%", state=course.state, basis=course.basis, reason=course.why)


def _energies(course: Course) -> dict[str, Determination]:
    """Return the work until the break, or until the record ends: then it is a limit."""
    signals, stop = course.signals, course.end.point + 1
    stress = signals.stress[:stop]
    work, share = absent("J", "travel or cross-section is not known"), absent("MJ/m3", "no elongation is known")
    if signals.travel is not None and signals.area_mm2 is not None:
        joules = float(np.trapezoid(stress, signals.travel[:stop])) * signals.area_mm2 / 1000.0  # N mm -> J
        work = Determination(
            value=joules, unit="J", state=course.state, basis="force over travel of the grips", reason=course.why
        )
    if course.elongation is not None:
        area = float(np.trapezoid(stress, course.elongation[:stop]))  # MPa x mm/mm = MJ/m3
        share = Determination(
            value=area, unit="MJ/m3", state=course.state, basis=f"stress over {course.basis}", reason=course.why
        )
    return {"energy_to_break": work, "energy_per_volume": share}


def _necked(course: Course, method: TensileMethod) -> bool | None:
    if course.elongation is None:
        return None
    if course.maximum is None:
        return False
    after = course.signals.stress[course.maximum : course.end.point + 1]
    has_fallen = float(after.min()) <= (1 - method.necking_drop) * float(after[0])
    gone = float(course.elongation[course.end.point] - course.elongation[course.maximum])
    return has_fallen and gone >= method.necking_strain
