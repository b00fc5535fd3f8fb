"""What waits for people, and for how long: proposals, questions, results, files. Pure: values in, findings out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from loop.counting import counted, some_of
from loop.proposal import ProposalState
from loop.questions import is_overdue, questions
from loop.state import CampaignState, ProposalRecord
from services.campaign.operations.findings import Finding, fine_unless
from services.campaign.operations.judging_database import ago
from services.records.measurement import KeptFile, Measurement
from services.store import HeldRecord

__all__ = ["InboxFile", "judge_campaign", "judge_held", "judge_inbox", "judge_measurements"]

NOT_APPROVED = timedelta(days=7)
NOT_TAKEN = timedelta(minutes=10)
"""A running worker takes a file out of the inbox seconds after it rests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFile:
    """A file that lies in the inbox, or was put aside there because it could not be taken in."""

    name: str
    since: datetime
    is_refused: bool = False


def judge_campaign(state: CampaignState, now: datetime) -> list[Finding]:
    """Judge what is stuck in a campaign, and what only a person can decide there."""
    asked = questions(state, now)
    found = [
        Finding(area="questions", verdict="look", found=f"{state.campaign}: {q.question}", wanted=q.suggestion)
        for q in asked
    ]
    known = " ".join(question.matter for question in asked).split()
    for record in state.open_proposals:
        if record.proposal.id not in known:
            found += _stuck(state, record, now)
    course = "" if state.course == "running" else f", {state.course}: {state.course_reason}"
    summary = f"{state.campaign}: {counted(len(state.open_proposals), 'open proposal')}, none stuck{course}"
    return fine_unless("proposals", found, summary)


def judge_held(records: Sequence[HeldRecord], now: datetime) -> list[Finding]:
    """Judge the results that wait because they fit no proposal."""
    if not records:
        return [Finding(area="held results", verdict="fine", found="none waits")]
    since = min(record.received_at for record in records)
    told = f"{counted(len(records), 'result waits', 'results wait')} for a person, the first for {ago(since, now)}"
    return [Finding(area="held results", verdict="look", found=told, wanted="say what they are: meguri inbox")]


def judge_measurements(
    measurements: Sequence[Measurement], files: Sequence[KeptFile], kept: Collection[str]
) -> list[Finding]:
    """Judge the measurements and their raw files; `kept` are the hashes of files that lie in their places."""
    found = []
    missing = [file.name for file in files if file.hash not in kept]
    if missing:
        told = f"{counted(len(missing), 'raw file is', 'raw files are')} missing from blobs/: {some_of(missing)}"
        wanted = "take them in again (meguri ingest) or out of a backup; meguri fsck reads all that are there"
        found.append(Finding(area="measurements", verdict="broken", found=told, wanted=wanted))
    waiting = [m for m in measurements if m.judgement == "doubted" or not (m.is_linked or m.judgement == "excluded")]
    if waiting:
        told = f"{counted(len(waiting), 'measurement waits', 'measurements wait')} for a person"
        found.append(Finding(area="measurements", verdict="look", found=told, wanted="settle them: meguri inbox"))
    summary = f"{counted(len(measurements), 'measurement')} of {counted(len(files), 'raw file')}, none waits"
    return fine_unless("measurements", found, summary)


def judge_inbox(files: Sequence[InboxFile], now: datetime) -> list[Finding]:
    """Judge what lies in the inbox."""
    found = []
    left = [file.name for file in files if not file.is_refused and now - file.since > NOT_TAKEN]
    if left:
        found.append(
            Finding(
                area="inbox",
                verdict="look",
                found=f"not taken in: {some_of(left)}",
                wanted="a worker that runs: meguri run; files beside a manifest wait until it can be read",
            )
        )
    refused = [file.name for file in files if file.is_refused]
    if refused:
        wanted = "mend them and put them into the inbox again, or remove them; the reason lies beside each"
        found.append(Finding(area="inbox", verdict="look", found=f"refused: {some_of(refused)}", wanted=wanted))
    return fine_unless("inbox", found, f"{counted(len(files), 'file')}, none left or refused")


def _stuck(state: CampaignState, record: ProposalRecord, now: datetime) -> Iterator[Finding]:
    which, since = record.proposal.id, record.history[-1].at if record.history else state.at
    if is_overdue(state, record, now):
        patience = state.definition.schedule.overdue
        yield Finding(
            area="proposals",
            verdict="look",
            found=f"{which} is at the laboratory for {ago(since, now)}, longer than {patience}",
            wanted=f"meguri record {which} TARGET=VALUE, or meguri record {which} --failed --reason TEXT",
        )
    elif record.state is ProposalState.FAILED:
        yield Finding(
            area="proposals",
            verdict="look",
            found=f"{which} failed {ago(since, now)} ago: {record.history[-1].reason}",
            wanted=f"meguri run sends it again; or meguri record {which} --abandoned --reason TEXT",
        )
    elif record.state is ProposalState.PROPOSED and now - since > NOT_APPROVED:
        yield Finding(
            area="proposals",
            verdict="look",
            found=f"{which} waits for approval for {ago(since, now)}",
            wanted=f"meguri approve {which}, or meguri skip {which} --reason TEXT",
        )
