"""Compounds of a declared structure, pieces of them before an instrument, and their files as meguri reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np

from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.sessions import session_of
from campaigns.polypropylene.laboratory.structure import Chains, Composition, Crystals, Domains, Hidden, Structure
from campaigns.polypropylene.laboratory.writing.facts import habits_for
from services.ingest.doubts import doubts_of
from services.ingest.linking import Link, Naming, whose
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.records.reading import Reading

SPECIMEN = "PP01-C001-01-S1"
AT = datetime(2026, 7, 28, 10, 0, tzinfo=UTC)

_CORE = Crystals(pp=0.48, pe=0.55, beta=0.0, gamma=0.02, size_110=14.0, size_040=19.0, orientation=0.05)
_SHARES = dict.fromkeys(
    ("pe", "rubber", "talc", "calcite", "titania", "carbon_black", "antioxidant", "nucleating_agent"), 0.0
)


def compound(*, nucleation: float = 0.3, beta: float = 0.0, rubber_ethylene: float = 0.5, **shares: float) -> Structure:
    """A compound of some shares of mass, the rest of it polypropylene; `beta` is that of the skin."""
    return Structure(
        composition=Composition(pp=1 - sum(shares.values()), rubber_ethylene=rubber_ethylene, **{**_SHARES, **shares}),
        chains=Chains(mw=300.0, dispersity=4.5, defects=0.0, carbonyl=1.0, hydroxyl=1.0),
        skin=replace(_CORE, pp=0.42, beta=beta, orientation=0.4),
        core=replace(_CORE, beta=beta / 4),
        skin_share=0.25,
        domains=Domains(
            talc_size=4.2, calcite_size=2.1, rubber_size=0.6, spread=1.7, agglomerated=0.05, talc_orientation=0.7
        ),
        nucleation=nucleation,
        hidden=Hidden(weld_line=0.0, gels=0.0),
        age_h=200.0,
    )


def with_chains(structure: Structure, **changes: float) -> Structure:
    """The same with other chains."""
    return replace(structure, chains=replace(structure.chains, **changes))


def piece(
    structure: Structure, instrument: str, *, seed: int = 1, label: str = SPECIMEN, drifts: bool = False
) -> Piece:
    """A piece of it before an instrument, which stands as it should unless it drifts."""
    session = session_of(instrument, date(2026, 7, 28), seed=3)
    if not drifts:
        session = replace(session, shift=0.0, gain=0.0, tilt=0.0)
    return Piece(label=label, structure=structure, session=session, at=AT, rng=np.random.default_rng(seed))


def of_all_habits(instrument: str) -> list[str]:
    """Names of instruments of one kind that between them have every habit of writing."""
    found = {habits_for(name): name for name in (f"{instrument}-{n}" for n in range(60))}
    return sorted(found.values())


def reading_of(file: LabFile) -> Reading:
    """What meguri takes in of a file; it is linked to its specimen and nothing is doubted."""
    (reading,) = read_source(Source(file.name, file.data, None)).readings
    namings = [Naming("the file's name", file.name), Naming("the header", reading.facts.specimen)]
    link = whose(namings, campaigns=["PP01"], proposals=["PP01-C001-01"], specimens=[SPECIMEN])
    assert link == Link(campaign="PP01", proposal="PP01-C001-01", specimen=SPECIMEN)
    assert reading.facts.specimen == SPECIMEN
    assert doubts_of(reading) == ()
    assert not reading.broken_claims
    return reading
