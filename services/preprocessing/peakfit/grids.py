"""A curve averaged over blocks, coarser and coarser: wide components need no more than some bins a width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["BINS_PER_WIDTH", "Grid", "averaged", "halved", "level_for", "lossless", "pyramid_of"]

BINS_PER_WIDTH = 6.0
"""Bins over a full width at half maximum: averaging then widens a bell by less than 1 %."""

_FEWEST = 48
_FEWEST_PAIRS = 40
_ENOUGH_TO_TELL = 400
_FINER = 2**0.25
_CHANCE = 0.005
_RUN = 4
_MEDIAN_SQUARE = 0.455
_MOST_SHARED = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Places, values and weights (1 / noise), shape (n,) each, with the distance between places."""

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    step: float

    def between(self, low: float, high: float) -> slice:
        """Return the points from one place to another."""
        return slice(int(np.searchsorted(self.x, low)), int(np.searchsorted(self.x, high, "right")))


def averaged(x: np.ndarray, y: np.ndarray, noise: np.ndarray, width: float) -> Grid:
    """Average a curve over bins of so much of its axis; one that is as coarse already stays as it is."""
    step = float(x[-1] - x[0]) / (len(x) - 1)
    if width < 1.5 * step:
        return Grid(np.ascontiguousarray(x), np.ascontiguousarray(y), 1 / noise, step)
    n_bins = max(int((x[-1] - x[0] + step) / width), 1)
    edges = x[0] - step / 2 + (x[-1] - x[0] + step) * np.arange(n_bins + 1) / n_bins
    first = np.searchsorted(x, edges[:-1])
    count = np.diff(np.append(first, len(x)))
    is_there = count > 0
    first, count = first[is_there], count[is_there]

    def mean(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.add.reduceat(values, first) / count)

    return Grid(mean(x), mean(y), np.sqrt(count / mean(noise**2)), (x[-1] - x[0] + step) / n_bins)


def lossless(x: np.ndarray, y: np.ndarray, noise: np.ndarray, share: float) -> tuple[Grid, float]:
    """Average a curve as far as nothing that it shows is lost; and say by what factor its points share their noise.

    Something is lost where neighbouring bins differ otherwise than the slope through the bins of double width around
    them says, by more than noise does in one curve of two hundred: a single pair, or four pairs in a row together.
    Noise that neighbours share averages away less: half of the pairs say by what factor, up to two, while there are
    pairs enough to tell; weights hold it.

    Parameters
    ----------
    x, y, noise
        Shape (n,) each; x rises.
    share
        By what share of its height a line is not worth a look: its profile may be off by so much.
    """
    span = float(x[-1] - x[0])
    width = span / (len(x) - 1)
    factor = 1.0
    while True:
        grid = averaged(x, y, noise, width)
        more, loses = _losses(grid, share)
        if len(grid.x) >= _ENOUGH_TO_TELL:
            factor = more
        if loses or len(grid.x) <= _FEWEST_PAIRS * 2:
            return Grid(grid.x, grid.y, grid.weight / factor, grid.step), factor
        width *= _FINER


def _losses(grid: Grid, share: float) -> tuple[float, bool]:
    """Return by what factor noise exceeds its share of bins, and whether pairs of bins lose something, made one."""
    from scipy.stats import chi2, norm

    n = len(grid.x) // 2 * 2
    places, pairs = grid.x[:n].reshape(-1, 2), grid.y[:n].reshape(-1, 2)
    means, middles = pairs.mean(axis=1), places.mean(axis=1)
    both = (grid.weight[:n].reshape(-1, 2) ** -2.0).sum(axis=1)
    part = np.diff(places, axis=1)[1:-1, 0] / (middles[2:] - middles[:-2])
    square = (np.diff(pairs, axis=1)[1:-1, 0] - part * (means[2:] - means[:-2])) ** 2
    variance = both[1:-1] + part**2 * (both[2:] + both[:-2]) / 4
    more = float(np.clip(np.median(square / variance) / _MEDIAN_SQUARE, 1.0, _MOST_SHARED))
    off = square / (more * variance + (share * (means[1:-1] - grid.y.min())) ** 2)
    chance = _CHANCE / len(off)
    is_single = off.max() > norm.isf(chance / 2) ** 2
    is_run = np.convolve(off, np.ones(_RUN), mode="valid").max() > chi2.isf(chance, _RUN)
    return float(np.sqrt(more)), bool(is_single or is_run)


def halved(grid: Grid) -> Grid:
    """Average neighbouring points, two and two; a last single one is left out."""
    n = len(grid.x) // 2 * 2
    pairs = [a[:n].reshape(-1, 2) for a in (grid.x, grid.y, grid.weight)]
    weight = 2 / np.sqrt((1 / pairs[2] ** 2).sum(axis=1))
    return Grid(pairs[0].mean(axis=1), pairs[1].mean(axis=1), weight, 2 * grid.step)


def pyramid_of(grid: Grid) -> tuple[Grid, ...]:
    """Return the grid and its halves down to some tens of points."""
    levels = [grid]
    while len(levels[-1].x) >= 2 * _FEWEST:
        levels.append(halved(levels[-1]))
    return tuple(levels)


def level_for(levels: tuple[Grid, ...], width: float) -> int:
    """Return the number of the coarsest level that still shows a component of such a width."""
    fitting = [k for k, level in enumerate(levels) if level.step * BINS_PER_WIDTH <= width * 1.01]
    return fitting[-1] if fitting else 0
