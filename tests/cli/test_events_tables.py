"""Tables that people export, rename and save again: read, or refused with what is missing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.box import Run
from tests.cli.test_events import FAIL, record

HEAD = "TimeGenerated [UTC],OperationName,jobId_s,id_s,nodeInfo_poolId_s,nodeInfo_nodeId_s"
HEAD += ",executionInfo_exitCode_d,executionInfo_endTime_t [UTC]"


def table(*times: str, head: str = HEAD) -> str:
    rows = [
        f'"{time}",TaskFailEvent,night,t{index},p,n,4,"{time}"' for index, time in enumerate(times)
    ]
    return "\ufeff" + "\r\n".join([head, *rows]) + "\r\n"


def parse(run: Run, text: str, *words: str) -> Any:
    return run("events", "parse", "-", *words, stdin=text.encode())


def ends(run: Run, text: str) -> list[str]:
    items = parse(run, text, "--show", "failures", "-o", "jsonl").jsonl()
    return [item["endTime"] for item in items]


def test_one_date_that_tells_decides_for_the_whole_table(run_offline: Run) -> None:
    assert ends(run_offline, table("02/03/2026, 10:00:00.5", "25/03/2026, 10:00:00")) == [
        "2026-03-02T10:00:00.5Z",
        "2026-03-25T10:00:00Z",
    ]
    assert ends(run_offline, table("2/3/2026, 10:00:00", "3/25/2026, 10:00:00")) == [
        "2026-02-03T10:00:00Z",
        "2026-03-25T10:00:00Z",
    ]
    page = parse(run_offline, table("02/03/2026, 10:00", "25/03/2026, 10:00")).stdout
    assert "assumed" not in page


def test_where_no_date_tells_it_is_said_what_was_taken_for_granted(run_offline: Run) -> None:
    result = parse(run_offline, table("02/03/2026, 10:00", "04/03/2026, 10:00"), "-o", "json")
    assert result.json()["summary"]["assumed"] == [
        "dates such as 02/03/2026, 10:00 were taken for day before month"
    ]
    assert result.json()["summary"]["firstTime"] == "2026-03-02T10:00:00Z"
    assert result.stderr == (
        "assumed: dates such as 02/03/2026, 10:00 were taken for day before month\n"
    )


def test_a_local_zone_is_taken_for_utc_and_that_is_said(run_offline: Run) -> None:
    local = table("25.03.2026, 10:00:00,250", head=HEAD.replace("[UTC]", "[Ortszeit]"))
    summary = parse(run_offline, local, "-o", "json").json()["summary"]
    assert summary["firstTime"] == "2026-03-25T10:00:00.25Z"
    assert summary["assumed"] == [
        "the zone of TimeGenerated [Ortszeit] is not known, and was taken for UTC"
    ]


def test_a_time_that_cannot_be_read_is_a_problem(run_offline: Run) -> None:
    result = parse(run_offline, table("05:10.7", "25/03/2026, 10:00"), "-o", "json")
    document = result.json()
    assert (document["complete"], document["summary"]["untimed"]) == (False, 1)
    assert document["problems"][0]["message"] == "1 could not be read, such as '05:10.7'"
    assert result.stderr == "not read: times: 1 could not be read, such as '05:10.7'\n"
    assert document["summary"]["failures"] == 2


def test_a_limit_of_time_drops_no_event_silently(run_offline: Run) -> None:
    text = table("05:10.7", "25/03/2026, 10:00")
    document = parse(run_offline, text, "--since", "2026-03-01", "-o", "json").json()
    assert (document["complete"], document["summary"]["failures"]) == (False, 1)
    assert document["problems"][0]["message"] == (
        "of 1 event no time is known, so it was left out, such as '05:10.7'"
    )
    last = parse(run_offline, text, "--until", "2026-03-01").stdout.splitlines()[-1]
    assert last.endswith("(not everything could be read).")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_usual_mark_may_stand_between_columns(run_offline: Run, mark: str) -> None:
    rows = [HEAD.split(","), ["2026-03-25 10:00", "TaskFailEvent", "night", "t", "p", "n", "4", ""]]
    text = "\n".join(mark.join(row) for row in rows)
    assert parse(run_offline, text, "-o", "json").json()["summary"]["byJob"] == {"night": 1}


@pytest.mark.parametrize(
    "head",
    [
        "TimeGenerated,jobId,taskId,nodeId,exitCode",
        "time,Job,Task,Node,Exit Code",
        "TimeGenerated [UTC],jobId_s,id_s,nodeInfo_nodeId_s,executionInfo_exitCode_d",
        "timestamp;job_id;task_id;node_id;exit_code",
    ],
)
def test_renamed_columns_are_read_where_they_leave_no_doubt(run_offline: Run, head: str) -> None:
    mark = ";" if ";" in head else ","
    rows = [["2026-03-25 10:00", "night", f"t{code}", "n", str(code)] for code in (0, 9)]
    text = "\n".join([head, *(mark.join(row) for row in rows)])
    document = parse(run_offline, text, "-o", "json").json()
    assert document["complete"] is True
    assert document["summary"]["events"] == {"TaskCompleteEvent": 1, "TaskFailEvent": 1}
    assert document["summary"]["byExitCode"] == {"9": 1}


def test_a_row_that_does_not_tell_how_it_ended_is_told_as_damage(run_offline: Run) -> None:
    text = "TimeGenerated,jobId,taskId,exitCode\n2026-03-25 10:00,j,a,1\n2026-03-25 10:00,j,b,\n"
    summary = parse(run_offline, text, "-o", "json").json()["summary"]
    assert (summary["failures"], summary["malformedByKind"]) == (1, {"event of unknown kind": 1})


def test_what_is_missing_from_a_table_is_named(run_offline: Run) -> None:
    text = "TimeGenerated,jobId_s,nodeInfo_nodeId_s\n2026-03-25 10:00,j,n\n"
    result = parse(run_offline, text)
    assert (result.status, result.stdout) == (7, "")
    assert "holds a table whose column OperationName is missing" in result.stderr
    assert "batchdoctor events parse --kql" in result.stderr


def test_a_saved_answer_is_named_with_the_command_that_asks_again(run_offline: Run) -> None:
    answer = '{"id": "p", "allocationState": "steady", "vmSize": "x", "resizeErrors": []}'
    result = parse(run_offline, answer)
    assert (result.status, result.stdout, result.stderr) == (
        7,
        "",
        "error: There is no Batch event: standard input holds a pool as the service or az tells"
        " it.\nhint: ask the service: batchdoctor pool diagnose --pool p\n",
    )


def test_a_file_that_is_no_log_beside_a_log_is_a_problem(run_offline: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(table("25/03/2026, 10:00"))
    (tmp_path / "b.avro").write_bytes(b"Obj\x01\x04\x14")
    document = run_offline("events", "parse", str(tmp_path), "-o", "json").json()
    assert (document["complete"], document["summary"]["failures"]) == (False, 1)
    assert document["problems"][0]["message"] == (
        f"1 skipped; {tmp_path}/b.avro is an Avro file, as Event Hubs Capture writes;"
        " convert it to JSON lines first"
    )


def test_a_byte_order_mark_between_two_files_costs_no_event(run_offline: Run) -> None:
    log = "".join(f"\ufeff{record('TaskFailEvent', {**FAIL, 'id': task})}\n" for task in "abc")
    summary = parse(run_offline, log, "-o", "json").json()["summary"]
    assert (summary["failures"], summary["malformed"]) == (3, 0)


def test_two_tables_one_after_the_other_are_one(run_offline: Run) -> None:
    twice = table("25/03/2026, 10:00") + table("26/03/2026, 10:00").replace("night", "day")
    document = parse(run_offline, twice, "-o", "json").json()
    assert (document["complete"], document["summary"]["byJob"]) == (True, {"day": 1, "night": 1})
    assert document["summary"]["events"] == {"TaskFailEvent": 2}


def test_many_lines_that_are_no_events_are_counted_and_told_by_their_place(
    run_offline: Run,
) -> None:
    log = f"{record('TaskFailEvent', FAIL)}\n" + "hello\n" * 3000
    result = parse(run_offline, log, "-v", "-o", "json")
    assert result.json()["summary"]["malformed"] == 3000
    first = len(log.partition("\n")[0]) + 1
    assert [line.split(": ")[2] for line in result.stderr.splitlines()] == [
        f"line {2 + index}, byte {first + 6 * index}" for index in range(5)
    ]


def test_a_tally_replaces_no_file_unless_told_to(run_offline: Run, tmp_path: Path) -> None:
    kept, link = tmp_path / "kept", tmp_path / "link"
    kept.write_text("precious")
    link.symlink_to(kept)
    log = record("TaskFailEvent", FAIL)
    refused = parse(run_offline, log, "--tally-out", str(kept))
    assert (refused.status, refused.stdout, kept.read_text()) == (2, "", "precious")
    assert parse(run_offline, log, "--tally-out", str(link), "--force").status == 0
    assert link.is_symlink()
    assert kept.read_text().startswith('{"tallyFormat":')


def test_a_tally_is_written_to_a_pipe_and_does_not_replace_it(
    run_offline: Run, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        log = record("TaskFailEvent", FAIL)
        assert parse(run_offline, log, "--tally-out", str(pipe)).status == 0
        assert os.read(reader, 20).startswith(b'{"tallyFormat":')
        assert not pipe.is_file()
    finally:
        os.close(reader)
