"""How likely a formulation can be made, learned from those that could not be and those a person turned down.

Gaussian-process classification (Rasmussen & Williams 2006, ch. 3) by scikit-learn, on encoded columns.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

__all__ = ["log_feasibility"]

_REACH = 0.15
"""Length scale per root of dimension, in ranges: how far a single failure casts doubt."""


def log_feasibility(makeable: np.ndarray, unmakeable: np.ndarray) -> Callable[[np.ndarray], np.ndarray] | None:
    """Learn the logarithm of the probability that a formulation can be made.

    Parameters
    ----------
    makeable, unmakeable
        Encoded formulations that were and that were not, shapes (n, d) and (m, d).

    Returns
    -------
    A function from (k, d) to (k,), values at most 0; None where nothing was unmakeable, or everything.
    """
    if not len(unmakeable) or not len(makeable):
        return None
    X = np.vstack([makeable, unmakeable])
    y = np.repeat([1, 0], [len(makeable), len(unmakeable)])
    reach = _REACH * np.sqrt(X.shape[1])
    kernel = ConstantKernel(4.0, "fixed") * Matern(reach, "fixed", nu=2.5)
    learned = GaussianProcessClassifier(kernel, optimizer=None).fit(X, y)

    def log_probability(candidates: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(np.maximum(learned.predict_proba(candidates)[:, 1], 1e-12)))

    return log_probability
