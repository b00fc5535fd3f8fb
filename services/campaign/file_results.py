"""Results out of instruments' files: what test pieces say together becomes the targets of their specimen.

Only measurements that count are taken, and only once all test pieces of a specimen have come in: until then, and while
one of them is doubted, the result waits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev

from loop.ids import specimen_id
from loop.observations import State, TargetValue
from loop.orders import LabReport
from loop.proposal import AT_THE_LABORATORY
from loop.state import CampaignState, ProposalRecord
from services.campaign.impact_testing import IMPACT, impact_target
from services.campaign.looking.gather import Seen, seen_kept
from services.campaign.plan import CampaignPlan, EvaluatedTest
from services.ingest.sandbox import Sandbox
from services.preprocessing.errors import PreprocessingError
from services.preprocessing.tensile import TensileSummary, evaluate_bar, summarise
from services.preprocessing.tensile.bar import QUANTITIES
from services.records.measurement import Measurement
from services.records.modality import modality_key
from services.records.plan import plain_unit
from services.records.reading import Reading
from services.store.measurements import SqlMeasurements

__all__ = ["FileResults"]

_SOURCE = "files"

_Wanted = tuple[str, str]
"""A quantity, and the unit that the definition says it has."""


class FileResults:
    """Works out what the kept files of a campaign's tests say of specimens that are at the laboratory.

    Parameters
    ----------
    measurements
        Where files and measurements are booked.
    blob
        Where the kept bytes of a hash lie.
    sandbox
        What reads them.
    """

    def __init__(self, measurements: SqlMeasurements, *, blob: Callable[[str], Path], sandbox: Sandbox) -> None:
        self._measurements, self._blob, self._sandbox = measurements, blob, sandbox

    def reports(self, state: CampaignState, plan: CampaignPlan) -> list[LabReport]:
        """Return a report for each specimen and test whose result is there and not written down yet.

        The same measurements give the same report, with the same id.
        """
        wanted = _targets_by_test(state, plan)
        if not wanted:
            return []
        return [
            report
            for record in state.open_proposals
            if record.state in AT_THE_LABORATORY
            for report in self._of(state, record, plan, wanted)
        ]

    def _of(
        self, state: CampaignState, record: ProposalRecord, plan: CampaignPlan, wanted: Mapping[str, Mapping[str, str]]
    ) -> Iterator[LabReport]:
        for replicate in range(1, record.proposal.replicates + 1):
            specimen = specimen_id(record.proposal.id, replicate)
            known = state.specimens.get(specimen)
            have = known.observation.targets if known is not None else {}
            lacking = {test: names for test, names in wanted.items() if not set(names) <= set(have)}
            measured = self._measurements.measurements(specimen=specimen) if lacking else []
            for test, targets in lacking.items():
                pieces = _counting(measured, test, plan.tests[test])
                if not pieces:
                    continue
                units = plan.tests[test].quantities
                found = self._results(pieces, plan, {name: (q, units[q]) for name, q in targets.items()})
                yield LabReport(
                    id=f"{specimen}-{_digest(test, pieces)}",
                    proposal_id=record.proposal.id,
                    replicate=replicate,
                    targets={name: value for name, value in found.items() if name not in have},
                    source=f"{_SOURCE}: {', '.join(dict.fromkeys(self._file_name(one) for one in pieces))}",
                )

    def _results(
        self, pieces: Sequence[Measurement], plan: CampaignPlan, targets: Mapping[str, _Wanted]
    ) -> dict[str, TargetValue]:
        """Work out targets, by name, from the quantities they are."""
        seen = list(seen_kept(pieces, self._sandbox, self._measurements, self._blob))
        readings = [one.reading for one in seen if one.reading is not None]
        unread = [f"{one.file}: {one.fault}" for one in seen if one.reading is None]
        if unread:
            return {name: _lost("; ".join(unread)) for name in targets}
        if any(reading.curves for reading in readings):
            return _of_bars(seen, plan, targets)
        if all(one.modality == IMPACT for one in pieces):
            return {name: _of_impact(readings, *wanted, plan=plan) for name, wanted in targets.items()}
        return {name: _of_amounts(readings, *wanted) for name, wanted in targets.items()}

    def _file_name(self, measurement: Measurement) -> str:
        file = self._measurements.file(measurement.file)
        return file.name if file is not None else measurement.file


def _targets_by_test(state: CampaignState, plan: CampaignPlan) -> dict[str, dict[str, str]]:
    """Return the quantity of each target, by test, of tests whose results are taken out of files."""
    found: dict[str, dict[str, str]] = {}
    for name in state.definition.measured_targets:
        given = plan.quantity_of(state.definition.targets[name])
        if given is not None and plan.tests[given[0]].results == "files":
            found.setdefault(given[0], {})[name] = given[1]
    return found


def _counting(measured: Sequence[Measurement], name: str, test: EvaluatedTest) -> list[Measurement]:
    """Return the measurements that a result is made of; none while some are lacking or wait for a person."""
    modality = modality_key(test.modality or name)
    of_test = [one for one in measured if modality_key(one.modality) == modality]
    kept = [one for one in of_test if one.judgement == "kept"]
    is_settled = not any(one.judgement == "doubted" for one in of_test)
    return kept if is_settled and sum(_n_pieces(one) for one in kept) >= test.pieces else []


def _n_pieces(measurement: Measurement) -> int:
    """A bar is a measurement of its own; a table says of one measurement how many determinations it is of."""
    return 1 if measurement.content.curves else max(1, int(float(str(measurement.facts.get("n", 1) or 1))))


def _of_bars(seen: Sequence[Seen], plan: CampaignPlan, targets: Mapping[str, _Wanted]) -> dict[str, TargetValue]:
    """Work out tensile bars by the campaign's method, and take what they say together."""
    bars, faults = [], []
    for one in seen:
        if one.reading is not None:
            try:
                bars.append(evaluate_bar(one.reading, plan.tensile))
            except PreprocessingError as error:
                faults.append(f"{one.label or one.number}: {error}")
    together = summarise(bars, plan.tensile)
    why = "; ".join([*faults, *(f"{gone.bar}: {gone.quantity}: {gone.reason}" for gone in together.left_out)])
    return {name: _of_quantity(together, *wanted, why=why) for name, wanted in targets.items()}


def _of_quantity(together: TensileSummary, quantity: str, unit: str, *, why: str) -> TargetValue:
    """Take a quantity out of a summary: the mean, or the median of one that may be censored."""
    if quantity not in QUANTITIES:
        return _lost(f"tensile curves give no {quantity}; they give {', '.join(QUANTITIES)}")
    if plain_unit(QUANTITIES[quantity]) != plain_unit(unit):
        return _lost(f"{quantity} comes in {QUANTITIES[quantity]}, the definition says {unit}")
    if quantity in together.quantities:
        summary = together.quantities[quantity]
        if summary.mean is None:
            return _lost(why or f"no bar shows {quantity}")
        return TargetValue(mean=summary.mean, sd=summary.sd, n=summary.n)
    median, n = together.censored[quantity].median, together.censored[quantity].n
    if median.value is None:
        return _lost(median.reason or why or f"no bar shows {quantity}")
    if median.state.is_censored:
        return TargetValue(state=median.state, limit=median.value, n=n, reason=median.reason)
    return TargetValue(mean=median.value, n=n)


def _of_impact(readings: Sequence[Reading], quantity: str, unit: str, *, plan: CampaignPlan) -> TargetValue:
    """Take impact strength by type of break; another quantity of the table is averaged as it stands."""
    if quantity != "impact_strength":
        return _of_amounts(readings, quantity, unit)
    if plain_unit(unit) != plain_unit("kJ/m²"):
        return _lost(f"impact strength comes in kJ/m², the definition says {unit}")
    return impact_target(readings, plan.charpy)


def _of_amounts(readings: Sequence[Reading], quantity: str, unit: str) -> TargetValue:
    """Average the determinations of a quantity; a limit among them makes the result a limit."""
    amounts = [reading.amounts[quantity] for reading in readings if quantity in reading.amounts]
    if not amounts:
        return _lost(f"no file gives {quantity}")
    others = sorted({amount.unit for amount in amounts if plain_unit(amount.unit) != plain_unit(unit)})
    if others:
        return _lost(f"{quantity} comes in {', '.join(others) or 'no unit'}, the definition says {unit}")
    values = [amount.value for amount in amounts]
    limits = {amount.limit for amount in amounts if amount.limit}
    if limits:
        state = State.ABOVE_RANGE if limits == {">"} else State.BELOW_DETECTION
        limit = min(values) if state is State.ABOVE_RANGE else max(values)
        return TargetValue(state=state, limit=limit, n=len(values), reason="at least one determination is a limit")
    return TargetValue(mean=fmean(values), sd=stdev(values) if len(values) > 1 else None, n=len(values))


def _lost(reason: str) -> TargetValue:
    return TargetValue(state=State.LOST, n=0, reason=reason)


def _digest(test: str, pieces: Sequence[Measurement]) -> str:
    text = "\x1f".join([test, *sorted(one.id for one in pieces)])
    return hashlib.sha256(text.encode()).hexdigest()[:12].upper()
