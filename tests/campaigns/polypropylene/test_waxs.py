"""Diffractograms: lines where the tables have them, areas as structure says, files as diffractometers write them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.instruments.reflections import PHASES, two_theta
from campaigns.polypropylene.laboratory.instruments.waxs import ANGLES, halo, intensity, lines, waxs
from tests.campaigns.polypropylene.analysed import compound, piece, reading_of

POSITIONS = {
    ("alpha", "110"): 14.1,
    ("alpha", "040"): 16.9,
    ("alpha", "130"): 18.5,
    ("alpha", "111"): 21.3,
    ("alpha", "-131"): 21.8,
    ("alpha", "041"): 21.9,
    ("beta", "110"): 16.1,
    ("gamma", "117"): 20.05,
    ("pe", "110"): 21.6,
    ("pe", "200"): 24.0,
    ("talc", "002"): 9.45,
    ("talc", "004"): 18.95,
    ("talc", "006"): 28.6,
    ("calcite", "012"): 23.0,
    ("calcite", "104"): 29.4,
}
"""° 2θ with Cu Kα1."""


@pytest.mark.parametrize(("phase", "hkl"), POSITIONS)
def test_cells_put_lines_where_the_tables_have_them(phase, hkl):
    """Within 0.07° 2θ."""
    (line,) = [line for line in PHASES[phase].reflections if line.hkl == hkl]
    assert two_theta(line.spacing) == pytest.approx(POSITIONS[phase, hkl], abs=0.07)


def test_the_doublet_is_split_by_0_043_degrees_at_17():
    """Bragg's law with both wavelengths."""
    spacing = 1.540598 / (2 * np.sin(np.radians(8.5)))
    assert two_theta(spacing, 1.544426) - two_theta(spacing) == pytest.approx(0.043, abs=0.001)


@pytest.mark.parametrize("crystallinity", [0.3, 0.45, 0.6])
def test_crystalline_and_amorphous_areas_give_the_crystallinity_of_the_skin(crystallinity):
    """Between 10 and 35°, for pure polypropylene, within one per cent of mass."""
    plain = compound()
    structure = replace(plain, skin=replace(plain.skin, pp=crystallinity))
    inside = (ANGLES >= 10) & (ANGLES <= 35)
    whole = intensity(structure)[inside].sum()
    amorphous = intensity(replace(structure, skin=replace(structure.skin, pp=0.0)))[inside].sum() * (1 - crystallinity)
    assert (whole - amorphous) / whole == pytest.approx(crystallinity, abs=0.01)
    assert halo("pp")[inside].sum() * 0.01 == pytest.approx(1)


def test_smaller_crystallites_make_wider_lines_of_the_same_area():
    """The integral breadth of 040 is that of Scherrer with K = 1, beside that of strain and slit."""
    plain = compound()

    def only_040(size: float) -> np.ndarray:
        structure = replace(plain, skin=replace(plain.skin, size_040=size, pp=0.5))
        other = replace(structure, skin=replace(structure.skin, size_040=1e-6))
        return intensity(structure) - intensity(other)

    near = (ANGLES > 15.5) & (ANGLES < 18.3)
    small, large = only_040(8.0)[near], only_040(16.0)[near]
    assert large.sum() == pytest.approx(small.sum(), rel=0.12)
    for nm, line in ((8.0, only_040(8.0)), (16.0, only_040(16.0))):
        breadth = np.radians(line[near].sum() * 0.01 / line.max())
        assert 0.15418 / (breadth * np.cos(np.radians(8.45))) == pytest.approx(nm, rel=0.12)


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"talc": 0.2}, 9.45),
        ({"talc": 0.2}, 28.6),
        ({"calcite": 0.2}, 29.4),
        ({"pe": 0.1}, 24.0),
        ({"titania": 0.02}, 27.43),
    ],
)
def test_what_a_compound_holds_shows_where_it_reflects(more, at):
    """More of it, a stronger line over what stands beside it."""
    near, beside = np.abs(ANGLES - at) < 0.15, np.abs(np.abs(ANGLES - at) - 1.1) < 0.1

    def over(structure) -> float:
        counts = intensity(structure)
        return float(counts[near].mean() / counts[beside].mean())

    half = {name: share / 2 for name, share in more.items()}
    assert over(compound(**more)) > 1.02 * over(compound(**half)) > 1.02 * 1.02 * over(compound())


@pytest.mark.parametrize("degree", [0.0, 0.5, 0.95])
def test_texture_leaves_crystallinity_and_what_lies_across_as_it_is(degree):
    """All lines of the crystals up to 35° together stay; 110 and 111 lose more than 130 and -131."""
    plain = compound()
    areas = {
        line.hkl: share / line.intensity
        for line, share, _ in lines(replace(plain, skin=replace(plain.skin, orientation=degree)))
        if line in PHASES["alpha"].reflections
    }
    kept = sum(line.intensity * areas[line.hkl] for line in PHASES["alpha"].reflections if two_theta(line.spacing) < 35)
    assert kept == pytest.approx(plain.composition.pp * plain.skin.pp * plain.skin.alpha)
    order = np.array([areas[hkl] for hkl in ("111", "110", "-131", "130", "040")])
    assert (np.diff(order) >= -1e-12).all()


@pytest.mark.parametrize(
    ("more", "at"), [({}, 14.1), ({}, 16.9), ({}, 18.5), ({"talc": 0.2}, 9.45), ({"talc": 0.2}, 28.6)]
)
def test_what_is_drawn_has_its_maxima_there(more, at):
    """Within 0.07°: neither halo nor axial divergence moves them further."""
    counts = intensity(compound(**more))
    near = np.abs(ANGLES - at) < 0.3
    assert ANGLES[near][counts[near].argmax()] == pytest.approx(at, abs=0.07)


@pytest.mark.parametrize(("phase", "at"), [("beta", 16.1), ("gamma", 20.05)])
def test_beta_and_gamma_show_where_nothing_else_does(phase, at):
    """The more of the phase, the higher, at the same crystallinity."""
    plain, near = compound(), np.abs(ANGLES - at) < 0.1
    heights = [intensity(replace(plain, skin=replace(plain.skin, **{phase: s})))[near].sum() for s in (0.0, 0.1, 0.3)]
    assert heights[0] < heights[1] < heights[2]


def test_minerals_do_not_touch_the_ratio_of_crystalline_to_amorphous():
    """Two compounds of one skin differ by the lines of the filler and by absorption, which weakens all alike."""
    plain, filled = intensity(compound()), intensity(compound(calcite=0.2))
    free = (ANGLES > 10) & (ANGLES < 22)
    assert np.std((filled / plain)[free]) < 0.02 * np.mean((filled / plain)[free]) < 0.02 * 0.6


def test_orientation_raises_040_and_lowers_110():
    """Crystals whose b axis stands on the surface."""
    plain = compound()
    flat, along = (replace(plain, skin=replace(plain.skin, orientation=o)) for o in (0.0, 0.8))

    def ratio(structure) -> float:
        areas = {line.hkl: share for line, share, _ in lines(structure) if line in PHASES["alpha"].reflections}
        return areas["040"] / areas["110"]

    assert ratio(along) > 3 * ratio(flat)


@pytest.mark.parametrize("seed", range(6))
def test_every_format_is_read_back_as_it_was_counted(seed):
    """9500 points from 5 to 99.99°, of its specimen, whatever the session's software writes."""
    stage = piece(compound(talc=0.1, pe=0.05), f"WAXS-{seed}", seed=seed, drifts=True)
    reading = reading_of(waxs(stage))
    (curve,) = reading.curves
    assert reading.modality == "WAXS"
    assert (len(curve.axis), curve.axis.values[0], round(float(curve.axis.values[-1]), 2)) == (9500, 5.0, 99.99)
    assert curve.channels[0].values.max() > 800


def test_measured_again_a_piece_differs_by_mounting_and_counts_only():
    """Less than a tenth of a degree, and no more than counting and a few per cent of light."""
    one, other = (
        reading_of(waxs(piece(compound(), "WAXS", seed=seed))).curves[0].channels[0].values for seed in (1, 2)
    )
    assert not np.array_equal(one, other)
    assert one.sum() == pytest.approx(other.sum(), rel=0.12)
    strong = np.convolve(one, np.ones(9) / 9, "same").argmax(), np.convolve(other, np.ones(9) / 9, "same").argmax()
    assert abs(strong[0] - strong[1]) <= 10
