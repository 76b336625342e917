"""Azure's own errors inside of Batch's: JSON inside of text, whole or cut off."""

from __future__ import annotations

import json

from batchdoctor.core.meaning.provider_error import provider_errors


def lines(text: str) -> tuple[str, ...]:
    return tuple(error.line for error in provider_errors(text))


def test_the_whole_chain_of_errors_is_told() -> None:
    text = json.dumps(
        {
            "error": {
                "code": "DeploymentFailed",
                "message": "At least one operation failed.",
                "details": [{"code": "SkuNotAvailable", "message": "No capacity in zone 1."}],
            }
        }
    )
    assert lines(text) == (
        "DeploymentFailed: At least one operation failed.",
        "SkuNotAvailable: No capacity in zone 1.",
    )


def test_json_inside_a_message_is_followed() -> None:
    inner = json.dumps({"error": {"code": "SubnetIsFull", "message": "No addresses left."}})
    text = json.dumps({"error": {"code": "BadRequest", "message": inner}})
    assert lines(text) == ("BadRequest", "SubnetIsFull: No addresses left.")


def test_an_error_that_was_cut_off_gives_what_is_left_of_it() -> None:
    text = '{"error":{"code":"Conflict","message":"The \\"disk\\" is in use by another mach'
    assert lines(text) == ('Conflict: The "disk" is in use by another mach',)


def test_what_is_no_json_comes_back_short() -> None:
    assert lines("no  json\nat all") == ("no json at all",)
    assert len(lines("x" * 5000)[0]) == 400


def test_a_deep_or_odd_document_does_no_harm() -> None:
    deep = "[" * 500 + "]" * 500
    assert lines(deep)
    assert lines("{}") == ("{}",)
    assert lines("17") == ("17",)
