"""Tensile bars from the command line: planted moduli and strengths are found, what does not count is told."""

from __future__ import annotations

import numpy as np
import pytest

from services.ingest.tables import read_table

MODULI = (1480.0, 1500.0, 1520.0)


def tensile(sample: str = "") -> bytes:
    """Three bars beside each other: linear up to 0.4 %, then bending to a maximum of 30 MPa at 8 %, broken at 12 %."""
    strain = np.concatenate([np.linspace(0, 0.01, 400), np.linspace(0.0102, 0.12, 500)])
    names, columns = [], []
    for number, modulus in enumerate(MODULI, start=1):
        rising = 30 * np.tanh(modulus * strain / 30)
        straight = np.where(strain <= 0.004, modulus * strain, 0.0)
        blend = np.clip((strain - 0.004) / 0.004, 0, 1)
        stress = np.where(strain <= 0.004, straight, (1 - blend) * modulus * strain + blend * rising)
        stress = np.minimum(stress, 30.0) - np.where(strain > 0.08, 40 * (strain - 0.08), 0)
        names += [f"Strain {number} (%)", f"Stress {number} (MPa)"]
        columns += [100 * strain, stress]
    rows = "\n".join(",".join(f"{value:.5f}" for value in row) for row in np.array(columns).T)
    head = f"Sample: {sample}\n" if sample else ""
    return f"{head}{','.join(names)}\n{rows}\n".encode()


@pytest.fixture
def lab(films):
    """Two films approved, and the bars of the first taken in."""
    films("propose")
    films("approve")
    (films.folder / "bars.csv").write_bytes(tensile("PP01-C001-01-S1"))
    films("ingest", "bars.csv")
    return films


def test_the_bars_of_a_specimen_are_worked_out_and_put_together(lab):
    """Modulus within a per cent, its mean, spread and count; strength at the first maximum."""
    view = lab.json("bars", "PP01-C001-01-S1")
    found = [bar["quantities"]["modulus"]["value"] for bar in view["bars"]]
    assert found == pytest.approx(MODULI, rel=0.01)
    summary = view["summary"]["modulus"]
    assert (summary["n"], summary["unit"]) == (3, "MPa")
    assert summary["mean"] == pytest.approx(1500, rel=0.01)
    assert summary["sd"] == pytest.approx(20, rel=0.1)
    assert view["summary"]["strength"]["mean"] == pytest.approx(30, rel=0.01)
    assert view["edition"] == "ISO 527-1:2019"
    text = lab("bars", "PP01-C001-01").stdout
    assert "modulus [MPa]" in text
    assert "1500" in text


def test_a_file_is_worked_out_where_it_lies_and_kept_as_a_table(lab):
    """Nothing is taken in; the table comes back."""
    (lab.folder / "other.csv").write_bytes(tensile())
    lab("bars", "other.csv", "--save", "bars.xlsx")
    table = read_table(lab.folder / "bars.xlsx")
    assert table.n_rows == 3
    assert table.column("modulus").unit == "MPa"
    assert len(lab.json("measurements")["measurements"]) == 3


def test_a_bar_that_was_excluded_does_not_count(lab):
    [first, *_] = lab.json("measurements")["measurements"]
    lab("exclude", first["id"], "--reason", "slipped")
    view = lab.json("bars", "PP01-C001-01")
    assert len(view["bars"]) == 2
    assert "excluded" in view["left_out"][0]


def test_what_holds_no_tensile_test_says_so(lab):
    (lab.folder / "x.csv").write_text(
        "wavenumber [cm-1],absorbance\n" + "".join(f"{x},0.{x}\n" for x in range(400, 480))
    )
    assert "holds no tensile and no impact test" in lab("bars", "x.csv", code=1).stderr


IMPACT = "\n".join(
    ["Specimen,Impact strength (kJ/m²),Type of break,Notch,Temperature (°C)"]
    + [f"PP01-C001-01-S1 {k},{6 + 0.1 * k:.2f},C,A,23" for k in range(1, 9)]
    + ["PP01-C001-01-S1 9,13.10,P,A,23", "PP01-C001-01-S1 10,,N,A,23"]
)


def test_impact_bars_are_put_together_by_their_type_of_break(shell, tmp_path):
    """Eight complete, one partial, one that did not break: no mean over all, and nothing of the unbroken one."""
    path = tmp_path / "impact.csv"
    path.write_text(IMPACT)
    shown = shell("bars", str(path))
    assert "notch A, 23 °C: 10 bars" in shown.stdout
    assert "C complete  8 of 10  6.45    6.45  0.2449" in shown.stdout
    assert "N no break  1 of 10     –       –       –" in shown.stdout
    assert "no mean is made over them" in shown.stderr
    kept = tmp_path / "bars.csv"
    shell("bars", str(path), "--save", str(kept))
    assert kept.read_text(encoding="utf-8-sig").count("PP01-C001-01-S1") == 10


def test_numbers_that_do_not_count_are_told_once_a_bar_and_reason(shell, tmp_path):
    """A bar that slips: three of its numbers on one line."""
    strain = [k / 50 for k in range(300)]
    stress = [30 * (1 - (1 - min(s, 6) / 6) ** 3) for s in strain]
    slipped = [v - (6 * (1 - (k - 100) / 12) if 100 <= k < 112 else 0) for k, v in enumerate(stress)]
    rows = [f"{s:.3f};{v:.4f}" for s, v in zip(strain, slipped, strict=True)]
    path = tmp_path / "pull.csv"
    path.write_text("\n".join(["Strain (%);Stress (MPa)", *rows]) + "\n")
    told = [line for line in shell("bars", str(path)).stderr.splitlines() if "not count" in line]
    assert len(told) == 1
    assert "elongation at break, energy per volume" in told[0]
