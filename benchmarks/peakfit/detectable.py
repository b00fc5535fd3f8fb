"""How well a true peak can be seen at all: d_eff, from Fisher information.

Every peak is a Gaussian of free height, position and ln FWHM; the baseline is a free polynomial. d_eff of a peak is its
height over the Cramér-Rao bound of that height, with all the other parameters of all peaks and of the baseline free.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

THRESHOLD = 6.0
Floats = NDArray[np.float64]


def effective_detectability(
    x: Floats, noise_sd: Floats, positions: Floats, fwhms: Floats, heights: Floats, *, baseline_degree: int = 5
) -> Floats:
    """Return d_eff of each peak, shape (n peaks,), no unit; larger is easier to see.

    `x` and `noise_sd` have shape (n points,), the sd > 0 in the unit of the heights; heights are not 0.
    """
    u = (x[:, None] - positions) / fwhms
    shape = np.exp(-4 * np.log(2) * u**2)
    slope = heights * shape * 8 * np.log(2)
    scaled_x = 2 * (x - x[0]) / (x[-1] - x[0]) - 1
    columns = np.hstack([heights * shape, slope * u, slope * u**2, chebyshev.chebvander(scaled_x, baseline_degree)])
    columns /= noise_sd[:, None]
    norms = np.linalg.norm(columns, axis=0)
    norms[norms == 0] = 1.0
    information = (columns / norms).T @ (columns / norms)
    covariance = np.linalg.inv(information + 1e-10 * np.eye(len(information)))  # no information: a huge variance
    n = len(positions)
    return norms[:n] / np.sqrt(np.maximum(np.diag(covariance)[:n], 1e-300))
