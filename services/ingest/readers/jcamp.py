"""JCAMP-DX 4.24 and 5: spectra as labelled text, with more checks of themselves than any other format.

The `jcamp` library is not used: it drops the abscissa that stands in each line and the ordinate that lines of
differences repeat, which are what a lost or swapped line is found out by.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.jcamp_records import Block, blocks_of, plain_label
from services.ingest.readers.jcamp_table import Table, table_of
from services.ingest.readers.said import number_in
from services.ingest.readers.texts import decoded, slug, unit_as_written
from services.records.curve import Channel, curve_along
from services.records.reading import Amount, Facts, Reading

__all__ = ["READER", "JcampReader"]

_TABLES = frozenset({"XYDATA", "XYPOINTS", "PEAKTABLE"})
_SAID_ONCE = _TABLES | {
    *("FIRSTX", "LASTX", "DELTAX", "MAXX", "MINX", "MAXY", "MINY", "FIRSTY", "XFACTOR", "YFACTOR"),
    *("NPOINTS", "XUNITS", "YUNITS"),
}
_MODALITIES = (("INFRARED", "FTIR"), ("RAMAN", "Raman"))
_ABSCISSAE = {
    "cm-1": "wavenumber",
    "nm": "wavelength",
    "µm": "wavelength",
    "s": "time",
    "min": "time",
    "m/z": "mass_to_charge",
    "°": "angle",
    "eV": "energy",
    "keV": "energy",
}
_ORDINATES = {
    "ABSORBANCE": ("absorbance", ""),
    "TRANSMITTANCE": ("transmittance", ""),
    "TRANSMISSION": ("transmittance", ""),
    "PERCENT TRANSMITTANCE": ("transmittance", "%"),
    "% TRANSMITTANCE": ("transmittance", "%"),
    "%TRANSMITTANCE": ("transmittance", "%"),
    "%T": ("transmittance", "%"),
    "REFLECTANCE": ("reflectance", ""),
    "PERCENT REFLECTANCE": ("reflectance", "%"),
    "KUBELKA-MUNK": ("kubelka_munk", ""),
    "ARBITRARY UNITS": ("intensity", ""),
    "RELATIVE INTENSITY": ("intensity", ""),
    "INTENSITY": ("intensity", ""),
    "COUNTS": ("intensity", "counts"),
    "CPS": ("intensity", "cps"),
}
_DATES = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M:%S.%f", "%Y/%m/%d", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
_TIMES = ("%H:%M:%S", "%H:%M")


class JcampReader:
    """Reads JCAMP-DX files of one block or several; NTUPLES are refused."""

    name = "jcamp"
    title = "JCAMP-DX"
    proven_on = ("PNNL nitrocellulose, FT-IR reflectance, version 4.24",)

    def knows(self, source: Source) -> bool:
        """Say whether the first labels are those of JCAMP-DX."""
        head = decoded(source.head[: len(source.head) // 2 * 2]).lstrip("\ufeff \t\r\n")
        return bool(re.match(r"##\s*TITLE\s*=", head, re.IGNORECASE)) and bool(
            re.search(r"##\s*JCAMP[\s\-_]*(DX|CS)?\s*=", head, re.IGNORECASE)
        )

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read each block that holds a table."""
        try:
            blocks = blocks_of(decoded(source.data).lstrip("\ufeff"))
            held = [block for block in blocks if any(block.first(label) for label in _TABLES)]
            if not held:
                if any(block.first("NTUPLES") for block in blocks):
                    raise ValueError("it holds NTUPLES, which are not read")
                raise ValueError("it has no table: neither ##XYDATA= nor ##XYPOINTS=")
            return tuple(_reading(block, is_alone=len(held) == 1, name=source.name) for block in held)
        except ValueError as error:
            raise UnreadableFile(source.name, str(error), "export it again, as JCAMP-DX of one spectrum") from error


def _reading(block: Block, *, is_alone: bool, name: str) -> Reading:
    again = block.twice(_SAID_ONCE)
    if again:
        raise UnreadableFile(name, f"line {again[0].line}: ##{again[0].label}= is said twice", "export it again")
    table = table_of(block)
    modality = next((to for word, to in _MODALITIES if word in block.text("DATATYPE").upper()), "")
    axis, channel = _named(block, table, modality)
    notes = [] if block.is_ended else ["the block has no ##END="]
    return Reading(
        modality=modality,
        curves=(curve_along(axis, channel, name=block.text("TITLE")),),
        facts=_facts(block),
        claims=table.claims,
        notes=tuple(notes),
        label="" if is_alone else block.text("TITLE"),
    )


def _named(block: Block, table: Table, modality: str) -> tuple[Channel, Channel]:
    for label in ("XUNITS", "YUNITS"):
        if not block.text(label):
            raise ValueError(f"it says no ##{label}=, which the standard asks for")
    x_unit = unit_as_written(block.text("XUNITS"))
    is_shift = x_unit == "cm-1" and modality == "Raman"
    x_name = "raman_shift" if is_shift else _ABSCISSAE.get(x_unit, slug(block.text("XLABEL")) or "abscissa")
    if "THETA" in block.text("XUNITS").upper():
        x_name, x_unit = "two_theta", "°"
    said = " ".join(block.text("YUNITS").upper().split())
    y_name, y_unit = _ORDINATES.get(said, (slug(block.text("YLABEL")) or "ordinate", block.text("YUNITS")))
    return Channel(x_name, x_unit, table.x), Channel(y_name if y_name != x_name else "ordinate", y_unit, table.y)


def _facts(block: Block) -> Facts:
    said = (record for record in block.records if record.text and plain_label(record.label) not in _TABLES)
    texts = {record.label: record.text for record in said}
    conditions = {}
    resolution = number_in(block.text("RESOLUTION"))
    if resolution is not None and np.isfinite(resolution):
        conditions["resolution"] = Amount(resolution, unit_as_written(block.text("XUNITS")))
    return Facts(
        specimen=block.text("SAMPLEDESCRIPTION") or block.text("TITLE"),
        instrument=block.text("SPECTROMETERDATASYSTEM"),
        operator="",
        measured_at=_moment(block),
        conditions=conditions,
        texts=texts,
    )


def _moment(block: Block) -> datetime | None:
    long, date, time = (block.text(label).strip() for label in ("LONGDATE", "DATE", "TIME"))
    written = [(long, form) for form in _DATES] if long else []
    written += [(f"{date} {time}", f"{form} {clock}") for form in _DATES for clock in _TIMES if time]
    written += [(date, form) for form in _DATES if not time]
    for text, form in written:
        with suppress(ValueError):
            return datetime.strptime(text, form)
    return None


READER = JcampReader()
