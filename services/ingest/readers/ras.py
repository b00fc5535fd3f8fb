"""Rigaku RAS: diffraction scans as text, a header of `*NAME "value"` and a line of position, intensity and attenuator.

Several scans may follow each other. The intensity stands without the attenuator: it is multiplied by its coefficient.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.said import claim_count, claim_number, half_a_digit, number_in
from services.ingest.readers.texts import slug, unit_as_written
from services.records.curve import Channel, curve_along
from services.records.reading import Amount, Claim, Facts, Reading

__all__ = ["READER", "RasReader"]

_FIELD = re.compile(r"\*(?P<name>\S+)(?:\s+\"?(?P<value>.*?)\"?)?\s*")
_AXES = {"TwoThetaTheta": "two_theta", "TwoTheta": "two_theta", "Omega": "omega", "Theta": "omega"}
_CONDITIONS = {
    "HW_XG_WAVE_LENGTH_ALPHA1": ("wavelength", "Å"),
    "MEAS_COND_XG_VOLTAGE": ("tube_voltage", "kV"),
    "MEAS_COND_XG_CURRENT": ("tube_current", "mA"),
    "MEAS_SCAN_SPEED": ("scan_speed", ""),
}
_MOMENTS = ("%m/%d/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S")
_SAID_ONCE = ("MEAS_DATA_COUNT", "MEAS_SCAN_START", "MEAS_SCAN_STOP", "MEAS_SCAN_STEP", "MEAS_SCAN_UNIT_Y")


@dataclass(slots=True)
class _Scan:
    """One scan as it stands there."""

    header: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    is_ended: bool = False


class RasReader:
    """Reads every scan of a file, a reading each."""

    name = "ras"
    title = "Rigaku RAS"
    proven_on: tuple[str, ...] = ()

    def knows(self, source: Source) -> bool:
        """Say whether the file begins as RAS files do."""
        return source.head.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"*RAS_DATA_START", b"*RAS_HEADER_START"))

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read the scans."""
        try:
            scans = _scans(_text(source.data))
            if not scans:
                raise ValueError("it holds no scan: there is no *RAS_INT_START")
            return tuple(_reading(scan, f"scan {i}" if len(scans) > 1 else "") for i, scan in enumerate(scans, start=1))
        except ValueError as error:
            raise UnreadableFile(source.name, str(error), "export it again") from error


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode("latin-1")


def _scans(text: str) -> list[_Scan]:
    scans: list[_Scan] = []
    header: dict[str, str] | None = None
    is_within = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _FIELD.fullmatch(line.strip())
        if match is None:
            if not is_within:
                raise ValueError(f"line {number}: {line.strip()[:30]!r} stands outside of a scan")
            scans[-1].rows.append((number, line.split()))
            continue
        name = match["name"]
        if is_within and name != "RAS_INT_END":
            raise ValueError(f"line {number}: *{name} stands between the points")
        match name:
            case "RAS_HEADER_START":
                header = {}
            case "RAS_INT_START":
                if header is None:
                    raise ValueError(f"line {number}: points without a header")
                scans.append(_Scan(header))
                header, is_within = None, True
            case "RAS_INT_END":
                if not is_within:
                    raise ValueError(f"line {number}: an end of points without a beginning")
                scans[-1].is_ended, is_within = True, False
            case _ if header is not None:
                if name in header and name in _SAID_ONCE:
                    raise ValueError(f"line {number}: *{name} is said twice")
                header[name] = (match["value"] or "").strip()
    return scans


def _reading(scan: _Scan, label: str) -> Reading:
    rows: list[list[float]] = []
    for number, words in scan.rows:
        values = [number_in(word) for word in words]
        if len(values) not in (2, 3) or any(value is None for value in values):
            raise ValueError(f"line {number}: {' '.join(words)[:40]!r} is no position, intensity and attenuator")
        rows.append([value for value in values if value is not None] + [1.0] * (3 - len(values)))
    if len(rows) < 2:
        raise ValueError(f"{label or 'the scan'} holds {len(rows)} points")
    x, raw, attenuator = np.array(rows).T
    said = scan.header
    axis = said.get("MEAS_SCAN_AXIS_X_INTERNAL") or said.get("MEAS_SCAN_AXIS_X", "")
    position = Channel(_AXES.get(axis, slug(axis) or "abscissa"), unit_as_written(said.get("MEAS_SCAN_UNIT_X", "")), x)
    with np.errstate(over="ignore"):
        corrected = raw * attenuator
    if not np.isfinite(corrected).all():
        raise ValueError(f"point {int(np.argmin(np.isfinite(corrected)))} is no finite number of counts")
    intensity = Channel("intensity", unit_as_written(said.get("MEAS_SCAN_UNIT_Y", "")), corrected)
    notes = [] if scan.is_ended else ["the points have no *RAS_INT_END"]
    if (attenuator != 1).any():
        notes.append("intensities were multiplied by their attenuator's coefficients")
    return Reading(
        modality="WAXS",
        curves=(curve_along(position, intensity, name=label),),
        facts=_facts(said),
        claims=tuple(_claims(scan, x)),
        notes=tuple(notes),
        label=label,
    )


def _claims(scan: _Scan, x: np.ndarray) -> list[Claim]:
    """Hold count, ends and step of the header, and the even distance of the points, against the points."""
    said, digits = scan.header, half_a_digit(scan.rows[0][1][0])
    claims = []
    if "MEAS_DATA_COUNT" in said:
        claims.append(claim_count("points", "the scan", said["MEAS_DATA_COUNT"], len(x)))
    step_text = said.get("MEAS_SCAN_STEP", "")
    step = number_in(step_text)
    if step:
        mean = float((x[-1] - x[0]) / (len(x) - 1))
        slack = 2 * digits / (len(x) - 1)
        claims.append(claim_number("step", "the scan", step_text.lstrip("+-"), abs(mean), slack=slack))
        even = x[0] + np.arange(len(x)) * (x[-1] - x[0]) / (len(x) - 1)
        is_right = np.abs(x - even) <= max(0.25 * abs(step), 2 * digits)
        first_off = f", first off in line {scan.rows[int(np.argmin(is_right))][0]}" if not is_right.all() else ""
        claims.append(
            Claim(kind="order", about=f"positions at even steps{first_off}", said=len(x), found=int(is_right.sum()))
        )
    within = 0.5 * abs(step or 0.0) + digits  # a scan may begin and end within a step of where it was sent to
    if "MEAS_SCAN_START" in said:
        claims.append(claim_number("first", "the scan", said["MEAS_SCAN_START"], float(x[0]), slack=within))
    if "MEAS_SCAN_STOP" in said:
        slack = max(within, abs(step or 0.0) + digits)
        claims.append(claim_number("last", "the scan", said["MEAS_SCAN_STOP"], float(x[-1]), slack=slack))
    return claims


def _facts(said: dict[str, str]) -> Facts:
    conditions = {}
    for name, (quantity, unit) in _CONDITIONS.items():
        value = number_in(said.get(name, ""))
        if value is not None:
            conditions[quantity] = Amount(value, unit or unit_as_written(said.get(f"{name}_UNIT", "")))
    moment = None
    for form in _MOMENTS:
        with suppress(ValueError):
            moment = moment or datetime.strptime(said.get("MEAS_SCAN_START_TIME", ""), form)
    return Facts(
        specimen=said.get("FILE_SAMPLE", "") or said.get("FILE_COMMENT", ""),
        instrument=said.get("HW_GONIOMETER_NAME-0", "") or said.get("HW_INSTRUMENT_NAME", ""),
        operator=said.get("FILE_OPERATOR", ""),
        measured_at=moment,
        conditions=conditions,
        texts=said,
    )


READER = RasReader()
