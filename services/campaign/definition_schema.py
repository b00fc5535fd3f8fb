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
    for name in _selected_by_kind(schema):
        required = definitions[name].setdefault("required", [])
        definitions[name]["required"] = ["kind", *(key for key in required if key != "kind")]
    return schema


def _selected_by_kind(part: Any) -> set[str]:
    """Name the definitions that a `kind` chooses between: there it has to be written."""
    if isinstance(part, list):
        return {name for entry in part for name in _selected_by_kind(entry)}
    if not isinstance(part, dict):
        return set()
    found = {name for entry in part.values() for name in _selected_by_kind(entry)}
    mapping = part.get("discriminator", {}).get("mapping", {}) if isinstance(part.get("discriminator"), dict) else {}
    return found | {reference.rpartition("/")[2] for reference in mapping.values()}
