"""Infrared bands of what a compound consists of, as oscillators: place, strength and width of each.

Places after Bellamy, The Infra-red Spectra of Complex Molecules; polypropylene and its regularity bands 998 and 841
beside 973, Luongo, J. Appl. Polym. Sci. 3 (1960) 302; carbonyls, Lacoste, Vaillant & Carlsson, J. Polym. Sci. A 31
(1993) 715; talc and calcite, Farmer, The Infrared Spectra of Minerals. Strengths are declared after ordinary
spectra, as the imaginary permittivity at the top of a band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["CARBONYLS", "INFRARED", "Band"]


@dataclass(frozen=True, slots=True)
class Band:
    """One oscillator: place and width in cm⁻¹, imaginary permittivity at its top.

    `regular` is the share of its strength that follows crystallinity (relative to one half).
    """

    place: float
    strength: float
    width: float
    regular: float = 0.0


INFRARED: Mapping[str, tuple[Band, ...]] = {
    "pp": (
        Band(2951, 0.170, 17),
        Band(2917, 0.200, 19),
        Band(2868, 0.080, 14),
        Band(2838, 0.110, 13),
        Band(2722, 0.004, 18),
        Band(1456, 0.112, 16),
        Band(1437, 0.028, 14),
        Band(1376, 0.140, 8),
        Band(1359, 0.021, 8),
        Band(1330, 0.006, 8),
        Band(1303, 0.006, 7, 0.6),
        Band(1254, 0.008, 9, 0.3),
        Band(1220, 0.004, 7, 0.9),
        Band(1167, 0.039, 11, 0.5),
        Band(1155, 0.019, 16),
        Band(1102, 0.008, 10, 0.4),
        Band(1045, 0.006, 8, 0.4),
        Band(998, 0.042, 7, 0.85),
        Band(973, 0.047, 9),
        Band(940, 0.003, 6, 0.6),
        Band(899, 0.012, 6, 0.7),
        Band(841, 0.039, 7, 0.85),
        Band(809, 0.014, 6, 0.8),
        Band(530, 0.008, 8, 0.6),
        Band(460, 0.008, 10, 0.4),
    ),
    "pe": (
        Band(2917, 0.340, 20),
        Band(2849, 0.260, 15),
        Band(1472, 0.070, 7, 1.0),
        Band(1463, 0.080, 11),
        Band(730, 0.080, 5, 1.0),
        Band(720, 0.100, 7),
    ),
    "rubber": (
        Band(2960, 0.100, 22),
        Band(2920, 0.220, 24),
        Band(2851, 0.140, 18),
        Band(1463, 0.080, 17),
        Band(1377, 0.035, 10),
        Band(1155, 0.012, 25),
        Band(722, 0.040, 14),
    ),
    "talc": (
        Band(3676, 0.30, 5),
        Band(1017, 3.40, 24),
        Band(985, 0.90, 30),
        Band(669, 2.30, 16),
        Band(465, 3.00, 20),
        Band(450, 2.60, 18),
        Band(424, 0.90, 16),
    ),
    "calcite": (
        Band(2512, 0.030, 45),
        Band(1795, 0.030, 10),
        Band(1420, 4.20, 75),
        Band(874, 1.60, 9),
        Band(712, 0.80, 5),
    ),
    "titania": (Band(620, 3.00, 160), Band(500, 3.50, 120), Band(410, 3.00, 90)),
    "stearate": (Band(1576, 0.030, 14), Band(1541, 0.030, 16)),
    "antioxidant": (Band(1741, 0.55, 14), Band(1145, 0.30, 20), Band(3640, 0.10, 14)),
}
"""By volume of the pure material; stearate by volume of the calcite that it coats."""

CARBONYLS: tuple[tuple[float, float, float], ...] = (
    (1712, 0.26, 16),
    (1720, 0.40, 16),
    (1740, 0.22, 18),
    (1780, 0.12, 16),
)
"""Acids, ketones, esters and lactones: place in cm⁻¹, share of all carbonyl groups, width in cm⁻¹."""
