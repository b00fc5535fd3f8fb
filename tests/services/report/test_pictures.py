"""Pictures show what the state holds: every specimen, the best so far, each limit, each prediction."""

from __future__ import annotations

import numpy as np
import pytest

from loop.progress import best_by_specimen, specimen_rows
from loop.reliability import comparisons
from services.report.pictures.files import save_pictures
from services.report.pictures.front import front_picture
from services.report.pictures.progress import hypervolume_picture, progress_picture, targets_picture
from services.report.pictures.reliability import coverage_picture, predictions_picture
from services.report.pictures.space import REST, default_corners, parallel_picture, ternary_picture
from services.report.style import BAND, DARK
from tests.services.report import stories


@pytest.fixture(scope="module")
def compounds():
    return stories.polypropylene().state


@pytest.fixture(scope="module")
def resins():
    return stories.resin().state


def named(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def test_every_measured_specimen_is_a_dot_and_the_line_is_the_best_so_far(resins):
    """One dot each; the line's height is that of the best specimen at each step."""
    figure = progress_picture(resins)
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in dots) == len(resins.specimens)
    (line,) = named(figure, "best so far, beyond repeatability")
    values = {row.specimen_id: row.values["lap shear"] for row in specimen_rows(resins)}
    assert list(line.y) == [values[step.best[0]] for step in best_by_specimen(resins)]
    assert line.line.shape == "hv"


def test_limits_are_lines_in_the_panel_of_their_target(compounds):
    """Modulus, impact and cost have one each, melt flow two."""
    figure = targets_picture(compounds)
    lines = [shape for shape in figure.layout.shapes if shape.type == "line"]
    assert sorted(line.y0 for line in lines) == [1.25, 4.5, 8, 20, 1300]


def test_labels_of_a_front_stay_inside_the_picture():
    """A point at the right edge is named on its left."""
    both = {"lap shear": {"goal": "maximise"}, "pot life": {"goal": "maximise"}}
    c = stories.WrittenCampaign({**stories.RESIN, "targets": both, "objective": {"kind": "pareto"}})
    for step, (shear, life) in enumerate([(10.0, 40.0), (14.0, 30.0), (20.0, 20.0)]):
        made = {"hardener": "IPDA", "ratio": 1.0, "cure temperature": 60.0 + 5 * step, "filler": 5.0}
        c.cycle([made], [{"lap shear": shear, "pot life": life}])
    (front,) = named(front_picture(c.state), "front, ± repeatability")
    assert list(front.x) == [10.0, 14.0, 20.0]
    assert list(front.textposition) == ["top right", "top right", "top left"]


def test_what_is_wanted_lies_above_the_shades_of_cycles():
    """A value to match is a line, a range a band; both stay whole over the shading."""
    definition = {
        **stories.RESIN,
        "targets": {
            "lap shear": {"goal": "range", "low": 12, "high": 16},
            "pot life": {"goal": "match", "value": 30, "limits": {"at_least": 15}},
        },
        "objective": {"kind": "pareto"},
    }
    c = stories.WrittenCampaign(definition)
    f = {"hardener": "IPDA", "ratio": 1.0, "cure temperature": 60.0, "filler": 5.0}
    for _ in range(3):
        c.cycle([f], [{"lap shear": 14.0, "pot life": 25.0}])
    shapes = targets_picture(c.state).layout.shapes
    kinds = ["shade" if shape.fillcolor == BAND else shape.type for shape in shapes]
    assert kinds == ["shade", "shade", "rect", "line", "line"]
    (wanted,) = [shape for shape in shapes if shape.type == "rect" and shape.fillcolor != BAND]
    assert (wanted.y0, wanted.y1) == (12, 16)
    assert sorted(shape.y0 for shape in shapes if shape.type == "line") == [15, 30]


def test_specimens_are_marked_by_how_they_stand_to_the_limits(compounds):
    """Met, missed, not all known, excluded: as the rows say."""
    rows = specimen_rows(compounds)
    figure = targets_picture(compounds, ["modulus"])
    assert len(named(figure, "meets all limits")[0].x) == sum(
        r.meets_limits is True and not r.is_excluded for r in rows
    )
    assert len(named(figure, "excluded")[0].x) == 1
    assert len(named(figure, "not all limits known")[0].x) == 1


def test_the_front_picture_marks_the_front_and_what_is_promised(compounds):
    """The front's specimens with their repeatability; open proposals without results at their predictions."""
    figure = front_picture(compounds)
    (front,) = named(figure, "front, ± repeatability")
    by_id = {row.specimen_id: row.values for row in specimen_rows(compounds)}
    assert sorted(front.x) == sorted(by_id[one]["modulus"] for one in best_by_specimen(compounds)[-1].best)
    assert (front.error_x.value, front.error_y.value) == (35, 0.35)
    (promised,) = named(figure, "open proposal, predicted ± sd")
    waiting = [record for record in compounds.open_proposals if not record.specimens]
    assert list(promised.y) == [record.predicted["impact"].mean for record in waiting]
    (reference,) = named(figure, "reference point")
    assert (reference.x[0], reference.y[0]) == (1300, 4.5)


def test_the_hypervolume_never_falls_and_has_a_mark_a_cycle(compounds):
    """One mark for what was known before, one a cycle."""
    (line,) = hypervolume_picture(compounds).data
    assert list(line.x) == list(range(8))
    assert all(np.diff(line.y) >= 0)


def test_predictions_stand_against_measurements_with_their_intervals(compounds):
    """Every comparison is one point, and its bar ends where its interval does."""
    figure = predictions_picture(compounds)
    points = [trace for trace in figure.data if trace.mode == "markers" and trace.x and trace.x[0] is not None]
    assert sum(len(trace.x) for trace in points) == len(comparisons(compounds))
    modulus = [one for one in comparisons(compounds) if one.target == "modulus" and one.is_inside]
    (inside,) = [trace for trace in points if list(trace.y) == [one.measured for one in modulus]]
    assert [x + up for x, up in zip(inside.x, inside.error_x.array, strict=True)] == pytest.approx(
        [one.high for one in modulus]
    )


def test_coverage_counts_stand_under_each_cycle(compounds):
    """In words of the count, with the promise as a line."""
    figure = coverage_picture(compounds)
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert "90 % promised" in texts
    assert len([text for text in texts if " of " in text]) == len(figure.data[0].x)


def test_parallel_coordinates_hold_every_varied_parameter_and_target(resins):
    """Choices as numbered levels; the censored specimen is left out and counted."""
    figure = parallel_picture(resins)
    (lines,) = figure.data
    labels = [axis.label for axis in lines.dimensions]
    assert labels == [
        "hardener",
        "ratio",
        "cure temperature (°C)",
        "filler (%)",
        "<b>lap shear (MPa)</b>",
        "<b>pot life (min)</b>",
    ]
    assert lines.dimensions[0].ticktext == ("DETA", "IPDA", "ポリアミド")
    assert figure.layout.meta["left_out"] == 1
    assert len(figure.layout.meta["ids"]) == len(lines.dimensions[1]["values"]) == 19


def test_parameters_that_never_changed_are_no_axis(compounds):
    """Carbon black stood at 0.5 % throughout."""
    labels = [axis.label for axis in parallel_picture(compounds).data[0].dimensions]
    assert not [label for label in labels if "carbon black" in label]
    assert [label for label in labels if "酸化防止剤" in label]


def test_minimised_goals_are_coloured_the_right_way_round():
    """Darker is better, so colours are gains: the lightest density has the largest."""
    state = stories.large(4, 20, 20).state
    colours = parallel_picture(state).layout.meta["colours"]["density"]
    densities = [row.values["density"] for row in specimen_rows(state)]
    assert np.argmax(colours) == np.argmin(densities)


def test_the_triangle_takes_the_three_ingredients_that_vary_most(compounds):
    """Recyclate, virgin polymer and talc here; each trace can be redrawn with any other three."""
    assert default_corners(compounds) == ("recycled PP", "virgin PP", "talc")
    figure = ternary_picture(compounds)
    shares = figure.data[-2].meta["shares"]
    assert set(shares) == set(compounds.definition.ingredients.components)
    assert [sum(values) for values in zip(*shares.values(), strict=True)] == pytest.approx(
        [100] * len(figure.data[-2].a)
    )


def test_pooled_corners_sum_to_the_whole(compounds):
    """Two ingredients and everything else make 100 %."""
    for trace in ternary_picture(compounds, ("talc", "elastomer", REST)).data:
        assert [sum(place) for place in zip(trace.a, trace.b, trace.c, strict=True)] == pytest.approx(
            [100] * len(trace.a)
        )


def test_a_campaign_without_a_mixture_has_no_triangle(resins):
    """Nothing to draw."""
    assert default_corners(resins) is None
    assert not ternary_picture(resins).data


def test_every_light_colour_has_one_for_dark(compounds):
    """No colour of a picture is left behind when the page turns dark."""
    import re

    for figure in (
        front_picture(compounds),
        targets_picture(compounds),
        parallel_picture(compounds),
        coverage_picture(compounds),
    ):
        used = {colour.lower() for colour in re.findall(r"#[0-9a-fA-F]{6}", figure.to_json())}
        assert used <= set(DARK)


def test_pictures_are_saved_as_png_and_svg(compounds, tmp_path):
    """Two pictures, two kinds each; SVG of the same state is the same to the byte."""
    written = save_pictures(compounds, tmp_path / "a")
    assert [path.name for path in written] == [
        "progress.png",
        "progress.svg",
        "predicted-against-measured.png",
        "predicted-against-measured.svg",
    ]
    assert written[0].read_bytes().startswith(b"\x89PNG")
    again = save_pictures(compounds, tmp_path / "b")
    assert written[1].read_bytes() == again[1].read_bytes()


def test_nothing_is_saved_of_a_campaign_without_results(tmp_path):
    """A picture of nothing helps nobody."""
    assert save_pictures(stories.empty().state, tmp_path) == ()
