"""The benchmarks run as they are written about, on the code as it is today; no time is judged."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}


def test_the_mixture_benchmark_counts_feasible_proposals() -> None:
    script = ROOT / "benchmarks" / "mixture" / "run.py"
    command = [sys.executable, str(script), "--proposals", "1", "--batch", "1", "--observations", "12"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=ONE_THREAD, check=True)
    assert "1 proposals: 1 feasible after rounding, 1 sum to exactly 100 %, 0 seen before" in run.stdout


def test_the_hostile_benchmark_counts_rungs_and_failures() -> None:
    script = ROOT / "benchmarks" / "hostile" / "run.py"
    command = [sys.executable, str(script), "--sets", "4", "--seed", "7", "--most", "8"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=ONE_THREAD, check=True)
    assert [line.split()[0] for line in run.stdout.splitlines()] == [
        "kind",
        "ordinary",
        "constant",
        "single",
        "two",
        "all",
    ]
    assert run.stdout.splitlines()[-1].split()[-1] == "0"


def test_the_adapter_answers_with_rows_of_the_pool_not_yet_seen() -> None:
    path = ROOT / "benchmarks" / "bo" / "ours.py"
    spec = importlib.util.spec_from_file_location("ours", path)
    ours = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(ours)
    rng = np.random.default_rng(0)
    pool = pd.DataFrame({"x": rng.random(30), "grade": rng.choice(["A", "B"], 30)})
    specs = [
        {"name": "x", "kind": "continuous", "low": 0.0, "high": 1.0},
        {"name": "grade", "kind": "categorical", "levels": ["A", "B"]},
    ]
    optimizer = ours.Ours(pool, specs, True, 0)
    seen = [0, 1, 2, 3, 4]
    for _ in range(2):
        answer = optimizer.ask(pool.iloc[seen].copy(), pool["x"].to_numpy()[seen], 2)
        assert len(set(answer)) == 2
        assert not set(answer) & set(seen)
        assert all(0 <= i < len(pool) for i in answer)
        seen += answer


def test_the_benchmark_of_turns_misses_and_doubles_none() -> None:
    script = ROOT / "benchmarks" / "ticks" / "run.py"
    command = [sys.executable, str(script), "--campaigns", "2", "--minutes", "3", "--events", "60"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=ONE_THREAD, check=True)
    assert "turns due 6, taken 6, missed 0, doubled 0" in run.stdout
    assert run.stdout.splitlines()[-1].split()[0] == "60"
