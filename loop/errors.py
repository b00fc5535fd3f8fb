"""Everything that can go wrong on the decision side, as small named types under one root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "ConstraintError",
    "DefinitionError",
    "ExpressionError",
    "Fault",
    "FormulationError",
    "JournalConflictError",
    "JournalError",
    "LeaseLostError",
    "LoopError",
    "ObservationError",
    "ProposalError",
    "SpaceError",
    "SurrogateError",
    "TransitionError",
]


class LoopError(Exception):
    """Root of every error that the loop raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a definition: where it stands and what would be right."""

    field: str
    message: str
    hint: str = ""
    line: int | None = None
    file: str = ""

    def __str__(self) -> str:
        place = f"{self.file or 'definition'}:{self.line}" if self.line else (self.file or "definition")
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {self.field}: {self.message}{hint}"


class DefinitionError(LoopError):
    """A campaign definition cannot be used; `faults` lists every reason found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SpaceError(LoopError):
    """A search space holds no formulation, or cannot be searched as asked."""


class ConstraintError(LoopError):
    """A constraint names a parameter that is not there, or cannot be met by any value."""


class FormulationError(LoopError):
    """A formulation lacks a value, has one too many, or breaks the space."""


class ExpressionError(LoopError):
    """An expression does not parse, names something unknown, or gives no number."""


class ObservationError(LoopError):
    """A result is not a finite number with a known state."""


class ProposalError(LoopError):
    """A proposal id is unknown, or a proposal cannot be made."""


class TransitionError(LoopError):
    """An event does not fit the state that a proposal is in."""


class JournalError(LoopError):
    """The journal holds something that cannot be read back."""


class JournalConflictError(JournalError):
    """Somebody else wrote to this campaign first; read again, then decide again."""


class LeaseLostError(JournalError):
    """Somebody else has the right to work on this campaign by now; whoever meets this writes nothing more."""


class SurrogateError(LoopError):
    """A surrogate is unknown by name, or has nothing to learn from."""
