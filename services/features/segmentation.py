"""A micrograph as matrix and sections of particles: strip cut off, light evened, particles told from the matrix.

A pixel belongs to a particle where it is more than half-way from the grey of the matrix to that of the particle's own
top near by: a blurred edge lies there whatever the particle's brightness, and particles of several minerals need no
grey in common. Heavy libraries live here alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from scipy import ndimage

__all__ = ["Field", "Sections"]

_STRIP_ALIKE = 0.4
"""In a row of the strip below a picture this share of all pixels has one grey."""
_LARGEST_STRIP = 0.25
_FEWEST_ROWS = 16
_TOO_SMALL = f"a picture has {_FEWEST_ROWS} rows and columns at least, beside its strip"
_BLOCKS = 24
_SMOOTH_PIXELS = 0.7
_REACH_PIXELS = 3
"""How far away a particle's top is looked for: farther than an edge is blurred."""
_SURE = 4.5
_MAD_TO_SD = 1.4826
_LOCAL_PIXELS = 101
_EDGE_PIXELS, _RING_PIXELS = 2, 2
"""How far an edge is blurred, inwards and outwards."""
_FEWEST_INSIDE = 4
_USUAL = 0.25
_BINS, _SMOOTH_BINS = 256, 2.0
_HALF_WIDTH = 1.1774
"""Half width at half height of a normal distribution, in standard deviations."""
_ENOUGH = 0.3
"""A block counts where this share of its pixels is of the matrix."""
_DEEP = 0.6
"""Two modes of grey are two where the valley between them is lower than this share of the lesser."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sections:
    """Particles of one kind: which pixels they cover, and of each its number of pixels and centre.

    `covered` says how much of each pixel, shape (rows, columns). `pixels` (the area), `row`, `column` have shape (n,)
    each; `is_whole` says which do not touch the edge.
    """

    covered: np.ndarray
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
        return float(self.covered.mean())

    def shares(self, parts: int) -> np.ndarray:
        """Return the share of the area in each of parts × parts sub-fields, shape (parts², )."""
        rows, columns = (np.linspace(0, n, parts + 1).astype(int) for n in self.covered.shape)
        sums = np.add.reduceat(np.add.reduceat(self.covered, rows[:-1], axis=0), columns[:-1], axis=1)
        return np.asarray((sums / np.outer(np.diff(rows), np.diff(columns))).ravel())

    def statistic(self, what: str, um_per_pixel: float, parts: int) -> tuple[float, float]:
        """Return a statistic of sizes in µm (or 1/mm²) and its standard error, leaving out one sub-field at a time.

        The delete-a-group jackknife: Kott, J. Official Statistics 17 (2001) 521.
        """
        rows, columns = self.covered.shape
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
    """A picture without its strip, its light evened: grey over the matrix, shape (rows, columns), float32.

    `spread` is that of the matrix; `binned` pixels along each side were averaged into
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
            return cls(relative=np.zeros((1, 1), np.float32), spread=0.0, binned=1, why_not=_TOO_SMALL)
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


def _matrix(grey: np.ndarray) -> tuple[float, float]:
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
