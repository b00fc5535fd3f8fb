"""What bars and determinations in instruments' files say becomes the result of their specimen, once and in full."""

from __future__ import annotations

import numpy as np
import pytest

from loop.observations import State
from services.campaign.file_results import FileResults
from services.campaign.plan import plan_in_force
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements
from tests.services.campaign.tiny import TINY
from tests.services.campaign.workers import NOON, SetClock, begin, here, people, worker

FROM_FILES = (
    TINY.replace(
        "strength: {unit: MPa, goal: maximise, repeatability_sd: 0.1}",
        "strength: {unit: MPa, goal: maximise, source: {test: tensile, quantity: yield_stress}}\n"
        "  flow: {unit: g/10 min, goal: limits, limits: {at_least: 1}, source: {test: flow, quantity: mfr}}",
    )
    + """\
tests:
  tensile: {quantities: {yield_stress: MPa}, results: files, pieces: 3}
  flow: {quantities: {mfr: g/10 min}, results: files, modality: MFR}
schedule: {every: 10 s, approval: automatic}
"""
)


def bar(top: float, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Strain in %, stress in MPa of a bar that yields at `top` and breaks late."""
    rng = np.random.default_rng(seed)
    strain = np.linspace(0, 40, 400)
    rise = np.where(strain < 8, 1 - ((8 - strain) / 8) ** 3, 1 - 0.01 * (strain - 8))
    return strain, top * rise + rng.normal(0, 0.01, len(strain))


def tensile_csv(specimen: str, tops: list[float], *, first: int = 1) -> str:
    bars = [bar(top, seed=first + k) for k, top in enumerate(tops)]
    names = ",".join(f"Strain {first + k} (%),Stress {first + k} (MPa)" for k in range(len(tops)))
    rows = [",".join(f"{s[i]:.4f},{t[i]:.4f}" for s, t in bars) for i in range(400)]
    return "\n".join([f"Sample: {specimen}", "Test speed: 50 mm/min", names, *rows]) + "\n"


def flow_csv(specimen: str, *values: float) -> str:
    return "\n".join(["Specimen;MFR (g/10 min)", *(f"{specimen};{value}" for value in values)]) + "\n"


@pytest.fixture
def workplace(database, tmp_path):
    """A campaign of films at the laboratory, a worker, its clock, and the first specimen's id."""
    clock = SetClock(NOON)
    begin(database, FROM_FILES, clock)
    (tmp_path / "inbox").mkdir()
    at_work = worker(database, tmp_path, clock, file_results=_found(database, tmp_path))
    at_work.turn("PP01")
    [first, *_] = people(database).state("PP01").open_proposals
    return database, tmp_path, clock, at_work, first.proposal.id


def _found(database, folder):
    found = FileResults(SqlMeasurements(database), blob=Blobs(folder / "blobs").path, sandbox=here())
    return lambda state: found.reports(state, plan_in_force(state))


def put(workplace, name: str, text: str) -> list[str]:
    """Put a file into the inbox, take it in, and take a turn."""
    _, folder, clock, at_work, _ = workplace
    (folder / "inbox" / name).write_text(text)
    for _ in range(2):
        at_work.empty_inbox()
        clock.move(seconds=10)
    return list(at_work.turn("PP01").steps)


def targets(workplace):
    database, *_, proposal = workplace
    known = people(database).state("PP01").specimens.get(f"{proposal}-S1")
    return {} if known is None else dict(known.observation.targets)


def test_a_specimen_has_its_result_once_all_its_bars_have_come_in(workplace):
    """Two bars of three wait; the third makes the mean, the spread and the count; who looks again books nothing."""
    proposal = workplace[-1]
    put(workplace, f"{proposal}-S1 tensile a.csv", tensile_csv(f"{proposal}-S1", [30.0, 31.0]))
    assert targets(workplace) == {}
    put(workplace, f"{proposal}-S1 tensile b.csv", tensile_csv(f"{proposal}-S1", [32.0], first=3))
    [(name, value)] = targets(workplace).items()
    assert (name, value.n) == ("strength", 3)
    assert value.mean == pytest.approx(31.0, abs=0.1)
    assert value.sd == pytest.approx(1.0, abs=0.1)
    seq = people(workplace[0]).state("PP01").seq
    workplace[3].turn("PP01")
    assert people(workplace[0]).state("PP01").seq == seq


def test_a_table_gives_the_mean_of_its_determinations_and_closes_the_specimen(workplace):
    """Both tests together are all that was asked for: the proposal is measured."""
    proposal = workplace[-1]
    put(workplace, f"{proposal}-S1 tensile.csv", tensile_csv(f"{proposal}-S1", [30.0, 31.0, 32.0]))
    put(workplace, f"{proposal}-S1 mfr.csv", flow_csv(f"{proposal}-S1", 11.0, 12.0, 13.0))
    flow = targets(workplace)["flow"]
    assert (flow.mean, flow.sd, flow.n) == (12.0, 1.0, 3)
    assert people(workplace[0]).state("PP01").proposals[proposal].state in ("measured", "closed")


def test_what_is_doubted_is_not_booked_until_a_person_says_so(workplace):
    """A flow that nobody can believe waits beside its reason; the specimen stays open."""
    proposal = workplace[-1]
    put(workplace, f"{proposal}-S1 mfr.csv", flow_csv(f"{proposal}-S1", -40.0))
    [measurement] = SqlMeasurements(workplace[0]).measurements(specimen=f"{proposal}-S1")
    assert measurement.judgement == "doubted"
    assert targets(workplace) == {}


def test_a_result_in_another_unit_than_declared_is_not_booked_as_a_number(workplace):
    """g/min is no g/10 min: the value is lost with a reason, not wrong by a factor of ten."""
    proposal = workplace[-1]
    text = flow_csv(f"{proposal}-S1", 1.2).replace("g/10 min", "g/min")
    put(workplace, f"{proposal}-S1 mfr.csv", text)
    flow = targets(workplace).get("flow")
    assert flow is None or (flow.state is State.LOST and "g/min" in flow.reason)
