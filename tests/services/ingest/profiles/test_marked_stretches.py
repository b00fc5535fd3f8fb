"""What stands on the line that begins a stretch of a program is not lost."""

from __future__ import annotations

import pytest

from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.programs import ThermalMethod, program_of


@pytest.mark.parametrize("quantity", ["Mass (mg)", "Heat Flow (mW)"])
def test_a_gas_on_the_line_that_begins_a_stretch_is_its_gas(quantity):
    """Carbon black burns behind the switch to air; oxygen begins the time to oxidation."""
    ramp = "".join(f"{k / 10:.1f}\t{200 + k:.1f}\t{5 - k / 900:.4f}\n" for k in range(40))
    hold = "".join(f"{4 + k / 10:.1f}\t{239 + k % 2 / 10:.1f}\t{4 - k / 900:.4f}\n" for k in range(40))
    header = f"Time (min)\tTemperature (°C)\t{quantity}\n"
    text = f"Sample: PP-1\n\nSegment 1: heat in nitrogen\n{header}{ramp}\nSegment 2: isothermal in air\n{header}{hold}"
    reading = read_source(Source("a.txt", text.encode(), None)).readings[0]
    assert [(s.kind, s.gas) for s in program_of(reading, ThermalMethod()).stretches] == [
        ("heat", "N2"),
        ("isothermal", "air"),
    ]
