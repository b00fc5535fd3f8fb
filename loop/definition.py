"""The frozen description of a campaign: what may be changed, what is wanted, what may be spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from loop.errors import DefinitionError, Fault, LoopError
from loop.faults import faults_of
from loop.goals import Objective, Target, names_of_goals
from loop.ids import CampaignId, is_safe
from loop.mixture import Mixture
from loop.policy import Budget, Policy
from loop.schedule import LabChoice, Schedule
from loop.space.constraints import Constraint, Linear
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient, Parameter
from loop.space.space import SearchSpace
from loop.values import Frozen, Setting, fingerprint

__all__ = ["Candidates", "Definition", "read_definition"]


class Candidates(Frozen):
    """A table of the only formulations that may be proposed."""

    file: str | None = Field(
        default=None,
        description="CSV or Excel file beside the definition; its columns are named as the parameters.",
    )
    rows: tuple[Mapping[str, Setting], ...] = Field(
        default=(), description="The formulations themselves, where there is no file."
    )

    @model_validator(mode="after")
    def _is_one(self) -> Candidates:
        if (self.file is None) == (not self.rows):
            raise ValueError("give either a file or rows")
        return self


class Definition(Frozen):
    """The core of a campaign definition: the part that decides."""

    model_config = ConfigDict(populate_by_name=True)

    schema_version: Literal[1] = Field(alias="schema", description="Version of this file's form.")
    campaign: str = Field(description="Id of the campaign: capitals, digits and hyphens.")
    title: str = Field(default="", description="One line for people.")
    description: str = Field(default="", description="Why the campaign is run.")
    parameters: Mapping[str, Annotated[Continuous | Discrete | Categorical, Field(discriminator="kind")]] = Field(
        default_factory=dict, description="Process conditions and other knobs by name."
    )
    ingredients: Mixture | None = Field(default=None, description="The mixture, where something is mixed.")
    constraints: tuple[Constraint, ...] = Field(default=(), description="What must hold between parameters.")
    candidates: Candidates | None = Field(default=None, description="A table of the only formulations allowed.")
    targets: Mapping[str, Target] = Field(min_length=1, description="Properties wanted by name.")
    objective: Objective = Field(default_factory=Objective, description="How targets combine.")
    budget: Budget = Field(default_factory=Budget, description="What the campaign may spend.")
    policy: Policy = Field(default_factory=Policy, description="How the loop goes about it.")
    schedule: Schedule = Field(default_factory=Schedule, description="How the campaign goes on by itself.")
    lab: LabChoice = Field(default_factory=LabChoice, description="Who makes and measures.")

    @field_validator("campaign")
    @classmethod
    def _is_an_id(cls, campaign: str) -> str:
        if not is_safe(campaign):
            raise ValueError(f"{campaign!r} is no id; use capitals, digits and inner hyphens, as in PP01")
        return campaign

    @model_validator(mode="after")
    def _fits_together(self) -> Definition:
        if not self.parameters and self.ingredients is None:
            raise ValueError("there is nothing to change: give parameters, ingredients, or both")
        double = set(self.parameters) & set(self.ingredients.components if self.ingredients else ())
        if double:
            raise ValueError(
                f"{', '.join(sorted(double))} stands among parameters and ingredients; a name is given once"
            )
        clash = set(self.targets) & set(self.knobs)
        if clash:
            raise ValueError(f"{', '.join(sorted(clash))} stands among parameters and targets; a name is given once")
        for name in self.objective.targets:
            if name not in self.targets:
                raise ValueError(f"objective names {name!r}, which is no target; there are {', '.join(self.targets)}")
            if self.targets[name].goal == "limits":
                raise ValueError(f"objective names {name}, which only has limits; give it a goal")
        goals = self.goals
        if len(set(goals)) != len(goals):
            raise ValueError(f"objective names a target twice: {', '.join(goals)}")
        if not all(name.strip() for name in (*self.knobs, *self.targets)):
            raise ValueError("a parameter or target has an empty name")
        if self.objective.kind == "single" and len(goals) != 1:
            raise ValueError(
                f"a single objective is about one target, but there are {len(goals)} ({', '.join(goals)}); "
                "set objective.kind to pareto or desirability, name one in objective.targets, "
                "or give the others goal: limits"
            )
        if self.objective.kind == "pareto" and not 2 <= len(goals) <= 4:
            raise ValueError(f"a front is drawn over two to four targets, got {len(goals)}; use desirability for more")
        if self.objective.kind == "desirability":
            for name in goals:
                target = self.targets[name]
                if target.worst is None or (target.best is None and target.goal in ("maximise", "minimise")):
                    raise ValueError(f"desirability needs worst and best of {name}")
                ends = target.gain(np.array([target.worst, target.ideal], dtype=float))
                if not ends[0] < ends[1]:
                    raise ValueError(
                        f"target {name}: worst {target.worst:g} is as good as its best; nothing tells them apart"
                    )
        if isinstance(self.objective.reference_point, Mapping) and set(self.objective.reference_point) != set(goals):
            raise ValueError(f"the reference point needs one value for each of {', '.join(goals)}")
        for name, target in self.targets.items():
            unknown = sorted(target.expression.names - set(self.numeric_names)) if target.expression else []
            if unknown:
                raise ValueError(
                    f"target {name}: its expression names {', '.join(unknown)}; "
                    f"numbers are {', '.join(self.numeric_names)}"
                )
        for name, target in self.targets.items():
            form = target.expression.linear_form() if target.expression else None
            if target.limits is not None and target.expression and (form is None or not any(form[0].values())):
                raise ValueError(
                    f"target {name}: a limit on a computed target needs a linear expression, "
                    "so that proposals keep it exactly"
                )
        if all(target.expression for name, target in self.targets.items() if name in goals) and all(
            target.expression for target in self.targets.values() if target.goal == "limits"
        ):
            raise ValueError("every target is computed from the formulation: nothing is left to measure or learn")
        return self

    @property
    def campaign_id(self) -> CampaignId:
        """The campaign's id."""
        return CampaignId(self.campaign)

    @property
    def knobs(self) -> dict[str, Parameter]:
        """Every parameter by name: ingredients first, then the rest."""
        return {**(self.ingredients.components if self.ingredients else {}), **self.parameters}

    def unit_of(self, parameter: str) -> str:
        """Return a parameter's unit: that of the mixture for an ingredient; empty where it has none or is unknown."""
        known = self.knobs.get(parameter)
        if isinstance(known, Ingredient) and self.ingredients is not None:
            return self.ingredients.unit
        return "" if known is None or isinstance(known, Categorical) else known.unit

    @property
    def numeric_names(self) -> tuple[str, ...]:
        """Names of the parameters that have a number."""
        return tuple(name for name, parameter in self.knobs.items() if not isinstance(parameter, Categorical))

    @property
    def goals(self) -> tuple[str, ...]:
        """Targets that the objective is about."""
        return names_of_goals(self.targets, self.objective.targets)

    @property
    def measured_targets(self) -> tuple[str, ...]:
        """Targets that need a test; the others are computed from the formulation."""
        return tuple(name for name, target in self.targets.items() if target.expression is None)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the definition's content."""
        return fingerprint(self.model_dump(mode="json", by_alias=True))

    def n_initial(self) -> int:
        """Return how many formulations are made before a model is asked: those declared, else parameters plus two."""
        return self.policy.initial.count or len(self.knobs) + 2

    def space(self, *, available_kg: Mapping[str, float] | None = None) -> SearchSpace:
        """Build the search space.

        Parameters
        ----------
        available_kg
            Mass of ingredients that one more batch may draw on, where stock is counted.

        Raises
        ------
        SpaceError
            If no candidate meets the constraints.
        """
        rules: list[Constraint] = []
        if self.ingredients is not None:
            rules += self.ingredients.rules()
            for name, mass in (available_kg or {}).items():
                rules.append(self.ingredients.stock_rule(name, mass))
        rules += self._computed_limits()
        rows = self.candidates.rows if self.candidates is not None else None
        return SearchSpace(self.knobs, (*rules, *self.constraints), rows)

    def _computed_limits(self) -> list[Constraint]:
        """Turn limits on computed targets into rules of the space: they are known before anything is made."""
        rules: list[Constraint] = []
        for name, target in self.targets.items():
            form = target.expression.linear_form() if target.expression else None
            if target.limits is None or form is None:
                continue
            weights, constant = form
            low, high = target.limits.at_least, target.limits.at_most
            rules.append(
                Linear(
                    name=f"limits of {name}",
                    coefficients=weights,
                    at_least=None if low is None else low - constant,
                    at_most=None if high is None else high - constant,
                )
            )
        return rules


def read_definition(data: Mapping[str, Any]) -> Definition:
    """Build a definition from plain data and prove that its space holds at least one formulation.

    Raises
    ------
    DefinitionError
        With one fault for each thing wrong; a fault's field is the path into the data, as ``targets.modulus.goal``.
    """
    try:
        definition = Definition.model_validate(data)
    except ValidationError as error:
        raise DefinitionError(faults_of(error, Definition, data)) from error
    if definition.candidates is not None and definition.candidates.file is not None:
        return definition
    faults = []
    for number, constraint in enumerate(definition.constraints):
        try:
            constraint.check_against(definition.knobs)
        except LoopError as error:
            faults.append(Fault(field=f"constraints.{number}", message=str(error)))
    if faults:
        raise DefinitionError(faults)
    try:
        space = definition.space()
        space.centre()
    except LoopError as error:
        raise DefinitionError([Fault(field="constraints", message=str(error))]) from error
    if definition.policy.control is not None:
        try:
            broken = [str(violation) for violation in space.violations(definition.policy.control)]
        except LoopError as error:
            broken = [str(error)]
        if broken and space.candidates is None:
            raise DefinitionError([Fault(field="policy.control", message="; ".join(broken))])
    return definition
