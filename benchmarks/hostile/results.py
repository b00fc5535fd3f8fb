"""Kinds of hostile data: what a set's formulations are, what came of them, and what else happened to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from loop.observations import State, TargetValue

__all__ = ["KINDS", "Kind", "Told"]

Values = np.ndarray
"""One target's results, shape (n,)."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is told of the specimens of a set, row by row."""

    values: Mapping[str, list[TargetValue]]
    excluded: Sequence[int] = ()


Maker = Callable[[np.random.Generator, Values, Sequence[str]], Told]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of hostility.

    `make` gets a smooth truth (n,) between 0 and 1 for each specimen. `unit` is the size of the results. `places` says
    which formulations are made: anywhere, few (repeated), one (all the same), line (one parameter varies), cluster,
    all_but_one, outside. `n` bounds their number; `needs_targets` where it is about several targets.
    """

    make: Maker
    unit: float = 1.0
    places: str = "anywhere"
    n: tuple[int, int] = (2, 60)
    is_log: bool = False
    needs_targets: bool = False
    happens: frozenset[str] = field(default_factory=frozenset)


def _measured(values: Values, sd: Values | None = None, n: int = 1) -> list[TargetValue]:
    spreads = [None] * len(values) if sd is None else [float(s) for s in sd]
    return [TargetValue(mean=float(v), sd=s, n=n) for v, s in zip(values, spreads, strict=True)]


def _each(of: Callable[[np.random.Generator, Values], Values]) -> Maker:
    """Give every target its own results by one rule."""

    def make(rng: np.random.Generator, truth: Values, names: Sequence[str]) -> Told:
        return Told(values={name: _measured(of(rng, truth if j == 0 else 1 - truth)) for j, name in enumerate(names)})

    return make


def _noisy(rng: np.random.Generator, truth: Values) -> Values:
    return truth + 0.05 * rng.standard_normal(len(truth))


def _outlier(rng: np.random.Generator, truth: Values) -> Values:
    values = _noisy(rng, truth)
    values[int(rng.integers(len(values)))] = float(rng.choice([1e6, -1e9, 1e30, 1e200]))
    return values


def _decades(rng: np.random.Generator, truth: Values) -> Values:
    return 10.0 ** rng.uniform(-150, 150, len(truth))


def _with_sd(size: float) -> Maker:
    def make(rng: np.random.Generator, truth: Values, names: Sequence[str]) -> Told:
        sd = np.where(rng.random(len(truth)) < 0.3, 0.0, size)
        return Told(values={name: _measured(_noisy(rng, truth), sd, n=3) for name in names})

    return make


def _limited(share: float) -> Maker:
    """Censor a share of the results, at limits above or below."""

    def make(rng: np.random.Generator, truth: Values, names: Sequence[str]) -> Told:
        values = {}
        for name in names:
            told = _measured(_noisy(rng, truth))
            for i in np.flatnonzero(rng.random(len(truth)) < share):
                state = State.BELOW_DETECTION if rng.random() < 0.5 else State.ABOVE_RANGE
                told[i] = TargetValue(state=state, limit=float(rng.choice([0.2, 0.5, 0.8])))
            values[name] = told
        return Told(values=values)

    return make


def _losing(which: Callable[[int, int], np.ndarray]) -> Maker:
    """Lose results: `which` gives, for target j of n specimens, those that are lost."""
    return _lost(lambda _, j, n: which(j, n))


def _lost(which: Callable[[np.random.Generator, int, int], np.ndarray]) -> Maker:
    """Lose results by chance: likewise."""

    def make(rng: np.random.Generator, truth: Values, names: Sequence[str]) -> Told:
        values = {}
        for j, name in enumerate(names):
            told = _measured(_noisy(rng, truth))
            for i in np.flatnonzero(which(rng, j, len(truth))):
                told[i] = TargetValue(state=State.LOST, reason="dropped")
            values[name] = told
        return Told(values=values)

    return make


def _excluding(share: float) -> Maker:
    def make(rng: np.random.Generator, truth: Values, names: Sequence[str]) -> Told:
        told = _each(_noisy)(rng, truth, names)
        return Told(values=told.values, excluded=np.flatnonzero(rng.random(len(truth)) < share).tolist())

    return make


def _contradicting(rng: np.random.Generator, truth: Values) -> Values:
    return np.where(rng.random(len(truth)) < 0.5, -1.0, 1.0) * float(rng.choice([1.0, 1e3, 1e8]))


def _nearly(rng: np.random.Generator, truth: Values) -> Values:
    centre, spread = [(1.0, 1e-12), (1e6, 1e-9), (-273.15, 1e-13), (1e6, 1e-12), (1e-3, 1e-18)][int(rng.integers(5))]
    return centre + spread * rng.standard_normal(len(truth))


def _edge_of_floats(rng: np.random.Generator, truth: Values) -> Values:
    return rng.choice([1.7e308, -1.7e308, 5e-324, 0.0, 1.0, 1e-310, 1e160], len(truth))


_ODD_VALUES = (0.0, 1.0, -1.0, 0.1, 1e-12, -1e12, 1e6, 1e6 + 1e-9, 1e200, -1e200, 5e-324)
_ODD_SPREADS = (None, None, 0.0, 1e-9, 1.0, 1e9, 1e250)


def _anything(rng: np.random.Generator, truth: Values, names: Sequence[str]) -> Told:
    """Give every specimen whatever there is: odd values and spreads, counts, limits, losses, exclusions."""
    values: dict[str, list[TargetValue]] = {name: [] for name in names}
    odd = rng.choice(_ODD_VALUES, int(rng.integers(1, len(_ODD_VALUES) + 1)), replace=False)
    for share in truth:
        for told in values.values():
            value = float(rng.choice(odd)) * float(rng.choice([1.0, share]))
            match rng.choice(["value", "value", "value", "value", "value", "limit", "lost"]):
                case "value":
                    spread = _ODD_SPREADS[int(rng.integers(len(_ODD_SPREADS)))]
                    told.append(TargetValue(mean=value, sd=spread, n=int(rng.integers(1, 5))))
                case "limit":
                    state = rng.choice([State.BELOW_DETECTION, State.ABOVE_RANGE])
                    told.append(TargetValue(state=State(state), limit=value))
                case _:
                    told.append(TargetValue(state=State.LOST, reason="dropped"))
    return Told(values=values, excluded=np.flatnonzero(rng.random(len(truth)) < 0.1).tolist())


def _scaled(unit: float) -> Maker:
    return _each(lambda rng, truth: unit * _noisy(rng, truth))


_LOGS = _each(lambda rng, truth: np.exp(float(rng.choice([1.0, 40.0, 300.0])) * (2 * truth - 1)))

KINDS: Mapping[str, Kind] = {
    "ordinary": Kind(make=_each(_noisy), n=(2, 100)),
    "constant": Kind(make=_each(lambda rng, truth: np.full(len(truth), float(rng.choice([0.0, 5.0, -1e-12, 1e200]))))),
    "single result": Kind(make=_each(_noisy), n=(1, 1)),
    "two results": Kind(make=_each(_noisy), n=(2, 2)),
    "nothing measured": Kind(make=_losing(lambda _, n: np.ones(n, dtype=bool))),
    "contradictory": Kind(make=_each(_contradicting), places="few"),
    "one formulation repeated": Kind(make=_each(_noisy), places="one", n=(2, 300)),
    "repeated, a few kinds": Kind(
        make=_each(lambda rng, truth: 10 * rng.random(len(truth))), places="few", n=(20, 200)
    ),
    "300 decades": Kind(make=_each(_decades), n=(4, 60)),
    "logarithmic": Kind(make=_LOGS, is_log=True, n=(4, 60)),
    "logarithmic, 300 decades": Kind(make=_each(_decades), is_log=True, n=(4, 60)),
    "logarithmic with zeros": Kind(make=_each(lambda _, truth: np.maximum(truth - 0.3, 0)), is_log=True),
    "nearly equal": Kind(make=_each(_nearly), n=(4, 60)),
    "tiny unit": Kind(make=_scaled(1e-12), unit=1e-12),
    "tiniest unit": Kind(make=_scaled(1e-200), unit=1e-200),
    "huge unit": Kind(make=_scaled(1e12), unit=1e12),
    "hugest unit": Kind(make=_scaled(1e200), unit=1e200),
    "edge of floats": Kind(make=_each(_edge_of_floats), n=(4, 60)),
    "anything": Kind(make=_anything, n=(4, 80)),
    "anything, few formulations": Kind(make=_anything, places="few", n=(4, 80)),
    "anything, logarithmic": Kind(make=_anything, is_log=True, n=(4, 80)),
    "one outlier": Kind(make=_each(_outlier), n=(4, 60)),
    "spread of zero": Kind(make=_with_sd(0.0)),
    "spread tiny": Kind(make=_with_sd(1e-170)),
    "spread huge": Kind(make=_with_sd(1e6)),
    "spread hugest": Kind(make=_with_sd(1e200)),
    "partly censored": Kind(make=_limited(0.3)),
    "all censored": Kind(make=_limited(1.0)),
    "two values only": Kind(make=_each(lambda _, truth: np.round(truth))),
    "random, every trade-off": Kind(make=_each(lambda rng, truth: rng.standard_normal(len(truth))), n=(40, 100)),
    "one parameter varies": Kind(make=_each(_noisy), places="line", n=(4, 60)),
    "crowded": Kind(make=_each(_noisy), places="cluster", n=(4, 60)),
    "outside the space": Kind(make=_each(_noisy), places="outside", n=(4, 60)),
    "all but one made": Kind(make=_each(_noisy), places="all_but_one", n=(4, 60)),
    "values missing": Kind(make=_lost(lambda rng, _, n: rng.random(n) < 0.4), needs_targets=True),
    "values missing in turn": Kind(make=_losing(lambda j, n: np.arange(n) % 3 != j % 3), n=(6, 60), needs_targets=True),
    "one target never measured": Kind(make=_losing(lambda j, n: np.full(n, j == 1)), needs_targets=True),
    "some excluded": Kind(make=_excluding(0.5)),
    "all excluded": Kind(make=_excluding(1.0)),
    "many cannot be made": Kind(make=_each(_noisy), happens=frozenset({"infeasible"}), n=(2, 30)),
    "many pending": Kind(make=_each(_noisy), happens=frozenset({"pending"}), n=(2, 30)),
}
