"""The design of the task: what acts on the properties wanted, and which measurement sees it.

A property is the sum of many phenomena. Before anything is made, people write down the factors that act on each target
and the analyses that see each factor, by different probes, with what they cost. The point where campaigns are decided.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from loop.errors import Fault
from loop.goals import Target
from loop.hints import did_you_mean
from loop.values import Frozen

__all__ = [
    "Edge",
    "Effort",
    "Factor",
    "Modality",
    "Node",
    "Probe",
    "Sight",
    "Sign",
    "TaskGraph",
    "TaskPlan",
    "Test",
    "plain_unit",
]

Sign = Literal["+", "-", "±"]
"""What a target does when a factor grows: rises, falls, or either, by circumstances."""

Sight = Literal["direct", "indirect"]
"""Whether a modality measures a factor itself, or something that follows it."""

Probe = Literal[
    "electric",
    "electrons",
    "heat",
    "light",
    "magnetic",
    "mass",
    "mechanical",
    "neutrons",
    "solvent",
    "sound",
    "x-ray",
]
"""What a measurement sends into the specimen, or takes it apart by."""


class Factor(Frozen):
    """One thing in the material that acts on targets: a crystal fraction, a molar mass, a degree of oxidation."""

    description: str = Field(default="", description="What it is, in a sentence.")
    origin: Literal["measured", "computed"] = Field(
        default="measured",
        description="measured after making; or computed from the formulation, so that no modality has to see it.",
    )
    acts_on: Mapping[str, Sign] = Field(
        default_factory=dict,
        description="Expected sign by target: + where more of the factor raises it, - where it lowers it, ± either.",
    )
    moved_by: tuple[str, ...] = Field(
        default=(), description="Parameters and ingredients known to move it; for the factor graph."
    )


class _Effort(Frozen):
    cost: float = Field(default=0.0, ge=0, description="Cost per specimen, in the currency of the prices.")
    hours: float = Field(default=0.0, ge=0, description="Hours per specimen, preparation included.")
    mass_g: float = Field(default=0.0, ge=0, description="Mass of material taken from a specimen, g.")
    is_destructive: bool = Field(default=False, description="True where that mass is gone afterwards.")


class Modality(_Effort):
    """One kind of analysis in the plan."""

    description: str = Field(default="", description="Instrument and conditions, in a sentence.")
    probe: Probe = Field(description="What it probes with; views by different probes leave less uncovered.")
    sees: Mapping[str, Sight] = Field(
        default_factory=dict,
        description="Factors that it sees: direct where it measures the factor itself, indirect where it measures "
        "something that follows it.",
    )
    control: str = Field(
        default="",
        description="Specimen that is measured over and over to see whether the instrument is still what it was: its "
        "id, or the name its owner gave it.",
    )
    ranges: Mapping[str, Mapping[str, tuple[float, float]]] = Field(
        default_factory=dict,
        description="Lowest and highest that can be, by quantity and unit; what lies outside looks wrong. For "
        "modalities that are not known here, or known too widely.",
    )
    saturates: tuple[str, ...] = Field(
        default=(), description="Quantities whose detector has an upper end, so that equal points at the top are cut."
    )


class Test(_Effort):
    """One test of properties, giving the values of targets."""

    description: str = Field(default="", description="Machine, specimens and conditions, in a sentence.")
    quantities: Mapping[str, str] = Field(min_length=1, description="Unit of each number that it gives, by name.")
    standard: str = Field(default="", description="Standard with its edition: definitions change between editions.")

    __test__ = False
    """This is no test of the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What one specimen takes: cost in the currency of the prices, hours, and grams (destroyed, and in all)."""

    cost: float
    hours: float
    mass_g: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing in the factor graph. `id` is unique across kinds."""

    id: str
    kind: Literal["parameter", "factor", "target", "modality", "test"]
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One arrow in the factor graph, between ids. `mark` is the expected sign, or how a modality sees."""

    start: str
    end: str
    kind: Literal["moves", "acts_on", "sees", "gives"]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGraph:
    """Parameters move factors, factors act on targets, modalities see factors, tests give targets."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class TaskPlan(Frozen):
    """Factors, the modalities that see them, and the tests that give the targets."""

    factors: Mapping[str, Factor] = Field(default_factory=dict, description="What acts on the targets, by name.")
    modalities: Mapping[str, Modality] = Field(default_factory=dict, description="Kinds of analysis, by name.")
    tests: Mapping[str, Test] = Field(default_factory=dict, description="Tests of properties, by name.")

    def quantity_of(self, target: Target) -> tuple[str, str] | None:
        """Return the test and the quantity that give a target; None where it is computed or typed in by hand.

        A test of one quantity needs no `quantity` in the target's source.
        """
        source = target.source
        if source is None or source.test is None or source.test not in self.tests:
            return None
        known = self.tests[source.test].quantities
        quantity = source.quantity or (next(iter(known)) if len(known) == 1 else None)
        return (source.test, quantity) if quantity in known and quantity is not None else None

    def effort(self) -> Effort:
        """Add up what all modalities and tests take per specimen.

        Mass that is not used up serves the next measurement: it counts once, by the largest.
        """
        steps: list[_Effort] = [*self.modalities.values(), *self.tests.values()]
        kept = max((step.mass_g for step in steps if not step.is_destructive), default=0.0)
        used = sum(step.mass_g for step in steps if step.is_destructive)
        return Effort(cost=sum(s.cost for s in steps), hours=sum(s.hours for s in steps), mass_g=kept + used)

    def faults(self, targets: Mapping[str, Target], parameters: Collection[str]) -> list[Fault]:
        """List what contradicts the rest of the definition: names that are nothing, units that differ."""
        return [*self._name_faults(targets, parameters), *self._source_faults(targets)]

    def warnings(self, targets: Mapping[str, Target], *, batch_g: float | None = None) -> list[Fault]:
        """List what the plan leaves open, though the campaign could run.

        Parameters
        ----------
        targets
            The targets by name.
        batch_g
            Mass of one batch as made, g, where something is mixed.
        """
        if not self.factors and not self.modalities:
            message = "no factor and no modality is named: what acts on the targets, and what will see it?"
            return [Fault(field="factors", message=message, hint="add the sections factors and modalities")]
        return [*self._coverage_warnings(targets), *self._effort_warnings(batch_g)]

    def graph(self, targets: Mapping[str, Target]) -> TaskGraph:
        """Return the factor graph for a report to draw: nodes by kind in declared order, and edges between them."""
        moved = dict.fromkeys(name for factor in self.factors.values() for name in factor.moved_by)
        nodes = [
            *(Node(id=f"parameter:{name}", kind="parameter", name=name) for name in moved),
            *(Node(id=f"factor:{n}", kind="factor", name=n, note=f.origin) for n, f in self.factors.items()),
            *(Node(id=f"target:{n}", kind="target", name=n, note=t.goal) for n, t in targets.items()),
            *(Node(id=f"modality:{n}", kind="modality", name=n, note=m.probe) for n, m in self.modalities.items()),
            *(Node(id=f"test:{n}", kind="test", name=n, note=t.standard) for n, t in self.tests.items()),
        ]
        edges = [
            *(
                Edge(start=f"parameter:{parameter}", end=f"factor:{name}", kind="moves")
                for name, factor in self.factors.items()
                for parameter in factor.moved_by
            ),
            *(
                Edge(start=f"factor:{name}", end=f"target:{target}", kind="acts_on", mark=sign)
                for name, factor in self.factors.items()
                for target, sign in factor.acts_on.items()
            ),
            *(
                Edge(start=f"modality:{name}", end=f"factor:{factor}", kind="sees", mark=sight)
                for name, modality in self.modalities.items()
                for factor, sight in modality.sees.items()
            ),
            *(
                Edge(start=f"test:{given[0]}", end=f"target:{name}", kind="gives", mark=given[1])
                for name, target in targets.items()
                if (given := self.quantity_of(target)) is not None
            ),
        ]
        return TaskGraph(nodes=tuple(nodes), edges=tuple(edges))

    # ------------------------------------------------------------------ private
    def _name_faults(self, targets: Mapping[str, Target], parameters: Collection[str]) -> Iterator[Fault]:
        for name, factor in self.factors.items():
            for target in factor.acts_on:
                if target not in targets:
                    yield _unknown(f"factors.{name}.acts_on.{target}", "target", target, targets)
            for i, parameter in enumerate(factor.moved_by):
                if parameter not in parameters:
                    yield _unknown(f"factors.{name}.moved_by.{i}", "parameter", parameter, parameters)
        for name, modality in self.modalities.items():
            for factor_name in modality.sees:
                if factor_name not in self.factors:
                    yield _unknown(f"modalities.{name}.sees.{factor_name}", "factor", factor_name, self.factors)
        for name in self.tests:
            if name in self.modalities:
                message = f"{name} stands among modalities and tests"
                yield Fault(field=f"tests.{name}", message=message, hint="a kind of measurement is named once")

    def _source_faults(self, targets: Mapping[str, Target]) -> Iterator[Fault]:
        for name, target in targets.items():
            source, here = target.source, f"targets.{name}.source"
            if source is None or source.test is None:
                continue
            if source.test not in self.tests:
                yield _unknown(f"{here}.test", "test", source.test, self.tests)
                continue
            known = self.tests[source.test].quantities
            if source.quantity is None and len(known) > 1:
                message = f"{source.test} gives several numbers: say which"
                yield Fault(field=f"{here}.quantity", message=message, hint=f"one of {', '.join(known)}")
            elif source.quantity is not None and source.quantity not in known:
                yield _unknown(f"{here}.quantity", f"quantity of {source.test}", source.quantity, known)
            elif (given := self.quantity_of(target)) is not None:
                unit = known[given[1]]
                if plain_unit(unit) != plain_unit(target.unit):
                    message = f"is {target.unit or 'left out'}, but {given[0]} gives {given[1]} in {unit or 'no unit'}"
                    hint = "values are taken as they are, nothing is converted: name one unit in both places"
                    yield Fault(field=f"targets.{name}.unit", message=message, hint=hint)

    def _coverage_warnings(self, targets: Mapping[str, Target]) -> Iterator[Fault]:
        seen = {factor for modality in self.modalities.values() for factor in modality.sees}
        acted_on = {target for factor in self.factors.values() for target in factor.acts_on}
        for name, factor in self.factors.items():
            if factor.origin == "measured" and name not in seen:
                hint = "name it under sees: of a modality, add one that sees it, or set origin: computed"
                yield Fault(field=f"factors.{name}", message="no modality sees it", hint=hint)
            if not factor.acts_on:
                hint = "name targets under acts_on, or drop the factor"
                yield Fault(field=f"factors.{name}", message="it acts on no target", hint=hint)
        for name, modality in self.modalities.items():
            if not modality.sees:
                hint = "name factors under sees, or save its cost"
                yield Fault(field=f"modalities.{name}", message="it sees no factor", hint=hint)
        for name, target in targets.items():
            if target.expression is None and name not in acted_on:
                hint = "name it under acts_on: of what moves it in the material"
                yield Fault(field=f"targets.{name}", message="no factor acts on it", hint=hint)
        probes = {modality.probe for modality in self.modalities.values()}
        if len(probes) == 1:
            message = f"every modality probes with {next(iter(probes))}: what that does not touch stays unseen"
            yield Fault(field="modalities", message=message, hint="add a modality of another probe")

    def _effort_warnings(self, batch_g: float | None) -> Iterator[Fault]:
        need = self.effort().mass_g
        if batch_g is not None and need > batch_g:
            message = f"modalities and tests take {need:g} g of a specimen, but a batch is {batch_g:g} g"
            yield Fault(
                field="modalities", message=message, hint="make larger batches (ingredients.batch_kg), or plan less"
            )


def _unknown(field: str, kind: str, name: str, known: Collection[str]) -> Fault:
    near = did_you_mean(name, known)
    listed = f"known are {', '.join(known)}" if known else f"no {kind} is named anywhere"
    return Fault(field=field, message=f"there is no {kind} {name!r}", hint=near or listed)


def plain_unit(unit: str) -> str:
    """Write a unit so that ``kJ/m²`` equals ``kJ/m2`` and ``degC`` equals ``°C``."""
    plain = unicodedata.normalize("NFKC", unit).replace(" ", "").replace("^", "").replace("·", "*")
    return {"degC": "°C", "degreeC": "°C", "C": "°C", "percent": "%"}.get(plain, plain)
