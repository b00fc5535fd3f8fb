"""Pictures of curves with the truth and what each fitter makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peakfit.curves import Curve
from benchmarks.peakfit.matching import score
from benchmarks.peakfit.rivals import FITTERS

__all__ = ["draw"]


def draw(folder: Path, curves: Sequence[Curve], fitters: Sequence[str]) -> None:
    """Write one PNG a curve: data and truth above, then one row a fitter with its lines as triangles of their areas."""
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    for one in curves:
        fig, axes = plt.subplots(1 + len(fitters), 1, figsize=(11, 2.6 + 2.0 * len(fitters)), sharex=True)
        top, *rows = list(axes) if fitters else [axes]
        top.plot(one.x, one.y, color="black", lw=0.6)
        for peak, is_due in zip(one.peaks, one.detectable, strict=True):
            top.fill_between(one.x, peak.value(one.x), alpha=0.5, color="tab:blue" if is_due else "tab:red", lw=0)
        for halo in one.broad:
            top.plot(one.x, halo.value(one.x), color="tab:orange", lw=1)
        top.set_title(f"{one.family} {one.seed}, {one.level} noise, {len(one.x)} points; red: d_eff < 6", fontsize=9)
        for row, name in zip(rows, fitters, strict=True):
            found = FITTERS[name](one)
            row.plot(one.x, one.y, color="black", lw=0.5)
            if found.model is not None:
                row.plot(one.x, found.model, color="tab:green", lw=0.8)
            for true in one.lines:
                row.axvline(true.position, color="tab:blue", lw=0.5, alpha=0.6)
            for line in found.lines:
                peak = line.area / line.fwhm
                sides = [line.position - line.fwhm, line.position, line.position + line.fwhm]
                row.fill(sides, [0.0, peak, 0.0], color="tab:orange", alpha=0.5, lw=0)
            counts = score(one.lines, one.detectable, found.lines)
            row.set_title(f"{name}: F1 {counts.f1():.2f}, F1q {counts.f1(good=True):.2f}", fontsize=8, loc="left")
        if one.family == "FT-IR":
            top.invert_xaxis()
        fig.tight_layout()
        fig.savefig(folder / f"{one.family}-{one.seed}-{one.level}.png", dpi=70)
        plt.close(fig)
