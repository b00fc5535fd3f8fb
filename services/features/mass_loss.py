"""Thermogravimetry: steps of mass between declared places, their temperatures, residue, carbon and minerals.

Onset, midpoint and endset are those of ISO 11358-1: a tangent at the greatest rate meets the lines before and behind.
Parts of one decomposition that overlap fit a rate equally well in many ways, and of two rates that are nearly the same
noise decides which is the greatest. T10, T50 and T90, at which shares of the loss of a step are gone, tell its course
without telling parts.
"""

from __future__ import annotations

from math import hypot, sqrt
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from loop.values import Frozen
from services.features.extraction import Extraction
from services.features.mass_places import Place, half_width, level_at, point_at, short_of_nothing
from services.features.minerals import Minerals, mineral_features
from services.features.stating import beyond, measured, missing
from services.features.thermal_run import ThermalRun, local_means, local_slopes, thermal_run
from services.records.feature import Feature
from services.records.processed import Processed

__all__ = ["MassLoss", "MassStep"]

_ISO = "ISO 11358-1"
_SHARES = {"T10": 0.1, "T50": 0.5, "T90": 0.9}


class MassStep(Frozen):
    """One step of a run."""

    name: str = Field(min_length=1, description="What it is called: `polymer`, `carbon dioxide`.")
    begin: Place = Field(alias="from", description="Where it begins: °C, two °C (least rate between), start, end, air.")
    stop: Place = Field(alias="to", description="Where it ends, in the same words.")
    give: tuple[Literal["loss", "peak", "onset", "midpoint", "endset", "T10", "T50", "T90"], ...] = Field(
        default=("loss",),
        description="What of it: loss in %, temperature of the greatest rate, of the tangents, of 10, 50 and 90 % of "
        "the loss.",
    )

    @model_validator(mode="after")
    def _rises(self) -> MassStep:
        for place in (self.begin, self.stop):
            if isinstance(place, tuple) and not place[0] < place[1]:
                raise ValueError(f"step {self.name!r}: {place[0]:g} to {place[1]:g} °C is no stretch")
        return self


class MassLoss(Extraction):
    """Steps, residue and minerals of a TG run, in per cent of the first mass."""

    kind: Literal["mass loss"] = Field(default="mass loss", description="Which extraction this is.")
    steps: tuple[MassStep, ...] = Field(default=(), description="Steps.")
    losses: tuple[float, ...] = Field(default=(), description="Losses in %, whose temperature is a feature.")
    residue: str = Field(default="", description="Name of what is left at the end; none if empty.")
    minerals: Minerals | None = Field(default=None, description="How carbon and minerals are told; not if left out.")
    blank_percent: float = Field(
        default=0.05,
        ge=0,
        description="What a blank run leaves of buoyancy and creep, % of the first mass: part of every standard error; "
        "more where the balance comes to less than nothing.",
    )
    smoothing_kelvin: float = Field(default=8.0, gt=0, description="Width over which a rate is taken, K.")

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take what is declared."""
        run = thermal_run(processed, "mass")
        if not isinstance(run, str) and run.unit != "%":
            run = f"the mass is in {run.unit or 'no unit'}, not in per cent of the first: no mass, no %"
        if isinstance(run, str):
            return tuple(missing(name, run, unit=unit) for name, unit in self._names())
        half = half_width(run, self.smoothing_kelvin)
        off = short_of_nothing(run, half)
        blank, why = max(self.blank_percent, off), ""
        if off > self.blank_percent:
            why = f"; the balance comes to {off:.2f} % below nothing, which is part of the error"
        found = [feature for step in self.steps for feature in _of_step(run, step, half, blank, why)]
        found += [_of_loss(run, loss, half) for loss in self.losses]
        if self.residue:
            value, error = level_at(run, len(run.minutes) - 1, half)
            error = hypot(error, blank)
            recipe = f"mean of the last points, at {run.celsius[-1]:.0f} °C{why}"
            found.append(measured(self.residue, value, error, unit="%", recipe=recipe))
        if self.minerals is not None:
            found += mineral_features(run, self.minerals, half, blank)
        return tuple(found)

    def _names(self) -> list[tuple[str, str]]:
        names = [(f"{step.name} {what}", "%" if what == "loss" else "°C") for step in self.steps for what in step.give]
        names += [(_loss_name(loss), "°C") for loss in self.losses]
        names += [(self.residue, "%")] if self.residue else []
        return names + ([(name, "%") for name in self.minerals.names] if self.minerals is not None else [])


def _loss_name(loss: float) -> str:
    return f"temperature of {loss:g} % loss"


def _of_step(run: ThermalRun, step: MassStep, half: int, blank: float, remark: str) -> list[Feature]:
    """Take loss and temperatures of one step."""
    begin, stop = point_at(run, step.begin, half), point_at(run, step.stop, half)
    units = {what: "%" if what == "loss" else "°C" for what in step.give}
    why = begin if isinstance(begin, str) else stop if isinstance(stop, str) else ""
    if isinstance(begin, int) and isinstance(stop, int) and stop <= begin:
        why = f"it would end at {run.minutes[stop]:.1f} min and begin at {run.minutes[begin]:.1f} min"
    if why or isinstance(begin, str) or isinstance(stop, str):
        return [missing(f"{step.name} {what}", why, unit=unit) for what, unit in units.items()]
    (high, of_high), (low, of_low) = level_at(run, begin, half), level_at(run, stop, half)
    loss, error = high - low, hypot(of_high, of_low, blank)
    where = f"{run.celsius[begin]:.0f} to {run.celsius[stop]:.0f} °C"
    found = []
    for what in step.give:
        name = f"{step.name} {what}"
        if what == "loss":
            found.append(measured(name, loss, error, unit="%", recipe=f"mass lost from {where}, {_ISO}{remark}"))
        elif not abs(loss) > 3 * error:
            found.append(missing(name, f"there is no step: {loss:.3f} ± {error:.3f} %", unit="°C"))
        elif what in _SHARES:
            found.append(_of_share(run, name, _SHARES[what], (begin, stop), (high, loss, error), half))
        else:
            found.append(_temperature(run, name, what, (begin, stop), (high, low), half))
    return found


def _of_share(
    run: ThermalRun, name: str, share: float, ends: tuple[int, int], of: tuple[float, float, float], half: int
) -> Feature:
    """Take the temperature at which a share of the loss of a step is gone.

    `of` is the level before, the loss and its error. The error is that of the mass there and of the loss over the rate.
    """
    high, loss, error = of
    inside = slice(ends[0], ends[1] + 1)
    celsius, mass = run.celsius[inside], run.signal[inside]
    gone = (high - local_means(mass, half)) / loss
    recipe = f"first temperature at which {100 * share:g} % of what the step loses are gone"
    there = np.flatnonzero(gone >= share)
    if not len(there) or not there[0]:
        return missing(name, f"the step begins with {100 * share:g} % of its loss gone", unit="°C", recipe=recipe)
    k = int(there[0])
    at = float(np.interp(share, gone[[k - 1, k]], celsius[[k - 1, k]]))
    minutes = run.minutes[inside]
    rate = abs(float(local_slopes(minutes, mass, half)[k])) / max(abs(float(np.gradient(celsius, minutes)[k])), 1e-9)
    of_mass = hypot(run.noise / sqrt(half), error)
    return measured(name, at, of_mass / max(rate, 1e-9), unit="°C", recipe=recipe)


def _temperature(
    run: ThermalRun, name: str, what: str, ends: tuple[int, int], levels: tuple[float, float], half: int
) -> Feature:
    """Take a temperature of a step that is there; its error is that of noise in the rate alone."""
    inside = slice(ends[0], ends[1] + 1)
    t, celsius, mass = run.minutes[inside], run.celsius[inside], run.signal[inside]
    rate = local_slopes(t, mass, half)
    k = int(np.argmin(rate) if levels[0] > levels[1] else np.argmax(rate))
    if what == "peak":
        at, error = _top(t, np.abs(rate), k, 2 * half)
        recipe = "greatest rate of mass loss, by a parabola through its top"
        return measured(name, float(np.interp(at, t, celsius)), error, unit="°C", recipe=recipe)
    level = float(local_means(mass, half)[k])
    onset = t[k] + (levels[0] - level) / rate[k]
    endset = t[k] + (levels[1] - level) / rate[k]
    at = {"onset": onset, "endset": endset, "midpoint": 0.5 * (onset + endset)}[what]
    recipe = f"{what} by the tangent at the greatest rate, {_ISO}"
    if not t[0] <= at <= t[-1]:
        return missing(name, "the tangent meets the level outside of the step", unit="°C", recipe=recipe)
    error = run.noise / max(abs(float(rate[k])), 1e-12) * abs(float(np.gradient(celsius, t)[k])) / np.sqrt(half)
    return measured(name, float(np.interp(at, t, celsius)), float(error), unit="°C", recipe=recipe)


def _top(t: np.ndarray, rate: np.ndarray, k: int, half: int) -> tuple[float, float | None]:
    """Return where a parabola through the neighbours of the highest point has its top."""
    low, high = max(0, k - half), min(len(t), k + half + 1)
    if high - low < 4 or not np.ptp(t[low:high]) > 0:
        return float(t[k]), None
    c = np.polynomial.polynomial.polyfit(t[low:high] - t[k], rate[low:high], 2)
    at = float(t[k]) if c[2] >= 0 else float(np.clip(t[k] - c[1] / (2 * c[2]), t[low], t[high - 1]))
    return at, None


def _of_loss(run: ThermalRun, loss: float, half: int) -> Feature:
    """Take the temperature at which a share of the first mass is lost."""
    name, recipe = _loss_name(loss), f"first temperature at which {loss:g} % of the first mass are lost"
    mass = local_means(run.signal, half)
    first, _ = level_at(run, 0, half)
    there = np.flatnonzero(mass <= first - loss)
    if not len(there) or not there[0]:
        return beyond(name, float(run.celsius.max()), f"no {loss:g} % were lost", unit="°C", recipe=recipe)
    k = int(there[0])
    at = float(np.interp(first - loss, mass[[k, k - 1]], run.celsius[[k, k - 1]]))
    slope = abs(float(mass[k] - mass[k - 1])) / max(abs(float(run.celsius[k] - run.celsius[k - 1])), 1e-9)
    return measured(name, at, run.noise / np.sqrt(half) / max(slope, 1e-9), unit="°C", recipe=recipe)
