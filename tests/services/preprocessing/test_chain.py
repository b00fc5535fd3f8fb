"""A chain takes a reading to what features are made of; one region that fails ends nothing; code and settings count."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from services.preprocessing.chain import Chain, chain_hash, process
from services.preprocessing.cleaning.errors import AxisError
from services.preprocessing.cleaning.spikes import Spikes
from services.preprocessing.errors import PreprocessingError
from services.preprocessing.peakfit.settings import PeakSettings
from services.records.curve import Channel, Curve
from services.records.peaks import PeakFit
from services.records.reading import Amount, Reading
from tests.services.preprocessing.cleaning.curves import bell, run


def spectrum(*channels, axis="wavenumber", unit="cm-1", n=301, modality="FTIR"):
    x = np.linspace(600, 1800, n)
    return Curve(axis=Channel(axis, unit, x), channels=tuple(Channel(name, "", x / 1000) for name in channels))


class Fitter:
    """Writes down what it is asked to fit, and gives it back as a fit without peaks."""

    def __init__(self, refuses=()):
        self.asked, self.refuses = {}, refuses

    def __call__(self, x: np.ndarray, y: np.ndarray, settings: PeakSettings) -> PeakFit:
        if settings.name in self.refuses:
            raise PreprocessingError(f"{len(x)} points lie in the region")
        self.asked.setdefault(settings.name, []).append((x, y))
        zeros = np.zeros(len(x))
        return PeakFit(x=x, y=y, noise=zeros, peaks=(), background=zeros, model=zeros, chi_square=0.0, n_numbers=0)


def chain(**settings):
    return Chain.model_validate({"curve": {"axis": "wavenumber", "of": "absorbance"}, **settings})


def test_the_first_channel_that_is_there_is_taken():
    """By the order of names, then of axes, then of curves in the file."""
    reading = Reading(curves=(spectrum("single_beam"), spectrum("transmittance"), spectrum("absorbance")))
    several = chain(curve={"axis": ["raman_shift", "wavenumber"], "of": ["absorbance", "transmittance"]})
    done = process(reading, several, Fitter())
    assert done.of == "absorbance"
    assert done.clean == reading.curves[2]
    assert process(Reading(curves=reading.curves[:2]), several, Fitter()).of == "transmittance"


def test_a_reading_without_the_curve_has_no_clean_curve_and_says_why():
    """Numbers and pictures too; a chain may want none."""
    numbers = Reading(amounts={"mw": Amount(240.0, "kg/mol")})
    done = process(numbers, chain(), Fitter())
    assert (done.clean, done.fits, done.of, done.noise) == (None, {}, "", None)
    assert done.notes == ("no curve of absorbance over wavenumber: it holds none",)
    other = process(Reading(curves=(spectrum("intensity"),)), chain(), Fitter())
    assert other.notes == ("no curve of absorbance over wavenumber; there are wavenumber, intensity",)
    assert process(numbers, Chain(), Fitter()).notes == ()


def test_fits_see_the_clean_curve_cut_to_their_region():
    """Behind all steps, ends included, without missing values."""
    x = np.linspace(600, 1800, 601)
    y = 5 + bell(x, 1000, 30)
    y[300] = np.nan
    curve = Curve(axis=Channel("wavenumber", "cm-1", x), channels=(Channel("absorbance", "", y),))
    fitter = Fitter()
    done = process(
        Reading(curves=(curve,)),
        chain(
            clean=[{"step": "normalise", "method": "maximum"}, {"step": "range", "to": 1500}],
            peaks=[{"name": "one", "from": 900, "to": 1300}, {"name": "all"}],
        ),
        fitter,
    )
    (one_x, one_y), (all_x, _) = fitter.asked["one"][0], fitter.asked["all"][0]
    assert (one_x[0], one_x[-1], all_x[0], all_x[-1]) == (900, 1300, 600, 1500)
    assert one_y.max() == pytest.approx(1.0)
    assert len(one_x) == 200  # of 201, one has no value
    assert list(done.fits) == ["one", "all"]
    assert done.clean is not None
    assert len(done.clean) == 451


def test_a_region_that_cannot_be_fitted_ends_nothing():
    """It becomes a note; the others are fitted."""
    done = process(
        Reading(curves=(spectrum("absorbance"),)),
        chain(peaks=[{"name": "far", "from": 5000, "to": 6000}, {"name": "near", "from": 700}]),
        Fitter(refuses=("far",)),
    )
    assert list(done.fits) == ["near"]
    assert done.notes == ("far: not fitted: 0 points lie in the region",)


def test_a_step_that_cannot_be_done_is_an_error_by_name():
    """There is no clean curve to be had."""
    with pytest.raises(AxisError, match=r"range: curve \(absorbance\): 0 points lie from 9000"):
        process(Reading(curves=(spectrum("absorbance"),)), chain(clean=[{"step": "range", "from": 9000}]), Fitter())


def test_a_program_is_fitted_along_temperature_in_each_stretch():
    """Cooling too, from low to high; ends are left out; a stretch that is not there is a note."""
    fitter = Fitter()
    done = process(
        run().reading,
        Chain.model_validate(
            {
                "curve": {"axis": "time", "of": "heat_flow"},
                "clean": [{"step": "program"}],
                "segments": ["heat 1", "cool", "heat 2", "isothermal"],
                "along": "temperature",
                "margin": 0.5,
                "peaks": [{"name": "melting"}],
            }
        ),
        fitter,
    )
    assert list(done.fits) == ["heat 1 melting", "cool melting", "isothermal melting"]
    (heat, flow), (cool, _), (hold, _) = fitter.asked["melting"]
    assert heat[np.argmin(flow)] == pytest.approx(160, abs=1)
    for celsius in (heat, cool):
        assert (np.diff(celsius) > 0).all()
        assert (celsius[0], celsius[-1]) == (pytest.approx(30.6, abs=0.6), pytest.approx(229.4, abs=0.6))
    assert (hold[0], hold[-1]) == (pytest.approx(0.5), pytest.approx(4.5, abs=0.1))  # along time, min
    assert done.notes[-1].startswith("heat 2 melting: not fitted: there is no 'heat 2'; there are isothermal, heat 1")


def test_fits_of_means_see_one_point_a_step():
    """Places and values are both means."""
    fitter = Fitter()
    process(Reading(curves=(spectrum("absorbance"),)), chain(every=20, peaks=[{"name": "one"}]), fitter)
    x, y = fitter.asked["one"][0]
    assert len(x) == 61
    assert np.allclose(np.diff(x)[:-1], 20)
    assert np.allclose(y, x / 1000)


def test_a_clean_curve_without_a_value_is_told():
    """As where an extensometer was taken off before the stretch that is looked at."""
    x = np.linspace(600, 1800, 301)
    curve = Curve(
        axis=Channel("wavenumber", "cm-1", x), channels=(Channel("absorbance", "", np.where(x < 900, x, np.nan)),)
    )
    done = process(Reading(curves=(curve,)), chain(clean=[{"step": "range", "from": 1000}]), Fitter())
    assert done.notes == ("no value of absorbance is left behind the cleaning",)
    assert done.noise is None


def test_noise_is_that_of_the_clean_channel():
    """White noise as one number; counts by Poisson's law; none of a curve too short for it."""
    rng = np.random.default_rng(1)
    x = np.linspace(600, 1800, 2001)
    counts = rng.poisson(50 + 5000 * bell(x, 1000, 200)).astype(float)
    for unit, y in (("", 3 + rng.normal(0, 0.2, len(x))), ("counts", counts)):
        curve = Curve(axis=Channel("wavenumber", "cm-1", x), channels=(Channel("absorbance", unit, y),))
        noise = process(Reading(curves=(curve,)), chain(), Fitter()).noise
        assert noise is not None
        if unit:
            top = np.argmin(np.abs(x - 1000))
            assert noise[top] == pytest.approx(np.sqrt(5050), rel=0.15)
            assert noise[-1] == pytest.approx(np.sqrt(50), rel=0.35)
        else:
            assert noise == pytest.approx(np.full(len(x), 0.2), rel=0.15)
    assert process(Reading(curves=(spectrum("absorbance", n=10),)), chain(), Fitter()).noise is None


def test_the_same_reading_gives_the_same_bits():
    """Nothing but settings and numbers counts."""
    one, other = (
        process(run().reading, chain(curve={"axis": "time", "of": "heat_flow"}, clean=[{"step": "program"}]), Fitter())
        for _ in range(2)
    )
    assert one.clean == other.clean
    assert np.array_equal(one.noise, other.noise)
    assert one.notes == other.notes


def test_a_hash_changes_with_settings_and_with_code_and_with_nothing_else(monkeypatch):
    """The spelling of a list of one makes no difference; the fitter counts where something is fitted."""
    written = {"clean": [{"step": "spikes", "height": 9}, {"step": "range", "to": 1500}], "peaks": [{"name": "one"}]}
    first = chain_hash(chain(**written), fitter="sequential 1")
    again = chain(**written, curve={"axis": ["wavenumber"], "of": ["absorbance"]})
    assert len(first) == 64
    assert chain_hash(again, fitter="sequential 1") == first
    others = [
        chain(**{**written, "clean": written["clean"][:1]}),
        chain(**{**written, "clean": written["clean"][::-1]}),
        chain(**{**written, "clean": [{"step": "spikes", "height": 10}, written["clean"][1]]}),
        chain(**{**written, "peaks": [{"name": "one", "to": 1400}]}),
        chain(**{**written, "every": 5}),
    ]
    hashes = {chain_hash(other, fitter="sequential 1") for other in others}
    assert len({first, *hashes}) == 6
    assert chain_hash(chain(**written), fitter="sequential 2") != first
    without = chain(clean=written["clean"])
    assert chain_hash(without, fitter="a") == chain_hash(without, fitter="b")
    monkeypatch.setattr(Spikes, "version", Spikes.version + 1)
    assert chain_hash(chain(**written), fitter="sequential 1") != first


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"curve": None, "clean": [{"step": "spikes"}]}, "a chain that cleans or fits says which curve"),
        ({"peaks": [{"name": "a"}, {"name": "a"}]}, "two regions are called a"),
        ({"along": "temperature"}, "fits along temperature are made within segments"),
        ({"margin": 10}, "a margin of 10 is that of segments"),
        ({"curve": {"axis": [], "of": "absorbance"}}, "at least 1 item"),
        ({"smooth": True}, "Extra inputs"),
    ],
)
def test_a_chain_that_contradicts_itself_is_refused_at_birth(wrong, said):
    """Before any file comes."""
    with pytest.raises(ValidationError, match=said):
        chain(**wrong)
