"""Particles in a micrograph: share of its area and sizes, bright and dark ones apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, model_validator

from loop.values import Frozen
from services.features.extraction import Extraction
from services.features.stating import absent, below, measured, missing
from services.records.feature import Feature
from services.records.processed import Processed
from services.records.reading import Image

if TYPE_CHECKING:
    from services.features.sections import Sections

__all__ = ["ImageParticles", "Particles"]

SizeName = Literal["number median", "area-weighted mean", "d10", "d50", "d90", "count density"]
_UNITS = {"count density": "1/mm²"}
_FEWEST_FOR_SIZES = 10


class Particles(Frozen):
    """What stands out of the matrix in one direction, and how it is told from it."""

    name: str = Field(min_length=1, description="What they are called: `filler`, `rubber`.")
    grey: Literal["bright", "dark"] = Field(description="Brighter than the matrix, or darker.")
    threshold: Literal["half height", "Otsu", "local"] = Field(
        default="half height",
        description="Half-way from the matrix to the top of the particle itself; one grey for all (Otsu 1979); or "
        "against the mean of the surroundings.",
    )
    area: Literal["pixels", "grey"] = Field(
        default="pixels",
        description="Whether a pixel counts wholly, or by its grey: right for particles as thin as the blur, wrong "
        "where edges are brighter or darker than both sides.",
    )
    smallest_pixels: int = Field(default=6, ge=1, description="What has fewer pixels is noise.")
    sizes: tuple[SizeName, ...] = Field(
        default=("number median", "area-weighted mean", "d10", "d50", "d90"),
        description="Diameters of circles of equal area; d10, d50 and d90 are weighted by area.",
    )


class ImageParticles(Extraction):
    """Area shares and sizes of sections, with the standard error of the field: how much its parts differ.

    The area share of sections is the volume share (Delesse 1847). Sizes are those of sections, not of bodies, without
    those that touch the edge (ISO 13322-1); what touches each other counts as one.
    """

    kind: Literal["image"] = Field(default="image", description="Which extraction this is.")
    particles: tuple[Particles, ...] = Field(min_length=1, description="Kinds of particles.")
    illumination: Literal["even", "uneven"] = Field(
        default="uneven", description="Whether a surface of second degree through the matrix is divided out first."
    )
    strip_rows: int | None = Field(
        default=None, ge=0, description="Rows of the strip with words below the picture; found by itself if left out."
    )
    sub_fields: int = Field(default=4, ge=2, le=16, description="Parts along each side, for standard errors.")
    most_pixels: int = Field(
        default=16_000_000, ge=10_000, description="Larger pictures are averaged over squares of pixels until they fit."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> ImageParticles:
        names = [particles.name for particles in self.particles]
        if len(set(names)) < len(names):
            raise ValueError(f"each kind of particles has another name, got {', '.join(names)}")
        return self

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take shares and sizes out of each image; of several, their names begin with that of the image."""
        images = processed.reading.images
        if not images:
            names = [f"{p.name} {what}" for p in self.particles for what in ("area share", *p.sizes)]
            return tuple(missing(name, "the measurement has no image") for name in names)
        found: list[Feature] = []
        for number, image in enumerate(images):
            prefix = f"{image.name or f'image {number + 1}'}: " if len(images) > 1 else ""
            found += self._of_image(image, prefix)
        return tuple(found)

    def _of_image(self, image: Image, prefix: str) -> list[Feature]:
        from services.features.segmentation import Field as Picture  # scipy, where it is needed

        field = Picture.of(image.pixels, self.strip_rows, self.most_pixels, is_even=self.illumination == "even")
        found: list[Feature] = []
        for particles in self.particles:
            name = f"{prefix}{particles.name}"
            recipe = (
                f"{particles.grey} pixels by {particles.threshold} over a flattened matrix, area by {particles.area}"
            )
            recipe += f", {field.binned} × {field.binned} pixels averaged" if field.binned > 1 else ""
            units = {f"{name} {size}": _UNITS.get(size, "µm") for size in particles.sizes}
            why = field.why_not
            if why:
                found.append(missing(f"{name} area share", why, unit="%", recipe=recipe))
                found += [missing(size, why, unit=unit) for size, unit in units.items()]
                continue
            sections = field.sections(
                is_bright=particles.grey == "bright",
                method=particles.threshold,
                smallest=particles.smallest_pixels,
                by_grey=particles.area == "grey",
            )
            shares = 100 * sections.shares(self.sub_fields)
            spread = float(shares.std(ddof=1) / np.sqrt(shares.size))
            if not sections.n:
                limit = 100 * 3 * particles.smallest_pixels / field.n_pixels
                reason = f"no {particles.grey} particle of {particles.smallest_pixels} pixels or more"
                found.append(below(f"{name} area share", limit, reason, unit="%", recipe=recipe))
                found += [absent(size, reason, unit=unit) for size, unit in units.items()]
                continue
            share = 100 * sections.share
            found.append(measured(f"{name} area share", share, spread, unit="%", recipe=f"{recipe}; Delesse 1847"))
            for size, (full_name, unit) in zip(particles.sizes, units.items(), strict=True):
                found.append(self._size(size, full_name, unit, sections, image, field.binned))
        return found

    def _size(self, size: str, name: str, unit: str, sections: Sections, image: Image, binned: int) -> Feature:
        recipe = "diameters of circles of the area of sections that do not touch the edge, ISO 13322-1"
        if image.um_per_pixel is None:
            return missing(name, "the image says no scale: no lengths", unit=unit, recipe=recipe)
        if sections.n < _FEWEST_FOR_SIZES:
            reason = f"{sections.n} particles; sizes want {_FEWEST_FOR_SIZES} at least"
            return missing(name, reason, unit=unit, recipe=recipe)
        value, error = sections.statistic(size, image.um_per_pixel * binned, self.sub_fields)
        return measured(name, value, error, unit=unit, recipe=recipe)
