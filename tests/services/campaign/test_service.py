"""Whole use cases of a campaign, on SQLite and PostgreSQL: from the definition to results that train the model."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import openpyxl
import pytest

from loop.errors import FormulationError, ObservationError, ProposalError, SpaceError, TransitionError
from loop.events import ProposalsMade
from loop.ids import CampaignId
from loop.memory import MemoryJournal
from loop.observations import State, TargetValue
from loop.proposal import ProposalState
from services.campaign.errors import CampaignError, SheetError
from services.campaign.written import read_table
from services.ingest.write_tables import write_table
from tests.services.campaign import rivals
from tests.services.campaign.tiny import (
    BLEND,
    FOUR,
    TINY,
    begun,
    measured,
    modulus,
    past_results,
    read,
    run_cycle,
    strength,
)

PATIENCE_S = 60
S = ProposalState


def states(service, campaign="PP01"):
    return {p: record.state for p, record in service.state(campaign).proposals.items()}


def rows_with_ids(sheet, column):
    return [row for row in range(2, sheet.max_row + 1) if "-C001-" in str(sheet.cell(row, column).value)]


def kinds(service, campaign="PP01"):
    return [entry.event.kind for entry in service.log(campaign)]


# ---------------------------------------------------------------------- proposing
def test_asking_twice_returns_the_same_open_proposals(journal):
    """Nothing new is proposed, and nothing is written, while enough are open."""
    service = begun(journal)
    first = service.propose("PP01")
    seq = service.state("PP01").seq
    assert [r.proposal.id for r in first] == ["PP01-C001-01", "PP01-C001-02"]
    assert service.propose("PP01") == first
    assert service.state("PP01").seq == seq


def test_a_larger_count_tops_up(journal):
    """Three wanted where two are open: one more, in a cycle of its own."""
    service = begun(journal)
    service.propose("PP01")
    assert [r.proposal.id for r in service.propose("PP01", count=3)][2:] == ["PP01-C002-01"]


def test_two_processes_that_propose_at_once_get_one_cycle(database_url, journal):
    """Both come back with the same proposals, and the journal holds one batch."""
    service = begun(journal)
    fresh = multiprocessing.get_context("forkserver")
    fresh.set_forkserver_preload(["tests.services.campaign.rivals"])
    together, ids = fresh.Barrier(2, timeout=PATIENCE_S), fresh.Queue()
    for name in ("ann", "bo"):
        fresh.Process(target=rivals.propose, args=(database_url, name, together, ids), daemon=True).start()
    first, second = ids.get(timeout=PATIENCE_S), ids.get(timeout=PATIENCE_S)
    assert first == second == ["PP01-C001-01", "PP01-C001-02"]
    assert kinds(service).count("proposals_made") == 1


def test_the_budget_ends_proposing(journal):
    """A budget of three: two, then one, then a refusal that says what to do. Skipped ones are not spent."""
    service = begun(journal, TINY + "budget: {specimens: 3}\n")
    opened = service.propose("PP01")
    service.skip(opened[0].proposal.id, reason="no film left")
    assert len(service.propose("PP01", count=9)) == 3
    with pytest.raises(ProposalError, match="budget is spent"):
        service.propose("PP01", count=9)


def test_the_design_goes_on_where_nothing_can_be_learned_yet(journal):
    """Skipped proposals and a count beyond the design leave no gap: without two results no model is asked."""
    service = begun(journal)
    first = [r.proposal.id for r in service.propose("PP01", count=3)]
    for proposal in first[:2]:
        service.skip(proposal, reason="no film left")
    opened = service.propose("PP01", count=8)
    assert len(opened) == 8
    assert {r.proposal.origin.value for r in opened} == {"initial"}
    every = [tuple(r.proposal.formulation.items()) for r in service.state("PP01").proposals.values()]
    assert len(set(every)) == len(every) == 10


def test_a_target_without_results_keeps_the_space_being_filled(journal, tmp_path):
    """Past results know one of two targets: the space is filled until the other has results too, and says so."""
    service = begun(journal, TINY.replace("targets:", "objective: {kind: pareto}\ntargets:\n  haze: {goal: minimise}"))
    service.import_specimens("PP01", read_table(past_results(tmp_path / "past.csv")))
    opened = service.propose("PP01")
    assert {r.proposal.origin.value for r in opened} == {"space_filling"}
    assert "haze has no result yet" in opened[0].proposal.reason
    assert service.forecast_edit(opened[0].proposal.id, {"temperature": 200.0}).predicted == {}


def test_a_space_that_is_all_made_says_so(journal):
    """Four formulations in all: no fifth is invented."""
    service = begun(journal, FOUR)
    assert len(service.propose("FOUR", count=4)) == 4
    service.approve("FOUR")
    for record in service.state("FOUR").open_proposals:
        service.record(record.proposal.id, {"gloss": measured(float(len(record.planned["resin"])))})
    with pytest.raises(SpaceError, match=r"made or (pending|on its way)|neither made"):
        service.propose("FOUR", count=1)


# ---------------------------------------------------------------------- the life of a proposal
def test_a_cycle_closes_when_every_result_is_in(journal):
    """Approved, recorded, closed; the model then proposes from what was learned, with a prediction."""
    service = begun(journal)
    first = run_cycle(service)
    assert set(states(service).values()) == {S.CLOSED}
    assert service.state("PP01").cycles[1].closed_at is not None
    past = run_cycle(service)
    opened = service.propose("PP01")
    assert first + past == [p for p in service.state("PP01").proposals if p not in {r.proposal.id for r in opened}]
    assert all(set(r.proposal.predicted) == {"strength"} and r.proposal.origin.value == "model" for r in opened)


def test_results_need_an_approved_plan(journal):
    """A result for a proposal that nobody approved is refused, and nothing is written."""
    service = begun(journal)
    [first, _] = service.propose("PP01")
    seq = service.state("PP01").seq
    with pytest.raises(ProposalError, match="not approved"):
        service.record(first.proposal.id, {"strength": measured(30)})
    assert service.state("PP01").seq == seq


def test_the_same_result_twice_is_one_result_and_another_value_needs_a_correction(journal):
    """Recording is idempotent; a changed value is refused by name."""
    service = begun(journal)
    [first, _] = service.propose("PP01")
    service.approve("PP01")
    service.record(first.proposal.id, {"strength": measured(30)})
    seq = service.state("PP01").seq
    service.record(first.proposal.id, {"strength": measured(30)})
    assert service.state("PP01").seq == seq
    with pytest.raises(ObservationError, match="use correct"):
        service.record(first.proposal.id, {"strength": measured(31)})


def test_new_data_makes_unapproved_proposals_stale_and_leaves_approved_ones(journal):
    """One approved and measured, the other unapproved: the other was decided without the news."""
    service = begun(journal)
    [first, second] = (r.proposal.id for r in service.propose("PP01"))
    service.approve("PP01", [first])
    service.record(first, {"strength": measured(30)})
    assert states(service) == {first: S.CLOSED, second: S.STALE}
    with pytest.raises(TransitionError, match="stale"):
        service.approve("PP01", [second])


def test_a_new_version_of_the_definition_keeps_data_and_makes_proposals_stale(journal):
    """The space may change in a running campaign; the same definition again is refused."""
    service = begun(journal)
    run_cycle(service)
    service.propose("PP01")
    with pytest.raises(ProposalError, match="says the same"):
        service.adopt(read(), reason="again")
    state = service.adopt(read(TINY.replace("low: 180", "low: 190")), reason="180 never melts")
    assert state.version == 2
    assert len(state.specimens) == 2
    assert [r.state for r in state.proposals.values()] == [S.CLOSED, S.CLOSED, S.STALE, S.STALE]


def test_an_edit_approves_and_keeps_the_first_prediction_beside_the_new_one(journal):
    """What was expected of the first plan stays on the proposal; the new plan has its own expectation."""
    service = begun(journal)
    run_cycle(service)
    run_cycle(service)
    [first, _] = service.propose("PP01")
    other = 185.0 if first.planned["temperature"] != 185 else 190.0
    promised = service.forecast_edit(first.proposal.id, {"temperature": other})
    state = service.edit(first.proposal.id, {"temperature": other}, reason="the die is cold")
    record = state.proposal(first.proposal.id)
    assert record.state is S.APPROVED
    assert record.planned["temperature"] == other
    assert record.proposal.predicted == first.proposal.predicted
    assert record.predicted == promised.predicted != first.proposal.predicted
    assert record.history[-1].reason == "the die is cold"


def test_an_edit_may_break_a_rule_knowingly_but_never_a_safety_rule(journal):
    """A bound gives way to `allow_violations`; a safety rule does not; neither is booked by looking."""
    service = begun(journal)
    [first, _] = (r.proposal.id for r in service.propose("PP01"))
    seq = service.state("PP01").seq
    with pytest.raises(FormulationError, match="outside 180 to 240"):
        service.edit(first, {"temperature": 170.0}, reason="colder")
    with pytest.raises(FormulationError, match="safety rule"):
        service.edit(first, {"temperature": 240.0}, reason="hotter", allow_violations=True)
    assert service.forecast_edit(first, {"temperature": 240.0}).breaks_safety
    assert service.state("PP01").seq == seq
    state = service.edit(first, {"temperature": 170.0}, reason="colder", allow_violations=True)
    assert state.proposal(first).planned["temperature"] == 170


def test_what_cannot_be_made_and_lessons_change_what_follows(journal):
    """Failed may be tried again; infeasible and abandoned are over; a skipped lesson is remembered."""
    service = begun(journal)
    [first, second] = (r.proposal.id for r in service.propose("PP01"))
    service.approve("PP01", [first])
    service.fail(first, reason="the film tore")
    assert states(service)[first] is S.FAILED
    service.mark_infeasible(first, reason="it tears every time")
    state = service.skip(second, reason="no screw", is_lesson=True)
    assert states(service) == {first: S.INFEASIBLE, second: S.SKIPPED}
    assert state.proposal(second).is_lesson
    assert state.cycles[1].closed_at is not None
    [third, _] = (r.proposal.id for r in service.propose("PP01"))
    service.approve("PP01", [third])
    assert service.abandon(third, reason="no time").proposal(third).state is S.ABANDONED


# ---------------------------------------------------------------------- data
def test_past_results_come_in_once(journal, tmp_path):
    """The same rows of the same file are taken in once; one more row is one more specimen."""
    service = begun(journal)
    _, n_new = service.import_specimens("PP01", read_table(past_results(tmp_path / "past.csv", 5)))
    _, n_again = service.import_specimens("PP01", read_table(tmp_path / "past.csv"))
    state, n_more = service.import_specimens("PP01", read_table(past_results(tmp_path / "past.csv", 6)))
    assert (n_new, n_again, n_more) == (5, 0, 1)
    assert list(state.specimens) == [f"PP01-X000{k}" for k in range(1, 7)]
    assert state.specimen("PP01-X0001").source == "past.csv, line 2"


def test_past_results_with_a_fault_leave_nothing(journal, tmp_path):
    """Every fault is named with its cell, and no row is booked."""
    service = begun(journal)
    path = past_results(tmp_path / "past.csv")
    path.write_text(path.read_text().replace("F2,190,fast", "F2,190,medium").replace("F4,210", "F4,"))
    seq = service.state("PP01").seq
    with pytest.raises(SheetError) as caught:
        service.import_specimens("PP01", read_table(path))
    places = [fault.split(":")[0] for fault in caught.value.faults]
    assert places == ["line 3, column 'screw'", "line 5, column 'temperature'"]
    assert service.state("PP01").seq == seq


def test_columns_may_be_called_otherwise(journal, tmp_path):
    """A parameter and a target are found under the headers that the table has."""
    service = begun(journal)
    path = tmp_path / "old.csv"
    path.write_text("T,drive,sigma\n200,slow,35\n220,fast,28\n")
    columns = {"temperature": "T", "screw": "drive", "strength": "sigma"}
    state, n_new = service.import_specimens("PP01", read_table(path), columns=columns)
    assert n_new == 2
    assert state.specimen("PP01-X0002").observation.mean_of("strength") == 28


def test_a_column_under_a_groups_heading_is_found_by_its_own_name(journal, tmp_path):
    """`Process · temperature` serves for temperature as long as no other column ends alike."""
    service = begun(journal)
    path = tmp_path / "old.csv"
    path.write_text("Process · temperature,Process · screw,Results · strength\n200,slow,35\n")
    assert service.import_specimens("PP01", read_table(path))[1] == 1
    path.write_text("Melt · temperature,Die · temperature,screw,strength\n200,210,slow,35\n")
    with pytest.raises(SheetError, match="there is no column 'temperature'"):
        service.import_specimens("PP01", read_table(path))


def test_a_blank_ingredient_is_none_where_the_others_fill_the_whole(journal, tmp_path):
    """People leave cells empty for what a recipe does not hold; where the sum says otherwise it is a fault."""
    service = begun(journal, BLEND)
    path = tmp_path / "blends.csv"
    path.write_text("PP,talc,oil,speed,modulus\n80,20,,200,2.5\n90,,10,200,1.1\n")
    state, n_new = service.import_specimens("BLEND", read_table(path))
    assert n_new == 2
    assert state.specimen("BLEND-X0001").observation.as_made["oil"] == 0
    path.write_text("PP,talc,oil,speed,modulus\n80,15,,200,2.5\n")
    with pytest.raises(SheetError, match="oil needs a value"):
        service.import_specimens("BLEND", read_table(path))


def test_a_result_sheet_goes_out_to_excel_and_comes_back(journal, tmp_path):
    """Filled in with values, spreads, counts and a limit, it is booked by id; sent in again, nothing happens."""
    service = begun(journal, BLEND)
    opened = service.propose("BLEND")
    service.approve("BLEND")
    path = write_table(service.result_sheet("BLEND"), tmp_path / "results.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[1]}
    rows = rows_with_ids(sheet, heads["proposal"])
    assert len(rows) == 4  # two proposals, two specimens each
    planned = {str(r.proposal.id): r.planned for r in opened}
    for row in rows[:3]:
        value = modulus(planned[sheet.cell(row, heads["proposal"]).value])
        sheet.cell(row, heads["modulus"]).value = value
        sheet.cell(row, heads["modulus sd"]).value = 0.02
        sheet.cell(row, heads["modulus n"]).value = 5
    sheet.cell(rows[0], heads["speed"]).value = 150
    sheet.cell(rows[3], heads["modulus"]).value = "<0.1"
    book.save(path)

    state = service.import_results("BLEND", read_table(path))
    assert set(states(service, "BLEND").values()) == {S.CLOSED}
    first = state.specimen(f"{sheet.cell(rows[0], heads['proposal']).value}-S1").observation
    assert first.as_made["speed"] == 150
    assert first.planned is not None
    assert first.planned["speed"] != 150 or planned[str(first.proposal_id)]["speed"] == 150
    assert first.targets["modulus"] == TargetValue(mean=first.mean_of("modulus"), sd=0.02, n=5)
    last = state.specimen(f"{sheet.cell(rows[3], heads['proposal']).value}-S2").observation
    assert (last.targets["modulus"].state, last.targets["modulus"].limit) == (State.BELOW_DETECTION, 0.1)
    assert service.import_results("BLEND", read_table(path)).seq == state.seq


def test_a_half_filled_sheet_comes_back_twice(journal, tmp_path):
    """The first return books what is there; the second, fuller one books the rest and repeats nothing."""
    service = begun(journal)
    [first, second] = (r.proposal.id for r in service.propose("PP01"))
    service.approve("PP01")
    path = write_table(service.result_sheet("PP01"), tmp_path / "results.csv")
    whole = path.read_text(encoding="utf-8-sig").splitlines()
    columns = whole[0].split(",")
    place = columns.index("strength [MPa]")

    def fill(values):
        lines = [whole[0]]
        for line in whole[1:]:
            cells = line.split(",")
            cells[place] = values.get(cells[0], "")
            lines.append(",".join(cells))
        path.write_text("\n".join(lines), encoding="utf-8")

    fill({first: "31.5"})
    service.import_results("PP01", read_table(path))
    assert states(service) == {first: S.MEASURED, second: S.APPROVED}
    fill({first: "31.5", second: "22"})
    service.import_results("PP01", read_table(path))
    assert states(service) == {first: S.CLOSED, second: S.CLOSED}
    assert kinds(service).count("result_recorded") == 2


def test_results_beside_another_proposals_formulation_are_refused_whole(journal, tmp_path):
    """Two ids exchanged on the sheet: both rows are named, and nothing is booked on the wrong formulation."""
    service = begun(journal)
    [first, second] = service.propose("PP01")
    service.approve("PP01")
    table = service.result_sheet("PP01")
    path = write_table(table, tmp_path / "results.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[1]}
    rows = rows_with_ids(sheet, heads["proposal"])
    ids = [sheet.cell(row, heads["proposal"]).value for row in rows]
    for row, swapped in zip(rows, reversed(ids), strict=True):
        sheet.cell(row, heads["proposal"]).value = swapped
        sheet.cell(row, heads["strength"]).value = 30
    book.save(path)
    seq = service.state("PP01").seq
    with pytest.raises(SheetError, match="correct the id") as caught:
        service.import_results("PP01", read_table(path))
    assert len(caught.value.faults) == 2
    assert service.state("PP01").seq == seq
    assert {r.proposal.id for r in (first, second)} == set(ids)


def test_a_sheet_with_one_unknown_id_books_nothing(journal, tmp_path):
    """All or nothing: the good row waits until the bad one is mended."""
    service = begun(journal)
    [first, _] = (r.proposal.id for r in service.propose("PP01"))
    service.approve("PP01")
    path = tmp_path / "results.csv"
    path.write_text(f"proposal,replicate,strength\n{first},1,30\nPP01-C009-09,1,31\n")
    with pytest.raises(SheetError, match="PP01-C009-09"):
        service.import_results("PP01", read_table(path))
    assert service.state("PP01").specimens == {}


def test_a_mistyped_result_is_a_fault_and_no_reason_for_its_absence(journal, tmp_path):
    """`1850 MPaa` is a result somebody has: it is refused with its cell, never booked as not measured."""
    service = begun(journal)
    [first, _] = (r.proposal.id for r in service.propose("PP01"))
    service.approve("PP01")
    path = tmp_path / "results.csv"
    path.write_text(f"proposal,replicate,strength\n{first},1,1850 MPaa\n")
    with pytest.raises(SheetError, match="1850 MPaa"):
        service.import_results("PP01", read_table(path))
    assert service.state("PP01").specimens == {}


def test_a_correction_keeps_the_old_value_and_marks_what_rested_on_it(journal):
    """Old value, reason and person stay; predictions stay and are marked; unapproved proposals become stale."""
    service = begun(journal)
    first = run_cycle(service)[0]
    run_cycle(service)
    opened = [r.proposal.id for r in service.propose("PP01")]
    state = service.correct("PP01", f"{first}-S1", "strength", measured(12.5), reason="typed 1 for 7")
    record = state.specimen(f"{first}-S1")
    assert record.observation.mean_of("strength") == 12.5
    [correction] = record.corrections
    assert (correction.actor, correction.reason) == ("suzuki", "typed 1 for 7")
    assert correction.old is not None
    assert correction.old.mean == strength(record.observation.as_made)
    for proposal in opened:
        assert state.proposal(proposal).state is S.STALE
        assert state.proposal(proposal).corrected_since == (f"{first}-S1",)


def test_an_excluded_specimen_is_kept_from_training_until_it_is_kept(journal):
    """Excluding and keeping are events with reasons; doing one twice writes once."""
    service = begun(journal)
    first = run_cycle(service)[0]
    specimen = f"{first}-S1"
    assert service.exclude("PP01", specimen, reason="wrong granules").specimen(specimen).observation.is_excluded
    seq = service.state("PP01").seq
    assert service.exclude("PP01", specimen, reason="wrong granules").seq == seq
    assert not service.keep("PP01", specimen, reason="granules were right").specimen(specimen).observation.is_excluded


# ---------------------------------------------------------------------- proof
def test_every_logged_cycle_is_made_again_bit_for_bit(journal):
    """Design and model alike, also after edits, corrections and a new version of the definition."""
    service = begun(journal)
    first = run_cycle(service)[0]
    run_cycle(service)
    service.propose("PP01")
    service.correct("PP01", f"{first}-S1", "strength", measured(12.5), reason="typed 1 for 7")
    service.adopt(read(TINY.replace("low: 180", "low: 190")), reason="180 never melts")
    service.propose("PP01")
    found = service.replay("PP01")
    assert [(r.cycle, r.is_same, r.differences) for r in found] == [(k, True, ()) for k in (1, 2, 3, 4)]
    assert [r.cycle for r in service.replay("PP01", cycle=3)] == [3]
    with pytest.raises(ProposalError, match="no cycle 9"):
        service.replay("PP01", cycle=9)


def test_a_journal_that_was_tampered_with_does_not_replay():
    """A result changed behind the journal's back shows in the cycles that followed from it."""
    journal = MemoryJournal()
    service = begun(journal)
    run_cycle(service)
    run_cycle(service)
    service.propose("PP01")
    forged = MemoryJournal()
    for entry in journal.read(CampaignId("PP01")):
        event = entry.event
        if event.kind == "result_recorded" and event.proposal_id == "PP01-C001-01":
            event = event.model_copy(update={"targets": {"strength": measured(99)}})
        forged.append(CampaignId("PP01"), [event], actor=entry.actor, at=entry.at, expected_seq=entry.seq - 1)
    found = begun_on(forged).replay("PP01")
    assert [r.is_same for r in found] == [True, False, False]
    assert "data_hash" in found[1].differences


def begun_on(journal):
    from services.campaign.clock import SystemClock
    from services.campaign.service import CampaignService

    return CampaignService(journal=journal, clock=SystemClock(), actor="auditor")


def test_a_missing_proposal_in_the_log_is_a_difference():
    """A batch logged with fewer proposals than are made again is not the same, and the replay says which."""
    journal = MemoryJournal()
    service = begun(journal)
    service.propose("PP01")
    forged = MemoryJournal()
    for entry in journal.read(CampaignId("PP01")):
        event = entry.event
        if isinstance(event, ProposalsMade):
            event = event.model_copy(update={"proposals": event.proposals[:1]})
        forged.append(CampaignId("PP01"), [event], actor=entry.actor, at=entry.at, expected_seq=entry.seq - 1)
    [found] = begun_on(forged).replay("PP01")
    assert not found.is_same
    assert found.differences == ("PP01-C001-02",)


def test_an_unknown_campaign_is_refused_with_those_there_are(journal):
    """Whatever is asked of it."""
    service = begun(journal)
    for ask in (service.state, service.log, service.propose, service.replay, service.result_sheet):
        with pytest.raises(CampaignError, match="there is no campaign 'PP02'; there are PP01"):
            ask("PP02")


def test_hypotheses_are_noted_and_judged(journal):
    """An expectation has a number, an author and a cycle; judging needs a reason."""
    service = begun(journal)
    service.propose("PP01")
    service.note("PP01", "slow screws win")
    state = service.judge("PP01", "H1", "yes", reason="all three best")
    assert replace(state.hypotheses["H1"], at=None).held == "yes"
    assert (state.hypotheses["H1"].cycle, state.hypotheses["H1"].actor) == (1, "suzuki")


def test_a_remark_on_a_sheet_is_kept_once_and_comes_out_again(journal, tmp_path):
    """With results or before them; the same sheet again writes nothing; the next sheet and the data table show it."""
    service = begun(journal)
    [first, second] = (r.proposal.id for r in service.propose("PP01"))
    service.approve("PP01")
    path = tmp_path / "results.csv"
    path.write_text(f"proposal,strength,remarks\n{first},31.5,smelled burnt\n{second},,3\n")
    state = service.import_results("PP01", read_table(path))
    assert states(service) == {first: S.MEASURED, second: S.APPROVED}
    assert [one.text for one in state.proposal(first).remarks] == ["smelled burnt"]
    assert [one.text for one in state.proposal(second).remarks] == ["3"]
    assert service.import_results("PP01", read_table(path)).seq == state.seq
    assert [cell.value for cell in service.result_sheet("PP01").column("remarks").cells] == ["3"]
    assert [cell.value for cell in service.specimen_table("PP01").column("remarks").cells] == ["smelled burnt"]

    out = write_table(service.result_sheet("PP01"), tmp_path / "again.csv")
    text = out.read_text(encoding="utf-8-sig").rstrip()
    assert text.endswith(",3")
    out.write_text(f"{text}; torque rose\n", encoding="utf-8")
    state = service.import_results("PP01", read_table(out))
    assert [one.text for one in state.proposal(second).remarks] == ["3", "torque rose"]


def test_a_remark_beside_an_unknown_id_is_refused(journal, tmp_path):
    """It would be kept with nothing."""
    service = begun(journal)
    service.propose("PP01")
    path = tmp_path / "results.csv"
    path.write_text("proposal,strength,remarks\nPP01-C009-09,,odd\n,,no id\n")
    with pytest.raises(SheetError) as caught:
        service.import_results("PP01", read_table(path))
    assert len(caught.value.faults) == 2


# ---------------------------------------------------------------------- a definition that changes
def cooled(text=BLEND):
    """The blends with one more parameter, which nobody knows of before."""
    return text.replace("targets:", "  cooling: {kind: categorical, levels: [air, water]}\ntargets:")


def without_oil(text=BLEND):
    """The blends without oil and without a speed."""
    text = text.replace("    oil: {low: 0, high: 20, step: 0.5, balance_g: 1}\n", "").replace(" + 0.03 * oil", "")
    return text.replace("speed: {kind: continuous, unit: rpm, low: 100, high: 300, step: 10}", CURE)


CURE = "cure: {kind: discrete, unit: min, values: [10, 20], value_before: 10}"


@pytest.mark.parametrize("change", [cooled, without_oil])
def test_what_is_approved_is_finished_as_it_was_approved(journal, tmp_path, change):
    """Recipes, sheets that went out before and after, results and their correction: all still fit the old plan."""
    service = begun(journal, BLEND)
    opened = service.propose("BLEND")
    service.approve("BLEND")
    recipes, before = service.recipes("BLEND"), service.result_sheet("BLEND")
    state = service.adopt(read(change()), reason="the mill changed")
    assert [r.state for r in state.open_proposals] == [S.APPROVED, S.APPROVED]
    assert service.recipes("BLEND") == recipes
    assert service.recipe_sheet("BLEND").n_rows > 0
    first, second = opened
    for sheet, record in ((before, first), (service.result_sheet("BLEND"), second)):
        path = write_table(sheet, tmp_path / f"{record.proposal.id}.xlsx")
        book = openpyxl.load_workbook(path)
        heads = {str(cell.value).split(" [")[0]: cell.column for cell in book.active[1]}
        for row in range(2, book.active.max_row + 1):
            if book.active.cell(row, heads["proposal"]).value == record.proposal.id:
                book.active.cell(row, heads["modulus"]).value = modulus(record.planned)
        book.save(path)
        state = service.import_results("BLEND", read_table(path))
        assert state.proposal(record.proposal.id).state in (S.MEASURED, S.CLOSED)
        made = state.specimen(f"{record.proposal.id}-S1").observation.as_made
        assert dict(made) == dict(record.planned)
    table = service.specimen_table("BLEND")
    assert {"oil", "speed"} <= set(table.names)
    assert service.import_results("BLEND", read_table(path)).seq == state.seq


def test_a_sheet_may_say_what_a_new_parameter_was(journal, tmp_path):
    """Approved before cooling was a parameter: what was set is typed beside the result, and a slip there is refused."""
    service = begun(journal, BLEND)
    [first, _] = service.propose("BLEND")
    service.approve("BLEND", [first.proposal.id])
    service.adopt(read(cooled()), reason="the bath is there")
    path = write_table(service.result_sheet("BLEND"), tmp_path / "results.csv")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    heads = [name.split(" [")[0] for name in lines[0].split(",")]

    def filled(cooling):
        cells = lines[1].split(",")
        cells[heads.index("modulus")], cells[heads.index("cooling")] = "2.5", cooling
        path.write_text("\n".join([lines[0], ",".join(cells)]) + "\n", encoding="utf-8")
        return read_table(path)

    with pytest.raises(SheetError, match="'steam' is no level of cooling"):
        service.import_results("BLEND", filled("steam"))
    state = service.import_results("BLEND", filled("water"))
    assert state.specimen(f"{first.proposal.id}-S1").observation.as_made["cooling"] == "water"


def test_cycles_of_every_version_replay_bit_for_bit(journal, tmp_path):
    """Proposals made before a change and after it, on specimens of both versions."""
    service = begun(journal)
    run_cycle(service)
    run_cycle(service)
    changed = TINY.replace("screw: {kind: categorical, levels: [slow, fast]}", CURE)
    service.adopt(read(changed), reason="one screw is left")
    run_cycle(service)
    service.adopt(read(), reason="the screws are back")
    service.propose("PP01")
    assert [done.is_same for done in service.replay("PP01")] == [True] * 4
