"""Bruker OPUS: infrared and Raman spectra with the spectra and interferograms that they were computed from."""

from __future__ import annotations

import struct
from contextlib import suppress
from datetime import datetime
from math import isfinite

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.opus_blocks import Block, Parameter, Spectrum, blocks_of, spectra_of
from services.ingest.readers.opus_checks import claims_of, is_as_measured, ratio_claims
from services.ingest.readers.opus_transform import transform_claims
from services.records.curve import Channel, Curve, curve_along
from services.records.reading import Amount, Claim, Facts, Reading

__all__ = ["READER", "OpusReader"]

_MAGIC = b"\x0a\x0a\xfe\xfe"
_KINDS = {
    1: ("single_beam", "Spectrum"),
    2: ("interferogram", "Interferogram"),
    3: ("phase", "Phase"),
    4: ("absorbance", "Absorbance"),
    5: ("transmittance", "Transmittance"),
    6: ("kubelka_munk", "Kubelka-Munk"),
    7: ("trace", "Trace"),
    10: ("intensity", "Raman"),
    11: ("emission", "Emission"),
    12: ("reflectance", "Reflectance"),
    14: ("power", "Power"),
    15: ("log_inverse_reflectance", "log Reflectance"),
    16: ("absorbance", "ATR"),
    17: ("photoacoustic", "Photoacoustic"),
    18: ("transmittance", "Computed transmittance"),
    19: ("absorbance", "Computed absorbance"),
}
_RAMAN = 10
_AXES = {
    "WN": ("wavenumber", "cm-1"),
    "RS": ("raman_shift", "cm-1"),
    "MI": ("wavelength", "µm"),
    "NM": ("wavelength", "nm"),
    "PNT": ("point", ""),
    "MIN": ("time", "min"),
    "SEC": ("time", "s"),
    "LGW": ("log_wavenumber", ""),
}
_DERIVATIVES = {1: "first_derivative_of_", 2: "second_derivative_of_"}
_PARTS = {1: "Sample ", 2: "Reference "}
_CONDITIONS = {"RES": ("resolution", "cm-1"), "NSS": ("scans", ""), "RLP": ("laser_power", "mW")}


class OpusReader:
    """Reads OPUS files; series of spectra and compact blocks are left out, and said so."""

    name = "opus"
    title = "Bruker OPUS"
    proven_on = ("OpenSpecy example: polystyrene, Vertex 70 with ATR, OPUS 7.8",)

    def knows(self, source: Source) -> bool:
        """Say whether the file begins as OPUS files do."""
        return source.data.startswith(_MAGIC)

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read every spectrum: results first, then those of the sample, then those of the background."""
        try:
            blocks, n_said = blocks_of(source.data, source.name)
            spectra = spectra_of(blocks)
            parameters = [(block, block.parameters()) for block in blocks if block.is_parameters]
        except (ValueError, struct.error) as error:
            raise UnreadableFile(source.name, str(error), "copy it again from the instrument") from error
        if not spectra:
            raise UnreadableFile(source.name, "it holds no spectrum that is read", "export the spectra one by one")
        spectra.sort(key=_place)
        history = next((_texts(block.data) for block in blocks if block.is_history), "")
        claims = [Claim(kind="points", about="blocks in the directory", said=n_said, found=len(blocks))]
        for spectrum in spectra:
            claims += claims_of(spectrum, _title(spectrum))
        if is_as_measured(history):
            claims += ratio_claims(spectra)
            claims += transform_claims(spectra, _by_part(parameters))
        n_left = sum(block.is_series for block in blocks)
        reading = Reading(
            modality="Raman" if any(s.block.kind[3] % 32 == _RAMAN for s in spectra) else "FTIR",
            curves=tuple(map(_curve, spectra)),
            facts=_facts(parameters, spectra[0]),
            claims=tuple(claims),
            notes=(f"{n_left} series or compact blocks are not read",) if n_left else (),
        )
        return (reading,)


def _place(spectrum: Spectrum) -> tuple[int, int, int]:
    kind = spectrum.block.kind
    return (0 if kind[1] in (0, 3) else kind[1], int(kind[3] != 1), spectrum.block.start)


def _title(spectrum: Spectrum) -> str:
    kind = spectrum.block.kind
    return f"{_PARTS.get(kind[1], '')}{_KINDS.get(kind[3] % 32, ('', f'Block {kind[3]}'))[1]}"


def _curve(spectrum: Spectrum) -> Curve:
    kind = spectrum.block.kind
    unit = str(spectrum.status.get("DXU", "")).strip()
    x_name, x_unit = _AXES.get(unit, ("abscissa", unit))
    if kind[3] % 32 == _RAMAN and x_name == "wavenumber":
        x_name = "raman_shift"
    y_name = _DERIVATIVES.get(kind[4], "") + _KINDS.get(kind[3] % 32, ("ordinate", ""))[0]
    return curve_along(Channel(x_name, x_unit, spectrum.x), Channel(y_name, "", spectrum.y), name=_title(spectrum))


def _by_part(parameters: list[tuple[Block, dict[str, Parameter]]]) -> dict[int, dict[str, Parameter]]:
    """Return what was set for the sample, under 1, and for the background, under 2."""
    found: dict[int, dict[str, Parameter]] = {1: {}, 2: {}}
    for block, held in parameters:
        if not block.is_status:
            found[2 if block.is_of_reference else 1] |= held
    return found


def _facts(parameters: list[tuple[Block, dict[str, Parameter]]], main: Spectrum) -> Facts:
    of_sample: dict[str, Parameter] = {}
    texts: dict[str, str] = {}
    for block, held in parameters:
        if block.is_status:
            continue
        prefix = "reference " if block.is_of_reference else ""
        texts |= {f"{prefix}{name}": str(value) for name, value in held.items()}
        if not block.is_of_reference:
            of_sample |= held
    conditions = {}
    for name, (quantity, unit) in _CONDITIONS.items():
        value = of_sample.get(name)
        if isinstance(value, (int, float)) and isfinite(value):
            conditions[quantity] = Amount(float(value), unit)
    return Facts(
        specimen=str(of_sample.get("SNM", "")).strip(),
        instrument=" ".join(str(of_sample[name]).strip() for name in ("INS", "SRN") if name in of_sample),
        operator=str(of_sample.get("CNM", "")).strip(),
        measured_at=_moment(main.status),
        conditions=conditions,
        texts=texts,
    )


def _moment(status: dict[str, Parameter]) -> datetime | None:
    text = f"{status.get('DAT', '')} {str(status.get('TIM', '')).partition(' ')[0].partition('.')[0]}"
    for form in ("%d/%m/%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S"):
        with suppress(ValueError):
            return datetime.strptime(text, form)
    return None


def _texts(data: bytes) -> str:
    return data.decode("latin-1").replace("\0", "\n")


READER = OpusReader()
