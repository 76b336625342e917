"""What each tool takes and answers is what its schemas say, and no key more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from batchdoctor.mcp.schemas import input_schema, output_schema
from batchdoctor.mcp.tools import TOOLS
from batchdoctor.report.schemas import ANSWERS, schema_of
from tests.box import Open
from tests.cli.test_schema import closed
from tests.mcp.asking import CHARACTERS_PER_TOKEN, page, session_of
from tests.mcp.test_no_change import calls

BY_NAME = {tool.name: tool for tool in TOOLS}


@pytest.mark.parametrize("scenario", ["night-shift", "bad-job"])
def test_every_page_fits_the_schema_of_its_tool(
    open_box: Open, tmp_path: Path, scenario: str
) -> None:
    box = open_box(scenario)
    log = tmp_path / "log.json"
    log.write_text("".join(f"{line}\n" for line in box.sandbox.diagnostic_log()))
    session = session_of(box)
    more: list[tuple[str, dict[str, Any]]] = [
        ("parse_events", {"paths": [str(log)], "show": show})
        for show in ("summary", "failures", "unfinished", "timeline")
    ]
    asked = list(calls(box, str(log))) if scenario == "night-shift" else []
    asked += [*more, ("triage", {"sinceHours": 1.5}), ("suspect_nodes", {}), ("failed_tasks", {})]
    for tool, arguments in asked:
        schema = output_schema(BY_NAME[tool].answers)
        jsonschema.Draft202012Validator(input_schema(BY_NAME[tool].takes)).validate(arguments)
        jsonschema.Draft202012Validator(closed(schema)).validate(page(session, tool, **arguments))


def test_items_are_those_that_the_command_publishes() -> None:
    """Less what is not known, what stands there twice, and words for people."""
    own = output_schema(ANSWERS["nodes suspect"])["$defs"]["SuspectItem"]
    published = schema_of("nodes suspect")["$defs"]["SuspectItem"]
    assert own["properties"].keys() == published["properties"].keys() - {"nextCommands"}
    assert set(published["required"]) - set(own["required"]) == {
        *("state", "schedulingState", "minutesInState", "runs", "failures", "failureRate"),
        *("expectedFailures", "pValue", "lastFailureTime", "onset", "trend", "nextCommands"),
    }
    assert own["properties"]["runs"] == {"type": "integer"}


def test_a_schema_notices_what_is_not_so(open_box: Open) -> None:
    told = page(session_of(open_box("bad-node")), "job", job="render-20261121")
    validator = jsonschema.Draft202012Validator(output_schema(BY_NAME["job"].answers))
    validator.validate(told)
    for change in ({"severity": "odd"}, {"message": 1}, {"evidence": None}):
        wrong = {**told, "items": [{**told["items"][0], **change}]}
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(wrong)


def test_what_a_tool_takes_is_told_in_few_words() -> None:
    assert input_schema(BY_NAME["node"].takes) == {
        "type": "object",
        "properties": {"node": {"type": "string", "description": "POOL/NODE"}},
        "required": ["node"],
        "additionalProperties": False,
    }
    assert input_schema(BY_NAME["triage"].takes)["properties"]["sinceHours"] == {
        "type": "number",
        "description": "Only of the last hours.",
        "exclusiveMinimum": 0,
        "maximum": 8784,
        "default": 24,
    }


def test_the_tools_themselves_take_little_room_before_the_first_question() -> None:
    shown = [(tool.name, tool.use, input_schema(tool.takes)) for tool in TOOLS]
    characters = len(msgspec.json.encode(shown).decode())
    assert characters / CHARACTERS_PER_TOKEN < 1_800
    assert max(len(tool.use) for tool in TOOLS) < 100
