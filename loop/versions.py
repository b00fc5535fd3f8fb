"""Read what was made under any version of a definition in the words of the one in force. Pure; knows no model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from loop.definition import Definition
from loop.errors import ExpressionError
from loop.space.parameters import Categorical, Ingredient, Parameter
from loop.values import Formulation, Setting

__all__ = ["Reading", "Versions"]

_NEAR_TOTAL = 0.01
"""Share of the total by which shares may miss it where those left out are to be taken as zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A formulation of any version, in the words of the definition in force.

    `settings` holds each parameter in force whose value is known: told, zero for an ingredient that there was none of,
    or declared as the value before. `former` holds what the space has no more: the share of an ingredient, or the
    level of a choice. `ignored` names other parameters that are none any more. `obstacle` says why the whole is no
    formulation in these words; empty where it is one.
    """

    settings: Mapping[str, Setting]
    former: Mapping[str, Setting]
    ignored: tuple[str, ...]
    obstacle: str

    @property
    def is_of_space(self) -> bool:
        """True where the parameters in force say all of it; bounds and rules it may break nevertheless."""
        return not self.obstacle and not self.former


class Versions:
    """Every version of one campaign's definition, the one in force last.

    Parameters
    ----------
    definitions
        Oldest first; at least one.
    """

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._newest_first = tuple(reversed(definitions))
        self._in_force = self._newest_first[0]
        self._knobs = self._in_force.knobs
        self._every_knobs = [definition.knobs for definition in self._newest_first]

    def knob(self, name: str) -> Parameter | None:
        """Return a parameter as the newest version has it that knows it; None where none ever did."""
        return next((knobs[name] for knobs in self._every_knobs if name in knobs), None)

    def unit_of(self, name: str) -> str:
        """Return a parameter's unit in the newest version that knows it; empty where it has none."""
        return next((d.unit_of(name) for d in self._newest_first if name in d.knobs), "")

    def read(self, formulation: Formulation) -> Reading:
        """Read a formulation made under any version."""
        settings: dict[str, Setting] = {}
        former: dict[str, Setting] = {}
        obstacles: list[str] = []
        for name, parameter in self._knobs.items():
            if name not in formulation:
                known = 0.0 if isinstance(parameter, Ingredient) else parameter.value_before
                if known is None:
                    obstacles.append(f"no value of {name} (parameters.{name}.value_before would say what it was)")
                else:
                    settings[name] = known
                continue
            value = formulation[name]
            try:
                settings[name] = parameter.read(value)
            except ValueError as error:
                if isinstance(parameter, Categorical) and self._described(name, str(value)) is not None:
                    settings[name] = former[name] = str(value)
                else:
                    obstacles.append(f"{name}: {error}")
        gone = [name for name in formulation if name not in self._knobs]
        shares = {name: float(formulation[name]) for name in gone if isinstance(self._gone(name), Ingredient)}
        former |= {name: share for name, share in shares.items() if share != 0}
        obstacles += self._unmixed(formulation, shares)
        return Reading(
            settings=settings,
            former=former,
            ignored=tuple(name for name in gone if name not in shares),
            obstacle="; ".join(obstacles),
        )

    def parameters_for(self, readings: Iterable[Reading]) -> dict[str, Parameter]:
        """Return the parameters that some formulations need: those in force, then ingredients that are none any more.

        A choice has its levels in force first, then those of the formulations. An ingredient of old may be left out.
        """
        found: dict[str, Parameter] = dict(self._knobs)
        for reading in readings:
            for name, value in reading.former.items():
                parameter = found.get(name) or self._gone(name)
                if isinstance(parameter, Categorical):
                    level = {str(value): self._described(name, str(value)) or {}}
                    found[name] = parameter.model_copy(update={"levels": {**parameter.levels, **level}})
                elif isinstance(parameter, Ingredient) and name not in found:
                    dose = max(parameter.low, parameter.minimum_if_used)
                    found[name] = parameter.model_copy(update={"low": 0.0, "minimum_if_used": dose})
        return found

    def computed(self, target: str, reading: Reading) -> float | None:
        """Work a computed target out by the newest version that knows all of a formulation that it may depend on.

        Returns
        -------
        None where no version does.
        """
        numbers = {n: float(v) for n, v in {**reading.settings, **reading.former}.items() if not isinstance(v, str)}
        shares = {name for name in reading.former if name not in reading.settings}
        for definition in self._newest_first:
            known = definition.targets.get(target)
            if known is None or known.expression is None or not known.expression.names <= set(numbers):
                continue
            mixture = set(definition.ingredients.components) if definition.ingredients else set()
            if known.expression.names & mixture and not shares <= mixture:
                continue
            try:
                return float(known.expression(numbers))
            except ExpressionError:
                return None
        return None

    # ------------------------------------------------------------------ private
    def _gone(self, name: str) -> Parameter | None:
        """Return a parameter as it was last; None for an ingredient where nothing is mixed any more."""
        parameter = self.knob(name)
        return None if isinstance(parameter, Ingredient) and self._in_force.ingredients is None else parameter

    def _described(self, name: str, level: str) -> Mapping[str, float] | None:
        """Return the descriptors of a level that is none any more; None where there was none described alike."""
        parameter = self._knobs[name]
        keys = set(next(iter(parameter.levels.values()))) if isinstance(parameter, Categorical) else set()
        for knobs in self._every_knobs[1:]:
            older = knobs.get(name)
            if isinstance(older, Categorical) and level in older.levels and set(older.levels[level]) == keys:
                return older.levels[level]
        return None

    def _unmixed(self, formulation: Formulation, gone: Mapping[str, float]) -> list[str]:
        """Say why ingredients that a formulation does not name cannot be taken as zero, where that is so."""
        mixture = self._in_force.ingredients
        if mixture is None or all(name in formulation for name in mixture.components):
            return []
        shares = [float(v) for n, v in formulation.items() if n in mixture.components and not isinstance(v, str)]
        told = sum(shares) + sum(gone.values())
        if abs(told - mixture.total) <= _NEAR_TOTAL * mixture.total:
            return []
        missing = ", ".join(name for name in mixture.components if name not in formulation)
        return [f"its shares sum to {told:g}, not to {mixture.total:g}, so nothing says how much {missing} it held"]
