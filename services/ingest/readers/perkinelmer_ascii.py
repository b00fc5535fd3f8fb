"""PerkinElmer ASCII (.asp): six lines, then one ordinate a line. Says its number of points and ends, nothing else.

The ends of a Fourier spectrum are multiples of its step, which tells a changed digit. The three numbers after the ends
are kept as they are: no description of them is at hand. What the ordinate is, the format does not say.
"""

from __future__ import annotations

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.said import claim_count, half_a_digit, number_in
from services.ingest.readers.texts import decoded
from services.records.curve import Channel, curve_along
from services.records.reading import Claim, Facts, Reading

__all__ = ["READER", "PerkinElmerAsciiReader"]

_N_HEADER = 6
_FEWEST_POINTS = 2
_FEWEST_DECIMALS = 6
_NEAR_A_POINT = 1e-6
_MOST_LINES = 1_000_000


class PerkinElmerAsciiReader:
    """Reads .asp files of infrared spectrometers; the axis is in cm-1, as that program writes no other."""

    name = "perkinelmer_ascii"
    title = "PerkinElmer ASCII"
    proven_on = ("OpenSpecy example: LDPE in soil, FT-IR",)

    def knows(self, source: Source) -> bool:
        """Say whether the first lines are a count, two ends, three small whole numbers and an ordinate."""
        lines = decoded(source.head[: len(source.head) // 2 * 2]).splitlines()[: _N_HEADER + 1]
        if len(lines) <= _N_HEADER:
            return False
        numbers = [number_in(line) for line in lines]
        if any(number is None for number in numbers) or not all(
            line.strip().isdigit() for line in (lines[0], *lines[3:6])
        ):
            return False
        if source.suffix == ".asp":
            return True
        n_lines = len(decoded(source.data).split())
        return numbers[1] != numbers[2] and numbers[0] == n_lines - _N_HEADER

    def read(self, source: Source) -> tuple[Reading, ...]:
        """Read the one spectrum of a file."""
        lines = decoded(source.data).splitlines()
        if len(lines) > _MOST_LINES:
            raise UnreadableFile(source.name, f"it has {len(lines)} lines; no spectrum has", "is it of this format?")
        while lines and not lines[-1].strip():
            lines.pop()
        numbers: list[float] = []
        for i, line in enumerate(lines, start=1):
            number = number_in(line)
            if number is None:
                raise UnreadableFile(source.name, f"line {i}: {line[:30]!r} is no number", "export it again")
            numbers.append(number)
        y = np.array(numbers[_N_HEADER:])
        if len(y) < _FEWEST_POINTS:
            raise UnreadableFile(source.name, f"it holds {len(y)} ordinates", "export it again")
        x = np.linspace(numbers[1], numbers[2], len(y))
        claims = (claim_count("points", "the spectrum", lines[0], len(y)), *_grid_claims(lines[1], lines[2], x))
        return (
            Reading(
                modality="FTIR",
                curves=(curve_along(Channel("wavenumber", "cm-1", x), Channel("intensity", "", y)),),
                facts=Facts(texts={f"line {i}": lines[i - 1].strip() for i in range(1, _N_HEADER + 1)}),
                claims=claims,
                notes=("the file does not say whether it holds absorbance, transmittance or reflectance",),
            ),
        )


def _grid_claims(first: str, last: str, x: np.ndarray) -> tuple[Claim, ...]:
    """Hold the ends against the step: points of a Fourier spectrum lie on whole multiples of it.

    Ends that a person chose, as 4000 and 650, need not; those have few decimals.
    """
    if min(len(text.strip().partition(".")[2]) for text in (first, last)) < _FEWEST_DECIMALS:
        return ()
    n_steps = float(x[0] / (x[1] - x[0]))
    near = 2 * (half_a_digit(first) + half_a_digit(last)) * len(x) / abs(float(x[1] - x[0])) + _NEAR_A_POINT
    return (
        Claim(kind="step", about="the first wavenumber, in steps", said=round(n_steps), found=n_steps, tolerance=near),
    )


READER = PerkinElmerAsciiReader()
