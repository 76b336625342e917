"""What a log's last line claims: what failed, task or not, bad jobs, and what is not known."""

from __future__ import annotations

import json
from typing import Any

from tests.box import Run
from tests.cli.test_events import record

FAILED_RESIZE = {
    "id": "render",
    "nodeDeallocationOption": "Requeue",
    "currentDedicatedNodes": 2,
    "targetDedicatedNodes": 6,
    "currentLowPriorityNodes": 0,
    "targetLowPriorityNodes": 0,
    "enableAutoScale": False,
    "isAutoPool": False,
    "startTime": "2026-11-20 05:00:00.000",
    "endTime": "2026-11-20 05:15:00.000",
    "resultCode": "Failure",
    "resultMessage": "The account has no cores left",
}
FORMULA_ERROR = {
    "id": "render",
    "timestamp": "2026-11-20T05:30:00Z",
    "formula": "$TargetDedicatedNodes=x",
    "results": "",
    "error": {"code": "UnknownVariable", "message": "x is not known", "values": []},
}
NOT_SCHEDULED = {
    "jobId": "frames",
    "id": "wide",
    "taskType": "User",
    "requiredSlots": 8,
    "schedulingError": {
        "category": "UserError",
        "code": "JobPreparationTaskFailed",
        "message": "no",
    },
}
POOL_LOG = "\n".join(
    [
        record("PoolResizeStartEvent", FAILED_RESIZE, "2026-11-20T05:00:00Z"),
        record("PoolResizeCompleteEvent", FAILED_RESIZE, "2026-11-20T05:15:00Z"),
        # Delivered twice.
        record("PoolResizeCompleteEvent", FAILED_RESIZE, "2026-11-20T05:15:00Z"),
        record(
            "PoolResizeCompleteEvent",
            {**FAILED_RESIZE, "resultCode": "Success", "resultMessage": "done"},
            "2026-11-20T05:20:00Z",
        ),
        record("PoolAutoScaleEvent", FORMULA_ERROR, "2026-11-20T05:30:00Z"),
        record("TaskScheduleFailEvent", NOT_SCHEDULED, "2026-11-20T05:31:00Z"),
        record("TaskScheduleFailEvent", NOT_SCHEDULED, "2026-11-20T05:31:00Z"),
    ]
)


def attempt(name: str, job: str, task: str, node: str, minute: int, exit_code: int = 0) -> str:
    execution: dict[str, Any] = {"retryCount": 0, "requeueCount": 0}
    if name != "TaskStartEvent":
        execution |= {"exitCode": exit_code, "endTime": f"2026-11-20T06:{minute:02}:00Z"}
    body = {
        "jobId": job,
        "id": task,
        "systemTaskVersion": 1,
        "nodeInfo": {"poolId": "render", "nodeId": node},
        "executionInfo": execution,
    }
    return record(name, body, f"2026-11-20T06:{minute:02}:00Z")


def bad_job_log(name: str = "TaskCompleteEvent") -> str:
    """One job fails everywhere; another one runs well on the same nodes."""
    lines = []
    for index in range(12):
        node = f"n{index % 3}"
        lines.append(attempt(name, "night", f"t{index}", node, index, 3))
        if name == "TaskCompleteEvent":
            lines.append(attempt(name, "day", f"t{index}", node, index))
    return "\n".join(lines)


def parse(run: Run, log: str, *words: str) -> Any:
    return run("events", "parse", "-", *words, stdin=log.encode())


def last_line(run: Run, log: str, *words: str) -> str:
    return str(parse(run, log, *words).stdout.splitlines()[-1])


def test_what_failed_and_is_no_task_is_a_failure(run_offline: Run) -> None:
    document = parse(run_offline, POOL_LOG, "-o", "json").json()
    summary = document["summary"]
    assert (summary["failures"], summary["attempts"]) == (0, 0)
    counts = ("failedResizes", "autoscaleErrors", "scheduleFailures", "specialTaskFailures")
    assert [summary[key] for key in counts] == [1, 1, 2, 0]
    assert summary["troubles"][1:] == [
        {
            "kind": "autoscale-error",
            "poolId": "render",
            "jobId": None,
            "code": "UnknownVariable",
            "message": "x is not known",
            "detail": None,
            "times": 1,
            "firstTime": "2026-11-20T05:30:00Z",
            "lastTime": "2026-11-20T05:30:00Z",
        },
        {
            "kind": "resize-failed",
            "poolId": "render",
            "jobId": None,
            "code": "Failure",
            "message": "The account has no cores left",
            "detail": "2 to 6 dedicated nodes",
            "times": 1,
            "firstTime": "2026-11-20T05:15:00Z",
            "lastTime": "2026-11-20T05:15:00Z",
        },
    ]
    assert (summary["troubles"][0]["jobId"], summary["troubles"][0]["times"]) == ("frames", 2)


def test_the_page_tells_of_it_and_the_last_line_does_not_deny_it(run_offline: Run) -> None:
    page = parse(run_offline, POOL_LOG).stdout
    assert page.endswith(
        "Failed, and no attempt of a task\n"
        "SCHEDULING  job frames\n"
        "            2 times, at 2026-11-20 05:31:00Z\n"
        "            JobPreparationTaskFailed: no\n"
        "            task wide\n"
        "            $ batchdoctor job diagnose --job frames\n"
        "\n"
        "AUTOSCALE   pool render\n"
        "            1 time, at 2026-11-20 05:30:00Z\n"
        "            UnknownVariable: x is not known\n"
        "            $ batchdoctor pool diagnose --pool render\n"
        "\n"
        "RESIZE      pool render\n"
        "            1 time, at 2026-11-20 05:15:00Z\n"
        "            Failure: The account has no cores left\n"
        "            2 to 6 dedicated nodes\n"
        "            $ batchdoctor pool diagnose --pool render\n"
        "\n"
        "No attempt of a task is in it, so nothing is known of tasks from 2026-11-20 05:00Z to"
        " 05:31Z; 1 failed resize, 1 autoscale error, 2 failed schedulings.\n"
    )


def test_a_preparation_task_that_failed_is_told_with_its_job_and_its_node(
    run_offline: Run,
) -> None:
    body = {
        "jobId": "frames",
        "taskName": "prepare",
        "nodeInfo": {"poolId": "render", "nodeId": "n7"},
        "executionInfo": {"exitCode": 3, "retryCount": 0},
    }
    log = record("SpecialTaskEvent", body, "2026-11-20T05:00:00Z")
    well = record("SpecialTaskEvent", {**body, "executionInfo": {"exitCode": 0}})
    (trouble,) = parse(run_offline, f"{log}\n{well}", "-o", "json").json()["summary"]["troubles"]
    told = [trouble[key] for key in ("kind", "jobId", "poolId", "code", "detail", "times")]
    assert told == ["special-task-failed", "frames", None, "exit code 3", "prepare on n7", 1]
    assert last_line(run_offline, log).endswith("; 1 failed special task.")


def test_an_alert_on_any_failure_hears_of_it(run_offline: Run) -> None:
    assert parse(run_offline, POOL_LOG, "--fail-on", "any").status == 10
    healthy = record("PoolResizeCompleteEvent", {**FAILED_RESIZE, "resultCode": "Success"})
    assert parse(run_offline, healthy, "--fail-on", "any").status == 0


def test_the_timeline_marks_it(run_offline: Run) -> None:
    items = parse(run_offline, POOL_LOG, "--show", "timeline", "-o", "jsonl").jsonl()
    marked = {
        item["startTime"][11:16]: {key for key, value in item.items() if value and value in {1, 2}}
        for item in items
    }
    assert {minute: keys for minute, keys in marked.items() if keys} == {
        "05:00": {"resizes"},
        "05:15": {"failedResizes"},
        "05:30": {"autoscaleErrors", "scheduleFailures"},
    }


def test_bars_of_the_timeline_are_as_long_as_the_peak_allows(run_offline: Run) -> None:
    log = "\n".join(
        attempt("TaskFailEvent", "j", f"t{index}", "n", minute, 1)
        for index, minute in enumerate([1, 1, 1, 1, 2, 3, 3])
    )
    rows = parse(run_offline, log, "--show", "timeline").page.splitlines()[1:4]
    assert [row.count("█") for row in rows] == [20, 5, 10]
    assert "%" not in "".join(rows)


def test_a_tally_keeps_it_and_adds_it_up(run_offline: Run, tmp_path: Any) -> None:
    kept = str(tmp_path / "kept")
    parse(run_offline, POOL_LOG, "--tally-out", kept)
    later = POOL_LOG.replace("2026-11-20T05:15", "2026-11-20T07:15")
    summary = parse(run_offline, later, "--merge", kept, "-o", "json").json()["summary"]
    assert (summary["failedResizes"], summary["autoscaleErrors"]) == (2, 1)


def test_a_bad_job_is_named_and_its_nodes_are_not(run_offline: Run) -> None:
    assert last_line(run_offline, bad_job_log()) == (
        "12 failures in 24 attempts from 2026-11-20 06:00Z to 06:11Z, 12 of them application;"
        " job night fails (12 of 12 on 3 nodes); no suspect node."
    )
    summary = parse(run_offline, bad_job_log(), "-o", "json").json()["summary"]
    assert summary["byJob"] == {"night": 12}
    assert summary["byNode"] == {f"render/n{index}": 4 for index in range(3)}


def test_a_bad_node_is_named_and_its_jobs_are_not(run_offline: Run) -> None:
    log = "\n".join(
        attempt("TaskCompleteEvent", f"j{index // 20}", f"t{index}", f"n{index % 4}", index, code)
        for index in range(40)
        for code in [1 if index % 4 == 0 else 0]
    )
    assert last_line(run_offline, log).endswith("; suspect: render/n0.")


def test_without_successes_neither_job_nor_node_is_judged(run_offline: Run) -> None:
    log = bad_job_log("TaskFailEvent")
    assert last_line(run_offline, log) == (
        "12 failures in 12 attempts from 2026-11-20 06:00Z to 06:11Z, 12 of them application;"
        " suspect nodes not known: the log has no successes to compare with."
    )
    checked = parse(run_offline, log, "-o", "json").json()["checked"]
    assert {each["check"]: each["objects"] for each in checked} == {
        "task-failures": 12,
        "unfinished-attempts": None,
        "suspect-nodes": None,
        "failing-jobs": None,
        "failed-resizes": 0,
        "autoscale-errors": 0,
        "schedule-failures": 12,
    }


def test_what_a_filter_leaves_out_is_said_to_be_left_out(run_offline: Run) -> None:
    assert last_line(run_offline, f"{bad_job_log()}\n{POOL_LOG}", "--job", "day") == (
        "No failures in 12 attempts from 2026-11-20 06:00Z to 06:11Z;"
        " --job leaves events of pools out."
    )


def test_the_span_of_a_log_is_that_of_its_events(run_offline: Run) -> None:
    document = parse(run_offline, bad_job_log(), "-o", "json").json()
    assert document["span"] == {"since": "2026-11-20T06:00:00Z", "until": "2026-11-20T06:11:00Z"}
    assert parse(run_offline, bad_job_log(), "--job", "x", "-o", "json").json()["span"] == {
        "since": None,
        "until": None,
    }


def test_attempts_without_an_end_are_not_called_well(run_offline: Run) -> None:
    log = attempt("TaskStartEvent", "j", "t", "n", 5)
    assert last_line(run_offline, log) == (
        "1 attempt at 2026-11-20 06:05Z without any end, so whether it failed is not known."
    )


def test_a_later_start_ends_the_attempt_before_it(run_offline: Run) -> None:
    lines = [
        json.loads(attempt("TaskStartEvent", "sim", "t", node, minute))
        for node, minute in (("n1", 0), ("n1", 20), ("n2", 50))
    ]
    for version, line in enumerate(lines):
        line["properties"]["systemTaskVersion"] = version
    log = "\n".join(map(json.dumps, lines))
    items = parse(run_offline, log, "--show", "unfinished", "-o", "jsonl").jsonl()
    assert [
        (item["nodeId"], item["overtaken"], item["durationSeconds"], item["nextStartTime"])
        for item in items
    ] == [
        ("n2", False, 0.0, None),
        ("n1", True, 1800.0, "2026-11-20T06:50:00Z"),
        ("n1", True, 1200.0, "2026-11-20T06:20:00Z"),
    ]
    summary = parse(run_offline, log, "-o", "json").json()["summary"]
    assert (summary["unfinished"], summary["overtaken"]) == (1, 2)
    assert parse(run_offline, log, "--fail-on", "any").status == 10


def test_no_node_of_an_old_log_is_to_be_disabled(run_offline: Run) -> None:
    log = "\n".join(
        attempt("TaskCompleteEvent", f"j{index // 20}", f"t{index}", f"n{index % 4}", index, code)
        for index in range(40)
        for code in [1 if index % 4 == 0 else 0]
    )
    recent = parse(run_offline, log, "--show", "nodes", "-o", "jsonl").jsonl()[0]["advice"]
    old = parse(
        run_offline, log.replace("2026-11-20", "2026-10-20"), "--show", "nodes", "-o", "jsonl"
    ).jsonl()[0]["advice"]
    assert any("node disable" in line for line in recent)
    assert old == [
        "its last failure was 31 days before this was asked: see first whether it is still there",
        "batchdoctor node show n0 --pool render",
    ]


def test_failures_out_of_a_log_have_their_time_beside_their_age(run_offline: Run) -> None:
    page = parse(
        run_offline, attempt("TaskFailEvent", "j", "t", "n", 5, 1), "--show", "failures"
    ).stdout
    assert "2026-11-20 06:05:00Z (20 h 55 min ago)" in page
