"""Find which line of a definition is to blame, and what a person should look at though it would run.

`loop` decides whether a definition holds; here its refusal is followed to the constraint, expression, row or name
behind it. Works on what is readable, so that one mistake does not hide the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from loop.definition import Definition, read_definition
from loop.errors import (
    ConstraintError,
    DefinitionError,
    ExpressionError,
    Fault,
    FormulationError,
    LoopError,
    SpaceError,
)
from loop.expressions import Expression
from loop.faults import WHOLE, locate
from loop.goals import Target
from loop.hints import did_you_mean, name_hint
from loop.space.constraints import Constraint
from loop.space.parameters import Categorical, Continuous, Ingredient, Parameter
from loop.space.projection import conflict_of
from loop.space.space import SearchSpace
from loop.values import Setting

__all__ = ["core_warnings", "read_core", "readable_targets", "written_names"]

MOST_ROW_FAULTS = 10
LONGEST_EXPRESSION = 2000

_REFUSALS = (LoopError, ValidationError, OverflowError, RecursionError)
"""How the loop may refuse data; the last two by expressions with numbers or nesting beyond all use."""

_CONSTRAINT: TypeAdapter[Constraint] = TypeAdapter(Constraint)
_PARAMETER: TypeAdapter[Parameter] = TypeAdapter(Parameter)


def read_core(data: Mapping[str, Any]) -> tuple[Definition | None, list[Fault]]:
    """Read the loop's own sections; None with faults where they do not hold."""
    named = [*_expression_faults(data), *_constraint_faults(data)]
    try:
        definition = read_definition(data)
        return (None if named else definition), named
    except DefinitionError as error:
        refused = list(error.faults)
    except _REFUSALS as error:
        refused = [] if named else [Fault(field=WHOLE, message=str(error))]
    try:
        definition = Definition.model_validate(data)
    except _REFUSALS:
        return None, [*named, *(fault for fault in refused if not _is_said(fault, named))]
    return None, named or _space_faults(definition) or refused


def written_names(data: Mapping[str, Any]) -> list[str]:
    """List the names of ingredients and parameters as they stand in the data, readable or not."""
    return [*_written(data, "ingredients", "components"), *_written(data, "parameters")]


def readable_targets(data: Mapping[str, Any]) -> dict[str, Target]:
    """Return the targets by name; one that cannot be read is replaced by one that asks nothing of anybody."""
    found = {}
    for name, written in _written(data, "targets").items():
        try:
            found[name] = Target.model_validate(written)
        except _REFUSALS:
            found[name] = Target(goal="maximise")
    return found


def core_warnings(definition: Definition) -> list[Fault]:
    """List what in the core would run, but that a person should look at."""
    return [*_grid_warnings(definition), *_balance_warnings(definition), *_statistics_warnings(definition)]


# ---------------------------------------------------------------------- names, on what is readable
def _written(data: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    found: Any = data
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _readable_parameters(data: Mapping[str, Any]) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for name, written in _written(data, "ingredients", "components").items():
        try:
            found[name] = Ingredient.model_validate(written)
        except ValidationError:
            continue
    for name, written in _written(data, "parameters").items():
        try:
            found[name] = _PARAMETER.validate_python(written)
        except ValidationError:
            continue
    return found


def _constraint_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    names, readable = written_names(data), _readable_parameters(data)
    listed = data.get("constraints")
    for i, written in enumerate(listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ()):
        here = ("constraints", str(i))
        try:
            constraint = _CONSTRAINT.validate_python(written)
        except ValidationError:
            continue
        unknown = sorted(constraint.parameters - set(names))
        for name in unknown:
            message = f"there is no parameter {name!r}"
            hint = did_you_mean(name, names) or f"there are {', '.join(names)}"
            yield Fault(field=".".join(locate(here, written, message)), message=message, hint=hint)
        if unknown or not constraint.parameters <= set(readable):
            continue
        try:
            constraint.check_against(readable)
        except ConstraintError as error:
            message = str(error).removeprefix(f"{constraint.label}: ")
            hint = name_hint(message, data)
            yield Fault(field=".".join(locate(here, written, message)), message=message, hint=hint)


def _expression_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    names, readable = written_names(data), _readable_parameters(data)
    for target, written in _written(data, "targets").items():
        text = _written({"target": written}, "target", "source").get("expression")
        if not isinstance(text, str):
            continue
        here = f"targets.{target}.source.expression"
        if len(text) > LONGEST_EXPRESSION:
            message = f"has {len(text)} characters, at most {LONGEST_EXPRESSION} are read"
            yield Fault(
                field=here, message=message, hint="split it into several targets, or sum ingredients by a price"
            )
            continue
        try:
            expression = Expression(text)
            expression.linear_form()
        except (ExpressionError, OverflowError, RecursionError) as error:
            hint = "arithmetic over parameters; a name with spaces or signs stands between backticks: `recycled PP`"
            yield Fault(field=here, message=str(error), hint=hint)
            continue
        if not expression.names:
            yield Fault(field=here, message=f"{text!r} names no parameter", hint="a constant needs no target: drop it")
        for name in sorted(expression.names):
            if name not in names:
                hint = did_you_mean(name, names) or f"there are {', '.join(names)}"
                yield Fault(field=here, message=f"there is no parameter {name!r}", hint=hint)
            elif isinstance(readable.get(name), Categorical):
                hint = "name a parameter with numbers"
                yield Fault(field=here, message=f"{name} is a choice between levels and has no number", hint=hint)


def _is_said(fault: Fault, named: Sequence[Fault]) -> bool:
    """Say whether the loop's fault repeats one that was found at its very place, or inside it."""
    if any(n.field == fault.field or n.field.startswith(f"{fault.field}.") for n in named):
        return True
    return "its expression names" in fault.message and any(n.field.endswith(".source.expression") for n in named)


# ---------------------------------------------------------------------- the space
def _space_faults(definition: Definition) -> list[Fault]:
    """Say why a definition whose fields are all right has no formulation, or not the one it names."""
    free = SearchSpace(definition.knobs, ())
    rows = definition.candidates.rows if definition.candidates is not None else ()
    faults = []
    for i, row in enumerate(rows):
        try:
            free.read(row)
        except FormulationError as error:
            faults.append(
                Fault(field=f"candidates.rows.{i}", message=str(error), hint=name_hint(str(error), _levels(free)))
            )
        if len(faults) == MOST_ROW_FAULTS:
            break
    control = definition.policy.control
    if control is not None:
        faults += _control_faults(free, control)
    if faults:
        return faults
    box = definition.model_copy(update={"candidates": None}).space()
    try:
        box.centre()
    except SpaceError as error:
        field = _conflict_field(definition, conflict_of(box.parameters, box.constraints))
        return [Fault(field=field, message=str(error), hint="loosen one of the rules, or one of the ranges")]
    if rows and not box.feasible(box.to_rows(rows)).any():
        broken = box.violations(rows[0])
        message = f"none of the {len(rows)} candidates meets the constraints"
        faults.append(
            Fault(field="candidates", message=message, hint=f"the first breaks {'; '.join(map(str, broken))}")
        )
    elif control is not None and (broken := box.violations(control)):
        hint = "the control is made in every block: it has to keep every rule"
        faults.append(Fault(field="policy.control", message="; ".join(map(str, broken)), hint=hint))
    return faults


def _control_faults(space: SearchSpace, control: Mapping[str, Setting]) -> Iterator[Fault]:
    missing = [name for name in space.names if name not in control]
    other = [name for name in control if name not in space.parameters]
    for name in other:
        hint = did_you_mean(name, missing) or f"there are {', '.join(space.names)}"
        yield Fault(field=f"policy.control.{name}", message=f"there is no parameter {name!r}", hint=hint)
    if len(missing) > len(other):
        message, hint = f"no value for {', '.join(missing)}", "a control names a value for every parameter"
        yield Fault(field="policy.control", message=message, hint=hint)
    if not missing and not other:
        try:
            space.read(control)
        except FormulationError as error:
            place, message = locate(("policy", "control"), control, str(error)), str(error)
            yield Fault(field=".".join(place), message=message, hint=name_hint(message, _levels(space)))


def _levels(space: SearchSpace) -> dict[str, Mapping[str, object]]:
    """Return all names that a formulation may hold: parameters, and the levels of each choice."""
    return {name: p.levels if isinstance(p, Categorical) else {} for name, p in space.parameters.items()}


def _conflict_field(definition: Definition, conflict: Sequence[Constraint]) -> str:
    """Return the field of the last rule of a conflict that a person wrote."""
    own = [i for i, rule in enumerate(definition.constraints) if any(rule is other for other in conflict)]
    if own:
        return f"constraints.{own[-1]}"
    labels = {rule.label for rule in conflict}
    limited = [name for name in definition.targets if f"limits of {name}" in labels]
    return f"targets.{limited[0]}.limits" if limited else ("ingredients.components" if conflict else "constraints")


# ---------------------------------------------------------------------- warnings
def _grid_warnings(definition: Definition) -> Iterator[Fault]:
    for name, parameter in definition.parameters.items():
        if isinstance(parameter, Continuous) and parameter.step is not None:
            steps = round((parameter.high - parameter.low) / parameter.step, 6)
            if steps % 1:
                last = parameter.low + int(steps) * parameter.step
                message = f"{parameter.high:g} is not on the grid from {parameter.low:g} in steps of {parameter.step:g}"
                hint = f"the largest value proposed is {last:g}: set high or step so that they meet"
                yield Fault(field=f"parameters.{name}.high", message=message, hint=hint)


def _balance_warnings(definition: Definition) -> Iterator[Fault]:
    mixture = definition.ingredients
    if mixture is None:
        return
    for name, ingredient in mixture.components.items():
        here = f"ingredients.components.{name}"
        active = 1.0 if ingredient.masterbatch is None else ingredient.masterbatch.active / 100
        step_g = ingredient.step / mixture.total * mixture.batch_kg * 1000 / active
        if step_g < ingredient.balance_g * (1 - 1e-9):
            message = (
                f"one step of {ingredient.step:g} {mixture.unit} is {step_g:g} g of a batch, "
                f"finer than its balance resolves ({ingredient.balance_g:g} g)"
            )
            hint = "make step or ingredients.batch_kg larger, or weigh on a finer balance (balance_g)"
            yield Fault(field=f"{here}.step", message=message, hint=hint)
    without = [name for name, ingredient in mixture.components.items() if ingredient.density is None]
    if 0 < len(without) < len(mixture.components):
        message = f"{', '.join(without)} has no density, so there are no volume shares"
        yield Fault(field=f"ingredients.components.{without[0]}", message=message, hint="give every density, or none")


def _statistics_warnings(definition: Definition) -> Iterator[Fault]:
    for name in definition.measured_targets:
        if definition.targets[name].repeatability_sd is None:
            message = "has no repeatability_sd: nobody can say which differences are real"
            hint = "the standard deviation of single tests of one formulation, in the target's unit"
            yield Fault(field=f"targets.{name}", message=message, hint=hint)
    specimens, n_initial = definition.budget.specimens, definition.n_initial()
    if specimens is not None and specimens <= n_initial:
        message = (
            f"all {specimens} formulations are spent before a model is asked: the initial design takes {n_initial}"
        )
        yield Fault(field="budget.specimens", message=message, hint="raise it, or lower policy.initial.count")
