"""Grey of a picture's matrix: how evenly it is lit, which grey it has, and how much that scatters."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import ndimage

__all__ = ["light_of", "matrix_of"]

_BLOCKS = 24
"""Parts of the shorter side that a median is taken of."""
_MAD_TO_SD = 1.4826
_BINS, _SMOOTH_BINS = 256, 2.0
_HALF_WIDTH = 1.1774
"""Half width at half height of a normal distribution, in standard deviations."""
_ENOUGH = 0.3
"""A block counts where this share of its pixels is of the matrix."""
_DEEP = 0.6
"""Two modes of grey are two where the valley between them is lower than this share of the lesser."""


def light_of(grey: np.ndarray) -> np.ndarray:
    """Return a surface of second degree through the matrix: through medians of blocks, without those that stand out."""
    rows, columns = grey.shape
    side = max(4, min(rows, columns) // _BLOCKS)
    n_rows, n_columns = rows // side, columns // side
    step = max(1, side // 10)
    blocks = grey[: n_rows * side, : n_columns * side].reshape(n_rows, side, n_columns, side)[:, ::step, :, ::step]
    values = np.swapaxes(blocks, 1, 2).reshape(n_rows * n_columns, -1)
    mode = _mode(values)
    of_matrix = (values >= mode.low) & (values <= mode.high)
    enough = of_matrix.mean(axis=1) >= _ENOUGH
    values, of_matrix = values[enough], of_matrix[enough]
    z = np.nanmedian(np.where(of_matrix, values, np.nan), axis=1)
    y, x = (
        a.ravel()[enough]
        for a in np.meshgrid(
            ((np.arange(n_rows) + 0.5) * side / rows), ((np.arange(n_columns) + 0.5) * side / columns), indexing="ij"
        )
    )
    powers = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    kept = np.ones(len(z), dtype=bool)
    for _ in range(5):
        c = np.linalg.lstsq(powers[kept], z[kept], rcond=None)[0]
        apart = z - powers @ c
        middle = float(np.median(apart[kept]))
        spread = _MAD_TO_SD * float(np.median(np.abs(apart[kept] - middle)))
        now = np.abs(apart - middle) <= 2.5 * spread
        if now.sum() < 3 * powers.shape[1] or (now == kept).all():
            break
        kept = now
    u, v = (
        ((np.arange(columns) + 0.5) / columns).astype(np.float32),
        ((np.arange(rows) + 0.5) / rows).astype(np.float32),
    )
    c = c.astype(np.float32)
    surface = (c[0] + c[2] * v + c[5] * v * v)[:, None] + (c[1] * u + c[3] * u * u)[None, :] + c[4] * np.outer(v, u)
    return np.asarray(np.maximum(surface, 0.05 * float(np.abs(z).max())), dtype=np.float32)


def matrix_of(grey: np.ndarray) -> tuple[float, float]:
    """Return the grey of the matrix, and its spread: by the half width of its mode on the narrower side."""
    mode = _mode(grey[::3, ::3])
    return mode.grey, mode.spread


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mode:
    """A mode of grey: its place and spread, and the valleys on either side; infinite where there is none."""

    grey: float
    spread: float
    low: float
    high: float


def _mode(values: np.ndarray) -> _Mode:
    """Return the mode that holds most pixels: particles of one even grey may make the highest, but not the fullest."""
    low, high = (float(q) for q in np.quantile(values, (0.001, 0.999)))
    counts, edges = np.histogram(values, bins=_BINS, range=(low, max(high, low + 1e-6)))
    level = ndimage.gaussian_filter1d(counts.astype(float), _SMOOTH_BINS)
    modes: list[int] = []
    for k in [k for k in range(1, _BINS - 1) if level[k - 1] < level[k] >= level[k + 1]]:
        if modes and level[modes[-1] : k + 1].min() > _DEEP * min(level[modes[-1]], level[k]):
            modes[-1] = max(modes[-1], k, key=lambda place: float(level[place]))
        else:
            modes.append(k)
    modes = modes or [int(np.argmax(level))]
    valleys = [a + int(np.argmin(level[a:b])) for a, b in pairwise(modes)]
    bounds = [0, *valleys, _BINS]
    held = [float(level[a:b].sum()) for a, b in pairwise(bounds)]
    which = int(np.argmax(held))
    top, wide = modes[which], float(edges[1] - edges[0])
    under = level < 0.5 * level[top]
    before, behind = np.flatnonzero(under[:top]), np.flatnonzero(under[top:])
    halves = [top - int(before[-1])] if len(before) else []
    halves += [int(behind[0])] if len(behind) else []
    in_bins = (min(halves, default=_BINS) - 0.5) / _HALF_WIDTH
    return _Mode(
        grey=float(edges[top]) + 0.5 * wide,
        spread=wide * float(np.sqrt(max(in_bins**2 - _SMOOTH_BINS**2, 1.0))),
        low=float(edges[bounds[which]]) if which else -np.inf,
        high=float(edges[bounds[which + 1]]) if which < len(modes) - 1 else np.inf,
    )
