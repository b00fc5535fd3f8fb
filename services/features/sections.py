"""Sections of particles in a picture: their share of the area, and statistics of their sizes with standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Sections"]


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
