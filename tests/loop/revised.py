"""A mixture campaign with results, and what people change of it while it runs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from loop import commands
from loop.definition import Definition, read_definition
from loop.state import CampaignState
from tests.loop.campaigns import begun, then, value

BLEND: dict[str, Any] = {
    "schema": 1,
    "campaign": "T1",
    "ingredients": {
        "components": {
            "PP": {"low": 40, "high": 100, "step": 1},
            "talc": {"low": 0, "high": 40, "step": 1},
            "oil": {"low": 0, "high": 20, "step": 1},
        }
    },
    "parameters": {
        "speed": {"kind": "continuous", "unit": "1/min", "low": 100, "high": 300, "step": 10},
        "die": {"kind": "categorical", "levels": ["flat", "round", "oval"]},
    },
    "targets": {
        "modulus": {"unit": "GPa", "goal": "maximise", "repeatability_sd": 0.1},
        "cost": {"goal": "limits", "limits": {"at_most": 2}, "source": {"expression": "(PP + 2*talc + 3*oil) / 100"}},
    },
    "objective": {"targets": ["modulus"]},
    "policy": {"batch": 2, "initial": {"count": 6}},
}

MADE: list[dict[str, Any]] = [
    {"PP": 100.0, "talc": 0.0, "oil": 0.0, "speed": 100.0, "die": "flat"},
    {"PP": 80.0, "talc": 20.0, "oil": 0.0, "speed": 200.0, "die": "round"},
    {"PP": 60.0, "talc": 40.0, "oil": 0.0, "speed": 300.0, "die": "oval"},
    {"PP": 90.0, "talc": 0.0, "oil": 10.0, "speed": 150.0, "die": "flat"},
    {"PP": 70.0, "talc": 20.0, "oil": 10.0, "speed": 250.0, "die": "round"},
    {"PP": 50.0, "talc": 40.0, "oil": 10.0, "speed": 200.0, "die": "oval"},
    {"PP": 95.0, "talc": 5.0, "oil": 0.0, "speed": 120.0, "die": "flat"},
]


def stiffness(made: dict[str, Any]) -> float:
    return 1.0 + 0.05 * made["talc"] - 0.04 * made["oil"] + 0.001 * made["speed"]


def changed(change: Callable[[dict[str, Any]], object], of: dict[str, Any] = BLEND) -> Definition:
    """The definition after a change of its text."""
    text = copy.deepcopy(of)
    change(text)
    return read_definition(text)


def revised(state: CampaignState, new: Definition) -> CampaignState:
    """The state after a definition was adopted, with all that follows by itself."""
    core = new.model_dump(mode="json", by_alias=True)
    after = then(state, commands.adopt(state, new, text="", core=core, extras={}, reason="changed"))
    return then(after, commands.consequences(state, after))


def known_blends(made: Sequence[dict[str, Any]] = MADE) -> CampaignState:
    """The campaign with past results."""
    state = begun(read_definition(BLEND))
    rows = [(one, {"modulus": value(stiffness(one))}, f"row {i}") for i, one in enumerate(made)]
    return then(state, commands.import_specimens(state, rows))
