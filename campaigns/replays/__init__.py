"""Replays: campaigns over tables of real data, in which every formulation that may be proposed has its result."""
