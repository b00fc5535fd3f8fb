"""What the bars of one specimen say together: mean, median, spread and count; elongation with its censoring. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log, sqrt
from statistics import median

from loop.observations import State
from services.preprocessing.determination import Determination, absent, measured
from services.preprocessing.tensile.bar import QUANTITIES, TensileBar
from services.preprocessing.tensile.censored import kaplan_meier_median, lognormal_median
from services.preprocessing.tensile.flags import Flag
from services.preprocessing.tensile.method import TensileMethod

__all__ = ["CensoredSummary", "LeftOut", "Summary", "TensileSummary", "summarise"]

_CENSORED = ("elongation_at_break", "energy_to_break", "energy_per_volume")
_WEAK = 0.6
"""A bar below this share of the median strength of the others broke early."""
_FEWEST_TO_COMPARE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Bars of one quantity that was measured on each. `sd` is None for one bar, everything for none."""

    unit: str
    n: int
    mean: float | None = None
    median: float | None = None
    sd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CensoredSummary:
    """Bars of one quantity of which some passed the machine's end: limits are never averaged as if they were values.

    Parameters
    ----------
    n, n_censored
        Bars that count, and how many of them are known by a limit only.
    median
        By Kaplan and Meier. ``above_range`` where too few bars broke: half of all are then known to pass the limit.
    lognormal_median, sd_of_log
        By censored likelihood of a log-normal law; None with fewer than two different measured values. Where some bars
        neck and others do not, one law fits neither: look at `share_necked` of the whole first.
    mean_of_log, geometric_mean
        Of the measured values, only where none is censored.
    """

    unit: str
    n: int
    n_censored: int
    median: Determination
    lognormal_median: float | None = None
    sd_of_log: float | None = None
    mean_of_log: float | None = None
    geometric_mean: float | None = None


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """A number of a bar that does not count, and why."""

    bar: str
    quantity: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TensileSummary:
    """Results of the bars of one specimen.

    Parameters
    ----------
    quantities
        Mean, median, sd, n of what is measured on every bar: modulus, yield, strength, stress at break.
    censored
        Elongation at break and both energies.
    share_necked
        Of the `n_bars` whose elongation is known; None where it is of none.
    early
        Bars that broke early when held against the others; they count unless the method leaves them out.
    """

    edition: str
    n_bars: int
    quantities: Mapping[str, Summary]
    censored: Mapping[str, CensoredSummary]
    share_necked: float | None
    left_out: tuple[LeftOut, ...]
    early: tuple[tuple[str, str], ...]


def summarise(bars: Sequence[TensileBar], method: TensileMethod) -> TensileSummary:
    """Put the bars of one specimen together; their order does not matter.

    What a flag touches does not count where the method leaves that kind of flag out; each such number is listed.
    """
    early = _early(bars)
    left_out = sorted(
        LeftOut(bar.label, name, f"{flag.kind}: {flag.message}")
        for bar, flags in zip(bars, (_flags(bar, early) for bar in bars), strict=True)
        for flag in flags
        if flag.kind in method.leaves_out
        for name in flag.touches
        if bar[name].value is not None
    )
    counting: dict[str, list[Determination]] = {
        name: [
            bar[name]
            for bar in bars
            if bar[name].value is not None
            and not any(name in flag.touches and flag.kind in method.leaves_out for flag in _flags(bar, early))
        ]
        for name in QUANTITIES
    }
    necked = [bar.necked for bar in bars if bar.necked is not None]
    return TensileSummary(
        edition=method.edition,
        n_bars=len(bars),
        quantities={name: _plain(counting[name], unit) for name, unit in QUANTITIES.items() if name not in _CENSORED},
        censored={name: _with_limits(counting[name], QUANTITIES[name]) for name in _CENSORED},
        share_necked=sum(necked) / len(necked) if necked else None,
        left_out=tuple(left_out),
        early=tuple(sorted((bar.label, flag.message) for bar, flag in early)),
    )


def _flags(bar: TensileBar, early: Sequence[tuple[TensileBar, Flag]]) -> tuple[Flag, ...]:
    return (*bar.flags, *(flag for other, flag in early if other is bar))


def _early(bars: Sequence[TensileBar]) -> list[tuple[TensileBar, Flag]]:
    """Hold each bar against the others: much weaker, or without the yield that most of them have."""
    found: list[tuple[TensileBar, Flag]] = []
    touches = ("strength", "stress_at_break", *_CENSORED)
    for bar in bars:
        others = [other for other in bars if other is not bar and other["strength"].value is not None]
        own = bar["strength"].value
        if own is None or len(others) + 1 < _FEWEST_TO_COMPARE:
            continue
        usual = median(sorted(other["strength"].value or 0.0 for other in others))
        n_yielded = sum(other.has_yielded for other in others)
        if own < _WEAK * usual:
            told = f"it broke at {own:.3g} MPa, the others have a median strength of {usual:.3g} MPa"
        elif not bar.has_yielded and 2 * n_yielded > len(others):
            told = f"it broke before yield at {own:.3g} MPa; {n_yielded} of {len(others)} others yielded"
        else:
            continue
        found.append((bar, Flag("early break", told, touches)))
    return found


def _plain(found: Sequence[Determination], unit: str) -> Summary:
    values = sorted(d.value for d in found if d.value is not None and d.is_measured)
    if not values:
        return Summary(unit=unit, n=0)
    mean = fsum(values) / len(values)
    sd = sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1)) if len(values) > 1 else None
    return Summary(unit=unit, n=len(values), mean=mean, median=float(median(values)), sd=sd)


def _with_limits(found: Sequence[Determination], unit: str) -> CensoredSummary:
    values = sorted(d.value for d in found if d.value is not None and d.is_measured)
    limits = sorted(d.value for d in found if d.value is not None and d.state.is_censored)
    n = len(values) + len(limits)
    if not n:
        return CensoredSummary(unit=unit, n=0, n_censored=0, median=absent(unit, "no bar says anything of it"))
    centre = kaplan_meier_median(values, limits)
    if centre is None:
        known = (
            f"{len(values)} of {n} bars broke; the others passed {limits[0]:.4g} to {limits[-1]:.4g} {unit} unbroken"
        )
        passed = sorted((*values, *limits))[(n - 1) // 2]
        of_bars = Determination(value=passed, unit=unit, state=State.ABOVE_RANGE, basis="Kaplan-Meier", reason=known)
    else:
        of_bars = measured(centre if limits else float(median(values)), unit, basis="Kaplan-Meier")
    is_positive = all(value > 0 for value in (*values, *limits))
    law = lognormal_median(values, limits) if is_positive else None
    logs = [log(value) for value in values] if is_positive and not limits else []
    mean_of_log = fsum(logs) / len(logs) if logs else None
    return CensoredSummary(
        unit=unit,
        n=n,
        n_censored=len(limits),
        median=of_bars,
        lognormal_median=None if law is None else law.median,
        sd_of_log=None if law is None else law.sd_of_log,
        mean_of_log=mean_of_log,
        geometric_mean=None if mean_of_log is None else exp(mean_of_log),
    )
