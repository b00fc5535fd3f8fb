"""How well the model knows each target, cycle by cycle, as sentences and a table."""

from __future__ import annotations

from loop.state import CampaignState, Refit
from services.report.numbers import NO_VALUE, Numbers
from services.report.tables import Head, Table, number, words

__all__ = ["judged_refits", "learning_sentences", "learning_table"]

_MOST_CYCLES = 8


def judged_refits(state: CampaignState) -> list[Refit]:
    """Return the refits that say of some target how far predictions were off."""
    return [refit for refit in state.refits if any(fit.rmse is not None for fit in refit.fits.values())]


def learning_sentences(state: CampaignState) -> list[str]:
    """Say what the numbers are, and of which targets the model knows no more than their mean."""
    refits = judged_refits(state)
    if not refits:
        return []
    unknown = [
        name
        for name, fit in refits[-1].fits.items()
        if fit.rmse is not None and fit.spread is not None and fit.rmse >= fit.spread
    ]
    said = [
        "At the end of each cycle some formulations are left out in turn and predicted from the others: how far that "
        "is off, as root mean square, beside how much the results themselves differ."
    ]
    if unknown:
        said.append(f"Of {', '.join(unknown)} the model does not know more than the mean of the results says.")
    return said


def learning_table(state: CampaignState) -> Table | None:
    """List targets: how far off the model was on formulations left out, by cycle, and how much results differ."""
    refits = judged_refits(state)[-_MOST_CYCLES:]
    if not refits:
        return None
    numbers, last = Numbers(state), refits[-1]
    names = [name for name in state.definition.measured_targets if any(name in refit.fits for refit in refits)]
    rows = []
    for name in names:
        fits = [refit.fits.get(name) for refit in refits]
        newest = last.fits.get(name)
        rows.append(
            [
                words(numbers.labelled(name)),
                *(number(NO_VALUE if fit is None else numbers.spread(name, fit.rmse)) for fit in fits),
                number(NO_VALUE if newest is None else numbers.spread(name, newest.spread)),
                number(NO_VALUE if newest is None else str(newest.n)),
            ]
        )
    heads = [Head("target"), *(Head(f"cycle {refit.cycle}", look="number") for refit in refits)]
    return Table.of(
        [*heads, Head("results differ by", "standard deviation", "number"), Head("formulations", look="number")], rows
    )
