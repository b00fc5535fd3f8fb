"""Everything that can go wrong with where work runs, as small named types under one root."""

from __future__ import annotations

__all__ = ["ComputeError", "EngineClosedError", "EngineUnavailableError", "TaskError"]


class ComputeError(Exception):
    """Root of every error that compute raises on purpose. A task that fails raises none: see `Outcome.failure`."""


class TaskError(ComputeError):
    """A task cannot be carried to another process, or makes no sense as it is."""


class EngineUnavailableError(ComputeError):
    """An engine has nowhere to run tasks: not installed, not reachable, no worker starts. No task is to blame."""


class EngineClosedError(ComputeError):
    """An engine was closed before the task was done, or before it was submitted."""
