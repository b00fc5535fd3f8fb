"""The page holds all it needs, shows what people typed as they typed it, and says what to do next."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from plotly.offline import get_plotlyjs

from loop import commands
from loop.observations import TargetValue
from loop.progress import best_by_specimen
from loop.recipe import recipe_for
from services.records.plan import TaskPlan
from services.report.page import build_report
from tests.loop.written import WrittenCampaign
from tests.services.report import stories

NOW = datetime(2025, 5, 1, 9, 30, tzinfo=UTC)


def page(campaign: WrittenCampaign, **more) -> str:
    state = campaign.state
    recipes = {}
    if state.definition.ingredients is not None:
        today = date(2025, 5, 1)
        recipes = {r.proposal.id: recipe_for(state.definition, r.planned, today=today) for r in state.open_proposals}
    given = {"plan": None, "recipes": recipes, "title": state.definition.title, "entries": campaign.entries, **more}
    return build_report(state, given.pop("plan"), now=NOW, **given)


class Reader(HTMLParser):
    """Reads a page as a browser would: its elements, its text, and what scripts hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            attributes, held = self.scripts[-1]
            self.scripts[-1] = (attributes, held + data)
        elif self._inside != "style":
            self.text += data

    def data(self, name: str):
        (held,) = [text for attributes, text in self.scripts if attributes.get("id") == f"data-{name}"]
        return json.loads(held)


@pytest.fixture(scope="module")
def compounds() -> tuple[WrittenCampaign, str]:
    campaign = stories.polypropylene()
    return campaign, page(campaign, plan=TaskPlan.model_validate(stories.PLAN), advice="the budget is nearly spent")


@pytest.fixture(scope="module")
def hostile() -> str:
    plan = {
        "factors": {stories.HOSTILE: {"description": stories.HOSTILE, "acts_on": {"u": "+"}}},
        "modalities": {f"m{stories.HOSTILE}": {"probe": "heat", "sees": {stories.HOSTILE: "direct"}}},
    }
    return page(stories.hostile(), plan=TaskPlan.model_validate(plan), advice=stories.HOSTILE)


def test_the_page_asks_nothing_of_any_network(compounds):
    """Nothing is loaded from anywhere: no src, no href but to sections; and a policy that forbids it."""
    read = Reader(compounds[1])
    for tag, attributes in read.elements:
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
        assert tag not in ("link", "iframe", "object", "img")
    own = compounds[1].replace(get_plotlyjs(), "")
    assert not re.search(r"https?://|@import|url\(", own)
    (policy,) = [a["content"] for t, a in read.elements if t == "meta" and a.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "form-action 'none'" in policy


def test_no_button_sends_a_picture_anywhere(compounds):
    """Plotly offers to send charts to a server of its maker: the button is taken away and has no address."""
    own = compounds[1].replace(get_plotlyjs(), "")
    assert "showSendToCloud: false" in own
    assert 'plotlyServerURL: ""' in own


def test_plotly_is_there_once(compounds):
    """Inlined, and not with every picture."""
    assert compounds[1].count(get_plotlyjs()[:200]) == 1


def test_what_people_typed_is_shown_and_never_run(hostile):
    """A script in titles, names, levels, reasons, actors, units, advice: shown as text everywhere."""
    read = Reader(hostile)
    kinds = [attributes.get("type") for attributes, _ in read.scripts]
    assert kinds.count(None) == 2  # plotly, and the page's own
    assert not [held for attributes, held in read.scripts if attributes.get("type") is None and "alert(" in held[:400]]
    assert read.text.count(stories.HOSTILE) > 20
    assert "<title>&lt;script&gt;" in hostile
    for name in ("front", "parallel", "ternary", "predictions"):
        assert "alert('読')" in json.dumps(read.data(name), ensure_ascii=False)


def test_names_reach_pictures_as_text(hostile):
    """Plotly reads HTML in labels, so names are escaped there; levels of choices it shows as they stand."""
    read = Reader(hostile)
    axes = read.data("parallel")["data"][0]["dimensions"]
    assert all("<script" not in axis["label"] for axis in axes)
    titles = read.data("front")["layout"]["xaxis"]["title"]["text"]
    assert titles.startswith("t&lt;script&gt;")


def test_the_best_stand_at_the_top_with_their_formulation(compounds):
    """Every specimen of the front, its values and shares, before anything else."""
    campaign, html = compounds
    summary = html[html.index('id="summary"') : html.index('id="progress-section"')]
    for specimen in best_by_specimen(campaign.state)[-1].best:
        assert specimen in summary
    assert "酸化防止剤 (%)" in summary
    assert "the budget is nearly spent" in summary
    assert "25 of 40" in summary


def test_the_reference_point_says_where_it_comes_from(compounds):
    """Both goals have a limit on their bad side; without limits the first front gives it."""
    assert "in front of modulus 1300 MPa and impact 4.50 kJ/m² (by limits)" in _flat(compounds[1])
    assert "(inferred from the front of cycle 1)" in _flat(page(stories.large(4, 20, 20)))


def test_open_proposals_carry_reason_prediction_state_and_recipe(compounds):
    """Grams of each feeder sum to the batch; the part that is measured stands beside its prediction."""
    campaign, html = compounds
    section = Reader(html[html.index('id="open"') : html.index('id="design"')]).text
    for record in campaign.state.open_proposals:
        assert record.proposal.id in section
        assert record.proposal.reason in section
        assert record.state.value.replace("_", " ") in section
    assert section.count("2000") == 4
    assert "1712" in section
    assert "± 48" in section


def test_the_factor_graph_shows_what_no_analysis_sees(compounds):
    """Every factor, modality and target has a box; the unseen factor says so."""
    text = Reader(compounds[1][compounds[1].index('id="design"') : compounds[1].index('id="hypotheses"')]).text
    for name in (*stories.PLAN["factors"], *stories.PLAN["modalities"], "modulus", "cost"):
        assert name in text
    assert "no analysis sees it" in text
    assert "FT-IR sees indirectly filler content" in text
    assert "crystal fraction lowers impact" in text


def test_hypotheses_corrections_and_exclusions_are_told(compounds):
    """Who expected what and whether it held; the old value beside the new."""
    text = Reader(compounds[1][compounds[1].index('id="hypotheses"') : compounds[1].index('id="log"')]).text
    assert "0.2 % kept 5 kJ/m²" in text
    assert "not judged yet" in text
    assert "notch radius was read wrong" in text
    assert "mould was not vented" in text


def test_the_log_tells_every_entry(compounds):
    """One line an entry, the latest first, each with who, what and why."""
    campaign, html = compounds
    log = html[html.index('<table class="log">') :]
    log = log[: log.index("</table>")]
    lines = re.findall(r"<tr.*?</tr>", log, re.S)[1:]
    assert len(lines) == len(campaign.entries)
    assert [int(re.search(r">(\d+)<", line).group(1)) for line in lines] == [e.seq for e in reversed(campaign.entries)]
    assert "feeder of talc bridged" in log
    assert "skipped, as a lesson for the model" in log
    assert "PP01-X0002" in log


def test_an_exclusion_that_was_undone_stays_readable():
    """Excluded, then kept again: both lines stand in the report."""
    c = stories.resin(1)
    c.write(commands.exclude(c.state, "RESIN-2-C001-01-S1", reason="wrong hardener"))
    c.write(commands.keep(c.state, "RESIN-2-C001-01-S1", reason="label was right"))
    text = Reader(page(c)).text
    assert "wrong hardener" in text
    assert "kept again" in text


def test_a_campaign_without_anything_says_what_to_do_next():
    """Every section stands, says why it is empty, and names the commands that come next."""
    text = Reader(page(stories.empty())).text
    assert "meguri import RESIN-2 TABLE" in text
    assert "meguri propose RESIN-2" in text
    assert "Nothing is measured yet" in text
    assert "No prediction can be checked yet" in text
    assert "No factors are named" in text


def test_the_next_step_follows_the_state():
    """Approve, then record, then propose again."""
    c = stories.empty()
    f = {"hardener": "IPDA", "ratio": 1.0, "cure temperature": 60.0, "filler": 5.0}
    (proposal,) = c.propose([f])
    assert "1 proposal waits for approval: meguri approve RESIN-2" in _flat(page(c))
    c.write(commands.approve(c.state, [proposal]))
    assert f"meguri record {proposal} 'lap shear'=VALUE 'pot life'=VALUE" in _flat(page(c))
    c.measure(proposal, **{"lap shear": 12.0, "pot life": 30.0})
    c.close()
    assert "meguri propose RESIN-2" in _flat(page(c))


def test_a_campaign_where_none_meets_the_limits_shows_the_nearest():
    """With what it misses; no best is claimed."""
    c = stories.empty()
    f = {"hardener": "IPDA", "ratio": 1.0, "cure temperature": 110.0, "filler": 5.0}
    c.cycle([f, f], [{"lap shear": 20.0, "pot life": 5.0}, {"lap shear": 12.0, "pot life": 9.0}])
    text = _flat(page(c))
    assert "Nearest to the limits" in text
    assert "RESIN-2-C001-02-S1 comes nearest to the limits; it misses pot life." in text
    assert "no specimen meets all limits yet" in text


def test_differences_within_repeatability_are_called_that():
    """0.5 MPa apart with a repeatability of 0.8 MPa: neither is the better one."""
    c = stories.empty()
    f = {"hardener": "IPDA", "ratio": 1.0, "cure temperature": 60.0, "filler": 5.0}
    c.cycle(
        [f, {**f, "ratio": 1.1}, {**f, "ratio": 1.2}], [{"lap shear": s, "pot life": 30.0} for s in (20.0, 20.5, 12.0)]
    )
    text = _flat(page(c))
    assert "RESIN-2-C001-01-S1 cannot be told apart from RESIN-2-C001-02-S1: the difference is within" in text
    assert "It beats the other one that meets all limits." in text


MATCH = {"goal": "match", "value": 8, "unit": "g/10 min", "worst": 4, "repeatability_sd": 0.5}
RISE = {"goal": "maximise", "unit": "MPa", "worst": 10, "best": 30, "repeatability_sd": 1}
FALL = {"goal": "minimise", "unit": "%", "worst": 9, "best": 1}
RANGE = {"goal": "range", "low": 2, "high": 5, "worst": 0}


@pytest.mark.parametrize(
    ("targets", "kind", "said"),
    [
        ({"flow": MATCH}, "single", "match 8 g/10 min"),
        ({"loss": FALL}, "single", "any difference there counts as better"),
        ({"gap": RANGE}, "single", "stay in 2 to 5"),
        ({"flow": MATCH, "strength": RISE, "gap": RANGE}, "desirability", "desirability of K1-"),
        ({"flow": MATCH, "strength": RISE}, "pareto", "front"),
        ({"loss": FALL, "strength": RISE, "gap": RANGE}, "pareto", "hypervolume"),
        ({"loss": FALL, "strength": RISE, "gap": RANGE, "flow": MATCH}, "pareto", "inferred from the front of cycle 1"),
    ],
)
def test_every_kind_of_objective_has_its_report(targets, kind, said):
    """Single, desirability and fronts of up to four goals, with every kind of goal, on a mixture of two."""
    c = WrittenCampaign(
        {
            "schema": 1,
            "campaign": "K1",
            "ingredients": {"components": {"base": {"high": 100, "step": 1}, "filler": {"high": 50, "step": 1}}},
            "targets": targets,
            "objective": {"kind": kind},
        }
    )
    results = {"flow": (7.0, 9.5, 8.1), "loss": (3.0, 2.0, 6.0), "strength": (20.0, 14.0, 25.0), "gap": (1.0, 3.0, 7.0)}
    mixed = [{"base": 100.0 - share, "filler": share} for share in (0.0, 20.0, 40.0)]
    for _ in range(2):
        c.cycle(
            mixed,
            [{name: results[name][i] for name in targets} for i in range(3)],
            [{name: (results[name][i], 1.0) for name in targets} for i in range(3)],
        )
    text = _flat(page(c))
    assert said in text
    assert "everything else" in text


def test_a_large_campaign_stays_below_eight_megabytes():
    """20 parameters, 500 specimens, 2500 entries."""
    campaign = stories.large()
    html = page(campaign)
    assert len(campaign.state.specimens) == 500
    assert len(html.encode()) < 8_000_000
    assert "All 500 specimens" in html


def test_the_same_state_gives_the_same_page():
    """Nothing random, nothing of the clock but what is given."""
    assert page(stories.resin(2)) == page(stories.resin(2))


def test_a_definition_that_lost_a_target_still_reports_old_corrections():
    """What was corrected under an older definition stays readable under the new one."""
    c = stories.resin(2)
    c.write(commands.correct(c.state, "RESIN-2-C001-01-S1", "pot life", TargetValue(mean=33.0), reason="stopwatch"))
    from loop.definition import read_definition

    newer = {**stories.RESIN, "targets": {"lap shear": stories.RESIN["targets"]["lap shear"]}}
    c.write(commands.adopt(c.state, read_definition(newer), text="", core=newer, extras={}, reason="pot life dropped"))
    text = Reader(page(c)).text
    assert "stopwatch" in text
    assert "pot life dropped" in text


def _flat(html: str) -> str:
    return " ".join(Reader(html).text.split())
