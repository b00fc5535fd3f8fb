"""One thread and one origin of chance for everything numeric: the same data and seed give the same bits.

One thread is faster on small models as well.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from linear_operator.utils.warnings import NumericalWarning
from threadpoolctl import threadpool_limits

__all__ = ["settled"]


@contextmanager
def settled(seed: int) -> Iterator[None]:
    """Hold torch and BLAS at one thread and draw torch's chance from a seed; give back what was there before.

    Libraries draw from torch's global generator where nobody gives them a seed (pruning a baseline does). That a matrix
    of two near points had 1e-8 added to its diagonal is no news for a person.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1), torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore", NumericalWarning)
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(before)
