"""From outcomes of single curves to the tables of the benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Outcome", "as_markdown", "summarised"]

_N_RESAMPLED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One fitter on one curve; `covered` and `ratios` are of its good hits that have a standard error."""

    family: str
    level: str
    n_points: int
    seed: int
    fitter: str
    hits: int
    good: int
    false: int
    missed: int
    covered: list[bool]
    ratios: list[float]
    seconds: float
    has_failed: bool


def summarised(found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return one row for each family, fitter and level, and one over all levels."""
    rows = []
    for family in dict.fromkeys(one.family for one in found):
        for fitter in dict.fromkeys(one.fitter for one in found):
            of_both = [one for one in found if one.family == family and one.fitter == fitter]
            for level in ("all", *dict.fromkeys(one.level for one in of_both)):
                some = [one for one in of_both if level in ("all", one.level)]
                rows.append({"family": family, "fitter": fitter, "level": level, **_figures(some)})
    return rows


def as_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Write the rows as tables, one for each family, and one of times by numbers of points."""
    parts = []
    for family in dict.fromkeys(row["family"] for row in rows):
        parts += [
            f"### {family}\n",
            "| fitter | noise | P | R | F1 | F1q | count error | coverage | width / oracle's | CPU s, median (95 %) |",
            "|---|---|---|---|---|---|---|---|---|---|",
        ]
        for row in rows:
            if row["family"] == family:
                parts.append(
                    f"| {row['fitter']} | {row['level']} | {row['precision']:.3f} | {row['recall']:.3f} "
                    f"| {_with_interval(row['f1'])} | {_with_interval(row['f1q'])} | {row['count_error']:.2f} "
                    f"| {_or_dash(row['coverage'], '.3f')} | {_or_dash(row['width_ratio'], '.2f')} "
                    f"| {row['seconds_median']:.3f} ({row['seconds_95']:.2f}) |"
                )
        parts.append("")
    sizes = sorted({int(size) for row in rows for size in row["seconds_by_points"]})
    parts += [
        "### CPU seconds by number of points, medians\n",
        f"| family | fitter | {' | '.join(str(size) for size in sizes)} | log-log slope | failed |",
        "|---|---|" + "---|" * (len(sizes) + 2),
    ]
    for row in rows:
        if row["level"] == "all":
            times = [_or_dash(row["seconds_by_points"].get(str(size)), ".3f") for size in sizes]
            parts.append(
                f"| {row['family']} | {row['fitter']} | {' | '.join(times)} | {_or_dash(row['growth'], '.2f')} "
                f"| {row['n_failed']} |"
            )
    return "\n".join(parts) + "\n"


def _figures(some: Sequence[Outcome]) -> dict[str, Any]:
    table = np.array([[one.hits, one.good, one.false, one.missed] for one in some], float)
    hits, _, false, missed = table.sum(axis=0)
    covered = [held for one in some for held in one.covered]
    ratios = [ratio for one in some for ratio in one.ratios]
    seconds = np.array([one.seconds for one in some])
    sizes = sorted({one.n_points for one in some})
    medians = {str(size): float(np.median([one.seconds for one in some if one.n_points == size])) for size in sizes}
    slope = np.polyfit(np.log(sizes), np.log(list(medians.values())), 1)[0] if len(sizes) > 1 else None
    rng = np.random.default_rng(0)
    drawn = table[rng.integers(len(table), size=(_N_RESAMPLED, len(table)))].sum(axis=1)
    return {
        "n_curves": len(some),
        "n_detectable": int(hits + missed),
        "precision": hits / max(hits + false, 1),
        "recall": hits / max(hits + missed, 1),
        "f1": _interval(table, drawn, 0),
        "f1q": _interval(table, drawn, 1),
        "f1q_mean_of_curves": float(_f1(table, 1).mean()),
        "count_error": float(np.abs(table[:, 2] - table[:, 3]).mean()),
        "coverage": float(np.mean(covered)) if covered else None,
        "width_ratio": float(np.median(ratios)) if ratios else None,
        "seconds_median": float(np.median(seconds)),
        "seconds_95": float(np.quantile(seconds, 0.95)),
        "seconds_by_points": medians,
        "growth": None if slope is None else float(slope),
        "n_failed": sum(one.has_failed for one in some),
    }


def _f1(table: np.ndarray, right: int) -> np.ndarray:
    """Return F1 of rows of hits, good hits, false and missed; `right` is the column of what counts as right."""
    total = 2 * table[..., 0] + table[..., 2] + table[..., 3]
    return np.where(total > 0, 2 * table[..., right] / np.maximum(total, 1), 1.0)


def _interval(table: np.ndarray, drawn: np.ndarray, right: int) -> list[float]:
    low, high = np.quantile(_f1(drawn, right), [0.025, 0.975])
    return [float(_f1(table.sum(axis=0), right)), float(low), float(high)]


def _with_interval(three: Sequence[float]) -> str:
    return f"{three[0]:.3f} [{three[1]:.3f}, {three[2]:.3f}]"


def _or_dash(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
