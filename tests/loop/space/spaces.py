"""Random search spaces with a planted formulation that meets every rule, and a judge that shares no code with them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from loop.space.constraints import Constraint, Count, Forbid, Linear, Ratio
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient, Parameter
from loop.space.space import SearchSpace, mixture_sum

Planted = tuple[SearchSpace, dict[str, Any]]

_STEPS = ("0.01", "0.05", "0.1", "0.5", "1")


def exact(value: float) -> Fraction:
    """Read a float as the decimal number that a person sees."""
    return Fraction(repr(float(value)))


@st.composite
def planted_spaces(draw: st.DrawFn, *, with_reals: bool = True, with_mixture: bool | None = None) -> Planted:
    """Draw parameters, a formulation on their grids, and only rules that this formulation meets."""
    parameters: dict[str, Parameter] = {}
    planted: dict[str, Any] = {}
    if draw(st.booleans()) if with_mixture is None else with_mixture:
        _add_mixture(draw, parameters, planted)
    for i in range(draw(st.integers(0 if parameters else 1, 4))):
        _add_knob(draw, f"p{i}", parameters, planted, with_reals=with_reals)
    constraints: list[Constraint] = []
    shares = [name for name, parameter in parameters.items() if parameter.kind == "ingredient"]
    if shares:
        constraints.append(mixture_sum(shares, 100))
    for rule in draw(st.lists(st.sampled_from(["count", "ratio", "forbid", "linear", "equal"]), max_size=5)):
        constraints += _rule(draw, rule, parameters, planted)
    return SearchSpace(parameters, constraints), planted


def obeys(space: SearchSpace, formulation: dict[str, Any]) -> list[str]:
    """Judge a formulation in exact arithmetic, apart from all code under test; list what it breaks."""
    broken = []
    for name, parameter in space.parameters.items():
        value = formulation[name]
        if isinstance(parameter, Categorical):
            fits = value in parameter.levels
        elif isinstance(parameter, Discrete):
            fits = value in parameter.values
        else:
            number, low, high = exact(value), exact(parameter.low), exact(parameter.high)
            origin = low if isinstance(parameter, Continuous) else Fraction(0)
            on_grid = parameter.step is None or ((number - origin) / exact(parameter.step)).denominator == 1
            dose = exact(parameter.minimum_if_used) if isinstance(parameter, Ingredient) else Fraction(0)
            fits = low <= number <= high and on_grid and (number == 0 or number >= dose or dose == 0)
        if not fits:
            broken.append(f"{name} = {value!r}")
    broken += [c.label for c in space.constraints if not _keeps(c, formulation)]
    return broken


def _keeps(constraint: Constraint, formulation: dict[str, Any]) -> bool:
    tolerance = Fraction(1, 10**9)
    if isinstance(constraint, Linear):
        total = sum((exact(w) * exact(formulation[n]) for n, w in constraint.coefficients.items()), Fraction(0))
        size = sum((abs(exact(w) * exact(formulation[n])) for n, w in constraint.coefficients.items()), Fraction(1))
        low, high = constraint.bounds
        slack = tolerance * size * 10
        return (low == float("-inf") or total >= exact(low) - slack) and (
            high == float("inf") or total <= exact(high) + slack
        )
    if isinstance(constraint, Ratio):
        above = sum((exact(formulation[n]) for n in constraint.numerator), Fraction(0))
        below = sum((exact(formulation[n]) for n in constraint.denominator), Fraction(0))
        slack = tolerance * (1 + above + below) * 100
        return (constraint.at_least is None or above >= exact(constraint.at_least) * below - slack) and (
            constraint.at_most is None or above <= exact(constraint.at_most) * below + slack
        )
    if isinstance(constraint, Count):
        used = sum(formulation[n] > 0 for n in constraint.of)
        return constraint.at_least <= used and (constraint.at_most is None or used <= constraint.at_most)
    met = []
    for name, condition in constraint.when.items():
        value = formulation[name]
        if condition.level is not None:
            met.append(value in condition.level)
        else:
            met.append(
                (condition.above is None or value > condition.above)
                and (condition.below is None or value < condition.below)
                and (condition.at_least is None or value >= condition.at_least)
                and (condition.at_most is None or value <= condition.at_most)
            )
    return not all(met)


def _add_mixture(draw: st.DrawFn, parameters: dict[str, Parameter], planted: dict[str, Any]) -> None:
    left = Fraction(100)
    n = draw(st.integers(1, 6))
    for i in range(n):
        step = Fraction(draw(st.sampled_from(_STEPS)))
        share = step * draw(st.integers(0, int(min(left, Fraction(60, n)) / step)))
        high = share + step * draw(st.integers(1, int(20 / step)))
        low = step * draw(st.integers(0, int(share / step))) if draw(st.booleans()) else Fraction(0)
        dose = Fraction(0)
        if low == 0 and draw(st.booleans()):
            ceiling = share if share > 0 else min(high, 5 * step)
            dose = step * draw(st.integers(1, int(ceiling / step)))
        parameters[f"x{i}"] = Ingredient(
            low=float(low),
            high=float(min(high, Fraction(100))),
            step=float(step),
            minimum_if_used=float(dose),
            scale=draw(st.sampled_from(["linear", "log"])),
        )
        planted[f"x{i}"] = float(share)
        left -= share
    low = Fraction(int(left) // 2)
    parameters["filler"] = Ingredient(low=float(low), high=100, step=0.01)
    planted["filler"] = float(left)


def _add_knob(
    draw: st.DrawFn, name: str, parameters: dict[str, Parameter], planted: dict[str, Any], *, with_reals: bool
) -> None:
    kind = draw(
        st.sampled_from(["real", "grid", "log", "discrete", "choice"] if with_reals else ["grid", "discrete", "choice"])
    )
    if kind in ("real", "log"):
        low = draw(st.sampled_from([1.0, 2.5, 10.0]))
        high = low * draw(st.sampled_from([1.5, 10.0, 1000.0]))
        parameters[name] = Continuous(low=low, high=high, scale="log" if kind == "log" else "linear")
        planted[name] = float(f"{low + (high - low) * draw(st.integers(0, 8)) / 8:.6g}")
    elif kind == "grid":
        step = Fraction(draw(st.sampled_from(_STEPS)))
        low_step = draw(st.integers(-20, 200))
        n = draw(st.integers(1, 60))
        parameters[name] = Continuous(low=float(low_step * step), high=float((low_step + n) * step), step=float(step))
        planted[name] = float((low_step + draw(st.integers(0, n))) * step)
    elif kind == "discrete":
        values = draw(st.lists(st.integers(1, 50), min_size=2, max_size=5, unique=True))
        parameters[name] = Discrete(values=tuple(value / 2 for value in values))
        planted[name] = draw(st.sampled_from(values)) / 2
    else:
        levels = ["a", "b", "c", "d"][: draw(st.integers(2, 4))]
        parameters[name] = Categorical(levels=levels)
        planted[name] = draw(st.sampled_from(levels))


def _rule(draw: st.DrawFn, rule: str, parameters: dict[str, Parameter], planted: dict[str, Any]) -> list[Constraint]:
    numbers = [name for name, parameter in parameters.items() if not isinstance(parameter, Categorical)]
    shares = [name for name in numbers if parameters[name].kind == "ingredient"]
    if rule == "count" and shares:
        group = draw(st.lists(st.sampled_from(shares), min_size=1, unique=True))
        used = sum(planted[name] > 0 for name in group)
        return [Count(of=group, at_least=draw(st.integers(0, used)), at_most=draw(st.integers(used, len(group))))]
    if rule == "ratio" and len(shares) >= 2:
        above, below = draw(st.permutations(shares))[:2]
        limit = draw(st.sampled_from([0.2, 0.5, 1.0, 2.0, 5.0]))
        if exact(planted[above]) <= exact(limit) * exact(planted[below]):
            return [Ratio(numerator=above, denominator=below, at_most=limit)]
        return [Ratio(numerator=above, denominator=below, at_least=limit)]
    if rule in ("linear", "equal") and numbers:
        group = draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=3, unique=True))
        weights = {name: draw(st.sampled_from([-2.0, -1.0, 0.5, 1.0, 3.0])) for name in group}
        total = sum(exact(w) * exact(planted[n]) for n, w in weights.items())
        if rule == "equal":
            return [Linear(coefficients=weights, equals=float(total))]
        return [Linear(coefficients=weights, at_most=float(total + draw(st.sampled_from([0, 1, 10]))))]
    if rule == "forbid":
        names = draw(st.lists(st.sampled_from(list(parameters)), min_size=1, max_size=3, unique=True))
        when: dict[str, Any] = {}
        for name in names:
            parameter = parameters[name]
            if isinstance(parameter, Categorical):
                when[name] = draw(st.lists(st.sampled_from(parameter.names), min_size=1, unique=True))
                continue
            middle = round(parameter.low + (parameter.high - parameter.low) * draw(st.integers(1, 7)) / 8, 6)
            side = draw(st.sampled_from(["above", "below", "at_least", "at_most"]))
            when[name] = {side: draw(st.sampled_from([middle, planted[name]]))}
        forbid = Forbid(when=when)
        return [forbid] if _keeps(forbid, planted) else []
    return []
