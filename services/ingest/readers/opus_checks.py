"""What an OPUS file says of its numbers, and what its spectra say of each other."""

from __future__ import annotations

import re

import numpy as np

from services.ingest.readers.opus_blocks import Spectrum
from services.records.reading import Claim, ClaimKind

__all__ = ["claims_of", "is_as_measured", "ratio_claims"]

_SAMPLE, _REFERENCE = (3, 1, 0, 1, 0, 0), (3, 2, 0, 1, 0, 0)
_RATIOS = {(3, 3, 0, 4, 0, 0): "absorbance", (3, 3, 0, 5, 0, 0): "transmittance"}
_COMMAND = re.compile(r"COMMAND_LINE\s+(\w+)")
_HARMLESS = ("Measure", "Save", "Load", "Unload", "Library", "Peak", "Integrat", "Print", "Plot", "Send")
"""Commands that leave the numbers as they are, by how they begin."""

_SINGLE_PRECISION = 1e-6
_A_LITTLE_OF_A_STEP = 0.01


def claims_of(spectrum: Spectrum, about: str) -> list[Claim]:
    """Hold number of points and extremes of one block against what it holds."""
    y = spectrum.y
    near = _SINGLE_PRECISION * float(np.abs(y).max())
    claims = [
        Claim(kind="points", about=about, said=spectrum.number("NPT"), found=len(y)),
        Claim(kind="largest", about=about, said=spectrum.number("MXY"), found=float(y.max()), tolerance=near),
        Claim(kind="smallest", about=about, said=spectrum.number("MNY"), found=float(y.min()), tolerance=near),
    ]
    if spectrum.status.get("DXU") == "PNT":
        last = spectrum.number("FXV") + len(y) - 1
        claims.append(Claim(kind="last", about=f"points of {about}", said=spectrum.number("LXV"), found=last))
    return claims


def is_as_measured(history: str) -> bool:
    """Say whether a file was measured and not worked on since: its history names no command that changes numbers."""
    commands = _COMMAND.findall(history)
    return bool(commands) and all(command.startswith(_HARMLESS) for command in commands)


def ratio_claims(spectra: list[Spectrum]) -> list[Claim]:
    """Hold absorbance or transmittance against the spectra of sample and background that it was computed from.

    Only for a file as it was measured, see `is_as_measured`.
    """
    by_kind = {spectrum.block.kind: spectrum for spectrum in spectra}
    sample, reference = by_kind.get(_SAMPLE), by_kind.get(_REFERENCE)
    claims: list[Claim] = []
    for kind, name in _RATIOS.items():
        result = by_kind.get(kind)
        if result is not None and sample is not None:
            claims += _beside(result, sample, name)
            if reference is not None and len(sample.x) == len(result.x):
                claims += _ratio(result, sample, reference, name)
    return claims


def _beside(result: Spectrum, sample: Spectrum, name: str) -> list[Claim]:
    """Hold the axis of a result against that of its sample spectrum, where the two agree in ends or in number."""
    step, about = abs(result.x[1] - result.x[0]), f"{name} beside its sample spectrum"
    is_alike = bool((np.abs(result.x[[0, -1]] - sample.x[[0, -1]]) < step).all())
    if len(sample.x) != len(result.x):
        return [Claim(kind="points", about=about, said=len(result.x), found=len(sample.x))] if is_alike else []
    near = _A_LITTLE_OF_A_STEP * step
    ends: tuple[tuple[ClaimKind, int], ...] = (("first", 0), ("last", -1))
    return [
        Claim(kind=kind, about=about, said=float(result.x[end]), found=float(sample.x[end]), tolerance=near)
        for kind, end in ends
    ]


def _ratio(result: Spectrum, sample: Spectrum, reference: Spectrum, name: str) -> list[Claim]:
    step = (result.x[-1] - result.x[0]) / (len(result.x) - 1)
    theirs = (reference.x[-1] - reference.x[0]) / (len(reference.x) - 1)
    offset = (result.x[0] - reference.x[0]) / step
    start = round(offset)
    n_off = abs(theirs / step - 1) * len(result.x)
    if n_off > len(result.x) * _A_LITTLE_OF_A_STEP and len(reference.x) != len(result.x):
        return []  # measured at another resolution
    claims = [
        Claim(kind="step", about="background spectrum", said=theirs, found=step, tolerance=abs(step) * 1e-5),
        Claim(
            kind="first", about="background spectrum, in steps", said=offset, found=start, tolerance=_A_LITTLE_OF_A_STEP
        ),
    ]
    background = reference.y[max(start, 0) : start + len(result.x)]
    if start < 0 or len(background) < len(result.x):
        return claims
    with np.errstate(all="ignore"):
        ratio = sample.y / background
        computed = -np.log10(ratio) if name == "absorbance" else ratio
    is_right = np.abs(computed - result.y) <= _SINGLE_PRECISION * np.maximum(1, np.abs(result.y))
    if is_right.mean() > 0.5:
        about = f"{name} out of its two spectra"
        claims.append(Claim(kind="checksum", about=about, said=len(result.y), found=int(is_right.sum())))
    return claims
