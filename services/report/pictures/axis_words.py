"""How quantities and units are written on an axis: in words of the field, with what the file does not say said."""

from __future__ import annotations

import re

from services.report.numbers import with_unit

__all__ = ["axis_label", "quantity_words", "unit_words"]

_WORDS = {
    "cumulative_fraction": "cumulative weight fraction",
    "delta_temperature": "ΔT",
    "detector_signal": "detector signal",
    "log_molar_mass": "log₁₀ M",
    "mass_rate": "rate of mass loss",
    "raman_shift": "Raman shift",
    "scattering_vector": "q",
    "two_theta": "2θ",
    "weight_fraction": "dw/dlog M",
}
_WITHOUT_UNIT = frozenset({
    "absorbance", "cumulative_fraction", "dispersity", "index", "interferogram", "kubelka_munk", "log_molar_mass",
    "nominal_strain", "point", "reflectance", "segment", "single_beam", "strain", "transmittance", "true_strain",
    "weight_fraction",
})  # fmt: skip
"""Quantities that are numbers alone."""
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWER = re.compile(r"(?<=[A-Za-zÅμµ°])\^?(-?[1-4])(?![\d.])")


def quantity_words(quantity: str, modality: str = "") -> str:
    """Write a quantity as people of the field do."""
    if quantity == "wavenumber" and modality == "Raman":
        return "Raman shift"
    return _WORDS.get(quantity, quantity.replace("_", " "))


def unit_words(unit: str) -> str:
    """Write a unit with real exponents: ``cm-1`` is ``cm⁻¹``."""
    return _POWER.sub(lambda power: power[1].translate(_SUPERSCRIPTS), unit)


def axis_label(quantity: str, unit: str, modality: str = "") -> str:
    """Write what stands on an axis: the quantity, and its unit in brackets."""
    words = quantity_words(quantity, modality)
    if quantity == "log_molar_mass" and not unit:
        return f"{words} (M in g/mol)"
    if not unit and quantity not in _WITHOUT_UNIT:
        return f"{words} (no unit stated)"
    return with_unit(words, unit_words(unit))
