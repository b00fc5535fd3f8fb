"""PANalytical XRDML 1.x and 2.x: diffraction scans as XML, the positions of each axis by their ends or one by one.

``<intensities>`` are corrected for the attenuator already, raw ``<counts>`` are not: these are multiplied by the
factors that stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.libraries import library
from services.ingest.readers.said import half_a_digit, number_in
from services.ingest.readers.texts import unit_as_written
from services.records.curve import Channel, Curve, curve_along
from services.records.reading import Amount, Claim, ClaimKind, Facts, Reading

__all__ = ["READER", "XrdmlReader"]

_COUPLED = ("Gonio", "2Theta-Omega", "Omega-2Theta")
_AXES = {"2Theta": "two_theta", "Omega": "omega", "Phi": "phi", "Chi": "chi", "Psi": "psi"}
_CONDITIONS = (
    ("usedWavelength/kAlpha1", "wavelength"),
    ("usedWavelength/ratioKAlpha2KAlpha1", "k_alpha2_to_k_alpha1"),
    ("incidentBeamPath/xRayTube/tension", "tube_voltage"),
    ("incidentBeamPath/xRayTube/current", "tube_current"),
)
_ENDS: tuple[ClaimKind, ClaimKind] = ("first", "last")
_SAID_ONCE = ("intensities", "counts", "commonCountingTime", "countingTimes", "beamAttenuationFactors")


class XrdmlReader:
    """Reads every scan of a file; those of one measured thing are curves of one reading."""

    name = "xrdml"
    title = "PANalytical XRDML"
    proven_on = ("FAIRmat pynxtools-xrd example: Empyrean, XRDML 1.6",)

    def knows(self, source: Source) -> bool:
        """Say whether the root of the XML is that of XRDML."""
        return b"<xrdMeasurements" in source.head

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read the scans."""
        tree: Any = library("defusedxml.ElementTree", "defusedxml", source.name)
        defused: Any = library("defusedxml", "defusedxml", source.name)
        try:
            root: Element = tree.fromstring(source.data, forbid_dtd=True)
        except (tree.ParseError, defused.DefusedXmlException, ValueError, LookupError) as error:
            raise UnreadableFile(source.name, f"it is no sound XML: {error}", "export it again") from error
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        try:
            curves: list[Curve] = []
            claims: list[Claim] = []
            notes: list[str] = []
            for measurement in root.iter("xrdMeasurement"):
                for scan in measurement.iter("scan"):
                    curve, said, told = _curve(scan, f"scan {len(curves) + 1}")
                    curves.append(curve)
                    claims += said
                    notes += told
        except ValueError as error:
            raise UnreadableFile(source.name, str(error), "export it again") from error
        if not curves:
            raise UnreadableFile(source.name, "it holds no scan", "is it the file of a measuring program?")
        if root.get("status", "Completed") != "Completed":
            notes.append(f"the measurement is {root.get('status', '')!r}")
        facts = _facts(root)
        return (Reading(modality="WAXS", curves=tuple(curves), facts=facts, claims=tuple(claims), notes=tuple(notes)),)


def _curve(scan: Element, name: str) -> tuple[Curve, list[Claim], list[str]]:
    points = _only(scan, "dataPoints", name)
    for tag in _SAID_ONCE:
        if len(points.findall(tag)) > 1:
            raise ValueError(f"{name}: <{tag}> stands there twice")
    held = points.find("intensities")
    is_raw = held is None
    held = points.find("counts") if held is None else held
    if held is None:
        raise ValueError(f"{name}: it has neither <intensities> nor <counts>")
    y = _numbers(held, name)
    claims: list[Claim] = []
    notes: list[str] = []
    factors = points.find("beamAttenuationFactors")
    if factors is not None:
        factor = _numbers(factors, name)
        claims.append(Claim(kind="points", about=f"attenuation factors of {name}", said=len(y), found=len(factor)))
        if is_raw and len(factor) == len(y):
            y = y * factor
            notes.append(f"{name}: raw counts were multiplied by their attenuation factors")
    times = points.find("countingTimes")
    if times is not None:
        n_times = len(_numbers(times, name))
        claims.append(Claim(kind="points", about=f"counting times of {name}", said=len(y), found=n_times))
    axes = dict(_axes(points, len(y), name, claims))
    chosen = next((axis for axis in ("2Theta", scan.get("scanAxis", ""), *axes) if axis in axes), None)
    if chosen is None:
        raise ValueError(f"{name}: no axis moves")
    claims += _coupling(points, scan.get("scanAxis", ""), name)
    unit = unit_as_written(held.get("unit", ""))
    position = Channel(_AXES.get(chosen, chosen.casefold()), unit_as_written(axes[chosen][0]), axes[chosen][1])
    return curve_along(position, Channel("intensity", unit, y), name=name), claims, notes


def _axes(points: Element, n: int, name: str, claims: list[Claim]) -> Iterator[tuple[str, tuple[str, np.ndarray]]]:
    """Yield every axis that moves: its unit and its n positions."""
    seen: set[str] = set()
    for positions in points.findall("positions"):
        axis = positions.get("axis", "")
        if axis in seen:
            raise ValueError(f"{name}: the positions of {axis} stand there twice")
        seen.add(axis)
        listed = positions.find("listPositions")
        if listed is not None:
            x = _numbers(listed, name)
            claims.append(Claim(kind="points", about=f"positions of {axis}, {name}", said=n, found=len(x)))
            yield axis, (positions.get("unit", ""), x[:n] if len(x) >= n else np.resize(x, n))
        elif positions.find("commonPosition") is None:
            ends = [float(_number(_only(positions, tag, name), name)) for tag in ("startPosition", "endPosition")]
            if ends[0] != ends[1]:
                yield axis, (positions.get("unit", ""), np.linspace(ends[0], ends[1], n))


def _coupling(points: Element, scan_axis: str, name: str) -> list[Claim]:
    """Hold the way of omega against that of 2theta, which is twice as long where the two are coupled."""
    said: dict[str, list[str]] = {}
    for positions in points.findall("positions"):
        ends = [positions.findtext(tag) for tag in ("startPosition", "endPosition")]
        if ends[0] and ends[1]:
            said[positions.get("axis", "")] = [end for end in ends if end]
    if scan_axis not in _COUPLED or not {"2Theta", "Omega"} <= set(said):
        return []
    theirs, ours = ([number_in(text) or 0.0 for text in said[axis]] for axis in ("Omega", "2Theta"))
    near = 2 * half_a_digit(said["Omega"][0]) + half_a_digit(said["2Theta"][0]) + 1e-9
    if scan_axis == "Gonio":
        return [
            Claim(kind=kind, about=f"2theta beside omega, {name}", said=two, found=2 * one, tolerance=near)
            for kind, two, one in zip(_ENDS, ours, theirs, strict=True)
        ]
    way, twice = ours[1] - ours[0], 2 * (theirs[1] - theirs[0])
    about = f"way of 2theta beside omega, {name}"
    return [Claim(kind="size", about=about, said=way, found=twice, tolerance=2 * near)]


def _only(parent: Element, tag: str, name: str) -> Element:
    found = parent.findall(tag)
    if len(found) != 1:
        raise ValueError(f"{name}: <{tag}> stands there {len(found)} times, once is wanted")
    return found[0]


def _number(element: Element, name: str) -> float:
    value = number_in(element.text or "")
    if value is None:
        raise ValueError(f"{name}: <{element.tag}> is {(element.text or '')[:30]!r}; a number is wanted")
    return value


def _numbers(element: Element, name: str) -> np.ndarray:
    words = (element.text or "").split()
    try:
        values = np.array(words, dtype=np.float64)
    except ValueError as error:
        raise ValueError(f"{name}: <{element.tag}> holds something else than numbers: {error}") from error
    if len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"{name}: <{element.tag}> holds {len(values)} numbers, or not all of them finite")
    return values


def _facts(root: Element) -> Facts:
    conditions = {}
    measurement = root.find("xrdMeasurement")
    first = measurement if measurement is not None else root
    for path, quantity in (*_CONDITIONS, ("scan/dataPoints/commonCountingTime", "counting_time")):
        element = first.find(path)
        value = number_in(element.text or "") if element is not None else None
        if element is not None and value is not None:
            conditions[quantity] = Amount(value, unit_as_written(element.get("unit", "")))
    texts = {f"comment {i}": (entry.text or "").strip() for i, entry in enumerate(root.iter("entry"), start=1)}
    for path in ("incidentBeamPath/xRayTube/anodeMaterial", "scan/header/source/applicationSoftware"):
        texts[path.rpartition("/")[2]] = (first.findtext(path) or "").strip()
    moment = None
    with suppress(ValueError):
        moment = datetime.fromisoformat((first.findtext("scan/header/startTimeStamp") or "").strip())
    return Facts(
        specimen=(root.findtext("sample/id") or root.findtext("sample/name") or "").strip(),
        instrument=" ".join(
            (first.findtext(f"scan/header/source/{tag}") or "").strip()
            for tag in ("instrumentControlSoftware", "instrumentID")
        ).strip(),
        operator=(first.findtext("scan/header/author/name") or "").strip(),
        measured_at=moment,
        conditions=conditions,
        texts={key: text for key, text in texts.items() if text},
    )


READER = XrdmlReader()
