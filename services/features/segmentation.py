"""A micrograph as matrix and sections of particles: strip cut off, light evened, particles told from the matrix.

A pixel belongs to a particle where it is more than half-way from the grey of the matrix to that of the particle's own
top near by: a blurred edge lies there whatever the particle's brightness, and particles of several minerals need no grey
in common. Heavy libraries live here alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import ndimage

__all__ = ["Field", "Sections"]

_STRIP_ALIKE = 0.4
"""In a row of the strip below a picture this share of all pixels has one grey."""
_LARGEST_STRIP = 0.25
_FEWEST_ROWS = 16
_BLOCKS = 24
_SMOOTH_PIXELS = 0.7
_REACH_PIXELS = 7
"""Side of the square in which a particle's top is looked for: more than an edge is blurred over."""
_SURE = 4.5
_MAD_TO_SD = 1.4826
_LOCAL_PIXELS = 101


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sections:
    """Particles of one kind: which pixels they cover, and of each its number of pixels and centre.

    `mask` has shape (rows, columns); `pixels`, `row`, `column` have shape (n,) and `is_whole` says which do not touch the
    edge.
    """

    mask: np.ndarray
    pixels: np.ndarray
    row: np.ndarray
    column: np.ndarray
    is_whole: np.ndarray

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.pixels)

    @property
    def share(self) -> float:
        """Share of the area, 0 to 1."""
        return float(self.mask.mean())

    def shares(self, parts: int) -> np.ndarray:
        """Return the share of the area in each of parts × parts sub-fields, shape (parts², )."""
        rows, columns = (np.linspace(0, n, parts + 1).astype(int) for n in self.mask.shape)
        sums = np.add.reduceat(np.add.reduceat(self.mask, rows[:-1], axis=0, dtype=np.int64), columns[:-1], axis=1)
        return np.asarray((sums / np.outer(np.diff(rows), np.diff(columns))).ravel())

    def statistic(self, what: str, um_per_pixel: float, parts: int) -> tuple[float, float]:
        """Return a statistic of sizes in µm (or 1/mm²) and its standard error, leaving out one sub-field at a time.

        The delete-a-group jackknife: Kott, J. Official Statistics 17 (2001) 521.
        """
        rows, columns = self.mask.shape
        group = np.minimum(self.row * parts // rows, parts - 1) * parts + np.minimum(
            self.column * parts // columns, parts - 1
        )
        field = rows * columns * (um_per_pixel * 1e-3) ** 2  # mm²
        diameter = um_per_pixel * np.sqrt(4 / np.pi * self.pixels)
        value = _statistic(what, diameter[self.is_whole], len(diameter), field)
        n_groups = parts * parts
        without = []
        for k in range(n_groups):
            kept = group != k
            if (kept & self.is_whole).any():
                part = field * (1 - 1 / n_groups)
                without.append(_statistic(what, diameter[kept & self.is_whole], int(kept.sum()), part))
        if len(without) < 2 or not np.isfinite(value):
            return value, float("nan")
        return value, float(np.sqrt((len(without) - 1) * np.var(without)))


def _statistic(what: str, diameter: np.ndarray, n: int, field: float) -> float:
    if what == "count density":
        return n / field
    if not len(diameter):
        return float("nan")
    if what == "number median":
        return float(np.median(diameter))
    area = diameter**2
    if what == "area-weighted mean":
        return float((area * diameter).sum() / area.sum())
    order = np.argsort(diameter)
    before = np.cumsum(area[order]) - 0.5 * area[order]
    return float(np.interp(int(what[1:]) / 100 * area.sum(), before, diameter[order]))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Field:
    """A picture without its strip, its light evened: grey over the matrix in `relative`, shape (rows, columns), float32.

    `below` and `above` are the spread of the matrix on either side; `binned` pixels along each side were averaged into
    one. `why_not` says why nothing can be seen in it; empty where it can.
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
            return cls(
                relative=np.zeros((1, 1), np.float32), spread=0.0, binned=1, why_not=f"{grey.shape} is no picture"
            )
        binned = int(np.ceil(np.sqrt(max(1.0, grey.shape[0] * grey.shape[1] / most_pixels))))
        grey = _binned(grey, binned)
        smooth = ndimage.gaussian_filter(grey, _SMOOTH_PIXELS, truncate=3.0)
        if not np.ptp(smooth) > 0:
            return cls(relative=smooth, spread=0.0, binned=binned, why_not="all pixels are alike")
        if not is_even:
            light = _light(smooth)
            smooth /= light
            smooth *= np.float32(light.mean())
        matrix, spread = _matrix(smooth)
        smooth -= np.float32(matrix)
        return cls(relative=smooth, spread=spread, binned=binned)

    def sections(self, *, is_bright: bool, method: str, smallest: int) -> Sections:
        """Return the particles on one side of the matrix."""
        grey = self.relative if is_bright else -self.relative
        mask = grey > self._threshold(grey, method)
        labels, n = ndimage.label(mask)
        pixels = np.bincount(labels.ravel(), minlength=n + 1)
        kept = pixels >= smallest
        kept[0] = False
        mask = kept[labels]
        at = np.flatnonzero(mask)
        of = labels.ravel()[at]
        row, column = np.divmod(at, mask.shape[1])
        n_of = np.maximum(pixels, 1)
        rows = np.bincount(of, weights=row, minlength=n + 1) / n_of
        columns = np.bincount(of, weights=column, minlength=n + 1) / n_of
        is_whole = np.ones(n + 1, dtype=bool)
        for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
            is_whole[edge] = False
        return Sections(mask=mask, pixels=pixels[kept], row=rows[kept], column=columns[kept], is_whole=is_whole[kept])

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
        top = ndimage.maximum_filter(grey, _REACH_PIXELS)
        top *= np.float32(0.5)
        return np.asarray(np.maximum(top, floor, out=top))


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
    """Return grey as float32, averaged over colours and over squares of pixels."""
    grey = pixels.astype(np.float32) if pixels.ndim == 2 else pixels[..., :3].mean(axis=2, dtype=np.float32)
    if side == 1:
        return grey
    rows, columns = (n // side for n in grey.shape)
    return np.asarray(grey[: rows * side, : columns * side].reshape(rows, side, columns, side).mean(axis=(1, 3)))


def _light(grey: np.ndarray) -> np.ndarray:
    """Return a surface of second degree through the matrix: through medians of blocks, without those that stand out."""
    rows, columns = grey.shape
    side = max(4, min(rows, columns) // _BLOCKS)
    n_rows, n_columns = rows // side, columns // side
    blocks = grey[: n_rows * side, : n_columns * side].reshape(n_rows, side, n_columns, side)
    thinned = blocks[:, :: max(1, side // 10), :, :: max(1, side // 10)]
    z = np.median(np.swapaxes(thinned, 1, 2).reshape(n_rows, n_columns, -1), axis=2).ravel()
    y, x = (
        a.ravel()
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


def _matrix(grey: np.ndarray) -> tuple[float, float]:
    """Return the commonest grey, that of the matrix, and its spread: that of the narrower side, where no particles are."""
    thinned = grey[::3, ::3].ravel()
    low, high = np.quantile(thinned, (0.001, 0.999))
    counts, edges = np.histogram(thinned, bins=128, range=(float(low), float(max(high, low + 1e-6))))
    level = ndimage.gaussian_filter1d(counts.astype(float), 2.0)
    matrix = float(edges[int(np.argmax(level))] + 0.5 * (edges[1] - edges[0]))
    sides = [
        np.median(np.abs(side - matrix)) for side in (thinned[thinned < matrix], thinned[thinned > matrix]) if len(side)
    ]
    return matrix, _MAD_TO_SD * float(min(sides))
