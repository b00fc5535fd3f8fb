"""What a polypropylene compound would show: stiffness and toughness computed from its formulation.

A stand-in, not a material model: declared relations from the literature with round numbers, plus test scatter.

- Stiffness: Halpin–Tsai for talc platelets (Halpin & Kardos, Polym. Eng. Sci. 16 (1976) 344) in a matrix softened by
  elastomer (Coran & Patel's phase-inverting power law, J. Appl. Polym. Sci. 20 (1976) 3005).
- Toughness: a brittle–tough step with the elastomer's volume share (Wu, Polymer 26 (1985) 1855), lowered by talc and by
  degradation of recyclate that runs hot, fast, or short of antioxidant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from campaigns.virtual_laboratory import VirtualLaboratory
from loop.definition import Definition
from loop.observations import TargetValue
from loop.recipe import volume_shares
from loop.seeds import derive_seed
from loop.space.parameters import Ingredient
from loop.state import ProposalRecord
from loop.values import Formulation
from services.campaign.errors import CampaignError
from services.campaign.labs import LabPlaces

__all__ = ["CompoundLaboratory", "impact_strength", "open_laboratory", "tensile_modulus"]

_MODULUS_VIRGIN, _MODULUS_RECYCLED, _MODULUS_TALC = (
    1550.0,
    1250.0,
    40_000.0,
)  # MPa; talc as it acts, not ideally aligned
_ASPECT_RATIO = 8.0
_THRESHOLD, _WIDTH = 14.0, 2.5  # volume % of elastomer at the brittle–tough step, and how sharp it is
_SCATTER = {"modulus": 0.015, "impact": 0.06}
_NEEDED = frozenset({"PP", "recycled PP", "elastomer", "talc", "antioxidant", "melt temperature", "screw speed"})
_N_BARS = {"modulus": 5, "impact": 10}


class CompoundLaboratory:
    """Makes and tests compounds: the same proposal and replicate give the same values.

    Parameters
    ----------
    components
        The mixture's ingredients, for their densities.
    seed
        Origin of the test scatter.
    """

    def __init__(self, components: Mapping[str, Ingredient], seed: int = 1) -> None:
        self._components = components
        self._seed = seed

    def measure(self, record: ProposalRecord, replicate: int) -> dict[str, TargetValue]:
        """Test one specimen of a proposal."""
        return self.test(record.planned, f"{record.proposal.id}-S{replicate}")

    def test(self, formulation: Formulation, specimen: str) -> dict[str, TargetValue]:
        """Test a compound: five tensile bars and ten impact bars, mean and standard deviation."""
        rng = np.random.default_rng(derive_seed(self._seed, specimen))
        truth = {
            "modulus": tensile_modulus(self._components, formulation),
            "impact": impact_strength(self._components, formulation),
        }
        found = {}
        for name, value in truth.items():
            bars = value * np.exp(_SCATTER[name] * rng.standard_normal(_N_BARS[name]))
            decimals = 0 if name == "modulus" else 2
            found[name] = TargetValue(
                mean=round(float(bars.mean()), decimals), sd=round(float(bars.std(ddof=1)), 3), n=len(bars)
            )
        return found


def open_laboratory(definition: Definition, places: LabPlaces) -> VirtualLaboratory:
    """Open the laboratory for a campaign over these compounds: ``lab: {name: compound}``.

    Raises
    ------
    CampaignError
        If the campaign mixes nothing, or its formulations lack what these compounds are made of.
    """
    mixture = definition.ingredients
    lacking = sorted(_NEEDED - set(definition.knobs))
    if mixture is None or lacking:
        raise CampaignError(
            f"{definition.campaign}: the laboratory 'compound' knows compounds of {', '.join(sorted(_NEEDED))}; "
            f"missing are {', '.join(lacking) or 'ingredients'}"
        )
    laboratory = CompoundLaboratory(mixture.components, seed=definition.lab.seed)
    return VirtualLaboratory(places.folder, definition.lab, laboratory.test)


def tensile_modulus(components: Mapping[str, Ingredient], formulation: Formulation) -> float:
    """Return the tensile modulus in MPa."""
    volume = _volume_percent(components, formulation)
    recycled = volume["recycled PP"] / max(volume["recycled PP"] + volume["PP"], 1e-9)
    matrix = _MODULUS_VIRGIN + (_MODULUS_RECYCLED - _MODULUS_VIRGIN) * recycled
    matrix *= (1 - volume["elastomer"] / 100) ** 2.2
    ratio, shape = _MODULUS_TALC / matrix, 2 * _ASPECT_RATIO
    eta, talc = (ratio - 1) / (ratio + shape), volume["talc"] / 100
    return float(matrix * (1 + shape * eta * talc) / (1 - eta * talc))


def impact_strength(components: Mapping[str, Ingredient], formulation: Formulation) -> float:
    """Return the notched Charpy impact strength at 23 °C in kJ/m²."""
    volume = _volume_percent(components, formulation)
    tough = 1 / (1 + math.exp(-(volume["elastomer"] - _THRESHOLD) / _WIDTH))
    value = (3.5 + 0.12 * volume["elastomer"] + 28 * tough) * math.exp(-0.09 * volume["talc"])
    return value * (1 - 0.6 * _degradation(formulation))


def _degradation(formulation: Formulation) -> float:
    """Return how far recyclate was broken down in the extruder, 0 to 1."""
    heat = (float(formulation["melt temperature"]) - 190) / 50
    shear = (float(formulation["screw speed"]) - 150) / 250
    stabilised = math.exp(-float(formulation["antioxidant"]) / 0.08)
    poorly_mixed = 0.35 * (1 - min(1.0, max(0.0, 0.5 * heat + 0.7 * shear)))
    recycled = float(formulation["recycled PP"]) / 100
    return min(1.0, recycled * (0.25 + stabilised) * (0.5 * heat + 0.5 * shear) + poorly_mixed)


def _volume_percent(components: Mapping[str, Ingredient], formulation: Formulation) -> dict[str, float]:
    shares = volume_shares(components, {name: float(formulation[name]) for name in components})
    if shares is None:
        raise ValueError("every ingredient of the compound needs a density")
    return shares
