"""Pictures of a campaign, by module: plotly figures for pages, `files` and `backtest` for slides; reached by name."""

from __future__ import annotations

__all__: list[str] = []
