"""Calorimetry: temperatures and enthalpies of melting and crystallisation in declared stretches of a run (DSC, DTA).

Temperatures as in ISO 11357-3: the top of the peak, and where the steepest tangents of its sides meet the baseline.
Enthalpies over a straight baseline between declared temperatures, or over one laid along the curve like a rubber band,
which parts a peak from the slope that it stands on.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from loop.values import Frozen
from services.features.extraction import Extraction
from services.features.stating import absent, below, measured, missing
from services.features.thermal_peak import ThermalPeak, peak_between
from services.features.thermal_run import is_oxidation_run, thermal_run
from services.records.feature import Feature
from services.records.processed import Processed

__all__ = ["Heat", "Transition"]

_ISO = "ISO 11357-3"
_UNITS = {
    "peak": "°C",
    "onset": "°C",
    "endset": "°C",
    "enthalpy": "J/g",
    "crystalline share": "%",
    "crystallinity": "%",
}
_OF_ENTHALPY = ("enthalpy", "crystalline share", "crystallinity")

What = Literal["peak", "onset", "endset", "enthalpy"]


class Transition(Frozen):
    """One melting or crystallisation."""

    name: str = Field(min_length=1, description="What it is called: `melting`, `PE melting`.")
    low: float = Field(alias="from", description="Lower limit, °C.")
    high: float = Field(alias="to", description="Upper limit, °C.")
    way: Literal["endo", "exo"] = Field(description="Whether heat is taken up or given off.")
    baseline: Literal["straight", "rubber band"] = Field(
        default="straight",
        description="Between the limits, or along the curve from below, from one touching point to the next.",
    )
    give: tuple[What, ...] = Field(default=("peak", "onset", "enthalpy"), description="What of it.")
    minus: tuple[str, ...] = Field(default=(), description="Transitions within the limits whose enthalpy is taken off.")
    crystal_enthalpy: float | None = Field(
        default=None,
        gt=0,
        description="Of 100 % crystalline polymer, J/g (polypropylene α 207, polyethylene 293): gives the crystalline "
        "share of the specimen.",
    )
    mass_fraction: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Mass fraction of that polymer, where it is known: gives the crystallinity of the polymer.",
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Transition:
        if not self.low < self.high:
            raise ValueError(f"transition {self.name!r}: {self.low:g} to {self.high:g} °C is no stretch")
        if self.mass_fraction is not None and self.crystal_enthalpy is None:
            raise ValueError(f"transition {self.name!r}: a crystallinity needs `crystal_enthalpy`")
        return self

    @property
    def wanted(self) -> tuple[str, ...]:
        """What is given, with the shares that follow from the enthalpy."""
        more = ["crystalline share"] if self.crystal_enthalpy is not None else []
        return (*self.give, *more, *(["crystallinity"] if self.mass_fraction is not None else []))


class Heat(Extraction):
    """Transitions in one stretch of a run: heat 1 tells the history of the specimen, heat 2 the material alone.

    Runs that wait for oxidation are passed over: they give nothing.
    """

    kind: Literal["heat"] = Field(default="heat", description="Which extraction this is.")
    stretch: str = Field(default="heat 1", description="Name of the stretch: heat 1, cool, heat 2.")
    transitions: tuple[Transition, ...] = Field(min_length=1, description="Transitions.")
    smoothing_kelvin: float = Field(default=1.0, gt=0, description="Width over which slopes are taken, K.")

    @model_validator(mode="after")
    def _names_exist(self) -> Heat:
        names = [transition.name for transition in self.transitions]
        if len(set(names)) < len(names):
            raise ValueError(f"each transition has another name, got {', '.join(names)}")
        for transition in self.transitions:
            unknown = [name for name in transition.minus if name not in names or name == transition.name]
            if unknown:
                raise ValueError(f"{transition.name!r} cannot be less {unknown[0]!r}; there are {', '.join(names)}")
        return self

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """Take temperatures and enthalpies of each transition."""
        if is_oxidation_run(processed.clean):
            return ()
        found = {transition.name: self._peak(processed, transition) for transition in self.transitions}
        return tuple(feature for t in self.transitions for feature in self._stated(t, found))

    def _peak(self, processed: Processed, transition: Transition) -> ThermalPeak | str:
        quantities = processed.clean.quantities if processed.clean is not None else ()
        unsure = [q for q in quantities if q.endswith("_of_unknown_sign")]
        if unsure:
            return "it is not known whether exo is up or down: declare it for the instrument"
        run = thermal_run(processed, "heat_flow" if "heat_flow" in quantities else "delta_temperature")
        if isinstance(run, str):
            return run
        points = run.points_of(self.stretch)
        if not len(points):
            there = ", ".join(segment.name for segment in run.segments) or "none"
            return f"there is no {self.stretch!r} in the run; there are {there}"
        return peak_between(
            run,
            points,
            (transition.low, transition.high),
            is_up=transition.way == "exo",
            is_rubber_band=transition.baseline == "rubber band",
            kelvin=self.smoothing_kelvin,
        )

    def _stated(self, transition: Transition, found: dict[str, ThermalPeak | str]) -> list[Feature]:
        peak, base = found[transition.name], f"{self.stretch} {transition.name}"
        if isinstance(peak, str):
            return [missing(f"{base} {what}", peak, unit=_UNITS[what]) for what in transition.wanted]
        features = []
        for what in transition.wanted:
            name, unit = f"{base} {what}", _UNITS[what]
            if what in _OF_ENTHALPY:
                features.append(self._enthalpy(transition, what, name, unit, found))
                continue
            recipe = f"{what} between {transition.low:g} and {transition.high:g} °C of {self.stretch}, {_ISO}"
            if not peak.is_there:
                features.append(absent(name, peak.why_not, unit=unit, recipe=recipe))
            else:
                value, error = getattr(peak, what)
                features.append(measured(name, value, error, unit=unit, recipe=recipe))
        return features

    def _enthalpy(
        self, transition: Transition, what: str, name: str, unit: str, found: dict[str, ThermalPeak | str]
    ) -> Feature:
        peak = found[transition.name]
        less = [found[other] for other in transition.minus]
        where = f"{transition.low:g} to {transition.high:g} °C of {self.stretch}"
        recipe = f"area over a {transition.baseline} baseline, {where}"
        recipe += f", less {', '.join(transition.minus)}" if less else ""
        scale = 1.0
        if what != "enthalpy" and transition.crystal_enthalpy is not None:
            scale = 100.0 / transition.crystal_enthalpy
            recipe += f", over {transition.crystal_enthalpy:g} J/g"
            if what == "crystallinity" and transition.mass_fraction is not None:
                scale /= transition.mass_fraction
                recipe += f" and a mass fraction of {transition.mass_fraction:g}"
        if isinstance(peak, str):
            return missing(name, peak, unit=unit, recipe=recipe)
        for part in (peak, *less):
            if isinstance(part, str):
                return missing(name, part, unit=unit, recipe=recipe)
            if part.unit != "W/g":
                reason = (
                    f"the signal is in {part.unit or 'no unit'}, not W/g: nothing can be said per gram "
                    "(no mass stated, or no calibration)"
                )
                return missing(name, reason, unit=unit, recipe=recipe)
        if not peak.is_there:
            return below(name, scale * peak.limit, peak.why_not, unit=unit, recipe=recipe)
        parts = [part for part in less if not isinstance(part, str) and part.is_there]
        value = peak.area[0] - sum(part.area[0] for part in parts)
        error = float(np.linalg.norm([peak.area[1], *(part.area[1] for part in parts)]))
        return measured(name, scale * value, scale * error, unit=unit, recipe=recipe)
