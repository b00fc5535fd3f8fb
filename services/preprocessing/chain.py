"""A chain: which curve of a reading, how it is cleaned, where peaks are fitted. One reading in, one result out.

Deterministic, without a clock; sees one measurement. Fits themselves are done by whom the caller names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, ClassVar

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from loop.values import Frozen, fingerprint
from services.preprocessing.cleaning.signal import Signal
from services.preprocessing.cleaning.steps import CleaningStep, cleaned
from services.preprocessing.errors import PreprocessingError
from services.preprocessing.peakfit.noise import noise_of_counts, white_noise
from services.preprocessing.peakfit.settings import PeakSettings
from services.records.peaks import PeakFit
from services.records.processed import Processed
from services.records.reading import Reading

__all__ = ["Chain", "CurveChoice", "FitPeaks", "chain_hash", "process"]

FitPeaks = Callable[[np.ndarray, np.ndarray, PeakSettings], PeakFit]
"""Fits x and y, shape (n,) each, x rising, as settings say."""

_FEWEST_FOR_NOISE = 16
_FIT_ERRORS = (PreprocessingError, ArithmeticError, np.linalg.LinAlgError)


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class CurveChoice(Frozen):
    """Which curve of a reading, and which of its channels: of several names the first that is there."""

    axis: Names = Field(description="Quantity of the axis, or several to choose from.")
    of: Names = Field(description="Quantity of the channel that is cleaned and fitted, or several to choose from.")

    def find(self, reading: Reading) -> Signal | None:
        """Return the curve chosen: by the first name of a channel, then of an axis, then by place; None for none."""
        for of in self.of:
            for axis in self.axis:
                for number, curve in enumerate(reading.curves):
                    if curve.axis.quantity == axis and of in curve.quantities and of != axis:
                        return Signal(curve=curve, of=of, reading=reading, number=number)
        return None


class Chain(Frozen):
    """How measurements of one modality become clean curves and peak fits.

    A thermal program names the stretches to fit in `segments` and what to fit `along`: every region is then fitted in
    every one of them, and called by both names, ``heat 1 peaks``.
    """

    version: ClassVar[int] = 1

    curve: CurveChoice | None = Field(default=None, description="Which curve; none for numbers and pictures.")
    clean: tuple[CleaningStep, ...] = Field(default=(), description="Steps, one after the other.")
    peaks: tuple[PeakSettings, ...] = Field(default=(), description="Regions to fit, each as a whole.")
    segments: tuple[str, ...] = Field(default=(), description="Stretches of a program to fit: heat 1, cool, heat 2.")
    along: str = Field(default="", description="Channel to fit along within a stretch, as temperature; else the axis.")
    margin: float = Field(
        default=0.0, ge=0, description="So much of a stretch is not fitted at either end: instruments settle there."
    )

    every: float | None = Field(
        default=None, gt=0, description="Fit means over steps so wide: where neighbours are not independent any more."
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Chain:
        if self.curve is None and (self.clean or self.peaks):
            raise ValueError("a chain that cleans or fits says which curve")
        names = [settings.name for settings in self.peaks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two regions are called {', '.join(twice)}: each wants a name of its own")
        if self.along and not self.segments:
            raise ValueError(f"fits along {self.along} are made within segments: name them")
        if self.margin and not self.segments:
            raise ValueError(f"a margin of {self.margin:g} is that of segments: name them")
        return self


def chain_hash(chain: Chain, *, fitter: str = "") -> str:
    """Return 64 hexadecimal digits that change whenever a chain may give other numbers: its settings or its code.

    Parameters
    ----------
    fitter
        Name and version of what fits peaks; empty where nothing is fitted.
    """
    versions = [step.version for step in chain.clean]
    return fingerprint(
        {
            "chain": chain.model_dump(mode="json", by_alias=True),
            "versions": [Chain.version, *versions],
            "fitter": fitter if chain.peaks else "",
        }
    )


def process(reading: Reading, chain: Chain, fit_peaks: FitPeaks) -> Processed:
    """Take one reading through a chain.

    Parameters
    ----------
    fit_peaks
        Fits one region; an error of its own about the numbers becomes a note, and the next region is fitted.

    Returns
    -------
    Without a clean curve where the chain wants none, or the reading has none of the kind; notes say so.

    Raises
    ------
    PreprocessingError
        If a cleaning step cannot be done; names the step and the curve.
    """
    if chain.curve is None:
        return Processed(reading=reading, clean=None, fits={})
    found = chain.curve.find(reading)
    if found is None:
        return Processed(reading=reading, clean=None, fits={}, notes=(_not_there(reading, chain.curve),))
    signal = cleaned(found, chain.clean)
    fits: dict[str, PeakFit] = {}
    notes = list(signal.notes)
    if not np.isfinite(signal.y).any():
        notes.append(f"no value of {signal.of} is left behind the cleaning")
    for settings in chain.peaks:
        for name, x, y, missing in _stretches(signal, chain, settings.name):
            if missing:
                notes.append(missing)
                continue
            inside = np.isfinite(y)
            inside &= x >= (-np.inf if settings.low is None else settings.low)
            inside &= x <= (np.inf if settings.high is None else settings.high)
            try:
                fits[name] = fit_peaks(x[inside], y[inside], settings)
            except _FIT_ERRORS as error:
                notes.append(f"{name}: not fitted: {error}")
    return Processed(
        reading=reading,
        clean=signal.curve,
        fits=fits,
        notes=tuple(notes),
        of=signal.of,
        noise=_noise(signal),
    )


def _not_there(reading: Reading, choice: CurveChoice) -> str:
    wanted = f"{' or '.join(choice.of)} over {' or '.join(choice.axis)}"
    there = "; ".join(", ".join(curve.quantities) for curve in reading.curves)
    return f"no curve of {wanted}; there are {there}" if there else f"no curve of {wanted}: it holds none"


def _stretches(signal: Signal, chain: Chain, region: str) -> Iterator[tuple[str, np.ndarray, np.ndarray, str]]:
    """Yield what one region is fitted to: name, x and y, shape (n,) each with x rising, or why there is nothing."""
    if not chain.segments:
        yield region, *_stepped(*_rising(signal.x, signal.y), chain.every), ""
        return
    nothing = np.empty(0)
    by_name = {segment.name: segment for segment in signal.curve.segments}
    for wanted in chain.segments:
        name = f"{wanted} {region}"
        segment = by_name.get(wanted)
        if segment is None:
            there = ", ".join(by_name) or "no segments"
            yield name, nothing, nothing, f"{name}: not fitted: there is no {wanted!r}; there are {there}"
            continue
        along = chain.along if segment.kind in ("heat", "cool") else ""
        if along and along not in signal.curve.quantities:
            there = ", ".join(signal.curve.quantities)
            yield name, nothing, nothing, f"{name}: not fitted: there is no {along!r}; there are {there}"
            continue
        whole = signal.curve.channel(along).values if along else signal.x
        part = slice(segment.start, segment.stop)
        x, y = _rising(whole[part], signal.y[part])
        if len(x) and chain.margin:
            inside = (x >= x[0] + chain.margin) & (x <= x[-1] - chain.margin)
            x, y = x[inside], y[inside]
        yield name, *_stepped(x, y, chain.every), ""


def _rising(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put points in the order of x, one for each place: a temperature is not quite steady, and falls while cooling."""
    is_there = np.isfinite(x) & np.isfinite(y)
    x, y = x[is_there], y[is_there]
    if not len(x) or (np.diff(x) > 0).all():
        return x, y
    places, which, counts = np.unique(x, return_inverse=True, return_counts=True)
    return places, np.bincount(which, weights=y) / counts


def _stepped(x: np.ndarray, y: np.ndarray, wide: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Return means of x and y over steps so wide; all points where `wide` is None."""
    if wide is None or not len(x):
        return x, y
    _, which, counts = np.unique(np.floor(x / wide), return_inverse=True, return_counts=True)
    return np.bincount(which, weights=x) / counts, np.bincount(which, weights=y) / counts


def _noise(signal: Signal) -> np.ndarray | None:
    """Return the sd of the noise at each point of what was cleaned, shape (n,); None where there are too few."""
    is_there = np.isfinite(signal.y)
    y = signal.y[is_there]
    if len(y) < _FEWEST_FOR_NOISE:
        return None
    noise = np.full(len(signal.y), np.nan)
    is_counts = signal.curve.channel(signal.of).unit == "counts" and bool((y >= 0).all())
    noise[is_there] = noise_of_counts(y) if is_counts else white_noise(y)
    return noise
