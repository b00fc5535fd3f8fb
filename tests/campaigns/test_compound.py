"""The compound campaign behaves like the material it stands for, and its loop closes."""

from pathlib import Path

import pytest
import yaml
from rich.console import Console

from campaigns.compound.__main__ import run
from campaigns.compound.laboratory import CompoundLaboratory, impact_strength, tensile_modulus
from loop.definition import read_definition
from services.campaign.wiring import open_service

HERE = Path(__file__).resolve().parents[2] / "campaigns" / "compound"


@pytest.fixture(scope="module")
def components():
    data = yaml.load((HERE / "definition.yaml").read_text(), Loader=yaml.BaseLoader)
    ingredients = data["ingredients"]
    core = read_definition(
        {"schema": 1, "campaign": "X", "ingredients": ingredients, "targets": {"modulus": {"goal": "maximise"}}}
    )
    return core.ingredients.components


BASE = {"PP": 59.9, "recycled PP": 40.0, "elastomer": 0.0, "talc": 0.0, "antioxidant": 0.1,
        "melt temperature": 210.0, "screw speed": 250.0}  # fmt: skip


def with_(**shares):
    changed = {**BASE, **{k.replace("_", " "): v for k, v in shares.items()}}
    changed["PP"] = 100 - sum(v for k, v in changed.items() if k in ("recycled PP", "elastomer", "talc", "antioxidant"))
    return changed


def test_unfilled_polypropylene_has_the_modulus_of_polypropylene(components):
    """1.2 to 1.7 GPa for PP; 20 % talc makes it 2 to 3 GPa."""
    assert 1200 < tensile_modulus(components, with_()) < 1700
    assert 2000 < tensile_modulus(components, with_(talc=20.0)) < 3000


def test_talc_stiffens_and_embrittles_and_elastomer_does_the_opposite(components):
    talc, soft = with_(talc=15.0), with_(elastomer=15.0)
    assert tensile_modulus(components, talc) > tensile_modulus(components, BASE) > tensile_modulus(components, soft)
    assert impact_strength(components, talc) < impact_strength(components, BASE) < impact_strength(components, soft)


def test_antioxidant_protects_recyclate_that_runs_hot(components):
    hot = {**with_(), "melt temperature": 240.0, "screw speed": 350.0}
    bare = {**hot, "antioxidant": 0.02, "PP": hot["PP"] + 0.08}
    assert impact_strength(components, bare) < impact_strength(components, hot)


def test_the_same_specimen_gives_the_same_result(components):
    laboratory = CompoundLaboratory(components, seed=5)
    assert laboratory.test(BASE, "S1") == laboratory.test(BASE, "S1")
    assert laboratory.test(BASE, "S1") != laboratory.test(BASE, "S2")


def test_the_demo_runs_from_past_results_to_the_report_and_goes_on_where_it_stopped(tmp_path):
    quiet = Console(quiet=True)
    report = run(tmp_path / "demo", cycles=1, database=None, console=quiet)
    assert report.stat().st_size > 100_000
    run(tmp_path / "demo", cycles=2, database=None, console=quiet)
    with open_service(tmp_path / "demo") as opened:
        state = opened.service.state("DEMO")
        assert len(state.cycles) == 2
        assert len(state.specimens) == 8 + 2 * 4
        assert all(replay.is_same for replay in opened.service.replay("DEMO"))
