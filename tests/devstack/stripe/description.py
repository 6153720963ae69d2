"""Stripe's OpenAPI description, and whether an object is as it says."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

Json = dict[str, Any]
# Where `make setup` puts the wheel that has it.
FOLDER = Path(sys.prefix) / "share" / "stripe-openapi"
MEMBER = "seahaven_stripe_world/spec/spec3.json"
# Lists stand inline in the answers of their endpoints, and have no schema of their own.
LIST = {"object", "data", "has_more", "url"}
KEPT = (
    "$ref",
    "type",
    "enum",
    "required",
    "maxLength",
    "minimum",
    "maximum",
    "additionalProperties",
)


@cache
def schemas() -> Json:
    """What Stripe says of each kind of object."""
    (wheel,) = FOLDER.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        found: Json = json.loads(opened.read(MEMBER))["components"]["schemas"]
    return found


def faults(thing: Any) -> list[str]:
    """What is wrong with objects and those within them, by Stripe's own description of each."""
    members = list(thing.values()) if isinstance(thing, dict) else thing
    found = [
        fault for member in members if isinstance(member, dict | list) for fault in faults(member)
    ]
    if not isinstance(thing, dict) or "object" not in thing or isinstance(thing["object"], dict):
        return found
    if thing["object"] == "list":
        return found + [f"list: {name}" for name in sorted(set(thing) ^ LIST)]
    kind = f"deleted_{thing['object']}" if thing.get("deleted") else thing["object"]
    return found + [
        f"{kind}.{'.'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in _validator(kind).iter_errors(thing)
    ]


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    needed: Json = {}
    waiting = [kind]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = _as_json_schema(schemas()[name])
            waiting += _references(needed[name])
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{kind}", "components": {"schemas": needed}}
    )


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from _references(member)


def _as_json_schema(schema: Json) -> Json:
    """A schema of OpenAPI 3.0 as JSON Schema: where it lists fields, there are no others."""
    if "x-expansionResources" in schema:
        # An id, or the object itself, which is looked at on its own.
        return {"type": ["string", "object", "null"][: 3 if schema.get("nullable") else 2]}
    said = {name: schema[name] for name in KEPT if name in schema}
    if isinstance(schema.get("additionalProperties"), dict):
        said["additionalProperties"] = _as_json_schema(schema["additionalProperties"])
    if "items" in schema:
        said["items"] = _as_json_schema(schema["items"])
    if "anyOf" in schema:
        said["anyOf"] = [_as_json_schema(member) for member in schema["anyOf"]]
    if schema.get("properties"):
        fields = schema["properties"].items()
        said["properties"] = {name: _as_json_schema(member) for name, member in fields}
        said.setdefault("additionalProperties", False)
    return {"anyOf": [said, {"type": "null"}]} if schema.get("nullable") else said
