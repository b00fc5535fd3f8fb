"""Write a first definition from a table of past results: every guess beside its reason, to be corrected. Pure."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import wrap

from loop.counting import counted
from loop.ids import is_safe
from services.campaign.draft_mixture import ingredients_section, sort_out
from services.campaign.errors import DraftError
from services.campaign.yaml_words import number_of, remark, text_of
from services.ingest.guess import ColumnGuess
from services.ingest.headers import BETWEEN_LEVELS
from services.records.table import Table

__all__ = ["GOALS", "draft_definition", "suggested_id"]

GOALS = ("maximise", "minimise")
"""What a target's goal may be guessed as; the others need a value that no table tells."""

_BATCH = 4
_WIDTH = 110


def suggested_id(name: str) -> str:
    """Make a campaign id of a file's name: ``concrete_slump.csv`` gives ``CONCRETE-SLUMP``."""
    stem = name.rpartition(".")[0] or name
    wanted = re.sub(r"[^A-Z0-9]+", "-", stem.upper()).strip("-")
    return wanted if is_safe(wanted) else "CAMPAIGN"


def draft_definition(
    table: Table,
    guesses: Sequence[ColumnGuess],
    *,
    campaign: str,
    file_name: str,
    goals: Mapping[str, str] | None = None,
    candidates: bool = False,
) -> str:
    """Write a commented definition out of what each column of a table seems to be.

    Parameters
    ----------
    table
        The table that was guessed about.
    guesses
        One for each column that may count.
    campaign
        The campaign's id.
    file_name
        The table's file as seen from where the definition will lie.
    goals
        `maximise` or `minimise` by target; those left out are to be maximised, with a comment to check.
    candidates
        Let only rows of the table be proposed, as a replay needs it.

    Returns
    -------
    YAML. It validates as it stands where the guesses suffice.

    Raises
    ------
    DraftError
        If no column can be set, or none is a result.
    """
    short = _short_names(guesses)
    goals = {short[name]: goal for name, goal in (goals or {}).items()}
    _check(table, guesses)
    guesses = [replace(guess, name=short[guess.name]) for guess in guesses]
    inputs = [guess for guess in guesses if guess.role == "input"]
    targets = [guess for guess in guesses if guess.role == "target"]
    aside = [guess for guess in guesses if guess.role not in ("input", "target")]
    mixed, others, extra_sums = sort_out(table, inputs, candidates)
    lines = [
        *_head(table, campaign, file_name),
        *ingredients_section(mixed),
        *_parameters(others, candidates),
        *_sums(extra_sums),
        *_candidates(file_name, candidates),
        *_targets(targets, goals),
        *_objective(targets),
        *_policy(),
        *_aside(aside),
    ]
    return "\n".join(lines) + "\n"


def _short_names(guesses: Sequence[ColumnGuess]) -> dict[str, str]:
    """Leave the group's heading off a column's name where its own name says enough: tables are read back by either."""
    own = {guess.name: guess.name.rpartition(BETWEEN_LEVELS)[2] for guess in guesses}
    counts = Counter([*own.values(), *(name for name in own if name not in own.values())])
    return {name: last if last and counts[last] == 1 else name for name, last in own.items()}


def _check(table: Table, guesses: Sequence[ColumnGuess]) -> None:
    inputs = [guess for guess in guesses if guess.role == "input"]
    targets = [guess for guess in guesses if guess.role == "target"]
    named = ", ".join(table.names)
    if not targets:
        raise DraftError(f"{table.source}: no column looks like a result; name it: --target NAME (columns: {named})")
    for guess in targets:
        if table.column(guess.name).kind != "number":
            raise DraftError(f"{table.source}: the target {guess.name!r} holds words; a target is a column of numbers")
    if not inputs:
        raise DraftError(f"{table.source}: no column is left that could be set or weighed (columns: {named})")


# ---------------------------------------------------------------------- sections
def _head(table: Table, campaign: str, file_name: str) -> Iterator[str]:
    yield f"# A campaign guessed from {remark(table.source)} ({counted(table.n_rows, 'row')}). Each guess says why:"
    yield "# look through it, correct what is wrong, then begin with  meguri start  and this file."
    word = shlex.quote(file_name) if " " in file_name else file_name
    yield f"# The past results come in with  meguri import {remark(word)}"
    yield ""
    yield "schema: 1"
    yield f"campaign: {campaign}  # id: capitals, digits and hyphens; it begins every proposal's id"
    yield 'title: ""  # one line for people'
    yield 'description: ""  # why the campaign is run'


def _parameters(others: Sequence[ColumnGuess], candidates: bool) -> Iterator[str]:
    if not others:
        return
    yield ""
    for hint in dict.fromkeys(guess.hint for guess in others if guess.hint):
        yield from (f"# {line}" for line in wrap(f"CHECK: {remark(hint)}", width=_WIDTH))
    yield "parameters:"
    for guess in others:
        yield f"  {text_of(guess.name)}:"
        yield from (f"    {line}" for line in _parameter(guess, candidates))
    yield "  # Each may also have: hard_to_change: true (where changing it between runs costs time), scale: log."


def _parameter(guess: ColumnGuess, candidates: bool) -> Iterator[str]:
    because = f"  # {remark(guess.because)}"
    unit = f"unit: {text_of(guess.unit)}" if guess.unit else 'unit: ""  # CHECK: the table names none'
    if guess.kind == "categorical" and len(guess.levels) > 1:
        yield f"kind: categorical{because}"
        yield f"levels: [{', '.join(text_of(str(level)) for level in guess.levels)}]"
        return
    if guess.kind == "discrete" and len(guess.levels) > 1:
        yield f"kind: discrete{because}"
        yield unit
        yield f"values: [{', '.join(number_of(float(level)) for level in guess.levels)}]"
    else:
        low, high = guess.low or 0.0, guess.high or 0.0
        is_wide = low < high
        yield f"kind: continuous{because}"
        yield unit
        yield f"low: {number_of(low)}"
        if is_wide:
            yield f"high: {number_of(high)}"
        else:
            yield f"high: {number_of(low + (guess.step or abs(low) or 1.0))}  # CHECK: the table shows one value only"
        if guess.step is not None and is_wide and not candidates:
            yield f"step: {number_of(guess.step)}  # every value in the table is a multiple; drop it to allow any value"
    if guess.is_log:
        yield "scale: log"


def _sums(sums: Sequence[Sequence[ColumnGuess]]) -> Iterator[str]:
    if not sums:
        return
    yield ""
    yield "constraints:"
    for members in sums:
        weights = ", ".join(f"{text_of(guess.name)}: 1" for guess in members)
        yield f"  - kind: linear  # {remark(members[0].because)}"
        yield f"    coefficients: {{{weights}}}"
        yield f"    equals: {number_of(members[0].mixture_total or 0.0)}"


def _candidates(file_name: str, candidates: bool) -> Iterator[str]:
    if candidates:
        yield ""
        yield "candidates:  # only these rows may be proposed"
        yield f"  file: {text_of(file_name)}"


def _targets(targets: Sequence[ColumnGuess], goals: Mapping[str, str]) -> Iterator[str]:
    needs_ends = len(targets) > 4
    yield ""
    yield "targets:"
    for guess in targets:
        goal = goals.get(guess.name)
        check = "" if goal else "  # CHECK: maximise, minimise, match, range or limits?"
        yield f"  {text_of(guess.name)}:  # {remark(guess.because)}"
        yield f"    unit: {text_of(guess.unit)}" if guess.unit else '    unit: ""  # CHECK: the table names none'
        yield f"    goal: {goal or GOALS[0]}{check}"
        if needs_ends and guess.low is not None and guess.high is not None:
            worst, best = (guess.low, guess.high) if (goal or GOALS[0]) == GOALS[0] else (guess.high, guess.low)
            yield f"    worst: {number_of(worst)}  # CHECK: of no use at all (the worst in the table)"
            yield f"    best: {number_of(best)}  # CHECK: could not be bettered (the best in the table)"
    yield "  # Each may also have: repeatability_sd (sd of single tests: smaller differences are not called better),"
    yield "  # limits: {at_least: …, at_most: …} (hard bounds)."


def _objective(targets: Sequence[ColumnGuess]) -> Iterator[str]:
    if len(targets) == 1:
        return
    kind = "pareto" if len(targets) <= 4 else "desirability"
    yield ""
    yield "objective:"
    yield "  # CHECK: single (one goal, the others goal: limits), pareto (trade-offs) or desirability (one score)"
    yield f"  kind: {kind}"


def _policy() -> Iterator[str]:
    yield ""
    yield "# budget: {specimens: 30}  # formulations that may be made, those known before not counted"
    yield ""
    yield "policy:"
    yield f"  batch: {_BATCH}  # CHECK: formulations proposed per cycle"
    yield "  # replicates: 2  # specimens made of each formulation"
    yield ""
    yield "# What acts on the targets, and which measurement sees it: the point where campaigns are decided."
    yield "# factors:"
    yield "#   crystallinity: {acts_on: {TARGET: +}}"
    yield "# modalities:"
    yield "#   DSC: {probe: heat, sees: {crystallinity: direct}}"


def _aside(aside: Sequence[ColumnGuess]) -> Iterator[str]:
    if not aside:
        return
    yield ""
    yield "# Left out of the table:"
    for guess in aside:
        yield f"#   {remark(guess.name)}: {remark(guess.because)}"
