"""Test a specimen: files of testers, and the sheet of what a person reads off them and types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from statistics import fmean, stdev

import numpy as np

from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.circumstances import tested_on
from campaigns.polypropylene.laboratory.instruments.impact import ImpactBar, charpy, impact_bars
from campaigns.polypropylene.laboratory.instruments.tables import density, melt_flow
from campaigns.polypropylene.laboratory.instruments.tensile import tensile
from campaigns.polypropylene.laboratory.making import Made
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.sessions import session_of
from loop.definition import Definition
from loop.seeds import derive_seed

__all__ = ["result_sheet", "test_files", "test_piece"]

_TYPED = frozenset({"impact_strength"})
"""Quantities that a person types into the sheet."""


def test_files(made: Made, choice: LaboratoryChoice) -> Iterator[LabFile]:
    """Test a specimen: tensile, impact, melt flow and density."""
    how = made.circumstances
    yield tensile(test_piece(made, "tensile", choice), made.properties, moulded_on=how.moulded_on, age_h=how.age_h)
    yield charpy(test_piece(made, "charpy", choice), made.properties)
    yield melt_flow(test_piece(made, "melt flow", choice), made.properties)
    yield density(test_piece(made, "density", choice), made.properties)


def result_sheet(
    made: Made, proposal: str, replicate: int, definition: Definition, choice: LaboratoryChoice
) -> LabFile:
    """Fill in the sheet of a specimen: the impact strength, as its type of break allows, and a remark.

    Bars of the most frequent type count, as they are not to be averaged with others; where most did not break, the
    strength lies above that of those that did.
    """
    bars = impact_bars(made.properties, test_piece(made, "charpy", choice).rng)
    names, cells = ["proposal", "replicate"], [proposal, str(replicate)]
    for target, known in definition.targets.items():
        if known.source is not None and known.source.quantity in _TYPED:
            names += [f"{target} ({known.unit})", f"{target} sd", f"{target} n"]
            cells += _read_off(bars)
    kinds = [bar.kind for bar in bars]
    names.append("remarks")
    shares = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
    cells.append(f"types of break: {shares}")
    text = "\r\n".join([",".join(names), ",".join(f'"{cell}"' if "," in cell else cell for cell in cells)]) + "\r\n"
    return LabFile(name=f"{made.specimen} results.csv", modality="", labels=(made.specimen,), data=text.encode())


def _read_off(bars: Sequence[ImpactBar]) -> list[str]:
    """Return mean, spread and count of the most frequent type of break; of unbroken bars a limit."""
    kinds = [bar.kind for bar in bars]
    most = max(sorted(set(kinds)), key=kinds.count)
    values = [bar.strength for bar in bars if bar.kind == most and bar.strength is not None]
    if values:
        return [f"{fmean(values):.2f}", f"{stdev(values):.3f}" if len(values) > 1 else "", str(len(values))]
    broken = [bar.strength for bar in bars if bar.strength is not None]
    return [f">{max(broken):.1f}" if broken else ">45", "", str(len(bars))]


def test_piece(made: Made, instrument: str, choice: LaboratoryChoice) -> Piece:
    """Cut a test piece; it is tested at the age that the specimen then has."""
    day = tested_on(made.circumstances.moulded_on, made.circumstances.age_h)
    rng = np.random.default_rng(derive_seed(choice.seed, made.specimen, instrument))
    at = datetime.combine(day, time(9), UTC)
    session = session_of(instrument, day, seed=choice.seed)
    return Piece(label=made.specimen, structure=made.structure, session=session, at=at, rng=rng)
