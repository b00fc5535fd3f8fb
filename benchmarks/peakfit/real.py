"""Fit every real curve at hand: `python benchmarks/peakfit/real.py --data ../shared/data --out FOLDER`.

Curves go through the readers and the default chain of their modality, one after the other. Printed are points, lines
and halos, chi-square per degree of freedom, what a residual is beside the noise, seconds of the processor with compiled
code warm, and which strong bands of known polymers were found (`real_bands.py`). `--out` gets one picture a curve: what
was measured, each part, the background, and what is left over in standard deviations. `--only` picks curves by a part
of their names.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from benchmarks.peakfit.real_bands import STRONG_BANDS, polymer_of, unfound
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.chain import process
from services.preprocessing.default_chains import default_chain
from services.preprocessing.peakfit.sequential import fit_peaks
from services.records.curve import Channel, Curve
from services.records.peaks import PeakFit
from services.records.processed import Processed
from services.records.reading import Reading

__all__ = ["Real", "Taken", "missed_bands", "real_curves", "taken"]

_NOT_FITTED = {
    "NIST_Gauss1.dat": "a problem of regression: run.py --nist",
    "NIST_Gauss2.dat": "a problem of regression: run.py --nist",
    "NIST_Gauss3.dat": "a problem of regression: run.py --nist",
    "tg.csv": "no header and no temperature: the rate is fitted along temperature",
}
_SAID_BY_HAND = {"IR.CSV": ("FT-IR", ("wavenumber", "cm-1"), ("absorbance", ""))}
"""What nobody wrote into the file: modality, axis, channel, with their units."""
_KNOWN = {
    "ftir_ps.0": "PS",
    "ftir_ldpe_soil.asp": "PE",
    "raman_hdpe.csv": "PE",
    "SINGLE_POLYMER_FILM.SPC": "PS",
    "openspecy_plastics_spectra 0 PS": "PP",
}
"""Which polymer a file without a word holds; and one spectrum that says polystyrene and has bands of polypropylene."""
_DERIVATIVES = "openspecy_plastics_spectra.csv"
"""A library of absolute first derivatives, smoothed and scaled to 0 to 1: each band is two flanks, nothing between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """One measurement of a file, with what it is and which polymer, where that is known.

    `is_derivative` says that it is the absolute first derivative of a spectrum.
    """

    name: str
    modality: str
    polymer: str
    is_derivative: bool
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one curve."""

    real: Real
    processed: Processed
    seconds: float

    @property
    def n_points(self) -> int:
        """How many points were fitted, over all regions."""
        return sum(len(fit.x) for fit in self.processed.fits.values())

    @property
    def chi_square(self) -> float:
        """Chi-square per degree of freedom, over all regions."""
        fits = self.processed.fits.values()
        degrees = sum(len(fit.x) - fit.n_numbers for fit in fits)
        return sum(fit.chi_square for fit in fits) / degrees if degrees > 0 else float("nan")

    @property
    def left_over(self) -> float:
        """Root mean square of what is left over, beside the noise of the cleaned curve from point to point."""
        squares = [np.square(fit.y - fit.model) for fit in self.processed.fits.values()]
        noise = self.processed.noise
        if not squares or noise is None:
            return float("nan")
        return float(np.sqrt(np.concatenate(squares).mean()) / max(float(np.nanmedian(noise)), 1e-300))


def real_curves(data: Path) -> Iterator[tuple[str, Real | str]]:
    """Yield every measurement under the folders `raw` and `curves`, or why a file has none to fit."""
    for path in sorted([*(data / "raw").iterdir(), *(data / "curves").iterdir()]):
        if path.name in _NOT_FITTED:
            yield path.name, _NOT_FITTED[path.name]
            continue
        readings = read_source(Source(path.name, path.read_bytes())).readings
        for number, reading in enumerate(readings):
            said = reading.facts.texts.get("SpectrumIdentity", "")
            name = path.name if len(readings) == 1 else f"{path.stem} {number} {said or reading.label}"
            reading = _told(path.name, reading)
            modality = reading.modality or reading.facts.texts.get("SpectrumType", "") or "FT-IR"
            modality = "FT-IR" if modality == "FTIR" else modality
            yield (
                name,
                Real(
                    name=name,
                    modality=modality,
                    polymer=_KNOWN.get(name, "") or polymer_of(said),
                    is_derivative=path.name == _DERIVATIVES,
                    reading=reading,
                ),
            )


def _told(name: str, reading: Reading) -> Reading:
    """Say what a person would of a file that says nothing."""
    if name not in _SAID_BY_HAND:
        return reading
    modality, axis, channel = _SAID_BY_HAND[name]
    (curve,) = reading.curves
    told = Curve(axis=Channel(*axis, curve.axis.values), channels=(Channel(*channel, curve.channels[0].values),))
    return replace(reading, modality=modality, curves=(told,))


def taken(real: Real) -> Taken:
    """Take one curve through the default chain of its modality."""
    chain = default_chain(real.modality)
    assert chain is not None, real.modality
    begun = time.process_time()
    processed = process(real.reading, chain, fit_peaks)
    return Taken(real=real, processed=processed, seconds=time.process_time() - begun)


def missed_bands(one: Taken) -> tuple[tuple[float, ...], int] | None:
    """Return which strong bands have no line pointing up, and how many lie in what was measured; None if unknown."""
    bands = STRONG_BANDS.get((one.real.polymer, one.real.modality))
    if bands is None:
        return None
    fits = one.processed.fits.values()
    due = tuple(place for place in bands.places if any(fit.x[0] <= place <= fit.x[-1] for fit in fits))
    found = [line.position.value for fit in fits for line in fit.lines if line.height.value > 0]
    return unfound(replace(bands, places=due), found, are_flanks=one.real.is_derivative), len(due)


def _draw(folder: Path, one: Taken) -> None:
    import matplotlib.pyplot as plt

    from services.preprocessing.peakfit.minimise import value_of
    from services.preprocessing.peakfit.profiles import KINDS

    fits = one.processed.fits
    if not fits:
        return
    fig, axes = plt.subplots(
        2 * len(fits), 1, figsize=(14, 6.0 * len(fits)), height_ratios=[3, 1] * len(fits), squeeze=False
    )
    for (name, fit), above, below in zip(fits.items(), axes[::2, 0], axes[1::2, 0], strict=True):
        above.plot(fit.x, fit.y, ".", color="black", ms=2)
        above.plot(fit.x, fit.model, color="tab:red", lw=0.8)
        above.plot(fit.x, fit.background, color="tab:blue", lw=1)
        for peak in fit.peaks:
            own = value_of(np.array([KINDS[peak.profile]]), np.array([peak.numbers]), fit.x)  # type: ignore[index]
            near = np.abs(fit.x - peak.position.value) < 6 * peak.fwhm.value
            colour = "tab:purple" if peak.is_broad else "tab:green"
            above.plot(fit.x[near], fit.background[near] + own[near], color=colour, lw=0.7)
            above.axvline(peak.position.value, ymax=0.03, color=colour, lw=0.8)
        above.set_title(f"{one.real.name} {name}: {_said_of(fit)}", fontsize=9)
        below.plot(fit.x, (fit.y - fit.model) / fit.noise, color="black", lw=0.6)
        below.axhline(0, color="tab:red", lw=0.5)
        for axis in (above, below):
            axis.set_xlim(fit.x[0], fit.x[-1])
            if one.real.modality == "FT-IR":
                axis.invert_xaxis()
    fig.tight_layout()
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in one.real.name)
    fig.savefig(folder / f"{safe}.png", dpi=65)
    plt.close(fig)


def _said_of(fit: PeakFit) -> str:
    degrees = max(len(fit.x) - fit.n_numbers, 1)
    return f"{len(fit.lines)} lines, {len(fit.halos)} halos, χ² per degree {fit.chi_square / degrees:.2g}"


def _row(one: Taken) -> str:
    fits, bands = one.processed.fits.values(), missed_bands(one)
    n_lines, n_halos = sum(len(fit.lines) for fit in fits), sum(len(fit.halos) for fit in fits)
    told = "–"
    if bands is not None:
        missed, n_due = bands
        told = f"{n_due - len(missed)} of {n_due}" + (
            f", not {', '.join(f'{at:g}' for at in missed)}" if missed else ""
        )
        told = f"{one.real.polymer}: {told}" + (", by its flanks" if one.real.is_derivative else "")
    return (
        f"| {one.real.name} | {one.real.modality} | {one.n_points} | {n_lines} + {n_halos} | {one.chi_square:.2f} "
        f"| {one.left_over:.1f} | {one.seconds:.2f} | {told} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the folders raw and curves")
    parser.add_argument("--out", type=Path, help="folder for pictures; none are drawn where left out")
    parser.add_argument("--only", default="", help="part of the names of the curves to take")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    x = np.linspace(0, 100, 200)
    for modality in ("FT-IR", "WAXS", "DSC"):  # compiled code is compiled before anything is timed
        settings = default_chain(modality).peaks[0].model_copy(update={"low": None, "high": None})  # type: ignore[union-attr]
        fit_peaks(x, 10 + 90 * np.exp(-np.square((x - 40) / 4)) + np.sin(x * x), settings)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
    print("| curve | modality | points | lines + halos | χ² per degree | left over / noise | CPU-s | strong bands |")
    print("|---|---|---|---|---|---|---|---|")
    for name, real in real_curves(arguments.data):
        if arguments.only not in name:
            continue
        if isinstance(real, str):
            print(f"| {name} | | | | | | | not fitted: {real} |")
            continue
        one = taken(real)
        print(_row(one), flush=True)
        for note in one.processed.notes:
            print(f"{name}: {note}", file=sys.stderr)
        if arguments.out:
            _draw(arguments.out, one)


if __name__ == "__main__":
    main()
