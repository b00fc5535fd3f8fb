"""Pictures with their scale where the file says one of the specimen, none where it speaks of printing."""

from __future__ import annotations

import io
import struct
import time
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from benchmarks.ingest.files import micrograph, png, png_chunk, tiff
from services.ingest.errors import UnreadableFile
from tests.services.ingest.readers.harness import broken, only, read_as, reader_that_knows

SCALES = {
    "centimetre": ({"resolution": (25_000, 25_000), "resolutionunit": "CENTIMETER"}, 0.4),
    "inch": ({"resolution": (254_000, 254_000), "resolutionunit": "INCH"}, 0.1),
    "ImageJ": ({"imagej": True, "resolution": (5.0, 5.0), "metadata": {"unit": "um"}}, 0.2),
    "OME": (
        {
            "ome": True,
            "metadata": {
                "axes": "YX",
                "PhysicalSizeX": 325.0,
                "PhysicalSizeXUnit": "nm",
                "PhysicalSizeY": 325.0,
                "PhysicalSizeYUnit": "nm",
            },
        },
        0.325,
    ),
    "printing": ({"resolution": (300, 300), "resolutionunit": "INCH"}, None),
    "screen": ({"resolution": (28.3465, 28.3465), "resolutionunit": "CENTIMETER"}, None),
    "no unit": ({"resolution": (5.0, 5.0), "resolutionunit": "NONE"}, None),
    "not square": ({"resolution": (25_000, 20_000), "resolutionunit": "CENTIMETER"}, None),
}


@pytest.mark.parametrize("name", SCALES)
def test_a_tiff_has_the_scale_that_it_says(name):
    """By centimetres and inches, ImageJ and OME; dots for printing are no scale."""
    options, scale = SCALES[name]
    data = tiff(**options)
    assert reader_that_knows(data) == "image"
    reading = only("image", data)
    assert reading.modality == "microscopy"
    assert np.array_equal(reading.images[0].pixels, micrograph())
    assert reading.images[0].um_per_pixel == (None if scale is None else pytest.approx(scale))
    assert reading.notes


def test_an_electron_microscope_says_its_own_scale():
    """FEI's tag in metres, held against the width of its field; Zeiss with its unit."""
    fei = b"[Scan]\r\nPixelWidth=2e-009\r\nPixelHeight=2e-009\r\nHorFieldsize=3.2e-007\r\n"
    data = tiff(extratags=[(34682, "s", len(fei) + 1, fei, True)])
    assert only("image", data).images[0].um_per_pixel == pytest.approx(0.002)
    assert "size" in broken("image", data.replace(b"3.2e-007", b"6.4e-007"))
    zeiss = b"\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 4.5 nm\r\n"
    data = tiff(extratags=[(34118, "s", len(zeiss) + 1, zeiss, True)])
    assert only("image", data).images[0].um_per_pixel == pytest.approx(0.0045)


@pytest.mark.parametrize(
    ("per_metre", "scale"), [(2_000_000, 0.5), (11811, None), (3780, None), (2835, None), (None, None)]
)
def test_a_png_has_the_scale_that_it_says(per_metre, scale):
    """But for 300, 96 and 72 dots an inch."""
    reading = only("image", png(per_metre=per_metre))
    assert np.array_equal(reading.images[0].pixels, micrograph())
    assert reading.images[0].um_per_pixel == (None if scale is None else pytest.approx(scale, rel=1e-3))


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_compressed_tiffs_are_read(compression):
    """With the codecs that there are."""
    buffer = io.BytesIO()
    Pillow.fromarray(micrograph()).save(buffer, "TIFF", compression=compression)
    assert np.array_equal(only("image", buffer.getvalue()).images[0].pixels, micrograph())


@pytest.mark.parametrize("dtype", ["u2", "f4"])
def test_depth_and_colours_stay_as_they_are(dtype):
    """Sixteen bits, floats, three colours, several pages."""
    pixels = np.arange(60, dtype=dtype).reshape(6, 10)
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.stack([pixels, pixels + 1]), photometric="minisblack")
    reading = only("image", buffer.getvalue())
    assert reading.images[0].pixels.dtype == dtype
    assert np.array_equal(reading.images[0].pixels, pixels)
    assert "first of 2" in reading.notes[0]
    colours = np.arange(180, dtype=np.uint8).reshape(6, 10, 3)
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, colours, photometric="rgb")
    assert np.array_equal(only("image", buffer.getvalue()).images[0].pixels, colours)


def _png_bomb() -> bytes:
    body = zlib.compress(bytes(10**6))
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def _tiff_bomb() -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.zeros((64, 64), np.uint8), compression="zlib")
    data = bytearray(buffer.getvalue())
    for old, tag in ((64, 256), (64, 257)):
        at = data.index(struct.pack("<HHI", tag, 4 if struct.pack("<HHI", tag, 4, 1) in data else 3, 1))
        assert struct.unpack_from("<H", data, at + 8)[0] == old
        data[at + 2 : at + 12] = struct.pack("<HII", 4, 1, 60_000)
    return bytes(data)


@pytest.mark.parametrize("make", [_png_bomb, _tiff_bomb])
def test_a_picture_that_unpacks_to_too_much_is_refused_at_once(make):
    """By its declared size, before a pixel is decoded."""
    data, begun = make(), time.perf_counter()
    with pytest.raises(UnreadableFile, match="60000 by 60000"):
        read_as("image", data)
    assert time.perf_counter() - begun < 1


def test_a_changed_byte_of_a_png_is_refused():
    """Every chunk has a checksum, also those that decoders skip."""
    data = bytearray(png())
    data[data.index(b"pHYs") + 6] ^= 1
    with pytest.raises(UnreadableFile, match="checksum of the chunk b'pHYs'"):
        read_as("image", bytes(data))


@pytest.mark.parametrize("cut", [9, 40, 200, -30, -5])
def test_a_png_that_is_cut_off_is_refused(cut):
    """Wherever."""
    with pytest.raises(UnreadableFile, match=r"cut off|missing"):
        read_as("image", png()[:cut])


def test_strips_outside_of_a_tiff_are_refused():
    """A truncated picture is none."""
    with pytest.raises(UnreadableFile, match="should lie at byte"):
        read_as("image", tiff()[:-100])
