"""Layouts of exports that were once read wrongly, or refused for the wrong reason."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from benchmarks.ingest.unknown_exports import drafted, exports, shipped
from services.ingest.errors import UnreadableFile
from services.ingest.profiles.catalogue import catalogue
from services.ingest.profiles.cell_kinds import is_clock, is_number
from services.ingest.profiles.guess import guess
from services.ingest.profiles.matching import choose, fit, surveys_of
from services.ingest.profiles.profile import read_profile
from services.ingest.profiles.reading import apply_profile

TURNED = (
    "Property\tUnit\tPP-14\tPP-15\tPP-16\n"
    "Tested on\t\t12.06.2025\t12.06.2025\t13.06.2025\n"
    "Density\tg/cm3\t0.905\t0.912\t1.021\n"
    "MFR\tg/10 min\t12.4\t> 60\tn.d.\n"
    "Ash content\t%\t20.1\t19.9\t< 0.1\n"
)


def read(text: str, name: str = "export.txt"):
    drafted = guess(text.encode(), name)
    assert not drafted.fault
    return drafted.readings


def units(reading) -> dict[str, str]:
    (curve,) = reading.curves
    return {channel.quantity: channel.unit for channel in (curve.axis, *curve.channels)}


@pytest.mark.parametrize("cell", ["12.06.2025", "1.6.25", "2025.06.12", "31.12.1999"])
def test_a_day_is_no_number(cell):
    """Points that part two digits from two do not group thousands."""
    assert not is_number(cell)
    assert is_clock(cell)


@pytest.mark.parametrize("cell", ["1.234.567", "12.345.678", "1.5", "-3.25", "2,5"])
def test_grouped_thousands_are_no_day(cell):
    """Groups of three digits are a number."""
    assert is_number(cell)
    assert not is_clock(cell)


def test_a_column_of_days_leaves_a_table_of_amounts_readable():
    """The day goes beside the amounts; below detection without a limit is nothing."""
    text = "Sample;Date;SiO2 (%);CaO (%)\nA;12.06.2025;12,41;< LOD\nB;13.06.2025;8,77;< 0,05\n"
    first, second = read(text)
    assert {q: a.value for q, a in first.amounts.items()} == {"sio2": 12.41}
    assert (second.amounts["cao"].value, second.amounts["cao"].limit) == (0.05, "<")


def test_a_field_with_a_day_over_a_table_is_no_row_of_it():
    """The table begins at its names."""
    text = "Charpy;;;\nDatum;12.06.2025;;\n\nProbe;Breite [mm];Energie [J];Bruch\nA;10,01;0,52;C\nB;10,02;;N\n"
    first, second = read(text)
    assert first.facts.specimen == "A"
    assert set(second.amounts) == {"breite"}


def test_the_clock_of_a_logger_is_time_beside_a_column_of_days():
    """Days are told as not read."""
    text = "Datum;Uhrzeit;Temperatur [°C];Masse [mg]\n" + "".join(
        f"12.06.2025;10:00:{k:02d};{20 + k},5;{8 - k / 10:.1f}\n".replace(".5;", ",5;").replace(
            f"{8 - k / 10:.1f}", f"{8 - k / 10:.1f}".replace(".", ",")
        )
        for k in range(40)
    )
    (reading,) = read(text)
    assert reading.curves[0].axis.quantity == "time"
    assert reading.curves[0].axis.values[-1] - reading.curves[0].axis.values[0] == 39
    assert any("'Datum' holds times: not read" in note for note in reading.notes)


def test_an_empty_unit_in_square_brackets_is_one():
    """So that a row of units over an index is known for what it is."""
    text = "Index  t  Ts  Value\n []  [s]  [°C]  [mW]\n" + "".join(
        f"{k}  {6 * k}.0  {25 + k}.00  -1.{k:02d}\n" for k in range(40)
    )
    (reading,) = read(text)
    assert units(reading) == {"time": "s", "temperature": "°C", "value": "mW"}


@pytest.mark.parametrize("order", [("Baseline Heat Flow", "Heat Flow"), ("Heat Flow", "Baseline Heat Flow")])
def test_of_two_columns_of_a_quantity_the_plainer_name_has_it(order):
    """A baseline is never the heat flow, wherever it stands."""
    head = "\t".join(["Time (min)", *(f"{name} (mW)" for name in order)])
    text = (
        head
        + "\n"
        + "".join(
            f"{k}\t{k if order[0] == 'Heat Flow' else 0}\t{0 if order[0] == 'Heat Flow' else k}\n" for k in range(40)
        )
    )
    (reading,) = read(text)
    assert units(reading) == {"time": "min", "heat_flow": "mW", "baseline_heat_flow": "mW"}
    assert reading.curves[0].channel("heat_flow").values[-1] == 39


def test_one_word_over_two_columns_names_neither():
    """Columns without names are asked about."""
    text = "_SAMPLE='PP-14'\n_START=5.0\n_2THETACOUNTS\n" + "".join(
        f"   {5 + k / 50:7.3f}    {100 + k}\n" for k in range(40)
    )
    (reading,) = read(text)
    assert set(units(reading)) == {"x", "y"}
    assert reading.facts.specimen == "PP-14"


def test_a_sample_is_the_specimen_before_an_identity_or_a_material():
    """Those number files, or say what a specimen is made of."""
    text = (
        "#IDENTITY:2025-117\n#SAMPLE:PP-14\n"
        + "Temp./°C;Mass/%\n"
        + "".join(f"{30 + k};{100 - k}\n" for k in range(40))
    )
    assert read(text)[0].facts.specimen == "PP-14"
    assert read(text.replace("#SAMPLE:PP-14\n", ""))[0].facts.specimen == "2025-117"


@pytest.mark.parametrize("n", [3, 12])
def test_whole_numbers_over_spectra_are_names_of_specimens(n):
    """However many there are, and whatever profile reads them."""
    head = "Wavelength (nm);" + ";".join(str(101 + k) for k in range(n)) + "\n"
    text = head + "".join(f"{350 + i}.5;" + ";".join(f"0.{100 + i + k}" for k in range(n)) + "\n" for i in range(60))
    readings = read(text)
    assert [reading.facts.specimen for reading in readings] == [str(101 + k) for k in range(n)]
    assert units(readings[0]) == {"wavelength": "nm", "intensity": ""}
    known = choose("a.csv", text.encode(), catalogue().entries)
    assert known is None or len(apply_profile(known.profile, "a.csv", text.encode())) == n


def test_counted_rows_are_named_by_the_sample_not_by_their_count():
    """And the count is no amount that a table is about."""
    text = "No.\tSample ID\tTest date\tVicat (°C)\n1\tPP-14\t2025/06/12\t92.1\n2\tPP-15\t2025/06/13\t95.4\n"
    readings = read(text)
    assert [reading.facts.specimen for reading in readings] == ["PP-14", "PP-15"]
    assert readings[0].amounts["vicat"].value == 92.1


def test_a_remark_beside_a_sheet_takes_nothing_from_its_header():
    """Names stand over columns that hold something."""
    book = Workbook()
    sheet = book.active
    for row in [
        [None, "Strain", "Stress", None, "checked"],
        [None, "%", "MPa"],
        *([None, k / 10, k] for k in range(40)),
    ]:
        sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    (reading,) = guess(held.getvalue(), "a.xlsx").readings
    assert units(reading) == {"strain": "%", "stress": "MPa"}


def test_spectra_in_rows_have_no_modality_from_an_amount_beside_them():
    """A column of densities does not make spectra measurements of density."""
    text = "sample,density," + ",".join(f"nir_{4000 + 10 * k}" for k in range(20)) + "\n"
    text += "".join(f"PP-{r},0.9{r}," + ",".join(f"1.{r}{k:02d}" for k in range(20)) + "\n" for r in range(5))
    assert {reading.modality for reading in read(text)} == {""}


class TestTurned:
    """A property a row, a specimen a column."""

    def test_is_read_with_units_limits_and_what_is_missing(self):
        readings = read(TURNED)
        assert [reading.facts.specimen for reading in readings] == ["PP-14", "PP-15", "PP-16"]
        assert {q: str(a) for q, a in readings[1].amounts.items()} == {
            "density": "0.912 g/cm3",
            "mfr": ">60 g/10 min",
            "ash": "19.9 %",
        }
        assert set(readings[2].amounts) == {"density", "ash"}
        assert readings[2].facts.texts["Tested on"] == "13.06.2025"

    def test_is_known_again_by_its_draft(self):
        profile = read_profile(guess(TURNED.encode(), "a.txt").text)
        (looked,) = surveys_of("b.txt", TURNED.encode(), profile)
        assert fit(profile, looked, "b.txt") > 0
        (other,) = surveys_of("b.txt", TURNED.replace("Density", "Hardness").encode(), profile)
        assert fit(profile, other, "b.txt") == 0

    def test_with_units_under_the_names_and_elements_in_rows(self):
        text = "Element;A;B\n;mg/kg;mg/kg\nTi;118;< 5\nAl;45,2;12\nFe;8,1;7,9\n"
        first, second = read(text)
        assert str(first.amounts["al"]) == "45.2 mg/kg"
        assert str(second.amounts["ti"]) == "<5 mg/kg"

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("0.912", "0.9l2", r"line 3, PP-15: '0.9l2' is no number"),
            ("\t12.4", "", "line 4 has 4 cells, the others have 5"),
            ("\t0.912", "", "line 4: no row of names stands right over"),
        ],
    )
    def test_is_refused_where_a_cell_is_damaged(self, old, new, reason):
        profile = read_profile(guess(TURNED.encode(), "a.txt").text)
        with pytest.raises(UnreadableFile, match=reason):
            apply_profile(profile, "a.txt", TURNED.replace(old, new).encode())

    def test_a_table_with_a_specimen_a_row_is_none(self):
        text = "Compound;talc;lime\nA;10;3\nB;20;4\nC;30;5\n"
        assert [reading.label for reading in read(text)] == ["A", "B", "C"]


BARS = "Specimen;Strain [%];Stress [MPa]\n" + "".join(
    f"{bar};{k / 10:.2f};{k + shift}.5\n" for shift, bar in enumerate(["PP-14", "PP-15"]) for k in range(30)
)


class TestNamedRows:
    """Curves one below the other, the specimen's name in each row."""

    def test_are_a_curve_for_each_name(self):
        first, second = read(BARS)
        assert (first.facts.specimen, second.label, second.modality) == ("PP-14", "PP-15", "tensile")
        assert units(second) == {"strain": "%", "stress": "MPa"}
        assert len(second.curves[0]) == 30
        assert second.curves[0].channel("stress").values[0] == 1.5

    def test_names_may_be_numbers(self):
        assert [reading.facts.specimen for reading in read(BARS.replace("PP-", ""))] == ["14", "15"]

    def test_are_known_again_by_their_draft(self):
        profile = read_profile(guess(BARS.encode(), "a.csv").text)
        (looked,) = surveys_of("b.csv", BARS.encode(), profile)
        assert fit(profile, looked, "b.csv") > 0

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("PP-14;1.00;10.5\n", "", None),
            ("PP-14;1.00;10.5\nPP-14;1.10;11.5\n", "PP-14;1.10;11.5\nPP-14;1.00;10.5\n", "strain turns back"),
            ("PP-14;1.00;10.5", "PP-15;1.00;10.5", "begins for the second time"),
            ("PP-14;1.00;10.5", ";1.00;10.5", "names no specimen"),
            ("PP-14;1.00;10.5", "PP-14;1.00;1O.5", "'1O.5' is no number"),
            ("PP-14;1.00;10.5", "PP-14;1.00", "cells"),
        ],
    )
    def test_are_refused_where_a_row_is_damaged(self, old, new, reason):
        assert old in BARS
        profile = read_profile(guess(BARS.encode(), "a.csv").text)
        text = BARS.replace(old, new)
        if reason is None:
            assert len(apply_profile(profile, "a.csv", text.encode())[0].curves[0]) == 29
            return
        with pytest.raises(UnreadableFile, match=reason):
            apply_profile(profile, "a.csv", text.encode())

    def test_replicates_of_an_amount_are_none(self):
        text = "Sample;Temperature [°C];MFR [g/10 min]\n" + "".join(f"PP-{k // 3};230;12,{k}\n" for k in range(12))
        assert [len(reading.curves) for reading in read(text)] == [0] * 12


def test_a_curve_that_begins_anew_is_no_table_of_amounts():
    """It is refused with the place, and not read as thirty specimens."""
    rows = "".join(f"{k}\t{30 + k}\t{k % 7}.5\n" for k in range(30))
    drafted = guess(("Time (s)\tTemp (°C)\tHeat Flow (mW)\n" + rows + rows).encode(), "a.txt")
    assert "line 32: time turns back from 29 to 0" in drafted.fault


def test_commas_that_are_decimal_and_part_cells_are_refused_with_what_would_help():
    """Three names over six numbers: nothing is read as whole numbers."""
    text = "Zeit/min,Temp./°C,Masse/%\n" + "".join(f"{k},5,{30 + k},25,{99 - k},125\n" for k in range(40))
    with pytest.raises(UnreadableFile, match="3 names, the rows under it have 6 numbers") as refused:
        guess(text.encode(), "a.csv")
    assert "decimal and part cells too" in refused.value.hint


@pytest.mark.parametrize(("by", "mark"), [(";", "."), ("\t", ",")])
def test_whole_numbers_that_go_on_above_a_thousand_with_a_mark_are_grouped(by, mark):
    """998, 1.002 is a rise, no fall to one."""
    counts = [900 + 17 * k for k in range(40)]
    text = f"2theta{by}Counts\n" + "".join(f"{5 + k}{by}{n:,}\n".replace(",", mark) for k, n in enumerate(counts))
    (reading,) = read(text)
    assert list(reading.curves[0].channels[0].values) == counts


def test_minutes_and_seconds_are_no_names_of_specimens():
    """0:10 may be minutes and seconds, or hours and minutes: refused."""
    text = "Time (min:s);Temp (°C);Mass (mg)\n" + "".join(f"{k}:30;{30 + k},5;{9 - k / 10:.0f}\n" for k in range(30))
    with pytest.raises(UnreadableFile, match="'0:30': neither a number nor a clock's time"):
        guess(text.encode(), "a.csv")


def test_a_table_of_results_over_raw_data_names_no_specimen():
    """Its names are no field."""
    text = "Results\nSpecimen,Width (mm),Modulus (MPa)\n1,10.02,1523\n\nRaw data\nTime (s),Extension (mm),Load (N)\n"
    (reading,) = read(text + "".join(f"{k / 10:.1f},{k / 50:.3f},{k * 7.1:.2f}\n" for k in range(40)))
    assert reading.facts.specimen == ""
    assert units(reading) == {"time": "s", "extension": "mm", "force": "N"}


def test_a_summary_behind_a_tab_ends_the_numbers():
    """Its tab survives in the drafted pattern."""
    text = "Strain (%)\tStress (MPa)\n" + "".join(f"{k / 10:.2f}\t{k}.5\n" for k in range(40)) + "Maximum\t39.5\n"
    assert len(read(text)[0].curves[0]) == 40


def test_a_bare_percent_sign_behind_a_name_is_its_unit():
    """Transmission %."""
    (reading,) = read(
        "Wellenzahl cm-1;Transmission %\n" + "".join(f"{4000 - 2 * k};{90 + k % 5},25\n" for k in range(40))
    )
    assert units(reading) == {"wavenumber": "cm-1", "transmittance": "%"}


def test_names_over_two_rows_are_put_together_where_that_tells_more():
    """Heat over flow over mW is a heat flow."""
    text = "Sample\tHeat\ntemperature\tflow\n°C\tmW\n" + "".join(f"{30 + k}.5\t{k % 7}.25\n" for k in range(40))
    (reading,) = read(text)
    assert units(reading) == {"temperature": "°C", "heat_flow": "mW"}
    assert reading.modality == "DSC"


def test_a_spread_in_the_cell_is_kept_beside_its_amount():
    """31.2 ± 0.4 is an amount and its standard deviation."""
    first, _ = read("Sample,Strength [MPa],Modulus [GPa]\nA,31.2 ± 0.4,1.52 ± 0.03\nB,30.8 ± 0.3,1.49 ± 0.02\n")
    assert {q: a.value for q, a in first.amounts.items()} == {
        "strength": 31.2,
        "strength_sd": 0.4,
        "modulus": 1.52,
        "modulus_sd": 0.03,
    }


@pytest.mark.parametrize("word", ["Flexural", "Compressive", "Shear", "Biege"])
def test_a_test_that_is_none_of_tension_is_not_called_tensile(word):
    """Its stress and strain are of their own kind, for the shipped profiles too."""
    text = f"{word} strain (%);{word} stress (MPa)\n" + "".join(f"{k}.5;{2 * k}.5\n" for k in range(40))
    (reading,) = read(text)
    assert reading.modality == ""
    assert not {"strain", "stress"} & set(units(reading))
    known = choose("a.csv", text.encode(), catalogue().entries)
    assert known is None or known.profile.modality != "tensile"


def test_letters_with_in_between_are_a_name_and_a_unit():
    """t in s is a time, though t, in and s are units all three."""
    (reading,) = read("t in s\tT in °C\tm in mg\n" + "".join(f"{k}\t{30 + k}.5\t{9 - k / 10:.1f}\n" for k in range(40)))
    assert units(reading) == {"time": "s", "temperature": "°C", "mass": "mg"}


def test_a_share_of_volume_is_no_volume_of_elution():
    """Volume % over sizes."""
    text = "Size (µm);Volume %\n" + "".join(f"{k + 1},5;{k % 7},25\n" for k in range(40))
    assert units(read(text)[0]) == {"size": "µm", "volume": "%"}


def test_the_density_of_a_melt_is_not_that_of_a_specimen():
    """It stands beside the melt flow rate."""
    (first, _) = read("Probe;MFR [g/10min];Dichte Schmelze [g/cm³]\nA;12,4;0,752\nB;11,9;0,753\n")
    assert set(first.amounts) >= {"mfr"}
    assert "density" not in first.amounts


@pytest.mark.parametrize("export", exports(), ids=lambda export: export.name)
def test_every_export_of_the_benchmark_is_read_rightly_or_not_at_all(export):
    """By a draft, and unasked by the profiles that come along; two of them are known to be refused."""
    fates = drafted(export, export.data)[0], shipped(export, export.data)[0]
    assert "wrong" not in fates
    is_refused = not export.pieces or export.name in ("legende.csv", "percent_in_cells.csv")
    assert (fates[0] == "right") != is_refused
