"""Every name under which a measurement may be somebody's: ids of campaigns, proposals and specimens, and own names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from loop.ids import CampaignId
from loop.state import CampaignState
from services.ingest.linking import Link, Naming, Unlinked, whose

__all__ = ["Names", "names_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What there is in a workspace, for linking."""

    campaigns: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    specimens: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    """What people call specimens, each with its id."""

    def whose(self, namings: Iterable[Naming]) -> Link | Unlinked:
        """Say whose measurement it is that these places name."""
        return whose(
            namings, campaigns=self.campaigns, proposals=self.proposals, specimens=self.specimens, own=self.own
        )

    def linked(self, given: str) -> Link | Unlinked:
        """Say what a person means who names a specimen or a proposal."""
        found = self.whose([Naming("you", given)])
        if isinstance(found, Unlinked) and found.reason.startswith("nothing names"):
            return Unlinked(reason=f"{given!r} is no id of a specimen or a proposal of this workspace")
        return found


def names_of(campaigns: Sequence[CampaignId], state: Callable[[str], CampaignState]) -> Names:
    """Collect the names of some campaigns."""
    states: Mapping[CampaignId, CampaignState] = {name: state(name) for name in campaigns}
    return Names(
        campaigns=tuple(campaigns),
        proposals=tuple(proposal for known in states.values() for proposal in known.proposals),
        specimens=tuple(specimen for known in states.values() for specimen in known.specimens),
        own=tuple(
            (record.name, id_) for known in states.values() for id_, record in known.specimens.items() if record.name
        ),
    )
