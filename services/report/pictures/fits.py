"""What a peak fit looks like: data, model, lines and halos on the background, and below it what is left over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.preprocessing.peakfit.profiles import KINDS
from services.records.peaks import FittedPeak, PeakFit
from services.report.pictures.panels import Axis, Line, Lines, Panel
from services.report.style import ACCENT, CONTRAST, GREY

__all__ = ["fit_panels"]

_LINES, _HALOS = "#009e73", "#cc79a7"
_REACH = 6.0


def fit_panels(title: str, x: Axis, y: Axis, fit: PeakFit) -> tuple[Panel, ...]:
    """Describe two pictures of a fit: what it is made of, and its residuals in standard deviations of the noise."""
    drawn = [
        Line(name="measured", x=fit.x, y=fit.y, colour=GREY),
        _parts("lines", fit, fit.lines, _LINES),
        *([_parts("halos", fit, fit.halos, _HALOS)] if fit.halos else []),
        Line(name="background", x=fit.x, y=fit.background, colour=CONTRAST),
        Line(name="fitted", x=fit.x, y=fit.model, colour=ACCENT),
    ]
    left = Line(name="residual", x=fit.x, y=(fit.y - fit.model) / fit.noise, colour=GREY)
    n = len(fit.lines)
    note = f"{n} line{'s' * (n != 1)}, χ² per point {fit.chi_square / len(fit.x):.2g}"
    return (
        Lines(title=title, x=x, y=y, lines=tuple(drawn), note=note),
        Lines(title=f"{title}: left over", x=x, y=Axis(label="residual / noise"), lines=(left,)),
    )


def _parts(name: str, fit: PeakFit, peaks: Sequence[FittedPeak], colour: str) -> Line:
    """Draw peaks one after the other on the background, each where it matters, as one line with gaps."""
    from services.preprocessing.peakfit.minimise import value_of

    places, heights = [np.empty(0)], [np.empty(0)]
    for peak in peaks:
        near = np.abs(fit.x - peak.position.value) < _REACH * peak.fwhm.value
        own = value_of(np.array([KINDS[peak.profile]]), np.array([peak.numbers]), fit.x[near])  # type: ignore[index]
        places += [fit.x[near], np.array([np.nan])]
        heights += [fit.background[near] + own, np.array([np.nan])]
    return Line(name=name, x=np.concatenate(places), y=np.concatenate(heights), colour=colour)
