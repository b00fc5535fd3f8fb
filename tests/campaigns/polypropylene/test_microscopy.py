"""Virtual micrographs: shares and sizes as a person measures them, scale, and what meguri reads."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
import tifffile
from scipy.ndimage import gaussian_filter, label

from campaigns.polypropylene.laboratory.instruments.microscopy import (
    CUT_UM,
    FRACTURE_UM,
    cut,
    fracture,
    microscopy,
    visible_shares,
)
from services.ingest.doubts import doubts_of
from services.ingest.linking import Link, Naming, whose
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from tests.campaigns.polypropylene.analysed import SPECIMEN, compound, piece

BETWEEN_MATRIX_AND = {"talc": 98, "calcite": 112}
MATRIX_AND_HOLE = 82


def with_domains(structure, **changes):
    """The same with other particles."""
    return replace(structure, domains=replace(structure.domains, **changes))


def bright(structure, above: float, n: int = 4) -> float:
    """Share of pixels above a grey value, over several fields."""
    return float(np.mean([(cut(piece(structure, "microscopy", seed=seed)) > above).mean() for seed in range(n)]))


def holes(structure, seed: int) -> np.ndarray:
    """Which pixels of an etched fracture are dark."""
    return gaussian_filter(fracture(piece(structure, "microscopy", seed=seed)).astype(float), 1.0) < MATRIX_AND_HOLE


@pytest.mark.parametrize(("filler", "mass"), [("talc", 0.2), ("calcite", 0.2)])
def test_area_share_is_volume_share(filler, mass):
    """A fifth of mineral by mass is 7.5 % by volume: its share of the picture within a tenth, where it is not fine."""
    structure = with_domains(compound(**{filler: mass}), agglomerated=0.0, talc_size=7.0)
    volume = visible_shares(structure)[filler]
    assert volume == pytest.approx(0.076, abs=0.003)
    assert bright(structure, BETWEEN_MATRIX_AND[filler]) == pytest.approx(volume, rel=0.10)


def test_agglomerates_keep_the_share_and_clump():
    """As much filler in fewer, larger patches."""
    found = []
    for agglomerated in (0.0, 0.5):
        structure = with_domains(compound(calcite=0.2), agglomerated=agglomerated)
        masks = [cut(piece(structure, "microscopy", seed=seed)) > BETWEEN_MATRIX_AND["calcite"] for seed in range(6)]
        largest = [np.bincount(label(mask)[0].ravel())[1:].max() * CUT_UM**2 for mask in masks]
        found.append((float(np.mean(masks)), float(np.median(largest))))
    (share, patch), (share_clumped, patch_clumped) = found
    assert share_clumped == pytest.approx(share, rel=0.25)
    assert patch_clumped > 1.5 * patch


def test_more_filler_covers_more():
    """Step by step."""
    shares = [bright(compound(talc=talc), BETWEEN_MATRIX_AND["talc"], n=2) for talc in (0.0, 0.05, 0.15, 0.3)]
    assert shares == sorted(shares)
    assert shares[0] < 1e-4


def test_platelets_lie_along_the_surface():
    """Bright runs are longer along the surface than across; without orientation they are not."""

    def stretch(orientation: float) -> float:
        pixels = cut(piece(with_domains(compound(talc=0.2), talc_orientation=orientation), "microscopy"))
        mask = pixels > BETWEEN_MATRIX_AND["talc"]
        along, across = (np.diff(mask, axis=axis).sum() for axis in (0, 1))
        return float(along / across)

    assert stretch(0.9) > 1.5 * stretch(0.0)
    assert stretch(0.0) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("size", [0.4, 0.8, 1.6])
def test_holes_are_as_large_and_as_many_as_rubber_was(size):
    """Area share near the volume share; average diameter within a quarter."""
    structure = with_domains(compound(rubber=0.10), rubber_size=size)
    volume, shares, diameters = visible_shares(structure)["rubber"], [], []
    for seed in range(4):
        mask = holes(structure, seed)
        shares.append(mask.mean())
        patches, _ = label(mask)
        areas = np.bincount(patches.ravel())[1:]
        diameters += list(2 * np.sqrt(areas[areas > 8] / np.pi) * FRACTURE_UM)
    assert np.mean(shares) == pytest.approx(volume, rel=0.15 if size < 1 else 0.30)
    assert np.mean(diameters) == pytest.approx(size, rel=0.25)


def test_a_polymer_alone_shows_nothing():
    """No bright spot on the cut, no hole in the fracture."""
    assert bright(compound(), BETWEEN_MATRIX_AND["talc"], n=1) < 1e-4
    assert holes(compound(), 1).mean() < 1e-3


def test_meguri_reads_scale_and_specimen():
    """Both pictures: pixel size, time, operator; linked by their names, nothing doubted."""
    one = piece(compound(talc=0.1, rubber=0.1), "microscopy", drifts=True)
    for file, pixel in zip(microscopy(one), (CUT_UM, FRACTURE_UM), strict=True):
        (reading,) = read_source(Source(file.name, file.data, None)).readings
        assert (reading.modality, file.modality) == ("microscopy", "microscopy")
        assert reading.images[0].um_per_pixel == pytest.approx(pixel, rel=1e-6)
        assert reading.images[0].pixels.shape == (768, 1024)
        assert (reading.facts.instrument, reading.facts.operator) == (one.session.instrument, one.session.operator)
        assert reading.facts.measured_at == one.at.replace(tzinfo=None)
        assert one.session.id in reading.facts.texts["ImageDescription"]
        assert doubts_of(reading) == ()
        assert not reading.broken_claims
        link = whose(
            [Naming("the file's name", file.name)],
            campaigns=["PP01"],
            proposals=["PP01-C001-01"],
            specimens=[SPECIMEN],
        )
        assert link == Link(campaign="PP01", proposal="PP01-C001-01", specimen=SPECIMEN)


def test_the_bar_is_as_long_as_it_says():
    """White pixels of the bar times the side of a pixel: 20 and 10 µm."""
    for file, pixel, length in zip(
        microscopy(piece(compound(), "microscopy")), (CUT_UM, FRACTURE_UM), (20, 10), strict=True
    ):
        picture = tifffile.imread(io.BytesIO(file.data))
        assert (picture[708 + 38, 700:] == 255).sum() * pixel == pytest.approx(length, rel=0.01)


def test_a_piece_gives_the_same_picture_again():
    """By its generator alone; another field of the same piece shows other particles."""
    structure = compound(talc=0.1)
    first, again, other = (microscopy(piece(structure, "microscopy", seed=seed)) for seed in (1, 1, 2))
    assert [file.data for file in first] == [file.data for file in again]
    assert first[0].data != other[0].data
