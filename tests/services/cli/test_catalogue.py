"""The catalogue of features from the command line: what is there, and what may be trusted."""

from __future__ import annotations

import csv
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from services.campaign.views import CataloguedFeatureView, CatalogueView
from services.cli.catalogue_pages import catalogue_page
from tests.services.campaign.tiny import TINY, past_results

N_SPECIMENS, N_TIMES = 6, 3
CHAINS = """
chains:
  FTIR:
    curve: {axis: wavenumber, of: absorbance}
    features:
      - kind: windows
        bands:
          - {name: methylene, from: 1300, to: 1600}
          - {name: nothing, from: 3000, to: 3300}
"""


def spectrum(height, seed):
    """A band of a height at 1450, and noise; nothing at 3150."""
    x = np.linspace(400, 4000, 600)
    y = height * np.exp(-(((x - 1450) / 40) ** 2)) + np.random.default_rng(seed).normal(0, 0.003, len(x))
    rows = "".join(f"{a:.2f},{b:.6f}\n" for a, b in zip(x, y, strict=True))
    return f"wavenumber [cm-1],absorbance\n{rows}".encode()


@pytest.fixture
def lab(shell):
    """Six past films, each measured three times."""
    (shell.folder / "films.yaml").write_text(TINY + CHAINS, encoding="utf-8")
    shell("init")
    shell("start", "films.yaml")
    shell("import", str(past_results(shell.folder / "past.csv")))
    folder = shell.folder / "data"
    folder.mkdir()
    for k in range(N_SPECIMENS):
        for again in range(N_TIMES):
            name = f"PP01-X{k + 1:04d} ftir {again}.csv"
            (folder / name).write_bytes(spectrum(0.5 + 0.1 * k, seed=100 * k + again))
    return shell


def test_the_catalogue_tells_what_may_be_trusted(lab):
    """A band that differs between films is trustworthy, noise in an empty window is not; and it is kept as a table."""
    lab("ingest", "data")
    told = lab("features")
    assert "18 not processed yet" in told.stderr
    assert "next: meguri process" in told.stderr
    assert "nothing to write" in lab("features", "--save", "features.csv", code=1).stderr
    lab("process", "--jobs", "1")
    view = lab.json("features")
    by_name = {one["name"]: one for one in view["catalogue"]}
    assert set(by_name) == {"methylene", "nothing"}
    band, noise = by_name["methylene"], by_name["nothing"]
    assert (band["verdict"], noise["verdict"]) == ("trustworthy", "untrustworthy")
    assert band["icc_low"] <= band["icc"] <= band["icc_high"]
    assert (band["n_specimens"], band["n_remeasured"], band["n_missing"]) == (N_SPECIMENS, N_SPECIMENS, 0)
    assert band["low"] < band["median"] < band["high"]
    assert 0.5 < band["scatter_over_stderr"] < 2
    assert (view["n_specimens"], view["n_of_nobody"], view["n_unprocessed"]) == (N_SPECIMENS, 0, 0)
    shown = lab("features")
    [row] = [line for line in shown.stdout.splitlines() if "nothing" in line]
    assert "untrustworthy" in row
    assert "2 features of 6 specimens: 2 judged by measuring again, 1 of them untrustworthy" in shown.stderr
    assert lab.json("features", "pp01") == view
    assert lab.json("features", "--modality", "WAXS")["catalogue"] == []
    lab("features", "--save", "features.csv")
    with (lab.folder / "features.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["methylene", "nothing"]
    assert float(rows[0]["icc"]) > 0.9
    assert "is there already" in lab("features", "--save", "features.csv", code=1).stderr
    assert "leave the specimen out" in lab("features", "PP01-X0001", "--save", "other.csv", code=2).stderr


def test_what_was_measured_once_is_listed_and_not_judged(lab):
    """And says so; what is excluded is no re-measurement."""
    lab("ingest", "data/PP01-X0001 ftir 0.csv", "data/PP01-X0002 ftir 0.csv", "data/PP01-X0002 ftir 1.csv")
    lab("process", "--jobs", "1")
    assert lab.json("features")["catalogue"][0]["n_remeasured"] == 1
    [measured] = [one["id"] for one in lab.json("measurements")["measurements"] if one["file"].endswith("1.csv")]
    lab("exclude", measured, "--reason", "the crystal was dirty")
    one = lab.json("features")["catalogue"][0]
    assert (one["n_specimens"], one["n_remeasured"], one["icc"], one["verdict"]) == (2, 0, None, "unjudged")
    assert "measured once" in lab("features").stdout


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"n_specimens": 0, "n_remeasured": 0, "icc": None}, "no value"),
        ({"n_remeasured": 0, "icc": None}, "measured once"),
        ({"n_remeasured": 3, "icc": 0.5}, "only 3 twice"),
        ({"n_remeasured": 8, "icc": None}, "all alike"),
        ({"n_remeasured": 8, "icc": 0.5, "verdict": "untrustworthy"}, "untrustworthy"),
    ],
)
def test_a_page_says_why_a_feature_is_not_judged(known, said):
    """In words that stand whole at a hundred columns, however long its name."""
    shown = {"modality": "DSC", "name": "heat 1 PE melting crystalline share", "unit": "cm-1·counts", "n_specimens": 50}
    shown |= {"median": -1.234e-5, "low": -1.234e-5, "high": 1.234e-5, "n_missing": 0, "verdict": "unjudged"}
    shown |= dict.fromkeys(("icc_low", "icc_high", "scatter", "stderr", "scatter_over_stderr")) | known
    bounds = {} if shown["icc"] is None else {"icc_low": -0.11, "icc_high": 0.99}
    view = CatalogueView(
        catalogue=(CataloguedFeatureView(**shown | bounds),), n_specimens=50, n_of_nobody=0, n_unprocessed=0
    )
    text = StringIO()
    Console(file=text, width=100).print(catalogue_page(view))
    assert said in text.getvalue()
    assert all(word in text.getvalue() for word in shown["name"].split())
