"""A virtual laboratory: takes work orders, makes and measures in its own time, fails and loses things as told.

What happens to a specimen follows from the seed, the specimen and the attempt alone: started again, or asked twice, it
says the same. What it was asked for, and which reports were received, lies in a folder of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from loop.durations import read_duration
from loop.ids import specimen_id
from loop.observations import TargetValue
from loop.orders import LabReport, OrderLine, WorkOrder
from loop.schedule import LabChoice
from loop.seeds import derive_seed
from loop.values import Formulation
from services.disk import append_line, write_whole

__all__ = ["Measure", "VirtualLaboratory"]

Measure = Callable[[Formulation, str], Mapping[str, TargetValue]]
"""What a specimen of a formulation shows, given the specimen's id; the same specimen shows the same."""

_ACKNOWLEDGED = "acknowledged.txt"


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
        self._folder, self._choice, self._measure = folder, choice, measure
        self._delay = read_duration(choice.delay)

    def accept(self, order: WorkOrder, at: datetime) -> None:
        """Take a work order; one that it has already is left as it is.

        Raises
        ------
        DiskError
            If it cannot be written down.
        """
        path = self._folder / "orders" / f"{order.id}.json"
        if not path.exists():
            told = {"accepted_at": at.isoformat(), "order": order.model_dump(mode="json")}
            write_whole(path, json.dumps(told, ensure_ascii=False).encode(), "accepted order")

    def reports(self, now: datetime) -> list[LabReport]:
        """Return what is finished by now and was not received yet, order by order."""
        received = self._received()
        return [
            report
            for accepted_at, order in self._orders()
            for line in order.lines
            for report in self._of(line, accepted_at, now)
            if report.id not in received
        ]

    def acknowledge(self, reports: Sequence[LabReport]) -> None:
        """Note that reports were received."""
        for report in reports:
            append_line(self._folder / _ACKNOWLEDGED, report.id, "acknowledgement")

    def _of(self, line: OrderLine, accepted_at: datetime, now: datetime) -> Iterator[LabReport]:
        for replicate in range(1, line.replicates + 1):
            specimen = specimen_id(line.proposal_id, replicate)
            rng = np.random.default_rng(derive_seed(self._choice.seed, specimen, "attempt", line.attempt))
            takes, fate = self._delay * float(rng.uniform(0.5, 1.0)), float(rng.uniform())
            if accepted_at + takes > now or fate < self._choice.losses:
                continue
            report = f"{specimen}-A{line.attempt}"
            if fate < self._choice.losses + self._choice.failures:
                yield LabReport(
                    id=report,
                    proposal_id=line.proposal_id,
                    replicate=replicate,
                    outcome="failed",
                    reason=f"specimen {replicate} broke before the test (attempt {line.attempt})",
                    source="virtual laboratory",
                )
                continue
            yield LabReport(
                id=report,
                proposal_id=line.proposal_id,
                replicate=replicate,
                targets=self._measure(line.formulation, specimen),
                source="virtual laboratory",
            )

    def _orders(self) -> Iterator[tuple[datetime, WorkOrder]]:
        folder = self._folder / "orders"
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
            told = json.loads(path.read_text(encoding="utf-8"))
            yield datetime.fromisoformat(told["accepted_at"]), WorkOrder.model_validate(told["order"])

    def _received(self) -> frozenset[str]:
        path = self._folder / _ACKNOWLEDGED
        return frozenset(path.read_text(encoding="utf-8").split()) if path.exists() else frozenset()
