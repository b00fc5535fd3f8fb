"""Campaigns to report on: invented laboratories whose truth is a formula, written event by event."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from loop import commands
from loop.definition import read_definition
from loop.events import (
    Event,
    ProposalApproved,
    ProposalClosed,
    ProposalDispatched,
    ProposalsMade,
    ProposalStarted,
    ResultRecorded,
)
from loop.ids import ProposalId, proposal_id, specimen_id
from loop.observations import State, TargetValue
from loop.proposal import Origin, Prediction, Proposal
from loop.values import Setting
from tests.loop.written import WrittenCampaign

POLYPROPYLENE: dict[str, Any] = {
    "schema": 1,
    "campaign": "PP01",
    "title": "Stiff and tough compound from recycled polypropylene",
    "description": "Housings of household appliances: at least half recyclate, no dearer than virgin copolymer.",
    "ingredients": {
        "batch_kg": 2.0,
        "components": {
            "recycled PP": {"low": 30, "high": 100, "step": 0.01, "price": 0.78, "density": 0.91, "balance_g": 1},
            "virgin PP": {"low": 0, "high": 50, "step": 0.1, "price": 1.25, "density": 0.905, "balance_g": 1},
            "talc": {"low": 0, "high": 25, "step": 0.1, "price": 0.45, "density": 2.75, "balance_g": 1},
            "elastomer": {"low": 0, "high": 20, "step": 0.1, "price": 2.4, "density": 0.87},
            "PP-g-MA": {"low": 0, "high": 5, "step": 0.05, "minimum_if_used": 0.5, "price": 3.1, "density": 0.9},
            "酸化防止剤": {"low": 0, "high": 0.5, "step": 0.01, "minimum_if_used": 0.05, "price": 7.5},
            "peroxide": {"low": 0, "high": 0.3, "step": 0.01, "minimum_if_used": 0.02, "price": 9.0, "balance_g": 0.01},
            "carbon black": {"low": 0, "high": 2, "step": 0.05, "minimum_if_used": 0.2, "price": 1.9},
        },
    },
    "parameters": {
        "barrel temperature": {"kind": "continuous", "low": 190, "high": 240, "step": 5, "unit": "°C"},
        "screw speed": {"kind": "continuous", "low": 100, "high": 400, "step": 10, "unit": "1/min"},
    },
    "targets": {
        "modulus": {"goal": "maximise", "unit": "MPa", "repeatability_sd": 35,
                    "limits": {"at_least": 1300}, "source": {"test": "tensile"}},
        "impact": {"goal": "maximise", "unit": "kJ/m²", "repeatability_sd": 0.35,
                   "limits": {"at_least": 4.5}, "source": {"test": "Charpy"}},
        "melt flow": {
            "goal": "limits", "unit": "g/10 min", "repeatability_sd": 0.6, "scale": "log",
            "limits": {"at_least": 8, "at_most": 20},
        },
        "cost": {
            "goal": "limits", "unit": "€/kg", "limits": {"at_most": 1.25},
            "source": {
                "expression": "0.0078*`recycled PP` + 0.0125*`virgin PP` + 0.0045*talc + 0.024*elastomer"
                " + 0.031*`PP-g-MA` + 0.075*`酸化防止剤` + 0.09*peroxide + 0.019*`carbon black`"
            },
        },
    },
    "objective": {"kind": "pareto"},
    "budget": {"specimens": 40, "cycles": 8},
    "policy": {"batch": 4, "stop": {"patience": 3}},
}  # fmt: skip


PLAN: dict[str, Any] = {
    "factors": {
        "crystal fraction": {"acts_on": {"modulus": "+", "impact": "-"}, "moved_by": ["talc", "barrel temperature"]},
        "β phase": {"acts_on": {"impact": "+"}, "moved_by": ["talc"]},
        "molar mass": {"acts_on": {"impact": "+", "melt flow": "-"}, "moved_by": ["peroxide", "recycled PP"]},
        "ethylene fraction": {"acts_on": {"impact": "+", "modulus": "-"}, "moved_by": ["elastomer", "recycled PP"]},
        "filler content": {"acts_on": {"modulus": "+", "impact": "±"}, "moved_by": ["talc"], "origin": "computed"},
        "interface": {"description": "coupling of talc to the matrix", "acts_on": {"impact": "+", "modulus": "+"}},
        "oxidation 酸化生成物": {"acts_on": {"impact": "-"}, "moved_by": ["recycled PP", "酸化防止剤"]},
    },
    "modalities": {
        "WAXS": {
            "probe": "x-ray", "cost": 40, "hours": 1, "mass_g": 0.5,
            "sees": {"crystal fraction": "direct", "β phase": "direct", "filler content": "indirect"},
        },
        "DSC": {
            "probe": "heat", "cost": 30, "hours": 1.5, "mass_g": 0.01, "is_destructive": True,
            "sees": {"crystal fraction": "direct", "ethylene fraction": "indirect"},
        },
        "FT-IR": {
            "probe": "light", "cost": 15, "hours": 0.5,
            "sees": {"oxidation 酸化生成物": "direct", "ethylene fraction": "direct", "filler content": "indirect"},
        },
        "GPC": {"probe": "solvent", "cost": 120, "hours": 6, "mass_g": 0.02, "sees": {"molar mass": "direct"}},
        "TG": {
            "probe": "mass", "cost": 25, "hours": 1.5, "mass_g": 0.02, "is_destructive": True,
            "sees": {"filler content": "direct", "oxidation 酸化生成物": "indirect"},
        },
    },
    "tests": {
        "tensile": {"quantities": {"modulus": "MPa"}, "standard": "ISO 527-2:2012", "mass_g": 60},
        "Charpy": {"quantities": {"impact": "kJ/m²"}, "standard": "ISO 179-1:2023", "mass_g": 50},
    },
}  # fmt: skip


def compound(f: Mapping[str, Setting]) -> dict[str, float]:
    """Return what the invented laboratory would measure of a compound without any error."""
    v = {name: float(value) for name, value in f.items()}
    coupling = 1 - math.exp(-v["PP-g-MA"] / 1.2)
    modulus = 1280 + (26 + 9 * coupling) * v["talc"] - 31 * v["elastomer"] - 1.5 * v["recycled PP"]
    impact = 4.6 + 0.42 * v["elastomer"] - 0.16 * v["talc"] * (1 - 0.4 * coupling) + 0.02 * v["virgin PP"]
    impact -= 6 * v["peroxide"] + 0.018 * max(0.0, v["barrel temperature"] - 215)
    flow = 13 * math.exp(
        3.2 * v["peroxide"] + 0.012 * (v["barrel temperature"] - 215) - 0.022 * v["talc"] - 0.02 * v["elastomer"]
    )
    return {"modulus": modulus, "impact": max(impact, 1.0), "melt flow": flow}


NOISE = {"modulus": 35.0, "impact": 0.35, "melt flow": 0.6}


def random_compound(rng: np.random.Generator) -> dict[str, Setting]:
    """Draw a compound on its grid that sums to 100 %."""
    f: dict[str, Setting] = {
        "recycled PP": 0.0,
        "virgin PP": round(rng.uniform(0, 25), 1),
        "talc": round(rng.uniform(0, 25), 1),
        "elastomer": round(rng.uniform(0, 18), 1),
        "PP-g-MA": round(rng.uniform(0.5, 4) * 20) / 20 if rng.random() < 0.7 else 0.0,
        "酸化防止剤": round(rng.uniform(0.05, 0.5), 2) if rng.random() < 0.7 else 0.0,
        "peroxide": round(rng.uniform(0.02, 0.3), 2) if rng.random() < 0.6 else 0.0,
        "carbon black": 0.5,
        "barrel temperature": float(rng.integers(38, 49) * 5),
        "screw speed": float(rng.integers(10, 41) * 10),
    }
    rest = sum(float(v) for name, v in f.items() if name not in ("barrel temperature", "screw speed"))
    f["recycled PP"] = round(100 - rest, 2)
    return f


def polypropylene(n_cycles: int = 6) -> WrittenCampaign:
    """A mixture campaign after `n_cycles` cycles of 4, with all that happens to a campaign, and open proposals."""
    rng = np.random.default_rng(11)
    c = WrittenCampaign(POLYPROPYLENE)
    for _ in range(5):
        f = random_compound(rng)
        c.known(f, **_seen(compound(f), rng))
    c.write(commands.note(c.state, "PP-g-MA couples talc to the matrix: modulus rises without loss of impact"))
    for cycle in range(1, n_cycles + 1):
        chosen = _promising(rng, cycle)
        sd = {name: spread * (3.0 if cycle < 3 else 1.4) for name, spread in NOISE.items()}
        told = [
            {name: (value + rng.normal(0, sd[name]), sd[name]) for name, value in compound(f).items()} for f in chosen
        ]
        reasons = [
            f"talc {f['talc']} % with PP-g-MA {f['PP-g-MA']} % promises more modulus than the front at this impact"
            for f in chosen
        ]
        proposals = c.propose(chosen, told if cycle > 1 else (), reasons=reasons)
        c.write(commands.approve(c.state, proposals[:3], reason="as planned"))
        if cycle == 2:
            c.write(commands.skip(c.state, proposals[3], reason="too much dust at this talc dose", is_lesson=True))
            proposals = proposals[:3]
        elif cycle == 4:
            f = dict(chosen[3])
            f["screw speed"] = 400.0 if f["screw speed"] != 400.0 else 390.0
            new = {name: Prediction(mean=mean, sd=sd_) for name, (mean, sd_) in told[3].items()}
            c.write(commands.edit(c.state, proposals[3], f, predicted=new, reason="motor is warm: fast screw today"))
            chosen[3] = f
        else:
            c.write(commands.approve(c.state, proposals[3:]))
        for proposal, f in zip(proposals, chosen, strict=False):
            if cycle == 3 and proposal == proposals[1]:
                c.write(commands.fail(c.state, proposal, reason="feeder of talc bridged"))
            c.measure(proposal, **_seen(compound(f), rng))
        c.close()
        if cycle == 2:
            c.write(commands.note(c.state, "peroxide above 0.15 % costs more impact than its flow is worth"))
            c.write(commands.judge(c.state, "H1", "yes", reason="front of cycle 2 holds coupled compounds only"))
        if cycle == 3:
            c.write(
                commands.correct(
                    c.state, "PP01-X0002", "impact", TargetValue(mean=5.1, n=5), reason="notch radius was read wrong"
                )
            )
            c.write(commands.exclude(c.state, "PP01-C001-02-S1", reason="mould was not vented"))
        if cycle == 4:
            c.write(commands.judge(c.state, "H2", "no", reason="0.2 % kept 5 kJ/m²"))
            c.write(commands.note(c.state, "barrel above 230 °C browns the recyclate"))
    last = [random_compound(rng) for _ in range(4)]
    sd = {"modulus": 48.0, "impact": 0.5, "melt flow": 0.9}
    reasons = ["uncertain and promising: little is known of compounds with so much elastomer"] * 4
    proposals = c.propose(last, [{n: (v, sd[n]) for n, v in compound(f).items()} for f in last], reasons=reasons)
    c.write(commands.approve(c.state, proposals[:3]))
    c.write(commands.dispatch(c.state, [proposals[1]], reason="work order 118"))
    c.write(
        commands.record(c.state, proposals[2], {"modulus": TargetValue(mean=1712.0, sd=30, n=5)}, source="typed in")
    )
    return c


def _seen(truth: Mapping[str, float], rng: np.random.Generator) -> dict[str, float | TargetValue]:
    """Measure each property five times."""
    found: dict[str, float | TargetValue] = {}
    for name, value in truth.items():
        tests = value + rng.normal(0, NOISE[name], 5)
        found[name] = TargetValue(mean=round(float(tests.mean()), 3), sd=round(float(tests.std(ddof=1)), 3), n=5)
    return found


def _promising(rng: np.random.Generator, cycle: int) -> list[dict[str, Setting]]:
    """Choose four of ever more random compounds: what a learning campaign looks like from outside."""
    pool = [random_compound(rng) for _ in range(4 * cycle**2)]
    weights = np.linspace(0.15, 0.85, 4)

    def worth(f: Mapping[str, Setting], weight: float) -> float:
        seen = compound(f)
        misses = max(0.0, 1300 - seen["modulus"]) / 100 + max(0.0, 4.7 - seen["impact"]) / 0.5
        misses += max(0.0, 8.5 - seen["melt flow"]) + max(0.0, seen["melt flow"] - 19)
        trade = weight * seen["modulus"] / 150 + (1 - weight) * seen["impact"] / 0.6
        return trade - misses * min(cycle, 4) / 4

    return [max(pool[i::4], key=lambda f: worth(f, weights[i])) for i in range(4)]


RESIN: dict[str, Any] = {
    "schema": 1,
    "campaign": "RESIN-2",
    "title": "Adhesive strength of an epoxy",
    "parameters": {
        "hardener": {"kind": "categorical", "levels": ["DETA", "IPDA", "ポリアミド"]},
        "ratio": {"kind": "continuous", "low": 0.7, "high": 1.3, "step": 0.01},
        "cure temperature": {"kind": "continuous", "low": 20, "high": 120, "step": 5, "unit": "°C"},
        "filler": {"kind": "discrete", "values": [0, 5, 10, 20], "unit": "%"},
    },
    "targets": {
        "lap shear": {"goal": "maximise", "unit": "MPa", "repeatability_sd": 0.8},
        "pot life": {"goal": "limits", "unit": "min", "repeatability_sd": 2, "limits": {"at_least": 15}},
    },
    "budget": {"specimens": 30},
}


def resin(n_cycles: int = 5) -> WrittenCampaign:
    """A single-objective campaign with a choice between hardeners and one censored pot life."""
    rng = np.random.default_rng(3)
    c = WrittenCampaign(RESIN)
    for cycle in range(1, n_cycles + 1):
        chosen: list[dict[str, Setting]] = []
        for _ in range(4):
            pool: list[dict[str, Setting]] = [
                {
                    "hardener": ["DETA", "IPDA", "ポリアミド"][int(rng.integers(3))],
                    "ratio": round(rng.uniform(0.7, 1.3), 2),
                    "cure temperature": float(rng.integers(4, 25) * 5),
                    "filler": float([0, 5, 10, 20][int(rng.integers(4))]),
                }
                for _ in range(cycle)
            ]
            chosen.append(max(pool, key=lambda f: _shear(f)["lap shear"]))
        told = [{n: (v + rng.normal(0, 1.2), 1.5) for n, v in _shear(f).items()} for f in chosen]
        results: list[dict[str, float | TargetValue]] = [
            {n: round(v + rng.normal(0, 0.8), 2) for n, v in _shear(f).items()} for f in chosen
        ]
        if cycle == 2:
            results[0]["pot life"] = TargetValue(state=State.ABOVE_RANGE, limit=60)
        c.cycle(chosen, results, told if cycle > 1 else ())
    return c


def _shear(f: Mapping[str, Setting]) -> dict[str, float]:
    base = {"DETA": 14.0, "IPDA": 18.0, "ポリアミド": 16.0}[str(f["hardener"])]
    shear = base - 30 * (float(f["ratio"]) - 1.02) ** 2 - 0.002 * (float(f["cure temperature"]) - 80) ** 2
    return {"lap shear": shear + 0.1 * float(f["filler"]), "pot life": 55 - 0.4 * float(f["cure temperature"])}


def empty() -> WrittenCampaign:
    """A campaign that has a definition and nothing else."""
    return WrittenCampaign(RESIN)


def large(n_parameters: int = 20, n_specimens: int = 500, batch: int = 20) -> WrittenCampaign:
    """A campaign of many parameters and specimens, written in one go."""
    rng = np.random.default_rng(5)
    names = [f"knob {i + 1}" for i in range(n_parameters)]
    definition = {
        "schema": 1,
        "campaign": "BIG",
        "parameters": {name: {"kind": "continuous", "low": 0, "high": 1, "step": 0.01} for name in names},
        "targets": {
            "strength": {"goal": "maximise", "unit": "MPa", "repeatability_sd": 0.2},
            "density": {"goal": "minimise", "unit": "g/cm³", "repeatability_sd": 0.01},
        },
        "objective": {"kind": "pareto"},
    }
    c = WrittenCampaign(definition)
    events: list[Event] = []
    for cycle in range(1, n_specimens // batch + 1):
        rows = np.round(rng.uniform(0, 1, (batch, n_parameters)), 2)
        proposals = []
        for number, row in enumerate(rows, 1):
            truth = {"strength": 10 * float(row[:5].mean()), "density": 1 + float(row[3:9].mean())}
            proposals.append(
                Proposal(
                    id=proposal_id(c.campaign, cycle, number),
                    cycle=cycle,
                    number=number,
                    formulation=dict(zip(names, row.tolist(), strict=True)),
                    origin=Origin.MODEL,
                    reason="promises a better trade-off",
                    predicted={n: Prediction(mean=v, sd=0.3) for n, v in truth.items()},
                    run_order=number,
                )
            )
        seq = len(events) + 1
        events.append(
            ProposalsMade(
                cycle=cycle, count=batch, proposals=tuple(proposals), seed=cycle, seen_seq=seq, space_version=1,
                data_hash="0" * 64, surrogate="gp",
            )
        )  # fmt: skip
        for proposal in proposals:
            events += _life(proposal.id, proposal, rng)
    c.journal.append(c.campaign, events, actor="meguri", at=c.entries[0].at, expected_seq=1)
    return c


def _life(which: ProposalId, proposal: Proposal, rng: np.random.Generator) -> list[Event]:
    values = {
        "strength": TargetValue(mean=proposal.predicted["strength"].mean + rng.normal(0, 0.2)),
        "density": TargetValue(mean=proposal.predicted["density"].mean + rng.normal(0, 0.01)),
    }
    return [
        ProposalApproved(proposal_id=which),
        ProposalDispatched(proposal_id=which),
        ProposalStarted(proposal_id=which),
        ResultRecorded(
            proposal_id=which,
            specimen_id=specimen_id(which),
            as_made=proposal.formulation,
            targets=values,
            is_complete=True,
        ),
        ProposalClosed(proposal_id=which),
    ]


HOSTILE = "<script>alert('読')</script>"


def hostile() -> WrittenCampaign:
    """A campaign whose every free text tries to be HTML."""
    definition = {
        "schema": 1,
        "campaign": "BAD",
        "title": HOSTILE,
        "description": f"about {HOSTILE}",
        "ingredients": {"components": {n: {"high": 100, "step": 1} for n in (f"a{HOSTILE}", "b", "c")}},
        "parameters": {f"p{HOSTILE}": {"kind": "categorical", "levels": [HOSTILE, "plain"]}},
        "targets": {
            f"t{HOSTILE}": {"goal": "maximise", "unit": HOSTILE},
            "u": {"goal": "minimise", "limits": {"at_most": 50}},
        },
        "objective": {"kind": "pareto"},
    }  # fmt: skip
    read_definition(definition)
    c = WrittenCampaign(definition, actor=HOSTILE)
    f: list[dict[str, Setting]] = [
        {f"a{HOSTILE}": a, "b": 90.0 - a, "c": 10.0, f"p{HOSTILE}": HOSTILE if a < 30 else "plain"}
        for a in (10.0, 20.0, 40.0, 60.0)
    ]
    t = f"t{HOSTILE}"
    c.write(commands.note(c.state, HOSTILE))
    for _ in range(2):
        specimens = c.cycle(
            f,
            [{t: 10 + i, "u": 20 + i} for i in range(4)],
            [{t: (10.0 + i, 1.0), "u": (20.0 + i, 2.0)} for i in range(4)],
        )
    c.write(commands.judge(c.state, "H1", "no", reason=HOSTILE))
    c.write(commands.exclude(c.state, specimens[0], reason=HOSTILE))
    c.write(commands.correct(c.state, specimens[1], "u", TargetValue(mean=21.5), reason=HOSTILE))
    c.propose(f[:1], [{t: (10.0, 1.0)}], reasons=[HOSTILE])
    return c
