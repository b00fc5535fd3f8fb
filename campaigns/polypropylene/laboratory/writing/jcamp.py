"""JCAMP-DX 4.24 in each of its packed forms, as spectrometers write it, with all of its checks.

McDonald & Wilks, Appl. Spectrosc. 42 (1988) 151.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

__all__ = ["FORMS", "jcamp_of"]

FORMS = ("AFFN", "PAC", "SQZ", "DIF", "DUP")
"""How ordinates are packed, from plain to dense; a sixth one, PAIRS, names each abscissa."""


def jcamp_of(
    x: np.ndarray,
    y: np.ndarray,
    *,
    title: str = "PP01-C003-02-S1",
    form: str = "DIF",
    width: int = 40,
    factor: float = 2.5e-5,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """Return a JCAMP-DX file of whole ordinates over evenly falling wavenumbers.

    Parameters
    ----------
    x, y
        Wavenumbers in cm⁻¹, falling, and whole ordinates, shape (n,) each.
    title
        Of the spectrum: the specimen's label.
    form, width
        One of `FORMS` or PAIRS, and ordinates a line.
    factor
        Absorbance of one unit of the ordinate.
    more
        Further labelled records, by name.
    """
    n = len(x)
    labelled = {"DATA TYPE": "INFRARED SPECTRUM", "ORIGIN": "here", "OWNER": "us"} | dict(more or {})
    table = "(XY..XY)" if form == "PAIRS" else "(X++(Y..Y))"
    head = [
        *(f"##TITLE={title}", "##JCAMP-DX=4.24", *(f"##{name}={value}" for name, value in labelled.items())),
        *("##XUNITS=1/CM", "##YUNITS=ABSORBANCE", "##XFACTOR=1.0", f"##YFACTOR={factor}", f"##FIRSTX={x[0]:.1f}"),
        *(f"##LASTX={x[-1]:.1f}", f"##NPOINTS={n}", f"##FIRSTY={y[0] * factor:.6f}", f"##MAXY={y.max() * factor:.6f}"),
        *(
            f"##MINY={y.min() * factor:.6f}",
            f"##MAXX={x.max():.1f}",
            f"##MINX={x.min():.1f}",
            f"##DELTAX={(x[-1] - x[0]) / (n - 1):.4f}",
        ),
        f"##{'XYPOINTS' if form == 'PAIRS' else 'XYDATA'}={table}",
    ]
    return ("\r\n".join([*head, *_table(x, y, form, width), "##END="]) + "\r\n").encode("latin-1")


def _table(x: np.ndarray, y: np.ndarray, form: str, width: int) -> list[str]:
    if form == "PAIRS":
        return [f"{a:.1f}, {b}" for a, b in zip(x, y, strict=True)]
    lines, i, n = [], 0, len(y)
    while i < n:
        row = [int(value) for value in y[i : i + width]]
        words = [_squeezed(row[0])] if form in ("SQZ", "DIF", "DUP") else [f"{row[0]:+d}"]
        if form in ("AFFN", "PAC", "SQZ"):
            words = [_word(value, form) for value in row]
        else:
            last, run = None, 0
            for before, value in pairwise(row):
                step = value - before
                if form == "DUP" and step == last:
                    run += 1
                    continue
                words += [_repeated(run + 1)] * (run > 0) + [_difference(step)]
                last, run = step, 0
            words += [_repeated(run + 1)] * (run > 0)
        lines.append(
            f"{x[i]:.1f}" + ("" if form != "AFFN" else " ") + ("".join(words) if form != "AFFN" else " ".join(words))
        )
        i += len(row) - (1 if form in ("DIF", "DUP") and len(row) > 1 and i + len(row) < n else 0)
    return lines


def _word(value: int, form: str) -> str:
    return _squeezed(value) if form == "SQZ" else (f"{value:+d}" if form == "PAC" else str(value))


def _coded(value: int, plus: str, minus: str) -> str:
    digits = str(abs(value))
    return (plus if value >= 0 else minus)[int(digits[0])] + digits[1:]


def _squeezed(value: int) -> str:
    return _coded(value, "@ABCDEFGHI", "@abcdefghi")


def _difference(value: int) -> str:
    return _coded(value, "%JKLMNOPQR", "%jklmnopqr")


def _repeated(times: int) -> str:
    return _coded(times, "?STUVWXYZs", "?")
