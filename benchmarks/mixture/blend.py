"""A compound of eight ingredients, process conditions and a choice of screw; hidden truths to optimise over it."""

from __future__ import annotations

import numpy as np

from loop.definition import Definition, read_definition
from loop.ids import SpecimenId
from loop.observations import Observation, TargetValue
from loop.space.encoding import Encoding
from loop.space.sampling import sample
from loop.space.space import SearchSpace

ADDITIVES = ("stabiliser", "slip", "talc", "elastomer", "compatibiliser", "nucleator")
NOISE_SD = 0.1


def definition() -> Definition:
    """Eight ingredients that sum to 100 %, at most 4 of 6 additives, minimum doses, two ratio limits, own steps."""
    doses = {
        "stabiliser": (2, 0.01, 0.05),
        "slip": (2, 0.01, 0.05),
        "talc": (20, 0.5, 0.5),
        "elastomer": (20, 0.5, 0.5),
        "compatibiliser": (5, 0.1, 0.1),
        "nucleator": (0.5, 0.01, 0.05),
    }
    return read_definition(
        {
            "schema": 1,
            "campaign": "MIX",
            "parameters": {
                "temperature": {"kind": "continuous", "low": 190, "high": 240, "step": 5, "unit": "°C"},
                "speed": {"kind": "continuous", "low": 100, "high": 400, "step": 10, "unit": "1/min"},
                "screw": {"kind": "categorical", "levels": ["gentle", "standard", "kneading"]},
            },
            "ingredients": {
                "components": {
                    "PP": {"low": 40, "high": 100, "step": 0.01},
                    "recyclate": {"high": 50, "step": 0.5},
                    **{
                        name: {"high": high, "step": step, "minimum_if_used": dose}
                        for name, (high, step, dose) in doses.items()
                    },
                }
            },
            "constraints": [
                {"kind": "count", "of": list(ADDITIVES), "at_most": 4},
                {"kind": "ratio", "numerator": "talc", "denominator": "elastomer", "at_most": 3},
                {"kind": "ratio", "numerator": "stabiliser", "denominator": "slip", "at_least": 0.5},
                {"kind": "forbid", "when": {"screw": "gentle", "temperature": {"above": 220}}},
            ],
            "targets": {"toughness": {"goal": "maximise"}},
        }
    )


def truth(encoded: np.ndarray, seed: int) -> np.ndarray:
    """Return a smooth hidden property of encoded rows (n, columns): four bumps over a slope; shape (n,)."""
    rng = np.random.default_rng(seed)
    columns = encoded.shape[1]
    centres, heights = rng.uniform(0, 1, (4, columns)), rng.normal(size=4)
    widths, slope = rng.uniform(0.6, 1.6, columns), rng.normal(size=columns)
    bumps = [
        h * np.exp(-0.3 * (((encoded - c) / widths) ** 2).sum(axis=1)) for h, c in zip(heights, centres, strict=True)
    ]
    return np.asarray(3 * np.sum(bumps, axis=0) + 0.4 * encoded @ slope)


def known(space: SearchSpace, encoding: Encoding, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `n` rows of the space and their noisy results, shapes (n, parameters) and (n,)."""
    rng = np.random.default_rng(seed)
    rows = sample(space, n, rng)
    return rows, truth(encoding.encode(rows), seed) + NOISE_SD * rng.standard_normal(n)


def observations(space: SearchSpace, rows: np.ndarray, results: np.ndarray) -> list[Observation]:
    """Write rows and results as the loop sees them."""
    return [
        Observation(
            specimen_id=SpecimenId(f"MIX-X{number:04d}"),
            as_made=space.to_formulation(row),
            targets={"toughness": TargetValue(mean=float(result))},
        )
        for number, (row, result) in enumerate(zip(rows, results, strict=True), start=1)
    ]
