"""What a text says of its own content, held against what was found: number of points, ends, extremes, order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from services.ingest.numerals import DecimalMark
from services.ingest.readers.said import claim_count, claim_number
from services.ingest.wording import as_numeral
from services.records.curve import Curve
from services.records.reading import Claim

__all__ = ["claims_of", "order_claim"]


def claims_of(said: Mapping[str, tuple[str, str]], curve: Curve, mark: DecimalMark) -> tuple[Claim, ...]:
    """Hold what fields say against a curve.

    Parameters
    ----------
    said
        Field and its text by kind: points, first, last, smallest, largest.
    """
    first, last = curve.axis.values[0], curve.axis.values[-1]
    if curve.was_reversed:
        first, last = last, first
    values = curve.channels[0].values
    found: list[Claim] = []
    for kind, (key, text) in said.items():
        numeral = as_numeral(text).split(" ")[0] if text else ""
        plain = numeral.replace(",", ".") if mark == "," else numeral.replace(",", "")
        match kind:
            case "points":
                found.append(claim_count("points", key, plain, len(curve)))
            case "first":
                found.append(claim_number("first", key, plain, float(first)))
            case "last":
                found.append(claim_number("last", key, plain, float(last)))
            case "smallest":
                found.append(claim_number("smallest", key, plain, float(np.nanmin(values))))
            case "largest":
                found.append(claim_number("largest", key, plain, float(np.nanmax(values))))
    return tuple(found)


def order_claim(index: np.ndarray, places: Sequence[str]) -> Claim:
    """Hold a column that numbers the rows against counting: a lost, doubled or exchanged row breaks it."""
    wrong = np.flatnonzero(np.diff(index) != 1)
    found = (
        f"{index[wrong[0] + 1]:g} after {index[wrong[0]]:g} in {places[wrong[0] + 1]}"
        if len(wrong)
        else "counts by one"
    )
    return Claim(kind="order", about="the index", said="counts by one", found=found)
