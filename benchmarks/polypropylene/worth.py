"""How much of each property can be predicted in the virtual laboratory, from what: neither trivial nor hopeless.

    python benchmarks/polypropylene/worth.py --seed 1

Held-out R² of a linear model and of a Gaussian process on the formulation alone, and of both on the true structure,
beside the ceiling that no model can pass, with the dial at 0, 50, 90 and 100 %. Impact and melt flow on a log scale.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from campaigns.polypropylene.laboratory.behaviour import SCATTER, properties_of
from campaigns.polypropylene.laboratory.structure import Hidden, Structure
from campaigns.polypropylene.population import Member, campaign_definition, population

PROPERTIES = ("modulus", "yield_strength", "impact_23", "melt_flow")
LOG = ("impact_23", "melt_flow")
DIALS = (0.0, 0.5, 0.9, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--train", type=int, default=120)
    parser.add_argument("--test", type=int, default=600)
    parser.add_argument("--repeats", type=int, default=3, help="training sets, each of its own specimens")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    began = time.monotonic()
    print(f"{'property':15s} {'dial':>5s} {'ceiling':>8s}" + "".join(f"{name:>22s}" for name in MODELS))
    held_out = list(population(arguments.test, seed=arguments.seed + 1000))
    training = [list(population(arguments.train, seed=arguments.seed + k)) for k in range(arguments.repeats)]
    for name in PROPERTIES:
        for dial in DIALS:
            rng = np.random.default_rng([arguments.seed, int(100 * dial)])
            found = {model: scores(fit, name, dial, training, held_out, rng) for model, fit in MODELS.items()}
            row = "".join(f"{np.mean(r2):>15.2f} ± {np.std(r2):.2f}" for r2 in found.values())
            print(f"{name:15s} {dial:5.0%} {ceiling(name, dial, held_out[:300], rng):8.2f}{row}", flush=True)
    print(
        f"\n{arguments.train} specimens to learn, {arguments.test} held out, {arguments.repeats} training sets; ",
        end="",
    )
    print(f"seed {arguments.seed}; {time.monotonic() - began:.0f} s")


def measured(members: Sequence[Member], name: str, dial: float, rng: np.random.Generator) -> np.ndarray:
    """What the tests of specimens say, on the scale of the property."""
    true = np.array([getattr(properties_of(m.structure, dial=dial), name) for m in members])
    return on_scale(name, true * scatter(name, len(members), rng))


def scatter(name: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """The relative error of the mean of the test pieces of n specimens."""
    single, pieces = SCATTER[name]
    return np.asarray(np.exp(single / np.sqrt(pieces) * rng.standard_normal(n)))


def on_scale(name: str, values: np.ndarray) -> np.ndarray:
    return np.log(values) if name in LOG else values


def ceiling(name: str, dial: float, members: Sequence[Member], rng: np.random.Generator, n: int = 30) -> float:
    """The share of the variance that measured structure carries: what is left is unseen structure and test scatter."""
    draws = np.array([[_again(m.structure, name, dial, rng) for _ in range(n)] for m in members])
    values = on_scale(name, draws * scatter(name, draws.size, rng).reshape(draws.shape))
    return float(1 - values.var(axis=1, ddof=1).mean() / values.var())


def _again(structure: Structure, name: str, dial: float, rng: np.random.Generator) -> float:
    unseen = Hidden(weld_line=float(rng.standard_normal()), gels=float(rng.standard_normal()))
    return float(getattr(properties_of(replace(structure, hidden=unseen), dial=dial), name))


def scores(
    fit: Callable[..., float],
    name: str,
    dial: float,
    training: Sequence[Sequence[Member]],
    held_out: Sequence[Member],
    rng: np.random.Generator,
) -> list[float]:
    y_test = measured(held_out, name, dial, rng)
    return [fit(members, measured(members, name, dial, rng), held_out, y_test) for members in training]


def formulations(members: Sequence[Member]) -> np.ndarray:
    """Formulations as numbers: a column a level of the lot."""
    space = campaign_definition().core.space()
    rows = np.array([m.row for m in members])
    lot = rows[:, space.names.index("recyclate lot")].astype(int)
    rest = np.delete(rows, space.names.index("recyclate lot"), axis=1)
    rest[:, [n for n in space.names if n != "recyclate lot"].index("antioxidant")] = np.log(
        rest[:, [n for n in space.names if n != "recyclate lot"].index("antioxidant")]
    )
    return np.hstack([rest, np.eye(3)[lot]])


def structures(members: Sequence[Member]) -> np.ndarray:
    """Everything inside that some instrument could see, as numbers."""
    return np.array([flat(m.structure) for m in members])


def flat(structure: Structure) -> list[float]:
    c, h, d = structure.composition, structure.chains, structure.domains
    layers = [
        getattr(layer, field)
        for layer in (structure.skin, structure.core)
        for field in ("pp", "pe", "beta", "gamma", "size_110", "size_040", "orientation")
    ]
    return [
        *(c.pp, c.pe, c.rubber, c.rubber_ethylene, c.talc, c.calcite, c.titania, c.carbon_black, c.antioxidant),
        *(np.log(h.mw), h.dispersity, h.defects, h.carbonyl, h.hydroxyl),
        *layers,
        *(structure.skin_share, d.talc_size, np.log(d.rubber_size), d.agglomerated, d.talc_orientation),
        *(structure.nucleation, structure.age_h),
    ]


def linear(x: Callable[[Sequence[Member]], np.ndarray]) -> Callable[..., float]:
    def fit(members: Sequence[Member], y: np.ndarray, held_out: Sequence[Member], y_test: np.ndarray) -> float:
        from sklearn.linear_model import RidgeCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        model = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-3, 3, 13))).fit(x(members), y)
        return float(model.score(x(held_out), y_test))

    return fit


def process(x: Callable[[Sequence[Member]], np.ndarray]) -> Callable[..., float]:
    def fit(members: Sequence[Member], y: np.ndarray, held_out: Sequence[Member], y_test: np.ndarray) -> float:
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, Matern, WhiteKernel
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        n = x(members).shape[1]
        kernel = ConstantKernel(1.0) * Matern(np.full(n, 5.0), (0.3, 300.0), nu=2.5)
        kernel = kernel + ConstantKernel(0.1) * DotProduct() + WhiteKernel(0.1, (1e-4, 2.0))
        model = GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)
        return float(make_pipeline(StandardScaler(), model).fit(x(members), y).score(x(held_out), y_test))

    return fit


MODELS: dict[str, Callable[..., float]] = {
    "linear, formulation": linear(formulations),
    "GP, formulation": process(formulations),
    "linear, structure": linear(structures),
    "GP, structure": process(structures),
}


if __name__ == "__main__":
    main()
