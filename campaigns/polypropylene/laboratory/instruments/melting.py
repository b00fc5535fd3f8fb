"""Melting of a moulded or a solidified compound: populations of lamellae, each at the temperature of its thickness.

Thickness decides the melting temperature (Gibbs and Thomson): T = T0 (1 - c / l), with c twice the fold surface energy
over the volume enthalpy of fusion. For the α phase T0 = 187.5 °C and c = 1.03 nm (0.10 J/m², 207 J/g), so that 17 nm
melt at 160 °C; other constants in use halve the thickness. Comonomer lowers T0 as Flory's exclusion has it, Trans.
Faraday Soc. 51 (1955) 848. β crystals melt, a part of them crystallises anew as α, and that melts above (Varga, J.
Macromol. Sci. Phys. B41 (2002) 1121). Median thicknesses over crystallite size, nucleation and crystallisation
temperature, and all spreads, are declared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from campaigns.polypropylene.laboratory.structure import Crystals, Structure

__all__ = [
    "FUSION",
    "Population",
    "enthalpy",
    "moulded",
    "recrystallised",
    "share_molten",
    "solidified",
    "solidified_crystals",
]

FUSION = {"alpha": 207.0, "beta": 180.0, "gamma": 190.0, "pe": 293.0}
"""Enthalpies of fusion of wholly crystalline polymer, J/g; β between 170 and 195, γ declared."""

_ZERO = 273.15
_ALPHA, _BETA, _PE = (460.65, 1.03), (449.15, 1.00), (414.65, 0.627)
"""Equilibrium melting temperature, K, and the length c, nm."""
_OF_RUBBER = 0.4  # crystalline share of the ethylene beyond 40 % in a rubber
_THIN, _THINNER, _WIDER = 0.28, 0.74, 2.2  # share of lamellae between the main ones, their thickness and spread
_REORGANISES = 1.6  # 1/min: how fast molten β turns to α, just above its melting
_EXCLUDED = 8.314 / 8700  # R over the molar enthalpy of fusion of a propylene unit, 1/K


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Lamellae of one phase.

    `mass` is their share of the specimen, `fusion` their enthalpy in J/g; thickness in nm, log-normal by mass with
    `spread` as the standard deviation of its logarithm; `equilibrium` in K and `length` in nm are T0 and c.
    """

    phase: str
    mass: float
    fusion: float
    equilibrium: float
    length: float
    thickness: float
    spread: float


def share_molten(population: Population, celsius: np.ndarray) -> np.ndarray:
    """Return which share of a population's crystals is thin enough to be molten, shape (n,), 0 to 1."""
    gap = np.maximum(1 - (celsius + _ZERO) / population.equilibrium, 1e-6)
    return np.asarray(ndtr(np.log(population.length / gap / population.thickness) / population.spread))


def moulded(structure: Structure) -> tuple[Population, ...]:
    """Return the lamellae of the moulded compound, skin and core by their shares: what a first heating melts."""
    skin, core = structure.skin, structure.core
    layers = ((structure.skin_share, skin), (1 - structure.skin_share, core))
    found: list[Population] = []
    for share, layer in layers:
        thickness = 20.3 + 0.45 * (layer.size_110 - 14) + 0.8 * structure.nucleation + 0.8 * layer.orientation
        found += _phases(structure, share, layer, thickness, spread=0.115)
    return (*found, *_soft(structure), _annealed(structure))


def solidified(structure: Structure, peak_celsius: float) -> tuple[Population, ...]:
    """Return the lamellae of a compound cooled at 10 K/min, fastest at a temperature: what a second heating melts."""
    thickness = 18.9 + 0.10 * (peak_celsius - 112)
    return (*_phases(structure, 1.0, solidified_crystals(structure), thickness, spread=0.10), *_soft(structure))


def solidified_crystals(structure: Structure) -> Crystals:
    """Return the crystals of a compound cooled at 10 K/min: by nucleation and chains, without its history."""
    chains, nucleated = structure.chains, structure.nucleation
    pp = 0.485 + 0.035 * nucleated + 0.05 * math.log10(300 / chains.mw) - 5 * chains.defects
    return Crystals(
        pp=pp,
        pe=structure.core.pe,
        beta=0.015 * (1 - nucleated),
        gamma=min(0.2, 0.01 + 7 * chains.defects),
        size_110=15.0,
        size_040=19.0,
        orientation=0.0,
    )


def enthalpy(populations: tuple[Population, ...], *phases: str) -> float:
    """Return what the lamellae of some phases, or of all, take up in melting, J per g of the specimen."""
    return sum(p.mass * p.fusion for p in populations if not phases or p.phase in phases)


def recrystallised(molten: np.ndarray, celsius: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    """Return how much of molten β has crystallised anew, shape (n,), as a share of all β.

    A melt that is still below the melting of α crystallises at a rate that falls to nothing there: p' = m' - k p.

    Parameters
    ----------
    molten
        Share of β molten so far, shape (n,).
    """
    rate = _REORGANISES * np.clip((165 - celsius) / 12, 0, 1)
    grown = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(minutes))])
    released = np.diff(molten, prepend=molten[0])
    pool = np.exp(-grown) * np.cumsum(np.exp(np.minimum(grown, 60.0)) * released)
    return np.asarray(np.cumsum(np.concatenate([[0.0], (rate * pool)[:-1] * np.diff(minutes)])))


def _phases(
    structure: Structure, share: float, layer: Crystals, thickness: float, *, spread: float
) -> list[Population]:
    defects = structure.chains.defects
    crystalline = share * structure.composition.pp * layer.pp
    interrupted = 1 - 9 * defects
    t0 = 1 / (1 / _ALPHA[0] - _EXCLUDED * math.log(1 - defects))

    def made(phase: str, of: float, relative: float, wide: float) -> Population:
        at, length = (t0, _ALPHA[1]) if phase != "beta" else _BETA
        return Population(
            phase=phase,
            mass=crystalline * of,
            fusion=FUSION[phase],
            equilibrium=at,
            length=length,
            thickness=thickness * interrupted * relative,
            spread=wide,
        )

    return [
        made("alpha", layer.alpha * (1 - _THIN), 1.0, spread),
        made("alpha", layer.alpha * _THIN, _THINNER, _WIDER * spread),
        made("beta", layer.beta, 0.86, 0.8 * spread),
        made("gamma", layer.gamma, 0.72, spread),
    ]


def _soft(structure: Structure) -> list[Population]:
    """Return the lamellae of polyethylene and of the rubber's long runs of ethylene."""
    composition = structure.composition
    beyond = max(0.0, composition.rubber_ethylene - 0.40)
    crystalline_pe = structure.skin_share * structure.skin.pe + (1 - structure.skin_share) * structure.core.pe
    of_pe = {"fusion": FUSION["pe"], "equilibrium": _PE[0], "length": _PE[1]}
    return [
        Population(phase="pe", mass=composition.pe * crystalline_pe, thickness=15.8, spread=0.24, **of_pe),
        Population(phase="rubber", mass=composition.rubber * _OF_RUBBER * beyond, thickness=3.2, spread=0.16, **of_pe),
    ]


def _annealed(structure: Structure) -> Population:
    """Return the smallest crystals, which grew while the moulding lay in the room: they melt 20 K above it."""
    return Population(
        phase="annealed",
        mass=0.0015 * structure.composition.pp * math.log10(1 + structure.age_h),
        fusion=FUSION["alpha"],
        equilibrium=_ALPHA[0],
        length=_ALPHA[1],
        thickness=3.45,
        spread=0.045,
    )
