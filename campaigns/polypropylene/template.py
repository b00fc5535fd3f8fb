"""The polypropylene campaign as a template to begin from: ``meguri init --template polypropylene``."""

from __future__ import annotations

from campaigns.polypropylene.past import PAST
from campaigns.polypropylene.population import DEFINITION
from services.campaign.templates import Template

__all__ = ["polypropylene"]


def polypropylene() -> Template:
    """Return the definition of the reference campaign, with what was made before; its laboratory is virtual."""
    return Template(
        title="Recycled polypropylene by eight modalities, with a virtual laboratory that writes real files",
        definition=DEFINITION.read_text(encoding="utf-8"),
        files={PAST.name: PAST.read_bytes()},
    )
