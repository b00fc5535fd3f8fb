"""What people decide about a campaign as a whole: its definition, what they expect, whether it held. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from loop.commands.steps import need_text
from loop.definition import Definition
from loop.errors import ProposalError
from loop.events import (
    Course,
    CourseChanged,
    DefinitionAdopted,
    Event,
    HypothesisJudged,
    HypothesisNoted,
    PersonAsked,
)
from loop.questions import Question
from loop.state import CampaignState

__all__ = ["adopt", "ask", "change_course", "judge", "note"]


def adopt(
    state: CampaignState | None,
    definition: Definition,
    *,
    text: str,
    core: Mapping[str, object],
    extras: Mapping[str, object],
    reason: str,
) -> list[Event]:
    """Make a definition the campaign's: its first, or a new version that old data stay valid under.

    Raises
    ------
    ProposalError
        If the definition is of another campaign, or is the one in force already.
    """
    if state is not None:
        if state.campaign != definition.campaign:
            raise ProposalError(f"this definition is of {definition.campaign}, not of {state.campaign}")
        if state.definition.fingerprint == definition.fingerprint and dict(state.definitions[-1].extras) == dict(
            extras
        ):
            raise ProposalError(f"{state.campaign}: version {state.version} says the same; nothing to adopt")
    version = 1 if state is None else state.version + 1
    return [DefinitionAdopted(version=version, text=text, core=core, extras=extras, reason=reason)]


def change_course(state: CampaignState, course: Course, *, reason: str) -> list[Event]:
    """Let a campaign go on by itself, rest, or only take in what is on its way; nothing where it does so already."""
    if course != "running":
        need_text(reason, "keeping a campaign from going on")
    return [] if state.course == course else [CourseChanged(course=course, reason=reason)]


def ask(state: CampaignState, question: Question) -> list[Event]:
    """Put a question to people, once."""
    if question.matter in state.asked:
        return []
    return [PersonAsked(matter=question.matter, question=question.question, suggestion=question.suggestion)]


def note(state: CampaignState, text: str) -> list[Event]:
    """Write down an expectation before the results are in."""
    need_text(text, "a hypothesis", what="a text")
    return [HypothesisNoted(hypothesis_id=f"H{len(state.hypotheses) + 1}", cycle=state.cycle, text=text)]


def judge(state: CampaignState, hypothesis: str, held: str, *, reason: str) -> list[Event]:
    """Write down whether an expectation held: yes, no, or open again."""
    if hypothesis not in state.hypotheses:
        known = ", ".join(state.hypotheses) or "none"
        raise ProposalError(f"{state.campaign} has no hypothesis {hypothesis!r}; there are {known}")
    if held not in ("yes", "no", "open"):
        raise ProposalError(f"a hypothesis held: yes, no or open; got {held!r}")
    need_text(reason, "a judgement")
    return [HypothesisJudged.model_validate({"hypothesis_id": hypothesis, "held": held, "reason": reason})]
