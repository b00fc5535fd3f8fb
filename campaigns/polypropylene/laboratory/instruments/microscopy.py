"""Scanning electron micrographs of two preparations: a polished cut for fillers, an etched cryo-fracture for rubber.

On the polished cut backscattered electrons show what is heavier, the brighter; polymers do not differ there. On the
fracture rubber has been dissolved away and leaves holes with bright edges. Brightness goes with the backscattering
coefficient at 15 kV, about 0.06 for polypropylene, 0.12 talc, 0.14 calcite, 0.19 rutile (by mean atomic number after
Reuter; Goldstein et al., Scanning Electron Microscopy and X-ray Microanalysis, 4th ed.), round and stretched as people
set contrast. Charging, edges, relief and drift are declared. Sizes and shares are those of `sections`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.ndimage import gaussian_filter

from campaigns.polypropylene.laboratory.instruments.sections import Maker, coverage, placed, platelets, spheres
from campaigns.polypropylene.laboratory.materials import DENSITY
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.relations import density
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.laboratory.writing.picture import STRIP_ROWS, PictureFacts, tiff

__all__ = ["CUT_UM", "FRACTURE_UM", "cut", "fracture", "microscopy", "visible_shares"]

CUT_UM, FRACTURE_UM = 0.125, 0.04
"""Sides of a pixel as the files say, µm: fields of 128 µm and 41 µm."""

_SHAPE = (768 - STRIP_ROWS, 1024)
_MATRIX, _GREY = 58.0, {"talc": 138.0, "calcite": 166.0, "titania": 235.0}
_FILLED = 1.12  # points of a section lie unevenly: its inside is made whole
_TITANIA_UM, _TITANIA_SPREAD = 0.28, 1.4
_SCALE_DRIFT, _BRIGHTNESS_DRIFT, _TILT_DRIFT = 0.004, 0.04, 0.06
_STREAKS, _STREAK_GREY, _STREAK_PIXELS = 3.0, 14.0, 160.0


def visible_shares(structure: Structure) -> Mapping[str, float]:
    """Return the volume shares of what micrographs show, 0 to 1."""
    made, of_all = structure.composition, density(structure)
    masses = {"talc": made.talc, "calcite": made.calcite, "titania": made.titania, "rubber": made.rubber}
    return {name: mass * of_all / DENSITY[name] for name, mass in masses.items()}


def cut(piece: Piece) -> np.ndarray:
    """Return the polished cut in backscattered electrons: grey bytes of shape (708, 1024), fillers bright."""
    rng, structure = piece.rng, piece.structure
    pixel = CUT_UM * (1 + _SCALE_DRIFT * piece.session.shift)
    grey = np.full(_SHAPE, _MATRIX, np.float32) + 2.0 * _smooth(40, rng)
    blur = float(rng.uniform(0.6, 0.85))
    for name, mineral in _minerals(structure).items():
        covered = _covered(mineral, name, structure, pixel, rng)
        if covered is not None:
            covered = gaussian_filter(covered, blur, truncate=3.0).clip(0, 1)
            grey += covered * (_GREY[name] * (1 + 0.04 * _smooth(24, rng)) - grey)
    _scratch(grey, rng)
    _charge(grey, rng)
    return _recorded(grey, piece, noise=0.75)


def fracture(piece: Piece) -> np.ndarray:
    """Return the etched fracture in secondary electrons: grey bytes of shape (708, 1024), rubber as dark holes."""
    rng, structure = piece.rng, piece.structure
    pixel = FRACTURE_UM * (1 + _SCALE_DRIFT * piece.session.shift)
    grey = 118 + 5 * _smooth(90, rng) + 4 * _smooth(28, rng) + 4 * _smooth(9, rng)
    for name, mineral in _minerals(structure).items():
        covered = _covered(mineral, name, structure, pixel, rng)
        if covered is not None:
            grey += _raised(gaussian_filter(covered, 1.6, truncate=3.0).clip(0, 1), 0.25 * _GREY[name], 60.0)
    size = structure.domains.rubber_size
    drops = spheres(median=size, spread=structure.domains.spread, flattened=0.6, bump=0.05, by_number=True)
    holes = _covered(drops, "rubber", structure, pixel, rng)
    if holes is not None:
        sharp = (_FILLED * gaussian_filter(holes, 1.0, truncate=3.0)).clip(0, 1)
        near = gaussian_filter(holes, 3.0, truncate=2.5).clip(0, 1)
        grey += 110 * near * (1 - sharp)
        grey += sharp * (34 + 16 * near - grey)
    _charge(grey, rng)
    return _recorded(grey, piece, noise=1.1)


def microscopy(piece: Piece) -> tuple[LabFile, LabFile]:
    """Take both micrographs of a piece."""
    return (
        _file(piece, cut(piece), "SEM cut", CUT_UM, detector="BSE", preparation="polished cut, carbon coated"),
        _file(
            piece,
            fracture(piece),
            "SEM fracture",
            FRACTURE_UM,
            detector="SE",
            preparation="cryo-fractured, etched in heptane, gold coated",
        ),
    )


def _minerals(structure: Structure) -> dict[str, Maker]:
    domains = structure.domains
    return {
        "talc": platelets(median=domains.talc_size, spread=domains.spread, orientation=domains.talc_orientation),
        "calcite": spheres(median=domains.calcite_size, spread=domains.spread, flattened=0.5, bump=0.10),
        "titania": spheres(median=_TITANIA_UM, spread=_TITANIA_SPREAD, flattened=0.7, bump=0.0),
    }


def _covered(make: Maker, name: str, structure: Structure, pixel: float, rng: np.random.Generator) -> np.ndarray | None:
    """Return how much of every pixel one kind of particle covers; None where there is none."""
    share = visible_shares(structure)[name]
    if share <= 0:
        return None
    agglomerated = 0.0 if name == "rubber" else structure.domains.agglomerated
    rows, columns = _SHAPE
    found = placed(make, share, agglomerated, columns * pixel, rows * pixel, rng)
    return coverage(found, pixel, _SHAPE) if len(found.x) else None


def _smooth(cell: int, rng: np.random.Generator) -> np.ndarray:
    """Return a field that wanders over about `cell` pixels, with a standard deviation of 1, float32."""
    rows, columns = (_hats(n, cell) for n in _SHAPE)
    knots = rng.standard_normal((rows.shape[1], columns.shape[1]), dtype=np.float32)
    return np.asarray(rows @ knots @ columns.T)


def _hats(n: int, cell: int) -> np.ndarray:
    """Return smooth weights of knots that stand a cell apart, for each of n pixels: shape (n, knots)."""
    at = np.arange(n)[:, None] / cell - np.arange(-1, n // cell + 3)[None, :]
    weights = np.exp(-0.5 * (at / 0.6) ** 2)
    return np.asarray(weights / np.sqrt((weights**2).sum(axis=1, keepdims=True)), dtype=np.float32)


def _raised(covered: np.ndarray, brighter: float, relief: float) -> np.ndarray:
    """Return what particles that stand out of a fracture add: brighter, lit from the left, in shadow to the right."""
    slope = np.diff(covered, axis=1, prepend=covered[:, :1])
    return np.asarray(brighter * covered + relief * slope)


def _scratch(grey: np.ndarray, rng: np.random.Generator) -> None:
    """Leave a few faint scratches of polishing."""
    rows, columns = grey.shape
    for _ in range(int(rng.poisson(3))):
        x = np.arange(columns)
        y = np.round(rng.uniform(0, rows) + rng.uniform(-0.6, 0.6) * x).astype(int)
        on = (y >= 0) & (y < rows)
        grey[y[on], x[on]] += float(rng.uniform(-9, -3))


def _charge(grey: np.ndarray, rng: np.random.Generator) -> None:
    """Add streaks of charging: some lines stay bright behind something that charges up."""
    rows, columns = grey.shape
    for _ in range(int(rng.poisson(_STREAKS))):
        row, column = int(rng.integers(rows)), int(rng.integers(columns))
        fading = np.exp(-np.arange(columns - column) / _STREAK_PIXELS)
        grey[row : row + int(rng.integers(1, 6)), column:] += _STREAK_GREY * float(rng.uniform(0.3, 1)) * fading


def _recorded(grey: np.ndarray, piece: Piece, *, noise: float) -> np.ndarray:
    """Return what the detector makes of it: uneven light, drift of brightness, noise that grows with the signal."""
    rng, session = piece.rng, piece.session
    rows, columns = grey.shape
    down, right = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)[None, :]
    one, two = 0.5 + 0.5 * session.tilt, float(rng.normal(0, 0.5))
    light = 1 + _TILT_DRIFT * (one * right + two * down - 0.4 * (right**2 + down**2))
    grey = grey * light.astype(np.float32) * (1 + _BRIGHTNESS_DRIFT * session.gain)
    lines = 0.6 * rng.standard_normal((rows, 1), dtype=np.float32)
    grey += noise * np.sqrt(grey.clip(1)) * rng.standard_normal(grey.shape, dtype=np.float32) + lines
    return np.asarray(np.rint(grey).clip(0, 255), dtype=np.uint8)


def _file(piece: Piece, pixels: np.ndarray, name: str, pixel: float, *, detector: str, preparation: str) -> LabFile:
    magnification = round(125_000 / (_SHAPE[1] * pixel))  # on a print 125 mm wide
    said = (piece.label, detector, "15.0 kV", "WD 8.1 mm", f"x {magnification}", f"{piece.at:%Y-%m-%d %H:%M}")
    description = {
        "Sample": piece.label,
        "Instrument": piece.session.instrument,
        "Session": piece.session.id,
        "Preparation": preparation,
        "Detector": detector,
        "Accelerating voltage": "15 kV",
        "Working distance": "8.1 mm",
        "Pixel size": f"{1000 * pixel:g} nm",
    }
    facts = PictureFacts(
        pixel=pixel,
        model=piece.session.instrument,
        operator=piece.session.operator,
        at=piece.at,
        description=description,
        said=said,
    )
    return LabFile(
        name=f"{piece.label} {name}.tif", modality="microscopy", labels=(piece.label,), data=tiff(pixels, facts)
    )
