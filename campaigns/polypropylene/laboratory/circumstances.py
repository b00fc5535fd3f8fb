"""What differs between two makings of one formulation: day, operator, machine, dosing, and what nobody sees.

All of it follows from the laboratory's seed and the names of day and specimen: made again, a specimen is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np

from campaigns.polypropylene.laboratory.structure import Hidden
from loop.seeds import derive_seed

__all__ = ["Circumstances", "Variation", "circumstances_of", "tested_on"]

_OPERATORS = ("Aoki", "Braun", "Costa")
_MACHINES = ("E1", "E2")


@dataclass(frozen=True, slots=True)
class Variation:
    """What comes out otherwise each time, though nothing was set otherwise: standard normal deviates.

    Instruments see all of it in structure; the formulation tells none of it.

    Attributes
    ----------
    bag_pe, bag_chains, bag_oxidation, bag_minerals
        The bag of recyclate against its lot: polyethylene, chain length, oxidation, minerals.
    scission, dispersion, drops
        Residence time and moisture; break-up of agglomerates; break-up of rubber.
    cooling, shear
        Of the moulding: crystallinity and crystallite size; skin, β phase and orientation.
    """

    bag_pe: float
    bag_chains: float
    bag_oxidation: float
    bag_minerals: float
    scission: float
    dispersion: float
    drops: float
    cooling: float
    shear: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How one specimen came about.

    Attributes
    ----------
    operator, machine, moulded_on
        Who, on which extruder, and the day of moulding.
    melt_offset, mould_offset
        By how much the machine's true temperatures differ from those set, K.
    dosing
        Relative error of every feeder (standard deviation 0.5 %), as a factor by position of ingredient.
    age_h
        Hours between moulding and test.
    """

    operator: str
    machine: str
    moulded_on: date
    melt_offset: float
    mould_offset: float
    dosing: tuple[float, ...]
    variation: Variation
    hidden: Hidden
    age_h: float


def circumstances_of(specimen: str, *, seed: int, moulded_on: date, n_feeders: int) -> Circumstances:
    """Draw how a specimen was made.

    The day decides the operator and how the machines stand; the specimen decides the rest.
    """
    day = np.random.default_rng(derive_seed(seed, "day", moulded_on.isoformat()))
    own = np.random.default_rng(derive_seed(seed, "making", specimen))
    operator = _OPERATORS[int(day.integers(len(_OPERATORS)))]
    machine = _MACHINES[int(day.integers(len(_MACHINES)))]
    melt = float(day.normal(0, 1.0)) + (1.5 if machine == "E2" else 0.0)
    mould = float(day.normal(0, 1.0))
    return Circumstances(
        operator=operator,
        machine=machine,
        moulded_on=moulded_on,
        melt_offset=melt + float(own.normal(0, 0.5)),
        mould_offset=mould + float(own.normal(0, 0.5)),
        dosing=tuple(float(f) for f in np.exp(own.normal(0, 0.005, n_feeders))),
        variation=Variation(*(float(v) for v in own.standard_normal(len(fields(Variation))))),
        hidden=Hidden(weld_line=float(own.standard_normal()), gels=float(own.standard_normal())),
        age_h=float(np.round(own.uniform(150, 260), 1)),
    )


def tested_on(moulded_on: date, age_h: float) -> date:
    """Return the day of test of a specimen moulded at noon."""
    return moulded_on + timedelta(hours=12 + age_h)
