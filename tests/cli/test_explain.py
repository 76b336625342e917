"""`explain`: words to their meanings, offline."""

from __future__ import annotations

import subprocess
import sys

from tests.box import Run


def test_negative_numbers_are_taken_as_typed(run_offline: Run) -> None:
    result = run_offline("explain", "-1073741510", "-9", "-o", "jsonl")
    assert [(item["word"], item["exitCode"], item["hex"]) for item in result.jsonl()] == [
        ("-1073741510", -1073741510, "0xC000013A"),
        ("-9", -9, "0xFFFFFFF7"),
    ]


def test_options_may_follow_and_precede_a_negative_number(run_offline: Run) -> None:
    for words in (["-o", "ids", "-9"], ["-9", "-o", "ids"], ["-o", "ids", "--", "-9"]):
        assert run_offline("explain", *words).stdout == "SIGKILL\n"


def test_an_unknown_code_is_an_answer(run_offline: Run) -> None:
    result = run_offline("explain", "BlobAccesDenied", "-o", "json")
    document = result.json()
    assert result.status == 0
    assert document["summary"] == {"meanings": 0, "unknown": 1}
    assert document["items"][0]["known"] is False
    assert document["items"][0]["suggestions"][0] == "BlobAccessDenied"


def test_the_whole_catalog_is_listed(run_offline: Run) -> None:
    items = run_offline("explain", "--list", "-o", "jsonl").jsonl()
    kinds = {kind: sum(item["kind"] == kind for item in items) for kind in ("code", "nodeState")}
    assert kinds["code"] >= 200
    assert kinds["nodeState"] == 16


def test_nothing_to_explain_is_wrong_usage(run_offline: Run) -> None:
    nothing = run_offline("explain")
    both = run_offline("explain", "137", "--list")
    option = run_offline("explain", "--lst")
    assert (nothing.status, both.status, option.status) == (2, 2, 2)
    assert "No such option: --lst" in option.stderr


def test_csv_has_a_row_for_each_meaning(run_offline: Run) -> None:
    lines = run_offline("explain", "unknown", "-o", "csv").stdout.splitlines()
    assert len(lines) == 5


def test_azure_is_not_imported() -> None:
    code = (
        "import sys; from batchdoctor.cli.main import run;"
        "from batchdoctor.cli.world import process_world;"
        "run(['explain', '137', 'TaskEnded'], process_world());"
        "print([name for name in sys.modules if name.split('.')[0] == 'azure'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_standard_input_is_explained_in_the_place_of_a_dash(run_offline: Run) -> None:
    text = b"\xe2\x94\x82 Error: adding the job: JobExists: it is there.\n\xff exit code 126\n"
    result = run_offline("explain", "-", "-o", "jsonl", stdin=text)
    assert [(item["word"], item["evidence"]) for item in result.jsonl()] == [
        ("JobExists", "Error: adding the job: JobExists: it is there."),
        ("126", "\ufffd exit code 126"),
    ]


def test_a_pasted_text_that_is_one_argument_is_searched(run_offline: Run) -> None:
    result = run_offline("explain", "the pool: exit code 5, then DiskFull", "-o", "ids")
    assert result.stdout == "5\nDiskFull\n"


def test_the_list_is_had_by_kind(run_offline: Run) -> None:
    states = run_offline("explain", "--list", "--kind", "node", "-o", "jsonl").jsonl()
    assert {item["kind"] for item in states} == {"code", "nodeState"}
    assert all("node" in item["where"] for item in states)
    messages = run_offline("explain", "--kind", "message", "-o", "ids")
    assert "disk-read-only\n" in messages.stdout
    assert run_offline("explain", *messages.stdout.split()).status == 0
    page = run_offline("explain", "--kind", "resize", "--kind", "autoscale").stdout.splitlines()
    assert (page[1], page[-1][-8:]) == ("Pool resize", "entries.")
    wrong = run_offline("explain", "--kind", "nodes")
    assert (wrong.status, "'start-task'" in wrong.stderr) == (2, True)
