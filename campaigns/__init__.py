"""Campaigns to look at and to learn from: one over computed compounds, replays over tables of real data."""
