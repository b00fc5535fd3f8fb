"""Where a campaign stands, with what waits outside its journal: results in the inbox, work orders in the outbox."""

from __future__ import annotations

from services.campaign.clock import SystemClock
from services.campaign.post import lying_files, reason_of, refused_files
from services.campaign.viewing import status_view
from services.campaign.views import HeldView, InboxView, RefusedView, StatusView
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
        n_refused_files=len(refused_files(opened.workspace.inbox)),
        orders_not_delivered=[order.id for order in SqlOutbox(opened.database).undelivered(state.campaign)],
    )


def inbox_view(opened: Opened) -> InboxView:
    """Show what waits in the inbox of a workspace, for a person or for the next turn.

    Raises
    ------
    StoreError
        If the database cannot be read.
    """
    waiting, inbox = opened.held.records(waiting_only=True), opened.workspace.inbox
    return InboxView(
        held=tuple(HeldView.of(record.result, record.received_at) for record in waiting),
        refused=tuple(RefusedView(file=path.name, reason=reason_of(path)) for path in refused_files(inbox)),
        lying=tuple(path.name for path in lying_files(inbox)),
    )
