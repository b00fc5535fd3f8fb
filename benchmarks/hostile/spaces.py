"""Random search spaces of every shape, as definitions that a person could have written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["SHAPES", "draw_definition"]

Sections = dict[str, Any]


def _continuous(rng: np.random.Generator) -> Sections:
    low = float(rng.choice([0.0, -5.0, 20.0, 180.0]))
    made: Sections = {"kind": "continuous", "low": low, "high": low + float(rng.choice([1.0, 60.0, 2000.0]))}
    if rng.random() < 0.2:
        low, high = [(1e6, 1e6 + 0.01), (1e-9, 3e-9), (-1e9, 1e9), (1e-12, 1e12)][int(rng.integers(4))]
        made = {"kind": "continuous", "low": low, "high": high}
        return {**made, "scale": "log"} if high > 1e9 and low > 0 else made
    if rng.random() < 0.5:
        made["step"] = (made["high"] - low) / int(rng.choice([10, 12, 100]))
    elif low > 0 and rng.random() < 0.3:
        made["scale"] = "log"
    return made


def _discrete(rng: np.random.Generator) -> Sections:
    values = [[0, 1], [1, 2, 3], [0.1, 1, 10, 100], [5, 6, 8, 13, 21]][int(rng.integers(4))]
    return {"kind": "discrete", "values": values}


def _choice(rng: np.random.Generator) -> Sections:
    return {"kind": "categorical", "levels": ["A", "B", "C", "D"][: int(rng.integers(2, 5))]}


def _knobs(rng: np.random.Generator, kinds: list[Callable[[np.random.Generator], Sections]], n: int) -> Sections:
    return {f"p{j}": kinds[int(rng.integers(len(kinds)))](rng) for j in range(n)}


def box(rng: np.random.Generator) -> Sections:
    """One to ten numbers."""
    return {"parameters": _knobs(rng, [_continuous], int(rng.integers(1, 11)))}


def grid(rng: np.random.Generator) -> Sections:
    """Two to four short lists: a few to a few hundred formulations."""
    return {"parameters": _knobs(rng, [_discrete], int(rng.integers(2, 5)))}


def choices(rng: np.random.Generator) -> Sections:
    """Numbers, lists and choices together, perhaps with a pair forbidden."""
    parameters = _knobs(rng, [_continuous, _discrete, _choice], int(rng.integers(1, 6)))
    parameters["grade"] = _choice(rng)
    parameters["heat"] = {"kind": "continuous", "low": 180, "high": 240, "step": 5}
    rule = {"kind": "forbid", "when": {"grade": "A", "heat": {"above": 220}}}
    return {"parameters": parameters, "constraints": [rule] if rng.random() < 0.5 else []}


def mixture(rng: np.random.Generator) -> Sections:
    """Three to eight ingredients to 100 %, with a count, a ratio and sometimes process parameters."""
    n = int(rng.integers(2, 8))
    additives = {f"x{j}": {"high": float(rng.choice([5, 20, 40])), "step": 0.5} for j in range(n)}
    if rng.random() < 0.5:
        additives["x0"]["minimum_if_used"] = 1.0
    rules: list[Sections] = []
    if n >= 3:
        rules.append({"kind": "count", "of": list(additives), "at_most": n - 1})
        rules.append({"kind": "ratio", "numerator": "x1", "denominator": "x2", "at_most": 3})
    made: Sections = {
        "ingredients": {"components": {"base": {"low": 0, "high": 100, "step": 0.5}, **additives}},
        "constraints": rules,
    }
    if rng.random() < 0.4:
        made["parameters"] = {"speed": {"kind": "continuous", "low": 100, "high": 400, "step": 10}}
    return made


def narrow_mixture(rng: np.random.Generator) -> Sections:
    """Ingredients of which only a sliver of a few to some hundred mixtures is allowed."""
    n = int(rng.integers(3, 6))
    share = 100 // (n + 1)
    width = int(rng.integers(1, 4))
    additives = {f"x{j}": {"low": share - width, "high": share + width, "step": 1} for j in range(n)}
    base = {"low": 100 - n * share - 1, "high": 100 - n * share + 1, "step": 1}
    return {"ingredients": {"components": {"base": base, **additives}}}


def table(rng: np.random.Generator) -> Sections:
    """A list of 12 to 60 formulations and no others."""
    sections = choices(rng)
    names = [name for name, p in sections["parameters"].items() if p["kind"] == "continuous"]
    for name in names:
        sections["parameters"][name].pop("step", None)
    rows = []
    for _ in range(int(rng.integers(12, 61))):
        row: Sections = {}
        for name, p in sections["parameters"].items():
            if p["kind"] == "continuous":
                drawn = float(f"{rng.uniform(p['low'], p['high']):.6g}")
                row[name] = min(max(drawn, p["low"]), p["high"])
            else:
                row[name] = rng.choice(p["levels"] if p["kind"] == "categorical" else p["values"]).item()
        rows.append(row)
    return {**sections, "constraints": [], "candidates": {"rows": rows}}


SHAPES: Mapping[str, Callable[[np.random.Generator], Sections]] = {
    "box": box,
    "grid": grid,
    "choices": choices,
    "mixture": mixture,
    "narrow mixture": narrow_mixture,
    "table": table,
}


def draw_definition(rng: np.random.Generator, shape: str, objective: str, unit: float = 1.0) -> Sections:
    """Draw a definition of a shape; goals, limits and worst and best in multiples of `unit`."""
    targets: Sections = {"y1": {"goal": str(rng.choice(["maximise", "minimise"]))}}
    if objective == "single" and rng.random() < 0.2:
        targets["y1"] = {"goal": "match", "value": 0.5 * unit}
    if objective == "single" and rng.random() < 0.3:
        targets["y2"] = {"goal": "limits", "limits": {"at_most": 0.8 * unit}}
    if objective != "single":
        for j in range(2, int(rng.integers(3, 6 if objective == "pareto" else 4))):
            targets[f"y{j}"] = {"goal": str(rng.choice(["maximise", "minimise"]))}
    if objective == "desirability":
        for target in targets.values():
            ends = (0.0, unit) if target["goal"] == "maximise" else (unit, 0.0)
            target |= {"worst": ends[0], "best": ends[1]}
    sections = SHAPES[shape](rng)
    numbers = [name for name, p in sections.get("parameters", {}).items() if p["kind"] != "categorical"]
    if objective == "pareto" and len(targets) < 4 and numbers and rng.random() < 0.25:
        targets["cost"] = {"goal": "minimise", "source": {"expression": f"1 / {numbers[0]}"}}  # of zero, no number
    policy: Sections = {"seed": int(rng.integers(1000))}
    if rng.random() < 0.15:
        policy["block_size"] = 4
    if rng.random() < 0.15:
        policy["surrogate"] = "forest"
    return {
        "schema": 1,
        "campaign": "HOSTILE",
        **sections,
        "targets": targets,
        "objective": {"kind": objective},
        "policy": policy,
    }
