"""Micrographs as TIFF and PNG, with their scale where the file says one. Refuses by declared size before it decodes."""

from __future__ import annotations

import io
import logging
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.libraries import library
from services.ingest.readers.pixel_size import PixelSize, of_imagej, of_microscope, of_ome, of_resolution
from services.ingest.readers.png_chunks import MAGIC, chunks_of
from services.records.reading import Claim, Facts, Image, Reading

__all__ = ["READER", "ImageReader"]

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_MOST_PIXELS, _MOST_BYTES = 200_000_000, 512 * 2**20
_METRE_UM = 1e6
_UNITS_UM = {2: (25_400.0, "an inch"), 3: (10_000.0, "a centimetre")}
_MOST_TAGS = 200
_PADDING = 16
_LONGEST_TEXT = 2000


class ImageReader:
    """Reads the first picture of a file; a file of several says so in a note."""

    name = "image"
    title = "TIFF or PNG picture"
    proven_on: tuple[str, ...] = ()

    def knows(self, source: Source) -> bool:
        """Say whether the file begins as TIFF or PNG."""
        return source.data.startswith((*_TIFF, MAGIC))

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read the picture."""
        try:
            return (_png(source) if source.data.startswith(MAGIC) else _tiff(source),)
        except (ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error, zlib.error) as error:
            raise UnreadableFile(source.name, _plain(error), "export the picture again") from error


def _plain(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else f"what it says of its pixels is damaged: {error}"


def _png(source: Source) -> Reading:
    said = chunks_of(source.data)
    _small_enough(said.height, said.width, 8)
    wrong = [claim for claim in said.claims if not claim.holds]
    if wrong:
        raise ValueError(str(wrong[0]))
    pixels = _by_pillow(source)
    size = PixelSize(None)
    if said.per_metre:
        size = of_resolution((float(said.per_metre[0]), float(said.per_metre[1])), _METRE_UM, "a metre")
    claims = (*said.claims, *_shape_claims(pixels, said.height, said.width))
    return _reading(pixels, size, Facts(texts=said.texts), claims, ())


def _tiff(source: Source) -> Reading:
    tifffile: Any = library("tifffile", "tifffile", source.name)
    with _silent("tifffile"), tifffile.TiffFile(io.BytesIO(source.data)) as file:
        page = file.pages.first
        _small_enough(page.imagelength, page.imagewidth, page.samplesperpixel * max(page.bitspersample, 8) // 8)
        starts, lengths = page.dataoffsets, page.databytecounts
        for start, length in zip(starts, lengths, strict=False):
            if start + length > len(source.data):
                raise ValueError(f"{length} bytes of the picture should lie at byte {start} of {len(source.data)}")
        claims = [
            Claim(kind="order", about="strips of the picture", said=len(starts), found=len(lengths)),
            *_overlaps(starts, lengths),
        ]
        claims += _end_claims(source.data, file, starts, lengths)
        if page.compression == 1:
            claims.append(Claim(kind="size", about="the picture", said=page.nbytes, found=sum(lengths)))
        pixels = _pixels(source, page)
        size, scale_claims = _scale(file, page)
        texts = {
            tag.name: str(tag.value)[:_LONGEST_TEXT]
            for tag in list(page.tags.values())[:_MOST_TAGS]
            if tag.dtype_name == "ASCII" or isinstance(tag.value, (int, float))
        }
        n_pages = len(file.pages)
        claims += [*scale_claims, *_shape_claims(pixels, page.imagelength, page.imagewidth)]
    notes = (f"the first of {n_pages} pictures",) if n_pages > 1 else ()
    facts = Facts(
        instrument=" ".join(texts[name] for name in ("Make", "Model") if name in texts),
        operator=texts.get("Artist", ""),
        measured_at=_moment(texts.get("DateTime", "")),
        texts=texts,
    )
    return _reading(pixels, size, facts, tuple(claims), notes)


@contextmanager
def _silent(library_name: str) -> Iterator[None]:
    """Keep a library from writing what it thinks of damaged tags to the screen of whoever reads."""
    log = logging.getLogger(library_name)
    was, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = was


def _pixels(source: Source, page: Any) -> np.ndarray:
    try:
        pixels = np.asarray(page.asarray(maxworkers=1))
    except (ValueError, NotImplementedError, ImportError, KeyError):  # a compression that tifffile has no codec for
        return _by_pillow(source)
    if pixels.ndim == 3 and page.planarconfig == 2:
        pixels = np.moveaxis(pixels, 0, -1)
    return pixels


def _scale(file: Any, page: Any) -> tuple[PixelSize, list[Claim]]:
    """Return the scale by the surest source: the microscope's own tags, OME, ImageJ, then the plain resolution."""
    per_unit = _per_unit(page)
    fei, zeiss = (value if isinstance(value, Mapping) else None for value in (file.fei_metadata, file.sem_metadata))
    found = [of_microscope(fei, zeiss)]
    if file.is_ome:
        found.append(of_ome(page.description))
    if file.is_imagej:
        found.append(of_imagej(file.imagej_metadata or {}, per_unit))
    unit_um, what = _UNITS_UM.get(_tag(page, "ResolutionUnit"), (0.0, ""))
    if per_unit and unit_um:
        found.append(of_resolution(per_unit, unit_um, what))
    sure = next((size for size in found if size.um), None)
    noted = next((size for size in found if size.note), PixelSize(None))
    return sure or noted, _field_claims(fei, page)


def _field_claims(fei: Mapping[str, Any] | None, page: Any) -> list[Claim]:
    """Hold the width of the field that an FEI microscope names against its pixels."""
    scan = (fei or {}).get("Scan")
    if not isinstance(scan, Mapping):
        return []
    field, side = scan.get("HorFieldsize"), scan.get("PixelWidth")
    if not (isinstance(field, float) and isinstance(side, float) and side > 0):
        return []
    width = page.imagewidth
    return [
        Claim(kind="size", about="width of the field, pixels", said=field / side, found=width, tolerance=1e-3 * width)
    ]


def _per_unit(page: Any) -> tuple[float, float] | None:
    values = []
    for name in ("XResolution", "YResolution"):
        value = _tag(page, name)
        if not (isinstance(value, tuple) and len(value) == 2 and value[1]):
            return None
        values.append(value[0] / value[1])
    return values[0], values[1]


def _tag(page: Any, name: str) -> Any:
    tag = page.tags.get(name)
    value = tag.value if tag is not None else None
    return int(value) if name == "ResolutionUnit" and value is not None else value


def _by_pillow(source: Source) -> np.ndarray:
    pillow: Any = library("PIL.Image", "pillow", source.name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a bomb is no warning here
        try:
            with pillow.open(io.BytesIO(source.data), formats=("PNG", "TIFF")) as picture:
                _small_enough(picture.height, picture.width, 8)
                if picture.mode in ("P", "1"):
                    picture = picture.convert("RGB" if picture.mode == "P" else "L")
                return np.asarray(picture)
        except (OSError, SyntaxError, Warning) as error:
            raise ValueError(f"the picture cannot be decoded: {error}") from error


def _small_enough(height: int, width: int, n_bytes: int) -> None:
    if height < 1 or width < 1:
        raise ValueError(f"it says {width} by {height} pixels")
    if height * width > _MOST_PIXELS or height * width * n_bytes > _MOST_BYTES:
        raise ValueError(f"it says {width} by {height} pixels of {n_bytes} bytes; more than a picture may have")


def _overlaps(starts: tuple[int, ...], lengths: tuple[int, ...]) -> list[Claim]:
    spans = sorted(zip(starts, lengths, strict=False))
    n_over = sum(one + size > other for (one, size), (other, _) in pairwise(spans))
    return [Claim(kind="order", about="strips that lie in each other", said=0, found=n_over)]


def _end_claims(data: bytes, file: Any, starts: tuple[int, ...], lengths: tuple[int, ...]) -> list[Claim]:
    """Hold the end of what a file of one picture speaks of against its own end; zeros may fill it up."""
    if len(file.pages) != 1 or not starts:
        return []
    page = file.pages.first
    ends = [start + length for start, length in zip(starts, lengths, strict=False)]
    ends += [tag.valueoffset + tag.valuebytecount for tag in page.tags.values()]
    size = 8 if file.is_bigtiff else 4
    ends.append(page.offset + (8 if size == 8 else 2) + len(page.tags) * (20 if size == 8 else 12) + size)
    end = max(ends)
    said = len(data) if data[end:].strip(b"\0") else max(end, len(data) - _PADDING)
    return [Claim(kind="size", about="what the file speaks of, by its end", said=said, found=end, tolerance=_PADDING)]


def _shape_claims(pixels: np.ndarray, height: int, width: int) -> list[Claim]:
    return [
        Claim(kind="points", about="rows of the picture", said=height, found=pixels.shape[0]),
        Claim(kind="points", about="columns of the picture", said=width, found=pixels.shape[1]),
    ]


def _reading(
    pixels: np.ndarray, size: PixelSize, facts: Facts, claims: tuple[Claim, ...], notes: tuple[str, ...]
) -> Reading:
    if pixels.dtype == np.bool_:
        pixels = pixels.astype(np.uint8)
    return Reading(
        modality="microscopy",
        images=(Image(pixels=pixels, um_per_pixel=size.um),),
        facts=facts,
        claims=claims,
        notes=(*notes, *((size.note,) if size.note else ("the file says no scale",))),
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


READER = ImageReader()
