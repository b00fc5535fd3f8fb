"""How one vibration answers light: Kubo's oscillator, whose frequency wanders about its mean and forgets where it was.

Its correlation decays as exp(-κ² (e^-a - 1 + a)), a = 2π × spread × path / κ: a Gaussian line for slow wandering (great
κ), a Lorentzian one for fast (small κ). Bonds in a polymer lie between; here κ = 1. The line is the transform of that
decay, broad at its top and falling with the fourth power at its feet, and no profile that fitters use. Absorption and
dispersion are its real and imaginary part, so that Kramers and Kronig hold.

Kubo, Adv. Chem. Phys. 15 (1969) 101; for vibrations Rothschild, Dynamics of Molecular Liquids (1984).
"""

from __future__ import annotations

from functools import cache

import numpy as np

__all__ = ["absorbed", "susceptibility"]

_FULL_WIDTH = 1.5375  # at half height, in units of the spread, for κ = 1
_STEP, _N = 0.001, 1 << 17  # of the path, in units of 1 / spread
_FAR = 20.0  # spreads from the middle; beyond it the asymptote holds within a per mille


def absorbed(axis: np.ndarray, place: float, width: float) -> np.ndarray:
    """Return one line over an axis, 1 at its top, shape (n,).

    Parameters
    ----------
    axis
        Wavenumbers or shifts in cm⁻¹, shape (n,).
    place, width
        Of the line: its middle, and its full width at half height, cm⁻¹.
    """
    return np.asarray(_response((axis - place) / (width / _FULL_WIDTH)).real)


def susceptibility(axis: np.ndarray, place: float, width: float) -> np.ndarray:
    """Return the complex susceptibility of one vibration over wavenumbers, 1j at its top, shape (n,).

    The answer at negative frequency is counted with it, so that it is real and positive far below the line and goes to
    zero far above.
    """
    spread = width / _FULL_WIDTH
    return np.asarray(1j * (_response((axis - place) / spread) - _response((axis + place) / spread)))


def _response(away: np.ndarray) -> np.ndarray:
    """Return the one-sided transform of the decay over distances in units of the spread, 1 at the middle."""
    grid, values, top = _table()
    far = np.abs(away) > _FAR
    outside = np.where(far, away, 1.0)
    near = np.interp(np.abs(away), grid, values.real) + 1j * np.sign(away) * np.interp(np.abs(away), grid, values.imag)
    tail = values.real[-1] * (_FAR / outside) ** 4 + 1j / (2 * np.pi * outside * top)
    return np.asarray(np.where(far, tail, near))


@cache
def _table() -> tuple[np.ndarray, np.ndarray, float]:
    """Tabulate the transform up to `_FAR`; return distances, values relative to the top, and the top."""
    path = _STEP * np.arange(_N)
    turns = 2 * np.pi * path
    decay = np.exp(-(np.exp(-turns) - 1 + turns))
    decay[0] *= 0.5  # trapezia
    values = np.fft.ifft(decay) * _N * _STEP
    grid = np.arange(_N) / (_N * _STEP)
    kept = grid <= _FAR
    top = float(values[0].real)
    return grid[kept], values[kept] / top, top
