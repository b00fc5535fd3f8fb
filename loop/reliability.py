"""How far predictions could be trusted: what was predicted before each experiment, beside what came out of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from loop.ids import ProposalId, SpecimenId
from loop.observations import TargetValue
from loop.proposal import Prediction
from loop.state import CampaignState, ProposalRecord

__all__ = [
    "NOMINAL",
    "Comparison",
    "Coverage",
    "Repeatability",
    "comparisons",
    "coverage",
    "coverage_by_cycle",
    "coverage_by_target",
    "repeatability",
    "wilson_interval",
]

NOMINAL = 0.90
"""Share of measurements that the intervals promise to hold."""

_Z_90 = 1.6448536269514722
_Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeatability:
    """Standard deviation of single tests of one formulation: declared, pooled over the tests made, or unknown (0)."""

    sd: float
    origin: Literal["declared", "pooled", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One target of one proposal, predicted before and measured after, in the target's unit.

    `measured` is the mean of `n_tests` single tests over all its specimens. `spread` is the standard deviation expected
    between the two: that of the prediction, and that of a mean of so many tests. `z` is their difference in spreads,
    taken between logarithms for targets on a log scale.
    """

    proposal_id: ProposalId
    cycle: int
    target: str
    predicted: Prediction
    measured: float
    n_tests: int
    specimens: tuple[SpecimenId, ...]
    spread: float
    low: float
    high: float
    z: float
    rests_on_corrected: tuple[SpecimenId, ...] = ()

    @property
    def is_inside(self) -> bool:
        """Whether what was measured lies in the interval that should hold 90 %."""
        return self.low <= self.measured <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many measurements lay in their 90 % interval, and the 95 % Wilson interval of that share."""

    n_inside: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """Share inside; None where nothing was compared."""
        return self.n_inside / self.n if self.n else None

    @property
    def verdict(self) -> Literal["nothing to compare", "too few inside", "as promised", "more inside than promised"]:
        """Whether the count is what 90 % intervals would give, as far as so many comparisons can tell."""
        if not self.n:
            return "nothing to compare"
        if self.high < NOMINAL:
            return "too few inside"
        return "more inside than promised" if self.low > NOMINAL else "as promised"


def comparisons(state: CampaignState) -> tuple[Comparison, ...]:
    """Compare every prediction that was written before an experiment with the results that are there.

    Left out are excluded specimens, censored and missing values, and proposals edited without a new prediction: what
    was predicted then was another formulation.
    """
    spreads = {name: repeatability(state, name) for name in state.definition.measured_targets}
    found = []
    for record in state.proposals.values():
        if dict(record.planned) != dict(record.proposal.formulation) and not record.predicted_after_edit:
            continue
        for name, predicted in record.predicted.items():
            if name in spreads:
                one = _compare(state, record, name, predicted, spreads[name].sd)
                if one is not None:
                    found.append(one)
    return tuple(found)


def _compare(
    state: CampaignState, record: ProposalRecord, name: str, predicted: Prediction, test_sd: float
) -> Comparison | None:
    seen = _measured(state, record, name)
    n_tests = sum(value.n for _, value in seen)
    if not n_tests:
        return None
    measured = sum(value.n * float(value.mean or 0.0) for _, value in seen) / n_tests
    spread = math.hypot(predicted.sd, test_sd / math.sqrt(n_tests))
    is_log = state.definition.targets[name].scale == "log" and predicted.mean > 0
    if is_log:  # the log-normal with this mean and spread
        sd = math.sqrt(math.log1p((spread / predicted.mean) ** 2))
        centre = math.log(predicted.mean) - sd**2 / 2
        low, high = math.exp(centre - _Z_90 * sd), math.exp(centre + _Z_90 * sd)
        distance = math.log(measured) - centre if measured > 0 else -math.inf
    else:
        sd, low, high = spread, predicted.mean - _Z_90 * spread, predicted.mean + _Z_90 * spread
        distance = measured - predicted.mean
    return Comparison(
        proposal_id=record.proposal.id,
        cycle=record.proposal.cycle,
        target=name,
        predicted=predicted,
        measured=measured,
        n_tests=n_tests,
        specimens=tuple(specimen for specimen, _ in seen),
        spread=spread,
        low=low,
        high=high,
        z=distance / sd if sd > 0 else (0.0 if distance == 0 else math.copysign(math.inf, distance)),
        rests_on_corrected=record.corrected_since,
    )


def _measured(state: CampaignState, record: ProposalRecord, name: str) -> list[tuple[SpecimenId, TargetValue]]:
    """Return the measured values of a proposal's specimens that nobody excluded."""
    seen = [(specimen, state.specimens[specimen].observation) for specimen in record.specimens]
    return [
        (specimen, observation.targets[name])
        for specimen, observation in seen
        if not observation.is_excluded and observation.mean_of(name) is not None
    ]


def repeatability(state: CampaignState, target: str) -> Repeatability:
    """Return the repeatability sd of single tests: the declared one, else pooled from the spreads between tests."""
    declared = state.definition.targets[target].repeatability_sd
    if declared is not None:
        return Repeatability(sd=declared, origin="declared")
    squares, freedom = 0.0, 0
    for observation in state.observations:
        value = observation.targets.get(target)
        if value is not None and value.sd is not None and value.n > 1 and not observation.is_excluded:
            squares += (value.n - 1) * value.sd**2
            freedom += value.n - 1
    if not freedom:
        return Repeatability(sd=0.0, origin="unknown")
    return Repeatability(sd=math.sqrt(squares / freedom), origin="pooled")


def coverage(compared: Iterable[Comparison]) -> Coverage:
    """Count how many measurements lay in their 90 % interval."""
    inside = [one.is_inside for one in compared]
    low, high = wilson_interval(sum(inside), len(inside))
    return Coverage(n_inside=sum(inside), n=len(inside), low=low, high=high)


def coverage_by_cycle(compared: Sequence[Comparison]) -> dict[int, Coverage]:
    """Count by the cycle of the proposals, earliest first."""
    return {
        cycle: coverage(one for one in compared if one.cycle == cycle)
        for cycle in sorted({one.cycle for one in compared})
    }


def coverage_by_target(compared: Sequence[Comparison]) -> dict[str, Coverage]:
    """Count by target, in the order in which they come."""
    return {
        name: coverage(one for one in compared if one.target == name)
        for name in dict.fromkeys(one.target for one in compared)
    }


def wilson_interval(n_hits: int, n: int, *, z: float = _Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a share, by default at 95 %; (0, 1) where nothing was tried.

    References
    ----------
    Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
    """
    if n == 0:
        return 0.0, 1.0
    share, square = n_hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)
