"""Infrared spectrum of the moulded skin by attenuated total reflection: 4000 to 400 cm⁻¹ by 2 cm⁻¹, diamond, 45°.

Vibrations of every constituent (`bands`, each answering as in `oscillators`) add up by volume to a complex refractive
index; Fresnel's equations for reflection under diamond give the absorbance, with its depth that grows with wavelength
and its bands that lean towards lower wavenumbers (Harrick, Internal Reflection Spectroscopy; Milosevic, Appl.
Spectrosc. Rev. 39 (2004) 365). The interferogram of 4 cm⁻¹ is apodised by a triangle. Beside it: contact with the
crystal that differs each time, a sloping baseline, steam and carbon dioxide that the purge left, white noise.

Light gets a micrometre deep: into the skin, poorer in filler, richer in oxidation (factors declared).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np

from campaigns.polypropylene.laboratory.instruments.bands import CARBONYLS, INFRARED, Band
from campaigns.polypropylene.laboratory.instruments.oscillators import susceptibility
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.relations import volume_shares
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.laboratory.writing.jcamp import FORMS, jcamp_of
from loop.seeds import derive_seed

__all__ = ["WAVENUMBERS", "absorbance", "ftir"]

WAVENUMBERS = np.linspace(4000.0, 400.0, 1801)
"""cm⁻¹, as the file has them, shape (1801,)."""

_FINE = np.arange(380.0, 4020.5, 0.5)
_DIAMOND, _ANGLE = 2.38, math.radians(45)
_INDEX_SQUARED = 2.22  # of the compound where nothing absorbs
_OPD_CM = 0.25  # largest optical path difference: 4 cm⁻¹
_NOISE = 4e-5
_SKIN_POOR = 0.70  # filler of the first micrometre, relative to the whole
_SKIN_OXIDATION = 4.0
_PER_CARBONYL = 1.6e-4  # imaginary permittivity for 1 mmol/kg: 300 L/mol cm at the top of all carbonyls together
_PER_HYDROXYL = 4.0e-5
_CONTACT = 0.10  # log standard deviation of how well a piece lies on the crystal
_FACTOR = 2.5e-6
_STEAM = (
    *(1508.0, 1521.0, 1540.0, 1558.0, 1576.0, 1617.0, 1635.0, 1653.0, 1684.0, 1700.0, 1717.0, 1734.0, 1751.0, 1772.0),
    *(1792.0, 3567.0, 3587.0, 3629.0, 3649.0, 3689.0, 3711.0, 3735.0, 3750.0, 3801.0, 3820.0, 3838.0, 3853.0),
)


def ftir(piece: Piece) -> LabFile:
    """Measure a piece; the spectrometer's software packs its ordinates in one form for a whole session."""
    session, rng = piece.session, piece.rng
    spectrum = absorbance(piece.structure, contact=float(np.exp(rng.normal(0, _CONTACT))))
    along = (WAVENUMBERS - 400) / 3600
    scatter = 0.25 * piece.structure.composition.carbon_black + 0.02 * piece.structure.composition.titania
    base = 0.004 + 0.002 * session.tilt * (along - 0.5) + scatter * (1 - along) ** 2 + float(rng.normal(0, 0.0008))
    left = 0.4 * session.gain + float(rng.normal(0, 0.6))  # of steam, sample against background
    spectrum = spectrum + base + 4e-4 * left * _steam() + 6e-4 * float(rng.normal(0, 1)) * _carbon_dioxide()
    spectrum = spectrum + _NOISE * (1 + 0.6 * (1 - along) ** 4 * 4) * rng.standard_normal(len(WAVENUMBERS))
    form = FORMS[derive_seed("form", session.id) % len(FORMS)]
    data = jcamp_of(
        WAVENUMBERS,
        np.round(spectrum / _FACTOR).astype(int),
        title=piece.label,
        form=form,
        factor=_FACTOR,
        more={
            "ORIGIN": session.id,
            "OWNER": session.operator,
            "SPECTROMETER/DATA SYSTEM": session.instrument,
            "LONGDATE": f"{piece.at:%Y/%m/%d}",
            "TIME": f"{piece.at:%H:%M:%S}",
            "SAMPLING PROCEDURE": "ATR, diamond, 45 degrees",
            "RESOLUTION": "4.0",
        },
    )
    return LabFile(name=f"{piece.label} ftir.jdx", modality="FT-IR", labels=(piece.label,), data=data)


def absorbance(structure: Structure, *, contact: float = 1.0) -> np.ndarray:
    """Return the absorbance over `WAVENUMBERS`, without baseline and noise, shape (1801,).

    `contact` is the share of the crystal that the piece lies on, relative to an ordinary mounting.
    """
    permittivity = np.full(len(_FINE), _INDEX_SQUARED + 0j)
    for band, share in _oscillators(structure):
        permittivity += band.strength * share * _answer(band.place, band.width)
    permittivity += 0.35j * structure.composition.carbon_black
    reflected = _reflectance(permittivity)
    fine = _apodised(-np.log10(reflected) * contact)
    return np.asarray(np.interp(WAVENUMBERS, _FINE, fine))


@cache
def _answer(place: float, width: float) -> np.ndarray:
    """Return the susceptibility of one vibration over the fine axis."""
    return susceptibility(_FINE, place, width)


def _oscillators(structure: Structure) -> Iterator[tuple[Band, float]]:
    """List every band of a compound with the volume share that it counts for."""
    made, skin = structure.composition, structure.skin
    volume = volume_shares(structure)
    polymer = volume.polymer / max(made.pp + made.pe, 1e-9)
    for band in INFRARED["pp"]:
        yield band, made.pp * polymer * (1 + band.regular * (skin.pp / 0.5 - 1))
    for band in INFRARED["pe"]:
        yield band, made.pe * polymer * (1 + band.regular * (skin.pe / 0.5 - 1))
    for band in INFRARED["rubber"]:
        yield band, volume.rubber
    spheres = max(made.calcite + made.titania + made.carbon_black, 1e-9)
    minerals = {"talc": volume.talc, "calcite": volume.spheres * made.calcite / spheres}
    minerals |= {"titania": 0.6 * volume.spheres * made.titania / spheres, "stearate": minerals["calcite"]}
    for mineral, share in minerals.items():
        for band in INFRARED[mineral]:
            yield band, _SKIN_POOR * share
    for band in INFRARED["antioxidant"]:
        yield band, made.antioxidant
    for place, share, width in CARBONYLS:
        yield Band(place, _PER_CARBONYL * structure.chains.carbonyl * _SKIN_OXIDATION, width), share
    yield Band(3400, _PER_HYDROXYL * structure.chains.hydroxyl * _SKIN_OXIDATION, 220), 1.0


def _reflectance(permittivity: np.ndarray) -> np.ndarray:
    """Return the reflectance under the crystal for unpolarised light (Fresnel)."""
    sine, cosine = math.sin(_ANGLE), math.cos(_ANGLE)
    relative = permittivity / _DIAMOND**2
    inside = np.sqrt(relative - sine**2)
    inside = np.where(inside.imag < 0, -inside, inside)
    across = (cosine - inside) / (cosine + inside)
    along = (relative * cosine - inside) / (relative * cosine + inside)
    return np.asarray((np.abs(across) ** 2 + np.abs(along) ** 2) / 2)


def _apodised(spectrum: np.ndarray) -> np.ndarray:
    """Cut the interferogram of a spectrum by a triangle."""
    padded = np.concatenate([spectrum, spectrum[::-1]])  # goes on smoothly at both ends
    transformed = np.fft.rfft(padded)
    path = np.fft.rfftfreq(len(padded), 0.5)
    return np.asarray(np.fft.irfft(transformed * np.clip(1 - path / _OPD_CM, 0, 1), len(padded))[: len(spectrum)])


def _steam() -> np.ndarray:
    """Return lines of water vapour, as wide as the resolution."""
    heights = 0.5 + 0.5 * np.abs(np.sin(np.arange(len(_STEAM)) * 1.9))
    apart = (WAVENUMBERS[:, None] - np.array(_STEAM)) / 4.4
    return np.asarray((heights * np.sinc(apart) ** 2).sum(axis=1))


def _carbon_dioxide() -> np.ndarray:
    """Return the two branches of carbon dioxide near 2349 cm⁻¹."""
    from_centre = WAVENUMBERS - 2349.0
    return np.asarray(
        np.abs(from_centre) / 14 * np.exp(0.5 - from_centre**2 / (2 * 14**2)) * (np.abs(from_centre) < 60)
    )
