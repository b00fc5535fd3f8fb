"""Where the crystals of a compound reflect, and how strongly: cells, indices and relative intensities.

Positions follow from the cells: α polypropylene, Natta & Corradini, Nuovo Cimento Suppl. 15 (1960) 40; β in its
trigonal cell, Meille et al., Macromolecules 27 (1994) 2615; γ, Brückner & Meille, Nature 340 (1989) 455; polyethylene,
Bunn, Trans. Faraday Soc. 35 (1939) 482; calcite, talc and rutile as in powder files. Intensities relative within a
phase are declared after published patterns of unoriented specimens.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["PHASES", "Phase", "Reflection", "two_theta"]

CU_ALPHA_1 = 1.540598  # Å


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflection:
    """One line.

    Attributes
    ----------
    hkl
        Its indices as text.
    spacing
        In Å.
    intensity
        Relative to the others of its phase.
    cosine
        Of the angle between its normal and the axis by which the phase may be oriented: b of α polypropylene, the
        normal of talc's plates; 0 for the rest.
    """

    hkl: str
    spacing: float
    intensity: float
    cosine: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """The lines of a phase; intensities of those up to 35° 2θ sum to 1."""

    name: str
    reflections: tuple[Reflection, ...]


def two_theta(spacing: float, wavelength: float = CU_ALPHA_1) -> float:
    """Return where a spacing reflects, ° 2θ (Bragg)."""
    return 2 * math.degrees(math.asin(wavelength / (2 * spacing)))


def _monoclinic(a: float, b: float, c: float, beta: float, h: int, k: int, l: int) -> float:  # noqa: E741
    sine, cosine = math.sin(math.radians(beta)), math.cos(math.radians(beta))
    inverse = (h * h / a**2 + l * l / c**2 - 2 * h * l * cosine / (a * c)) / sine**2 + k * k / b**2
    return 1 / math.sqrt(inverse)


def _hexagonal(a: float, c: float, h: int, k: int, l: int) -> float:  # noqa: E741
    return 1 / math.sqrt(4 / 3 * (h * h + h * k + k * k) / a**2 + l * l / c**2)


def _phase(
    name: str, lines: Mapping[str, tuple[float, float]], cosine: Callable[[str, float], float] | None = None
) -> Phase:
    total = sum(intensity for spacing, intensity in lines.values() if two_theta(spacing) <= 35)
    return Phase(
        name=name,
        reflections=tuple(
            Reflection(
                hkl=hkl, spacing=spacing, intensity=intensity / total, cosine=cosine(hkl, spacing) if cosine else 0.0
            )
            for hkl, (spacing, intensity) in lines.items()
        ),
    )


def _to_b(hkl: str, spacing: float) -> float:
    """Return the cosine between a line's normal and the b axis of α polypropylene, 20.95 Å."""
    return int(hkl.removeprefix("-")[1]) * spacing / 20.95


def _to_plates(hkl: str, spacing: float) -> float:
    """Return the cosine between a line's normal and that of talc's plates, whose 001 would be 18.70 Å."""
    order = hkl.removeprefix("00") if hkl.startswith("00") else hkl[2]
    return min(1.0, int(order) * spacing / 18.70)


def _alpha(h: int, k: int, l: int) -> float:  # noqa: E741
    return _monoclinic(6.66, 20.95, 6.50, 99.6, h, k, l)


def _gamma(h: int, k: int, l: int) -> float:  # noqa: E741
    return _monoclinic(8.54, 9.93, 42.41, 90.0, h, k, l)


def _calcite(h: int, k: int, l: int) -> float:  # noqa: E741
    return _hexagonal(4.989, 17.062, h, k, l)


def _rutile(h: int, k: int, l: int) -> float:  # noqa: E741
    return 1 / math.sqrt((h * h + k * k) / 4.594**2 + l * l / 2.958**2)


PHASES: Mapping[str, Phase] = {
    "alpha": _phase(
        "alpha",
        {
            "110": (_alpha(1, 1, 0), 100),
            "040": (_alpha(0, 4, 0), 62),
            "130": (_alpha(1, 3, 0), 52),
            "111": (_alpha(1, 1, 1), 36),
            "-131": (_alpha(-1, 3, 1), 44),
            "041": (_alpha(0, 4, 1), 32),
            "150": (_alpha(1, 5, 0), 12),
            "060": (_alpha(0, 6, 0), 10),
            "200": (_alpha(2, 0, 0), 3),
            "220": (_alpha(2, 2, 0), 8),
            "-113": (_alpha(-1, 1, 3), 9),
            "-203": (_alpha(-2, 0, 3), 5),
        },
        _to_b,
    ),
    "beta": _phase(
        "beta", {"110": (_hexagonal(11.03, 6.49, 1, 1, 0), 100), "111": (_hexagonal(11.03, 6.49, 1, 1, 1), 42)}
    ),
    "gamma": _phase(
        "gamma",
        {
            "111": (_gamma(1, 1, 1), 90),
            "008": (_gamma(0, 0, 8), 55),
            "117": (_gamma(1, 1, 7), 70),
            "202": (_gamma(2, 0, 2), 38),
            "026": (_gamma(0, 2, 6), 66),
        },
    ),
    "pe": _phase(
        "pe",
        {
            "110": (_monoclinic(7.40, 4.93, 2.534, 90.0, 1, 1, 0), 100),
            "200": (_monoclinic(7.40, 4.93, 2.534, 90.0, 2, 0, 0), 34),
            "020": (_monoclinic(7.40, 4.93, 2.534, 90.0, 0, 2, 0), 6),
        },
    ),
    "talc": _phase(
        "talc",
        {
            "002": (9.350, 100),
            "004": (4.678, 24),
            "006": (3.117, 72),
            "020": (4.560, 36),
            "132": (2.480, 30),
            "00 10": (1.870, 14),
            "060": (1.527, 22),
        },
        _to_plates,
    ),
    "calcite": _phase(
        "calcite",
        {
            "012": (_calcite(0, 1, 2), 12),
            "104": (_calcite(1, 0, 4), 100),
            "006": (_calcite(0, 0, 6), 3),
            "110": (_calcite(1, 1, 0), 14),
            "113": (_calcite(1, 1, 3), 18),
            "202": (_calcite(2, 0, 2), 18),
            "018": (_calcite(0, 1, 8), 17),
            "116": (_calcite(1, 1, 6), 17),
            "122": (_calcite(1, 2, 2), 8),
        },
    ),
    "titania": _phase(
        "titania",
        {
            "110": (_rutile(1, 1, 0), 100),
            "101": (_rutile(1, 0, 1), 50),
            "111": (_rutile(1, 1, 1), 25),
            "211": (_rutile(2, 1, 1), 60),
            "220": (_rutile(2, 2, 0), 20),
        },
    ),
}
