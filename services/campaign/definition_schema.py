"""The published JSON schema of a whole definition, for editors that complete and check while one types.

It says what a file may look like. Whether names, numbers and rules fit together only reading can tell.
"""

from __future__ import annotations

from typing import Any

from loop.definition import Definition
from services.campaign.plan import CampaignPlan

__all__ = ["json_schema"]

_TEXTS = {"type": "array", "items": {"type": "string"}}
_SHORT_FORMS: dict[tuple[str, str], dict[str, Any]] = {
    ("Categorical", "levels"): {
        "anyOf": [
            {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 2, "uniqueItems": True},
            {
                "type": "object",
                "minProperties": 2,
                "additionalProperties": {"type": ["object", "null"], "additionalProperties": {"type": "number"}},
            },
        ]
    },
    ("Ratio", "numerator"): {"anyOf": [{"type": "string"}, {**_TEXTS, "minItems": 1}]},
    ("Ratio", "denominator"): {"anyOf": [{"type": "string"}, {**_TEXTS, "minItems": 1}]},
    ("When", "level"): {"anyOf": [{"type": "string"}, _TEXTS, {"type": "null"}]},
}
"""Fields that may be written shorter than the model holds them."""


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a definition: the core's sections and the plan's, merged."""
    core = Definition.model_json_schema(by_alias=True)
    plan = CampaignPlan.model_json_schema(by_alias=True)
    definitions = {**core["$defs"], **plan["$defs"]}
    for (model, field), form in _SHORT_FORMS.items():
        written = definitions[model]["properties"][field]
        kept = {key: written[key] for key in ("title", "description", "default") if key in written}
        definitions[model]["properties"][field] = {**kept, **form}
    condition = definitions["When"]
    definitions["When"] = {
        "title": condition["title"],
        "description": condition["description"],
        "anyOf": [{"type": "string"}, {"type": "number"}, _TEXTS, condition],
    }
    definitions["JsonValue"] = {"description": "A number, a text, a list or several of them by name."}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Campaign definition",
        "description": "One goal over one search space with one budget, and the design of the task.",
        "type": "object",
        "properties": {**core["properties"], **plan["properties"]},
        "required": core["required"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }
    for name, key in sorted(_selected(schema)):
        required = definitions[name].setdefault("required", [])
        definitions[name]["required"] = [key, *(other for other in required if other != key)]
    return schema


def _selected(part: Any) -> set[tuple[str, str]]:
    """Name the definitions that a `kind` or a `step` chooses between, with that key: there it has to be written."""
    if isinstance(part, list):
        return {found for entry in part for found in _selected(entry)}
    if not isinstance(part, dict):
        return set()
    below = {found for entry in part.values() for found in _selected(entry)}
    chosen = part.get("discriminator")
    if not isinstance(chosen, dict):
        return below
    references = chosen.get("mapping", {}).values()
    return below | {(reference.rpartition("/")[2], str(chosen["propertyName"])) for reference in references}
