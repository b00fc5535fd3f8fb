"""Models that predict formulations not yet made, by name. Others are found by the entry-point group below."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from loop.errors import SurrogateError
from loop.surrogates.base import Surrogate

__all__ = ["ENTRY_POINTS", "steady_surrogate", "surrogate", "surrogate_names"]

ENTRY_POINTS = "meguri.surrogates"
_OWN = {"forest": "loop.surrogates.trees:Forest", "gp": "loop.surrogates.gp:GaussianProcess"}
_STEADY = {"gp": "loop.surrogates.gp:SteadyGaussianProcess"}


def surrogate_names() -> tuple[str, ...]:
    """List the surrogates that can be named in a definition's policy."""
    return tuple(sorted({*_OWN, *(point.name for point in entry_points(group=ENTRY_POINTS))}))


def surrogate(name: str) -> Surrogate:
    """Make the surrogate of a name, loading only what it needs.

    Raises
    ------
    SurrogateError
        If there is none of that name; the message lists those there are.
    """
    if name in _OWN:
        return _made(_OWN[name])
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            found: Surrogate = point.load()()
            return found
    raise SurrogateError(f"there is no surrogate {name!r}; there are {', '.join(surrogate_names())}")


def steady_surrogate(name: str) -> Surrogate:
    """Make the surrogate of a name with what makes it singular taken away; the same one where nothing does."""
    return _made(_STEADY[name]) if name in _STEADY else surrogate(name)


def _made(where: str) -> Surrogate:
    module, _, made_by = where.partition(":")
    made: Surrogate = getattr(import_module(module), made_by)()
    return made
