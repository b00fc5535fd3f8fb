"""Adapter of meguri's default strategy for pool-based comparison harnesses: `Ours(pool, specs, maximize, seed).ask(…)`.

It goes the way a campaign goes: a definition with a candidate table, results as events, `propose_batch`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import numpy as np

from loop import commands
from loop.agent import propose_batch
from loop.definition import read_definition
from loop.events import DefinitionAdopted
from loop.ids import CampaignId
from loop.journal import extend
from loop.observations import TargetValue

CAMPAIGN = CampaignId("BENCH")
MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


class Ours:
    """meguri with default settings."""

    name, multi, surrogate = "meguri", True, "gp"

    def __init__(self, pool_df, input_specs, maximize, seed):
        self.names = [spec["name"] for spec in input_specs]
        choices = {spec["name"] for spec in input_specs if spec["kind"] == "categorical"}
        goals = maximize if isinstance(maximize, list) else [maximize]
        rows = [
            {name: str(value) if name in choices else float(value) for name, value in zip(self.names, row, strict=True)}
            for row in pool_df[self.names].itertuples(index=False)
        ]
        core = {
            "schema": 1,
            "campaign": CAMPAIGN,
            "parameters": {spec["name"]: parameter(spec, pool_df) for spec in input_specs},
            "candidates": {"rows": rows},
            "targets": {f"y{j}": {"goal": "maximise" if up else "minimise"} for j, up in enumerate(goals)},
            "objective": {"kind": "single" if len(goals) == 1 else "pareto"},
            "policy": {"seed": seed, "initial": {"count": 2}, "surrogate": self.surrogate},
        }
        definition = read_definition(core)
        event = DefinitionAdopted(version=1, text="", core=definition.model_dump(mode="json", by_alias=True))
        self.state = extend(CAMPAIGN, None, [event], actor="benchmark", at=MOMENT)
        self.rows, self.told = rows, 0
        self.at = defaultdict(list)
        for i, row in enumerate(rows):
            self.at[tuple(row.values())].append(i)

    def ask(self, X_obs, y_obs, n):
        results = np.asarray(y_obs, dtype=float).reshape(len(X_obs), -1)
        new = [
            (self.rows[i], {f"y{j}": TargetValue(mean=float(v)) for j, v in enumerate(result)}, f"row {i}")
            for i, result in list(zip(X_obs.index, results, strict=True))[self.told :]
        ]
        self.told = len(X_obs)
        events = commands.import_specimens(self.state, new)
        self.state = extend(CAMPAIGN, self.state, events, actor="benchmark", at=MOMENT)
        made = propose_batch(self.state, count=n, at=MOMENT)
        taken, found = set(X_obs.index), []
        for proposal in made.proposals:
            free = [i for i in self.at[tuple(proposal.formulation[name] for name in self.names)] if i not in taken]
            found.append(free[0])
            taken.add(free[0])
        return found


class OursForest(Ours):
    """The same with the forest surrogate."""

    name, surrogate = "meguri_forest", "forest"


def parameter(spec, pool_df):
    if spec["kind"] == "categorical":
        return {"kind": "categorical", "levels": list(spec["levels"])}
    if spec["kind"] == "discrete":
        return {"kind": "discrete", "values": sorted({float(v) for v in pool_df[spec["name"]]})}
    return {"kind": "continuous", "low": float(spec["low"]), "high": float(spec["high"])}
