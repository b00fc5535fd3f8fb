"""Where work runs: here, in processes of this machine, or on a Dask cluster; the same results on each."""

from services.compute.base import Engine, outcomes
from services.compute.engines import EngineKind, open_engine
from services.compute.errors import ComputeError, EngineClosedError, EngineUnavailableError, TaskError
from services.compute.limits import Limits
from services.compute.task import Failure, Outcome, Task

__all__ = [
    "ComputeError",
    "Engine",
    "EngineClosedError",
    "EngineKind",
    "EngineUnavailableError",
    "Failure",
    "Limits",
    "Outcome",
    "Task",
    "TaskError",
    "open_engine",
    "outcomes",
]
