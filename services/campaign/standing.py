"""Where a campaign stands, with what waits outside its journal: results in the inbox, work orders in the outbox."""

from __future__ import annotations

from services.campaign.clock import SystemClock
from services.campaign.inbox_folder import lying_files, reason_of, refused_files
from services.campaign.viewing import status_view
from services.campaign.views import HeldView, InboxView, MeasurementView, RefusedView, SettledView, StatusView
from services.campaign.wiring import Opened
from services.store import SqlOutbox

__all__ = ["inbox_view", "standing"]


def standing(opened: Opened, campaign: str) -> StatusView:
    """Show where a campaign stands.

    Raises
    ------
    CampaignError
        If there is no such campaign.
    StoreError
        If the database cannot be read.
    """
    state = opened.service.state(campaign)
    waiting = [record.result for record in opened.held.records(waiting_only=True)]
    return status_view(
        state,
        now=SystemClock().now(),
        n_held=sum(result.campaign in (state.campaign, "") for result in waiting),
        n_measurements_waiting=sum(m.campaign in (state.campaign, "") for m in opened.measuring.waiting()),
        n_refused_files=len(refused_files(opened.workspace.inbox)),
        orders_not_delivered=[order.id for order in SqlOutbox(opened.database).undelivered(state.campaign)],
    )


def inbox_view(opened: Opened, *, with_settled: bool = False) -> InboxView:
    """Show what waits in the inbox of a workspace, for a person or for the next turn; and what waited, if asked.

    Raises
    ------
    StoreError
        If the database cannot be read.
    """
    records, inbox = opened.held.records(waiting_only=not with_settled), opened.workspace.inbox
    measuring = opened.measuring
    files = measuring.files()
    return InboxView(
        held=tuple(HeldView.of(r.result, r.received_at) for r in records if r.settled_at is None),
        settled=tuple(
            SettledView(
                held=HeldView.of(r.result, r.received_at),
                settled_at=r.settled_at,
                settled_by=r.settled_by,
                settlement=r.settlement,
            )
            for r in records
            if r.settled_at is not None
        ),
        measurements=tuple(MeasurementView.of(m, files[m.file].name) for m in measuring.waiting()),
        refused=tuple(RefusedView(file=path.name, reason=reason_of(path)) for path in refused_files(inbox)),
        lying=tuple(path.relative_to(inbox).as_posix() for path in lying_files(inbox)),
    )
