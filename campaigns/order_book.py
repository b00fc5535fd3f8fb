"""What a virtual laboratory was asked for, and what of it is finished: kept in a folder, so that it can be restarted.

Which fate a specimen has, and when, follows from the seed, the specimen and the attempt alone: started again, or asked
twice, the laboratory says the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np

from loop.durations import read_duration
from loop.ids import specimen_id
from loop.orders import LabReport, OrderLine, WorkOrder
from loop.schedule import LabChoice
from loop.seeds import derive_seed
from services.disk import append_line, write_whole

__all__ = ["Finished", "OrderBook"]

_SETTLED = "acknowledged.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One specimen that the laboratory is done with: `id` names specimen and attempt."""

    id: str
    specimen: str
    replicate: int
    line: OrderLine
    outcome: Literal["made", "failed"]

    def failure(self, source: str) -> LabReport:
        """Return what is reported of one that failed."""
        return LabReport(
            id=self.id,
            proposal_id=self.line.proposal_id,
            replicate=self.replicate,
            outcome="failed",
            reason=f"specimen {self.replicate} broke before the test (attempt {self.line.attempt})",
            source=source,
        )


class OrderBook:
    """Work orders of one laboratory.

    Parameters
    ----------
    folder
        Of its own: work orders, and which specimens are settled.
    choice
        Seed, longest delay, and the shares of specimens that fail or get lost.
    """

    def __init__(self, folder: Path, choice: LabChoice) -> None:
        self._folder, self._choice = folder, choice
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

    def finished(self, now: datetime) -> list[Finished]:
        """Return what is finished by now and was not settled yet, order by order; what gets lost never is."""
        settled = self._settled()
        return [
            finished
            for accepted_at, order in self._orders()
            for line in order.lines
            for finished in self._of(line, accepted_at, now)
            if finished.id not in settled
        ]

    def settle(self, ids: Iterable[str]) -> None:
        """Note that what was finished has been received."""
        for id_ in ids:
            append_line(self._folder / _SETTLED, id_, "acknowledgement")

    def is_settled(self, id_: str) -> bool:
        """Say whether something was noted as received."""
        return id_ in self._settled()

    def _of(self, line: OrderLine, accepted_at: datetime, now: datetime) -> Iterator[Finished]:
        for replicate in range(1, line.replicates + 1):
            specimen = specimen_id(line.proposal_id, replicate)
            rng = np.random.default_rng(derive_seed(self._choice.seed, specimen, "attempt", line.attempt))
            takes, fate = self._delay * float(rng.uniform(0.5, 1.0)), float(rng.uniform())
            if accepted_at + takes > now or fate < self._choice.losses:
                continue
            yield Finished(
                id=f"{specimen}-A{line.attempt}",
                specimen=specimen,
                replicate=replicate,
                line=line,
                outcome="failed" if fate < self._choice.losses + self._choice.failures else "made",
            )

    def _orders(self) -> Iterator[tuple[datetime, WorkOrder]]:
        folder = self._folder / "orders"
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
            told = json.loads(path.read_text(encoding="utf-8"))
            yield datetime.fromisoformat(told["accepted_at"]), WorkOrder.model_validate(told["order"])

    def _settled(self) -> frozenset[str]:
        path = self._folder / _SETTLED
        return frozenset(path.read_text(encoding="utf-8").splitlines()) if path.exists() else frozenset()
