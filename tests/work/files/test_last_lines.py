"""`tasks failed --stderr N`: the ends of many files, read from the end and several at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.item import FailedTask
from batchdoctor.prefetch import prefetched
from batchdoctor.report.failures import ENDS_SHOWN
from batchdoctor.sandbox import Fault
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.source import TaskFile
from batchdoctor.work.files import last_lines
from batchdoctor.work.files.last_lines import LONGEST_TAIL, FileEnd, file_tail
from tests.box import Open

JOB = "risk-var-20261121"
Listing = Callable[[Failure], Iterator[FileEnd]]


def test_items_have_the_lines_only_where_they_were_asked_for(open_box: Open) -> None:
    box = open_box("night-shift")
    plain = box.run("tasks", "failed", "--job", JOB, "-o", "jsonl").jsonl()
    told = box.run("tasks", "failed", "--job", JOB, "--stderr", "1", "-o", "jsonl").jsonl()
    assert {tuple(item) for item in plain} == {FailedTask.__struct_encode_fields__}
    read = {"stderr": None, "cause": None}
    assert [{**item, **read} for item in told] == [{**item, **read} for item in plain]
    assert {item["cause"]["entry"] if item["cause"] else None for item in told} == {
        None,
        "python-module-missing",
    }
    # One of the nodes was taken back by Azure, and its files with it.
    assert {tuple(item["stderr"] or ()) for item in told} == {
        (),
        ("ModuleNotFoundError: No module named 'riskengine.curves'",),
    }


def test_csv_has_a_column_more(open_box: Open) -> None:
    result = open_box("night-shift").run(
        "tasks", "failed", "--job", JOB, "--stderr", "1", "--limit", "1", "-o", "csv"
    )
    head, row = result.stdout.splitlines()
    assert head.endswith(",advice,nextCommands,stderr")
    assert row.endswith(",ModuleNotFoundError: No module named 'riskengine.curves'")


def test_files_that_are_gone_are_noted_and_fail_nothing(open_box: Open) -> None:
    box = open_box("night-shift")
    box.order(Fault("expired-token", route="HEAD /jobs/{id}/tasks/{id}/files/{path}", times=None))
    result = box.run("tasks", "failed", "--job", JOB, "--stderr", "1", "--limit", "2", "-o", "json")
    told = result.json()
    assert [item["stderr"] for item in told["items"]] == [None, None]
    assert [problem["subject"] for problem in told["problems"]] == [
        f"stderr of {JOB}/{item['taskId']}" for item in told["items"]
    ]
    assert told["complete"] is False


def test_files_that_cannot_be_read_take_nothing_from_the_list_of_tasks(open_box: Open) -> None:
    box = open_box("night-shift")
    box.order(Fault("expired-token", route="HEAD /jobs/{id}/tasks/{id}/files/{path}", times=None))
    result = box.run("tasks", "failed", "--job", JOB, "--stderr", "1")
    assert result.stdout.splitlines()[-1] == (
        "45 failed tasks in 1 job on 7 nodes, 45 of them application (of all time)."
    )


def test_a_page_shows_the_first_of_many_and_asks_for_no_more(open_box: Open) -> None:
    box = open_box("night-shift")
    result = box.run("tasks", "failed", "--job", JOB, "--stderr", "1")
    shown = result.stdout.count("\nstderr of risk-var-20261121/")
    assert 10 < shown < 20
    assert f"stderr of {shown} tasks of 45; -o jsonl has all of them." in result.stdout
    assert box.requested("HEAD", "/stderr.txt") == 20


def test_tasks_that_nothing_is_fetched_for_take_no_thread(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Failure] = []

    def noted(failures: Iterable[Failure], listing: Listing) -> Iterator[tuple[Failure, Any]]:
        def noted_listing(failure: Failure) -> Iterator[FileEnd]:
            started.append(failure)
            return listing(failure)

        return prefetched(failures, noted_listing)

    monkeypatch.setattr(last_lines, "prefetched", noted)
    result = open_box("night-shift").run("tasks", "failed", "--job", JOB, "--stderr", "1")
    assert "tasks of 45;" in result.stdout
    assert len(started) == ENDS_SHOWN


def test_a_group_has_the_last_lines_of_one_of_its_tasks(open_box: Open) -> None:
    box = open_box("bad-job")
    items = box.run("tasks", "failed", "--by", "exit-code", "--stderr", "1", "-o", "jsonl").jsonl()
    assert all(len(item["stderr"]) == 1 for item in items)
    assert {item["cause"]["entry"] for item in items if item["cause"]}
    # A listing of jobs, one of tasks, and two requests for each group.
    assert box.requested("HEAD", "/files/") == len(items)


def test_of_a_long_file_the_end_only_is_read(open_box: Open) -> None:
    box = open_box("night-shift")
    task = "render-20261121/frame-0001"
    job_id, task_id = task.split("/")
    source = TaskFile(job_id, task_id, "wd/render.log")
    account = resolve_account(AccountOptions(), box.sandbox.environment())
    with Client(account) as client:
        tail = file_tail(client, source, 3)
        everything = file_tail(client, source, 10_000_000)
    whole = box.run("files", "get", "wd/render.log", "--job", job_id, "--task", task_id).stdout
    assert len(whole) > LONGEST_TAIL
    assert tail.lines == tuple(whole.splitlines()[-3:])
    assert everything.lines is not None
    assert whole.endswith("\n".join(everything.lines) + "\n")
    assert len("\n".join(everything.lines)) <= LONGEST_TAIL
