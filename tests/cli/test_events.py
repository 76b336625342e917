"""`events parse`: bodies as Microsoft documents them, and logs as a storage account keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.core.failures.item import FailedTask
from batchdoctor.core.log.items import EventItem
from tests.box import NOW, Run, run_with

# The bodies that Microsoft's pages of the three task events show.
START = {
    "jobId": "job-0000000001",
    "id": "task-5",
    "taskType": "User",
    "systemTaskVersion": 0,
    "nodeInfo": {"poolId": "pool-001", "nodeId": "tvm-257509324_1-20160908t162728z"},
    "multiInstanceSettings": {"numberOfInstances": 1},
    "constraints": {"maxTaskRetryCount": 2},
    "executionInfo": {"retryCount": 0},
}
FAIL = {
    **START,
    "executionInfo": {
        "startTime": "2016-09-08T16:32:23.799Z",
        "endTime": "2016-09-08T16:34:00.666Z",
        "exitCode": 1,
        "retryCount": 2,
        "requeueCount": 0,
    },
}
SUCCESS = {
    **START,
    "id": "task-6",
    "executionInfo": {
        "startTime": "2016-09-08T16:32:23.799Z",
        "endTime": "2016-09-08T16:34:00.666Z",
        "exitCode": 0,
        "retryCount": 0,
        "requeueCount": 0,
        "result": "Success",
        "schedulingError": {"category": "", "code": "", "message": "", "details": []},
    },
}


def record(name: str, body: Mapping[str, Any], time: str = "2016-09-08T16:34:01Z") -> str:
    return json.dumps(
        {
            "time": time,
            "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.BATCH/"
            "BATCHACCOUNTS/ACCT/",
            "category": "ServiceLog",
            "operationName": name,
            "operationVersion": "2017-06-01",
            "properties": body,
        }
    )


LOG = "\n".join(
    [
        record("TaskStartEvent", START, "2016-09-08T16:32:00Z"),
        record("TaskCompleteEvent", FAIL),
        record("TaskFailEvent", FAIL),
        record("TaskFailEvent", FAIL),
        record("TaskCompleteEvent", SUCCESS, "2016-09-08 16:40:00.5"),
        record("NobodyKnowsEvent", {"id": "x"}),
        '{"time": "2016-09-08T16:3',
    ]
)


def test_a_bare_body_is_told_by_its_fields(run_offline: Run) -> None:
    several = "\n".join(json.dumps(body, indent=2) for body in (START, FAIL, SUCCESS))
    summary = run_offline("events", "parse", "-", "-o", "json", stdin=several.encode()).json()[
        "summary"
    ]
    assert summary["events"] == {"TaskCompleteEvent": 1, "TaskFailEvent": 1, "TaskStartEvent": 1}
    assert (summary["failures"], summary["byExitCode"]) == (1, {"1": 1})


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(FAIL),
        json.dumps(FAIL, indent=4),
        json.dumps([FAIL]),
        json.dumps(FAIL, indent="\t").replace("\n", "\r\n"),
        "\ufeff" + json.dumps(FAIL),
        record("TaskFailEvent", FAIL),
        json.dumps({"records": [json.loads(record("TaskFailEvent", FAIL))]}),
        json.dumps({"records": [json.loads(record("TaskFailEvent", FAIL))]}, indent=2),
    ],
)
def test_any_layout_of_the_same_event_gives_the_same_failure(
    run_offline: Run, written: str
) -> None:
    result = run_offline(
        "events", "parse", "-", "--show", "failures", "-o", "jsonl", stdin=written.encode()
    )
    assert result.status == 0
    (item,) = result.jsonl()
    assert tuple(item) == FailedTask.__struct_encode_fields__
    assert {key: item[key] for key in FailedTask.__struct_encode_fields__[:5]} == {
        "jobId": "job-0000000001",
        "taskId": "task-5",
        "poolId": "pool-001",
        "nodeId": "tvm-257509324_1-20160908t162728z",
        "category": "application",
    }
    assert (item["exitCode"], item["retryCount"], item["maxTaskRetryCount"]) == (1, 2, 2)
    assert (item["startTime"], item["durationSeconds"]) == ("2016-09-08T16:32:23.799Z", 96.867)


def test_the_summary_counts_a_failure_once_and_tells_what_was_skipped(
    run_offline: Run, tmp_path: Path
) -> None:
    log = tmp_path / "PT1H.json"
    log.write_text(LOG)
    told = run_offline("events", "parse", str(log), "-o", "json").json()
    assert told["complete"] is False
    assert told["account"] is None
    assert told["summary"] == {
        "events": {
            "NobodyKnowsEvent": 1,
            "TaskCompleteEvent": 2,
            "TaskFailEvent": 2,
            "TaskStartEvent": 1,
        },
        "unknownEvents": 1,
        "auditRecords": 0,
        "malformed": 1,
        "malformedByKind": told["summary"]["malformedByKind"],
        "untimed": 0,
        "assumed": [],
        "duplicates": 1,
        "attempts": 3,
        "failures": 1,
        "unfinished": 0,
        "oldestUnfinished": None,
        "retried": 1,
        "requeued": 0,
        "serviceRetries": 0,
        "overtaken": 1,
        "byCategory": {"application": 1},
        "byCode": {},
        "byExitCode": {"1": 1},
        "byJob": {"job-0000000001": 1},
        "byNode": {"pool-001/tvm-257509324_1-20160908t162728z": 1},
        "failedResizes": 0,
        "autoscaleErrors": 0,
        "scheduleFailures": 0,
        "specialTaskFailures": 0,
        "troubles": [],
        "outages": [],
        "rises": [],
        "jobs": 1,
        "pools": 1,
        "nodes": 1,
        "firstTime": "2016-09-08T16:32:00Z",
        "lastTime": "2016-09-08T16:40:00.5Z",
    }


def test_the_page_is_the_summary_then_the_failures_then_the_verdict(
    run_offline: Run, tmp_path: Path
) -> None:
    log = tmp_path / "PT1H.json"
    log.write_text(LOG)
    shown = run_offline("events", "parse", str(log)).stdout
    assert shown == (
        "event logs  2026-11-21 03:00 UTC  all time\n"
        "not read: damaged parts: 1 skipped\n"
        "\n"
        "events       2 TaskCompleteEvent, 2 TaskFailEvent, 1 NobodyKnowsEvent, 1\n"
        "             TaskStartEvent\n"
        "time         2016-09-08 16:32:00Z to 2016-09-08 16:40:00Z (8 min)\n"
        "tasks        3 attempts, of which 1 retried, 0 requeued, 0 tried again by the\n"
        "             service\n"
        "begun again  1 attempt has no end in the log, and its task began again: given up\n"
        "             by the service, or the end is missing (--show unfinished names\n"
        "             them)\n"
        "where        1 job, 1 pool, 1 node\n"
        "duplicates   1, counted once\n"
        "damaged      1 skipped: 1 cut off\n"
        "\n"
        "Failures by category\n"
        "application  1  ████████████████████ 100%  the program ran and said no\n"
        "\n"
        "No node fails more than its jobs explain.\n"
        "\n"
        "1 failure in 3 attempts from 2016-09-08 16:32Z to 16:40Z, 1 of them application; "
        "1 attempt without an end, and its task began again; no suspect node "
        "(not everything could be read).\n"
    )


def test_damaged_places_are_named_under_v(run_offline: Run, tmp_path: Path) -> None:
    log = tmp_path / "PT1H.json"
    log.write_text(LOG)
    told = run_offline("events", "parse", str(log), "-v").stderr
    assert told.startswith(f"damaged: {log}: line 7, byte {LOG.rindex(chr(10)) + 1}: ")


def test_every_event_is_one_normal_record(run_offline: Run) -> None:
    items = run_offline(
        "events", "parse", "-", "--show", "events", "-o", "jsonl", stdin=LOG.encode()
    ).jsonl()
    assert {tuple(item) for item in items} == {EventItem.__struct_encode_fields__}
    assert [item["operationName"] for item in items] == [
        "TaskStartEvent",
        "TaskCompleteEvent",
        "TaskFailEvent",
        "TaskFailEvent",
        "TaskCompleteEvent",
        "NobodyKnowsEvent",
    ]
    assert items[4]["time"] == "2016-09-08T16:40:00.5Z"
    assert items[5]["properties"] == {"id": "x"}


def test_a_folder_is_read_with_all_that_is_in_it(run_offline: Run, tmp_path: Path) -> None:
    for hour, body in enumerate((FAIL, SUCCESS)):
        folder = tmp_path / f"y=2016/m=09/d=08/h={hour:02}/m=00"
        folder.mkdir(parents=True)
        (folder / "PT1H.json").write_text(record("TaskCompleteEvent", body) + "\n")
    summary = run_offline("events", "parse", str(tmp_path), "-o", "json").json()["summary"]
    assert (summary["attempts"], summary["failures"]) == (2, 1)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello\n", b"{}", b"[]", b'{"a": 1}\n' * 3])
def test_input_without_any_event_is_status_7_and_no_document(run_offline: Run, data: bytes) -> None:
    result = run_offline("events", "parse", "-", "-o", "json", stdin=data)
    assert (result.status, result.stdout) == (7, "")
    error = json.loads(result.stderr)["error"]
    assert (error["exitStatus"], error["message"]) == (
        7,
        "There is no Batch event in standard input.",
    )


def test_a_file_that_is_not_there_is_status_7(run_offline: Run, tmp_path: Path) -> None:
    result = run_offline("events", "parse", str(tmp_path / "nope.json"))
    assert (result.status, result.stdout) == (7, "")
    assert result.stderr.startswith("error: Cannot read ")


def test_nothing_to_read_on_a_terminal_is_a_hint_not_a_wait(run_offline: Run) -> None:
    result = run_offline("events", "parse", terminal=True)
    assert (result.status, result.stdout) == (2, "")
    assert "hint: batchdoctor events parse FILE_OR_FOLDER" in result.stderr


@pytest.mark.parametrize(
    ("option", "failures"),
    [
        (["--job", "job-0000000001"], 1),
        (["--job", "other"], 0),
        (["--pool", "pool-001"], 1),
        (["--pool", "other"], 0),
        (["--node", "tvm-257509324_1-20160908t162728z"], 1),
        (["--category", "application"], 1),
        (["--category", "node"], 0),
        (["--since", "2016-09-08T16:33:00Z"], 1),
        (["--until", "2016-09-08T16:33:00Z"], 0),
    ],
)
def test_filters_act_on_the_items(run_offline: Run, option: list[str], failures: int) -> None:
    items = run_offline(
        "events", "parse", "-", "--show", "failures", "-o", "jsonl", *option, stdin=LOG.encode()
    )
    assert len(items.jsonl()) == failures


def test_fail_on_any_is_status_10_with_a_failure(run_offline: Run) -> None:
    failed = run_offline("events", "parse", "--fail-on", "any", stdin=json.dumps(FAIL).encode())
    fine = run_offline("events", "parse", "--fail-on", "any", stdin=json.dumps(SUCCESS).encode())
    assert (failed.status, fine.status) == (10, 0)


@pytest.mark.parametrize(
    "option", [["--job", "other"], ["--since", "2030-01-01"], ["--category", "node"]]
)
def test_events_of_which_none_was_asked_for_are_no_error(
    run_offline: Run, tmp_path: Path, option: list[str]
) -> None:
    log = tmp_path / "log.json"
    log.write_text(record("TaskFailEvent", FAIL))
    result = run_offline("events", "parse", str(log), *option)
    assert (result.status, result.stdout.splitlines()[-1]) == (
        0,
        "No event matches, so it tells nothing of what was asked.",
    )


@pytest.mark.parametrize(
    "option", [["--category", "foo"], ["--since", "1h", "--until", "6h"], ["--show", "all"]]
)
def test_a_filter_that_can_match_nothing_is_wrong_usage(
    run_offline: Run, option: list[str]
) -> None:
    assert run_offline("events", "parse", "-", *option, stdin=LOG.encode()).status == 2


def test_a_folder_that_contains_itself_is_read_once(run_offline: Run, tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text(record("TaskFailEvent", FAIL))
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "up").symlink_to(tmp_path.parent / tmp_path.name)
    summary = run_offline("events", "parse", str(tmp_path), "-o", "json").json()["summary"]
    assert (summary["attempts"], summary["duplicates"]) == (1, 0)


def test_what_cannot_be_opened_is_told_and_the_rest_is_read(
    run_offline: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text(record("TaskFailEvent", FAIL))
    (tmp_path / "b.json.gz").write_bytes(b"\x1f\x8b\x08\x00")
    result = run_offline("events", "parse", str(tmp_path), "-o", "json")
    assert (result.status, result.json()["complete"]) == (7, False)
    assert result.json()["summary"]["failures"] == 1
    assert [each["subject"] for each in result.json()["problems"]] == [str(tmp_path / "b.json.gz")]
    alone = run_offline("events", "parse", str(tmp_path / "b.json.gz"))
    assert (alone.status, alone.stdout) == (7, "")
    assert "b.json.gz could not be read: " in alone.stderr


def test_a_timeline_has_every_bucket_from_the_first_failure_to_the_last(
    run_offline: Run,
) -> None:
    log = "\n".join(
        record("TaskFailEvent", {**FAIL, "id": f"task-{n}"}, f"2016-09-08T{hour}:30:00Z")
        for n, hour in enumerate((10, 10, 13))
    )
    shown = ["events", "parse", "-", "--show", "timeline"]
    items = run_offline(*shown, "-o", "jsonl", stdin=log.encode()).jsonl()
    assert sum(item["failures"] for item in items) == 3
    assert items[0]["failures"] == 2
    assert items[-1]["failures"] == 1
    assert [item["startTime"] for item in items[1:]] == [item["endTime"] for item in items[:-1]]
    assert "Failures in each " in run_offline(*shown, stdin=log.encode()).stdout


def test_unfinished_attempts_are_listed_with_how_long_they_have_been_running(
    run_offline: Run,
) -> None:
    log = "\n".join(
        (
            record("TaskStartEvent", {**START, "id": "short"}, "2016-09-08T16:30:00Z"),
            record("TaskStartEvent", {**START, "id": "stuck"}, "2016-09-08T10:00:00Z"),
            record("TaskStartEvent", {**START, "id": "task-6"}, "2016-09-08T16:32:00Z"),
            record("TaskCompleteEvent", SUCCESS),
        )
    )
    shown = ["events", "parse", "-", "--show", "unfinished"]
    document = run_offline(*shown, "-o", "json", stdin=log.encode()).json()
    assert document["summary"]["unfinished"] == 2
    assert document["items"][0] == {
        "jobId": "job-0000000001",
        "taskId": "stuck",
        "poolId": "pool-001",
        "nodeId": "tvm-257509324_1-20160908t162728z",
        "startTime": "2016-09-08T10:00:00Z",
        "durationSeconds": 23641.0,
        "retryCount": 0,
        "requeueCount": None,
        "systemTaskVersion": 0,
        "overtaken": False,
        "nextStartTime": None,
    }
    assert run_offline(*shown, stdin=log.encode()).page == (
        "       RAN  JOB/TASK\n"
        "    STARTED               POOL/NODE\n"
        "6 h 34 min  job-0000000001/stuck\n"
        "    2016-09-08T10:00:00Z  pool-001/tvm-257509324_1-20160908t162728z\n"
        " 4 min 1 s  job-0000000001/short\n"
        "    2016-09-08T16:30:00Z  pool-001/tvm-257509324_1-20160908t162728z\n"
        "\n"
        "What does the longest one do?\n"
        "  $ batchdoctor task show --job job-0000000001 --task stuck\n"
        "  $ batchdoctor files tail stdout --job job-0000000001 --task stuck\n"
        "\n"
        "2 attempts started and had not ended when the log ended.\n"
    )


def test_damage_beside_events_that_nobody_asked_for_is_no_lack_of_events(run_offline: Run) -> None:
    log = f"{LOG}\n{{\n".encode()
    result = run_offline("events", "parse", "-", "--job", "nope", stdin=log)
    assert (result.status, "No event matches" in result.stdout) == (0, True)


def test_a_failure_of_nothing_but_a_message_is_one_for_the_summary_too(run_offline: Run) -> None:
    error = {"category": "", "code": "", "message": "disk full"}
    body = {**START, "executionInfo": {"exitCode": 0, "retryCount": 0, "schedulingError": error}}
    log = record("TaskCompleteEvent", body)
    shown = run_offline(
        "events", "parse", "-", "--show", "failures", "-o", "json", stdin=log.encode()
    )
    assert (len(shown.json()["items"]), shown.json()["summary"]["failures"]) == (1, 1)


def test_that_everything_has_ended_is_said_of_what_could_be_read(
    run_offline: Run, tmp_path: Path
) -> None:
    begun = record("TaskStartEvent", {**START, "id": "task-6"}, "2016-09-08T16:32:00Z")
    (tmp_path / "a.json").write_text("\n".join((begun, record("TaskCompleteEvent", SUCCESS))))
    shown = ["events", "parse", str(tmp_path), "--show", "unfinished"]
    all_ended = "Every attempt that started from 2016-09-08 16:32Z to 16:34Z has ended"
    assert run_offline(*shown).page == f"{all_ended}.\n"
    (tmp_path / "b.json.gz").write_bytes(b"\x1f\x8b\x08\x00")
    cut = run_offline(*shown)
    assert f"{all_ended} (not everything could be read)." in cut.stdout
    nothing = run_offline(*shown[:-2], "--job", "nope", *shown[-2:])
    assert "No event matches, so it tells nothing of what was asked (not" in nothing.stdout


@pytest.mark.parametrize(
    "option", [["--merge", "tally"], ["--category", "node"], ["--follow"]], ids=lambda each: each[0]
)
def test_unfinished_attempts_are_not_asked_of_what_cannot_tell(
    run_offline: Run, option: list[str]
) -> None:
    result = run_offline("events", "parse", "log", "--show", "unfinished", *option)
    assert (result.status, result.stdout) == (2, "")
    assert "unfinished" in result.stderr


def test_tallies_of_parts_merged_give_the_answer_of_the_whole(
    run_offline: Run, tmp_path: Path
) -> None:
    lines = LOG.split("\n")[:-1]
    halves = ["\n".join(lines[:3]), "\n".join(lines[3:])]
    for name, half in zip("ab", halves, strict=True):
        kept = str(tmp_path / name)
        assert run_offline("events", "parse", "--tally-out", kept, stdin=half.encode()).status == 0
    merged = run_offline(
        "events", "parse", "--merge", str(tmp_path / "a"), "--merge", str(tmp_path / "b"), "-o",
        "json", terminal=True,
    ).json()  # fmt: skip
    whole = run_offline("events", "parse", "-o", "json", stdin="\n".join(lines).encode()).json()
    assert merged == whole


def test_a_tally_that_would_be_merged_twice_is_named(run_offline: Run, tmp_path: Path) -> None:
    a, b, both = (str(tmp_path / name) for name in ("a", "b", "both"))
    lines = LOG.split("\n")[:-1]
    for name, part in ((a, lines[:3]), (b, lines[3:])):
        run_offline("events", "parse", "--tally-out", name, stdin="\n".join(part).encode())
    merged = run_offline(
        "events", "parse", "--merge", a, "--merge", b, "--tally-out", both, terminal=True
    )
    assert merged.status == 0
    for tallies, owner in (((a, b, a), a), ((both, b), both)):
        words = [word for name in tallies for word in ("--merge", name)]
        again = run_offline("events", "parse", *words, terminal=True)
        assert (again.status, again.stdout) == (7, "")
        assert again.stderr == (
            f"error: What {tallies[-1]} counted would be merged twice: {owner} holds it, too.\n"
            "hint: name each tally once, and none that was merged into another one\n"
        )


def test_a_file_that_is_no_tally_is_status_7(run_offline: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{}")
    assert run_offline("events", "parse", "--merge", str(tmp_path / "a"), terminal=True).status == 7


def test_kql_prints_the_query_and_reads_nothing(run_offline: Run) -> None:
    result = run_offline("events", "parse", "--kql", "--job", "it's", terminal=True)
    assert result.status == 0
    assert result.stdout.startswith("let selected = AzureDiagnostics\n| where ")
    assert '"it' in result.stdout


def test_follow_shows_a_new_failure_and_ends_with_the_sum_at_ctrl_c(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    log.write_text(record("TaskFailEvent", FAIL) + "\n")
    rounds = iter(range(3))

    def write_or_interrupt(_: float) -> None:
        if next(rounds, None) is None:
            raise KeyboardInterrupt
        with log.open("a") as file:
            file.write(record("TaskFailEvent", {**FAIL, "id": f"new-{log.stat().st_size}"}) + "\n")

    run = run_with({}, lambda: NOW, write_or_interrupt)
    result = run("events", "parse", str(log), "--follow", "-o", "jsonl")
    assert result.status == 130
    assert len(result.jsonl()) == 3
    assert all(item["taskId"].startswith("new-") for item in result.jsonl())


def test_follow_of_a_document_with_an_end_or_of_several_logs_is_wrong_usage(
    run_offline: Run,
) -> None:
    assert run_offline("events", "parse", "--follow", "a", "-o", "json").status == 2
    assert run_offline("events", "parse", "--follow", "a", "b").status == 2
    assert run_offline("events", "parse", "--follow", "-").status == 2
