"""The polypropylene campaign as a template to begin from: ``meguri init --template polypropylene``."""

from __future__ import annotations

from campaigns.polypropylene.population import DEFINITION
from services.campaign.templates import Template

__all__ = ["polypropylene"]


def polypropylene() -> Template:
    """Return the definition of the reference campaign; its laboratory is virtual and writes files."""
    return Template(
        title="Recycled polypropylene by eight modalities, with a virtual laboratory that writes real files",
        definition=DEFINITION.read_text(encoding="utf-8"),
    )
