"""A whole campaign definition: the core that decides and the plan of the task, read from one YAML file.

Each section belongs to its owner; here they are read together, every fault is found in one go and gets its line, and
what was read becomes the journal's payload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from loop.annotations import fields_of
from loop.definition import Definition
from loop.errors import DefinitionError, Fault
from loop.faults import faults_of
from loop.hints import did_you_mean
from loop.values import Setting
from services.campaign.definition_checks import core_warnings, read_core, readable_targets, written_names
from services.campaign.definition_schema import json_schema
from services.campaign.plan import CampaignPlan
from services.records.yaml_source import YamlSource, read_yaml

__all__ = [
    "CampaignDefinition",
    "ReadTable",
    "from_event_payload",
    "json_schema",
    "known_sections",
    "read_campaign_definition",
]

ReadTable = Callable[[str], Sequence[Mapping[str, Setting]]]
"""Read the rows of a table, given its path as the definition writes it: a value by column name for each row.

It decides which places may be read, and raises OSError or ValueError where it cannot read one.
"""


@dataclass(frozen=True, kw_only=True)
class CampaignDefinition:
    """Everything that one definition says, candidate tables included; never changes."""

    core: Definition
    plan: CampaignPlan
    text: str
    file_name: str = ""
    notes: tuple[Fault, ...] = ()
    """What reading the files left out."""

    @property
    def core_json(self) -> dict[str, Any]:
        """The core as a JSON value, from which `loop` rebuilds it."""
        return self.core.model_dump(mode="json", by_alias=True)

    @property
    def extras_json(self) -> dict[str, Any]:
        """The other sections as a JSON value, by section."""
        return self.plan.model_dump(mode="json", by_alias=True)

    @property
    def warnings(self) -> list[Fault]:
        """What would run, but that a person should look at; with file and line, in the order of the lines."""
        mixture = self.core.ingredients
        found = [
            *self.notes,
            *core_warnings(self.core),
            *self.plan.warnings(self.core.targets, batch_g=None if mixture is None else mixture.batch_kg * 1000),
        ]
        return _placed(found, read_yaml(self.text, file_name=self.file_name))

    def to_event_payload(self) -> dict[str, Any]:
        """Return text, core and extras, as the event that adopts the definition keeps them."""
        return {"text": self.text, "core": self.core_json, "extras": self.extras_json}


def from_event_payload(
    text: str, core: Definition | Mapping[str, Any], extras: Mapping[str, Any]
) -> CampaignDefinition:
    """Rebuild what `to_event_payload` wrote; what was adopted once is not judged again.

    Raises
    ------
    pydantic.ValidationError
        If core or extras are of no form known here.
    """
    return CampaignDefinition(
        core=core if isinstance(core, Definition) else Definition.model_validate(core),
        plan=CampaignPlan.model_validate(extras),
        text=text,
    )


def known_sections() -> list[str]:
    """List the top-level keys of a definition, in the order of the reference."""
    return [*fields_of(Definition), *fields_of(CampaignPlan)]


def read_campaign_definition(text: str, *, file_name: str = "", read_table: ReadTable) -> CampaignDefinition:
    """Read a definition and find everything wrong with it.

    Parameters
    ----------
    text
        The YAML as the person wrote it.
    file_name
        What to call the file in faults.
    read_table
        Reads the candidate table that the definition may name; its rows become part of the definition.

    Raises
    ------
    DefinitionError
        With one fault for each thing wrong, each with file, line and field, in the order of the lines. What cannot be
        judged because something it rests on is wrong is judged in the next reading.
    """
    source = read_yaml(text, file_name=file_name)
    if not source.is_whole:
        raise DefinitionError(_placed(source.faults, source))
    core_keys, plan_keys = fields_of(Definition), fields_of(CampaignPlan)
    core_data = {key: value for key, value in source.data.items() if key in core_keys}
    plan_data = {key: value for key, value in source.data.items() if key in plan_keys}
    faults = [*source.faults, *_unknown_sections(source.data)]
    core_data, notes, table_faults = _with_candidates(core_data, read_table)
    core, core_faults = read_core(core_data)
    plan, plan_faults = _read_plan(plan_data, core_data)
    faults += [*table_faults, *_without_rows(core_faults, source.data), *plan_faults]
    if faults or core is None or plan is None:
        raise DefinitionError(_placed(faults, source))
    return CampaignDefinition(core=core, plan=plan, text=text, file_name=file_name, notes=tuple(notes))


def _unknown_sections(data: Mapping[str, Any]) -> list[Fault]:
    known = known_sections()
    return [
        Fault(
            field=key,
            message="unknown key",
            hint=did_you_mean(key, known, cutoff=0.5) or f"known here: {', '.join(known)}",
        )
        for key in data
        if key not in known
    ]


def _read_plan(data: Mapping[str, Any], core_data: Mapping[str, Any]) -> tuple[CampaignPlan | None, list[Fault]]:
    try:
        plan = CampaignPlan.model_validate(data)
    except ValidationError as error:
        return None, faults_of(error, CampaignPlan, data)
    return plan, plan.faults(readable_targets(core_data), written_names(core_data))


def _with_candidates(data: Mapping[str, Any], read_table: ReadTable) -> tuple[dict[str, Any], list[Fault], list[Fault]]:
    """Put the rows of the candidate file in its place; return also notes on what was left out, and faults."""
    section = data.get("candidates")
    file = section.get("file") if isinstance(section, Mapping) else None
    without = {key: value for key, value in data.items() if key != "candidates"}
    if not isinstance(file, str) or not isinstance(section, Mapping) or "rows" in section:
        return dict(data), [], []
    here = "candidates.file"
    try:
        rows = read_table(file)
    except (OSError, ValueError) as error:
        hint = "a CSV or Excel file beside the definition, its columns named as the parameters"
        return without, [], [Fault(field=here, message=f"{file} cannot be read: {error}", hint=hint)]
    if not rows:
        return without, [], [Fault(field=here, message=f"{file} holds no row", hint="one formulation a row")]
    names, columns = written_names(data), list(dict.fromkeys(column for row in rows for column in row))
    missing, other = [n for n in names if n not in columns], [c for c in columns if c not in names]
    faults = [
        Fault(
            field=here,
            message=f"{file} has no column {name!r}",
            hint=did_you_mean(name, other) or f"its columns are {', '.join(columns)}",
        )
        for name in missing
    ]
    notes = [
        Fault(field=here, message=f"column {column!r} of {file} is no parameter and was left out") for column in other
    ]
    kept = [{name: value for name, value in row.items() if name in names} for row in rows]
    rest = {key: value for key, value in section.items() if key != "file"}
    return (without if faults else {**without, "candidates": {**rest, "rows": kept}}), notes, faults


def _without_rows(faults: Iterable[Fault], data: Mapping[str, Any]) -> list[Fault]:
    """Move faults of rows that were read from a file to the line that names the file."""
    section = data.get("candidates")
    if not isinstance(section, Mapping) or "file" not in section:
        return list(faults)
    moved = []
    for fault in faults:
        head, _, place = fault.field.partition("candidates.rows.")
        if place and not head:
            number, _, column = place.partition(".")
            where = f"{section['file']}, row {int(number) + 1}" + (f", {column}" if column else "")
            fault = replace(fault, field="candidates.file", message=f"{where}: {fault.message}")
        moved.append(fault)
    return moved


def _placed(faults: Iterable[Fault], source: YamlSource) -> list[Fault]:
    placed = dict.fromkeys(source.place(fault) for fault in faults)
    return sorted(placed, key=lambda fault: fault.line or 0)
