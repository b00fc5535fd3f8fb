"""Carbon and minerals of a filled polymer out of a run that goes from nitrogen to air (TG).

What is left where the polymer is gone is carbon and minerals. Air burns the carbon; what calcite loses under the same
peak is interpolated in its rate, from before the switch to the least rate behind it, as ln(rate) over 1/T (Arrhenius),
or straight where one of both is nothing. Minerals are what is left without the carbon, carbon dioxide and water among
them: so they need neither a calcite that is decomposed to its end (above about 800 °C) nor a talc that is.
"""

from __future__ import annotations

from math import hypot

import numpy as np
from pydantic import Field

from loop.values import Frozen
from services.features.mass_places import level_at, point_at
from services.features.stating import measured, missing
from services.features.thermal_run import ThermalRun, local_slopes
from services.records.feature import Feature

__all__ = ["CARBONATE_LOSS", "Minerals", "mineral_features"]

CARBONATE_LOSS = 44.009 / 100.087
"""CO2 of CaCO3, share of mass; CaO is the rest, 0.560."""
_ZERO_CELSIUS_K = 273.15


class Minerals(Frozen):
    """Where polymer, carbon and carbonate are gone: the least rate within each stretch, °C."""

    polymer_gone: tuple[float, float] = Field(default=(530.0, 640.0), description="Behind the loss of the polymer.")
    carbon_gone: tuple[float, float] = Field(default=(665.0, 730.0), description="Behind the burning of carbon in air.")
    carbonate_gone: tuple[float, float] = Field(default=(800.0, 890.0), description="Behind the loss of CO2.")
    before_air_kelvin: float = Field(default=25.0, gt=0, description="Over how many K before air a rate is taken.")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features."""
        return ("inorganic share", "carbon share", "carbonate CO2", "calcite by TG")


def mineral_features(run: ThermalRun, settings: Minerals, half: int, blank: float) -> list[Feature]:
    """Take the shares of minerals, carbon, carbon dioxide and calcite, in per cent of the first mass.

    `blank` is what a blank run leaves, in the same unit: an error that all levels share.
    """
    left = point_at(run, settings.polymer_gone, half)
    if isinstance(left, str):
        return [missing(name, left, unit="%") for name in settings.names]
    level, error = level_at(run, left, half)
    error = hypot(error, blank)
    carbon = (0.0, 0.0, "") if run.is_in_air_from_the_start else _carbon(run, settings, half)
    if isinstance(carbon, str):
        found = [missing(name, carbon, unit="%") for name in settings.names[:2]]
    else:
        minerals = (level - carbon[0], hypot(error, carbon[1]))
        recipe = "mass behind the polymer less carbon; CO2 and H2O of minerals are among them"
        burnt = f"mass lost in air up to {carbon[2]}, less that of carbonate, its rate interpolated (Arrhenius)"
        found = [
            measured(settings.names[0], *minerals, unit="%", recipe=recipe),
            measured(settings.names[1], *carbon[:2], unit="%", recipe=burnt or "burnt with the polymer"),
        ]
        if run.is_in_air_from_the_start:
            found[1] = missing(settings.names[1], "in air carbon burns with the polymer", unit="%")
    gone = point_at(run, settings.carbonate_gone, half)
    if isinstance(gone, str) or isinstance(carbon, str):
        why = gone if isinstance(gone, str) else str(carbon)
        return found + [missing(name, why, unit="%") for name in settings.names[2:]]
    last, of_last = level_at(run, gone, half)
    dioxide = level - carbon[0] - last
    of_dioxide = float(np.linalg.norm((error, carbon[1], of_last)))
    recipe = f"mass lost behind the polymer up to {run.celsius[gone]:.0f} °C, less carbon"
    found.append(measured(settings.names[2], dioxide, of_dioxide, unit="%", recipe=recipe))
    recipe = f"carbonate CO2 / {CARBONATE_LOSS:.4f} (CaCO3 to CaO)"
    shares = (dioxide / CARBONATE_LOSS, of_dioxide / CARBONATE_LOSS)
    found.append(measured(settings.names[3], *shares, unit="%", recipe=recipe))
    return found


def _carbon(run: ThermalRun, settings: Minerals, half: int) -> tuple[float, float, str] | str:
    """Return what burns behind the switch to air, its error, and up to where; or why that cannot be told."""
    switch = run.air_from
    if switch is None:
        return "the gas never changes to air: carbon is not told from minerals"
    gone = point_at(run, settings.carbon_gone, half)
    if isinstance(gone, str):
        return gone
    if gone <= switch:
        return (
            f"air comes at {run.celsius[switch]:.0f} °C, too late to burn carbon before {settings.carbon_gone[1]:g} °C"
        )
    (high, of_high), (low, of_low) = _before(run, switch, half), level_at(run, gone, half)
    reach = run.celsius[switch] - settings.before_air_kelvin
    before = np.flatnonzero((run.celsius[:switch] >= reach) & (np.arange(switch) > 0))
    if len(before) < 2 * half:
        return f"there are {len(before)} points in the last {settings.before_air_kelvin:g} K before air"
    first = _rate(run, before)
    behind = np.arange(max(switch + 1, gone - 2 * half), min(len(run.minutes), gone + 2 * half + 1))
    second = _rate(run, behind)
    between = np.arange(switch, gone + 1)
    carbonate = _interpolated(run, between, (before, first), (behind, second))
    burnt = high - low - carbonate
    return burnt, hypot(of_high, of_low), f"{run.celsius[gone]:.0f} °C"


def _before(run: ThermalRun, switch: int, half: int) -> tuple[float, float]:
    """Return the mass at the switch, of the line through what lies before it."""
    at = np.arange(max(0, switch - 4 * half), switch)
    t = run.minutes[at] - run.minutes[switch]
    c = np.polynomial.polynomial.polyfit(t, run.signal[at], 1)
    return float(c[0]), 2 * run.noise / float(np.sqrt(max(len(at) / 4, 1)))


def _rate(run: ThermalRun, at: np.ndarray) -> float:
    """Return the rate of loss over some points, % per min."""
    return -float(local_slopes(run.minutes[at], run.signal[at], len(at))[len(at) // 2])


def _interpolated(
    run: ThermalRun, at: np.ndarray, before: tuple[np.ndarray, float], behind: tuple[np.ndarray, float]
) -> float:
    """Return what carbonate loses over points between two rates, in %."""
    inverse = [1 / (float(run.celsius[points].mean()) + _ZERO_CELSIUS_K) for points, _ in (before, behind)]
    here = 1 / (run.celsius[at] + _ZERO_CELSIUS_K)
    along = (here - inverse[0]) / (inverse[1] - inverse[0])
    one, two = before[1], behind[1]
    if one > 0 and two > 0:
        rate = np.exp(np.log(one) + along * (np.log(two) - np.log(one)))
    else:
        rate = one + along * (two - one)
    return float(np.trapezoid(rate, run.minutes[at]))
