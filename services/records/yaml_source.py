"""Read the YAML that a person wrote into plain data, and remember on which line each thing stands.

Nothing is ever constructed from a tag: the parser's events are turned into text, numbers, true, false, null, lists
and mappings, and into nothing else. Scalars follow the core schema of YAML 1.2 (yaml.org/spec/1.2.2, chapter 10.3):
`yes`, `no`, `on`, `off`, dates and `12:30` stay text, `1e-3` is a number. A key is a name and stays text as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from loop.errors import Fault
from services.records.yaml_faults import explain, indentation_faults

__all__ = ["YamlSource", "read_yaml"]

LARGEST_BYTES = 5_000_000
DEEPEST_LEVEL = 40
MOST_REPEATED = 100_000
"""How many values aliases may repeat, all together: a few lines of aliases of aliases can stand for billions."""

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlSource:
    """What a YAML text holds: plain data, the line of each path, and what is wrong with the YAML itself.

    `is_whole` is False where reading had to stop: `data` then lacks what came after.
    """

    data: dict[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    is_whole: bool = True
    file_name: str = ""

    def line_of(self, path: str) -> int:
        """Return the line of a path as ``targets.modulus.goal``, or of the nearest thing above it that is there."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path.rpartition(".")[0]
        return 1

    def place(self, fault: Fault) -> Fault:
        """Return a fault with this file's name and the line of its field."""
        return replace(fault, file=self.file_name, line=fault.line or self.line_of(fault.field))


def read_yaml(text: str, *, file_name: str = "") -> YamlSource:
    """Read one YAML document whose top level is a mapping.

    Parameters
    ----------
    text
        The whole file. It is brought to Unicode's form NFC, so that one name typed on two keyboards is one name.
    file_name
        What to call the file in faults.

    Returns
    -------
    Data, lines and faults. Nothing is raised for what a person wrote: the faults say it.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_BYTES:
        message, hint = f"has {size} bytes, at most {LARGEST_BYTES} are read", "put tables into files of their own"
        fault = Fault(field="(file)", message=message, hint=hint, line=1, file=file_name)
        return YamlSource(faults=(fault,), is_whole=False, file_name=file_name)
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    builder = _Builder()
    is_whole, faults = True, []
    try:
        builder.read(yaml.parse(text, Loader=_PARSER))
    except yaml.YAMLError as error:
        is_whole = False
        faults.append(explain(error, text, builder.lines))
    except _StopReading as stop:
        is_whole = False
        faults.append(stop.fault)
    indented = indentation_faults(text, builder.lines, builder.text_lines)
    if indented:  # the parser stumbles over these lines too, and says it worse
        faults = [fault for fault in faults if fault.line not in {tab.line for tab in indented}]
    placed = tuple(replace(fault, file=file_name) for fault in [*faults, *indented, *builder.faults])
    return YamlSource(data=builder.data, lines=builder.lines, faults=placed, is_whole=is_whole, file_name=file_name)


class _StopReading(Exception):  # noqa: N818  (a signal inside this file, caught a few lines above)
    def __init__(self, field: str, message: str, hint: str, line: int) -> None:
        self.fault = Fault(field=field, message=message, hint=hint, line=line)
        super().__init__(message)


class _Builder:
    """Turns events into data, noting lines and faults on the way."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.lines: dict[str, int] = {}
        self.faults: list[Fault] = []
        self.text_lines: set[int] = set()
        """Lines that continue a text of several lines: their indentation belongs to the text."""
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._repeated = 0

    def read(self, events: Iterator[Event]) -> None:
        """Read the whole stream."""
        n_documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                n_documents += 1
                if n_documents > 1:
                    raise _StopReading("(file)", "a second document begins here (---)", "keep one", _line(event))
                content = next(events)
                value, _ = self._value(content, events, "", 1)
                if isinstance(value, dict):
                    self.data = value
                elif value is not None:
                    message = f"the top level needs keys with values, got {_brief(value)}"
                    hint = "a colon needs a space behind it, as in 'campaign: PP01'"
                    raise _StopReading("(file)", message, hint, _line(content))
        if not self.data and not self.faults:
            raise _StopReading("(file)", "holds nothing", "begin with 'schema: 1'", 1)

    def _value(self, event: Event, events: Iterator[Event], path: str | None, depth: int) -> tuple[Any, int]:
        """Return the value that an event begins, and how many values it is made of. Without a path, note no lines."""
        if depth > DEEPEST_LEVEL:
            message = f"is nested more than {DEEPEST_LEVEL} levels deep"
            raise _StopReading(".".join((path or "(file)").split(".")[:3]), message, "", _line(event))
        if isinstance(event, AliasEvent):
            return self._repeat(event, path)
        value: Any
        count = 1
        if isinstance(event, ScalarEvent):
            self._check_tag(event, path, "str")
            self.text_lines.update(range(_line(event) + 1, _last_line(event) + 1))
            value = _plain_value(event.value) if event.implicit[0] else event.value
        elif isinstance(event, SequenceStartEvent):
            self._check_tag(event, path, "seq")
            value = []
            while not isinstance(item := next(events), SequenceEndEvent):
                here = self._note(path, str(len(value)), _line(item))
                entry, size = self._value(item, events, here, depth + 1)
                value.append(entry)
                count += size
        else:
            self._check_tag(event, path, "map")
            value, count = self._mapping(events, path, depth)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[anchor] = (value, count)
        return value, count

    def _mapping(self, events: Iterator[Event], path: str | None, depth: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        first_lines: dict[str, int] = {}
        count = 1
        while not isinstance(event := next(events), MappingEndEvent):
            line, here = _line(event), None
            name = event.value if isinstance(event, ScalarEvent) else ""
            message, hint = "", ""
            if not isinstance(event, ScalarEvent):
                self._value(event, events, None, depth + 1)
                message, hint = "a key must be plain text", "as in 'talc: …'"
            elif not name.strip():
                message, hint = "a key is empty", "write a name before the colon"
            elif name == "<<" and event.implicit[0]:
                message, hint = "merge keys (<<) are not read", "write the keys out, or repeat a whole value by alias"
            elif name in found:
                message, hint = "stands twice", f"line {first_lines[name]} has it already: drop or rename one"
            else:
                self._check_tag(event, path, "str")
                here = self._note(path, name, line)
            if message:
                field = ".".join(part for part in (path, name) if part) or "(file)"
                self.faults.append(Fault(field=field, message=message, hint=hint, line=line))
            entry, size = self._value(next(events), events, here, depth + 1)
            count += size
            if not message:
                found[name], first_lines[name] = entry, line
        return found, count

    def _note(self, path: str | None, part: str, line: int) -> str | None:
        if path is None:
            return None
        here = f"{path}.{part}" if path else part
        self.lines.setdefault(here, line)
        return here

    def _repeat(self, event: AliasEvent, path: str | None) -> tuple[Any, int]:
        known = self._anchors.get(str(event.anchor))
        if known is None:
            message = f"nothing above is called &{event.anchor}"
            hint = f"write &{event.anchor} before the value to repeat, or put the text between quotes"
            self.faults.append(Fault(field=path or "(file)", message=message, hint=hint, line=_line(event)))
            return None, 1
        self._repeated += known[1]
        if self._repeated > MOST_REPEATED:
            message = f"aliases repeat more than {MOST_REPEATED} values"
            raise _StopReading(path or "(file)", message, "write the values out", _line(event))
        return known

    def _check_tag(self, event: Event, path: str | None, kind: str) -> None:
        tag = getattr(event, "tag", None)
        if tag is None or tag == "!" or tag == _TAG + kind:
            return
        shown = f"!!{tag.removeprefix(_TAG)}" if tag.startswith(_TAG) else tag
        hint = "drop it: text, numbers, lists and keys need no tag"
        self.faults.append(Fault(field=path or "(file)", message=f"unknown tag {shown}", hint=hint, line=_line(event)))


def _plain_value(text: str) -> str | float | int | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) <= 18:
        return int(text)
    if _REAL.fullmatch(text):
        return float(text)
    return text


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def _last_line(event: Event) -> int:
    return event.end_mark.line + (event.end_mark.column > 0) if event.end_mark is not None else _line(event)


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
