"""A file is linked to the specimen that all its places name; where they name two, or none that is there, it waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.linking import Link, Naming, Unlinked, ids_in, whose

CAMPAIGNS = ("PP01", "PP0", "R-PP-2")
PROPOSALS = ("PP01-C003-01", "PP01-C003-02", "R-PP-2-C001-01")
SPECIMENS = ("PP01-C003-01-S1", "PP01-X0007")
FILE, HEADER, MANIFEST = "the file's name", "the header's Sample", "the manifest"


def linked(*namings: tuple[str, str]) -> Link | Unlinked:
    return whose([Naming(*n) for n in namings], campaigns=CAMPAIGNS, proposals=PROPOSALS, specimens=SPECIMENS)


@given(
    st.sampled_from(["-", "_", " ", "."]),
    st.booleans(),
    st.sampled_from(["", "20261122_", "ftir "]),
    st.sampled_from(["", ".jdx", "_waxs_2", " (copy)"]),
)
def test_ids_are_read_as_people_write_them(mark, is_small, before, after):
    """Small letters; underscores, blanks, dots for hyphens; words before and behind."""
    text = "PP01-C003-02-S1".replace("-", mark)
    text = before + (text.lower() if is_small else text) + after
    assert ids_in(text, CAMPAIGNS) == ["PP01-C003-02-S1"]


@pytest.mark.parametrize(
    "text", ["", "PP01", "PP01-C3-2", "XPP01-C003-02", "PP01-C003-2", "AP-C003-02", "PP010-C003-02", "PP01C00302"]
)
def test_what_is_no_id_names_nothing(text):
    """Nor is an id of a campaign that there is not, though part of it looks like one."""
    assert ids_in(text, CAMPAIGNS) == []


def test_the_place_that_says_most_is_followed():
    """A proposal and one of its specimens agree."""
    wanted = Link(campaign="PP01", proposal="PP01-C003-01", specimen="PP01-C003-01-S1")
    assert linked((FILE, "pp01_c003_01.xrdml"), (HEADER, "PP01-C003-01-S1")) == wanted
    assert linked((FILE, "r-pp-2_c001_01 tg.csv")) == Link(campaign="R-PP-2", proposal="R-PP-2-C001-01")
    assert linked((MANIFEST, "PP01-X0007"), (FILE, "2026 old.csv")) == Link(campaign="PP01", specimen="PP01-X0007")


def test_a_specimen_of_a_known_proposal_may_be_new():
    """Its analysis came before its results."""
    wanted = Link(campaign="PP01", proposal="PP01-C003-02", specimen="PP01-C003-02-S4")
    assert linked((FILE, "PP01-C003-02-S4.asp")) == wanted


@pytest.mark.parametrize(
    ("namings", "said"),
    [
        (
            [(FILE, "PP01-C003-01.jdx"), (HEADER, "PP01-C003-02")],
            f"{FILE} says PP01-C003-01, {HEADER} says PP01-C003-02",
        ),
        ([(FILE, "PP01-C003-01-S1 PP01-C003-01-S2.jdx")], "says PP01-C003-01-S1, the file's name says PP01-C003-01-S2"),
        ([(FILE, "PP01-X0007.jdx"), (HEADER, "PP01-C003-01")], "says PP01-X0007"),
        ([(FILE, "IR.CSV"), (HEADER, "polystyrene")], "nothing names its specimen"),
        ([(FILE, "PP01-X0009.jdx")], "PP01 has no PP01-X0009"),
    ],
)
def test_what_is_open_or_contradicts_itself_waits_with_its_reason(namings, said):
    found = linked(*namings)
    assert isinstance(found, Unlinked)
    assert said in found.reason


def test_a_slip_in_an_id_is_suggested_not_corrected():
    found = linked((FILE, "PP01-C003-03.jdx"))
    assert isinstance(found, Unlinked)
    assert found.suggestion == "is PP01-C003-02, PP01-C003-01 meant?"


OWN = (("PC26-014", "PP01-X0001"), ("PC26-015", "PP01-X0002"), ("7", "PP01-X0003"), ("recycled A", "PP01-X0004"))


def owned(*texts: tuple[str, str]):
    there = [id_ for _, id_ in OWN]
    return whose([Naming(*text) for text in texts], campaigns=["PP01"], proposals=[], specimens=there, own=OWN)


@pytest.mark.parametrize(
    ("text", "specimen"),
    [
        ("PC26-014 ftir.csv", "PP01-X0001"),
        ("day1/pc26-015_waxs.xy", "PP01-X0002"),
        ("7", "PP01-X0003"),
        ("7.csv", "PP01-X0003"),
        ("Recycled A", "PP01-X0004"),
    ],
)
def test_own_names_are_found_where_they_are_telling_or_stand_alone(text, specimen):
    found = owned(("its name", text))
    assert isinstance(found, Link)
    assert (found.campaign, found.specimen) == ("PP01", specimen)


@pytest.mark.parametrize("text", ["PC26-0145.csv", "run 7.csv", "APC26-014.csv", "7 days.csv"])
def test_what_only_looks_like_an_own_name_is_none(text):
    assert isinstance(owned(("its name", text)), Unlinked)


def test_an_id_goes_before_own_names_and_two_own_names_contradict():
    assert owned(("its name", "PP01-X0002 of PC26-014.csv")).specimen == "PP01-X0002"
    found = owned(("its header", "PC26-015"), ("its name", "PC26-014.csv"))
    assert "its header says PP01-X0002, its name says PP01-X0001" in found.reason
