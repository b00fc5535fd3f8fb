"""How quantities and units are written on an axis: in words of the field, with what the file does not say said."""

from __future__ import annotations

import re

from services.report.numbers import with_unit

__all__ = ["axis_label", "exponent", "quantity_words", "unit_words"]

_WORDS = {
    "cumulative_fraction": "cumulative weight fraction",
    "delta_temperature": "ΔT",
    "detector_signal": "detector signal",
    "log_molar_mass": "log₁₀ M",
    "mass_rate": "rate of mass loss",
    "mfr": "melt flow rate",
    "mn": "Mn",
    "mp": "Mp",
    "mw": "Mw",
    "mz": "Mz",
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
_OXIDES = (
    "Al2O3 As2O3 BaO CaO CeO2 CoO Cr2O3 CuO Fe2O3 K2O La2O3 MgO MnO MoO3 Na2O Nb2O5 NiO P2O5 PbO Rb2O Sb2O3 SO3 SiO2 "
    "SnO2 SrO TiO2 V2O5 WO3 Y2O3 ZnO ZrO2"
)
_FORMULAS = {oxide.casefold(): oxide for oxide in _OXIDES.split()}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWER = re.compile(r"(?<=[A-Za-zÅμµ°])\^?(-?[1-4])(?![\d.])")


def quantity_words(quantity: str, modality: str = "") -> str:
    """Write a quantity as people of the field do."""
    if quantity == "wavenumber" and modality == "Raman":
        return "Raman shift"
    if modality == "XRF" and len(quantity) < 3 and quantity.isalpha():
        return quantity.capitalize()
    if modality == "XRF" and quantity.casefold() in _FORMULAS:
        return _FORMULAS[quantity.casefold()].translate(_SUBSCRIPTS)
    return _WORDS.get(quantity, quantity.replace("_", " "))


def unit_words(unit: str) -> str:
    """Write a unit with real exponents: ``cm-1`` is ``cm⁻¹``."""
    return _POWER.sub(lambda power: exponent(int(power[1])), unit)


def exponent(power: int) -> str:
    """Write a whole number as it stands over a ten."""
    return str(power).translate(_SUPERSCRIPTS)


def axis_label(quantity: str, unit: str, modality: str = "") -> str:
    """Write what stands on an axis: the quantity, and its unit in brackets."""
    words = quantity_words(quantity, modality)
    if quantity == "log_molar_mass" and not unit:
        return f"{words} (M in g/mol)"
    if not unit and quantity not in _WITHOUT_UNIT:
        return f"{words} (no unit stated)"
    return with_unit(words, unit_words(unit))
