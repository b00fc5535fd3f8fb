"""One run of a verb in a workspace: open it, find the campaign that is meant, close it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from services.campaign.service import CampaignService
    from services.campaign.wiring import Opened

__all__ = ["Session", "campaign_and", "campaign_and_ids", "session"]

_PROPOSAL_ID = re.compile(r"[A-Za-z0-9-]+-[Cc]\d{3,}-\d{2,}")


@dataclass(frozen=True, slots=True)
class Session:
    """An open workspace, and the little that every verb asks of it."""

    opened: Opened

    @property
    def service(self) -> CampaignService:
        """Every use case."""
        return self.opened.service

    def campaign(self, given: str | None) -> str:
        """Return the campaign that is meant: the one given, else the only one there is.

        Raises
        ------
        CampaignError
            If there is none yet.
        typer.BadParameter
            If none is given and there are several.
        """
        known = self.service.campaigns()
        if given is not None:
            return given if given in known else given.upper()
        if len(known) == 1:
            return known[0]
        if not known:
            from services.campaign.errors import CampaignError

            raise CampaignError("this workspace has no campaign yet: meguri init --from TABLE, then meguri start FILE")
        raise typer.BadParameter(f"say which campaign: {', '.join(known)}")


@contextmanager
def session(actor: str | None = None) -> Iterator[Session]:
    """Open the workspace at or above the current folder."""
    from services.campaign.wiring import open_service

    with open_service(Path.cwd(), actor=actor) as opened:
        yield Session(opened)


def campaign_and(first: str | None, last: str | None, what: str) -> tuple[str | None, str]:
    """Sort out ``[CAMPAIGN] LAST``, where the campaign may be left out: a single word is the last one."""
    if first is None:
        raise typer.BadParameter(f"missing {what}")
    return (None, first) if last is None else (first, last)


def campaign_and_ids(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """Sort out ``[CAMPAIGN] [PROPOSAL …]``: words that look like a proposal's id are ids, the other is the campaign.

    Raises
    ------
    typer.BadParameter
        If more than one word is no id, or the ids are of several campaigns.
    """
    ids = [word.upper() for word in words if _PROPOSAL_ID.fullmatch(word)]
    others = [word for word in words if not _PROPOSAL_ID.fullmatch(word)]
    if len(others) > 1:
        raise typer.BadParameter(f"{others[1]!r} is no proposal id; one looks like PP01-C003-02")
    campaigns = {re.sub(r"-C\d{3,}-\d{2,}$", "", proposal) for proposal in ids} | {word.upper() for word in others}
    if len(campaigns) > 1:
        raise typer.BadParameter(f"one campaign at a time, got {', '.join(sorted(campaigns))}")
    return (campaigns.pop() if campaigns else None), ids
