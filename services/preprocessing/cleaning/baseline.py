"""Subtract what varies slowly, by any method of pybaselines that sees one curve, under its own name.

Eilers, Anal. Chem. 75 (2003) 3631 (asls); Baek et al., Analyst 140 (2015) 250 (arpls); Zhang, Chen & Liang, Analyst 135
(2010) 1138 (airpls); Ryan et al., Nucl. Instrum. Methods B 34 (1988) 396 (snip); Lieber & Mahadevan-Jansen, Appl.
Spectrosc. 57 (2003) 1363 (modpoly); for all others see pybaselines' own documentation.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field, JsonValue, model_validator

from services.preprocessing.cleaning.errors import AxisError, CleaningError, EmptyCurveError
from services.preprocessing.cleaning.signal import Signal, Step, stretches_in, values_of

__all__ = ["Baseline", "baseline_methods"]

_FEWEST_POINTS = 10
_NOT_OFFERED = ("collab_pls", "interp_pts")
"""They want several curves, or the answer."""
_NOT_SET = ("self", "data", "weights", "alpha", "return_coef", "kwargs")


class Baseline(Step):
    """Subtract a baseline. Its parameters are those of the method, by name; those in points follow the curve's own."""

    version: ClassVar[int] = 1

    step: Literal["baseline"] = Field(description="Which step this is.")
    method: str = Field(default="arpls", description="asls, arpls, airpls, iasls, snip, modpoly, poly ...")
    parameters: Mapping[str, JsonValue] = Field(default={}, description="Of the method, as pybaselines calls them.")
    windows: tuple[tuple[float, float], ...] = Field(
        default=(), description="With poly: stretches of the axis that hold nothing but baseline."
    )

    @model_validator(mode="after")
    def _goes_with_its_method(self) -> Baseline:
        allowed = baseline_methods()
        if self.method not in allowed:
            meant = get_close_matches(self.method, allowed, n=3)
            hint = f"; did you mean {' or '.join(meant)}?" if meant else f"; there are {', '.join(allowed)}"
            raise ValueError(f"there is no baseline {self.method!r}{hint}")
        unknown = [name for name in self.parameters if name not in allowed[self.method]]
        if unknown:
            known = ", ".join(f"{name} ({value!r})" for name, value in allowed[self.method].items())
            raise ValueError(f"baseline {self.method} has no {', '.join(unknown)}; it has {known}")
        if self.windows and self.method != "poly":
            raise ValueError(f"windows of pure baseline go with the method poly, not with {self.method}")
        if any(not low < high for low, high in self.windows):
            raise ValueError(f"each window is from a lower to a higher place, got {self.windows}")
        return self

    def treat(self, signal: Signal) -> Signal:
        """Return the curve without its baseline, each segment by itself; missing values are bridged meanwhile.

        Raises
        ------
        EmptyCurveError
            If a stretch has fewer than ten values.
        AxisError
            If no point lies in a window.
        CleaningError
            If the method refuses the curve or the values of its parameters.
        """
        values, notes = signal.y.copy(), []
        values_of(signal, "baseline", fewest=_FEWEST_POINTS)
        for stretch in stretches_in(signal.curve):
            base, said = self._of(signal, stretch)
            values[stretch] -= base
            notes += said
        named = ", ".join(f"{name} {value}" for name, value in self.parameters.items())
        told = f"a baseline ({self.method}{', ' + named if named else ''}) was subtracted"
        return signal.valued(values).noted(told, *notes)

    def _of(self, signal: Signal, stretch: slice) -> tuple[np.ndarray, list[str]]:
        import pybaselines

        x, y = signal.x[stretch], signal.y[stretch]
        is_there = np.isfinite(y)
        if int(is_there.sum()) < _FEWEST_POINTS:
            raise signal.fault(
                EmptyCurveError, "baseline", f"a stretch of {len(y)} points has {int(is_there.sum())} values"
            )
        filled = y if is_there.all() else np.interp(x, x[is_there], y[is_there])
        parameters: dict[str, Any] = dict(self.parameters)
        if self.method == "poly" and (self.windows or not is_there.all()):
            parameters["weights"] = self._weights(signal, x, is_there)
        fitter = pybaselines.Baseline(x, check_finite=False, assume_sorted=True)
        try:
            with warnings.catch_warnings(record=True) as heard:
                warnings.simplefilter("always")
                base, told = getattr(fitter, self.method)(filled, **parameters)
        except (ValueError, TypeError, IndexError, KeyError, ArithmeticError, np.linalg.LinAlgError) as error:
            raise signal.fault(CleaningError, "baseline", f"{self.method} refuses: {error}") from error
        if not np.isfinite(base).all():
            raise signal.fault(CleaningError, "baseline", f"{self.method} ends in no number: {dict(self.parameters)}")
        return base, _said(self.method, told, heard, self.parameters)

    def _weights(self, signal: Signal, x: np.ndarray, is_there: np.ndarray) -> np.ndarray:
        weights = is_there.astype(float)
        if self.windows:
            weights *= np.any([(x >= low) & (x <= high) for low, high in self.windows], axis=0)
        if int(np.count_nonzero(weights)) < _FEWEST_POINTS:
            told = " and ".join(f"{low:g} to {high:g}" for low, high in self.windows)
            raise signal.fault(
                AxisError,
                "baseline",
                f"{int(np.count_nonzero(weights))} points lie in the windows {told}; "
                f"{signal.curve.axis.quantity} goes from {x[0]:g} to {signal.at(float(x[-1]))}",
            )
        return weights


def baseline_methods() -> dict[str, dict[str, Any]]:
    """List the methods that are offered, each with its parameters and what they are by themselves."""
    import pybaselines

    found = {}
    for name, method in inspect.getmembers(pybaselines.Baseline, inspect.isfunction):
        parameters = inspect.signature(method).parameters
        if name.startswith("_") or name in _NOT_OFFERED or "data" not in parameters:
            continue
        found[name] = {p.name: p.default for p in parameters.values() if p.name not in _NOT_SET}
    return found


def _said(
    method: str, told: Mapping[str, Any], heard: list[warnings.WarningMessage], parameters: Mapping[str, Any]
) -> list[str]:
    """Say what the method warned of, and whether it settled."""
    notes = sorted({f"{method}: {str(one.message).strip()}" for one in heard})
    changes = np.asarray(told.get("tol_history", ()), dtype=float).ravel()
    tolerance = parameters.get("tol", baseline_methods()[method].get("tol"))
    if len(changes) and isinstance(tolerance, (int, float)) and not changes[-1] <= tolerance:
        notes.append(f"{method} did not settle: its last change was {changes[-1]:.2g}, wanted {tolerance:g}")
    return notes
