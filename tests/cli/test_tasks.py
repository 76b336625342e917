"""`tasks failed`: driven through the real client over HTTP against the sandbox."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import datetime, timedelta

import pytest

from batchdoctor.core.failures.item import FailedTask
from batchdoctor.sandbox import Fault
from tests.box import NOW, Box, Open

# Every way in which one exchange of a listing can go wrong and be made good by asking again.
FAULTS = {
    "429 with seconds": Fault("throttled", retry_after="1"),
    "429 with a date": Fault("throttled", retry_after_date=2.0),
    "503 with seconds": Fault("busy", retry_after="1"),
    "503 with a date": Fault("busy", retry_after_date=2.0),
    "500": Fault("internal-error"),
    "502 in HTML": Fault("bad-gateway"),
    "reset before the answer": Fault("reset"),
    "reset in the body": Fault("reset-in-body"),
    "truncated JSON": Fault("truncated-json"),
    "invalid JSON": Fault("invalid-json"),
    "slow body": Fault("drip", delay=0.0),
}
PLACES = {"the jobs": "GET /jobs", "a listing of tasks": "GET /jobs/{id}/tasks"}


def at(fault: Fault, route: str) -> Fault:
    return Fault(
        kind=fault.kind,
        route=route,
        retry_after=fault.retry_after,
        retry_after_date=fault.retry_after_date,
        delay=fault.delay,
    )


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_on_the_way_changes_not_one_byte_of_the_output(
    open_box: Open, fault: Fault, place: str
) -> None:
    box = open_box("night-shift")
    whole = {form: box.run("tasks", "failed", "-o", form) for form in ("jsonl", "table")}
    for form, expected in whole.items():
        box.order(at(fault, place))
        box.clock.now = NOW  # which waiting for the service has moved on
        result = box.run("tasks", "failed", "-o", form)
        assert (result.status, result.output) == (expected.status, expected.output)
        assert not box.sandbox.unfired_faults()


def test_the_answer_of_json_has_exactly_the_keys_of_the_contract(open_box: Open) -> None:
    told = open_box("night-shift").run("tasks", "failed", "-o", "json").json()
    assert list(told) == [
        "schemaVersion",
        "command",
        "account",
        "generatedAt",
        "complete",
        "problems",
        "summary",
        "span",
        "checked",
        "items",
    ]
    assert list(told["summary"]) == [
        "tasks",
        "byCategory",
        "byCode",
        "byExitCode",
        "byNode",
        "byJob",
    ]
    assert {tuple(item) for item in told["items"]} == {FailedTask.__struct_encode_fields__}
    assert (told["schemaVersion"], told["command"], told["complete"]) == (1, "tasks failed", True)
    assert told["generatedAt"] == "2026-11-21T03:00:00Z"


def test_the_summary_counts_the_items(open_box: Open) -> None:
    told = open_box("night-shift").run("tasks", "failed", "-o", "json").json()
    items, summary = told["items"], told["summary"]
    assert summary["tasks"] == len(items) > 50
    assert summary["byCategory"] == dict(Counter(item["category"] for item in items))
    assert summary["byJob"] == dict(Counter(item["jobId"] for item in items))
    assert summary["byCode"] == dict(Counter(item["code"] for item in items if item["code"]))
    assert set(summary["byCategory"]) == {
        "application",
        "preprocessing",
        "constraint",
        "fileUpload",
        "node",
        "unknown",
    }


def test_every_failed_task_of_the_account_is_in_the_answer(open_box: Open) -> None:
    box = open_box("night-shift")
    told = box.run("tasks", "failed", "-o", "ids").stdout.split()
    failed = [
        f"{task.job.id}/{task.id}" for task in box.sandbox.store.tasks() if task.result == "failure"
    ]
    assert sorted(told) == sorted(failed)
    assert len(told) == len(set(told))


def test_exit_code_0_with_a_failed_upload_is_a_failure_and_a_null_exit_code_is_normal(
    open_box: Open,
) -> None:
    items = open_box("night-shift").run("tasks", "failed", "-o", "jsonl").jsonl()
    uploads = [item for item in items if item["category"] == "fileUpload"]
    assert uploads
    assert {item["exitCode"] for item in uploads} == {0}
    unstarted = [item for item in items if item["category"] == "preprocessing"]
    assert {item["exitCode"] for item in unstarted} == {None}


def test_a_signature_in_a_message_is_masked_in_every_format(open_box: Open) -> None:
    box = open_box("night-shift")
    for form in ("json", "jsonl", "csv", "tsv", "table", "ids"):
        shown = box.run("tasks", "failed", "-o", form).stdout
        assert "sig=" not in shown.replace("sig=***", "")
    assert "sig=***" in box.run("tasks", "failed", "-o", "jsonl").stdout


def test_every_format_tells_of_the_same_tasks(open_box: Open) -> None:
    box = open_box("night-shift")
    items = box.run("tasks", "failed", "-o", "json").json()["items"]
    names = [f"{item['jobId']}/{item['taskId']}" for item in items]
    assert box.run("tasks", "failed", "-o", "jsonl").jsonl() == items
    assert box.run("tasks", "failed", "-o", "ids").stdout.split() == names
    rows = list(csv.reader(io.StringIO(box.run("tasks", "failed", "-o", "csv").stdout)))
    assert rows[0] == list(FailedTask.__struct_encode_fields__)
    assert [f"{row[0]}/{row[1]}" for row in rows[1:]] == names
    lines = box.run("tasks", "failed", "-o", "tsv").stdout.splitlines()
    assert ["/".join(line.split("\t")[:2]) for line in lines] == names
    table = box.run("tasks", "failed").stdout
    assert all(name in table for name in names)


def test_the_service_filters_and_selects_and_only_the_page_asked_for_is_read(
    open_box: Open,
) -> None:
    box = open_box("bad-job")
    box.run("tasks", "failed", "--since", "6h")
    queries = [request.query for request in box.sandbox.requests if request.path.endswith("/tasks")]
    assert queries
    assert {query["$filter"] for query in queries} == {
        "state eq 'completed' and executionInfo/result eq 'failure' and "
        "executionInfo/endTime ge DateTime'2026-11-20T21:00:00Z'"
    }
    assert all("commandLine" not in query["$select"] for query in queries)


def test_since_leaves_out_what_ended_before(open_box: Open) -> None:
    box = open_box("night-shift")
    everything = box.run("tasks", "failed", "-o", "jsonl").jsonl()
    recent = box.run("tasks", "failed", "--since", "1h", "-o", "jsonl").jsonl()
    border = NOW - timedelta(hours=1)
    assert recent == [
        item for item in everything if datetime.fromisoformat(item["endTime"]) >= border
    ]
    assert 0 < len(recent) < len(everything)


def test_job_pool_and_limit_narrow_the_answer(open_box: Open) -> None:
    box = open_box("night-shift")
    everything = box.run("tasks", "failed", "-o", "jsonl").jsonl()
    job, pool = everything[0]["jobId"], everything[0]["poolId"]
    assert box.run("tasks", "failed", "--job-id", job, "-o", "jsonl").jsonl() == [
        item for item in everything if item["jobId"] == job
    ]
    assert box.run("tasks", "failed", "--pool", pool, "-o", "jsonl").jsonl() == [
        item for item in everything if item["poolId"] == pool
    ]
    assert box.run("tasks", "failed", "--limit", "3", "-o", "jsonl").jsonl() == everything[:3]


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("node", lambda item: f"{item['poolId']}/{item['nodeId']}"),
        ("job", lambda item: item["jobId"]),
        ("category", lambda item: item["category"]),
    ],
)
def test_by_groups_the_failures_the_largest_group_first(
    open_box: Open, by: str, key: object
) -> None:
    box = open_box("night-shift")
    items = box.run("tasks", "failed", "-o", "jsonl").jsonl()
    groups = box.run("tasks", "failed", "--by", by, "-o", "jsonl").jsonl()
    assert callable(key)
    assert {group["key"]: group["failures"] for group in groups} == Counter(map(key, items))
    counts = [group["failures"] for group in groups]
    assert counts == sorted(counts, reverse=True)
    assert groups[0]["share"] == round(counts[0] / len(items), 4)


def test_fail_on_any_is_status_10_with_failures_and_0_without(open_box: Open) -> None:
    assert open_box("bad-job").run("tasks", "failed", "--fail-on", "any").status == 10
    assert open_box("healthy").run("tasks", "failed", "--fail-on", "any").status == 0


NONE_FAILED = "No failed tasks in 3 jobs (of all time).\n"


def test_without_failures_the_answer_is_one_line(open_box: Open) -> None:
    result = open_box("healthy").run("tasks", "failed")
    assert (result.status, result.page, result.stderr) == (0, NONE_FAILED, "")


def test_a_job_that_does_not_exist_is_status_3(open_box: Open) -> None:
    result = open_box("healthy").run("tasks", "failed", "--job", "nope", "-o", "json")
    assert (result.status, result.stdout) == (3, "")
    assert json.loads(result.stderr)["error"]["code"] == "JobNotFound"


def test_a_wrong_key_is_status_4_after_one_request(open_box: Open) -> None:
    box = open_box("healthy")
    other = "c29tZSBvdGhlciBrZXk="
    result = box.run("tasks", "failed", environ={"AZURE_BATCH_ACCESS_KEY": other})
    assert (result.status, result.stdout) == (4, "")
    assert "AuthenticationFailed" in result.stderr
    assert other not in result.stderr
    assert len(box.sandbox.requests) == 1


def test_one_job_that_cannot_be_read_hides_no_other(open_box: Open) -> None:
    box = open_box("night-shift")
    whole = box.run("tasks", "failed", "-o", "jsonl").jsonl()
    first = whole[0]["jobId"]
    box.order(Fault("internal-error", route=f"GET /jobs/{first}/tasks", times=None))
    result = box.run("tasks", "failed", "-o", "json", "--timeout", "5")
    assert result.status == 6
    assert [problem["subject"] for problem in result.json()["problems"]] == [f"job {first}"]
    assert result.json()["items"] == [item for item in whole if item["jobId"] != first]


def test_a_service_that_is_gone_is_asked_no_more_and_that_is_told(open_box: Open) -> None:
    box = open_box("night-shift")
    box.order(Fault("internal-error", route="GET /jobs/{id}/tasks", times=None))
    told = box.run("tasks", "failed", "-o", "json", "--timeout", "5").json()
    assert [problem["subject"] for problem in told["problems"]][-1] == "the rest"
    assert len(told["problems"]) == 4
    assert told["complete"] is False


def test_a_job_named_twice_or_in_another_case_is_one_job(open_box: Open) -> None:
    box = open_box("night-shift")
    once = box.run("tasks", "failed", "--job", "encode-20261121", "-o", "jsonl")
    twice = ["--job", "ENCODE-20261121", "--job", "encode-20261121"]
    assert box.run("tasks", "failed", *twice, "-o", "jsonl").output == once.output


def test_a_pool_may_be_named_in_any_case_and_one_that_never_was_is_status_3(
    open_box: Open,
) -> None:
    box = open_box("night-shift")
    once = box.run("tasks", "failed", "--pool", "render-linux", "-o", "jsonl")
    assert box.run("tasks", "failed", "--pool", "RENDER-linux", "-o", "jsonl").output == once.output
    missing = box.run("tasks", "failed", "--pool", "nope")
    assert (missing.status, missing.stdout) == (3, "")


def test_of_several_jobs_the_ones_that_exist_are_read(open_box: Open) -> None:
    box = open_box("night-shift")
    result = box.run("tasks", "failed", "--job", "nope", "--job", "encode-20261121", "-o", "json")
    assert (result.status, result.json()["complete"]) == (3, False)
    assert {item["jobId"] for item in result.json()["items"]} == {"encode-20261121"}


def test_what_was_read_is_shown_and_marked_incomplete_when_the_service_goes_away(
    open_box: Open,
) -> None:
    box = open_box("night-shift")
    jobs = [item["jobId"] for item in box.run("tasks", "failed", "-o", "jsonl").jsonl()]
    last = jobs[-1]
    box.order(Fault("busy", route=f"GET /jobs/{last}/tasks", times=None))
    result = box.run("tasks", "failed", "-o", "json", "--timeout", "2")
    told = result.json()
    assert (result.status, told["complete"]) == (6, False)
    assert [problem["subject"] for problem in told["problems"]] == [f"job {last}"]
    assert {item["jobId"] for item in told["items"]} == set(jobs) - {last}
    assert f"warning: job {last}" in result.stderr


def test_a_service_that_never_answers_well_is_status_6_and_no_document(open_box: Open) -> None:
    box = open_box("healthy")
    box.order(Fault("busy", route="*", times=None))
    result = box.run("tasks", "failed", "-o", "json", "--timeout", "2")
    assert (result.status, result.stdout) == (6, "")
    assert json.loads(result.stderr)["error"]["exitStatus"] == 6


def test_retries_are_one_line_each_under_v_and_a_summary_without(open_box: Open) -> None:
    box = open_box("bad-job")
    box.order(Fault("busy", route="GET /jobs", times=2))
    loud = box.run("tasks", "failed", "-v").stderr.splitlines()
    assert len([line for line in loud if line.startswith("retry: list the jobs: attempt")]) == 2
    box.order(Fault("busy", route="GET /jobs", times=2))
    quiet = box.run("tasks", "failed").stderr.splitlines()
    assert len(quiet) == 1
    assert quiet[0].startswith("note: 2 requests were sent again, after waiting ")


def test_the_page_fits_80_columns_except_for_ids_that_do_not(open_box: Open) -> None:
    shown = open_box("bad-node").run("tasks", "failed").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.splitlines()[-1].endswith(" application (of all time).")


def shown_in_colour(box: Box) -> str:
    return box.run("tasks", "failed", terminal=True).stdout


def test_a_terminal_gets_colour_and_no_color_takes_it_away_and_nothing_else(
    open_box: Open,
) -> None:
    box = open_box("bad-node")
    plain = box.run("tasks", "failed", "--all").stdout
    assert "\x1b[" in shown_in_colour(box)
    for environ in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        shown = box.run("tasks", "failed", "--all", terminal=True, environ=environ).stdout
        assert shown == plain


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        (
            ["--by", "exit-code", "--pool", "sim-spot", "--since", "6h"],
            "batchdoctor tasks failed --pool sim-spot --exit-code 1 --since 6h",
        ),
        (
            ["--by", "job", "--pool", "sim-spot"],
            "batchdoctor tasks failed --job risk-var-20261121 --pool sim-spot",
        ),
        (["--by", "code", "risk-var-20261121"], "batchdoctor explain FailureExitCode"),
        (
            ["render-20261121", "--since", "6h"],
            "batchdoctor nodes suspect --job render-20261121 --since 6h",
        ),
        (["--pool", "sim-spot"], "batchdoctor nodes suspect --pool sim-spot"),
    ],
)
def test_the_next_command_keeps_the_filters(open_box: Open, argv: list[str], command: str) -> None:
    assert f"  $ {command}\n" in open_box("night-shift").run("tasks", "failed", *argv).stdout
