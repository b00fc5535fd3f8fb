"""Say in plain words why a YAML text cannot be read: where the parser stumbled, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

import yaml

from loop.errors import Fault

__all__ = ["explain", "indentation_faults"]

MOST_INDENTATION_FAULTS = 50
_NO_SPACE = re.compile(r"^\s*(?:- +)?[^\s:'\"#\[{][^:'\"#]*(?::(?=[^\s:/\\])|：)")
_NOT_AT_THE_START = tuple("`%@|>&*!")
_ODD_SPACES: Mapping[str, str] = {"\t": "a tab", "\u3000": "a full-width space", "\u00a0": "a no-break space"}


def indentation_faults(text: str, noted: Mapping[str, int], text_lines: Container[int]) -> list[Fault]:
    """Find lines indented by anything but spaces.

    Parameters
    ----------
    text
        The whole file.
    noted
        Line of each path read so far.
    text_lines
        Lines that continue a text of several lines: there, indentation belongs to the text.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        body = line.lstrip("".join((" ", *_ODD_SPACES)))
        odd = [_ODD_SPACES[c] for c in line[: len(line) - len(body)] if c in _ODD_SPACES]
        if odd and body and not body.startswith("#") and number not in text_lines:
            message, hint = f"{odd[0]} stands in the indentation", "indent with plain spaces, two a level"
            found.append(Fault(field=_path_before(noted, number), message=message, hint=hint, line=number))
            if len(found) == MOST_INDENTATION_FAULTS:
                break
    return found


def explain(error: yaml.YAMLError, text: str, noted: Mapping[str, int]) -> Fault:
    """Return the fault that stopped the parser; `noted` holds the line of each path read before."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1
        message = f"a character that cannot be printed stands here (U+{ord(text[position : position + 1] or ' '):04X})"
        return Fault(field=_path_before(noted, line), message=message, hint="delete it", line=line)
    line, message, hint = _in_words(error, error.problem_mark.line + 1, error.problem_mark.column, text.splitlines())
    return Fault(field=_path_before(noted, line), message=message, hint=hint, line=line)


def _in_words(error: yaml.MarkedYAMLError, line: int, column: int, rows: list[str]) -> tuple[int, str, str]:
    problem, context = error.problem or "", error.context or ""
    row = rows[line - 1] if line <= len(rows) else ""
    here = row[column : column + 1]
    opened = error.context_mark.line + 1 if error.context_mark is not None else line
    glued = [n for n in range(max(1, line - 2), min(line, len(rows)) + 1) if _NO_SPACE.match(rows[n - 1])]
    if "quoted scalar" in context:
        return opened, "a quotation mark is opened here and never closed", "close it, or drop it"
    if "',' or" in problem:
        return opened, "a bracket is opened here and not closed", "close it; commas go between entries"
    if "node content" in problem and here in ("]", "}"):
        return line, f"{here} closes a bracket that was never opened", "drop it, or open the bracket"
    if here in _NOT_AT_THE_START or "alias" in context or "anchor" in context:
        message = f"text cannot begin with {here or row.strip()[-1:]} unless it stands between quotes"
        return line, message, 'put the whole text between double quotes, as in unit: "%"'
    if glued and ("mapping values" in problem or "expected" in problem):
        return glued[0], "a colon needs a space behind it", "as in 'low: 0', with a plain colon"
    if "expected ':'" in problem:
        return opened, "a key has no colon", "as in 'low: 0'"
    if "mapping values are not allowed" in problem:
        hint = "put text that holds ': ' between quotes; keys of one level start in the same column"
        return line, "a colon stands where none can be", hint
    if "sequence entries" in problem:
        hint = 'put a lone minus between quotes ("-"); begin lists on a new line'
        return line, "a - stands where no list can begin", hint
    if "block" in context or "block" in problem:
        hint = "keys of one level start in the same column; a list has '- ' before every entry"
        return line, "the indentation does not fit what is above, or a list and keys are mixed", hint
    return line, f"this is no YAML: {problem}", "keys of one level start in the same column"


def _path_before(noted: Mapping[str, int], line: int) -> str:
    """Return the last path noted at or before a line."""
    before = [path for path, number in noted.items() if number <= line]
    return before[-1] if before else "(file)"
