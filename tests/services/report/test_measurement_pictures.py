"""Pictures of measurements say what the field wants to read off them; a long curve keeps its peaks."""

from __future__ import annotations

import html
import io
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from services.records.curve import Channel, Curve
from services.records.reading import Amount, Facts, Reading
from services.report.measurement_page import Fact, Leaf, build_measurement_page
from services.report.pictures.axis_words import axis_label, unit_words
from services.report.pictures.measurement import Drawn, panels_of
from services.report.pictures.panel_figures import panel_figure
from services.report.pictures.panel_files import panels_png
from services.report.pictures.panels import Bars, Lines, Listing, Panel, Photo, colours_of
from services.report.pictures.scale_bar import scale_bar
from services.report.pictures.thinning import thinned
from services.report.style import ACCENT, CONTRAST
from tests.services.campaign.measured import along, amounts, bar, micrograph, program, spectrum


def drawn(*readings: Reading) -> tuple[Panel, ...]:
    return panels_of([Drawn(reading=reading, name=reading.label) for reading in readings])


XRF = amounts("XRF", sio2=Amount(12.4, "wt%"), br=Amount(0.001, "wt%", "<"), cao=Amount(1.2, "wt%"))
EVERY = {
    "FTIR": ([spectrum()], ["wavenumber (cm⁻¹)", "absorbance"]),
    "IR in transmittance": ([spectrum("transmittance", "%", "IR")], ["wavenumber (cm⁻¹)", "transmittance (%)"]),
    "Raman": ([spectrum("intensity", "counts", "Raman")], ["Raman shift (cm⁻¹)", "intensity (counts)"]),
    "WAXS": (
        [along("WAXS", ("two_theta", "°", 5, 100), ("intensity", "counts"), 9500)],
        ["2θ (°)", "intensity (counts)"],
    ),
    "TG": ([program("TG", "mass", "%")], ["time (min)", "mass (%)", "temperature (°C)"]),
    "DSC": ([program("DSC", "heat_flow", "mW")], ["temperature (°C)", "heat flow (mW)", "exo: not stated"]),
    "GPC": (
        [along("GPC", ("log_molar_mass", "", 3, 7), ("weight_fraction", ""))],
        ["log₁₀ M (M in g/mol)", "dw/dlog M"],
    ),
    "GPC, chromatogram": (
        [along("GPC", ("retention_time", "min", 5, 25), ("detector_signal", "mV"))],
        ["retention time (min)", "detector signal (mV)"],
    ),
    "XRF": ([XRF], ["amount (wt%)", "SiO₂", "CaO", "<0.001"]),
    "tensile": ([bar(1, 8), bar(2, 12)], ["strain (%)", "stress (MPa)", "Bar 1", "Bar 2"]),
    "microscopy": ([micrograph()], ["width (µm)", "20 µm"]),
    "microscopy without scale": ([micrograph(None)], ["width (pixels)", "no scale"]),
    "MFR": ([amounts("MFR", n, mfr=Amount(12, "g/10min")) for n in ("A", "B")], ["melt flow rate (g/10min)"]),
    "acoustic": (
        [along("acoustic", ("frequency", "Hz", 20, 20000), ("amplitude", "dB"))],
        ["frequency (Hz)", "amplitude (dB)"],
    ),
    "no modality": ([along("", ("x", "", 0, 1), ("y", ""))], ["x (no unit stated)", "modality not said"]),
}


@pytest.mark.parametrize("modality", EVERY)
def test_every_modality_is_drawn_as_a_page_and_as_a_picture_with_its_axes_named(modality):
    """The page holds the words of the axes; the picture is a PNG with something on it."""
    readings, words = EVERY[modality]
    panels = drawn(*readings)
    page = build_measurement_page("run 7", "", panels, [Leaf(heading="a", facts=(Fact("file", "f"),))])
    shown = words_on(page)
    assert [word for word in words if word not in shown] == []
    with Pillow.open(io.BytesIO(panels_png("run 7", panels))) as picture:
        assert picture.format == "PNG"
        assert picture.width == 1200
        low, high = picture.convert("L").getextrema()
        assert high - low > 200


def words_on(page: str) -> str:
    """Every text of every figure of a page, as a browser shows it."""
    found = re.findall(r'<script type="application/json" id="data-[^"]*">(.*?)</script>', page, re.DOTALL)

    def texts(data: object) -> Iterator[str]:
        if isinstance(data, str):
            yield html.unescape(data)
        elif isinstance(data, dict):
            yield from itertools.chain.from_iterable(map(texts, data.values()))
        elif isinstance(data, list):
            yield from itertools.chain.from_iterable(map(texts, data))

    return "\n".join(itertools.chain.from_iterable(texts(json.loads(text)) for text in found))


def only(panels: tuple[Panel, ...]) -> Lines:
    (panel,) = panels
    assert isinstance(panel, Lines)
    return panel


def test_infrared_runs_from_high_wavenumbers_and_raman_from_low_shifts():
    assert only(drawn(spectrum())).x.is_reversed
    figure = panel_figure(only(drawn(spectrum())))
    assert figure is not None
    assert figure.layout.xaxis.autorange == "reversed"
    raman = only(drawn(spectrum("intensity", "counts", "Raman")))
    assert (raman.x.is_reversed, raman.x.label) == (False, "Raman shift (cm⁻¹)")


def test_a_dsc_program_shows_its_segments_over_temperature_and_all_of_it_over_time():
    """Heating warm, cooling cold, the hold only over time; the temperature on an axis of its own."""
    over_temperature, over_time = drawn(program("DSC", "heat_flow", "mW"))
    assert isinstance(over_temperature, Lines)
    assert isinstance(over_time, Lines)
    names = [line.name for line in over_temperature.lines]
    assert names == ["heat 1, 10 K/min", "cool 1, 10 K/min", "heat 2, 10 K/min"]
    assert colours_of(over_temperature.lines)[:2] == [CONTRAST, ACCENT]
    assert over_temperature.second is None
    assert [line.name for line in over_time.lines][1] == "isothermal 1"
    assert (over_time.lines[-1].is_second, over_time.second.label) == (True, "temperature (°C)")
    assert [len(line.x) for line in over_temperature.lines] == [171, 171, 171]


def test_the_exothermic_direction_is_told_in_the_files_own_words():
    assert drawn(program("DSC", "heat_flow", "mW"))[0].note == "exo: not stated"
    assert drawn(program("DSC", "heat_flow", "mW", texts={"Exotherm": "Down"}))[0].note == "Exotherm: Down"
    assert drawn(program("DSC", "heat_flow", "mW", texts={"Plot": "exo up"}))[0].note == "Plot: exo up"
    assert drawn(program("TG", "mass", "%"))[0].note == ""


def test_a_single_heating_is_drawn_over_temperature_and_a_program_over_time():
    rise = Channel("temperature", "K", np.linspace(300, 1000, 100))
    curve = Curve(axis=Channel("time", "s", np.arange(100)), channels=(rise, Channel("mass", "mg", np.ones(100))))
    assert only(drawn(Reading(modality="TG", curves=(curve,)))).x.label == "temperature (K)"
    back = Channel("temperature", "K", 300 + 100 * np.sin(np.linspace(0, 3, 100)))
    turned = replace_channels(curve, back, curve.channel("mass"))
    assert only(drawn(Reading(modality="TG", curves=(turned,)))).x.label == "time (s)"


def replace_channels(curve: Curve, *channels: Channel) -> Curve:
    return Curve(axis=curve.axis, channels=channels)


def test_bars_of_a_test_stand_in_one_picture_and_their_beginning_in_another_where_they_are_drawn_out():
    """Stress over strain, whatever the file's axis was; what is near zero keeps the colours."""
    assert [len(panel.lines) for panel in drawn(bar(1, 8), bar(2, 12))] == [2]
    whole, near = drawn(bar(1, 8), bar(2, 400))
    assert isinstance(whole, Lines)
    assert isinstance(near, Lines)
    assert near.title.endswith("up to 10 %")
    assert [line.name for line in near.lines] == ["Bar 1", "Bar 2"]
    assert max(line.x.max() for line in near.lines) <= 10
    time = Channel("time", "s", np.arange(5))
    others = (
        Channel("force", "N", np.arange(5)),
        Channel("extension", "mm", np.arange(5) / 2),
        Channel("stress", "MPa", np.arange(5)),
    )
    one = only(drawn(Reading(modality="tensile", curves=(Curve(axis=time, channels=others),))))
    assert (one.x.label, one.y.label) == ("extension (mm)", "stress (MPa)")


def test_a_composition_stands_from_its_largest_amount_over_a_logarithm_where_it_spans_decades():
    """A limit is drawn as such; zero has no logarithm."""
    (panel,) = drawn(XRF)
    assert isinstance(panel, Bars)
    assert [(one.name, one.text, one.is_limit) for one in panel.bars] == [
        ("SiO₂", "12.4", False),
        ("CaO", "1.2", False),
        ("Br", "<0.001", True),
    ]
    assert panel.x.is_log
    near = amounts("XRF", sio2=Amount(12, "%"), cao=Amount(3, "%"))
    assert not drawn(near)[0].x.is_log  # type: ignore[union-attr]  # bars
    zero = amounts("XRF", sio2=Amount(12, "%"), cao=Amount(0.001, "%"), mgo=Amount(0, "%"))
    assert not drawn(zero)[0].x.is_log  # type: ignore[union-attr]  # bars


def test_amounts_that_no_axis_joins_are_listed():
    bars, listing = drawn(amounts("GPC", mn=Amount(4e4, "g/mol"), mw=Amount(2e5, "g/mol"), dispersity=Amount(5.0)))
    assert isinstance(bars, Bars)
    assert bars.x.label == "molar mass (g/mol)"
    assert isinstance(listing, Listing)
    assert listing.rows == (("dispersity", "5"),)


def test_one_property_of_several_specimens_stands_side_by_side_in_their_order():
    (panel,) = drawn(
        *(amounts("density", name, density=Amount(value, "g/cm3")) for name, value in (("B", 0.9), ("A", 1.1)))
    )
    assert isinstance(panel, Bars)
    assert ([one.name for one in panel.bars], panel.x.label) == (["B", "A"], "density (g/cm³)")


def test_an_image_keeps_its_pixels_or_is_stretched_to_bytes():
    (photo,) = drawn(micrograph())
    assert isinstance(photo, Photo)
    assert photo.pixels.dtype == np.uint8
    assert (photo.pixels.min(), photo.pixels.max()) == (0, 255)


@given(st.floats(1e-3, 1e7))
def test_a_scale_bar_is_a_round_length_between_a_tenth_and_a_quarter_of_the_width(width):
    length, text = scale_bar(width)
    assert 0.0999 * width <= length <= 0.2501 * width
    number, unit = text.split()
    assert float(number) * {"nm": 1e-3, "µm": 1, "mm": 1e3}[unit] == pytest.approx(length)
    assert number.strip("0.")[0] in "125"


values = st.lists(st.floats(-100, 100) | st.just(float("nan")), min_size=1, max_size=400)


@given(values, st.integers(2, 60))
@settings(max_examples=150)
def test_thinning_keeps_ends_and_extremes_and_invents_nothing(y, most):
    """Points of the curve in their order; at most a few more than asked for."""
    y_all = np.array(y)
    x_all = np.arange(len(y), dtype=float)
    x, kept = thinned(x_all, y_all, most=most)
    assert len(x) <= max(most, 2 * (most // 2) + 2 + (len(y) == most))
    assert np.all(np.diff(x) > 0)
    np.testing.assert_array_equal(kept, y_all[x.astype(int)])
    assert (x[0], x[-1]) == (x_all[0], x_all[-1])
    if np.isfinite(y_all).any():
        assert (np.nanmin(kept), np.nanmax(kept)) == (np.nanmin(y_all), np.nanmax(y_all))


def test_a_long_curve_is_thinned_on_the_page_and_a_diffractogram_is_not():
    long = only(drawn(along("", ("point", "", 0, 1), ("interferogram", ""), 30_000)))
    whole = only(drawn(along("WAXS", ("two_theta", "°", 5, 100), ("intensity", "counts"), 9500)))
    assert len(panel_figure(long).data[0].x) < 11_000
    assert len(panel_figure(whole).data[0].x) == 9500


def test_more_lines_than_can_be_told_apart_are_left_out_and_that_is_said():
    many = drawn(*(along("", ("x", "", 0, 1), ("y", ""), 5, str(n)) for n in range(300)))
    panel = only(many)
    assert (len(panel.lines), panel.note) == (240, "the first 240 of 300 are drawn")
    assert len(set(colours_of(panel.lines))) > 100


def test_what_somebody_typed_is_no_markup_on_the_page():
    hostile = "<script>alert(1)</script>"
    reading = replace(spectrum(), facts=Facts(specimen=hostile), label=hostile)
    page = build_measurement_page(
        hostile, hostile, drawn(reading, spectrum()), [Leaf(heading=hostile, facts=(Fact(hostile, hostile),))]
    )
    assert hostile not in page
    assert 'http-equiv="Content-Security-Policy"' in page
    assert 'src="http' not in page


def test_units_and_quantities_are_written_as_the_field_writes_them():
    assert [unit_words(unit) for unit in ("cm-1", "N/mm2", "g/cm3", "Å-1", "g/10min", "W/g", "°C", "%")] == [
        "cm⁻¹", "N/mm²", "g/cm³", "Å⁻¹", "g/10min", "W/g", "°C", "%",
    ]  # fmt: skip
    assert axis_label("heat_flow", "") == "heat flow (no unit stated)"
    assert axis_label("absorbance", "") == "absorbance"
