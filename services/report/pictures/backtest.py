"""Picture of a backtest: the best score so far over evaluations, each strategy's mean with its interval."""

from __future__ import annotations

import io

from matplotlib.figure import Figure

from loop.comparison import BacktestSummary
from loop.counting import counted
from services.report.style import ACCENT, CONTRAST, GREY, INK

__all__ = ["backtest_picture"]

_COLOURS = (ACCENT, CONTRAST, "#009e73", "#cc79a7", "#e69f00")


def backtest_picture(summary: BacktestSummary, *, title: str, score: str, form: str = "png") -> bytes:
    """Draw a backtest as PNG or SVG bytes.

    Parameters
    ----------
    score
        What the score is, with its unit, for the axis.
    """
    figure = Figure(figsize=(8, 4.8), dpi=130, layout="constrained")
    axes = figure.add_subplot()
    colours = iter(_COLOURS)
    for strategy in summary.strategies:
        colour = GREY if strategy.strategy == "random" else next(colours)
        steps = range(1, len(strategy.mean_best) + 1)
        axes.fill_between(steps, strategy.low_best, strategy.high_best, color=colour, alpha=0.2, linewidth=0)
        axes.plot(
            steps, strategy.mean_best, color=colour, label=f"{strategy.strategy} ({counted(strategy.n_seeds, 'seed')})"
        )
    axes.axhline(summary.best_score, color=INK, linewidth=0.8, linestyle=":")
    axes.annotate(
        "best in the table", (1, summary.best_score), xytext=(0, 3), textcoords="offset points", fontsize=8, color=INK
    )
    axes.axvline(summary.n_initial, color=GREY, linewidth=0.8, linestyle="--")
    axes.annotate(
        f"the first {summary.n_initial} are random, the same for all",
        (summary.n_initial, axes.get_ylim()[0]),
        xytext=(4, 6),
        textcoords="offset points",
        fontsize=8,
        color=GREY,
    )
    axes.set(xlabel="formulations evaluated", ylabel=f"best so far: {score}", title=title)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False, title="mean, 95 % interval over seeds")
    written = io.BytesIO()
    figure.savefig(written, format=form)
    return written.getvalue()
