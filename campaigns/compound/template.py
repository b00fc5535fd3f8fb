"""The compound campaign as a template to begin from: ``meguri init --template compound``."""

from __future__ import annotations

from pathlib import Path

from services.campaign.templates import Template

__all__ = ["compound"]

_HERE = Path(__file__).parent


def compound() -> Template:
    """Return the definition of the compound campaign, with its past results beside it."""
    return Template(
        title="Recycled polypropylene compounds: stiffness against toughness, with computed results",
        definition=(_HERE / "definition.yaml").read_text(encoding="utf-8"),
        files={"past_results.csv": (_HERE / "past_results.csv").read_bytes()},
    )
