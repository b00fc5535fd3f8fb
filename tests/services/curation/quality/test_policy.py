"""Nothing that is doubted is kept in silence, and nothing is decided that was not declared."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.curation.quality.policy import QualityPolicy, judged
from services.records.doubt import Doubt, DoubtKind

KINDS = get_args(DoubtKind)
ANSWERS = ("wait", "keep", "exclude")
JUDGEMENTS = {"keep": "kept", "wait": "doubted", "exclude": "excluded"}
doubts = st.lists(st.builds(Doubt, st.sampled_from(KINDS), st.just("heat_flow"), st.just("it is 7 mW off")))
policies = st.fixed_dictionaries({kind.replace(" ", "_"): st.sampled_from(ANSWERS) for kind in KINDS})


def test_every_kind_of_doubt_has_an_answer_and_says_what_it_means():
    """A policy knows every kind that there is, and no other."""
    assert set(QualityPolicy.model_fields) == {kind.replace(" ", "_") for kind in KINDS}
    assert all(field.description for field in QualityPolicy.model_fields.values())


def test_a_person_decides_where_nothing_is_declared():
    """By default every doubt waits."""
    for kind in KINDS:
        assert judged([Doubt(kind, "mass", "why")]).judgement == "doubted"


def test_what_nobody_doubts_is_kept_without_a_word():
    """No doubt, no reason."""
    assert judged([]) == ("kept", "")


@given(doubts.filter(bool), policies)
def test_the_strictest_answer_counts_and_every_doubt_is_told(found, answers):
    """Exclude goes before wait, wait before keep; the reason lists all that is doubted, with what was answered."""
    answered = [answers[doubt.kind.replace(" ", "_")] for doubt in found]
    strictest = max(answered, key=("keep", "wait", "exclude").index)
    result = judged(found, QualityPolicy(**answers))
    assert result.judgement == JUDGEMENTS[strictest]
    parts = result.reason.split("; ")
    assert len(parts) == len(found)
    for part, doubt, answer in zip(parts, found, answered, strict=True):
        assert doubt.kind in part
        assert doubt.message in part
        assert answer in part


def test_an_answer_or_a_kind_that_there_is_not_is_refused():
    """A slip in a policy is an error, not a default."""
    with pytest.raises(ValidationError):
        QualityPolicy(spikes="drop")  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        QualityPolicy(spike="keep")  # type: ignore[call-arg]


def test_a_doubt_of_nothing_in_particular_is_told_without_empty_brackets():
    """What is doubted is named where it has a name."""
    plain, named = judged([Doubt("flat", "", "one value")]), judged([Doubt("flat", "mass", "one value")])
    assert plain.reason == "flat: one value [policy: wait]"
    assert named.reason == "flat (mass): one value [policy: wait]"
