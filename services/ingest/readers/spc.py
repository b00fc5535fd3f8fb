"""Galactic SPC: spectra and chromatograms as GRAMS and many instruments write them.

`spc-io` is not used: it reads neither the old kind nor the byte order of other machines, takes the scale of a single
spectrum from the wrong header, and holds nothing against the length of the file.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.spc_layout import SpcFile, unpacked
from services.ingest.readers.texts import slug
from services.records.curve import Channel, curve_along
from services.records.reading import Facts, Reading

__all__ = ["READER", "SpcReader"]

_VERSIONS = b"\x4b\x4c\x4d"
_X = {
    1: ("wavenumber", "cm-1"),
    2: ("wavelength", "µm"),
    3: ("wavelength", "nm"),
    4: ("time", "s"),
    5: ("time", "min"),
    6: ("frequency", "Hz"),
    7: ("frequency", "kHz"),
    8: ("frequency", "MHz"),
    9: ("mass_to_charge", "m/z"),
    10: ("chemical_shift", "ppm"),
    11: ("time", "d"),
    13: ("raman_shift", "cm-1"),
    14: ("energy", "eV"),
    18: ("angle", "°"),
    19: ("temperature", "°F"),
    20: ("temperature", "°C"),
    21: ("temperature", "K"),
    22: ("point", ""),
    23: ("time", "ms"),
    24: ("time", "µs"),
    30: ("time", "h"),
}
_Y = {
    1: ("interferogram", ""),
    2: ("absorbance", ""),
    3: ("kubelka_munk", ""),
    4: ("intensity", "counts"),
    5: ("voltage", "V"),
    6: ("angle", "°"),
    7: ("current", "mA"),
    9: ("voltage", "mV"),
    10: ("log_inverse_reflectance", ""),
    11: ("share", "%"),
    12: ("intensity", ""),
    13: ("intensity", ""),
    20: ("temperature", "°C"),
    21: ("temperature", "K"),
    128: ("transmittance", ""),
    129: ("reflectance", ""),
    130: ("single_beam", ""),
    131: ("emission", ""),
}
_RAMAN_TECHNIQUE, _DIFFRACTION, _RAMAN_SHIFT, _WAVENUMBER = 11, 8, 13, 1
_MAY_BE_INFRARED = (0, 4)
_INFRARED_ORDINATES = (2, 3, 10, 128, 129)


class SpcReader:
    """Reads new and old SPC files; subfiles of one file are curves of one reading."""

    name = "spc"
    title = "Galactic SPC"
    proven_on = ("SpectroChemPy example: infrared spectrum of a polymer film",)

    def knows(self, source: Source) -> bool:
        """Say whether the version byte, the types and the padding are those of SPC; there is no magic number."""
        head = source.head
        if len(head) < 256 or head[1] not in _VERSIONS:
            return False
        if source.suffix == ".spc":
            return True
        is_old = head[1] == _VERSIONS[2]
        return not is_old and len(head) >= 544 and not head[325:512].strip(b"\0") and head[28] <= 30

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read all subfiles."""
        try:
            held = unpacked(source.data)
        except ValueError as error:
            raise UnreadableFile(source.name, str(error), "copy it again from the instrument") from error
        x_name, x_unit = _X.get(held.x_type, (_label(held, 0) or "abscissa", ""))
        y_name, y_unit = _Y.get(held.y_type, (_label(held, 1) or "ordinate", ""))
        curves = tuple(
            curve_along(
                Channel(x_name, x_unit, subfile.x),
                Channel(y_name if y_name != x_name else "ordinate", y_unit, subfile.y),
                name=f"{i}: z = {subfile.z:g}" if len(held.subfiles) > 1 else "",
            )
            for i, subfile in enumerate(held.subfiles)
        )
        reading = Reading(modality=_modality(held), curves=curves, facts=_facts(held), claims=held.claims)
        return (reading,)


def _label(held: SpcFile, which: int) -> str:
    return slug(held.labels[which]) if len(held.labels) > which else ""


def _modality(held: SpcFile) -> str:
    if held.technique == _RAMAN_TECHNIQUE or held.x_type == _RAMAN_SHIFT:
        return "Raman"
    if held.technique == _DIFFRACTION:
        return "WAXS"
    is_infrared = held.x_type == _WAVENUMBER and held.y_type in _INFRARED_ORDINATES
    return "FTIR" if is_infrared and held.technique in _MAY_BE_INFRARED else ""


def _facts(held: SpcFile) -> Facts:
    moment = None
    with suppress(ValueError):
        moment = datetime(*held.date)
    comment = held.texts.get("fcmnt", held.texts.get("ocmnt", ""))
    return Facts(specimen=comment, instrument=held.texts.get("fsource", ""), measured_at=moment, texts=held.texts)


READER = SpcReader()
