"""Compare the search on the grid with BoTorch's own: `python benchmarks/mixture/against_botorch.py --seeds 20`.

The same acquisition function (SingleTaskGP, qLogNoisyExpectedImprovement) is made large by both. On the mixture,
`optimize_acqf` works on the relaxed space (sums and ratios kept, levels as shares, no counts, no minimum doses, no
steps) with 20 restarts, and its answer is brought to the nearest formulation that can be made. On boxes of real numbers
both search the same space.
"""

from __future__ import annotations

import argparse
import time
import warnings

import numpy as np
import torch
from blend import definition, known
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.models.transforms import Standardize
from botorch.optim import optimize_acqf
from botorch.sampling import SobolQMCNormalSampler
from botorch.test_functions import Branin, Hartmann
from gpytorch.mlls import ExactMarginalLogLikelihood

from loop.acquisition.optimise import maximise
from loop.space.encoding import Encoding
from loop.space.parameters import Continuous
from loop.space.space import SearchSpace


def acquisition_of(X: np.ndarray, results: np.ndarray, seed: int) -> qLogNoisyExpectedImprovement:
    torch.manual_seed(seed)
    baseline, Y = torch.as_tensor(X), torch.as_tensor(results)[:, None]
    model = SingleTaskGP(baseline, Y, outcome_transform=Standardize(1))
    fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    sampler = SobolQMCNormalSampler(torch.Size([128]), seed=seed)
    return qLogNoisyExpectedImprovement(model, X_baseline=baseline, sampler=sampler, prune_baseline=True)


def relaxed(acquisition: qLogNoisyExpectedImprovement, space: SearchSpace, encoding: Encoding) -> float:
    """Return the value of BoTorch's answer after it was brought to a formulation that can be made."""
    names, (low, high) = list(space.names), space.ends
    numbers = [j for j, name in enumerate(names) if name != "screw"]
    span = (high - low)[numbers]
    columns = len(encoding.columns)

    def row(weights: dict[str, float], bound: float) -> tuple[torch.Tensor, torch.Tensor, float]:
        at = [names.index(name) for name in weights]
        scaled = [weight * span[j] for weight, j in zip(weights.values(), at, strict=True)]
        offset = sum(weight * low[j] for weight, j in zip(weights.values(), at, strict=True))
        return torch.tensor(at), torch.tensor(scaled, dtype=torch.double), float(bound - offset)

    levels = torch.arange(len(numbers), columns)
    best, _ = optimize_acqf(
        acquisition,
        bounds=torch.stack([torch.zeros(columns), torch.ones(columns)]).double(),
        q=1,
        num_restarts=20,
        raw_samples=512,
        equality_constraints=[
            row(dict.fromkeys(names[:8], 1.0), 100.0),
            (levels, torch.ones(len(levels), dtype=torch.double), 1.0),
        ],
        inequality_constraints=[
            row({"elastomer": 3.0, "talc": -1.0}, 0.0),
            row({"stabiliser": 1.0, "slip": -0.5}, 0.0),
        ],
        options={"batch_limit": 5, "maxiter": 100},
    )
    found = best[0].numpy()
    wanted = np.append(low[numbers] + found[: len(numbers)] * span, found[len(numbers) :].argmax())
    made = torch.as_tensor(encoding.encode(space.nearest(wanted)[None]))
    with torch.no_grad():
        return float(acquisition(made.unsqueeze(1)))


def on_the_mixture(n_seeds: int) -> None:
    campaign = definition()
    space = campaign.space()
    encoding = Encoding(space)
    gains, seconds = [], []
    for seed in range(n_seeds):
        rows, results = known(space, encoding, 100, seed)
        acquisition = acquisition_of(encoding.encode(rows), results, seed)
        begun = time.process_time()
        theirs = relaxed(acquisition, space, encoding)
        between = time.process_time()
        rng = np.random.default_rng(seed)
        pick = maximise(acquisition, space, encoding.encode, n=1, seen_rows=rows, rng=rng)[0]
        seconds.append((time.process_time() - between, between - begun))
        gains.append(pick.value - theirs)
    report("mixture", np.array(gains), np.zeros(n_seeds), np.array(seconds))


def on_a_box(name: str, function: Branin | Hartmann, n_known: int, n_seeds: int) -> None:
    low, high = function.bounds.numpy()
    space = SearchSpace({f"x{j}": Continuous(low=a, high=b) for j, (a, b) in enumerate(zip(low, high, strict=True))})
    encoding = Encoding(space)
    gains, allowed, seconds = [], [], []
    for seed in range(n_seeds):
        rng = np.random.default_rng(seed)
        rows = space.snap(rng.uniform(low, high, (n_known, len(low))))
        acquisition = acquisition_of(encoding.encode(rows), function(torch.as_tensor(rows)).numpy(), seed)
        begun = time.process_time()
        unit = torch.stack([torch.zeros(len(low)), torch.ones(len(low))]).double()
        _, theirs = optimize_acqf(acquisition, bounds=unit, q=1, num_restarts=20, raw_samples=512)
        between = time.process_time()
        pick = maximise(acquisition, space, encoding.encode, n=1, seen_rows=rows, rng=rng)[0]
        seconds.append((time.process_time() - between, between - begun))
        gains.append(pick.value - float(theirs))
        allowed.append(1e-3 * abs(float(theirs)))
    report(f"{name}, {n_known} known", np.array(gains), np.array(allowed), np.array(seconds))


def report(name: str, gains: np.ndarray, allowed: np.ndarray, seconds: np.ndarray) -> None:
    ours, theirs = np.median(seconds, axis=0)
    print(
        f"{name}: as good or better on {(gains >= -allowed - 1e-9).sum()} of {len(gains)} seeds; value gained: "
        f"median {np.median(gains):+.4f}, worst {gains.min():+.4f}; median CPU seconds {ours:.2f} against {theirs:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="hidden truths to compare on")
    n_seeds = parser.parse_args().seeds
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    on_the_mixture(n_seeds)
    for n_known in (10, 30):
        on_a_box("Branin", Branin(negate=True), n_known, n_seeds)
    for n_known in (20, 60):
        on_a_box("Hartmann6", Hartmann(6, negate=True), n_known, n_seeds)


if __name__ == "__main__":
    main()
