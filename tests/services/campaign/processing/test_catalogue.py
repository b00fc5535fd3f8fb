"""The catalogue of features: what each is over specimens, from the long table."""

from __future__ import annotations

import numpy as np

from services.campaign.processing.catalogue import catalogue_of
from services.records.derived import DerivedValue


def cell(specimen, value, *, name="residue", modality="TG", unit="%", measurement="M-1"):
    return DerivedValue(specimen, measurement, modality, name, unit, value, 0.1)


def test_range_and_median_are_of_the_means_of_specimens():
    """A specimen that was measured often counts once; one without a value not at all."""
    cells = [cell("A", 1.0), cell("A", 3.0), cell("B", 10.0), cell("C", 4.0), cell("D", None)]
    (found,) = catalogue_of(cells)
    assert (found.n_specimens, found.median, found.low, found.high) == (3, 4.0, 2.0, 10.0)
    assert (found.trust.n_specimens, found.trust.n_missing) == (1, 1)


def test_a_feature_that_no_specimen_has_is_listed_without_numbers():
    """So that a person sees that it never came out."""
    (found,) = catalogue_of([cell("A", None), cell("B", None)])
    assert (found.n_specimens, found.median, found.low, found.high) == (0, None, None, None)
    assert found.trust.n_missing == 2


def test_what_belongs_to_nobody_is_left_out():
    """It cannot be told whether it is a specimen measured again."""
    assert catalogue_of([cell("", 1.0)]) == ()


def test_spellings_of_a_modality_are_one_and_modalities_are_not():
    """FT-IR and FTIR are; the same name in another modality is another feature."""
    cells = [cell("A", 1.0, modality="FT-IR"), cell("A", 2.0, modality="FTIR"), cell("A", 5.0, modality="Raman")]
    found = catalogue_of(cells)
    assert [(one.modality, one.median) for one in found] == [("FT-IR", 1.5), ("Raman", 5.0)]


def test_a_value_in_another_unit_is_no_repetition():
    """Heat flow without a mass is not in watts per gram: it counts as missing."""
    cells = [cell("A", 2.0, unit="J/g"), cell("A", 9.0, unit="J"), cell("B", 3.0, unit="J/g")]
    (found,) = catalogue_of(cells)
    assert (found.unit, found.low, found.high, found.trust.n_missing) == ("J/g", 2.0, 3.0, 1)


def test_the_order_of_cells_changes_nothing():
    """Neither of the long table nor of files."""
    rng = np.random.default_rng(2)
    cells = [cell(f"S{k % 6}", float(v), name=f"f{k % 4}") for k, v in enumerate(rng.normal(size=72))]
    mixed = [cells[k] for k in rng.permutation(len(cells))]
    one, other = catalogue_of(cells), catalogue_of(mixed)
    assert [f.name for f in one] == [f.name for f in other]
    assert all(abs(a.trust.icc - b.trust.icc) < 1e-12 for a, b in zip(one, other, strict=True))
