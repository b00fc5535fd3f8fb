"""The laboratory as the loop knows it: work orders out of the outbox, files and sheets into the inbox.

It behaves as people with instruments do: the order lies in the outbox, files of instruments and the sheet with what was
read off testers come into the inbox by and by. Handed over twice, after a crash, they are the same bytes. What it truly
knows of a specimen lies in its own folder under ``truth``, for tests only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np

from campaigns.order_book import Finished, OrderBook
from campaigns.polypropylene.laboratory.analysing import analysis_files
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice, read_choice
from campaigns.polypropylene.laboratory.faults import spoilt_somehow
from campaigns.polypropylene.laboratory.making import Made, control, make, moulding_day
from campaigns.polypropylene.laboratory.piece import LabFile
from campaigns.polypropylene.laboratory.sessions import CONTROL
from campaigns.polypropylene.laboratory.testing import result_sheet, test_files
from campaigns.polypropylene.past import past_specimens
from campaigns.polypropylene.specimens import truth_of
from loop.definition import Definition
from loop.ids import cycle_of
from loop.orders import LabReport, WorkOrder
from loop.schedule import LabChoice
from loop.seeds import derive_seed
from services.campaign.labs import LabPlaces, ManualLab
from services.disk import write_whole

__all__ = ["PolypropyleneLaboratory", "open_laboratory"]

_SOURCE = "polypropylene laboratory"


class PolypropyleneLaboratory:
    """Makes compounds, analyses them by eight modalities and tests them.

    Parameters
    ----------
    definition
        Of the campaign; its targets decide what the result sheet holds.
    places
        Outbox, inbox, and a folder of its own.

    Raises
    ------
    CampaignError
        If the definition tells the laboratory something that it does not understand.
    """

    def __init__(self, definition: Definition, places: LabPlaces) -> None:
        lab: LabChoice = definition.lab
        self._definition, self._places = definition, places
        self._choice: LaboratoryChoice = read_choice(lab, where=definition.campaign)
        self._book, self._people = OrderBook(places.folder, lab), ManualLab(places.outbox)

    def accept(self, order: WorkOrder, at: datetime) -> None:
        """Take a work order, and put its sheet into the outbox; one that it has already is left as it is.

        Raises
        ------
        DiskError
            If it cannot be written down.
        """
        self._people.accept(order, at)
        self._book.accept(order, at)

    def reports(self, now: datetime) -> list[LabReport]:
        """Put the files of what is finished by now into the inbox; return what failed.

        Raises
        ------
        DiskError
            If a file cannot be put there; it is tried again the next time.
        """
        if self._choice.past:
            self._hand_over_past()
        failed = []
        for finished in self._book.finished(now):
            if finished.outcome == "failed":
                failed.append(finished.failure(_SOURCE))
            else:
                self._hand_over(finished)
                self._book.settle([finished.id])
        return failed

    def acknowledge(self, reports: Sequence[LabReport]) -> None:
        """Learn that failures are written down."""
        self._book.settle(report.id for report in reports)

    def _hand_over(self, finished: Finished) -> None:
        proposal = finished.line.proposal_id
        made = make(
            finished.specimen,
            finished.line.formulation,
            moulded_on=moulding_day(proposal, self._choice),
            choice=self._choice,
        )
        self._write_truth(made)
        files = [*analysis_files(made, self._choice), *test_files(made, self._choice)]
        self._put(f"{finished.specimen} first try", self._spoilt(finished.specimen, files))
        self._put(finished.specimen, files)
        if finished.replicate == 1 and proposal.endswith("-01"):
            week = cycle_of(proposal) - 1
            reference = control(self._choice)
            self._put(
                f"{CONTROL} week {week + 1}",
                analysis_files(reference, self._choice, label=CONTROL, week=10 + week),
            )
        sheet = result_sheet(made, proposal, finished.replicate, self._definition, self._choice)
        self._put(finished.specimen, [sheet])

    def _hand_over_past(self) -> None:
        """Put the files of what was made before the campaign into the inbox, once: old ones, found in a drawer."""
        for past in past_specimens():
            done = f"past {past.name}"
            if past.name != CONTROL and not self._book.is_settled(done):
                made = past.made(self._choice)
                self._write_truth(made)
                self._put(past.name, [*analysis_files(made, self._choice), *test_files(made, self._choice)])
                self._book.settle([done])

    def _spoilt(self, specimen: str, files: Sequence[LabFile]) -> list[LabFile]:
        """Return those files that went wrong at the first try, as they came out then."""
        rng = np.random.default_rng(derive_seed(self._choice.seed, specimen, "faults"))
        return [spoilt_somehow(file, rng).file for file in files if rng.random() < self._choice.faults]

    def _put(self, folder: str, files: Iterable[LabFile]) -> None:
        for file in files:
            write_whole(self._places.inbox / folder / file.name, file.data, "file of the laboratory")

    def _write_truth(self, made: Made) -> None:
        write_whole(self._places.folder / "truth" / f"{made.specimen}.json", truth_of(made), "truth")


def open_laboratory(definition: Definition, places: LabPlaces) -> PolypropyleneLaboratory:
    """Open the laboratory for a campaign over these compounds: ``lab: {name: polypropylene}``."""
    return PolypropyleneLaboratory(definition, places)
