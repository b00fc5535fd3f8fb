"""A control specimen measured over and over: is the instrument still what it was? Pure; keeps no history itself.

Individuals and moving ranges as in a Shewhart chart (ISO 7870-2:2013; 2.66 mean ranges are 3 sd), with limits widened
for a short reference period and shared among the characteristics, and run rules of Nelson (J. Qual. Technol. 16 (1984)
237), the first two of which are also Western Electric's (Statistical Quality Control Handbook, 1956).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pydantic import Field

from loop.values import Frozen
from services.curation.quality.characteristics import characteristics, landmarks
from services.curation.quality.errors import QualityError
from services.curation.quality.short_run import moving_range_sd, moving_range_t
from services.records.doubt import Doubt, DoubtKind
from services.records.reading import Reading

__all__ = ["ChartVerdict", "ControlChart"]

_KIND: DoubtKind = "control out of its chart"
_LEAST_REFERENCE = 8
_ONE_SIDE, _STEADY = 9, 6
_LEAST_SD = 1e-6
"""Relative to the value: what numbers that are the same in all digits may still differ by."""


class ChartVerdict(NamedTuple):
    """What a chart says of one measurement of the control: its doubts, and what it was judged by or why it was not."""

    doubts: tuple[Doubt, ...]
    said: str


class ControlChart(Frozen):
    """How a control specimen is judged, of one modality on one instrument."""

    n_reference: int = Field(
        default=_LEAST_REFERENCE, ge=_LEAST_REFERENCE, description="first measurements that the limits come from"
    )
    characteristics: tuple[str, ...] = Field(
        default=(),
        description="amounts or curve scalars to follow, as 'peak 1 position'; left out, all that there are",
    )
    false_alarms: float = Field(
        default=0.0027, gt=0, lt=0.1, description="probability that a measurement in control is doubted, all in all"
    )
    with_run_rules: bool = Field(default=True, description="whether runs are judged beside single values")

    def judge(self, history: Sequence[Reading], judged: Reading) -> ChartVerdict:
        """Hold a measurement of the control against those before it.

        Parameters
        ----------
        history
            Earlier measurements of the same specimen, modality and instrument, in order of time; the judged one is not
            among them. Their first `n_reference` give centre and limits.

        Raises
        ------
        QualityError
            If a declared characteristic is in none of the measurements, or the history is of another modality.
        """
        if any(reading.modality != judged.modality for reading in history):
            raise QualityError(f"a chart is of one modality; {judged.modality!r} is judged by others")
        if len(history) < self.n_reference:
            said = (
                f"not judged: the chart needs {self.n_reference} measurements of its control, {len(history)} are there"
            )
            return ChartVerdict((), said)
        marks = landmarks(history[0])
        series = [characteristics(reading, marks) for reading in (*history, judged)]
        followed = self._followed([set(values) for values in series[: self.n_reference]])
        found = []
        for name in followed:
            if name not in series[-1]:
                found.append(Doubt(_KIND, name, f"{name}: its reference period has one, this measurement has none"))
                continue
            values = np.array([one[name].value for one in series if name in one])
            told = self.judge_values(values[:-1], values[-1], n_characteristics=len(followed))
            if told:
                unit = series[-1][name].unit
                found.append(Doubt(_KIND, name, f"{name}{f' ({unit})' if unit else ''}: {told}"))
        return ChartVerdict(tuple(found), f"judged by {', '.join(followed)}; limits from n = {self.n_reference}")

    def judge_values(self, history: np.ndarray, value: float, *, n_characteristics: int = 1) -> str:
        """Say how a number leaves the limits of those before it, shape (n,); empty where it does not.

        Raises
        ------
        QualityError
            If there are fewer than the reference period has.
        """
        n = self.n_reference
        if len(history) < n:
            raise QualityError(f"limits come from the first {n} numbers, got {len(history)}")
        reference = np.asarray(history[:n], dtype=np.float64)
        centre = float(reference.mean())
        sd = max(moving_range_sd(reference), _LEAST_SD * abs(centre), 1e-300)
        share = self.false_alarms / n_characteristics / (1 + 3 * self.with_run_rules)
        width = sd * moving_range_t(n, share)
        limits = f"limits {centre - width:.6g} to {centre + width:.6g} from n = {n}"
        if abs(value - centre) > width:
            return f"{value:.6g} lies outside; {limits}"
        if not self.with_run_rules:
            return ""
        run = np.append(np.asarray(history[n:], dtype=np.float64), value) - centre
        return _run(run, sd, n, share, f"{value:.6g}; {limits}")

    def _followed(self, reference: Sequence[set[str]]) -> tuple[str, ...]:
        there = sorted(set.intersection(*reference))
        if missing := [name for name in self.characteristics if name not in there]:
            raise QualityError(f"the reference period has no {missing[0]!r} throughout; it has {', '.join(there)}")
        return self.characteristics or tuple(there)


def _run(run: np.ndarray, sd: float, n: int, share: float, told: str) -> str:
    """Judge the newest of some deviations from the centre, after the reference period, by those before it.

    A run also has to be farther off, in its mean, than a centre from n numbers can be by itself.
    """
    last = run[-3:]
    zone = 2 / 3 * sd * moving_range_t(n, share)
    if len(last) == 3 and max(np.count_nonzero(last > zone), np.count_nonzero(last < -zone)) >= 2:
        return f"two of three beyond two thirds of the way to a limit (Nelson 5): {told}"
    last = run[-_ONE_SIDE:]
    is_off = abs(float(last.mean())) > sd * moving_range_t(n, share, _ONE_SIDE)
    if is_off and len(last) == _ONE_SIDE and (np.all(last > 0) or np.all(last < 0)):
        return f"nine in a row on one side of the centre (Nelson 2): {told}"
    last = np.diff(run[-_STEADY:])
    is_off = abs(float(last.sum())) > sd * moving_range_t(n, share) * np.sqrt(2)
    if is_off and len(last) == _STEADY - 1 and (np.all(last > 0) or np.all(last < 0)):
        return f"six in a row that all rise or all fall (Nelson 3): {told}"
    return ""
