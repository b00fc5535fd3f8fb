"""What is true of a specimen of the virtual laboratory, as a user would want it of a feature, and how exactly.

Truth is the hidden structure, without noise, mounting, portion or field of view. Where a feature is an index with a
definition of its own, truth is that index of the specimen's own curve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from campaigns.polypropylene.laboratory.instruments.ftir import WAVENUMBERS, absorbance
from campaigns.polypropylene.laboratory.instruments.gpc import mass_distribution
from campaigns.polypropylene.laboratory.instruments.microscopy import visible_shares
from campaigns.polypropylene.laboratory.instruments.reflections import PHASES, Reflection, two_theta
from campaigns.polypropylene.laboratory.instruments.waxs import line_alone, lines
from campaigns.polypropylene.laboratory.structure import Structure
from loop.observations import State
from services.features.defaults import default_extractions
from services.features.extract import features_of
from services.records.curve import Channel, Curve
from services.records.feature import Feature
from services.records.processed import Processed
from services.records.reading import Reading

__all__ = ["QUANTITIES", "Quantity"]

Features = Mapping[str, Feature]
SAUB = "carbonyl index SAUB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One quantity that a user needs.

    Attributes
    ----------
    bar
        By how much it may be off, in `unit`; in per cent of what is true where `is_relative`.
    value
        Takes it out of the features of one measurement; None where they do not tell it.
    true
        Takes it out of the structure; None where a specimen has none.
    smallest
        Specimens with less are not counted: relative errors of traces say nothing.
    is_mean
        Whether the mean of all measurements of a specimen is judged, not each.
    """

    name: str
    modality: str
    unit: str
    bar: float
    value: Callable[[Features], float | None]
    true: Callable[[Structure], float]
    is_relative: bool = False
    smallest: float = 0.0
    is_mean: bool = False


def _of(name: str) -> Callable[[Features], float | None]:
    """Return what takes a feature; one below detection counts as nothing there."""

    def value(features: Features) -> float | None:
        found = features.get(name)
        if found is None:
            return None
        return 0.0 if found.state is State.BELOW_DETECTION else found.value

    return value


def _skin_shares(structure: Structure) -> tuple[float, float, float]:
    """Return crystalline polypropylene, crystalline polyethylene and all that is amorphous, mass shares of the skin."""
    made, skin = structure.composition, structure.skin
    amorphous = made.pp * (1 - skin.pp) + made.pe * (1 - skin.pe) + made.rubber
    return made.pp * skin.pp, made.pe * skin.pe, amorphous


def _crystallinity(structure: Structure) -> float:
    crystalline, _, amorphous = _skin_shares(structure)
    return 100 * crystalline / (crystalline + amorphous)


def _polyethylene_of_skin(structure: Structure) -> float:
    crystalline, polyethylene, amorphous = _skin_shares(structure)
    return 100 * polyethylene / (crystalline + amorphous + polyethylene)


def _polyethylene(structure: Structure) -> float:
    skin = structure.skin_share
    return 100 * structure.composition.pe * (skin * structure.skin.pe + (1 - skin) * structure.core.pe)


def _k_beta(structure: Structure) -> float:
    """Return the index of Turner-Jones of lines that stand alone."""
    beta = _height(structure, "beta", "110")
    return beta / (beta + sum(_height(structure, "alpha", hkl) for hkl in ("110", "040", "130")))


def _height(structure: Structure, phase: str, hkl: str) -> float:
    wanted = _reflection(phase, hkl)
    [(share, size)] = [(share, size) for reflection, share, size in lines(structure) if reflection is wanted]
    return float(line_alone(wanted, share, size).max())


def _reflection(phase: str, hkl: str) -> Reflection:
    [found] = [one for one in PHASES[phase].reflections if one.hkl == hkl]
    return found


def _position(hkl: str) -> Callable[[Structure], float]:
    return lambda _structure: two_theta(_reflection("alpha", hkl).spacing)


def _as_measured(line: str) -> Callable[[Features], float | None]:
    """Return what takes a position with the instrument's zero and the height of the piece in it."""

    def value(features: Features) -> float | None:
        place, shift = features.get(f"{line} position"), features.get("pattern shift")
        if place is None or shift is None or place.value is None or shift.value is None:
            return None
        return place.value + shift.value

    return value


def _carbonyl_index(structure: Structure) -> float:
    """Return the index of a spectrum without noise, baseline and steam."""
    x, y = WAVENUMBERS[::-1].copy(), absorbance(structure)[::-1].copy()
    curve = Curve(axis=Channel("wavenumber", "cm-1", x), channels=(Channel("absorbance", "", y),))
    perfect = Processed(reading=Reading(curves=(curve,)), clean=curve, fits={}, of="absorbance")
    extraction = next(one for one in default_extractions("FT-IR") if one.kind == "windows")
    found = {feature.name: feature for feature in features_of(perfect, (extraction,))}
    return float(found[SAUB].value or np.nan)


def _mass_average(structure: Structure) -> float:
    """Return Mw of all that dissolves, as columns see it, before broadening."""
    log = np.arange(0.0, 9.5, 0.005)
    share = mass_distribution(structure, log)
    return float(share @ 10**log / share.sum())


def _filler(structure: Structure) -> float:
    shares = visible_shares(structure)
    return 100 * (shares["talc"] + shares["calcite"] + shares["titania"])


def _lines() -> tuple[Quantity, ...]:
    found = []
    for hkl in ("110", "040", "130"):
        name, true = f"α {hkl}", _position(hkl)
        aligned, raw = _of(f"{name} position"), _as_measured(name)
        found += [
            Quantity(name=f"{name} position", modality="WAXS", unit="°", bar=0.02, value=aligned, true=true),
            Quantity(name=f"{name} position as measured", modality="WAXS", unit="°", bar=0.02, value=raw, true=true),
        ]
    return tuple(found)


def _areas(name: str, true: Callable[[Structure], float]) -> tuple[Quantity, ...]:
    value, kind = _of(f"{name} area share"), "microscopy"
    return tuple(
        Quantity(
            name=f"{name} area share, {what}",
            modality=kind,
            unit="%",
            bar=10.0,
            value=value,
            true=true,
            is_relative=True,
            smallest=1.0,
            is_mean=is_mean,
        )
        for what, is_mean in (("one field", False), ("mean of fields", True))
    )


QUANTITIES: tuple[Quantity, ...] = (
    Quantity(
        name="crystallinity of PP (WAXS)",
        modality="WAXS",
        unit="%",
        bar=2.0,
        value=_of("PP crystallinity"),
        true=_crystallinity,
    ),
    Quantity(name="k_beta", modality="WAXS", unit="", bar=0.02, value=_of("k_beta"), true=_k_beta),
    *_lines(),
    Quantity(name=SAUB, modality="FT-IR", unit="", bar=10.0, value=_of(SAUB), true=_carbonyl_index, is_relative=True),
    Quantity(
        name="crystalline PE (DSC)",
        modality="DSC",
        unit="%",
        bar=1.0,
        value=_of("heat 1 PE melting crystalline share"),
        true=_polyethylene,
    ),
    Quantity(
        name="crystalline PE (WAXS)",
        modality="WAXS",
        unit="%",
        bar=1.0,
        value=_of("PE crystalline share"),
        true=_polyethylene_of_skin,
    ),
    Quantity(
        name="inorganic share (TG)",
        modality="TG",
        unit="%",
        bar=0.5,
        value=_of("inorganic share"),
        true=lambda structure: 100 * structure.composition.inorganic,
    ),
    Quantity(
        name="Mw (GPC)", modality="GPC", unit="g/mol", bar=5.0, value=_of("Mw"), true=_mass_average, is_relative=True
    ),
    *_areas("filler", _filler),
    *_areas("rubber", lambda structure: 100 * visible_shares(structure)["rubber"]),
)
"""What issue and users ask for, each with its bar."""
