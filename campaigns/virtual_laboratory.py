"""A virtual laboratory that reports numbers: makes and measures in its own time, fails and loses things as told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from campaigns.order_book import Finished, OrderBook
from loop.observations import TargetValue
from loop.orders import LabReport, WorkOrder
from loop.schedule import LabChoice
from loop.values import Formulation

__all__ = ["Measure", "VirtualLaboratory"]

Measure = Callable[[Formulation, str], Mapping[str, TargetValue]]
"""What a specimen of a formulation shows, given the specimen's id; the same specimen shows the same."""

_SOURCE = "virtual laboratory"


class VirtualLaboratory:
    """Makes and measures what it is asked for.

    Parameters
    ----------
    folder
        Of its own: work orders, and which reports were received.
    choice
        Seed, longest delay, and the shares of specimens that fail or get lost.
    measure
        Says what a specimen shows.
    """

    def __init__(self, folder: Path, choice: LabChoice, measure: Measure) -> None:
        self._book, self._measure = OrderBook(folder, choice), measure

    def accept(self, order: WorkOrder, at: datetime) -> None:
        """Take a work order; one that it has already is left as it is.

        Raises
        ------
        DiskError
            If it cannot be written down.
        """
        self._book.accept(order, at)

    def reports(self, now: datetime) -> list[LabReport]:
        """Return what is finished by now and was not received yet, order by order."""
        return [self._report(finished) for finished in self._book.finished(now)]

    def acknowledge(self, reports: Sequence[LabReport]) -> None:
        """Note that reports were received."""
        self._book.settle(report.id for report in reports)

    def _report(self, finished: Finished) -> LabReport:
        if finished.outcome == "failed":
            return finished.failure(_SOURCE)
        return LabReport(
            id=finished.id,
            proposal_id=finished.line.proposal_id,
            replicate=finished.replicate,
            targets=self._measure(finished.line.formulation, finished.specimen),
            source=_SOURCE,
        )
