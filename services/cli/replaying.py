"""Make logged cycles again, one after the other, and show which came out the same."""

from __future__ import annotations

from rich.console import RenderableType

from services.campaign.service import CampaignService
from services.campaign.views import ReplaysView, ReplayView
from services.cli.layouts import plain_table
from services.cli.printing import waiting

__all__ = ["replayed", "replays_page"]

_MOST_DIFFERENCES = 5


def replayed(service: CampaignService, campaign: str, cycle: int | None) -> ReplaysView:
    """Replay one cycle, or all of them."""
    cycles = sorted(service.state(campaign).cycles) if cycle is None else [cycle]
    found: list[ReplayView] = []
    for number in cycles:
        with waiting(f"replaying cycle {number}"):
            done = service.replay(campaign, cycle=number)
        found += [ReplayView(cycle=d.cycle, is_same=d.is_same, differences=d.differences) for d in done]
    return ReplaysView(campaign=campaign, is_same=all(view.is_same for view in found), cycles=tuple(found))


def replays_page(view: ReplaysView) -> RenderableType:
    """List the cycles, and what differs."""
    rows = []
    for replay in view.cycles:
        named = ", ".join(replay.differences[:_MOST_DIFFERENCES])
        more = len(replay.differences) - _MOST_DIFFERENCES
        rows.append(
            [str(replay.cycle), "yes" if replay.is_same else "NO", named + (f" and {more} more" if more > 0 else "")]
        )
    return plain_table(["cycle", "same", "what differs"], rows)
