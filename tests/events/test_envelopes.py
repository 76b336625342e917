"""What queues, collectors, mails and editors put around events, and files that are no log."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.events.reading import EventLog

RECORD: dict[str, Any] = {
    "time": "2026-03-25T10:00:00Z",
    "category": "ServiceLog",
    "operationName": "TaskFailEvent",
    "properties": {
        "jobId": "night",
        "id": "t1",
        "systemTaskVersion": 0,
        "nodeInfo": {"poolId": "p", "nodeId": "n"},
        "executionInfo": {"exitCode": 4, "retryCount": 0, "requeueCount": 0},
    },
}
TEXT = json.dumps(RECORD)
PRETTY = json.dumps({"records": [RECORD]}, indent=2)


def read(content: bytes | str) -> Tally:
    """The tally of a log, which reading event by event must give as well."""
    data = content.encode() if isinstance(content, str) else content
    quick, slow = Tally(), Tally()
    EventLog(["-"], io.BytesIO(data)).tally(into=quick)
    for _ in EventLog(["-"], io.BytesIO(data)).events(slow):
        pass
    assert conclude(quick) == conclude(slow)
    assert quick.damage == slow.damage
    return quick


@pytest.mark.parametrize(
    "wrapped",
    [
        {
            "specversion": "1.0",
            "id": "7",
            "type": "x",
            "time": "2026-03-25T10:00:01Z",
            "data": RECORD,
        },
        {"data": {"records": [RECORD]}},
        {"Body": TEXT, "SequenceNumber": 3},
        {"body": base64.b64encode(TEXT.encode()).decode(), "offset": "12"},
        {"$content-type": "application/json", "$content": base64.b64encode(TEXT.encode()).decode()},
        {"value": [RECORD]},
        {"log": TEXT + "\n", "stream": "stdout"},
        {"hits": {"total": 1, "hits": [{"_index": "logs", "_source": RECORD}]}},
        {"messages": 1, "message": json.dumps({"records": [TEXT]})},
        {"payload": {"body": {"data": json.dumps([RECORD])}}},
    ],
    ids=lambda wrapped: next(iter(wrapped)),
)
@pytest.mark.parametrize("layout", ["line", "array", "pages"])
def test_events_are_found_inside_what_carries_them(wrapped: Any, layout: str) -> None:
    written = {
        "line": json.dumps(wrapped) + "\n" + json.dumps(wrapped),
        "array": json.dumps([wrapped]),
        "pages": json.dumps(wrapped, indent=4),
    }[layout]
    summary, _ = conclude(read(written))
    assert (summary.failures, summary.by_job, summary.malformed) == (1, {"night": 1}, 0)


def _numbered(text: str, form: str) -> str:
    return "\n".join(form.format(n, line) for n, line in enumerate(text.split("\n"), 1))


def _curly(text: str) -> str:
    return text.replace('"', "\u201d")


@pytest.mark.parametrize(
    "mark",
    [
        lambda text: "\n".join(f"> {line}" for line in text.split("\n")),
        lambda text: "\r\n".join(f"> > {line}" for line in text.split("\n")),
        lambda text: "\n".join(f"+{line}" for line in text.split("\n")),
        lambda text: "\n".join(f"\u2502 {line}" for line in text.split("\n")),
        lambda text: _numbered(text, "{:>4}  {}"),
        lambda text: _numbered(text, "{}: {}"),
        lambda text: _numbered(text, "{}\t{}"),
        lambda text: "\n".join(f"> {line}" for line in _numbered(text, "{:>3} {}").split("\n")),
        _curly,
        lambda text: text.replace('"', "&quot;"),
        lambda text: text.replace("  ", "\u00a0\u00a0"),
        lambda text: text.replace('"', "'"),
        lambda text: text.replace('"', '\\"'),
    ],
)
@pytest.mark.parametrize("text", [PRETTY, f"{TEXT}\n{TEXT}\n{TEXT}"], ids=["document", "lines"])
def test_marks_of_copying_are_taken_off(mark: Callable[[str], str], text: str) -> None:
    summary, _ = conclude(read(mark(text)))
    assert (summary.failures, summary.by_exit_code) == (1, {"4": 1})


def test_what_python_prints_of_a_record_is_read() -> None:
    told = {**RECORD, "extra": ["it's", True, None]}
    summary, _ = conclude(read(f"{told}\n{told}\n"))
    assert summary.failures == 1


@pytest.mark.parametrize(
    "row",
    [
        {"TimeGenerated": "x", "OperationName": "TaskFailEvent", "jobId": "night", "taskId": "t"},
        {"TimeGenerated": "x", "jobId_s": "night", "id_s": "t", "executionInfo_exitCode_d": 4.0},
        {"TimeGenerated": "x", "TableName": "y", "Job": "night", "Task": "t", "ExitCode": "4"},
    ],
    ids=["renamed", "no name", "neither"],
)
def test_rows_of_a_query_are_read_by_any_names_of_their_columns(row: dict[str, Any]) -> None:
    row["TimeGenerated"] = "2026-03-25T10:00:00Z"
    table = {"columns": [{"name": name} for name in row], "rows": [[*row.values()]]}
    for written in ([row], {"tables": [{"name": "PrimaryResult", **table}]}):
        summary, _ = conclude(read(json.dumps(written)))
        assert (summary.events, summary.by_job) == ({"TaskFailEvent": 1}, {"night": 1})


def test_curly_quotes_in_a_sentence_are_left_alone() -> None:
    told = json.loads(TEXT)
    told["properties"]["executionInfo"]["schedulingError"] = {"message": "\u201cno\u201d: why"}
    (event,) = EventLog(["-"], io.BytesIO(json.dumps(told, ensure_ascii=False).encode())).events(
        Tally()
    )
    assert event.failure is not None
    assert event.failure.message == "\u201cno\u201d: why"


def _zip(name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (_zip("PT1H.json"), "a zip archive"),
        (_zip("[Content_Types].xml"), "an Excel workbook or another Office document"),
        (b"Obj\x01\x04\x14avro.codec", "an Avro file, as Event Hubs Capture writes"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"x" * 257 + b"ustar\x0000", "a tar archive"),
        (gzip.compress(b"x" * 257 + b"ustar\x0000"), "a tar archive"),
        (
            b"<!DOCTYPE html><title>Sign in to your account</title>",
            "the page to sign in, not the log",
        ),
        (b"<html><body>logs</body></html>", "a web page"),
        (
            b"<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code></Error>",
            "an answer of storage: AuthenticationFailed",
        ),
        (b"BZh91AY&SY", "packed by bzip2"),
    ],
    # The contents have the time in them.
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_log_is_told_by_its_beginning(content: bytes, what: str) -> None:
    (place,) = read(content).damage.places
    assert (place.kind, place.reason) == ("no log", what)
    assert place.hint


@pytest.mark.parametrize(
    ("answer", "what", "command"),
    [
        (
            {"id": "p", "vmSize": "x", "allocationState": "steady"},
            "a pool",
            "batchdoctor pool diagnose --pool p",
        ),
        ({"id": "p", "vmSize": "x", "state": "active"}, "a pool", "pool diagnose --pool p"),
        (
            {
                "id": "n",
                "url": "https://a/pools/p/nodes/n",
                "schedulingState": "enabled",
                "vmSize": "x",
            },
            "a node",
            "batchdoctor node show n --pool p",
        ),
        ({"id": "j", "eTag": "0", "poolInfo": {"poolId": "p"}}, "a job", "job diagnose --job j"),
        (
            {"id": "t", "url": "https://a/jobs/j/tasks/t", "commandLine": "x", "executionInfo": {}},
            "a task",
            "batchdoctor tasks failed --job j, or: batchdoctor task show --job j --task t",
        ),
        ({"code": "JobNotFound", "message": {"value": "no"}}, "an error", "explain - < FILE"),
    ],
)
def test_a_saved_answer_of_the_service_is_no_event_and_leads_to_a_command(
    answer: Any, what: str, command: str
) -> None:
    for written in (
        json.dumps(answer),
        json.dumps([answer], indent=1),
        json.dumps({"odata.metadata": "x", "value": [answer]}),
    ):
        tally = read(written)
        place = tally.damage.places[0]
        assert conclude(tally)[0].events == {}
        assert (place.kind, place.reason) == (
            "saved answer",
            f"{what} as the service or az tells it",
        )
        assert place.hint.partition("; --from")[0].endswith(command)
