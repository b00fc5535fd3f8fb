"""Renishaw WDF: Raman spectra, single, in series or as a map, through `renishaw-wdf` (extra `instruments`)."""

from __future__ import annotations

import io
import struct
from datetime import datetime
from typing import Any

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.libraries import library
from services.records.curve import Channel, curve_along
from services.records.reading import Amount, Claim, Facts, Reading

__all__ = ["READER", "WdfReader"]

_MAGIC = b"WDF1"
_HEADER, _BLOCK_HEADER, _LIST_HEADER = 512, 16, 24
_MULTITRACK, _XYXY = 0x08, 0x01
_AXES = {
    "RamanShift": ("raman_shift", "cm-1"),
    "Wavenumber": ("wavenumber", "cm-1"),
    "Nanometre": ("wavelength", "nm"),
    "ElectronVolt": ("energy", "eV"),
    "Micron": ("wavelength", "µm"),
}
_INTENSITIES = {"Counts": "counts", "Electrons": "electrons"}


class WdfReader:
    """Reads WDF files of one axis; the spectra of a series or a map are curves of one reading."""

    name = "wdf"
    title = "Renishaw WDF"
    proven_on: tuple[str, ...] = ()

    def knows(self, source: Source) -> bool:
        """Say whether the file begins as WDF files do."""
        return source.data.startswith(_MAGIC)

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read every spectrum that was collected."""
        wdf: Any = library("wdf", "renishaw-wdf", source.name)
        try:
            return (_reading(source.data, wdf.Wdf()),)
        except (ValueError, OverflowError) as error:
            raise UnreadableFile(source.name, str(error), "copy it again from the instrument") from error


def _reading(data: bytes, file: Any) -> Reading:
    blocks = _blocks(data)
    file.open_fd(io.BytesIO(data))
    header = file.hdr
    n, n_spectra, n_collected = header.npoints, header.nspectra, header.ncollected
    if header.flags_ & (_MULTITRACK | _XYXY):
        raise ValueError("its spectra have axes of their own, which is not read")
    for name, needed in (
        ("DATA", _BLOCK_HEADER + 4 * n * n_spectra),
        ("XLST", _LIST_HEADER + 4 * header.xlistcount),
    ):
        if blocks.get(name, (0, 0))[1] < needed:
            raise ValueError(f"the block {name} has {blocks.get(name, (0, 0))[1]} bytes, {needed} are wanted")
    if n < 2 or not 0 < n_collected <= n_spectra:
        raise ValueError(f"{n_collected} of {n_spectra} spectra of {n} points are none")
    axis = file.xlist()
    x_name, x_unit = _AXES.get(axis.units.name, ("abscissa", ""))
    unit = _INTENSITIES.get(header.units.name, "")
    x = np.array(axis)
    curves = tuple(
        curve_along(
            Channel(x_name, x_unit, x),
            Channel("intensity", unit, np.array(file.spectrum(i))),
            name=f"{i + 1} of {n_collected}" if n_collected > 1 else "",
        )
        for i in range(n_collected)
    )
    claims = (
        Claim(kind="points", about="the axis", said=n, found=header.xlistcount),
        Claim(
            kind="size", about="the block of spectra", said=4 * n * n_spectra, found=blocks["DATA"][1] - _BLOCK_HEADER
        ),
        Claim(kind="size", about="the block of the axis", said=4 * n, found=blocks["XLST"][1] - _LIST_HEADER),
    )
    return Reading(modality="Raman", curves=curves, facts=_facts(header), claims=claims)


def _blocks(data: bytes) -> dict[str, tuple[int, int]]:
    """Return where each kind of block begins and how many bytes it has; the last one ends with the file.

    Raises
    ------
    ValueError
        If the chain of blocks is broken, or ends elsewhere; says at which byte.
    """
    found: dict[str, tuple[int, int]] = {}
    at = 0
    while at < len(data):
        if at + _BLOCK_HEADER > len(data):
            raise ValueError(f"byte {at}: a block is cut off")
        name, _, size = struct.unpack_from("<4sIQ", data, at)
        if size < _BLOCK_HEADER or at + size > len(data) or not name.decode("latin-1").strip().isalnum():
            raise ValueError(f"byte {at}: a block {name!r} of {size} bytes cannot lie there")
        found.setdefault(name.decode("latin-1"), (at, size))
        at += size
    if found.get(_MAGIC.decode(), (0, 0))[1] != _HEADER:
        raise ValueError("byte 0: the header has a wrong length")
    return found


def _facts(header: Any) -> Facts:
    conditions = {}
    if np.isfinite(header.laser_wavenumber) and header.laser_wavenumber > 0:
        conditions["laser_wavenumber"] = Amount(float(header.laser_wavenumber), "cm-1")
    conditions["accumulations"] = Amount(float(header.naccum))
    moment: datetime | None = header.time_start if header.time_start_ else None
    return Facts(
        specimen=header.title.strip(),
        operator=header.user.strip(),
        session=str(header.uuid),
        measured_at=moment,
        conditions=conditions,
        texts={"application": f"{header.appname} {header.appversion}"},
    )


READER = WdfReader()
