"""A micrograph as matrix and sections of particles: strip cut off, light evened, particles told from the matrix.

A pixel belongs to a particle where it is more than half-way from the grey of the matrix to that of the particle's own
top near by: a blurred edge lies there whatever the particle's brightness, and particles of several minerals need no
grey in common. Heavy libraries live here alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import ndimage

from services.features.grey_levels import light_of, matrix_of
from services.features.sections import Sections

__all__ = ["Field", "strip_of"]

_STRIP_ALIKE = 0.4
"""In a row of the strip below a picture this share of all pixels has one grey."""
_LARGEST_STRIP = 0.25
_FEWEST_ROWS = 16
_TOO_SMALL = f"a picture has {_FEWEST_ROWS} rows and columns at least, beside its strip"
_SMOOTH_PIXELS = 0.7
_REACH_PIXELS = 3
"""How far away a particle's top is looked for: farther than an edge is blurred."""
_SURE = 4.5
"""A particle rises above the matrix by more than this many of its spreads."""
_LOCAL_PIXELS = 101
_EDGE_PIXELS, _RING_PIXELS = 2, 2
"""How far an edge is blurred, inwards and outwards."""
_FEWEST_INSIDE = 4
"""Pixels of an inside that say what grey a particle has."""
_USUAL = 0.25
"""Quantile of the greys of all insides below which no particle is taken to lie."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Field:
    """A picture without its strip, its light evened: grey over the matrix, shape (rows, columns), float32.

    `spread` is that of the matrix; `binned` pixels along each side were averaged into one. `why_not` says why nothing
    can be seen in it; empty where it can.
    """

    relative: np.ndarray
    spread: float
    binned: int
    why_not: str = ""

    @property
    def n_pixels(self) -> int:
        """Pixels of the field."""
        return int(self.relative.size)

    @classmethod
    def of(cls, pixels: np.ndarray, strip_rows: int | None, most_pixels: int, *, is_even: bool) -> Self:
        """Make it from pixels of shape (rows, columns) or (rows, columns, colours)."""
        n_strip = strip_of(pixels) if strip_rows is None else strip_rows
        grey = pixels[: len(pixels) - n_strip]
        if len(grey) < _FEWEST_ROWS or grey.shape[1] < _FEWEST_ROWS:
            return cls(relative=np.zeros((1, 1), np.float32), spread=0.0, binned=1, why_not=_TOO_SMALL)
        binned = int(np.ceil(np.sqrt(max(1.0, grey.shape[0] * grey.shape[1] / most_pixels))))
        grey = _binned(grey, binned)
        smooth = ndimage.gaussian_filter(grey, _SMOOTH_PIXELS, truncate=3.0)
        if not np.ptp(smooth) > 0:
            return cls(relative=smooth, spread=0.0, binned=binned, why_not="all pixels are alike")
        if not is_even:
            light = light_of(smooth)
            smooth /= light
            smooth *= np.float32(light.mean())
        matrix, spread = matrix_of(smooth)
        smooth -= np.float32(matrix)
        return cls(relative=smooth, spread=spread, binned=binned)

    def sections(self, *, is_bright: bool, method: str, smallest: int, by_grey: bool) -> Sections:
        """Return the particles on one side of the matrix.

        Parameters
        ----------
        method
            ``half height``, ``Otsu`` or ``local``.
        smallest
            What has fewer pixels is left out.
        by_grey
            Whether a pixel counts by its grey, as `_by_grey` has it, or wholly.
        """
        grey = self.relative if is_bright else -self.relative
        mask = grey > self._threshold(grey, method)
        labels, n = ndimage.label(mask)
        pixels = np.bincount(labels.ravel(), minlength=n + 1)
        kept = pixels >= smallest
        kept[0] = False
        labels = (np.cumsum(kept) * kept).astype(np.int32)[labels]
        n = int(kept.sum())
        around = _near(labels, _RING_PIXELS, np.maximum) if by_grey else labels
        around = np.where(labels > 0, labels, around)
        covered = _by_grey(grey, labels, around, n) if by_grey else (labels > 0).astype(np.float32)
        flat = labels.ravel()
        at = np.flatnonzero(flat)
        of = flat[at]
        row, column = np.divmod(at, grey.shape[1])
        n_of = np.bincount(of, minlength=n + 1)[1:]
        area = np.bincount(around.ravel(), weights=covered.ravel(), minlength=n + 1)[1:]
        is_whole = np.ones(n + 1, dtype=bool)
        for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
            is_whole[edge] = False
        return Sections(
            covered=covered,
            pixels=np.maximum(area, 1.0),
            row=np.bincount(of, weights=row, minlength=n + 1)[1:] / n_of,
            column=np.bincount(of, weights=column, minlength=n + 1)[1:] / n_of,
            is_whole=is_whole[1:],
        )

    def _threshold(self, grey: np.ndarray, method: str) -> np.ndarray | float:
        """Return what a particle's grey is above."""
        floor = np.float32(_SURE * self.spread)
        if method == "Otsu":
            from skimage.filters import threshold_otsu

            return max(float(floor), float(threshold_otsu(grey)))
        if method == "local":
            from skimage.filters import threshold_local

            around = threshold_local(grey, _LOCAL_PIXELS, method="mean")
            return np.asarray(around + floor)
        top = _near(grey, _REACH_PIXELS, np.maximum)
        return np.asarray(np.where(top > floor, np.float32(0.5) * top, np.float32(np.inf)))


def _by_grey(grey: np.ndarray, labels: np.ndarray, around: np.ndarray, n: int) -> np.ndarray:
    """Return how much of each pixel is covered: its grey over that of a whole pixel of its particle, float32.

    The blur of a microscope spreads grey and loses none, so that the sum over a particle and the ring around it is its
    area, also where it is thinner than the blur. The grey of a whole pixel is the mean of the particle's inside; of one
    too thin for an inside, its highest, but not less than that of most insides in the picture.

    Parameters
    ----------
    labels, around
        Which particle a pixel belongs to, from 1 to `n`, without and with the rings; 0 for none.
    """
    if not n:
        return np.zeros(grey.shape, dtype=np.float32)
    inside = _near(labels, _EDGE_PIXELS, np.minimum).ravel()
    n_inside = np.bincount(inside, minlength=n + 1)[1:]
    sums = np.bincount(inside, weights=grey.ravel(), minlength=n + 1)[1:]
    seen = n_inside >= _FEWEST_INSIDE
    at = np.flatnonzero(labels.ravel())
    top = np.zeros(n + 1)
    np.maximum.at(top, labels.ravel()[at], grey.ravel()[at])
    whole = np.where(seen, sums / np.maximum(n_inside, 1), top[1:])
    if seen.any():
        order = np.argsort(whole[seen])
        weights = np.cumsum(n_inside[seen][order])
        usual = whole[seen][order][int(np.searchsorted(weights, _USUAL * weights[-1]))]
        whole = np.where(seen, whole, np.maximum(whole, usual))
    per_grey = np.concatenate([[0.0], 1 / np.maximum(whole, 1e-9)]).astype(np.float32)
    return np.asarray(grey * per_grey[around], dtype=np.float32)


def _near(values: np.ndarray, reach: int, greater: np.ufunc) -> np.ndarray:
    """Return the greatest (or least) value within a square of `reach` pixels to each side, shape as before."""
    for axis in (0, 1):
        values = np.moveaxis(values, axis, 0)
        found = values.copy()
        for k in range(1, reach + 1):
            greater(found[k:], values[:-k], out=found[k:])
            greater(found[:-k], values[k:], out=found[:-k])
        values = np.moveaxis(found, 0, axis)
    return values


def strip_of(pixels: np.ndarray) -> int:
    """Count the rows of the strip with words below a picture; 0 where there is none.

    In its rows one grey covers two fifths of the pixels; a picture has noise.
    """
    rows = pixels if pixels.ndim == 2 else pixels[..., 0]
    most = int(_LARGEST_STRIP * len(rows))
    n = 0
    while n <= most:
        row = rows[len(rows) - 1 - n]
        _, counts = np.unique(row, return_counts=True)
        if counts.max() < _STRIP_ALIKE * len(row):
            return n
        n += 1
    return 0


def _binned(pixels: np.ndarray, side: int) -> np.ndarray:
    """Return grey as float32, averaged over colours and squares of pixels; no whole copy is made of a large one."""
    grey = pixels if pixels.ndim == 2 else pixels[..., :3].mean(axis=2, dtype=np.float32)
    if side == 1:
        return np.asarray(grey, dtype=np.float32)
    rows, columns = (n // side for n in grey.shape)
    squares = grey[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return np.asarray(squares.mean(axis=(1, 3), dtype=np.float32))
