"""The machine formats: whole outputs of one small document."""

from __future__ import annotations

import csv
import errno
import io
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from batchdoctor.core.item import Item, plain
from batchdoctor.core.problem import Problem
from batchdoctor.errors import BatchdoctorError
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.formats import Format
from batchdoctor.report.head import Head
from batchdoctor.report.machine import MACHINE_FORMATS


class Task(Item, frozen=True):
    """An item with a field of every kind that there is."""

    job_id: str
    task_id: str
    exit_code: int | None
    message: str
    advice: tuple[str, ...] = ()


class Total(Item, frozen=True):
    """A summary."""

    tasks: int


ITEMS = [
    Task("j", "a", -9, "=1+1", ("x", "y")),
    Task("j", "b", None, 'a "b",\tc\n\\'),
]


def document(items: list[Task], problems: tuple[Problem, ...] = ()) -> Document[Task]:
    read = []

    def stream() -> Iterator[Task]:
        for item in items:
            read.append(item)
            yield item

    return Document(
        head=Head(
            "tasks failed",
            "acct.westeurope.batch.azure.com",
            datetime(2026, 11, 21, 3, 0, tzinfo=UTC),
        ),
        item_type=Task,
        items=stream(),
        ending=lambda: Ending(Total(len(read)), problems, (), "verdict"),
        name_of=lambda item: f"{item.job_id}/{item.task_id}",
    )


def written(output: Format, items: list[Task], problems: tuple[Problem, ...] = ()) -> str:
    out = io.StringIO()
    MACHINE_FORMATS[output](document(items, problems), out.write)
    return out.getvalue()


def test_json_is_one_document_with_the_summary_of_all_items() -> None:
    assert written(Format.JSON, ITEMS) == (
        '{"schemaVersion":1,"command":"tasks failed","account":"acct.westeurope.batch.azure.com",'
        '"generatedAt":"2026-11-21T03:00:00Z","complete":true,"problems":[],"summary":{"tasks":2},'
        '"span":{"since":null,"until":null},"checked":[],'
        '"items":[{"jobId":"j","taskId":"a","exitCode":-9,"message":"=1+1","advice":["x","y"]},'
        '{"jobId":"j","taskId":"b","exitCode":null,"message":"a \\"b\\",\\tc\\n\\\\",'
        '"advice":[]}]}\n'
    )


def test_json_that_could_not_read_everything_says_so() -> None:
    told = json.loads(written(Format.JSON, [], (Problem("job x", "gone"),)))
    assert told["complete"] is False
    assert told["problems"] == [{"subject": "job x", "message": "gone", "kind": "refused"}]


def test_json_larger_than_the_spool_keeps_every_item() -> None:
    items: list[Task] = [Task("j", f"t{n}", n, "é" * 1000) for n in range(6000)]
    assert json.loads(written(Format.JSON, items))["items"] == [plain(item) for item in items]


def test_jsonl_is_the_items_only_one_a_line() -> None:
    lines = written(Format.JSONL, ITEMS).splitlines()
    assert [json.loads(line) for line in lines] == [plain(item) for item in ITEMS]


def test_jsonl_writes_each_item_before_the_next_is_read() -> None:
    out = io.StringIO()
    seen_at_second: list[str] = []

    def stream() -> Iterator[Task]:
        yield ITEMS[0]
        seen_at_second.append(out.getvalue())
        yield ITEMS[1]

    whole = document([])
    MACHINE_FORMATS[Format.JSONL](
        Document(
            head=whole.head,
            item_type=whole.item_type,
            items=stream(),
            ending=whole.ending,
            name_of=whole.name_of,
        ),
        out.write,
    )
    assert seen_at_second[0].count("\n") == 1


def test_csv_has_a_header_and_no_cell_that_a_spreadsheet_would_run() -> None:
    rows = list(csv.reader(io.StringIO(written(Format.CSV, ITEMS), newline="")))
    assert rows == [
        ["jobId", "taskId", "exitCode", "message", "advice"],
        ["j", "a", "-9", "'=1+1", "x; y"],
        ["j", "b", "", 'a "b",\tc\n\\', ""],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_csv_guards_every_start_of_a_formula(start: str) -> None:
    item = replace(ITEMS[0], message=f"{start}cmd")
    rows = list(csv.reader(io.StringIO(written(Format.CSV, [item]), newline="")))
    assert rows[1][3] == f"'{start}cmd"


def test_tsv_has_no_header_and_one_line_an_item() -> None:
    assert written(Format.TSV, ITEMS) == ('j\ta\t-9\t=1+1\tx; y\nj\tb\t\ta "b",\\tc\\n\\\\\t\n')


def test_ids_are_names_for_xargs_each_once() -> None:
    assert written(Format.IDS, [*ITEMS, ITEMS[1]]) == "j/a\nj/b\n"


@pytest.mark.parametrize("output", list(MACHINE_FORMATS))
def test_no_items_is_an_answer_too(output: Format) -> None:
    text = written(output, [])
    expected = {
        Format.JSON: '"items":[]}\n',
        Format.CSV: "jobId,taskId,exitCode,message,advice\r\n",
    }
    assert text.endswith(expected.get(output, ""))
    assert bool(text) is (output in expected)


@pytest.mark.parametrize("output", [Format.JSON, Format.JSONL])
def test_json_escapes_what_a_terminal_would_obey_and_keeps_its_value(output: Format) -> None:
    text = "a\x1b]0;x\x07\x9b31m\u202e\u2028\U000e0001z é 日"
    told = written(output, [replace(ITEMS[0], message=text)])
    assert told.strip().isprintable()
    line = json.loads(told)
    assert (line["items"][0] if output is Format.JSON else line)["message"] == text


def test_items_that_no_disk_has_room_for_are_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(tempfile.SpooledTemporaryFile[bytes]):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Full)
    with pytest.raises(BatchdoctorError, match="could not be kept until its end: No space left"):
        written(Format.JSON, ITEMS)
