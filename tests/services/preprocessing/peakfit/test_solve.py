"""Numbers that are known come back: exact curves, certified problems, errors that cover, signs that stay."""

from __future__ import annotations

import re

import numpy as np
import pytest

from services.preprocessing.peakfit.pattern import Component, Pattern, Prior
from services.preprocessing.peakfit.profiles import KINDS
from services.preprocessing.peakfit.solve import FitError, fit
from tests.services.ingest.files import SHARED

X = np.linspace(10.0, 30.0, 801)
FREE = Prior(sd=(np.inf,) * 5)


def pattern(*components: Component, baseline: tuple[float, ...] = (2.0, -0.5, 0.2)) -> Pattern:
    return Pattern(components=components, baseline=baseline, first=10.0, last=30.0)


def peak(kind: str, place: float, height: float = 5.0, width: float = 0.8, **more: float) -> Component:
    return Component(kind=kind, height=height, place=place, ln_width=float(np.log(width)), **more)


def moved(one: Component) -> Component:
    """Where a search might begin: off by a fifth of a width, a third of the height, a half of the width."""
    return Component(
        kind=one.kind,
        height=1.3 * one.height,
        place=one.place + 0.2 * float(np.exp(one.ln_width)) * (one.kind != "decay"),
        ln_width=one.ln_width + 0.4,
    )


@pytest.mark.parametrize("kind", ["pseudo-Voigt", "split pseudo-Voigt", "doublet", "Fraser-Suzuki"])
def test_an_exact_curve_gives_its_own_numbers(kind):
    """Two overlapping components on a bent baseline, without noise and without priors."""
    more = {"asymmetry": 0.3} if kind in ("split pseudo-Voigt", "Fraser-Suzuki") else {}
    shape = {} if kind == "Fraser-Suzuki" else {"shape": 0.5}
    true = pattern(peak(kind, 17.0, **more, **shape), peak(kind, 18.2, 3.0, 1.1, **more, **shape))
    start = pattern(*(moved(one) for one in true.components), baseline=(0.0, 0.0, 0.0))
    found = fit(X, true.value(X), np.full(len(X), 0.01), start, priors=[FREE] * 2, most_iterations=200, tolerance=1e-14)
    assert found.chi_square < 1e-6
    for one, other in zip(found.pattern.components, true.components, strict=True):
        assert one.numbers == pytest.approx(other.numbers, abs=1e-4)


def test_a_step_and_a_decay_come_back_too():
    """Thermal and air-scatter backgrounds."""
    true = pattern(
        peak("step", 20.0, 1.5, 0.9), Component(kind="decay", height=4.0, place=10.0, ln_width=0.7), baseline=(1.0,)
    )
    start = pattern(*(moved(one) for one in true.components), baseline=(0.5,))
    found = fit(X, true.value(X), np.full(len(X), 0.01), start, priors=[FREE] * 2, most_iterations=200)
    assert found.pattern.value(X) == pytest.approx(true.value(X), abs=1e-4)


def test_standard_errors_cover_as_they_should():
    """Of 200 noisy curves, 95 % intervals hold the true place, height and ln width of most."""
    true = pattern(peak("pseudo-Voigt", 17.0), peak("pseudo-Voigt", 18.4, 2.0), baseline=(2.0, -0.5))
    rng, held = np.random.default_rng(4), []
    for _ in range(200):
        y = true.value(X) + 0.15 * rng.standard_normal(len(X))
        found = fit(X, y, np.full(len(X), 0.15), true)
        for k, one in enumerate(true.components):
            off = (found.pattern.components[k].numbers - one.numbers)[:3] / found.stderr(k)[:3]
            held.append(np.abs(off) < 1.96)
    share = np.mean(held, axis=0)
    assert (share > 0.90).all()
    assert (share < 0.99).all()


def test_a_peak_keeps_its_sign():
    """A dip is not turned into a peak, nor a peak into a dip: at the end its height is nothing."""
    true = pattern(peak("pseudo-Voigt", 17.0, -3.0))
    start = pattern(peak("pseudo-Voigt", 17.2, 2.0))
    found = fit(X, true.value(X), np.full(len(X), 0.05), start)
    assert found.pattern.components[0].height == pytest.approx(0.0, abs=1e-6)


def test_priors_pull_where_data_say_nothing():
    """A place that is known within 0.01 stays there, though the data would have it elsewhere."""
    true = pattern(peak("pseudo-Voigt", 17.0, 0.02))
    rng = np.random.default_rng(1)
    y = true.value(X) + 0.2 * rng.standard_normal(len(X))
    known = Prior(mean=(0.0, 17.3, 0.0, 0.0, 0.0), sd=(np.inf, 0.01, 0.3, 1.5, 0.5))
    found = fit(X, y, np.full(len(X), 0.2), pattern(peak("pseudo-Voigt", 17.3, 0.5)), priors=[known])
    assert found.pattern.components[0].place == pytest.approx(17.3, abs=0.03)


def test_what_cannot_be_fitted_is_said():
    """Too few points; a noise of nothing."""
    start = pattern(peak("pseudo-Voigt", 17.0))
    with pytest.raises(FitError, match="5 points cannot determine 7 numbers"):
        fit(X[:5], X[:5], np.ones(5), start)
    with pytest.raises(FitError, match="noise above 0"):
        fit(X, X, np.zeros(len(X)), start)


@pytest.mark.shared_data
@pytest.mark.parametrize("number", [1, 2, 3])
def test_certified_numbers_of_nist_are_reached(number):
    """Gauss1 to Gauss3: two Gaussians on a decay; residual sum of squares and numbers to five digits."""
    path = SHARED / "curves" / f"NIST_Gauss{number}.dat"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the checkout")
    text = path.read_text()
    certified = np.array([float(v) for v in re.findall(r"b\d =\s+\S+\s+\S+\s+(\S+)\s+\S+", text)])
    starts = np.array([float(v) for v in re.findall(r"b\d =\s+(\S+)\s+\S+\s+\S+\s+\S+", text)])
    squares = float(re.search(r"Residual Sum of Squares:\s+(\S+)", text)[1])
    rows = text.split("Data:")[-1].split("\n", 1)[1]
    y, x = np.array([float(v) for v in rows.split()]).reshape(-1, 2).T

    def of(b: np.ndarray) -> Pattern:
        to_width = 2 * np.sqrt(np.log(2))
        bells = [
            Component(kind="Fraser-Suzuki", height=h, place=p, ln_width=float(np.log(to_width * w)))
            for h, p, w in (b[2:5], b[5:8])
        ]
        decay = Component(kind="decay", height=b[0], place=0.0, ln_width=float(-np.log(b[1])))
        return Pattern(components=(decay, *bells), baseline=(), first=float(x[0]), last=float(x[-1]))

    bell = Prior(sd=(np.inf, np.inf, np.inf, np.inf, 1e-7))
    found = fit(x, y, np.ones(len(x)), of(starts), priors=[FREE, bell, bell], most_iterations=300, tolerance=1e-15)
    wanted = of(certified)
    assert found.chi_square == pytest.approx(squares, rel=1e-6)
    for one, other in zip(found.pattern.components, wanted.components, strict=True):
        assert one.numbers[:3] == pytest.approx(other.numbers[:3], rel=1e-5, abs=1e-5)
    assert set(KINDS) >= {c.kind for c in found.pattern.components}
