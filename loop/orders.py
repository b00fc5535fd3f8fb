"""What goes to the laboratory and what comes back: work orders and reports, as they stand when they are sent. Pure.

A work order is frozen when it is written: what was asked for stays readable whatever is revised afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from loop.errors import ProposalError
from loop.ids import ProposalId
from loop.observations import TargetValue
from loop.space.parameters import Categorical
from loop.state import CampaignState
from loop.values import Frozen, Setting

__all__ = ["AskedColumn", "LabReport", "OrderLine", "WorkOrder", "next_order_id", "work_order"]

_ORDER = re.compile(r"(?P<campaign>[A-Z0-9-]+)-W(?P<number>\d{4,})")


class AskedColumn(Frozen):
    """A parameter to set or a property to measure: its name and unit; `is_choice` where its values are names."""

    name: str
    unit: str = ""
    is_choice: bool = False


class OrderLine(Frozen):
    """One formulation to make: how many specimens, in which block and place, and whether for the first time."""

    proposal_id: ProposalId
    formulation: Mapping[str, Setting]
    replicates: int = Field(ge=1)
    block: str = ""
    run_order: int = Field(ge=1)
    attempt: int = Field(default=1, ge=1)


class WorkOrder(Frozen):
    """What the laboratory is asked to make and measure, together."""

    id: str
    campaign: str
    parameters: tuple[AskedColumn, ...]
    targets: tuple[AskedColumn, ...]
    lines: tuple[OrderLine, ...] = Field(min_length=1)

    @property
    def number(self) -> int:
        """Its place among the orders of the campaign, from 1."""
        return _number(self.id)


class LabReport(Frozen):
    """What a laboratory says of one specimen, or of a formulation that gave none.

    The same report has the same `id` however often it is sent.
    """

    id: str
    proposal_id: str
    replicate: int = Field(default=1, ge=1)
    outcome: Literal["measured", "failed", "infeasible"] = "measured"
    targets: Mapping[str, TargetValue] = Field(default_factory=dict)
    as_made: Mapping[str, Setting] = Field(default_factory=dict)
    reason: str = ""
    source: str = ""


def next_order_id(state: CampaignState) -> str:
    """Name the next work order of a campaign, as in ``PP01-W0007``."""
    return f"{state.campaign}-W{(_number(state.last_order) if state.last_order else 0) + 1:04d}"


def work_order(state: CampaignState, order: str, proposals: Iterable[str]) -> WorkOrder:
    """Write out what the laboratory needs to know of some proposals, as they are planned now.

    Parameters
    ----------
    state
        With the proposals sent already, so that the attempt is counted.
    """
    records = [state.proposal(proposal) for proposal in proposals]
    definition = state.definition
    knobs = state.knobs_of([record.planned for record in records])
    return WorkOrder(
        id=order,
        campaign=state.campaign,
        parameters=tuple(
            AskedColumn(name=n, unit=state.versions.unit_of(n), is_choice=isinstance(p, Categorical))
            for n, p in knobs.items()
        ),
        targets=tuple(AskedColumn(name=n, unit=definition.targets[n].unit) for n in definition.measured_targets),
        lines=tuple(
            OrderLine(
                proposal_id=record.proposal.id,
                formulation=dict(record.planned),
                replicates=record.proposal.replicates,
                block=record.proposal.block,
                run_order=record.proposal.run_order,
                attempt=max(1, record.n_sent),
            )
            for record in sorted(records, key=lambda r: (r.proposal.cycle, r.proposal.run_order))
        ),
    )


def _number(order: str) -> int:
    return int(_parts(order)["number"])


def _parts(order: str) -> re.Match[str]:
    match = _ORDER.fullmatch(order)
    if match is None:
        raise ProposalError(f"{order!r} is not the id of a work order; one looks like PP01-W0007")
    return match
