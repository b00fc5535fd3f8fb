"""Where the real data stand, beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "campaign"
CAMPAIGN_TABLES = sorted(_FOLDER.glob("*.csv"))
needs_shared_data = pytest.mark.skipif(
    not CAMPAIGN_TABLES, reason=f"the real tables are not beside the checkout: {_FOLDER}"
)
