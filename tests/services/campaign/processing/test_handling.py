"""A modality is handled as its definition declares, else as shipped, by any of the names that it goes by."""

from __future__ import annotations

import pytest

from services.campaign.processing.handling import Handling, handling_of


@pytest.mark.parametrize(
    ("name", "usual"),
    [("IR", "FT-IR"), ("XRD", "WAXS"), ("TGA", "TG"), ("DTA", "DSC"), ("SEC", "GPC"), ("SEM", "microscopy")],
)
def test_every_name_of_a_kind_of_analysis_has_the_same_recipe(name, usual):
    """Chain and extractions alike."""
    one, other = handling_of(name, {}), handling_of(usual, {})
    assert one is not None
    assert other is not None
    assert one.recipe == other.recipe
    assert one.features == other.features != ()


def test_what_is_declared_goes_before_what_is_shipped():
    """By any spelling; and what neither knows has no recipe."""
    own = Handling()
    assert handling_of("FTIR", {"FT-IR": own}) is own
    assert handling_of("ellipsometry", {}) is None
    assert handling_of("ellipsometry", {"Ellipsometry": own}) is own
