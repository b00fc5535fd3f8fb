"""What a person should know of a bar before its numbers are believed, each with the numbers that it touches. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from loop.observations import State
from services.preprocessing.determination import Determination
from services.preprocessing.tensile.course import Course
from services.preprocessing.tensile.events import stiffness_of
from services.preprocessing.tensile.method import FlagKind, TensileMethod

__all__ = ["Flag", "flags_of", "unit_doubt"]

_STIFFEST_MPA = 100_000.0
"""Stiffer than moulded plastics come, with carbon fibres too."""
_LARGEST_YIELD_STRAIN = 1.0
_STRESS_RANGE = (0.05, 2000.0)
_ALIKE = (0.025, 20.0)
"""Strain on the bar over nominal strain, before yield: about 0.2 to 1 in practice, for the machine gives too."""
_SAME_STRESS = 0.05
_SAME_SPEED, _FAST_MM_PER_MIN = (0.2, 0.1), 10.0
"""Tolerance of the speed, up to 10 mm/min and above: ISO 527-1, table 1."""
_STRAIGHT = 0.95
"""Secant at the break over the modulus: above it the bar broke while it was still elastic."""
_ALL_OF_STRAIN = ("modulus", "yield_strain", "elongation_at_break", "energy_per_volume")
_ALL_OF_BREAK = ("stress_at_break", "elongation_at_break", "energy_to_break", "energy_per_volume")
_ALL_OF_STRESS = ("modulus", "yield_stress", "strength", "stress_at_break", "energy_to_break", "energy_per_volume")


class Flag(NamedTuple):
    """One thing to know: of which kind, in words with the numbers, and which quantities it touches."""

    kind: FlagKind
    message: str
    touches: tuple[str, ...] = ()


def unit_doubt(course: Course) -> Flag | None:
    """Say whether strain seems to stand in another unit than its file says; None where nothing speaks for it."""
    strain, stress, nominal = course.strain, course.signals.stress, course.nominal
    if strain is None:
        return None
    written = course.signals.strain_unit or "a share"
    if nominal is not None:
        at = int(np.argmax(stress >= 0.5 * stress.max()))
        on_bar, of_grips = float(strain[at]), float(nominal[at])
        if of_grips > 0 and on_bar > 0 and not _ALIKE[0] <= on_bar / of_grips <= _ALIKE[1]:
            told = f"strain is {100 * on_bar:.3g} % where nominal strain is {100 * of_grips:.3g} %"
            return Flag("unit suspected", f"{told}: one stands in another unit than written", _ALL_OF_STRAIN)
    stiffness = stiffness_of(strain[course.rising], stress[course.rising])
    if stiffness > _STIFFEST_MPA:
        told = f"strain in {written} would make the bar as stiff as {stiffness / 1000:.3g} GPa"
        return Flag("unit suspected", f"{told}: it may be 100 times as large", _ALL_OF_STRAIN)
    if course.maximum is not None and float(strain[course.maximum]) > _LARGEST_YIELD_STRAIN:
        told = f"strain in {written} would make it yield at {100 * float(strain[course.maximum]):.4g} %"
        return Flag("unit suspected", f"{told}: it may be 100 times as small", _ALL_OF_STRAIN)
    return None


def flags_of(
    course: Course, found: Mapping[str, Determination], method: TensileMethod, of_unit: Flag | None
) -> tuple[Flag, ...]:
    """List what should be known of a bar; a doubt of its unit of strain comes first and speaks for its modulus."""
    return tuple(
        flag
        for flags in (
            () if of_unit is None else (of_unit,),
            _of_stress(course),
            _of_speed(course, method),
            _of_slips(course, method),
            () if of_unit is not None else _of_modulus(course, found["modulus"], method),
            _of_prestress(course, found, method),
            _of_end(course, found, method),
        )
        for flag in flags
    )


def _of_stress(course: Course) -> Iterator[Flag]:
    greatest, ratio = float(course.signals.stress.max()), course.signals.stress_over_force
    if not _STRESS_RANGE[0] <= greatest <= _STRESS_RANGE[1]:
        told = f"the greatest stress is {greatest:.3g} MPa: a force or a stress may stand in another unit than written"
        yield Flag("unit suspected", told, _ALL_OF_STRESS)
    if ratio is not None and abs(ratio - 1) > _SAME_STRESS:
        told = f"stress is {ratio:.4g} times force over width x thickness"
        yield Flag("stress contradicts force", told, _ALL_OF_STRESS)


def _of_slips(course: Course, method: TensileMethod) -> Iterator[Flag]:
    for slip in course.slips:
        stress = course.signals.stress[slip.start]
        what = f"fell by {slip.lost_MPa:.3g} MPa" if slip.lost_MPa else "stood still"
        told = f"at {stress:.3g} MPa, before yield, load {what} and came back: the bar slipped in its grips"
        is_early = course.strain is not None and float(course.strain[slip.start]) <= method.modulus_to
        touches = ("yield_strain", "elongation_at_break", "energy_to_break", "energy_per_volume")
        yield Flag("slip", told, ("modulus", *touches) if is_early else touches)


def _of_speed(course: Course, method: TensileMethod) -> Iterator[Flag]:
    speed = course.signals.speed_mm_per_min
    declared = [v for v in (method.speed_mm_per_min, method.modulus_speed_mm_per_min) if v is not None]
    if speed is None or not declared:
        return
    if all(abs(speed - wanted) > _SAME_SPEED[wanted > _FAST_MM_PER_MIN] * wanted for wanted in declared):
        told = f"the file says {speed:g} mm/min, the method {' and '.join(f'{v:g}' for v in declared)}"
        yield Flag("other speed", told, _ALL_OF_STRESS)


def _of_modulus(course: Course, modulus: Determination, method: TensileMethod) -> Iterator[Flag]:
    if not modulus.is_measured:
        strain = course.strain
        is_few = strain is not None and strain[0] <= method.modulus_from and strain.max() >= method.modulus_to
        yield Flag("few points" if is_few else "modulus refused", f"no modulus: {modulus.reason}", ("modulus",))


def _of_prestress(course: Course, found: Mapping[str, Determination], method: TensileMethod) -> Iterator[Flag]:
    modulus, strength = found["modulus"], found["strength"]
    start = float(course.signals.stress[0])
    size = max(abs(start) - 3 * course.noise, 0.0)
    if modulus.value is not None and size > modulus.value * method.most_prestrain:
        most = modulus.value * method.most_prestrain
        told = f"the test begins at {start:.3g} MPa; for a modulus at most {most:.3g} MPa is allowed"
        yield Flag("prestress", told, ("modulus",))
    if strength.value is not None and size > strength.value * method.most_prestress:
        most = strength.value * method.most_prestress
        told = f"the test begins at {start:.3g} MPa; for strength at most {most:.3g} MPa is allowed"
        yield Flag("prestress", told, ("yield_stress", "strength"))


def _of_end(course: Course, found: Mapping[str, Determination], method: TensileMethod) -> Iterator[Flag]:
    stress, end = course.signals.stress, course.end
    if not end.is_seen:
        told = course.why or f"the record ends at {stress[end.point]:.3g} MPa without a fall: taken as the break"
        yield Flag("break not seen", told, _ALL_OF_BREAK)
    if course.maximum is not None and course.basis == "strain after yield":
        told = "elongation after yield is a strain of the extensometer: a neck may lie outside of it"
        yield Flag("strain after yield", told, ("elongation_at_break", "energy_per_volume"))
    modulus = found["modulus"].value
    if course.maximum is None and course.state is State.MEASURED and course.strain is not None:
        strain = float(course.strain[end.point])
        is_straight = modulus is not None and strain > 0 and stress[end.point] / strain >= _STRAIGHT * modulus
        if is_straight or strain < method.modulus_to:
            told = f"it broke at {100 * strain:.3g} % while still elastic: a flaw or the grips, or a brittle material"
            yield Flag("early break", told, ("strength", *_ALL_OF_BREAK))
