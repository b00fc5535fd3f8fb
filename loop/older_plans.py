"""Plans made under an older version of the definition: how they are made, recorded and edited under a newer. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from loop.definition import Definition
from loop.errors import FormulationError
from loop.mixture import Mixture
from loop.space.parameters import Categorical, Parameter
from loop.space.space import Violation
from loop.state import CampaignState, ProposalRecord
from loop.values import Setting

__all__ = ["broken_rules", "changed_plan", "definition_to_make", "mixture_made", "read_as_made", "settable"]


def settable(state: CampaignState, record: ProposalRecord) -> dict[str, Parameter]:
    """Return what may be said of how a proposal was made: parameters of its own version, then those in force.

    A choice takes the levels of both.
    """
    own, in_force = state.definition_of(record).knobs, state.definition.knobs
    found: dict[str, Parameter] = dict(own)
    for name, parameter in in_force.items():
        before = own.get(name, parameter)
        if isinstance(before, Categorical) and isinstance(parameter, Categorical) and before != parameter:
            found[name] = before.model_copy(update={"levels": {**before.levels, **parameter.levels}})
        else:
            found[name] = before
    return found


def read_as_made(
    state: CampaignState, record: ProposalRecord, as_made: Mapping[str, Setting] | None = None
) -> dict[str, Setting]:
    """Return what was made of a proposal: as planned, but for what is said otherwise.

    Raises
    ------
    FormulationError
        If a parameter is none of its own version nor of the one in force, or a value cannot be read.
    """
    knobs, given = settable(state, record), dict(as_made or {})
    unknown = [name for name in given if name not in knobs]
    if unknown:
        raise FormulationError(f"unknown {', '.join(unknown)}; the parameters are {', '.join(knobs)}")
    made: dict[str, Setting] = {}
    for name, parameter in knobs.items():
        if name not in given and name not in record.planned:
            continue
        try:
            made[name] = parameter.read(given.get(name, record.planned.get(name, "")))
        except ValueError as error:
            raise FormulationError(f"{name}: {error}") from error
    return made


def changed_plan(state: CampaignState, record: ProposalRecord, changes: Mapping[str, Setting]) -> dict[str, Setting]:
    """Return a plan with some values changed, in the words of the definition in force: an edit is a new decision.

    What is no parameter any more falls away; what is one now has the value before, and is missing where there is none.
    """
    if record.space_version == state.version:
        return {**record.planned, **changes}
    return {**state.versions.read(record.planned).settings, **changes}


def definition_to_make(state: CampaignState, record: ProposalRecord) -> Definition:
    """Return the definition by which a proposal is weighed and set.

    Its parameters are those that it was planned with. Batch, lots, balances and masterbatches are as they are now, for
    every ingredient that still is one.
    """
    own, now = state.definition_of(record), state.definition.ingredients
    if own is state.definition or own.ingredients is None or now is None:
        return own
    return own.model_copy(update={"ingredients": _as_on_the_shelf(own.ingredients, now)})


def mixture_made(state: CampaignState, record: ProposalRecord, made: Mapping[str, Setting]) -> Mixture | None:
    """Return the mixture that something made is of: that of its plan, and what else of the one in force is in it."""
    own, now = state.definition_of(record).ingredients, state.definition.ingredients
    if own is None or now is None:
        return own or now
    more = {name: ingredient for name, ingredient in now.components.items() if name in made}
    return own.model_copy(update={"components": {**more, **own.components}})


def broken_rules(state: CampaignState, record: ProposalRecord) -> list[Violation]:
    """List the rules in force that a plan of an older version breaks, as far as the space in force can say it."""
    reading = state.versions.read(record.planned)
    return state.definition.space().violations(reading.settings) if reading.is_of_space else []


def _as_on_the_shelf(planned: Mixture, now: Mixture) -> Mixture:
    components = dict(planned.components)
    for name, ingredient in now.components.items():
        carrier = ingredient.masterbatch.carrier if ingredient.masterbatch else None
        if name in components and (carrier is None or carrier in components):
            components[name] = ingredient
    return planned.model_copy(update={"components": components, "batch_kg": now.batch_kg})
