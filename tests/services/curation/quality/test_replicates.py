"""Copies and outliers among replicates: found where they were planted, and clean groups left alone."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.faults import COPIES, KINDS, clean_groups, control, copied, group, planted, sessions_of
from benchmarks.quality.planted import AXES, MODALITIES, Mounting, measure, reading_of, specimen
from services.curation.quality.control import ControlChart
from services.curation.quality.drift import session_drift
from services.curation.quality.errors import QualityError
from services.curation.quality.outliers import outlying_amounts
from services.curation.quality.replicates import replicate_doubts
from services.records.reading import Amount, Reading


def kinds_of(readings: list[Reading]) -> list[set[str]]:
    """Judge a group; return the kinds of doubt of each in order."""
    judged = replicate_doubts({f"M-{i}": reading for i, reading in enumerate(readings)})
    return [{doubt.kind for doubt in judged[f"M-{i}"]} for i in range(len(readings))]


@pytest.mark.parametrize("kind", KINDS)
def test_planted_faults_are_found(kind):
    """Of 24 faults of each kind in eight kinds of measurement, at least 21 are found for the right reason."""
    rng = np.random.default_rng([5, KINDS.index(kind)])
    modalities = MODALITIES[: len(MODALITIES) - (kind == "spikes")]
    found = [planted(kind, modalities[i % len(modalities)], rng) for i in range(24)]
    assert sum(found) >= 21


def test_clean_replicates_are_left_alone():
    """Of 40 groups with ordinary noise, shifts, scales, offsets, baselines and grids, at most one is doubted."""
    assert sum(bool(doubts) for _, doubts in clean_groups(40, np.random.default_rng(6))) <= 1


def test_clean_controls_and_sessions_are_left_alone():
    """Of 16 controls and 16 histories of sessions, at most one is doubted."""
    rng, doubted = np.random.default_rng(8), 0
    for i in range(16):
        thing = specimen(MODALITIES[i % len(MODALITIES)], rng)
        history, last = control(thing, 12, rng, drifted=False)
        doubted += bool(ControlChart().judge(history, last).doubts)
        doubted += any(session_drift(sessions_of(thing, 5, rng, drifted=False)[0]).values())
    assert doubted <= 1


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_known_from_a_pair_alone(how):
    """A copy that was scaled, moved, rounded, drawn anew or turned around has the noise of its original."""
    rng = np.random.default_rng(11)
    for modality in AXES:
        _, (original,) = group(modality, 1, rng)
        assert kinds_of([original, copied(original, how, rng)]) == [{"duplicate"}, {"duplicate"}], (modality, how)


def test_repeats_of_one_mounting_are_no_copies():
    """Two measurements without touching the specimen agree in all but their noise, and are two."""
    rng = np.random.default_rng(12)
    for modality in AXES:
        thing = specimen(modality, rng)
        readings = [measure(thing, Mounting(), rng) for _ in range(3)]
        assert kinds_of(readings) == [set()] * 3, modality


def test_the_order_of_replicates_changes_nothing():
    """Doubts belong to measurements, not to places in a list."""
    rng = np.random.default_rng(13)
    _, readings = group("FTIR", 3, rng)
    named = {"A": readings[0], "B": copied(readings[0], "scaled", rng), "C": readings[1], "D": readings[2]}
    turned = dict(reversed(list(named.items())))
    assert replicate_doubts(named) == replicate_doubts(turned)


def test_of_two_that_disagree_neither_is_known_to_be_wrong():
    """Both are doubted, and the message says so."""
    rng = np.random.default_rng(14)
    x = np.linspace(10.0, 25.0, 1500)
    curves = [20 * np.exp(-(((x - middle) / 1.2) ** 2)) + rng.normal(0, 0.05, len(x)) for middle in (13.0, 17.5)]
    judged = replicate_doubts({name: reading_of("GPC", x, y) for name, y in zip("AB", curves, strict=True)})
    assert all("from two" in doubt.message for doubts in judged.values() for doubt in doubts)
    assert [len(doubts) for doubts in judged.values()] == [1, 1]


def test_one_alone_is_not_judged_and_modalities_are_not_mixed():
    """It takes two of one kind."""
    rng = np.random.default_rng(15)
    _, (tg,) = group("TG", 1, rng)
    _, (dsc,) = group("DSC", 1, rng)
    assert replicate_doubts({"A": tg}) == {"A": ()}
    with pytest.raises(QualityError, match="one modality"):
        replicate_doubts({"A": tg, "B": dsc})


def test_numbers_that_are_rounded_coarsely_agree_by_chance():
    """Two tables with the same ash of 12 % are no copies; with the same four numbers of four digits they are."""
    coarse = Reading(modality="ash", amounts={"ash": Amount(12.0, "%")})
    assert kinds_of([coarse, coarse]) == [set(), set()]
    fine = {"density": Amount(0.9057, "g/cm3"), "MFR": Amount(12.37, "g/10min"), "ash": Amount(20.13, "%")}
    table = Reading(modality="amounts", amounts={**fine, "Charpy": Amount(4.27, "kJ/m2")})
    assert kinds_of([table, table]) == [{"duplicate"}, {"duplicate"}]


@pytest.mark.parametrize("n", [2, 3, 4, 6, 10])
def test_amounts_are_flagged_seldom_where_nothing_is_wrong(n):
    """Of 400 clean tables at most 0.5 % are doubted with the usual spread, 2 % with half as much again."""
    rng = np.random.default_rng(n)
    for spread in (0.04, 0.08, 0.12):
        drawn = rng.normal(1, spread, (400, n)) * 37.0
        doubted = [bool(outlying_amounts({str(i): float(v) for i, v in enumerate(row)}, "ohm")) for row in drawn]
        assert np.mean(doubted) <= (0.005 if spread <= 0.08 else 0.02)


def test_an_outlier_among_many_is_the_one_that_is_told():
    """The number that is off is doubted, not those beside it."""
    values = {"A": 0.9051, "B": 0.9062, "C": 0.9047, "D": 0.9655}
    (name,) = outlying_amounts(values, "density", "g/cm3")
    assert name == "D"
