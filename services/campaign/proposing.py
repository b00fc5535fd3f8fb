"""Work out proposals and refits on a compute engine; what hangs or takes its process down falls to the last rung."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loop import errors
from loop.agent import propose_batch
from loop.errors import LoopError
from loop.events import ModelRefitted, ProposalsMade
from loop.proposers.ladder import LAST_RUNG
from loop.refit import refit, unfitted
from loop.state import CampaignState
from services.compute import Engine, Failure, Task

__all__ = ["EngineProposer", "EngineRefitter"]

log = logging.getLogger(__name__)

_LONGEST_S = 900.0


@dataclass(frozen=True, slots=True)
class _Refusal:
    """An error of ours that a task ended in: an answer, not a fault of the worker."""

    kind: str
    message: str


class EngineProposer:
    """Proposes on an engine.

    Parameters
    ----------
    engine
        Where it is worked out.
    longest_s
        Seconds after which a proposal is given up, and made without a model instead.
    """

    def __init__(self, engine: Engine, *, longest_s: float = _LONGEST_S) -> None:
        self._engine, self._longest_s = engine, longest_s

    def __call__(self, state: CampaignState, *, count: int, at: datetime) -> ProposalsMade:
        """Propose `count` formulations: by the model, or filling the space where that task was quarantined.

        Raises
        ------
        LoopError
            As `loop.agent.propose_batch` says.
        """
        key = f"propose {state.campaign} cycle {state.cycle + 1} from entry {state.seq}"
        answer = _answer(self._engine, Task(key, _carried, (_propose, state, count, at), timeout_s=self._longest_s))
        if not isinstance(answer, Failure):
            made: ProposalsMade = answer
            return made
        log.warning("proposed without a model", extra={"campaign": state.campaign, "reason": str(answer)})
        return propose_batch(state, count=count, at=at, ladder_from=LAST_RUNG, because=f"the model failed: {answer}")


class EngineRefitter:
    """Lets the model learn on an engine.

    Parameters
    ----------
    engine
        Where it is worked out.
    longest_s
        Seconds after which it is given up.
    """

    def __init__(self, engine: Engine, *, longest_s: float = _LONGEST_S) -> None:
        self._engine, self._longest_s = engine, longest_s

    def __call__(self, state: CampaignState) -> ModelRefitted:
        """Return what the model learned; without any fit where that task was quarantined."""
        key = f"refit {state.campaign} after entry {state.seq}"
        answer = _answer(self._engine, Task(key, _carried, (refit, state), timeout_s=self._longest_s))
        if not isinstance(answer, Failure):
            learned: ModelRefitted = answer
            return learned
        log.warning("model not refitted", extra={"campaign": state.campaign, "reason": str(answer)})
        return unfitted(state)


def _propose(state: CampaignState, count: int, at: datetime) -> ProposalsMade:
    return propose_batch(state, count=count, at=at)


def _carried(function: Callable[..., object], *arguments: object) -> object:
    """Carry a function out in a worker; an error of ours is an answer."""
    try:
        return function(*arguments)
    except LoopError as error:
        return _Refusal(type(error).__name__, str(error))


def _answer(engine: Engine, task: Task) -> Any:
    """Run a task: its value, or the failure that quarantined it; an error of ours is raised as what it was."""
    outcome = engine.submit(task).result()
    if outcome.failure is not None:
        return outcome.failure
    if isinstance(outcome.value, _Refusal):
        kind: type[LoopError] = getattr(errors, outcome.value.kind, LoopError)
        raise kind(outcome.value.message)
    return outcome.value
