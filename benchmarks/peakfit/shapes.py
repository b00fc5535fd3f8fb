"""Planted components of synthetic curves, written apart from those of the fit: neither can hide a slip of the other.

Values are those of the field: pseudo-Voigt (Wertheim et al., Rev. Sci. Instrum. 45 (1974) 1369), the same as a doublet
of Cu Kα1 and Kα2, Fraser-Suzuki (Anal. Chem. 41 (1969) 37), a logistic step, an exponential decay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.peakfit.matching import Line

__all__ = ["Planted", "PlantedKind"]

Floats = NDArray[np.float64]
PlantedKind = Literal["pseudo-Voigt", "doublet", "Fraser-Suzuki", "step", "decay"]

_LN2 = np.log(2.0)
_ALPHA_1, _ALPHA_2 = 1.5405980, 1.5444260  # Cu Kα wavelengths, Å
_SECOND = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One component.

    Attributes
    ----------
    height, place
        Of the maximum (of a doublet: of its first line), in units of y and x; a step's size and middle; of a decay its
        value at `place`. The height is negative where a peak points down.
    width
        FWHM in units of x; of Fraser-Suzuki before its asymmetry widens it; a step rises over it; a decay falls to 1/e.
    lorentzian
        Share of the Lorentzian in a pseudo-Voigt, 0 to 1.
    asymmetry
        Of Fraser-Suzuki; positive tails to larger x.
    """

    kind: PlantedKind
    height: float
    place: float
    width: float
    lorentzian: float = 0.0
    asymmetry: float = 0.0

    def value(self, x: Floats) -> Floats:
        """Return the component at places, shape (n,)."""
        match self.kind:
            case "pseudo-Voigt":
                return self.height * self._pseudo_voigt(x - self.place)
            case "doublet":
                second = 2 * np.degrees(np.arcsin(_ALPHA_2 / _ALPHA_1 * np.sin(np.radians(self.place / 2))))
                return self.height * (self._pseudo_voigt(x - self.place) + _SECOND * self._pseudo_voigt(x - second))
            case "Fraser-Suzuki":
                if abs(self.asymmetry) < 1e-6:
                    return self.height * self._pseudo_voigt(x - self.place)
                inside = np.maximum(1 + 2 * self.asymmetry * (x - self.place) / self.width, 1e-300)
                return self.height * np.exp(-_LN2 * (np.log(inside) / self.asymmetry) ** 2)
            case "step":
                return self.height * 0.5 * (1 + np.tanh(2 * (x - self.place) / self.width))
            case "decay":
                return self.height * np.exp(-(x - self.place) / self.width)

    @property
    def fwhm(self) -> float:
        """Full width at half maximum, units of x."""
        a = self.asymmetry
        is_wider = self.kind == "Fraser-Suzuki" and abs(a) > 1e-6
        return self.width * float(np.sinh(a)) / a if is_wider else self.width

    @property
    def area(self) -> float:
        """Signed area of a peak, y times x; of a doublet both lines."""
        bell = 0.5 * np.sqrt(np.pi / _LN2)
        if self.kind == "Fraser-Suzuki":
            return float(self.height * self.width * bell * np.exp(self.asymmetry**2 / (4 * _LN2)))
        one = self.height * self.width * (self.lorentzian * np.pi / 2 + (1 - self.lorentzian) * bell)
        return float(one * (1 + _SECOND if self.kind == "doublet" else 1))

    @property
    def line(self) -> Line:
        """What a fitter should find."""
        return Line(position=self.place, fwhm=self.fwhm, area=self.area)

    def _pseudo_voigt(self, distance: Floats) -> Floats:
        square = (2 * distance / self.width) ** 2
        lorentz, bell = 1 / (1 + square), np.exp(-_LN2 * square)
        return np.asarray(self.lorentzian * lorentz + (1 - self.lorentzian) * bell)
