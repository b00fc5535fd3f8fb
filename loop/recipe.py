"""From shares to the balance: grams per feeder at each balance's resolution, summing exactly to the batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loop.definition import Definition
from loop.errors import FormulationError, SpaceError
from loop.space.parameters import Ingredient
from loop.space.program import Program
from loop.values import Formulation, Setting

__all__ = ["Recipe", "RecipeLine", "recipe_for", "volume_shares"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeLine:
    """What goes through one feeder, in grams; `share` is of the batch, in the mixture's unit."""

    feeder: str
    grams: float
    share: float
    lots: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one formulation is weighed and set."""

    lines: tuple[RecipeLine, ...]
    batch_g: float
    settings: Mapping[str, Setting]
    as_weighed: Mapping[str, float]
    notes: tuple[str, ...] = ()


def recipe_for(definition: Definition, formulation: Formulation, *, today: date) -> Recipe:
    """Work out the recipe sheet of a formulation.

    Masterbatches are weighed as such and their carrier is taken off the ingredient it counts to. Lots are drawn on by
    their day of expiry, the earliest first; expired ones are left alone.

    Returns
    -------
    Recipe
        Its grams sum exactly to the batch; `as_weighed` holds the shares that the rounded grams really give. A note
        warns where rounding moves a dose by more than half of the ingredient's step.

    Raises
    ------
    FormulationError
        If a masterbatch brings more carrier than the formulation holds, or the balances cannot weigh the batch exactly.
    """
    mixture = definition.ingredients
    settings = {name: formulation[name] for name in definition.parameters}
    if mixture is None:
        return Recipe(lines=(), batch_g=0.0, settings=settings, as_weighed={})
    components = mixture.components
    batch_g = Decimal(repr(mixture.batch_kg)) * 1000
    planned = {name: float(formulation[name]) for name in components}
    fed = _fed(components, planned)
    grams = _weighed(components, {name: float(batch_g) * share / mixture.total for name, share in fed.items()}, batch_g)
    weighed = {name: float(mass / batch_g) * mixture.total for name, mass in grams.items()}
    as_weighed = _active(components, weighed)
    notes = [
        f"{name}: balances of {components[name].balance_g:g} g give {as_weighed[name]:.4g} instead of "
        f"{planned[name]:.4g} {mixture.unit}; weigh on a finer balance or make a larger batch"
        for name in components
        if abs(as_weighed[name] - planned[name]) > components[name].step / 2
    ]
    lines = []
    for name, mass in grams.items():
        if mass == 0 and planned[name] == 0:
            continue
        lots, short = _lots(components[name], float(mass) / 1000, today)
        if short > 0:
            notes.append(f"{name}: {short:g} kg more is needed than unexpired lots hold")
        masterbatch = components[name].masterbatch
        note = f"masterbatch, {masterbatch.active:g} % active in {masterbatch.carrier}" if masterbatch else ""
        lines.append(RecipeLine(feeder=name, grams=float(mass), share=weighed[name], lots=lots, note=note))
    return Recipe(
        lines=tuple(lines), batch_g=float(batch_g), settings=settings, as_weighed=as_weighed, notes=tuple(notes)
    )


def volume_shares(components: Mapping[str, Ingredient], shares: Mapping[str, float]) -> dict[str, float] | None:
    """Turn mass shares into volume shares, % of the volume; None where a used ingredient has no density.

    20 % talc by mass (2.75 g/cm³) in PP (0.905 g/cm³) is 7.6 % by volume.
    """
    volumes = {}
    for name, ingredient in components.items():
        if shares[name] == 0:
            volumes[name] = 0.0
        elif ingredient.density is None:
            return None
        else:
            volumes[name] = shares[name] / ingredient.density
    total = sum(volumes.values())
    return {name: 100 * volume / total for name, volume in volumes.items()}


def _fed(components: Mapping[str, Ingredient], planned: Mapping[str, float]) -> dict[str, float]:
    """Turn shares of active content into shares through each feeder."""
    fed = dict(planned)
    for name, ingredient in components.items():
        if ingredient.masterbatch is None or planned[name] == 0:
            continue
        fed[name] = planned[name] * 100 / ingredient.masterbatch.active
        fed[ingredient.masterbatch.carrier] -= fed[name] - planned[name]
    for name, share in fed.items():
        if share < -1e-9:
            raise FormulationError(f"{name}: masterbatches bring {-share:.4g} more of it than the formulation holds")
    return {name: max(share, 0.0) for name, share in fed.items()}


def _active(components: Mapping[str, Ingredient], fed: Mapping[str, float]) -> dict[str, float]:
    """Turn shares through each feeder back into shares of active content."""
    planned = dict(fed)
    for name, ingredient in components.items():
        if ingredient.masterbatch is not None:
            planned[name] = fed[name] * ingredient.masterbatch.active / 100
            planned[ingredient.masterbatch.carrier] += fed[name] - planned[name]
    return planned


def _weighed(
    components: Mapping[str, Ingredient], ideal_g: Mapping[str, float], batch_g: Decimal
) -> dict[str, Decimal]:
    """Round masses to each balance so that they sum exactly to the batch, with the least sum of relative changes."""
    program = Program()
    finest = min(Decimal(repr(components[name].balance_g)) for name in ideal_g)
    targets, terms, resolutions = [], {}, {}
    for name, mass in ideal_g.items():
        resolutions[name] = Decimal(repr(components[name].balance_g))
        used = mass > 0
        top = int(batch_g / resolutions[name]) if used else 0
        number = program.variable(1 if used else 0, top, integer=True)
        terms[number] = float(resolutions[name] / finest)
        weight = 1.0 / max(mass, float(resolutions[name]))
        targets.append(({number: float(resolutions[name])}, mass, weight))
    whole = batch_g / finest
    program.row(terms, at_least=float(whole), at_most=float(whole))
    try:
        solution = program.nearest(targets)
    except SpaceError as error:
        listed = ", ".join(f"{name} {resolution} g" for name, resolution in resolutions.items())
        raise FormulationError(f"no weighing sums to {batch_g} g exactly with these balances: {listed}") from error
    return {name: resolutions[name] * round(float(k)) for name, k in zip(ideal_g, solution, strict=True)}


def _lots(ingredient: Ingredient, need_kg: float, today: date) -> tuple[tuple[str, ...], float]:
    """Choose lots by expiry; return their names and the mass in kg that they fall short by."""
    usable = [
        (lot.expires or "9999-12-31", name, lot)
        for name, lot in ingredient.lots.items()
        if lot.expires is None or date.fromisoformat(lot.expires) >= today
    ]
    if not ingredient.lots:
        return (), 0.0
    chosen, left = [], need_kg
    for _, name, lot in sorted(usable, key=lambda entry: entry[:2]):
        if left <= 1e-12:
            break
        if lot.stock_kg > 0:
            chosen.append(f"{name} {min(left, lot.stock_kg) * 1000:.4g} g")
            left -= lot.stock_kg
    return tuple(chosen), max(left, 0.0) if left > 1e-9 else 0.0
