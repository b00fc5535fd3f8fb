"""Discs of known size on an uneven ground: area shares and sizes come out as drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from loop.observations import State
from services.features.image import ImageParticles
from services.features.segmentation import strip_of
from tests.services.features.making import by_name, picture

ROWS, COLUMNS = 300, 400


def drawn(*, radius=6.0, n=60, grey=150.0, noise=4.0, seed=0, light=0.15, blur=0.8):
    """Return grey bytes with discs on a ground of 70 that do not touch, and the share of the area they cover."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(n * COLUMNS / ROWS)))
    places = [
        (ROWS * (i + 0.5) / (n // side + 1), COLUMNS * (j + 0.5) / side)
        for i in range(n // side + 1)
        for j in range(side)
    ]
    y, x = np.mgrid[:ROWS, :COLUMNS]
    covered = np.zeros((ROWS, COLUMNS))
    for row, column in places[:n]:
        row, column = row + rng.uniform(-1, 1), column + rng.uniform(-1, 1)
        covered = np.maximum(covered, np.clip(radius + 0.5 - np.hypot(y - row, x - column), 0, 1))
    image = 70 + (grey - 70) * gaussian_filter(covered, blur)
    image = image * (1 + light * (x / COLUMNS - 0.5) - 0.5 * light * (y / ROWS - 0.5) ** 2)
    image = image + noise * rng.standard_normal(image.shape)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8), 100 * float(covered.mean())


def extraction(**more):
    """Return an extraction of bright particles."""
    return ImageParticles.model_validate({"particles": [{"name": "filler", "grey": "bright", **more}]})


@pytest.mark.parametrize("method", ["half height", "Otsu"])
def test_discs_come_out_as_drawn(method):
    """Share of the area and diameter, on uneven light, with the scale of the image."""
    pixels, share = drawn()
    found = by_name(extraction(threshold=method).features(picture(pixels, 0.5)))
    assert found["filler area share"].value == pytest.approx(share, rel=0.06)
    assert found["filler number median"].value == pytest.approx(6.0, rel=0.04)
    assert found["filler d10"].value <= found["filler d50"].value <= found["filler d90"].value


@pytest.mark.parametrize("area", ["grey"])
def test_particles_as_thin_as_the_blur_keep_their_area(area):
    """Grey is spread by blur and not lost: discs of two pixels across count for what they are, beside large ones."""
    small, of_small = drawn(radius=1.2, n=120, noise=1.5)
    large, of_large = drawn(radius=6.0, n=12, noise=1.5)
    both = np.concatenate([small, large], axis=1)
    share = by_name(extraction(area=area, smallest_pixels=3).features(picture(both)))["filler area share"].value
    assert share == pytest.approx(0.5 * (of_small + of_large), rel=0.08)


def test_dark_particles_are_those_that_are_darker():
    """Holes count as dark, not as bright; turned around, the picture gives the same."""
    pixels, share = drawn(grey=20.0, noise=3.0)
    dark = by_name(extraction(grey="dark").features(picture(pixels)))["filler area share"]
    bright = by_name(extraction().features(picture(pixels)))["filler area share"]
    assert dark.value == pytest.approx(share, rel=0.06)
    assert bright.value is None or bright.value < 0.1 * share


def test_particles_that_cover_more_than_a_third_do_not_pass_for_the_matrix():
    """The matrix is what covers most, though even particles make the higher mode of grey."""
    pixels, share = drawn(radius=13.0, n=80, grey=20.0, noise=3.0)
    assert 33 < share < 50
    found = by_name(extraction(grey="dark").features(picture(pixels)))["filler area share"]
    assert found.value == pytest.approx(share, rel=0.05)


def test_without_a_scale_there_are_shares_and_no_sizes():
    """Nothing is guessed where the metadata are silent."""
    found = by_name(extraction().features(picture(drawn()[0], None)))
    assert found["filler area share"].value is not None
    assert found["filler d50"].value is None
    assert "no scale" in found["filler d50"].reason


def test_an_empty_field_is_below_detection():
    """No particle is less than three of the smallest that would count, not 0."""
    pixels, _ = drawn(n=1, radius=0.0)
    found = by_name(extraction().features(picture(pixels)))
    assert found["filler area share"].state is State.BELOW_DETECTION
    assert found["filler area share"].limit == pytest.approx(100 * 18 / (ROWS * COLUMNS))
    assert found["filler d50"].state is State.ABSENT


def test_one_grey_all_over_is_no_picture():
    """A detector that saw nothing gives a reason, no share."""
    found = extraction().features(picture(np.full((100, 100), 7, np.uint8)))
    assert {feature.value for feature in found} == {None}
    assert "alike" in found[0].reason


def test_the_strip_below_a_picture_is_left_out():
    """Rows with words and a bar are no part of the field; noise is no strip."""
    pixels, _ = drawn()
    strip = np.zeros((40, COLUMNS), np.uint8)
    strip[10:14, 300:380] = 255
    assert strip_of(pixels) == 0
    assert strip_of(np.vstack([pixels, strip])) == 40
    alone = extraction().features(picture(pixels))
    assert extraction().features(picture(np.vstack([pixels, strip]))) == alone


def test_the_error_of_a_share_is_what_fields_scatter_by():
    """The spread of sub-fields tells what another field would give."""
    rng = np.random.default_rng(1)
    found = []
    for seed in range(12):
        pixels, _ = drawn(n=int(rng.poisson(60)), seed=seed)
        found.append(by_name(extraction().features(picture(pixels)))["filler area share"])
    scatter = np.std([feature.value for feature in found])
    assert 0.3 < scatter / np.median([feature.stderr for feature in found]) < 3


def test_large_pictures_are_averaged_down_and_say_so():
    """Shares stay; the recipe tells how many pixels were averaged."""
    pixels, share = drawn(radius=12.0, n=30)
    settings = {"particles": [{"name": "filler", "grey": "bright"}], "most_pixels": 40_000}
    found = by_name(ImageParticles.model_validate(settings).features(picture(pixels, 0.5)))["filler area share"]
    assert found.value == pytest.approx(share, rel=0.08)
    assert "2 × 2 pixels averaged" in found.recipe


def test_a_measurement_without_an_image_says_so():
    """Every name has its reason."""
    from tests.services.features.making import table

    found = extraction().features(table(a=(1.0, "")))
    assert {feature.reason for feature in found} == {"the measurement has no image"}
