"""Write the rows of a small real campaign as the code at hand keeps them, and what it says of them.

Run it before the schema changes again, and once more for an older schema with the code of its time on PYTHONPATH; the
files go beside this one::

    python tests/services/store/released/write.py FOLDER

``v0001.jsonl`` holds one row a line, ``{"table": …, "row": {…}}``, in an order in which they can be put in again;
``v0001.facts.json`` what that code made of them. Neither knows of any database.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, select

from loop.ids import CampaignId
from loop.observations import State, TargetValue
from services.campaign.service import CampaignService
from services.campaign.settling import Settling
from services.campaign.viewing import status_view
from services.campaign.written import read_table
from services.records.measurement import Content, KeptFile, Measurement, measurement_id
from services.store import SqlHeldResults, SqlJournal, SqlLeases, SqlOutbox, known_version, open_database
from services.store.measurements import SqlMeasurements
from tests.services.campaign.tiny import BLEND, TINY, Ticking, measured, modulus, past_results, read, run_cycle

TABLES = (
    "campaign",
    "journal_entry",
    "lease",
    "work_order",
    "held_result",
    "raw_file",
    "measurement",
    "measurement_decision",
    "derivation",
    "feature",
)
"""In an order in which no row comes before one that it names."""


def live(database: Engine, folder: Path) -> CampaignService:
    """Let two campaigns go through whatever may happen to one."""
    service = CampaignService(journal=SqlJournal(database), clock=Ticking(), actor="suzuki")
    service.adopt(read(TINY))
    table = read_table(past_results(folder / "past.csv"))
    service.import_specimens("PP01", table)
    service.note("PP01", 'slow screws make stronger films: 強い, µ, \u2028 and "quoted" \\ back')
    run_cycle(service)
    changed = service.propose("PP01", count=3)
    one, two, three = (str(record.proposal.id) for record in changed)
    service.edit(one, {"temperature": 200.0}, reason="the extruder holds this better")
    service.skip(two, reason="tried last year", is_lesson=True)
    service.approve("PP01")
    service.record(one, {"strength": TargetValue(mean=39.125, sd=0.25, n=3)}, source="typed in")
    service.remark(one, "a little hazy", source="typed in")
    service.mark_infeasible(three, reason="tore on the roll")
    service.correct("PP01", f"{one}-S1", "strength", measured(38.9), reason="the load cell was off")
    service.exclude("PP01", "PP01-X0002", reason="wrong film")
    service.keep("PP01", "PP01-X0002", reason="it was the right one")
    service.exclude("PP01", "PP01-X0003", reason="torn before the test")
    service.judge("PP01", "H1", "yes", reason="seen twice")
    service.adopt(read(TINY.replace("high: 240", "high: 250").replace("title: Films", "title: Films, hotter")))
    service.propose("PP01")
    service.adopt(read(BLEND))
    opened = service.propose("BLEND")
    service.approve("BLEND")
    for record in opened:
        value = measured(modulus(record.planned))
        service.record(str(record.proposal.id), {"modulus": value}, source="typed in")
        lost = TargetValue(state=State.LOST, reason="dropped")
        service.record(str(record.proposal.id), {"modulus": lost}, replicate=2, source="typed in")
    return service


def go_on_by_itself(database: Engine, service: CampaignService, folder: Path) -> None:
    """Let work orders leave or wait, fail and be given up; let results wait and be settled; hold a lease."""
    clock = Ticking()
    service.adopt(read(TINY.replace("PP01", "PP02") + "schedule: {attempts: 2, overdue: 1 h}\n"))
    first, second, third = (str(record.proposal.id) for record in service.propose("PP02", count=3))
    service.approve("PP02")
    service.dispatch([first, second])
    outbox = SqlOutbox(database)
    for order in outbox.undelivered(CampaignId("PP02")):
        outbox.deliver(order, lambda _: None, at=clock.now())
    service.fail(first, reason="tore")
    service.dispatch([first, third], reason="with a new die")
    service.change_course("PP02", "draining", reason="summer")
    held = CampaignService(journal=SqlJournal(database), clock=clock, actor="suzuki", held=SqlHeldResults(database))
    sheet = folder / "day.csv"
    sheet.write_text("proposal,temperature,screw,strength,remarks\nPP02-C009-01,,,30.5,smelled\nfilm 7,215,fast,<9,\n")
    held.import_results("PP02", read_table(sheet, numbers={"strength", "temperature"}))
    waiting = [record.result for record in SqlHeldResults(database).records()]
    settling = Settling(database, clock=clock, actor="mori")
    settling.drop(next(result.id for result in waiting if result.proposal == "film 7"), "a trial")
    SqlLeases(database).take("PP02", holder="here:1", now=clock.now(), until=clock.now(), due=None)


def take_files_in(database: Engine) -> None:
    """Let a file be read and another refused; link, doubt and exclude what they hold."""
    clock = Ticking()
    store = SqlMeasurements(database)
    read_file = KeptFile(
        hash="a" * 64, size=812, name="böden 7.csv", received_at=clock.now(), reader="profile:tg_plain"
    )
    specimen = "PP02-C009-01-S1"
    measurements = [
        Measurement(
            id=measurement_id(read_file.hash, number),
            file=read_file.hash,
            number=number,
            modality="TG",
            campaign="PP02",
            proposal="PP02-C009-01",
            specimen=specimen if number == 1 else "",
            content=Content(curves=((("time", "min", 3000, 0.0, 62.5), ("mass", "mg", 3000, 0.31, 9.87)),)),
            facts={"mass": 9.87, "gas": "N₂"},
            fingerprint=f"{number}" * 64,
        )
        for number in (1, 2)
    ]
    store.take_in(read_file, measurements)
    refused = KeptFile(
        hash="b" * 64, size=0, name="leer.txt", received_at=clock.now(), refusal="it is empty", hint="export it again"
    )
    store.take_in(refused, [])
    doubted = measurements[1].model_copy(update={"judgement": "doubted", "doubts": (("flat", "all values are 3.1"),)})
    store.decide(doubted.id, doubted, what="doubted", actor="suzuki", at=clock.now(), reason="all values are 3.1")
    gone = doubted.model_copy(update={"judgement": "excluded"})
    store.decide(gone.id, gone, what="excluded", actor="mori", at=clock.now(), reason="the balance was off")


def rows_of(database: Engine) -> list[dict[str, Any]]:
    """List every row of every table, moments as ISO 8601 in UTC."""
    known = MetaData()
    known.reflect(database)
    found = []
    with database.connect() as connection:
        for name in TABLES:
            if name in known.tables:
                table = known.tables[name]
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings():
                    cells = {k: f"{v.isoformat()}Z" if isinstance(v, datetime) else v for k, v in row.items()}
                    found.append({"table": name, "row": cells})
    return found


def facts_of(service: CampaignService) -> dict[str, Any]:
    """Say what the code at hand makes of every campaign."""
    found = {}
    for campaign in service.campaigns():
        state = service.state(campaign)
        found[campaign] = {
            "seq": state.seq,
            "data_hash": state.data_hash(),
            "cycles": {str(cycle): record.data_hash for cycle, record in state.cycles.items()},
            "proposals": {
                record.proposal.id: {
                    "state": record.state.value,
                    "planned": dict(record.planned),
                    "proposal": record.proposal.model_dump(mode="json"),
                    "steps": [[s.seq, s.at.isoformat(), s.actor, s.step, s.reason] for s in record.history],
                }
                for record in state.proposals.values()
            },
            "specimens": {
                name: {
                    "observation": record.observation.model_dump(mode="json"),
                    "excluded_because": record.excluded_because,
                    "n_corrections": len(record.corrections),
                }
                for name, record in state.specimens.items()
            },
            "hypotheses": {h.id: [h.text, h.held, h.reason] for h in state.hypotheses.values()},
            "definitions": [[record.version, record.text] for record in state.definitions],
            "status": status_view(state).model_dump(mode="json"),
        }
    return found


def write(to: Path) -> None:
    """Write both files of the schema of the code at hand."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/meguri.db")
        service = live(database, Path(folder))
        go_on_by_itself(database, service, Path(folder))
        take_files_in(database)
        name = f"v{known_version():04d}"
        lines = [json.dumps(row, ensure_ascii=False) for row in rows_of(database)]
        (to / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        facts = json.dumps(facts_of(service), ensure_ascii=False, indent=1)
        (to / f"{name}.facts.json").write_text(facts + "\n", encoding="utf-8")
        database.dispose()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
