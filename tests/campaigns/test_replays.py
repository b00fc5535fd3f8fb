"""Replays over real tables close their loop on both databases."""

from pathlib import Path

import pytest
from rich.console import Console

from campaigns.replays.__main__ import DEFINITIONS, definition_over, replay
from campaigns.replays.laboratory import TableLaboratory
from services.campaign.wiring import open_service
from services.campaign.written import read_table

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "campaign"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real tables are not beside the checkout ({DATA.name})")
NAMES = sorted(path.stem for path in DEFINITIONS.glob("*.yaml"))


@needs_data
@pytest.mark.parametrize("name", NAMES)
def test_every_definition_fits_its_table(name):
    definition = definition_over(name, DATA / f"{name}.csv")
    candidates = definition.core.candidates
    assert candidates is not None
    assert len(candidates.rows) > 50
    assert definition.core.space().candidates is not None
    TableLaboratory(definition.core, read_table(DATA / f"{name}.csv"))  # every result can be read


@needs_data
@pytest.mark.parametrize("name", ["suzuki_i"])
def test_a_replay_closes_its_loop(name, tmp_path, database_url):
    replay(name, DATA / f"{name}.csv", tmp_path, cycles=3, database=database_url, console=Console(quiet=True))
    with open_service(tmp_path) as opened:
        state = opened.service.state("SUZUKI")
        assert [cycle.closed_at is not None for cycle in state.cycles.values()] == [True] * 3
        assert len(state.specimens) == 12
