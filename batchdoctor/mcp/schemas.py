"""The schemas of the tools: what they take, and what they answer, from the published ones."""

from __future__ import annotations

from typing import Any

import msgspec

from batchdoctor.mcp.page import Page
from batchdoctor.mcp.pages import LEFT_OUT
from batchdoctor.report.schemas import Answer, schema_around

_NULL = {"type": "null"}


def input_schema(arguments: type[msgspec.Struct]) -> dict[str, Any]:
    """What a tool takes, a JSON object with the fields of a struct."""
    (root,), parts = msgspec.json.schema_components([arguments], ref_template="#/$defs/{name}")
    schema: dict[str, Any] = _loose(parts[root["$ref"].rpartition("/")[2]])
    # The name and the words of the struct; the tool has its own.
    del schema["title"], schema["description"]
    return schema


def output_schema(answer: Answer) -> dict[str, Any]:
    """A page of the items that a command publishes, of which what is not known is left out.

    What the parts mean is told by `batchdoctor schema`: an agent reads this before any answer.
    """
    schema: dict[str, Any] = _bare(_loose(schema_around(Page, answer)))
    return schema


def _bare(schema: Any) -> Any:
    """The same without words for people."""
    if isinstance(schema, list):
        return [_bare(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _bare(each)
        for key, each in schema.items()
        if key not in {"title", "description"} or not isinstance(each, str)
    }


def _loose(schema: Any) -> Any:
    """The same, with keys that are left out instead of null."""
    if isinstance(schema, list):
        return [_loose(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if _NULL in schema.get("anyOf", ()):
        kinds = [each for each in schema["anyOf"] if each != _NULL]
        others = {key: each for key, each in schema.items() if key not in {"anyOf", "default"}}
        return _loose({**others, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})})
    loose = {key: _loose(each) for key, each in schema.items()}
    if "required" in schema:
        fields = schema["properties"]
        loose["properties"].pop(LEFT_OUT, None)
        loose["required"] = [
            key
            for key in schema["required"]
            if key != LEFT_OUT and _NULL not in fields[key].get("anyOf", ())
        ]
    return loose
