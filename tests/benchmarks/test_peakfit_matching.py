"""Scores of planted fits are those counted by hand."""

from benchmarks.peakfit.matching import Counts, Line, match, score


def line(position: float, area: float = 1.0, fwhm: float = 1.0) -> Line:
    return Line(position=position, fwhm=fwhm, area=area)


def test_matching_is_one_to_one_and_prefers_more_pairs():
    """A fitted peak near two true ones leaves the nearer to the other fit, so that both are matched."""
    assert match([line(0.0), line(0.6)], [line(0.3), line(0.2)]) == [(0, 1), (1, 0)]


def test_a_fit_counts_as_counted_by_hand():
    """One good hit, one of wrong area, one false, one missed, one match to an undetectable peak left out."""
    truth = [line(0), line(10), line(20), line(30)]
    found = [line(0.1), line(10.1, area=2.0), line(30), line(50)]
    counts = score(truth, [True, True, True, False], found)
    assert counts == Counts(hits=2, good=1, false=1, missed=1)
    assert counts.f1() == 4 / 6
    assert counts.f1(good=True) == 2 / 6


def test_sign_must_agree():
    """A fit of the wrong sign is a miss and a false peak."""
    assert score([line(0)], [True], [line(0, area=-1)]) == Counts(hits=0, good=0, false=1, missed=1)
