"""Help a person who edits a plan: which allowed formulation lies nearest to what they want. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loop.errors import FormulationError
from loop.older_plans import changed_plan
from loop.space.parameters import Categorical
from loop.state import CampaignState
from loop.values import Setting

__all__ = ["nearest_edit"]


def nearest_edit(state: CampaignState, proposal: str, changes: Mapping[str, Setting]) -> dict[str, Setting]:
    """Keep the values asked for and move the others of a plan as little as possible, so that every rule holds.

    Raises
    ------
    FormulationError
        If a value asked for is itself not allowed, whatever the others are.
    SpaceError
        If no formulation with these values keeps every rule; the message names the rules.
    """
    space = state.definition.space()
    wanted = space.read(changed_plan(state, state.proposal(proposal), changes))
    held: dict[str, float] = {}
    for name in changes:
        parameter, value = space.parameters[name], wanted[name]
        if isinstance(parameter, Categorical):
            held[name] = float(parameter.names.index(str(value)))
            continue
        fault = parameter.fault(float(value))
        if fault is not None:
            raise FormulationError(f"{name}: {fault}")
        held[name] = float(value)
    return space.to_formulation(space.nearest(np.asarray(space.to_rows([wanted])[0]), held=held))
