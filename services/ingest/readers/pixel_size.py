"""How long the side of a pixel is, by what a picture says; a resolution meant for printing is no scale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

__all__ = ["PixelSize", "of_imagej", "of_microscope", "of_ome", "of_resolution"]

_MICROMETRES = {
    "m": 1e6,
    "cm": 1e4,
    "mm": 1e3,
    "µm": 1.0,
    "μm": 1.0,
    "um": 1.0,
    "micron": 1.0,
    "microns": 1.0,
    "\\u00b5m": 1.0,
    "nm": 1e-3,
    "pm": 1e-6,
    "Å": 1e-4,
    "inch": 25_400.0,
}
_SIDES_ALIKE = 1e-3
_INCH_UM, _CENTIMETRE_UM = 25_400.0, 10_000.0
_MOST_PRINTED_DPI = 2400.0
_OME_PIXELS = re.compile(r"<(?:\w+:)?Pixels\b[^>]*>")
_ATTRIBUTE = re.compile(r"\b(\w+)\s*=\s*\"([^\"]*)\"")


@dataclass(frozen=True, slots=True)
class PixelSize:
    """The side of a pixel in µm, or None, and in words where that comes from or why there is none."""

    um: float | None
    note: str = ""


def of_resolution(per_unit: tuple[float, float], unit_um: float, what: str) -> PixelSize:
    """Return the size by pixels a unit of length, as TIFF and PNG give it.

    Whole dots an inch up to 2400 are what screens, printers and programs set by themselves: not believed.
    """
    x, y = per_unit
    if not (isfinite(x) and isfinite(y) and x > 0 and y > 0):
        return PixelSize(None, f"the resolution {what} is {x:g} by {y:g}: none")
    dpi = x * _INCH_UM / unit_um
    if dpi <= _MOST_PRINTED_DPI and abs(dpi - round(dpi)) < 0.02:
        return PixelSize(None, f"{dpi:.0f} dots an inch ({what}) are meant for printing; they say no scale")
    return _side(unit_um / x, unit_um / y, what)


def of_imagej(metadata: Mapping[str, Any], per_unit: tuple[float, float] | None) -> PixelSize:
    """Return the size as ImageJ keeps it: a unit in its own text, pixels a unit as the resolution."""
    unit = str(metadata.get("unit", "")).strip()
    if unit not in _MICROMETRES or per_unit is None or not all(isfinite(n) and n > 0 for n in per_unit):
        return PixelSize(None, f"ImageJ names the unit {unit!r}" if unit else "")
    return _side(_MICROMETRES[unit] / per_unit[0], _MICROMETRES[unit] / per_unit[1], "by ImageJ")


def of_ome(xml: str) -> PixelSize:
    """Return the size by the first `Pixels` of OME-XML; its unit is µm where it names none, as the schema has it."""
    match = _OME_PIXELS.search(xml)
    said = dict(_ATTRIBUTE.findall(match[0])) if match else {}
    sides = []
    for axis in "XY":
        try:
            sides.append(float(said[f"PhysicalSize{axis}"]) * _MICROMETRES[said.get(f"PhysicalSize{axis}Unit", "µm")])
        except (KeyError, ValueError):
            return PixelSize(None)
    return _side(sides[0], sides[1], "by OME")


def of_microscope(fei: Mapping[str, Any] | None, zeiss: Mapping[str, Any] | None) -> PixelSize:
    """Return the size by the tags of electron microscopes: FEI/Thermo in metres, Zeiss with its unit."""
    if fei:
        scan: Mapping[str, Any] = next(
            (fei[part] for part in ("Scan", "EScan") if isinstance(fei.get(part), Mapping)), {}
        )
        width, height = (scan.get(f"Pixel{side}") for side in ("Width", "Height"))
        if isinstance(width, (int, float)) and isinstance(height, (int, float)):
            return _side(width * 1e6, height * 1e6, "by the FEI microscope")
    for name in ("ap_image_pixel_size", "ap_pixel_size") if zeiss else ():
        entry = (zeiss or {}).get(name)
        if isinstance(entry, tuple) and len(entry) == 3 and entry[2] in _MICROMETRES:
            side = float(entry[1]) * _MICROMETRES[entry[2]]
            return _side(side, side, "by the Zeiss microscope")
    return PixelSize(None)


def _side(x: float, y: float, what: str) -> PixelSize:
    if not (isfinite(x) and isfinite(y) and x > 0 and y > 0):
        return PixelSize(None, f"a pixel of {x:g} by {y:g} µm ({what}) is none")
    if abs(x - y) > _SIDES_ALIKE * max(x, y):
        return PixelSize(None, f"pixels are not square: {x:g} by {y:g} µm ({what})")
    return PixelSize(x, f"scale {what}")
