"""What to draw of amounts: compositions as bars from the largest, one property of many specimens side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from services.records.reading import Amount
from services.report.numbers import significant
from services.report.pictures.axis_words import axis_label, quantity_words, unit_words
from services.report.pictures.panels import Axis, Bar, Bars, Listing, Panel

__all__ = ["amount_panels"]

_Told = tuple[str, str, Mapping[str, Amount]]
_COMPOSITION = "XRF"
_FEWEST_OF_A_COMPOSITION = 8
_MOST_PANELS, _MOST_BARS = 12, 60
_DECADES = 2.0
"""Amounts that lie further apart than this many powers of ten are drawn over their logarithm."""


def amount_panels(told: Sequence[_Told]) -> tuple[Panel, ...]:
    """Describe the pictures of amounts.

    Parameters
    ----------
    told
        Name, modality and amounts of each measurement; those without amounts are passed over.
    """
    own = [one for one in told if one[2]]
    n_most = max((len(amounts) for _, _, amounts in own), default=0)
    is_composition = n_most >= _FEWEST_OF_A_COMPOSITION or any(modality == _COMPOSITION for _, modality, _ in own)
    if len(own) > 1 and not is_composition:
        panels = list(_by_property(own))
    else:
        panels = [panel for one in own for panel in _by_unit(*one)]
    if len(panels) <= _MOST_PANELS:
        return tuple(panels)
    rest = f"{len(panels) - _MOST_PANELS} more are in the tables alone"
    return (*panels[:_MOST_PANELS], Listing(title="amounts", rows=(("not drawn", rest),)))


def _by_property(told: Sequence[_Told]) -> Iterator[Panel]:
    """Describe one property of several specimens, in their order."""
    found: dict[tuple[str, str, str], list[tuple[str, Amount]]] = {}
    for name, modality, amounts in told:
        for quantity, amount in amounts.items():
            found.setdefault((modality, quantity, amount.unit), []).append((name, amount))
    for (modality, quantity, unit), listed in found.items():
        title = " · ".join(filter(None, (modality, quantity_words(quantity, modality))))
        bars = tuple(_bar(name or str(n), amount) for n, (name, amount) in enumerate(listed[:_MOST_BARS], start=1))
        note = f"the first {_MOST_BARS} of {len(listed)} are drawn" if len(listed) > _MOST_BARS else ""
        yield Bars(title=title, x=Axis(label=axis_label(quantity, unit, modality)), bars=bars, note=note)


def _by_unit(name: str, modality: str, amounts: Mapping[str, Amount]) -> Iterator[Panel]:
    """Describe all amounts of one measurement: those of one unit together, from the largest."""
    units: dict[str, list[tuple[str, Amount]]] = {}
    for quantity, amount in amounts.items():
        units.setdefault(amount.unit, []).append((quantity, amount))
    title = " · ".join(filter(None, (modality or "amounts", name)))
    alone = []
    for unit, listed in units.items():
        if len(listed) == 1 or any(amount.value < 0 for _, amount in listed):
            alone += listed
            continue
        ordered = sorted(listed, key=lambda entry: -entry[1].value)[:_MOST_BARS]
        values = [amount.value for _, amount in ordered if amount.value > 0]
        is_log = len(values) > 1 and math.log10(max(values) / min(values)) > _DECADES
        bars = tuple(_bar(quantity_words(quantity, modality), amount) for quantity, amount in ordered)
        if is_log and len(values) < len(bars):
            is_log = False  # zero has no place over a logarithm
        what = "molar mass" if modality == "GPC" else "amount"
        axis = Axis(label=f"{what} ({unit_words(unit) or 'no unit stated'})", is_log=is_log)
        yield Bars(title=title, x=axis, bars=bars)
    if alone:
        yield Listing(title=title, rows=tuple((quantity_words(q, modality), _text(amount)) for q, amount in alone))


def _bar(name: str, amount: Amount) -> Bar:
    return Bar(
        name=name, value=amount.value, text=amount.limit + significant(amount.value), is_limit=bool(amount.limit)
    )


def _text(amount: Amount) -> str:
    return f"{amount.limit}{significant(amount.value, 6)} {unit_words(amount.unit)}".rstrip()
