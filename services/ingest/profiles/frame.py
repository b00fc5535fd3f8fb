"""The lines around runs of numbers: what may stand between and behind them, and what is a damaged line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.cell_kinds import is_number_like, starts_as_number
from services.ingest.profiles.lines import BLANKS, split
from services.ingest.profiles.profile import Profile
from services.ingest.profiles.survey import Run, Survey
from services.ingest.profiles.vocabulary import name_and_unit, quantity_of

__all__ = ["Part", "check_header", "parts_of", "refuse_damage"]

_RULE = re.compile(r"[-=_*#~+|\s;,]+")
_END = re.compile(r"^\W*(end|eof|ende|fin)\b", re.IGNORECASE)
_SAY_AGAIN = "the file is damaged: export it again"
_SAY_GUESS = "if the file is right, let meguri profile guess draft a profile of its own"


@dataclass
class Part:
    """Runs of one test piece, with the lines that stand before them; `markers` are the lines that begin its runs."""

    runs: list[Run] = field(default_factory=list)
    markers: list[re.Match[str] | None] = field(default_factory=list)
    label: str = ""
    texts: list[str] = field(default_factory=list)


def check_header(name: str, survey: Survey) -> None:
    """Refuse a table whose first row of numbers is damaged, or whose numbers can be read in two ways.

    Raises
    ------
    UnreadableFile
        If it is.
    """
    if survey.header.broken is not None:
        raise UnreadableFile(name, _fault(survey, survey.header.broken), _SAY_AGAIN)
    if survey.mark is None:
        unclear = next((cell for row in survey.sample for cell in row if "," in cell), "1,234")
        both = f"{unclear.replace(',', '.')} or {unclear.replace(',', '')}"
        reason = f"its numbers can be read in two ways: {unclear!r} is {both}"
        raise UnreadableFile(name, reason, "say text: {decimal: comma} or point in a profile")


def refuse_damage(name: str, survey: Survey) -> None:
    """Refuse a table in which a line among the numbers is one of them with a slip in it.

    Raises
    ------
    UnreadableFile
        If there is such a line: a profile drafted from it would declare the damage.
    """
    if survey.header.broken is not None:
        raise UnreadableFile(name, _fault(survey, survey.header.broken), _SAY_AGAIN)
    _refuse_unfit(name, survey)
    for before, run in zip(survey.runs, [*survey.runs[1:], None], strict=True):
        stop = before.stop + 1 if run is None else run.start
        for i in range(before.stop, min(stop, len(survey.lines.texts))):
            if _is_damaged(survey, i):
                raise UnreadableFile(name, _fault(survey, i), _SAY_AGAIN)


def _refuse_unfit(name: str, survey: Survey) -> None:
    """Refuse numbers under fewer names than they have cells, as where commas are decimal and part cells too."""
    top = survey.runs[0].start
    if survey.header.names or survey.delimiter == BLANKS or not top:
        return
    cells = [cell for cell in split(survey.lines.texts[top - 1], survey.delimiter) if cell]
    n_named = sum(bool(unit is not None or quantity_of(bare)) for bare, unit in map(name_and_unit, cells))
    if not 1 < len(cells) < survey.width or n_named < len(cells) or any(map(is_number_like, cells)):
        return
    reason = f"{survey.lines.place(top - 1)} has {len(cells)} names, the rows under it have {survey.width} numbers"
    is_parted = survey.delimiter == "," and survey.width <= 2 * len(cells)
    hint = "its commas are decimal and part cells too: export it with semicolons, tabs or decimal points"
    raise UnreadableFile(name, reason, hint if is_parted else "export it with a name over each column")


def parts_of(name: str, survey: Survey, profile: Profile) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Sort the runs of numbers into test pieces.

    Returns
    -------
    The parts, and the lines behind the last number.

    Raises
    ------
    UnreadableFile
        If a line between or behind the numbers is neither declared nor a header that is repeated.
    """
    lines = survey.lines
    headers = {lines.texts[row].strip() for row in survey.header.rows}
    blocks, segments = profile.blocks, profile.segments
    by_rows = blocks is not None and blocks.by == "rows"
    label_of = re.compile(blocks.label, re.IGNORECASE) if blocks and by_rows and blocks.label else None
    marker_of = re.compile(segments.marker, re.IGNORECASE) if segments is not None and segments.marker else None
    preamble = [lines.texts[i] for i in survey.preamble]
    part = Part(texts=preamble)
    if label_of is not None:
        part.label = next((_label(m) for text in reversed(preamble) if (m := label_of.search(text))), "")
    parts = [part]
    markers = [m for text in preamble if marker_of and (m := marker_of.search(text))]
    part.markers.append(markers[-1] if markers else None)
    part.runs.append(survey.runs[0])
    for before, run in zip(survey.runs, survey.runs[1:], strict=False):
        marker: re.Match[str] | None = None
        begun: Part | None = None
        is_repeated = False
        for i in range(before.stop, run.start):
            text = lines.texts[i].strip()
            if not text or _RULE.fullmatch(text):
                continue
            if text in headers:
                is_repeated = True
            elif label_of is not None and (match := label_of.search(text)):
                begun = Part(label=_label(match), texts=[text])
            elif marker_of is not None and (match := marker_of.search(text)):
                marker = match
            elif begun is not None and not _is_damaged(survey, i):
                begun.texts.append(text)
            else:
                raise UnreadableFile(name, _fault(survey, i), _hint(survey, i))
        if by_rows and label_of is None and is_repeated:
            begun = Part(label=str(len(parts) + 1))
        if begun is not None:
            parts.append(begun)
        parts[-1].runs.append(run)
        parts[-1].markers.append(marker)
    if by_rows and len(parts) > 1 and not parts[0].label:
        parts[0].label = "1"
    return tuple(parts), _behind(name, survey, profile)


def _behind(name: str, survey: Survey, profile: Profile) -> tuple[str, ...]:
    """Return the lines behind the numbers, where something declared begins them."""
    lines, stop = survey.lines, survey.runs[-1].stop
    rest = [i for i in range(stop, len(lines.texts)) if lines.texts[i].strip() and not _RULE.fullmatch(lines.texts[i])]
    if profile.end is not None:
        if not rest:
            raise UnreadableFile(
                name, f"the line that ends its numbers ({profile.end}) is missing", "it was cut off: export it again"
            )
        is_ended = re.search(profile.end, lines.texts[rest[0]], re.IGNORECASE)
    else:
        is_ended = _END.match(lines.texts[rest[0]]) if rest else None
    if rest and not is_ended:
        raise UnreadableFile(name, _fault(survey, rest[0]), _hint(survey, rest[0]))
    return tuple(lines.texts[i] for i in rest)


def _label(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return str(groups["label"]).strip() if groups.get("label") else match.group().strip(' \t:;,"')


def _is_damaged(survey: Survey, index: int) -> bool:
    """Say whether a line looks like one of numbers rather than like words."""
    cells = split(survey.lines.texts[index], survey.delimiter)
    return starts_as_number(cells[0]) and len(cells) >= survey.width


def _fault(survey: Survey, index: int) -> str:
    """Say what is wrong with a line among numbers."""
    lines = survey.lines
    text = lines.texts[index].strip()
    cells = split(text, survey.delimiter)
    wrong = next((cell for cell in cells if not is_number_like(cell)), "")
    place = lines.place(index)
    if wrong and len(cells) == survey.width and any(map(starts_as_number, cells)):
        names: Sequence[str] = survey.header.names
        column = cells.index(wrong)
        shown = names[column] if column < len(names) and names[column] else f"column {column + 1}"
        return f"{place}, {shown}: {wrong[:30]!r} is no number"
    if not wrong and len(cells) != survey.width:
        return f"{place} has {len(cells)} cells, the others have {survey.width}"
    if wrong and any(map(starts_as_number, cells)):
        return f"{place}: {wrong[:30]!r} is no number; the rows around it have {survey.width} numbers"
    return f"{place}: {text[:40]!r} stands among or behind the numbers and is none"


def _hint(survey: Survey, index: int) -> str:
    cells = split(survey.lines.texts[index].strip(), survey.delimiter)
    if cells[0].isalpha() and len(cells[0]) > 2:
        return _SAY_GUESS
    return _SAY_AGAIN if any(map(starts_as_number, cells)) else _SAY_GUESS
