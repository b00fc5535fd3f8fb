"""What the laboratory made before the campaign began: the control, lots of recyclate and a few compounds, with results.

``python -m campaigns.polypropylene.past`` makes the table again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import fmean

from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.instruments.impact import impact_bars
from campaigns.polypropylene.laboratory.instruments.tables import cuts_of
from campaigns.polypropylene.laboratory.instruments.tensile import bars_of
from campaigns.polypropylene.laboratory.making import CONTROL_FORMULATION, Made, make
from campaigns.polypropylene.laboratory.materials import LOTS
from campaigns.polypropylene.laboratory.sessions import CONTROL
from campaigns.polypropylene.laboratory.testing import test_piece
from campaigns.polypropylene.population import campaign_definition, population
from loop.values import Formulation, Setting
from services.disk import write_whole

__all__ = ["PAST", "PastSpecimen", "header", "past_specimens", "past_table", "results_of", "row_of"]

PAST = Path(__file__).with_name("past_results.csv")
_N, _SEED = 8, 20260601
_WEEKS = 13
_PURE: Formulation = {"homo-PP": 0.0, "recycled PP": 100.0, "antioxidant": 0.0}
_TARGETS: Mapping[str, str] = {"modulus": "MPa", "yield strength": "MPa", "impact": "kJ/m²", "melt flow": "g/10 min"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSpecimen:
    """A specimen by its owner's name, of what it was made, and how many weeks before the campaign."""

    name: str
    formulation: Formulation
    weeks_before: int

    def made(self, choice: LaboratoryChoice) -> Made:
        """Return it as the laboratory truly knows it."""
        day = choice.begins - timedelta(weeks=self.weeks_before) + timedelta(days=1)
        return make(self.name, self.formulation, moulded_on=day, choice=choice)


def past_specimens() -> list[PastSpecimen]:
    """List what was made before, as the shipped table has it: the control specimen first."""
    with PAST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    knobs = campaign_definition().core.knobs
    return [
        PastSpecimen(
            name=row["name"],
            formulation={knob: _read(row[_header(knob)]) for knob in knobs},
            weeks_before=_WEEKS - number,
        )
        for number, row in enumerate(rows)
    ]


def past_table(choice: LaboratoryChoice) -> str:
    """Return the table of past results as a person keeps it: names, formulations, means of tests."""
    told = io.StringIO()
    writer = csv.writer(told, lineterminator="\n")
    writer.writerow(header())
    for number, (name, formulation) in enumerate(_formulations().items()):
        made = PastSpecimen(name=name, formulation=formulation, weeks_before=_WEEKS - number).made(choice)
        writer.writerow(row_of(made, results_of(made, choice)))
    return told.getvalue()


def header() -> list[str]:
    """Return the names of a table's columns: name, parameters and targets with their units."""
    return ["name", *map(_header, campaign_definition().core.knobs), *(f"{t} ({unit})" for t, unit in _TARGETS.items())]


def row_of(made: Made, results: Mapping[str, str]) -> list[Setting]:
    """Return the row of a specimen under `header`."""
    knobs = campaign_definition().core.knobs
    return [made.specimen, *(made.formulation[knob] for knob in knobs), *(results[target] for target in _TARGETS)]


def results_of(made: Made, choice: LaboratoryChoice) -> dict[str, str]:
    """Return the means of what the specimen's own test pieces show, as a person writes them."""
    tensile, charpy, flow = (test_piece(made, tester, choice) for tester in ("tensile", "charpy", "melt flow"))
    bars = bars_of(made.properties, tensile.rng)
    struck = [bar.strength for bar in impact_bars(made.properties, charpy.rng) if bar.strength is not None]
    return {
        "modulus": f"{fmean(bar.modulus for bar in bars):.0f}",
        "yield strength": f"{fmean(bar.yield_stress for bar in bars):.1f}",
        "impact": f"{fmean(struck):.2f}" if struck else "n.d.",
        "melt flow": f"{fmean(cuts_of(flow, made.properties)):.1f}",
    }


def _formulations() -> dict[str, Formulation]:
    """Return what was made before, by name: the control, each lot of recyclate alone, and compounds."""
    lots = {f"LOT-{lot}": {**CONTROL_FORMULATION, **_PURE, "recyclate lot": lot} for lot in LOTS}
    compounds = {f"RC-{n:02d}": m.formulation for n, m in enumerate(population(_N, seed=_SEED), start=1)}
    return {CONTROL: CONTROL_FORMULATION, **lots, **compounds}


def _header(knob: str) -> str:
    unit = campaign_definition().core.unit_of(knob)
    return f"{knob} ({unit})" if unit else knob


def _read(text: str) -> Setting:
    try:
        return float(text)
    except ValueError:
        return text


def main() -> None:
    """Write the table."""
    write_whole(PAST, past_table(LaboratoryChoice(dial=0.9)).encode(), "past results")


if __name__ == "__main__":
    main()
