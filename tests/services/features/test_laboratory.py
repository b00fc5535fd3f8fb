"""Against what the virtual laboratory knows: features of its files come within what a user needs."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.analysing import analysis_files
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.instruments.ftir import WAVENUMBERS, absorbance
from campaigns.polypropylene.laboratory.instruments.gpc import mass_distribution
from campaigns.polypropylene.laboratory.instruments.microscopy import visible_shares
from campaigns.polypropylene.laboratory.instruments.oit import induction_time
from campaigns.polypropylene.laboratory.instruments.reflections import PHASES
from campaigns.polypropylene.laboratory.instruments.waxs import lines
from campaigns.polypropylene.specimens import specimens
from services.features.defaults import default_extractions
from services.features.extract import features_of
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.chain import process
from services.preprocessing.default_chains import default_chain
from services.preprocessing.peakfit.sequential import fit_peaks
from services.records.processed import Processed
from tests.services.features.making import by_name, spectrum

MODALITIES = {"tg.txt": "TG", "dsc.txt": "DSC", "oit.txt": "OIT", "xrf.csv": "XRF", "gpc distribution.csv": "GPC"}
MODALITIES |= {"waxs.xrdml": "WAXS", "waxs.ras": "WAXS", "waxs.xy": "WAXS", "ftir.jdx": "FT-IR"}
MODALITIES |= {"SEM cut.tif": "microscopy", "SEM fracture.tif": "microscopy"}
N_SPECIMENS = 3


@cache
def found():
    """Return structure and features of some specimens, and the seconds that taking features took for each."""
    choice, made = LaboratoryChoice(seed=11), []
    for specimen in specimens(N_SPECIMENS, choice):
        features, seconds = {}, 0.0
        for file in analysis_files(specimen, choice):
            modality = MODALITIES.get(file.name.split(" ", 1)[1])
            if modality is None:
                continue
            reading = read_source(Source(file.name, file.data, None)).readings[0]
            chain = default_chain(modality)
            processed = Processed(reading=reading, clean=None, fits={})
            if chain is not None and reading.curves:
                peaks = chain.peaks if modality == "WAXS" else ()
                processed = process(reading, chain.model_copy(update={"peaks": peaks}), fit_peaks)
            began = time.process_time()
            features |= by_name(features_of(processed, default_extractions(modality)))
            seconds += time.process_time() - began
        made.append((specimen.structure, features, seconds))
    return made


def test_inorganic_share_is_that_of_the_minerals():
    """Within 0.5 % of the specimen: ten milligrams never hold exactly the filler of the whole."""
    for structure, features, _ in found():
        assert features["inorganic share"].value == pytest.approx(100 * structure.composition.inorganic, abs=0.5)


def test_calcite_and_carbon_are_told_apart():
    """Calcite within 0.6 %, carbon black with coke within 0.2 %."""
    for structure, features, _ in found():
        composition = structure.composition
        assert features["calcite by TG"].value == pytest.approx(100 * composition.calcite, abs=0.6)
        assert features["carbon share"].value == pytest.approx(100 * composition.carbon_black + 0.15, abs=0.2)


def test_crystalline_polyethylene_is_that_of_skin_and_core():
    """Within 1 % of the specimen."""
    for structure, features, _ in found():
        skin = structure.skin_share
        true = structure.composition.pe * (skin * structure.skin.pe + (1 - skin) * structure.core.pe)
        assert features["heat 1 PE melting crystalline share"].value == pytest.approx(100 * true, abs=1.0)


def test_induction_time_is_that_of_the_antioxidant():
    """Within a tenth, or above the range where oxidation does not come."""
    for structure, features, _ in found():
        feature, true = features["oxidation induction time"], induction_time(structure)
        assert (feature.value if feature.value is not None else true) == pytest.approx(true, rel=0.1, abs=0.3)


def test_molar_mass_is_that_of_what_dissolves():
    """Mw within 5 % of all chains as the columns see them."""
    log = np.arange(0.0, 9.5, 0.005)
    for structure, features, _ in found():
        share = mass_distribution(structure, log)
        assert features["Mw"].value == pytest.approx(float(share @ 10**log / share.sum()), rel=0.05)


def test_area_shares_are_volume_shares_within_what_one_field_tells():
    """Within a tenth, or three standard errors of the field: agglomerates and large drops are few."""
    for structure, features, _ in found():
        shares = visible_shares(structure)
        filler = 100 * (shares["talc"] + shares["calcite"] + shares["titania"])
        for name, true in (("filler", filler), ("rubber", 100 * shares["rubber"])):
            feature = features[f"{name} area share"]
            assert abs(feature.value - true) <= max(0.1 * true, 3 * feature.stderr, 0.2), name


def test_crystallinity_and_phases_are_those_of_the_skin():
    """Crystalline polypropylene over that and all that is amorphous within 4 %, k_beta within 0.02."""
    for structure, features, _ in found():
        made, skin = structure.composition, structure.skin
        amorphous = made.pp * (1 - skin.pp) + made.pe * (1 - skin.pe) + made.rubber
        crystalline = made.pp * skin.pp
        true = 100 * crystalline / (crystalline + amorphous)
        assert features["PP crystallinity"].value == pytest.approx(true, abs=4.0)
        true_pe = 100 * made.pe * skin.pe / (crystalline + amorphous + made.pe * skin.pe)
        pe = features["PE crystalline share"]
        assert (pe.value if pe.value is not None else 0.5 * pe.limit) == pytest.approx(true_pe, abs=1.0)
        heights = {}
        for reflection, share, size in lines(structure):
            if reflection in PHASES["alpha"].reflections or reflection in PHASES["beta"].reflections:
                phase = "beta" if reflection in PHASES["beta"].reflections else "alpha"
                heights[phase, reflection.hkl] = share * size  # areas over breadths
        beta = heights["beta", "110"]
        index = beta / (beta + sum(heights["alpha", hkl] for hkl in ("110", "040", "130")))
        k_beta = features["k_beta"]
        assert (k_beta.value if k_beta.value is not None else 0.5 * k_beta.limit) == pytest.approx(index, abs=0.02)


def test_carbonyl_index_is_that_of_a_spectrum_without_noise_and_steam():
    """The same index of the specimen's own absorbance, without what the air and the detector add: within 15 %."""
    extractions = [e for e in default_extractions("FT-IR") if e.kind == "windows"][:1]
    for structure, features, _ in found():
        true = spectrum(WAVENUMBERS[::-1].copy(), absorbance(structure)[::-1].copy())
        for name in ("carbonyl index SAUB", "carbonyl index over C–H"):
            wanted = by_name(features_of(true, tuple(extractions)))[name].value
            tolerance = max(0.15 * wanted, 3 * features[name].stderr)
            assert features[name].value == pytest.approx(wanted, abs=tolerance), name


def test_features_of_a_specimen_take_little_time():
    """Micrographs, curves and tables together: below 0.3 s of a quiet core, a second of a busy one."""
    assert np.median([seconds for *_, seconds in found()]) < 1.0
