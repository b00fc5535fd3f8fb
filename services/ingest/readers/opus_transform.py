"""Hold the spectra of an OPUS file against the interferograms that they were transformed from.

Only where the file says that it was transformed in the one way that is known here to the instrument's own digits:
double-sided, forward and backward, medium Norton-Beer apodisation, phase after Mertz. Whether the way is the right one
is proved by the file itself: some one of its scans has to give its spectrum. Then a scan that does not is damaged.

References
----------
Griffiths and de Haseth, Fourier Transform Infrared Spectrometry, 2nd ed. (2007), ch. 2. Norton and Beer, J. Opt. Soc.
Am. 66 (1976) 259; 67 (1977) 419. Mertz, Infrared Phys. 7 (1967) 17.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from services.ingest.readers.opus_blocks import Parameter, Spectrum
from services.records.reading import Claim

__all__ = ["transform_claims"]

_ASKED = {"AQM": "DD", "APF": "NBM", "PHZ": "ML", "ZFF": "2"}
_NORTON_BEER_MEDIUM = (0.152442, -0.136176, 0.983734)
_PER_RESOLUTION = 0.9
"""The optical path in cm is this over the resolution in cm-1."""
_LONGEST = 2**21
_PROVED = 2.5e-3
_NEAR = 1.1e-3
"""Relative differences, root mean square over standard deviation: 0.0016 for one scan of the two and 0.0007 for their
mean in a sound file, 0.0014 and more with a block of 512 bytes exchanged anywhere."""


class _Pair(NamedTuple):
    name: str
    each: tuple[float, ...]
    mean: float


def transform_claims(spectra: list[Spectrum], said: Mapping[int, Mapping[str, Parameter]]) -> list[Claim]:
    """Compare each spectrum with what its interferogram gives.

    Parameters
    ----------
    said
        Parameters of the measurement: of the sample under 1, of the background under 2.

    Returns
    -------
    A claim for each pair; none where the file names another way of transforming, or none of its scans proves this one.
    """
    by_kind = {spectrum.block.kind: spectrum for spectrum in spectra}
    pairs = []
    for part, name in ((1, "sample"), (2, "background")):
        interferogram, spectrum = by_kind.get((3, part, 0, 2, 0, 0)), by_kind.get((3, part, 0, 1, 0, 0))
        held = {**said.get(1, {}), **said.get(part, {})}
        if interferogram is None or spectrum is None or any(held.get(key) != value for key, value in _ASKED.items()):
            continue
        pair = _compared(name, interferogram.y, spectrum, held)
        if pair is not None:
            pairs.append(pair)
    if not any(min(pair.each) < _PROVED or pair.mean < _NEAR for pair in pairs):
        return []
    return [
        Claim(
            kind="checksum",
            about=f"{pair.name} spectrum out of its interferogram, relative difference",
            said=0.0,
            found=pair.mean,
            tolerance=_NEAR,
        )
        for pair in pairs
    ]


def _compared(name: str, y: np.ndarray, spectrum: Spectrum, held: Mapping[str, Parameter]) -> _Pair | None:
    highest, resolution = held.get("HFL"), held.get("RES")
    if not (isinstance(highest, float) and isinstance(resolution, float) and highest > 0 and resolution > 0):
        return None
    reach = int(2 * _PER_RESOLUTION * highest / resolution)
    n = 2 ** int(np.ceil(np.log2(max(reach, 2)))) * 2
    half = len(y) // 2
    step = 2 * highest / n
    first, last = round(float(spectrum.x[-1]) / step), round(float(spectrum.x[0]) / step)
    if n > _LONGEST or half < reach or not 0 <= first < last <= n // 2 or last - first + 1 != len(spectrum.y):
        return None
    scans = [_transformed(scan, reach, n)[first : last + 1][::-1] for scan in (y[:half], y[half : 2 * half])]
    mean = (scans[0] + scans[1]) / 2
    scale = 2.0 ** round(np.log2(max(float(spectrum.y @ mean) / max(float(mean @ mean), 1e-300), 1e-300)))
    spread = float(np.std(spectrum.y)) or 1.0
    away = [float(np.sqrt(np.mean((scale * one - spectrum.y) ** 2))) / spread for one in (*scans, mean)]
    return _Pair(name, tuple(away[:2]), away[2])


def _transformed(scan: np.ndarray, reach: int, n: int) -> np.ndarray:
    """Return the spectrum of one double-sided scan, shape (n // 2 + 1,), by Mertz' phase of low resolution."""
    place = np.arange(len(scan)) - int(np.argmax(np.abs(scan)))
    level = scan - scan.mean()
    u = np.minimum(np.abs(place) / reach, 1.0)
    q = 1 - u * u
    a, b, c = _NORTON_BEER_MEDIUM
    apodised = np.where(np.abs(place) <= reach, a + b * q + c * q * q, 0.0)
    near = max(reach // 14, 2)
    triangle = np.maximum(1 - np.abs(place) / near, 0.0)
    whole, low = np.zeros(n), np.zeros(n)
    np.add.at(whole, place % n, level * apodised)
    np.add.at(low, place % n, level * triangle)
    phase = np.fft.rfft(low)
    return np.asarray((np.fft.rfft(whole) * np.conj(phase / np.maximum(np.abs(phase), 1e-300))).real)
