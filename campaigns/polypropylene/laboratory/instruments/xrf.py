"""X-ray fluorescence of a pressed plate: oxides of what is heavier than sodium; carbon and hydrogen do not show.

Minerals by their formulae: talc Mg3Si4O10(OH)2, calcite CaCO3, rutile; what fillers of the trade bring beside them
(iron and alumina of talc, magnesia of calcite, the coat of titania, sulphur of carbon black) is declared, as are
sensitivities and limits of detection. Light elements are seen some micrometres deep: skin without filler and the size
of its grains make them low. Phosphorus is that of phosphate nucleating agents and of the phosphite half of the
antioxidant that is left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.laboratory.writing.amounts import amount, write_amounts
from campaigns.polypropylene.laboratory.writing.facts import habits_for

__all__ = ["OXIDES", "oxides", "xrf", "xrf_table"]

OXIDES = ("MgO", "Al2O3", "SiO2", "P2O5", "SO3", "CaO", "TiO2", "Fe2O3", "ZnO")
"""In the order of their columns."""

_MINERALS: Mapping[str, Mapping[str, float]] = {
    "talc": {"MgO": 0.3130, "SiO2": 0.6220, "Al2O3": 0.0060, "Fe2O3": 0.0070, "CaO": 0.0020},
    "calcite": {"CaO": 0.5560, "MgO": 0.0040, "SiO2": 0.0010, "Fe2O3": 0.0004},
    "titania": {"TiO2": 0.955, "Al2O3": 0.025, "SiO2": 0.010},
    "carbon_black": {"SO3": 0.020},
    "antioxidant": {"P2O5": 0.055},
    "nucleating_agent": {"P2O5": 0.14},
}
"""Shares of mass. Talc of the trade is 98.2 % of its formula (31.88 % MgO, 63.37 % SiO2), calcite 99.2 % (56.03 %)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """How well an oxide shows.

    `limit` of detection and `noise` (standard deviation at 1 %, going with the root of the share) in per cent; `depth`
    in µm that its line comes from; `drift` relative, from session to session.
    """

    limit: float
    noise: float
    depth: float
    drift: float


_LINES: Mapping[str, _Line] = {
    "MgO": _Line(limit=0.005, noise=0.010, depth=8, drift=0.020),
    "Al2O3": _Line(limit=0.002, noise=0.006, depth=12, drift=0.015),
    "SiO2": _Line(limit=0.002, noise=0.005, depth=18, drift=0.012),
    "P2O5": _Line(limit=0.0004, noise=0.004, depth=28, drift=0.010),
    "SO3": _Line(limit=0.0004, noise=0.004, depth=40, drift=0.010),
    "CaO": _Line(limit=0.0003, noise=0.003, depth=130, drift=0.006),
    "TiO2": _Line(limit=0.0003, noise=0.003, depth=220, drift=0.006),
    "Fe2O3": _Line(limit=0.0003, noise=0.003, depth=700, drift=0.006),
    "ZnO": _Line(limit=0.0001, noise=0.002, depth=1700, drift=0.006),
}
_SKIN_UM, _POOR = 6.0, 0.08  # depth of the skin that is poor in filler, and how poor
_GRAIN = 0.010  # relative loss by grain size over depth
_FLATNESS = 0.006  # relative, of a plate


def oxides(structure: Structure) -> dict[str, float]:
    """Return the oxides of a compound by stoichiometry, per cent by mass: what a perfect instrument would say."""
    composition = structure.composition
    found = dict.fromkeys(OXIDES, 0.0)
    for mineral, shares in _MINERALS.items():
        for oxide, share in shares.items():
            found[oxide] += 100 * float(getattr(composition, mineral)) * share
    return found


def xrf(piece: Piece) -> LabFile:
    """Measure one piece: a table of one row."""
    return xrf_table((piece,))


def xrf_table(pieces: Sequence[Piece]) -> LabFile:
    """Measure pieces of one session, a row each; oxides below their limits of detection stand as ``<0.01``.

    Raises
    ------
    ValueError
        If there is no piece.
    """
    if not pieces:
        raise ValueError("a table of XRF needs at least one piece, got none")
    names = ("Sample", "Instrument", "Session", "Operator", "Date", *(f"{oxide} (%)" for oxide in OXIDES))
    first = pieces[0]
    data = write_amounts(names, [_row(piece) for piece in pieces], habits_for(first.session.instrument))
    name = f"{first.label} xrf.csv" if len(pieces) == 1 else f"{first.session.id} {first.at:%Y%m%d} results.csv"
    return LabFile(name=name, modality="XRF", labels=tuple(piece.label for piece in pieces), data=data)


def _row(piece: Piece) -> tuple[str, ...]:
    session = piece.session
    words = (piece.label, session.instrument, session.id, session.operator, f"{piece.at:%Y-%m-%d %H:%M:%S}")
    return (*words, *(amount(value, "%.4f", limit=_LINES[oxide].limit) for oxide, value in _seen(piece).items()))


def _seen(piece: Piece) -> dict[str, float]:
    """Return what the instrument says of a piece, per cent by mass."""
    structure, session, rng = piece.structure, piece.session, piece.rng
    flat = float(rng.normal(0, _FLATNESS))
    grains = structure.domains.talc_size
    found: dict[str, float] = {}
    for oxide, true in oxides(structure).items():
        line = _LINES[oxide]
        poor = 1 - _POOR * -math.expm1(-_SKIN_UM / line.depth)
        coarse = 1 / (1 + _GRAIN * grains / line.depth)
        drift = line.drift * (0.7 * session.gain + 0.5 * session.tilt)
        counted = true * poor * coarse * (1 + drift) * (1 + flat)
        found[oxide] = counted + float(rng.normal(0, line.noise * math.sqrt(counted) + line.limit / 3))
    return found
