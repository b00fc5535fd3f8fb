"""Wide-angle X-ray scattering of the moulded skin: 5 to 100° 2θ by 0.01°, Cu Kα1 and Kα2 as a fixed doublet.

What a diffractometer counts: reflections of α, β and γ polypropylene, polyethylene, talc, calcite and rutile
(`reflections`) on the halo of what is amorphous and the scatter of air. Lines are broadened by a log-normal
distribution of column lengths whose volume-weighted mean is the crystallite size (Langford & Wilson, J. Appl. Cryst. 11
(1978) 102, K = 1 on integral breadths) and a strain of 0.1 %, by axial divergence towards low angles (van Laar & Yelon,
J. Appl. Cryst. 17 (1984) 47, here one-sided with its square law) and by the slit: none of these is the profile of a
fitter. Crystals with their b axis normal to the surface raise 040 and lower 110, platelets of talc raise 00l (March;
Dollase, J. Appl. Cryst. 19 (1986) 267).

The polypropylene scatters as much crystalline as amorphous (mass for mass), so that areas over 10 to 35° give its
crystallinity; heavy minerals absorb and weaken all. Shares of scattering, halo shapes and air scatter are declared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np

from campaigns.polypropylene.laboratory.instruments.reflections import CU_ALPHA_1, PHASES, Reflection, two_theta
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.laboratory.writing.diffraction import Scan, ras, xrdml, xy
from loop.seeds import derive_seed

__all__ = ["ANGLES", "halo", "intensity", "line_alone", "lines", "waxs"]

ANGLES = np.round(5 + 0.01 * np.arange(9500), 4)
"""° 2θ, shape (9500,)."""

_CU_ALPHA_2, _ALPHA_2_SHARE = 1.544426, 0.5
_COUNTS = 26_000.0  # counts·° in 10 to 35° that a gram of pure polypropylene's share gives
_STEP_SECONDS = 0.5
_FINE = 0.02  # ° 2θ of the slit
_AXIAL = 0.02  # ° 2θ, largest shift by axial divergence at 45° 2θ
_STRAIN = 0.001  # largest, of every crystal
_MARCH = 0.55  # by how much full orientation brings the coefficient of March below 1
_FROM, _TO = 10.0, 35.0  # ° 2θ, where areas are those of crystalline and amorphous mass
_ZERO_DRIFT, _MOUNTING_MM, _RADIUS_MM = 0.012, 0.04, 240.0
_LOG_SD_COLUMNS = 0.40
_MINERAL_SIZE = {"talc": 32.0, "calcite": 75.0, "titania": 60.0}  # crystallite sizes, nm
_PE_SIZE = 13.0
_STRENGTH: Mapping[str, float] = {"talc": 1.1, "calcite": 1.4, "titania": 2.6}  # scattering relative to PP, by mass
_ABSORPTION: Mapping[str, float] = {"talc": 32.0, "calcite": 74.0, "titania": 126.0, "carbon_black": 4.3}  # cm²/g
_ABSORPTION_POLYMER = 4.0
_FORMATS = (xrdml, xrdml, ras, xy)
_SUFFIX = {xrdml: ".xrdml", ras: ".ras", xy: ".xy"}


def waxs(piece: Piece) -> LabFile:
    """Measure a piece; each instrument session writes one format."""
    session, rng = piece.session, piece.rng
    zero = _ZERO_DRIFT * session.shift
    height_mm = _MOUNTING_MM * float(rng.standard_normal())
    cosine = np.cos(np.radians(ANGLES / 2))
    shift = zero - np.degrees(2 * height_mm / _RADIUS_MM) * cosine
    mean = intensity(piece.structure, shift=float(shift[1500]), bow=shift - float(shift[1500]))
    air = (1 + 0.15 * session.tilt) * _air(ANGLES)
    counts = rng.poisson((1 + 0.03 * session.gain) * float(np.exp(rng.normal(0, 0.02))) * mean + air)
    scan = Scan(
        label=piece.label,
        operator=session.operator,
        instrument=session.instrument,
        session=session.id,
        at=piece.at,
        two_theta=ANGLES,
        counts=counts.astype(float),
        seconds=_STEP_SECONDS,
    )
    write = _FORMATS[derive_seed("format", session.id) % len(_FORMATS)]
    return LabFile(name=f"{piece.label} waxs{_SUFFIX[write]}", modality="WAXS", labels=(piece.label,), data=write(scan))


def intensity(structure: Structure, *, shift: float = 0.0, bow: np.ndarray | None = None) -> np.ndarray:
    """Return the mean counts over `ANGLES` without air, shape (9500,).

    Parameters
    ----------
    shift
        By how much all lines stand to the right, ° 2θ.
    bow
        What a displaced surface adds to it, over `ANGLES`; none where left out.
    """
    made, skin = structure.composition, structure.skin
    total = np.zeros(len(ANGLES))
    for reflection, share, size in lines(structure):
        _add(total, reflection, share, size, shift)
    amorphous_pe = made.pe * (1 - skin.pe) + made.rubber
    total += made.pp * (1 - skin.pp) * halo("pp") + amorphous_pe * halo("pe")
    total = _through_slit(total)
    if bow is not None:
        total = np.interp(ANGLES - bow, ANGLES, total)
    return np.asarray(_COUNTS / _weakening(structure) * total)


def lines(structure: Structure) -> Iterator[tuple[Reflection, float, float]]:
    """List the reflections of a compound's skin, each with its area relative to that of polypropylene and its size."""
    made, skin = structure.composition, structure.skin
    crystalline = made.pp * skin.pp
    for phase, share in (("alpha", skin.alpha), ("beta", skin.beta), ("gamma", skin.gamma)):
        texture = _texture(phase, skin.orientation if phase == "alpha" else 0.0)
        for reflection in PHASES[phase].reflections:
            size = skin.size_040 if reflection.hkl in ("040", "060") else skin.size_110
            if reflection.hkl in ("111", "-131", "041"):
                size *= 0.9
            yield reflection, crystalline * share * reflection.intensity * texture[reflection.hkl], size
    for reflection in PHASES["pe"].reflections:
        yield reflection, made.pe * skin.pe * reflection.intensity, _PE_SIZE
    plates = _texture("talc", structure.domains.talc_orientation)
    for mineral in ("talc", "calcite", "titania"):
        mass = float(getattr(made, mineral)) * _STRENGTH[mineral]
        for reflection in PHASES[mineral].reflections:
            factor = plates[reflection.hkl] if mineral == "talc" else 1.0
            yield reflection, mass * reflection.intensity * factor, _MINERAL_SIZE[mineral]


def line_alone(reflection: Reflection, share: float, size: float) -> np.ndarray:
    """Return one line over `ANGLES` as if it stood alone before a perfect instrument, shape (9500,)."""
    found = np.zeros(len(ANGLES))
    _add(found, reflection, share, size, 0.0)
    return found


@cache
def halo(kind: str) -> np.ndarray:
    """Return the scattering of amorphous chains over `ANGLES`, of unit area between 10 and 35° 2θ.

    A lopsided main hump (a gamma density over the angle) and a weak one near 42°.
    """
    mode, width = {"pp": (16.4, 3.1), "pe": (19.4, 3.0)}[kind]
    order = (mode / width) ** 2
    with np.errstate(under="ignore"):
        main = np.exp(order * (np.log(ANGLES / mode) - ANGLES / mode + 1))
    second = 0.11 * np.exp(24 * (np.log(ANGLES / 42.0) - ANGLES / 42.0 + 1))
    shape = main + second
    inside = (ANGLES >= _FROM) & (ANGLES <= _TO)
    return np.asarray(shape / (shape[inside].sum() * 0.01))


def _texture(phase: str, degree: float) -> dict[str, float]:
    """Return by which factor orientation changes each line of a phase (March and Dollase); their sum to 35° stays.

    `degree` is 0 for none, 1 for the strongest alignment of b axes (or of platelets) with the normal of the surface.
    """
    march = 1 - _MARCH * degree
    factors = {r.hkl: (march**2 * r.cosine**2 + (1 - r.cosine**2) / march) ** -1.5 for r in PHASES[phase].reflections}
    total = sum(factors[r.hkl] * r.intensity for r in PHASES[phase].reflections if two_theta(r.spacing) <= _TO)
    return {hkl: factor / total for hkl, factor in factors.items()}


def _add(total: np.ndarray, reflection: Reflection, share: float, size: float, shift: float) -> None:
    """Add one line, both wavelengths and all of its axial divergence, to what is there."""
    if share <= 0:
        return
    for wavelength, part in (
        (CU_ALPHA_1, 1 / (1 + _ALPHA_2_SHARE)),
        (_CU_ALPHA_2, _ALPHA_2_SHARE / (1 + _ALPHA_2_SHARE)),
    ):
        centre = two_theta(reflection.spacing, wavelength)
        theta = math.radians(centre / 2)
        length = 1 / (1 / size + 2 * _STRAIN / (0.1 * reflection.spacing))
        per_degree = math.radians(1) * math.cos(theta) / (0.1 * wavelength)  # change of 1/d, 1/nm, for a degree 2θ
        axial = _AXIAL / math.tan(2 * theta) if centre < 90 else 0.0
        reach = min(25.0, 40 / (length * per_degree))
        first, last = np.searchsorted(ANGLES, (centre - reach, centre + reach))
        window = ANGLES[first:last]
        for t in (0.1, 0.3, 0.5, 0.7, 0.9):
            away = (window - centre - shift + axial * t * t) * per_degree * length
            total[first:last] += 0.2 * share * part * per_degree * length * _size_profile(np.abs(away))


def _size_profile(away: np.ndarray) -> np.ndarray:
    """Return the line of a log-normal distribution of columns, of unit area, over distance × mean column length."""
    grid, values = _size_table()
    return np.asarray(np.interp(away, grid, values, right=0.0))


@cache
def _size_table() -> tuple[np.ndarray, np.ndarray]:
    """Tabulate the mean of L² sinc²(L u) over column lengths, whose volume-weighted mean is 1."""
    deviates = np.linspace(-3.2, 3.2, 65)
    weights = np.exp(-(deviates**2) / 2)
    lengths = np.exp(_LOG_SD_COLUMNS * deviates)
    lengths /= (weights * lengths**2).sum() / (weights * lengths).sum()
    grid = np.concatenate([np.linspace(0, 6, 601), np.geomspace(6.01, 60, 400)])
    values = (weights[:, None] * lengths[:, None] ** 2 * np.sinc(lengths[:, None] * grid) ** 2).sum(axis=0)
    return grid, values / (2 * np.trapezoid(values, grid))


def _through_slit(values: np.ndarray) -> np.ndarray:
    """Average over the width of the receiving slit."""
    n = max(1, round(_FINE / 0.01))
    return np.convolve(values, np.full(2 * n + 1, 1 / (2 * n + 1)), mode="same")


def _air(angles: np.ndarray) -> np.ndarray:
    """Return counts of air and the tube's white radiation."""
    return np.asarray(55 * np.exp(-(angles - 5) / 3.2) + 26 + 9 * np.exp(-(((angles - 60) / 45) ** 2)))


def _weakening(structure: Structure) -> float:
    """Return how much more strongly the compound absorbs than polypropylene does."""
    made = structure.composition
    minerals = {name: float(getattr(made, name)) for name in _ABSORPTION}
    polymer = 1 - sum(minerals.values())
    absorbed = polymer * _ABSORPTION_POLYMER + sum(share * _ABSORPTION[name] for name, share in minerals.items())
    return absorbed / _ABSORPTION_POLYMER
