"""Turn a curve into the quantity, the radiation or the unit that others are in."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal, get_args

import numpy as np
from pydantic import Field, model_validator

from services.preprocessing.cleaning.errors import AxisError, ChannelError
from services.preprocessing.cleaning.signal import Signal, Step, cut, replace_curve, values_of, wanted_channel
from services.preprocessing.conversions import Dimension, factor_of
from services.preprocessing.errors import UnitError
from services.records.curve import Channel

__all__ = ["CU_K_ALPHA", "Convert"]

CU_K_ALPHA = 1.540593
"""Wavelength of Cu Kα1 in Å (Hölzer et al., Phys. Rev. A 56 (1997) 4554)."""
_SAME_RADIATION = 0.0015
"""Kα1 and the mean of Kα1 and Kα2 (1.5418 Å) are one radiation; both are called Cu Kα."""
_ANGSTROMS = {"Å": 1.0, "A": 1.0, "nm": 10.0, "pm": 0.01}
_PER_ANGSTROM = {"Å-1": 1.0, "1/Å": 1.0, "Å^-1": 1.0, "nm-1": 0.1, "1/nm": 0.1, "nm^-1": 0.1}
_MOST_SHARE = 2.0
"""A transmittance without a unit that goes beyond this is in per cent, and nobody said so."""


class Convert(Step):
    """Turn transmittance or reflectance into absorbance, diffraction into that of Cu Kα, or one unit into another."""

    version: ClassVar[int] = 1
    takes_axis: ClassVar[bool] = True

    step: Literal["convert"] = Field(description="Which step this is.")
    to: str = Field(description="absorbance, Cu Kα, or a unit such as min, mg, MPa.")
    wavelength_angstrom: float | None = Field(
        default=None, gt=0, description="For Cu Kα: the radiation measured with, where files do not say it."
    )

    @model_validator(mode="after")
    def _is_known(self) -> Convert:
        if self.to not in ("absorbance", "Cu Kα") and not _dimensions(self.to):
            raise ValueError(
                f"convert to {self.to!r}: known are absorbance, Cu Kα, and units such as min, mg, N, MPa, %"
            )
        if self.wavelength_angstrom is not None and self.to != "Cu Kα":
            raise ValueError(f"a wavelength says nothing about {self.to}")
        return self

    def treat(self, signal: Signal) -> Signal:
        """Return the curve converted; one that is so already stays as it is.

        Raises
        ------
        ChannelError
            If the channel cannot be turned into that.
        AxisError
            If it is to be of Cu Kα and the axis is neither two_theta nor scattering_vector.
        """
        if self.to == "absorbance":
            return _absorbance(signal)
        if self.to == "Cu Kα":
            return self._of_copper(signal)
        return self._in_unit(signal)

    def _in_unit(self, signal: Signal) -> Signal:
        old = wanted_channel(signal, "convert", signal.of)
        if old.unit == self.to:
            return signal
        for dimension in _dimensions(self.to):
            try:
                factor = factor_of(old.unit, dimension) / factor_of(self.to, dimension)
            except UnitError:
                continue
            new = Channel(old.quantity, self.to, old.values * factor)
            if old is signal.curve.axis:
                return replace(signal, curve=replace_curve(signal.curve, axis=new))
            return signal.valued(new.values, unit=self.to)
        raise signal.fault(ChannelError, "convert", f"{old.unit or 'no unit'!r} cannot be turned into {self.to}")

    def _of_copper(self, signal: Signal) -> Signal:
        axis = signal.curve.axis
        if axis.quantity == "scattering_vector":
            if axis.unit not in _PER_ANGSTROM:
                known = ", ".join(_PER_ANGSTROM)
                raise signal.fault(AxisError, "convert", f"{axis.unit!r} is no unit of q; known are {known}")
            sine = axis.values * _PER_ANGSTROM[axis.unit] * CU_K_ALPHA / (4 * np.pi)
            return _over_angles(signal, sine, f"q in {axis.unit}")
        if axis.quantity != "two_theta":
            raise signal.fault(
                AxisError, "convert", f"to Cu Kα an axis is two_theta or scattering_vector, got {axis.quantity}"
            )
        wavelength = self.wavelength_angstrom if (said := _wavelength(signal)) is None else said
        if wavelength is None:
            return signal.noted("no wavelength is stated: Cu Kα is taken")
        if abs(wavelength / CU_K_ALPHA - 1) < _SAME_RADIATION:
            return signal
        sine = np.sin(np.radians(axis.values / 2)) * CU_K_ALPHA / wavelength
        return _over_angles(signal, sine, f"2θ of {wavelength:.6g} Å")


def _dimensions(unit: str) -> list[Dimension]:
    """List what a unit is one of."""
    found: list[Dimension] = []
    for dimension in get_args(Dimension):
        try:
            factor_of(unit, dimension)
        except UnitError:
            continue
        found.append(dimension)
    return found


def _wavelength(signal: Signal) -> float | None:
    """Return the wavelength that the file states, Å."""
    stated = signal.reading.facts.conditions.get("wavelength")
    if stated is None or stated.unit not in _ANGSTROMS or not stated.value > 0:
        return None
    return stated.value * _ANGSTROMS[stated.unit]


def _over_angles(signal: Signal, sine: np.ndarray, of: str) -> Signal:
    """Set a curve over 2θ of Cu Kα, by sin θ; what Cu Kα cannot reach is left out."""
    reached = int(np.searchsorted(np.abs(sine) > 1.0, True)) if sine[-1] > 1.0 else len(sine)
    if reached < 2 or sine[0] < -1.0:
        raise signal.fault(AxisError, "convert", f"none of it lies where Cu Kα reaches, got {of}")
    angles = 2 * np.degrees(np.arcsin(sine[:reached]))
    curve = replace_curve(cut(signal.curve, 0, reached), axis=Channel("two_theta", "°", angles))
    note = f"{of} became 2θ of Cu Kα by Bragg's law, intensities as they were"
    left = len(sine) - reached
    return replace(signal, curve=curve).noted(note + (f"; {left} points lie beyond its reach" if left else ""))


def _absorbance(signal: Signal) -> Signal:
    if signal.of == "absorbance":
        return signal
    if signal.of not in ("transmittance", "reflectance"):
        return signal.noted(f"{signal.of} was taken for absorbance: the file does not say what it is")
    unit = signal.curve.channel(signal.of).unit
    is_there = values_of(signal, "convert", fewest=1)
    share = signal.y / 100.0 if unit in ("%", "%T", "%R") else signal.y
    highest = float(share[is_there].max())
    if unit not in ("%", "%T", "%R", "") or highest > _MOST_SHARE:
        said = f"it goes up to {float(signal.y[is_there].max()):g} {unit or 'without a unit'}"
        raise signal.fault(ChannelError, "convert", f"{said}; a {signal.of} is a share up to 1, or in %")
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(share > 0, -np.log10(share), np.nan)
    dark = int(np.count_nonzero(is_there & ~(share > 0)))
    notes = [f"absorbance is -log10 of the {signal.of}"]
    if signal.of == "reflectance":
        notes[0] += ": apparent, no penetration depth was corrected for"
    if dark:
        notes.append(f"{dark} points let no light through and have no absorbance")
    return signal.valued(values, quantity="absorbance", unit="").noted(*notes)
