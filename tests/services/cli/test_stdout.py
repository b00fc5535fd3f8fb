"""What goes to stdout is the result, and nothing that a library prints by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.campaign.tiny import BLEND

ROOT = Path(__file__).resolve().parents[3]

NOISY = """
import os, sys
import scipy.optimize
quiet = scipy.optimize.milp
def noisy(*args, **options):
    os.write(1, b"a solver says hello\\n")
    return quiet(*args, **options)
scipy.optimize.milp = noisy
sys.argv = ["meguri", *sys.argv[1:]]
from services.cli.main import run
run()
"""


@pytest.fixture
def workspace(tmp_path):
    """A folder with a campaign of blends and one open proposal."""
    (tmp_path / "blend.yaml").write_text(BLEND + "title: 配合\n", encoding="utf-8")
    for words in (["init"], ["start", "blend.yaml"], ["propose", "--count", "1"]):
        run("-m", "services.cli.main", *words, folder=tmp_path)
    return tmp_path


def run(*words, folder):
    """Run Python in a folder, with this tree's packages."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "MEGURI_ACTOR": "suzuki"}
    settings.pop("MEGURI_HOME", None)
    return subprocess.run([sys.executable, *words], cwd=folder, env=settings, check=True, capture_output=True)


def test_a_solver_that_prints_does_not_spoil_the_json(workspace):
    """A line written below Python, inside a solve, goes to stderr; stdout is the JSON and nothing else."""
    words = ["edit", "BLEND-C001-01", "talc=12", "--nearest", "--dry-run", "--json"]
    done = run("-c", NOISY, *words, folder=workspace)
    planned = json.loads(done.stdout)["planned"]
    assert (planned["talc"], sum(planned[name] for name in ("PP", "talc", "oil"))) == (12, 100)
    assert b"a solver says hello" in done.stderr


def test_results_still_reach_a_file(workspace):
    """Every letter of them, also those that are no ASCII; an exit code other than 0 comes through as before."""
    with (workspace / "status.json").open("wb") as file:
        settings = {**os.environ, "PYTHONPATH": str(ROOT)}
        words = [sys.executable, "-m", "services.cli.main"]
        subprocess.run([*words, "status", "--json"], cwd=workspace, env=settings, stdout=file, check=True)
        failed = subprocess.run([*words, "status", "PP09"], cwd=workspace, env=settings, capture_output=True)
    assert json.loads((workspace / "status.json").read_text(encoding="utf-8"))["title"] == "配合"
    assert (failed.returncode, failed.stdout) == (1, b"")
