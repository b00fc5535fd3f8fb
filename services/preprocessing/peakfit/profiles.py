"""Profiles of single components, each with its derivatives: pseudo-Voigt, split, doublet, Fraser-Suzuki, step, decay.

A component has five numbers: height h, place p, logarithm of its width w, shape s, asymmetry a. Its value is h times a
profile of unit height (a step and a decay: of unit size), with u = (x - p) / w:

- *pseudo-Voigt*: eta / (1 + 4u²) + (1 - eta) exp(-4 ln2 u²), eta = 1 / (1 + exp(-s)); w is the full width at half
  maximum (Wertheim et al., Rev. Sci. Instrum. 45 (1974) 1369);
- *split pseudo-Voigt*: the same with widths 2w(1 - t) to the left and 2wt to the right, t = 1 / (1 + exp(-a)), so that
  w stays the full width at half maximum (Toraya, J. Appl. Cryst. 23 (1990) 485);
- *doublet*: two pseudo-Voigts of Cu Kα1 and Kα2 over ° 2θ, the second half as high and shifted by Bragg's law;
- *Fraser-Suzuki*: exp(-ln2 [ln(1 + 2au) / a]²) (Fraser & Suzuki, Anal. Chem. 41 (1969) 37); full width w sinh(a) / a;
- *step*: 1 / (1 + exp(-4u)), of slope 1/w in its middle;
- *decay*: exp(-(x - p) / w), p fixed: air scatter and the like.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numba
import numpy as np

__all__ = [
    "FREE",
    "IS_PEAK",
    "KINDS",
    "N_NUMBERS",
    "Kind",
    "add_component",
    "add_values",
    "area_of",
    "free_of",
    "support_of",
    "width_of",
]

Kind = Literal["pseudo-Voigt", "split pseudo-Voigt", "doublet", "Fraser-Suzuki", "step", "decay"]

KINDS: Mapping[Kind, int] = {
    "pseudo-Voigt": 0,
    "split pseudo-Voigt": 1,
    "doublet": 2,
    "Fraser-Suzuki": 3,
    "step": 4,
    "decay": 5,
}
"""Numbers of the kinds, as the compiled code knows them."""

IS_PEAK = np.array([True, True, True, True, False, False])
"""Which kinds are peaks, by their codes; steps and decays belong to what lies under them."""

N_NUMBERS = 5
"""Height, place, ln width, shape, asymmetry."""

FREE: Mapping[Kind, tuple[bool, ...]] = {
    "pseudo-Voigt": (True, True, True, True, False),
    "split pseudo-Voigt": (True, True, True, True, True),
    "doublet": (True, True, True, True, False),
    "Fraser-Suzuki": (True, True, True, False, True),
    "step": (True, True, True, False, False),
    "decay": (True, False, True, False, False),
}
"""Which of the five numbers a kind has."""

_FREE_OF_CODE = np.array([FREE[kind] for kind in KINDS], np.bool_)
_LN2 = math.log(2.0)
_GAUSS = 4.0 * _LN2
_DOUBLET_RATIO = 0.5
_DOUBLET_SHIFT = 1.5444260 / 1.5405980 - 1.0  # relative, Cu Kα2 against Kα1
_SMALL = 1e-3
_REACH = 4.0
_FAINT = 6.0


@numba.njit(cache=True, fastmath=False)  # type: ignore[untyped-decorator]
def add_component(
    kind: int, q: np.ndarray, x: np.ndarray, start: int, stop: int, total: np.ndarray, slopes: np.ndarray
) -> None:
    """Add a component to `total` from one point to another, and write its derivatives by its five numbers there.

    Parameters
    ----------
    kind
        One of `KINDS`.
    q
        The five numbers, shape (5,).
    x
        Where, shape (n,).
    start, stop
        The first point, and the one behind the last.
    total
        What is there so far, shape (n,); changed.
    slopes
        Shape (5, n); overwritten.
    """
    h, p, w, s, a = q[0], q[1], math.exp(q[2]), q[3], q[4]
    eta = 1.0 / (1.0 + math.exp(-s))
    t = 1.0 / (1.0 + math.exp(-a))
    shift, dshift = 0.0, 0.0
    if kind == 2:
        theta = p * math.pi / 360.0
        shift = 360.0 / math.pi * _DOUBLET_SHIFT * math.tan(theta)
        dshift = _DOUBLET_SHIFT / math.cos(theta) ** 2
    for i in range(start, stop):
        f = fp = fw = fs = fa = 0.0
        if kind == 0 or kind == 1 or kind == 2:
            width = w
            if kind == 1:
                width = 2.0 * w * (1.0 - t) if x[i] < p else 2.0 * w * t
            u = (x[i] - p) / width
            low = 1.0 / (1.0 + 4.0 * u * u)
            bell = math.exp(-_GAUSS * u * u)
            du = -eta * 8.0 * u * low * low - (1.0 - eta) * 2.0 * _GAUSS * u * bell
            f = eta * low + (1.0 - eta) * bell
            fp = -du / width
            fw = -u * du
            fs = eta * (1.0 - eta) * (low - bell)
            if kind == 1:
                fa = t * u * du if x[i] < p else -(1.0 - t) * u * du
            if kind == 2:
                u = (x[i] - p - shift) / w
                low = 1.0 / (1.0 + 4.0 * u * u)
                bell = math.exp(-_GAUSS * u * u)
                du = -eta * 8.0 * u * low * low - (1.0 - eta) * 2.0 * _GAUSS * u * bell
                f += _DOUBLET_RATIO * (eta * low + (1.0 - eta) * bell)
                fp += -_DOUBLET_RATIO * du * (1.0 + dshift) / w
                fw += -_DOUBLET_RATIO * u * du
                fs += _DOUBLET_RATIO * eta * (1.0 - eta) * (low - bell)
        elif kind == 3:
            u = (x[i] - p) / w
            z = 1.0 + 2.0 * a * u
            if z > 1e-12:
                e = 2.0 * a * u
                if abs(e) < _SMALL:  # the logarithm as its series: it loses its digits here
                    g = 2.0 * u * (1.0 - e / 2.0 + e * e / 3.0 - e**3 / 4.0)
                    ga = 4.0 * u * u * (-0.5 + 2.0 / 3.0 * e - 0.75 * e * e + 0.8 * e**3)
                else:
                    g = math.log(z) / a
                    ga = (2.0 * u / z - g) / a
                f = math.exp(-_LN2 * g * g)
                fg = -2.0 * _LN2 * g * f
                fu = fg * 2.0 / z
                fp = -fu / w
                fw = -u * fu
                fa = fg * ga
        elif kind == 4:
            u = (x[i] - p) / w
            e = 4.0 * u
            f = 1.0 / (1.0 + math.exp(-e)) if e > -700.0 else 0.0
            fu = 4.0 * f * (1.0 - f)
            fp = -fu / w
            fw = -u * fu
        else:
            u = (x[i] - p) / w
            f = math.exp(-u)
            fw = u * f
        total[i] += h * f
        slopes[0, i] = f
        slopes[1, i] = h * fp
        slopes[2, i] = h * fw
        slopes[3, i] = h * fs
        slopes[4, i] = h * fa


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def add_values(kind: int, q: np.ndarray, x: np.ndarray, start: int, stop: int, total: np.ndarray) -> None:
    """Add a component to `total` from one point to another where only its tails are: no derivatives, no bells."""
    if kind > 2:
        return
    h, p, w = q[0] / (1.0 + math.exp(-q[3])), q[1], math.exp(q[2])
    t = 1.0 / (1.0 + math.exp(-q[4]))
    left, right = (2.0 * w * (1.0 - t), 2.0 * w * t) if kind == 1 else (w, w)
    shift = 360.0 / math.pi * _DOUBLET_SHIFT * math.tan(p * math.pi / 360.0) if kind == 2 else 0.0
    for i in range(start, stop):
        u = (x[i] - p) / (left if x[i] < p else right)
        total[i] += h / (1.0 + 4.0 * u * u)
        if kind == 2:
            u = (x[i] - p - shift) / w
            total[i] += _DOUBLET_RATIO * h / (1.0 + 4.0 * u * u)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def support_of(kind: int, q: np.ndarray, x: np.ndarray) -> tuple[int, int]:
    """Return between which points the derivatives of a component are worth a look, given x that rises.

    Outside, bells are below 1e-10 of their height, and slopes of Lorentzian tails hold less than a thousandth of what
    data say of a height, and less of all else.
    """
    if kind >= 4:
        return 0, len(x)
    p, w, a = q[1], math.exp(q[2]), q[4]
    left = right = _REACH * w
    if kind == 1:
        t = 1.0 / (1.0 + math.exp(-a))
        left, right = 2.0 * (1.0 - t) * left, 2.0 * t * right
    if kind == 2:
        right += 360.0 / math.pi * _DOUBLET_SHIFT * math.tan(p * math.pi / 360.0)
    if kind == 3:
        left, right = -w * _where(-_FAINT, a), w * _where(_FAINT, a)
    return int(np.searchsorted(x, p - left)), int(np.searchsorted(x, p + right))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _where(g: float, a: float) -> float:
    """Return at which u ln(1 + 2au) / a is g."""
    return g / 2.0 if abs(a) < _SMALL else (math.exp(a * g) - 1.0) / (2.0 * a)


def free_of(codes: np.ndarray) -> np.ndarray:
    """Return which numbers of components are free, shape (k, 5), given the codes of their kinds, shape (k,)."""
    return np.asarray(_FREE_OF_CODE[codes])


def area_of(kind: Kind, q: np.ndarray) -> float:
    """Return the area under a component in units of y times x; NaN for a step or a decay, which have none."""
    h, w, s, a = float(q[0]), math.exp(float(q[2])), float(q[3]), float(q[4])
    eta = 1.0 / (1.0 + math.exp(-s))
    bell = math.sqrt(math.pi / _LN2) / 2.0
    match kind:
        case "pseudo-Voigt" | "split pseudo-Voigt":
            return h * w * (eta * math.pi / 2.0 + (1.0 - eta) * bell)
        case "doublet":
            return (1.0 + _DOUBLET_RATIO) * h * w * (eta * math.pi / 2.0 + (1.0 - eta) * bell)
        case "Fraser-Suzuki":
            return h * w * bell * math.exp(a * a / (4.0 * _LN2))
    return math.nan


def width_of(kind: Kind, q: np.ndarray) -> float:
    """Return the full width at half maximum in units of x (of a step: over which it would rise by its middle slope)."""
    w, a = math.exp(float(q[2])), float(q[4])
    return w * math.sinh(a) / a if kind == "Fraser-Suzuki" and abs(a) > 1e-9 else w
