"""Raman spectrum with 785 nm: 200 to 3200 cm⁻¹, on the moulded surface.

Vibrations of every constituent, each answering as in `oscillators`, through a slit of 5 cm⁻¹ onto pixels of 2 cm⁻¹, on
fluorescence that grows with oxidation. Carbon black adds its two broad bands and swallows light; cosmic rays strike
pixels; counts are Poisson's. The axis drifts with the temperature of the spectrograph.

Places: polypropylene, Tadokoro et al., J. Chem. Phys. 42 (1965) 1432, and 809 against 841 for the crystalline share,
Nielsen, Batchelder & Pyrz, Polymer 43 (2002) 2671; polyethylene, Strobl & Hagedorn, J. Polym. Sci. Phys. 16 (1978)
1181; minerals as in open libraries. Strengths are declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from campaigns.polypropylene.laboratory.instruments.oscillators import absorbed
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.relations import volume_shares
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.laboratory.writing.facts import facts_of, habits_for
from campaigns.polypropylene.laboratory.writing.text import delimited_text

__all__ = ["SHIFTS", "raman", "scattered"]

SHIFTS = np.linspace(200.0, 3200.0, 1501)
"""Raman shifts in cm⁻¹, shape (1501,)."""

_COUNTS = 5200.0
_AXIS_DRIFT, _MOUNTING = 0.5, 0.08
_SPIKES = 0.35  # cosmic rays a spectrum, on average
_DARK = 120.0
_SLIT, _PIXEL, _FINE_STEP = 5.0, 2.0, 0.5  # cm⁻¹
_FINE = np.arange(140.0, 3260.25, _FINE_STEP)

_PP = (  # place, strength, width in cm⁻¹, share that follows crystallinity
    *((252, 0.10, 10, 0.5), (321, 0.09, 10, 0.5), (398, 0.30, 10, 0.4), (458, 0.12, 9, 0.5), (530, 0.10, 9, 0.4)),
    *((809, 0.62, 8, 1.0), (841, 0.38, 9, 0.3), (830, 0.20, 22, -0.9), (900, 0.10, 9, 0.6), (941, 0.08, 9, 0.5)),
    *((973, 0.22, 10, 0.3), (998, 0.15, 8, 0.8), (1035, 0.12, 10, 0.3), (1152, 0.40, 11, 0.3), (1168, 0.20, 12, 0.2)),
    *(
        (1220, 0.18, 10, 0.6),
        (1257, 0.07, 10, 0.3),
        (1330, 0.55, 12, 0.2),
        (1360, 0.28, 11, 0.2),
        (1435, 0.30, 13, 0.0),
    ),
    *(
        (1459, 0.62, 13, 0.1),
        (2721, 0.12, 18, 0.0),
        (2840, 1.05, 13, 0.1),
        (2868, 1.10, 16, 0.0),
        (2883, 2.00, 15, 0.2),
    ),
    *((2905, 1.20, 18, 0.0), (2920, 1.10, 16, 0.1), (2952, 1.00, 16, 0.1)),
)
_PE = (
    *((1062, 0.90, 7, 0.9), (1080, 0.30, 24, -0.5), (1130, 0.85, 7, 0.9), (1170, 0.15, 9, 0.5), (1296, 1.20, 8, 0.5)),
    *(
        (1303, 0.45, 18, -0.5),
        (1370, 0.12, 10, 0.2),
        (1416, 0.35, 8, 1.0),
        (1440, 0.95, 14, 0.0),
        (1460, 0.40, 14, 0.0),
    ),
    *((2848, 2.10, 14, 0.1), (2882, 2.70, 14, 0.4), (2900, 1.0, 22, 0.0)),
)
_RUBBER = ((1080, 0.30, 28), (1303, 0.70, 18), (1440, 0.90, 20), (1460, 0.35, 18), (2850, 1.7, 20), (2890, 2.2, 30))
_TALC = ((194, 1.6, 6), (292, 0.25, 7), (362, 0.50, 7), (434, 0.12, 7), (677, 1.5, 7), (1051, 0.25, 8))
_CALCITE = ((282, 0.9, 9), (712, 0.6, 6), (1086, 4.5, 5))
_TITANIA = ((235, 5.0, 45), (447, 30.0, 28), (612, 32.0, 30))
_CARBON = ((1350, 30.0, 150), (1590, 27.0, 90))
_OXIDISED = ((1720, 0.0001, 22),)  # for 1 mmol/kg


def raman(piece: Piece) -> LabFile:
    """Measure a piece."""
    session, rng, chains = piece.session, piece.rng, piece.structure.chains
    light = (1 + 0.03 * session.gain) * float(np.exp(rng.normal(0, _MOUNTING))) * _transparency(piece.structure)
    bands = scattered(piece.structure, shift=_AXIS_DRIFT * session.shift + float(rng.normal(0, 0.08)))
    along = (SHIFTS - 200) / 3000
    glow = 0.05 + 0.016 * chains.carbonyl + 25 * piece.structure.composition.antioxidant
    fluorescence = (
        glow * np.exp(-1.1 * along) * (1 + 0.25 * np.sin(2.2 * along + 0.4)) * float(np.exp(rng.normal(0, 0.15)))
    )
    sensitivity = 1 - 0.35 * along**2 + 0.02 * session.tilt * along
    counts = rng.poisson(_COUNTS * light * sensitivity * (bands + fluorescence) + _DARK).astype(float)
    for _ in range(int(rng.poisson(_SPIKES))):
        at, charge = int(rng.integers(2, len(SHIFTS) - 2)), float(rng.uniform(0.4, 3.0)) * counts.max()
        shares = np.array([rng.uniform(0.2, 0.6), 1.0, rng.uniform(0.2, 0.6)])  # interpolated onto even steps
        counts[at - 1 : at + 2] += np.round(charge * shares)
    preamble = [*facts_of(piece), "Laser: 785 nm", "Laser power: 80 mW", "Exposure: 10 s", ""]
    names = ["Raman Shift (cm-1)", "Intensity (counts)"]
    habits = habits_for(session.instrument)
    data = delimited_text(preamble, [names], (SHIFTS, counts), ("%.1f", "%.0f"), habits)
    return LabFile(name=f"{piece.label} raman.txt", modality="Raman", labels=(piece.label,), data=data)


def scattered(structure: Structure, *, shift: float = 0.0) -> np.ndarray:
    """Return what the bands scatter over `SHIFTS`, relative to polypropylene's own light, shape (1501,)."""
    total = np.zeros(len(_FINE))
    for place, strength, width in _bands(structure):
        total += strength * _line(place, width)
    return np.asarray(np.interp(SHIFTS - shift, _FINE, np.convolve(total, _slit(), mode="same")))


def _bands(structure: Structure) -> Iterator[tuple[float, float, float]]:
    """List place, strength and width of every band of a compound."""
    made, skin = structure.composition, structure.skin
    volume = volume_shares(structure)
    polymer = volume.polymer / max(made.pp + made.pe, 1e-9)
    for bands, share, crystalline in ((_PP, made.pp, skin.pp), (_PE, made.pe, skin.pe)):
        for place, strength, width, regular in bands:
            yield place, strength * share * polymer * (1 + regular * (crystalline / 0.5 - 1)), width
    spheres = max(made.calcite + made.titania + made.carbon_black, 1e-9)
    others = (
        (_RUBBER, volume.rubber),
        (_TALC, volume.talc),
        (_CALCITE, volume.spheres * made.calcite / spheres),
        (_TITANIA, volume.spheres * made.titania / spheres),
        (_CARBON, volume.spheres * made.carbon_black / spheres),
        (_OXIDISED, structure.chains.carbonyl),
    )
    for table, share in others:
        for place, strength, width in table:
            yield place, strength * share, width


@cache
def _line(place: float, width: float) -> np.ndarray:
    """Return one band over the fine axis, 1 at its top before the slit."""
    return absorbed(_FINE, place, width)


@cache
def _slit() -> np.ndarray:
    """Return what slit and pixel do to a line: two boxes, one through the other, of unit sum."""
    slit, pixel = (np.full(round(width / _FINE_STEP), _FINE_STEP / width) for width in (_SLIT, _PIXEL))
    return np.asarray(np.convolve(slit, pixel))


def _transparency(structure: Structure) -> float:
    """Return how much light comes back: carbon black swallows it."""
    return float(1 / (1 + 120 * structure.composition.carbon_black))
