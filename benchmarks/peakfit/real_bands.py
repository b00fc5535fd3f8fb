"""Strong bands of common polymers, as the literature has them, that a fit of a real spectrum has to find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["STRONG_BANDS", "Bands", "polymer_of", "unfound"]

_FLANK = (3.0, 20.0)
"""How far the flanks of a band, extremes of its first derivative, lie from its middle, cm⁻¹."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Positions in cm⁻¹ of the strong bands of one polymer under one technique.

    `within` is how far a fitted line may lie from its place: half of the spread between laboratories, states of order,
    and transmission against attenuated total reflection, and of the steps of the spectra used.
    """

    places: tuple[float, ...]
    within: float
    source: str


_JUNG = "Jung et al., Marine Pollution Bulletin 127 (2018) 704, table 2"

STRONG_BANDS: Mapping[tuple[str, str], Bands] = {
    ("PE", "FT-IR"): Bands(
        (2915.0, 2848.0, 1465.0, 720.0), 8.0, f"{_JUNG}; Krimm et al., J. Chem. Phys. 25 (1956) 549"
    ),
    ("PP", "FT-IR"): Bands((2950.0, 2917.0, 2838.0, 1457.0, 1377.0, 1167.0, 998.0, 973.0, 841.0), 8.0, _JUNG),
    ("PS", "FT-IR"): Bands(
        (3026.0, 2920.0, 2849.0, 1601.0, 1493.0, 1452.0, 1028.0, 756.0, 698.0), 8.0, f"{_JUNG}; NIST SRM 1921"
    ),
    ("PET", "FT-IR"): Bands((1715.0, 1410.0, 1245.0, 1097.0, 1018.0, 872.0, 725.0), 10.0, _JUNG),
    ("PE", "Raman"): Bands(
        (1063.0, 1130.0, 1296.0, 1440.0, 2848.0, 2883.0), 6.0, "Strobl & Hagedorn, J. Polym. Sci. 16 (1978) 1181"
    ),
    ("PS", "Raman"): Bands((621.0, 1001.4, 1031.8, 1155.0, 1602.3, 2904.5, 3054.3), 6.0, "ASTM E1840"),
    ("PET", "Raman"): Bands(
        (632.0, 858.0, 1096.0, 1290.0, 1614.0, 1726.0), 7.0, "Boerio et al., J. Polym. Sci. 14 (1976) 1029"
    ),
}
"""By polymer and modality."""

_NAMES = {
    "ldpe": "PE",
    "hdpe": "PE",
    "polyethylene": "PE",
    "pp": "PP",
    "polypropylene": "PP",
    "ps": "PS",
    "polystyrene": "PS",
    "pet": "PET",
    "polyethylene terephthalate": "PET",
}


def polymer_of(identity: str) -> str:
    """Return PE, PP, PS or PET for the name that a file has for a specimen; empty for another one."""
    return _NAMES.get(identity.strip().casefold(), "")


def unfound(bands: Bands, found: Sequence[float], *, are_flanks: bool = False) -> tuple[float, ...]:
    """Return the places of strong bands where no line was found.

    Parameters
    ----------
    found
        Positions of fitted lines that point up, in cm⁻¹.
    are_flanks
        Whether the spectrum is an absolute first derivative: a band is then two lines, and lies in their middle.
    """
    if not are_flanks:
        return tuple(place for place in bands.places if not any(abs(at - place) <= bands.within for at in found))
    near, far = _FLANK
    missed = []
    for place in bands.places:
        left = [at for at in found if near <= place - at <= far]
        right = [at for at in found if near <= at - place <= far]
        if not any(abs(0.5 * (a + b) - place) <= bands.within for a in left for b in right):
            missed.append(place)
    return tuple(missed)
