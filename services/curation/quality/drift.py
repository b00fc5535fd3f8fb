"""A session of an instrument whose control specimen differs from those of the sessions before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log

import numpy as np

from services.curation.quality.alignment import apart
from services.curation.quality.errors import QualityError
from services.curation.quality.short_run import pooled_limit
from services.curation.quality.signal import Signal, signal_of
from services.records.doubt import Doubt
from services.records.reading import Reading

__all__ = ["session_drift"]

_LEAST_SESSIONS = 3
_FALSE_ALARMS = 0.0005
"""Probability that a session that did not drift is doubted by one of its numbers."""
_WEIGHT_OF_USUAL = 4.0
_USUAL_SHIFT = 0.0005
"""Usual sd of the axis from session to session, as share of its length."""
_USUAL_SCALE = {"TG": 0.005, "DSC": 0.02, "tensile": 0.02}
_ANY_SCALE = 0.03


def session_drift(control_by_session: Mapping[str, Sequence[Reading]]) -> Mapping[str, tuple[Doubt, ...]]:
    """Find the sessions in which an instrument drifted; all measurements of such a session are to be doubted.

    Parameters
    ----------
    control_by_session
        Measurements of one control specimen, by session, sessions in order of time; at least one a session.

    Returns
    -------
    Every session with its doubts. The first three are not judged: there is nothing to judge them by. A session that
    drifted does not count for those after it, so they are held against the instrument as it was.

    Raises
    ------
    QualityError
        If a session has no control, or they are of several modalities.
    """
    readings = [reading for session in control_by_session.values() for reading in session]
    if empty := [name for name, session in control_by_session.items() if not session]:
        raise QualityError(f"session {empty[0]!r} has no measurement of its control")
    modalities = sorted({reading.modality for reading in readings})
    if len(modalities) > 1:
        raise QualityError(f"a control specimen is followed in one modality, got {', '.join(modalities)}")
    numbers = _numbers(control_by_session)
    found: dict[str, list[Doubt]] = {name: [] for name in control_by_session}
    before: list[str] = []
    for session in control_by_session:
        if len(before) >= _LEAST_SESSIONS:
            found[session] = _judged(session, before, numbers)
        if not found[session]:
            before.append(session)
    return {name: tuple(doubts) for name, doubts in found.items()}


class _Followed:
    """One number of the control over the sessions: its mean by session, its usual spread, and how it is told."""

    def __init__(self, about: str, usual: float, unit: str, *, is_ratio: bool) -> None:
        self.about, self.usual, self.unit, self.is_ratio = about, usual, unit, is_ratio
        self.by_session: dict[str, float] = {}

    def told(self, moved: float, limit: float, n: int) -> str:
        """Say how far it moved, how far it may, and what would put it right."""
        if self.is_ratio:
            return (
                f"the control's {self.about} is {exp(moved):.4g} times that of {n} sessions before, up to "
                f"{exp(limit):.4g} times can be; every measurement of the session would be divided by {exp(moved):.4g}"
            )
        return (
            f"the control's {self.about} stands {moved:+.4g} {self.unit} off that of {n} sessions before, "
            f"{limit:.3g} can be; {moved:+.4g} {self.unit} would be taken from every measurement of the session"
        )


def _numbers(sessions: Mapping[str, Sequence[Reading]]) -> list[_Followed]:
    """Follow shift and scale of the control's curve against the first one, and each of its amounts as a ratio."""
    first = next((reading for session in sessions.values() for reading in session), None)
    if first is None:
        return []
    reference = signal_of(first)
    followed: list[_Followed] = []
    if reference is not None:
        usual = _USUAL_SCALE.get(first.modality, _ANY_SCALE)
        shift = _Followed("axis", _USUAL_SHIFT * reference.span, reference.axis_unit, is_ratio=False)
        scale = _Followed(f"{reference.quantity} scale", usual, "", is_ratio=True)
        for name, session in sessions.items():
            beside = [_beside(reference, signal_of(reading), first.modality) for reading in session]
            known = [pair for pair in beside if pair is not None]
            if known:
                shift.by_session[name], scale.by_session[name] = (float(v) for v in np.median(known, axis=0))
        followed += [scale] if first.modality == "tensile" else [shift, scale]
    for quantity, amount in first.amounts.items():
        ratio = _Followed(quantity, _ANY_SCALE, "", is_ratio=True)
        for name, session in sessions.items():
            values = [
                r.amounts[quantity].value / amount.value for r in session if quantity in r.amounts and amount.value
            ]
            if values and min(values) > 0:
                ratio.by_session[name] = log(float(np.median(values)))
        followed.append(ratio)
    return followed


def _beside(reference: Signal, signal: Signal | None, modality: str) -> tuple[float, float] | None:
    if signal is None:
        return None
    free = modality != "tensile"
    found = apart(reference, signal, with_baseline=free, with_shift=free)
    return None if found is None or not found.scale > 0 else (found.shift, log(found.scale))


def _judged(session: str, before: Sequence[str], numbers: Sequence[_Followed]) -> list[Doubt]:
    found = []
    for number in numbers:
        values = np.array([number.by_session[name] for name in before if name in number.by_session])
        if session not in number.by_session or len(values) < _LEAST_SESSIONS:
            continue
        moved = number.by_session[session] - float(values.mean())
        limit = pooled_limit(values, number.usual, _WEIGHT_OF_USUAL, _FALSE_ALARMS)
        if abs(moved) > limit:
            found.append(Doubt("session drift", number.about, number.told(moved, limit, len(values))))
    return found
