"""PerkinElmer ASCII (.asp): six lines, then one ordinate a line. Says its number of points and ends, nothing else.

The three numbers after the ends are kept as they are: no description of them is at hand. What the ordinate is, the
format does not say.
"""

from __future__ import annotations

import numpy as np

from services.ingest.errors import UnreadableFile
from services.ingest.readers.base import Source
from services.ingest.readers.said import claim_count, number_in
from services.ingest.readers.texts import decoded
from services.records.curve import Channel, curve_along
from services.records.reading import Facts, Reading

__all__ = ["READER", "PerkinElmerAsciiReader"]

_N_HEADER = 6
_FEWEST_POINTS = 2


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
        return (
            Reading(
                modality="FTIR",
                curves=(curve_along(Channel("wavenumber", "cm-1", x), Channel("intensity", "", y)),),
                facts=Facts(texts={f"line {i}": lines[i - 1].strip() for i in range(1, _N_HEADER + 1)}),
                claims=(claim_count("points", "the spectrum", lines[0], len(y)),),
                notes=("the file does not say whether it holds absorbance, transmittance or reflectance",),
            ),
        )


READER = PerkinElmerAsciiReader()
