"""Which way heat points may stand in the header of its column: the unit is read all the same, the sign is kept."""

from __future__ import annotations

import pytest

from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.programs import ThermalMethod, program_of


@pytest.mark.parametrize(
    ("header", "unit", "exo"),
    [
        ("Heat Flow (W/g) Exo Up", "W/g", "exo up"),
        ("DSC /(mW/mg) exo up", "mW/mg", "exo up"),
        ("Heat flow (mW) (endo up)", "mW", "exo down"),
        ("Heat Flow (mW) Exo Down", "mW", "exo down"),
        ("Wärmestrom (mW) exo oben", "mW", "exo up"),
    ],
)
def test_the_sign_in_a_header_reaches_the_program_and_the_unit_stays(header, unit, exo):
    """A DSC with temperature and heat flow."""
    rows = [f"{k / 10:.1f};{30 + k / 2:.2f};{0.01 * k:.3f}" for k in range(200)]
    text = "\n".join(["Sample mass: 5.02 mg", "", f"Time (min);Temperature (°C);{header}", *rows]) + "\n"
    (reading,) = read_source(Source("run.csv", text.encode(), None)).readings
    assert reading.modality == "DSC"
    assert reading.curves[0].channel("heat_flow").unit == unit
    assert program_of(reading, ThermalMethod()).exo == exo
