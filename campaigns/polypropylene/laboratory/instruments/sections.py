"""Particles as a plane cuts them: which are hit, how large and in which direction the section lies.

A plane hits a particle in proportion to its extent across the plane, and a section is smaller than its particle: the
area share of sections is the volume share (Delesse 1847; Underwood, Quantitative Stereology, 1970). Sizes of fillers
are medians by volume, turned into numbers after Hatch and Choate (J. Franklin Inst. 207 (1929) 369); that of rubber is
an average by number. Shapes, and agglomerates as discs of particles packed to 60 %, are declared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

__all__ = ["Maker", "Sections", "coverage", "placed", "platelets", "spheres"]

_TALC_RATIO = 9.0  # diameter over thickness, as stiffness has it
_LARGEST = 5.0  # medians: mills and sieves leave nothing larger
_POOL = 20_000
_PACKED = 0.6
_AGGLOMERATE_UM, _AGGLOMERATE_LOG_SD = 4.5, 0.35  # median radius
_STEP = 0.5  # pixels between points of a section
_REACH = 1.15  # farthest edge of a bumpy section over its semi-axis


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sections:
    """Sections of particles, arrays of shape (n,): centres and semi-axes in µm, angles and phases in rad.

    `power` is 2 for ellipses and more for shapes with corners; `bump` is how far the edge goes in and out.
    """

    x: np.ndarray
    y: np.ndarray
    long: np.ndarray
    short: np.ndarray
    angle: np.ndarray
    phase: np.ndarray
    power: float
    bump: float

    @property
    def area(self) -> np.ndarray:
        """µm² of each, bumps left aside."""
        return np.asarray(self.long * self.short * (np.pi if self.power == 2.0 else 4 * 0.927))

    def take(self, which: np.ndarray) -> Sections:
        """Return some of them."""
        return replace(
            self,
            x=self.x[which],
            y=self.y[which],
            long=self.long[which],
            short=self.short[which],
            angle=self.angle[which],
            phase=self.phase[which],
        )


Maker = Callable[[int, np.random.Generator], Sections]


def spheres(*, median: float, spread: float, flattened: float, bump: float, by_number: bool = False) -> Maker:
    """Return what cuts round particles of a size.

    Parameters
    ----------
    median
        Of the diameter by volume, µm; the average by number if `by_number`.
    spread
        Geometric standard deviation.
    flattened
        Least ratio of the axes of a section, up to 1.
    """
    sd = np.log(spread)
    hit = np.log(median) + (0.5 if by_number else -2.0) * sd**2

    def make(n: int, rng: np.random.Generator) -> Sections:
        diameter = np.exp(hit + sd * rng.standard_normal(n)).clip(0, _LARGEST * median)
        radius = diameter / 2 * np.sqrt(1 - rng.uniform(0, 1, n) ** 2)
        ratio = np.sqrt(rng.uniform(flattened, 1, n))
        return _somewhere(radius / ratio, radius * ratio, rng.uniform(0, np.pi, n), rng, power=2.0, bump=bump)

    return make


def platelets(*, median: float, spread: float, orientation: float) -> Maker:
    """Return what cuts platelets that lie parallel to the surface (the picture's upper edge), the more, the higher.

    Parameters
    ----------
    median
        Of the diameter by volume, µm.
    orientation
        0 (random) to 1.
    """
    sd = np.log(spread)
    hit = np.log(median) - 2.0 * sd**2

    def make(n: int, rng: np.random.Generator) -> Sections:
        diameter = np.exp(hit + sd * rng.standard_normal(n)).clip(0, _LARGEST * median)
        normal = (1 - orientation) * rng.standard_normal((3, n))
        normal[1] += orientation
        normal /= np.linalg.norm(normal, axis=0)
        across = np.hypot(normal[0], normal[1]).clip(1 / _TALC_RATIO, 1)  # the picture lies in x and y
        chosen = rng.random(n) < across  # a platelet in the plane is seldom hit
        diameter, normal, across = diameter[chosen], normal[:, chosen], across[chosen]
        n_hit = len(diameter)
        chord = diameter * np.sqrt(1 - rng.uniform(0, 1, n_hit) ** 2)
        thick = np.minimum(diameter / _TALC_RATIO / across, chord)
        angle = np.arctan2(normal[1], normal[0]) + np.pi / 2
        return _somewhere(chord / 2, thick / 2, angle, rng, power=4.0, bump=0.0)

    return make


def placed(
    make: Maker, share: float, agglomerated: float, width: float, height: float, rng: np.random.Generator
) -> Sections:
    """Lay sections over a field of µm by µm so that they cover a share of it on average, some in agglomerates.

    They lie independently, so that some lie over others: as many more are laid as that takes away. The share is
    above 0.
    """
    pool = make(_POOL, rng)
    mean = float(pool.area.mean())
    field = width * height
    n_single = int(rng.poisson(-np.log1p(-share * (1 - agglomerated)) * field / mean))
    radii = _AGGLOMERATE_UM * np.exp(_AGGLOMERATE_LOG_SD * rng.standard_normal(200))
    disc = float(np.pi * _AGGLOMERATE_UM**2 * np.exp(2 * _AGGLOMERATE_LOG_SD**2))
    radii = radii[: int(rng.poisson(share * agglomerated / _PACKED * field / disc))]
    members = rng.poisson(-np.log1p(-_PACKED) * np.pi * radii**2 / mean)
    single = pool.take(rng.integers(0, len(pool.x), n_single))
    single = replace(single, x=rng.uniform(0, width, n_single), y=rng.uniform(0, height, n_single))
    n_together = int(members.sum())
    together = pool.take(rng.integers(0, len(pool.x), n_together))
    radius = np.repeat(radii, members) * np.sqrt(rng.uniform(0, 1, n_together))
    turn = rng.uniform(0, 2 * np.pi, n_together)
    x = np.repeat(rng.uniform(0, width, len(radii)), members) + radius * np.cos(turn)
    y = np.repeat(rng.uniform(0, height, len(radii)), members) + radius * np.sin(turn)
    together = replace(together, x=x, y=y, angle=rng.uniform(0, np.pi, n_together))
    return replace(
        pool,
        x=np.concatenate([single.x, together.x]),
        y=np.concatenate([single.y, together.y]),
        long=np.concatenate([single.long, together.long]),
        short=np.concatenate([single.short, together.short]),
        angle=np.concatenate([single.angle, together.angle]),
        phase=np.concatenate([single.phase, together.phase]),
    )


def coverage(sections: Sections, pixel: float, shape: tuple[int, int]) -> np.ndarray:
    """Return how much of every pixel sections cover, float32 of shape `shape`; more than 1 where some overlap.

    Every section is a grid of points in its own frame, each standing for the area around it.

    Parameters
    ----------
    pixel
        Side of a pixel, µm.
    """
    rows, columns = shape
    reach = _REACH if sections.bump else 1.0
    long, short = reach * sections.long / pixel, reach * sections.short / pixel
    n_long, n_short = (np.ceil(2 * side / _STEP).astype(int).clip(1) for side in (long, short))
    n = n_long * n_short
    which = np.repeat(np.arange(len(n)), n)
    k = np.arange(int(n.sum()), dtype=np.int32) - np.repeat((np.cumsum(n) - n).astype(np.int32), n)
    per_row = n_long.astype(np.int32)[which]
    row = k // per_row
    u = (2 * (k - row * per_row) + 1) * (reach / n_long).astype(np.float32)[which] - np.float32(reach)
    v = (2 * row + 1) * (reach / n_short).astype(np.float32)[which] - np.float32(reach)
    inside = np.flatnonzero(_is_inside(u, v, which, sections))
    which, u, v = which[inside], u[inside], v[inside]
    long_x, long_y = long / reach * np.cos(sections.angle), long / reach * np.sin(sections.angle)
    short_x, short_y = -short / reach * np.sin(sections.angle), short / reach * np.cos(sections.angle)
    x0, y0 = sections.x / pixel, sections.y / pixel
    x = np.floor(_of(x0, which) + u * _of(long_x, which) + v * _of(short_x, which)).astype(np.int32)
    y = np.floor(_of(y0, which) + u * _of(long_y, which) + v * _of(short_y, which)).astype(np.int32)
    seen = np.flatnonzero((x >= 0) & (x < columns) & (y >= 0) & (y < rows))
    weight = (4 * long * short / n)[which[seen]]
    covered = np.bincount(y[seen] * columns + x[seen], weights=weight, minlength=rows * columns)
    return np.asarray(covered.reshape(shape), dtype=np.float32)


def _of(values: np.ndarray, which: np.ndarray) -> np.ndarray:
    return np.asarray(values.astype(np.float32)[which])


def _is_inside(u: np.ndarray, v: np.ndarray, which: np.ndarray, sections: Sections) -> np.ndarray:
    """Say which points lie inside of their section; u and v in semi-axes. Bumps are three to a turn."""
    if sections.power != 2.0:
        return np.asarray((u * u) ** (sections.power / 2) + (v * v) ** (sections.power / 2) <= 1)
    squared = u * u + v * v
    if not sections.bump:
        return np.asarray(squared <= 1)
    cosine, sine = sections.bump * np.cos(sections.phase), sections.bump * np.sin(sections.phase)
    lobes = u * (u * u - 3 * v * v) * _of(cosine, which) - v * (3 * u * u - v * v) * _of(sine, which)
    far = np.sqrt(squared)
    return np.asarray(far <= 1 + lobes / np.maximum(far * squared, 1e-9))


def _somewhere(
    long: np.ndarray, short: np.ndarray, angle: np.ndarray, rng: np.random.Generator, *, power: float, bump: float
) -> Sections:
    nowhere = np.zeros(len(long))
    phase = rng.uniform(0, 2 * np.pi, len(long))
    return Sections(x=nowhere, y=nowhere, long=long, short=short, angle=angle, phase=phase, power=power, bump=bump)
