"""The program of a thermal analysis in words: stretches with rate and gas, which way exo points, what is unknown."""

from __future__ import annotations

from collections.abc import Iterator

from services.preprocessing.errors import PreprocessingError
from services.preprocessing.programs import Program, Stretch, ThermalMethod, program_of
from services.records.reading import Reading

__all__ = ["program_lines"]

_OF_HEAT = frozenset({"mass", "heat_flow", "delta_temperature"})
_WARMTH = frozenset({"temperature", "program_temperature"})


def program_lines(reading: Reading) -> tuple[str, ...]:
    """Tell the program of a reading, a line each stretch, then what is known and not known of it; empty for others."""
    found: list[str] = []
    for number, curve in enumerate(reading.curves):
        if not (_OF_HEAT & set(curve.quantities) and _WARMTH & set(curve.quantities)):
            continue
        try:
            program = program_of(reading, ThermalMethod(), curve=number)
        except PreprocessingError as error:
            found.append(f"the program cannot be told: {error}")
            continue
        found += [_stretch(stretch) for stretch in program.stretches]
        found += _known(program, has_heat_flow="heat_flow" in curve.quantities)
    return tuple(dict.fromkeys(found))


def _stretch(stretch: Stretch) -> str:
    ends = (stretch.first_celsius, stretch.last_celsius)
    if stretch.kind == "isothermal" and ends[1] is not None:
        way = f"at {ends[1]:.4g} °C"
    elif ends[0] is not None and ends[1] is not None:
        way = f"{ends[0]:.4g} to {ends[1]:.4g} °C"
    else:
        way = "temperature not recorded"
    is_ramp = stretch.kind != "isothermal" and stretch.rate_k_per_min is not None
    rate = f", {stretch.rate_k_per_min:.3g} K/min" if is_ramp else ""
    gas = f", {stretch.gas}" if stretch.gas else ""
    return f"{stretch.name}: {way}{rate}{gas} (points {stretch.start} to {stretch.stop - 1})"


def _known(program: Program, *, has_heat_flow: bool) -> Iterator[str]:
    if has_heat_flow and program.exo != "unknown":
        yield program.exo
    yield from (note.replace("nothing per gram", "no J/g") for note in program.notes)
