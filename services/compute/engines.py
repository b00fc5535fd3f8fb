"""Open an engine by its name; what it needs is loaded only then."""

from __future__ import annotations

from typing import Literal, assert_never

from services.compute.base import Engine
from services.compute.errors import EngineUnavailableError

__all__ = ["EngineKind", "open_engine"]

EngineKind = Literal["serial", "processes", "dask"]


def open_engine(kind: EngineKind, *, n_workers: int = 1, address: str | None = None) -> Engine:
    """Open the engine of a kind.

    Parameters
    ----------
    n_workers
        Tasks at a time; *serial* does one at a time whatever is said here.
    address
        Of a Dask scheduler, ``tcp://HOST:8786``; without one, *dask* starts a cluster on this machine.

    Raises
    ------
    EngineUnavailableError
        If Dask is not installed, nothing answers at the address, or no cluster can be started.
    ComputeError
        If fewer than one worker is asked for.
    """
    match kind:
        case "serial":
            from services.compute.serial import SerialEngine

            return SerialEngine()
        case "processes":
            from services.compute.processes import ProcessEngine

            return ProcessEngine(n_workers)
        case "dask":
            try:
                from services.compute.dask import DaskEngine
            except ModuleNotFoundError as error:
                raise EngineUnavailableError(
                    f"the engine 'dask' needs {error.name!r}, which is not installed; pip install 'meguri[dask]'"
                ) from error
            return DaskEngine(address, n_workers=n_workers)
        case _:
            assert_never(kind)
