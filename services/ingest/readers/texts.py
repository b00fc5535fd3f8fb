"""Bytes of a text format as text, and its units and names in the house's spelling."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["decoded", "slug", "unit_as_written"]

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UNITS = {
    "deg": "°",
    "degree": "°",
    "degrees": "°",
    "degc": "°C",
    "celsius": "°C",
    "deg c": "°C",
    "kelvin": "K",
    "1/cm": "cm-1",
    "cm^-1": "cm-1",
    "cm**-1": "cm-1",
    "cm⁻¹": "cm-1",
    "1/angstrom": "Å-1",
    "angstrom": "Å",
    "angstroms": "Å",
    "nanometers": "nm",
    "nanometer": "nm",
    "micrometers": "µm",
    "micrometer": "µm",
    "micron": "µm",
    "microns": "µm",
    "um": "µm",
    "seconds": "s",
    "second": "s",
    "sec": "s",
    "minutes": "min",
    "minute": "min",
    "hours": "h",
    "milliseconds": "ms",
    "count": "counts",
    "percent": "%",
    "dimensionless": "",
    "none": "",
    "1": "",
}


def decoded(data: bytes) -> str:
    """Return the text of bytes: by their mark, else UTF-8 where it fits, else Latin-1, which always does."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def unit_as_written(text: str) -> str:
    """Return a unit in the house's spelling where it is another one's: ``deg`` is ``°``, ``1/CM`` is ``cm-1``."""
    plain = unicodedata.normalize("NFC", text).strip()
    return _UNITS.get(plain.casefold(), plain)


def slug(name: str) -> str:
    """Return a name as the name of a quantity: ``Heat Flow (DSC)`` is ``heat_flow_dsc``; empty for none."""
    return re.sub(r"[^\w]+", "_", unicodedata.normalize("NFKC", name).strip().casefold()).strip("_")[:60]
