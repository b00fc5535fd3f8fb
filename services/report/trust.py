"""What past predictions were worth, as sentences and tables."""

from __future__ import annotations

import math

from loop.reliability import Coverage, comparisons, coverage, coverage_by_target, repeatability
from loop.state import CampaignState
from services.report.headline import listed
from services.report.numbers import NO_VALUE, Numbers
from services.report.tables import Head, Table, identity, number, words

__all__ = ["past_predictions", "reliability_sentences", "reliability_table"]


def reliability_sentences(state: CampaignState) -> list[str]:
    """Say what past predictions were worth."""
    compared = comparisons(state)
    found = coverage(compared)
    if not found.n:
        return []
    meant = {
        "as promised": f"That is as promised, as far as {found.n} comparisons can tell.",
        "too few inside": "That is less than promised: the predicted spreads are too small, so trust them less.",
        "more inside than promised": "That is more than promised: the predicted spreads are wider than need be.",
        "nothing to compare": "",
    }[found.verdict]
    unknown = [
        name for name in dict.fromkeys(one.target for one in compared) if repeatability(state, name).origin == "unknown"
    ]
    said = [
        f"{found.n_inside} of {found.n} measured values ({100 * found.n_inside / found.n:.0f} %; with 95 % confidence "
        f"{100 * found.low:.0f} to {100 * found.high:.0f} %) lay inside the 90 % interval predicted before they were "
        f"made. {meant}",
        "An interval holds the predicted spread and the repeatability of a mean of so many tests.",
    ]
    if unknown:
        said.append(f"No repeatability is known for {listed(unknown)}; there the intervals hold the prediction alone.")
    marked = {one.proposal_id for one in compared if one.rests_on_corrected}
    if marked:
        said.append(
            f"{len(marked)} of the predictions were made with a value that was corrected later; they stay as written."
        )
    return said


def reliability_table(state: CampaignState) -> Table | None:
    """List targets: how many measured values lay inside, how far off predictions were, what tests repeat within."""
    compared = comparisons(state)
    if not compared:
        return None
    numbers = Numbers(state)
    rows = []
    for name, found in coverage_by_target(compared).items():
        own = [one for one in compared if one.target == name]
        known = repeatability(state, name)
        errors = [abs(one.measured - one.predicted.mean) for one in own]
        finite = [one.z for one in own if math.isfinite(one.z)]
        bias = sum(finite) / len(finite) if finite else 0.0
        rows.append(
            [
                words(numbers.labelled(name)),
                number(f"{found.n_inside} of {found.n}", "bad" if found.verdict == "too few inside" else ""),
                number(_percent(found)),
                number(numbers.spread(name, sum(errors) / len(errors))),
                number(f"{bias:+.2f}".replace("-", "−")),
                number(NO_VALUE if known.origin == "unknown" else f"{numbers.spread(name, known.sd)}, {known.origin}"),
            ]
        )
    heads = (
        Head("target"),
        Head("inside", look="number"),
        Head("share", "95 % interval", "number"),
        Head("mean absolute error", "unit of the target", "number"),
        Head("bias", "spreads; + is measured above", "number"),
        Head("repeatability", "unit of the target", "number"),
    )
    return Table.of(heads, rows)


def past_predictions(state: CampaignState) -> Table | None:
    """List every prediction beside what came out of it."""
    compared = comparisons(state)
    if not compared:
        return None
    numbers = Numbers(state)
    heads = (
        Head("proposal"),
        Head("target"),
        Head("predicted", look="number"),
        Head("± sd", look="number"),
        Head("measured", look="number"),
        Head("tests", look="number"),
        Head("difference", "spreads", "number"),
        Head("90 % interval"),
        Head(""),
    )
    rows = [
        [
            identity(one.proposal_id),
            words(one.target, "nowrap"),
            number(numbers.value(one.target, one.predicted.mean)),
            number(numbers.spread(one.target, one.predicted.sd)),
            number(numbers.value(one.target, one.measured)),
            number(str(one.n_tests)),
            number(f"{one.z:+.1f}".replace("-", "−")),
            words("inside" if one.is_inside else "outside", "quiet" if one.is_inside else "bad"),
            words("a value behind it was corrected since" if one.rests_on_corrected else "", "quiet"),
        ]
        for one in compared
    ]
    return Table.of(heads, rows)


def _percent(found: Coverage) -> str:
    share = found.share
    return NO_VALUE if share is None else f"{100 * share:.0f} %, {100 * found.low:.0f} to {100 * found.high:.0f} %"
