"""What runs under all lines of a curve, smooth and without a model: where a search begins, never where it ends."""

from __future__ import annotations

import numpy as np

from services.preprocessing.peakfit.problem import Problem

__all__ = ["envelope"]

_FEWEST = 5


def envelope(problem: Problem) -> np.ndarray:
    """Return it on the finest grid, shape (n,): clipped from above (SNIP), or where peaks may point down, a median.

    Ryan et al., Nucl. Instrum. Methods B 34 (1988) 396; Morháč & Matoušek, Appl. Spectrosc. 62 (2008) 91.
    """
    from pybaselines import Baseline
    from scipy.ndimage import gaussian_filter1d, median_filter

    finest = problem.levels[0]
    half = max(int(0.75 * problem.broad / finest.step), _FEWEST)
    half = min(half, (len(finest.x) - 1) // 2)
    if len(problem.signs) == 2:
        middle = median_filter(finest.y, size=2 * half + 1, mode="nearest")
        return np.asarray(gaussian_filter1d(middle, 0.5 * half, mode="nearest"))
    smooth = max(int(0.2 * problem.narrowest / finest.step), 2)
    clipped, _ = Baseline(finest.x).snip(
        finest.y, max_half_window=half, decreasing=True, smooth_half_window=smooth, filter_order=2
    )
    return np.asarray(clipped)
