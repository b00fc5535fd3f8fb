"""Which score is built: the improvement of a front where that can be worked out in time, else along one direction."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement

from loop import commands
from loop.acquisition.build import build_acquisition
from loop.acquisition.reading import Reading
from loop.acquisition.scaled import as_learned
from loop.definition import Definition, read_definition
from loop.situation import Situation, situation
from loop.state import CampaignState
from loop.surrogates.settled import settled
from loop.surrogates.trees import Forest
from tests.loop.campaigns import begun, then, value

ROOT = Path(__file__).resolve().parents[3]


def front(n: int, n_goals: int, unit: float = 1.0, **more: Any) -> tuple[Definition, Situation]:
    """A campaign whose results all lie on a sphere: nothing known beats another."""
    names = [f"y{j}" for j in range(n_goals)]
    of = read_definition(
        {
            "schema": 1,
            "campaign": "T1",
            "parameters": {name: {"kind": "continuous", "low": 0, "high": 1} for name in "abcd"},
            "targets": {name: {"goal": "maximise"} for name in names},
            "objective": {"kind": "pareto", **more},
        }
    )
    rng = np.random.default_rng(0)
    X, Y = rng.random((n, 4)), np.abs(rng.standard_normal((n, n_goals)))
    Y *= unit / np.linalg.norm(Y, axis=1, keepdims=True)
    state: CampaignState = begun(of)
    rows = [
        (
            dict(zip("abcd", x.tolist(), strict=True)),
            {m: value(float(v)) for m, v in zip(names, y, strict=True)},
            str(i),
        )
        for i, (x, y) in enumerate(zip(X, Y, strict=True))
    ]
    state = then(state, commands.import_specimens(state, rows))
    return of, situation(state, of.space())


def built(n: int, n_goals: int) -> Any:
    of, here = front(n, n_goals)
    with settled(0):
        fitted = Forest().fit(here.evidence.data, seed=0)
        return build_acquisition(of, here.encoding, here.evidence, fitted, pending=np.zeros((0, 4)), seed=0)


@pytest.mark.parametrize(("n", "n_goals"), [(12, 2), (9, 3)])
def test_a_front_of_some_size_is_improved_as_a_whole(n: int, n_goals: int) -> None:
    acquisition = built(n, n_goals)
    assert isinstance(acquisition, qLogNoisyExpectedHypervolumeImprovement)
    assert acquisition.sampler.sample_shape == torch.Size([64])


def test_nothing_is_compiled_on_the_user_s_machine(tmp_path: Path) -> None:
    """Compiling takes most of a minute, differs between machines, and killed at it leaves a lock for ever."""
    code = "from tests.loop.acquisition.test_build import built; built(12, 2)"
    environment = {**os.environ, "TORCH_EXTENSIONS_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True, timeout=120)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("n", "n_goals"), [(200, 2), (90, 3), (60, 4)])
def test_a_large_front_is_improved_along_one_direction(n: int, n_goals: int) -> None:
    """The same one each time; along it candidates are told apart."""
    acquisitions = [built(n, n_goals) for _ in range(2)]
    points = torch.as_tensor(np.random.default_rng(1).random((20, 1, 4)))
    with torch.no_grad():
        scores = [acquisition(points) for acquisition in acquisitions]
    assert isinstance(acquisitions[0], qLogNoisyExpectedImprovement)
    assert torch.equal(*scores)
    assert torch.isfinite(scores[0]).all()
    assert scores[0].std() > 0


def test_wants_are_scaled_with_the_results() -> None:
    """Gains and the declared reference point are the same whatever the unit."""
    read = []
    for unit in (1.0, 2.0**-500):
        of, here = front(12, 2, unit, reference_point={"y0": 0.25 * unit, "y1": 0.125 * unit})
        wanted, known = as_learned(of, here.evidence)
        reading = Reading(wanted, here.encoding, known)
        read.append((reading.known_gains(), reading.reference_point().numpy()))
    np.testing.assert_allclose(read[0][0], read[1][0], rtol=1e-12)
    np.testing.assert_allclose(read[0][1], read[1][1], rtol=1e-12)
