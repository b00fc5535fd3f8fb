"""Where what lies in a Galactic SPC file: its header, its subfiles with their numbers, its log. Knows no quantities.

Three kinds: new with the least byte first (4B), new with the greatest first (4C), old (4D).

References
----------
Galactic Industries, "A Brief Guide to SPC File Format"; header file ``SPC.H``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from services.records.reading import Claim

__all__ = ["SpcFile", "SubFile", "unpacked"]

NEW_LEAST_FIRST, NEW_GREATEST_FIRST, OLD = 0x4B, 0x4C, 0x4D
_SINGLE, _MULTI, _LABELS, _OWN_X, _X_VALUES = 0x01, 0x04, 0x20, 0x40, 0x80
_IS_FLOAT = -128
_WAVENUMBER = 1
_FARTHEST = 1e100
_LASER, _LASER_WITHIN, _LASER_NEAR = 15798.0, 8.0, 240.0
"""Wavenumber of the laser that measures the mirror's way, in cm-1, by how much instruments set it otherwise, and how
far a changed end of a spectrum puts it."""
_HEADER, _OLD_HEADER, _SUB_HEADER, _LOG_HEADER = 512, 256, 32, 64


@dataclass(frozen=True, slots=True)
class SubFile:
    """One row of numbers over an axis, at a z (time, depth) where there are several."""

    x: np.ndarray
    y: np.ndarray
    z: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpcFile:
    """What a file holds, its numbers scaled, and what it says of itself."""

    subfiles: tuple[SubFile, ...]
    x_type: int
    y_type: int
    z_type: int
    technique: int
    date: tuple[int, int, int, int, int]
    texts: dict[str, str]
    labels: tuple[str, ...]
    claims: tuple[Claim, ...]


def unpacked(data: bytes) -> SpcFile:
    """Return what a file holds.

    Raises
    ------
    ValueError
        If its header and its length contradict each other, or it is of a kind that is not read; says which byte.
    """
    if len(data) < _OLD_HEADER:
        raise ValueError(f"it has {len(data)} bytes, less than its header")
    if data[1] == OLD:
        return _unpacked_old(data)
    if len(data) < _HEADER + _SUB_HEADER:
        raise ValueError(f"it has {len(data)} bytes, less than its headers")
    return _unpacked_new(data, "<" if data[1] == NEW_LEAST_FIRST else ">")


def _unpacked_new(data: bytes, order: str) -> SpcFile:
    flags, _, technique, exponent, n, first, last, n_sub, x_type, y_type, z_type, _, stamp = struct.unpack_from(
        f"{order}BBBbIddI4BI", data
    )
    (log_at,) = struct.unpack_from(f"{order}I", data, 248)
    (z_step,) = struct.unpack_from(f"{order}f", data, 312)
    has_own_x, has_x = bool(flags & _OWN_X), bool(flags & _X_VALUES)
    at, claims = _HEADER, []
    if not has_own_x:
        _room(data, at, n * (4 * has_x + (2 if flags & _SINGLE else 4)), f"{n} points")
        if n < 2:
            raise ValueError(f"byte 4: it says {n} points")
    shared = np.empty(0)
    if has_x and not has_own_x:
        shared = _numbers(data, at, n, f"{order}f4")
        at += 4 * n
        claims += _ends(shared, first, last)
    elif not has_own_x:
        if not (np.isfinite(first) and np.isfinite(last) and first != last and abs(first) + abs(last) < _FARTHEST):
            raise ValueError(f"byte 8: from {first!r} to {last!r} is no axis")
        shared = np.linspace(first, last, n)
        claims += _grid(first, last, n) if x_type == _WAVENUMBER else []
    subfiles: list[SubFile] = []
    for i in range(n_sub):
        _room(data, at, _SUB_HEADER, f"subfile {i} of {n_sub}")
        _, own_exponent, index, z, *_, own_n = struct.unpack_from(f"{order}BbH3fI", data, at)
        at += _SUB_HEADER
        claims.append(Claim(kind="order", about=f"subfile at byte {at - _SUB_HEADER}", said=index, found=i % 65536))
        n_here = own_n if has_own_x else n
        if has_own_x:
            if n_here < 2:
                raise ValueError(f"byte {at}: subfile {i} says {n_here} points")
            _room(data, at, 4 * n_here, f"{n_here} points of subfile {i}")
            x = _numbers(data, at, n_here, f"{order}f4")
            at += 4 * n_here
        else:
            x = shared
        scale = own_exponent if flags & _MULTI and exponent != _IS_FLOAT else exponent
        kind, width, factor = _kind(scale, is_single=bool(flags & _SINGLE), order=order)
        _room(data, at, width * n_here, f"{n_here} points of subfile {i}")
        y = _numbers(data, at, n_here, kind) * factor
        at += width * n_here
        subfiles.append(SubFile(x, y, z if i == 0 or z or not z_step else subfiles[0].z + i * z_step))
    for i, subfile in enumerate(subfiles):
        if not np.isfinite(subfile.y).all():
            raise ValueError(f"point {int(np.argmin(np.isfinite(subfile.y)))} of subfile {i} is no finite number")
    if not subfiles:
        raise ValueError("byte 24: it says no subfiles")
    end = at + (12 * n_sub if has_own_x and n else 0)
    claims.append(_length(data, end, log_at))
    year, month, day, hour, minute = stamp >> 20, stamp >> 16 & 15, stamp >> 11 & 31, stamp >> 6 & 31, stamp & 63
    return SpcFile(
        subfiles=tuple(subfiles),
        x_type=x_type,
        y_type=y_type,
        z_type=z_type,
        technique=technique,
        date=(year, month, day, hour, minute),
        texts=_texts(data) | _log(data, log_at, order),
        labels=tuple(_text(part) for part in data[218:248].split(b"\0")) if flags & _LABELS else (),
        claims=tuple(claims),
    )


def _unpacked_old(data: bytes) -> SpcFile:
    flags, _, exponent, n_said, first, last, x_type, y_type, year, month, day, hour, minute = struct.unpack_from(
        "<BBhfffBBHBBBB", data
    )
    if flags & (_MULTI | _OWN_X | _X_VALUES):
        raise ValueError("byte 0: it is of the old kind with several subfiles, which is not read")
    if not 2 <= n_said <= len(data) or n_said != int(n_said):
        raise ValueError(f"byte 4: {n_said:g} is no number of points that {len(data)} bytes can hold")
    n = int(n_said)
    _room(data, _OLD_HEADER, 4 * n, f"{n} points")
    if not (np.isfinite(first) and np.isfinite(last) and first != last and abs(first) + abs(last) < _FARTHEST):
        raise ValueError(f"byte 8: from {first!r} to {last!r} is no axis")
    words = np.frombuffer(data, "<u2", 2 * n, _OLD_HEADER).reshape(n, 2).astype(np.int64)
    whole = (words[:, 0] << 16 | words[:, 1]).astype(np.uint32).view(np.int32)  # the greater half stands first
    if exponent == _IS_FLOAT:
        y = np.frombuffer(data, "<f4", n, _OLD_HEADER).astype(np.float64)
    else:
        y = np.ldexp(whole.astype(np.float64), exponent - 32)
    return SpcFile(
        subfiles=(SubFile(np.linspace(first, last, n), y, 0.0),),
        x_type=x_type,
        y_type=y_type,
        z_type=0,
        technique=0,
        date=(year & 4095, month, day, hour, minute),
        texts={"ores": _text(data[24:32]), "ocmnt": _text(data[64:194])},
        labels=tuple(_text(part) for part in data[194:224].split(b"\0")) if flags & _LABELS else (),
        claims=(_length(data, _OLD_HEADER + 4 * n, 0),),
    )


def _kind(exponent: int, *, is_single: bool, order: str) -> tuple[str, int, float]:
    """Return the numbers' type, their width in bytes and what to multiply them by."""
    if exponent == _IS_FLOAT:
        return f"{order}f4", 4, 1.0
    if is_single:
        return f"{order}i2", 2, 2.0 ** (exponent - 16)
    return f"{order}i4", 4, 2.0 ** (exponent - 32)


def _numbers(data: bytes, at: int, n: int, kind: str) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # a damaged float may be a signalling not-a-number
        return np.frombuffer(data, kind, n, at).astype(np.float64)


def _room(data: bytes, at: int, size: int, what: str) -> None:
    if at + size > len(data):
        raise ValueError(f"byte {at}: {what} do not fit into the {len(data) - at} bytes that are left")


def _ends(x: np.ndarray, first: float, last: float) -> list[Claim]:
    near = 1e-6 * max(abs(first), abs(last))  # the axis is held in single precision
    return [
        Claim(kind="first", about="the axis", said=first, found=float(x[0]), tolerance=near),
        Claim(kind="last", about="the axis", said=last, found=float(x[-1]), tolerance=near),
    ]


def _grid(first: float, last: float, n: int) -> list[Claim]:
    """Hold the ends against the step where that is a helium-neon laser's over a power of two, as in Fourier spectra.

    Points of such a spectrum lie on whole multiples of the step: a changed end does not.
    """
    step = abs(last - first) / (n - 1)
    if not 1e-6 < step < _LASER:
        return []
    laser = step * 2.0 ** round(np.log2(_LASER / step))
    is_round = any(abs(2 * end - round(2 * end)) < 1e-4 for end in (first, last))
    if abs(laser - _LASER) > (_LASER_WITHIN if is_round else _LASER_NEAR):  # a person chose ends that are round
        return []
    place = first / step
    return [Claim(kind="step", about="the first wavenumber, in steps", said=round(place), found=place, tolerance=0.01)]


def _length(data: bytes, end: int, log_at: int) -> Claim:
    """Hold the end of the numbers against where the log, or the file, should begin or end; zeros may fill it up."""
    said = log_at or len(data)
    if end < said <= len(data) and not data[end:said].strip(b"\0"):
        said = end
    return Claim(kind="size", about="the numbers, by their end", said=end, found=said)


def _texts(data: bytes) -> dict[str, str]:
    fields = {"fres": (36, 45), "fsource": (45, 54), "fcmnt": (88, 218), "fmethod": (264, 312)}
    return {name: _text(data[start:stop]) for name, (start, stop) in fields.items() if _text(data[start:stop])}


def _log(data: bytes, at: int, order: str) -> dict[str, str]:
    if not at:
        return {}
    _room(data, at, _LOG_HEADER, "the log")
    size, _, text_at = struct.unpack_from(f"{order}3I", data, at)
    _room(data, at, size, "the log")
    pairs = (line.partition("=") for line in _text(data[at + text_at : at + size]).splitlines())
    return {key.strip(): value.strip() for key, mark, value in pairs if mark and key.strip()}


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("latin-1").strip()
