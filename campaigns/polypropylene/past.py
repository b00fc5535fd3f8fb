"""What the laboratory made before the campaign began: the control specimen and a few compounds, with their results.

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

from campaigns.polypropylene.laboratory.behaviour import SCATTER
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.instruments.impact import impact_bars
from campaigns.polypropylene.laboratory.instruments.tensile import N_BARS, bar_of
from campaigns.polypropylene.laboratory.making import CONTROL_FORMULATION, Made, make
from campaigns.polypropylene.laboratory.sessions import CONTROL
from campaigns.polypropylene.laboratory.testing import test_piece
from campaigns.polypropylene.population import campaign_definition, population
from loop.values import Formulation, Setting
from services.disk import write_whole

__all__ = ["PAST", "PastSpecimen", "past_specimens", "past_table"]

PAST = Path(__file__).with_name("past_results.csv")
_N, _SEED = 8, 20260601
_WEEKS = 10
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
    compounds = {f"RC-{n:02d}": m.formulation for n, m in enumerate(population(_N, seed=_SEED), start=1)}
    knobs, told = campaign_definition().core.knobs, io.StringIO()
    writer = csv.writer(told, lineterminator="\n")
    writer.writerow(["name", *map(_header, knobs), *(f"{name} ({unit})" for name, unit in _TARGETS.items())])
    for number, (name, formulation) in enumerate({CONTROL: CONTROL_FORMULATION, **compounds}.items()):
        made = PastSpecimen(name=name, formulation=formulation, weeks_before=_WEEKS - number).made(choice)
        writer.writerow([name, *(formulation[knob] for knob in knobs), *_results(made, choice)])
    return told.getvalue()


def _results(made: Made, choice: LaboratoryChoice) -> list[str]:
    """Return the means of what the specimen's own test pieces show."""
    tensile, charpy = (test_piece(made, tester, choice).rng for tester in ("tensile", "charpy"))
    bars = [bar_of(made.properties, tensile) for _ in range(N_BARS)]
    struck = [bar.strength for bar in impact_bars(made.properties, charpy) if bar.strength is not None]
    flow = made.properties.melt_flow * (
        1 + SCATTER["melt_flow"][0] * test_piece(made, "melt flow", choice).rng.normal()
    )
    return [
        f"{fmean(bar.modulus for bar in bars):.0f}",
        f"{fmean(bar.yield_stress for bar in bars):.1f}",
        f"{fmean(struck):.2f}" if struck else "n.d.",
        f"{flow:.1f}",
    ]


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
