"""Numeric work is settled: one thread, its own chance, no noise for a person; and what was before comes back."""

from __future__ import annotations

import warnings

import torch
from linear_operator.utils.cholesky import psd_safe_cholesky

from loop.surrogates.settled import settled


def test_the_same_seed_draws_the_same_and_leaves_no_trace() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    first = torch.rand(1)
    with settled(7):
        drawn = torch.rand(3)
    assert torch.equal(torch.cat([first, torch.rand(1)]), expected)
    with settled(7):
        assert torch.equal(torch.rand(3), drawn)


def test_work_runs_on_one_thread_and_gives_the_others_back() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with settled(0):
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_two_points_on_top_of_each_other_warn_nobody() -> None:
    twins = torch.ones(3, 3, dtype=torch.double)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with settled(0):
            psd_safe_cholesky(twins)
    assert not heard
