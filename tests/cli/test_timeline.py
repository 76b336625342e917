"""`timeline`: the planted beginning and the planted change before it, live and from logs."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.sandbox import load_scenario
from tests.box import NOW, Box, Open

_BROKEN = """
seed = 7
summary = "Tasks that fail since a change 80 minutes ago."
[recipes.broken]
code = "FailureExitCode"
category = "UserError"
message = "The task exited with an exit code representing a failure"
exit_code = 3
stderr = "broken"
"""
_EIGHT = "[[pools.nodes]]\ncount = 8\n"
_COMMAND = 'command = "/opt/render/5.1/bin/render --frame {n}"\n'
_FAILS = 'recipe = "broken"\n'


def _half(members: str, when: str) -> str:
    """Six nodes of before, and six that came with something of their own, on which tasks fail."""
    old, new = members.format("1"), members.format("2")
    fails = 'fails = { share = 1.0, recipes = ["broken"] }'
    return f"""
[[pools.nodes]]
count = 6
members = {old}
[[pools.nodes]]
count = 6
{when}
{fails}
members = {new}
"""


_IMAGE = '{{ virtualMachineInfo = {{ imageReference = {{ exactVersion = "24.04.{}" }} }} }}'
_START_TASK = '{{ startTask = {{ commandLine = "install.sh {}" }} }}'
_PACKAGE = '{ applicationPackageReferences = [{ applicationId = "renderer", version = "5.2" }] }'
_CONTAINER = '{{ containerSettings = {{ imageName = "fabrikam.azurecr.io/render:{}" }} }}'
_GROWN = '[[pools.nodes]]\ncount = 4\n[[pools.nodes]]\ncount = 4\nbooted = "-83m"\n'

# What is planted: the pool, what its tasks had before, what they have since, and what is told.
PLANTED: dict[str, tuple[str, str, str, str, str, str]] = {
    "command-new": (
        *("-9d", _EIGHT, _COMMAND, _FAILS + _COMMAND.replace("5.1", "5.2")),
        *(
            "Job nightly fails",
            "/opt/render/5.1/bin/render becomes /opt/render/5.2/bin/render, first in task",
        ),
    ),
    "package-new": (
        *("-9d", _EIGHT, _COMMAND, f"{_FAILS}{_COMMAND}members = {_PACKAGE}\n"),
        *("Job nightly fails", "Packages renderer 5.2, before it none, first in task frame-0091"),
    ),
    "container-new": (
        "-9d",
        _EIGHT,
        f"members = {_CONTAINER.format(1)}\n",
        f"{_FAILS}members = {_CONTAINER.format(2)}\n",
        "Job nightly fails",
        "Container fabrikam.azurecr.io/render:2, before it fabrikam.azurecr.io/render:1, first",
    ),
    "resize-ended": (
        *("-82m", _GROWN, _COMMAND, _FAILS + _COMMAND),
        *("Job nightly fails", "4 of 8 nodes were allocated at 2026-11-21 01:35 UTC."),
    ),
    "image-new": (
        *("-82m", _half(_IMAGE, 'booted = "-82m"'), _COMMAND, _COMMAND),
        *("of pool render are bad", "image version 24.04.2 came with 6 of them."),
    ),
    "start-task-new": (
        *("-9d", _half(_START_TASK, 'booted = "-82m"\nallocated = "-9d"'), _COMMAND, _COMMAND),
        *("of pool render are bad", "the start task install.sh 2 came with 6 of them."),
    ),
}


def planted(kind: str, folder: Path) -> Any:
    """An account in which something changed 82 minutes ago, and tasks fail from 80 minutes ago."""
    allocation, nodes, before, since, *_ = PLANTED[kind]
    file = folder / "planted.toml"
    file.write_text(f"""{_BROKEN}
[[pools]]
id = "render"
allocation_time = "{allocation}"
{nodes}
[[jobs]]
id = "nightly"
pool = "render"
created = "-5h"
[[jobs.tasks]]
count = 90
id = "frame-{{n:04}}"
begin = "-5h"
end = "-81m"
minutes = [1.0, 3.0]
{before}
[[jobs.tasks]]
count = 60
first = 91
id = "frame-{{n:04}}"
begin = "-80m"
end = "-5m"
minutes = [1.0, 3.0]
{since}
""")
    return load_scenario(str(file))


def first_bad_start(box: Box) -> datetime:
    """When the first task began of those that fail on purpose."""
    starts = [
        task["startTime"]
        for task in box.run("tasks", "failed", "-o", "jsonl").jsonl()
        if task["exitCode"] == 3
    ]
    return datetime.fromisoformat(min(starts))


def log_of(box: Box, folder: Path, *extra: dict[str, Any]) -> str:
    """The log that the account would have kept, with more events."""
    file = folder / "PT1H.json"
    lines = [*box.sandbox.diagnostic_log(), *map(json.dumps, extra)]
    file.write_text("".join(f"{line}\n" for line in lines))
    return str(file)


def pool_event(name: str, minutes_ago: int, **properties: Any) -> dict[str, Any]:
    time = (NOW - timedelta(minutes=minutes_ago)).isoformat().replace("+00:00", "Z")
    return {
        "time": time,
        "category": "ServiceLog",
        "operationName": name,
        "properties": {"id": "render", **properties},
    }


def told(box: Box, *words: str) -> Any:
    found = box.run("timeline", "-o", "json", *words)
    assert found.status == 0, found.stderr
    return found.json()


@pytest.mark.parametrize("kind", PLANTED)
def test_the_beginning_and_the_change_before_it_are_told(
    open_box: Open, tmp_path: Path, kind: str
) -> None:
    box = open_box(planted(kind, tmp_path))
    document = told(box)
    onset = document["summary"]["onsets"][0]
    began = datetime.fromisoformat(onset["since"])
    assert abs(began - first_bad_start(box)) <= timedelta(minutes=2)
    *_, say, change = PLANTED[kind]
    assert say in onset["message"]
    assert any(change in each for each in onset["changes"]), onset["changes"]
    changes = [item["kind"] for item in document["items"] if item["change"]]
    assert kind in changes
    # And so does triage, for whoever does not know of this command.
    for page in (box.run("timeline"), box.run("triage")):
        assert change.lower() in " ".join(page.stdout.split()).lower()


def test_without_an_incident_none_is_told(open_box: Open) -> None:
    document = told(open_box("healthy"))
    assert document["summary"]["onsets"] == []
    assert not [item for item in document["items"] if item["kind"] == "onset" or item["change"]]


def test_a_log_alone_tells_the_same_beginning_and_the_resize_before_it(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box(planted("resize-ended", tmp_path))
    sizes = {"currentDedicatedNodes": 4, "targetDedicatedNodes": 8}
    log = log_of(
        box,
        tmp_path,
        pool_event("PoolResizeStartEvent", 85, **sizes),
        pool_event("PoolResizeCompleteEvent", 82, resultCode="Success", **sizes),
    )
    live = told(box)["summary"]["onsets"][0]
    box.sandbox.stop()
    document = told(box, "--only-events", "--events", log)
    (onset,) = document["summary"]["onsets"]
    assert document["account"] is None
    assert {item["source"] for item in document["items"]} == {"log"}
    assert (onset["since"], onset["failures"]) == (live["since"], live["failures"])
    assert (
        "Pool render: resize begins from 4 to 8 nodes at 2026-11-21 01:35 UTC." in onset["changes"]
    )
    parsed = box.run("events", "parse", log).stdout
    assert "Just before: 1 resize of pools began, the last at 2026-11-21 01:35 UTC." in parsed


def test_what_an_account_and_its_log_tell_is_told_once(open_box: Open, tmp_path: Path) -> None:
    box = open_box(planted("command-new", tmp_path))
    both = told(box, "--events", log_of(box, tmp_path))
    live = told(box)
    kinds = ("task-failed", "onset", "command-new")
    assert [both["summary"]["byKind"][kind] for kind in kinds] == [60, 1, 1]
    assert both["summary"]["byKind"] == live["summary"]["byKind"]
    sources = {item["source"] for item in both["items"] if item["kind"] == "task-failed"}
    assert sources == {"both"}


def test_a_bundle_tells_what_the_account_told(open_box: Open, tmp_path: Path) -> None:
    box, bundle = open_box(planted("image-new", tmp_path)), str(tmp_path / "night.zip")
    assert box.run("bundle", "--out", bundle).status == 0
    live = box.run("timeline", "-o", "jsonl")
    box.sandbox.stop()
    assert box.run("timeline", "--from", bundle, "-o", "jsonl").output == live.output


def test_a_bundle_tells_of_the_logs_that_were_taken_along(open_box: Open, tmp_path: Path) -> None:
    box, bundle = open_box(planted("resize-ended", tmp_path)), str(tmp_path / "night.zip")
    log = log_of(box, tmp_path, pool_event("PoolResizeStartEvent", 85))
    assert box.run("bundle", "--events", log, "--out", bundle).status == 0
    live = box.run("timeline", "--events", log, "-o", "jsonl")
    box.sandbox.stop()
    kept = box.run("timeline", "--from", bundle, "-o", "jsonl")
    assert kept.output == live.output
    assert {item["source"] for item in kept.jsonl()} == {"live", "log", "both"}


def test_the_picture_fits_a_screen_and_shows_where_it_began(open_box: Open) -> None:
    page = open_box("night-shift").run("timeline").stdout.splitlines()
    assert len(page) <= 24
    assert max(map(len, page[:-1])) <= 80
    (mark,) = [line for line in page if line.startswith("began to fail")]
    failures = next(line for line in page if line.startswith("failures"))
    # Nothing that failed stands before the first mark but in its own column.
    assert failures[17 : mark.index("▼")].strip() == ""


def test_items_come_in_the_order_of_time_and_all_of_them_are_counted(open_box: Open) -> None:
    document = told(open_box("night-shift"))
    times = [datetime.fromisoformat(item["time"]) for item in document["items"]]
    assert times == sorted(times)
    counts = sum(item["count"] for item in document["items"])
    assert counts == document["summary"]["happenings"] == len(times)
    assert document["summary"]["folded"] == 0


def test_of_more_than_are_wanted_some_are_folded_and_none_is_lost(open_box: Open) -> None:
    box = open_box("night-shift")
    whole, document = told(box), told(box, "--limit", "40")
    assert len(document["items"]) <= 40
    assert sum(item["count"] for item in document["items"]) == whole["summary"]["happenings"]
    assert document["summary"]["byKind"] == whole["summary"]["byKind"]
    alone = sum(item["count"] == 1 for item in document["items"])
    assert document["summary"]["folded"] == whole["summary"]["happenings"] - alone
    assert [item for item in document["items"] if item["kind"] == "onset"]


@pytest.mark.parametrize(
    ("option", "key"), [("--job", "jobId"), ("--pool", "poolId"), ("--node", "nodeId")]
)
def test_only_what_is_asked_about_is_told(open_box: Open, option: str, key: str) -> None:
    box = open_box("night-shift")
    name = next(item[key] for item in told(box)["items"] if item["kind"] == "task-failed")
    items = told(box, option, name.upper())["items"]
    assert {item[key] for item in items if item["kind"] == "task-failed"} == {name}
    assert {item[key] for item in items} <= {name, None}


def test_of_a_node_on_which_nothing_failed_no_beginning_is_told(open_box: Open) -> None:
    box = open_box("night-shift")
    well = box.run("nodes", "list", "--pool", "model-gpu", "-o", "json").json()["items"][0]
    assert told(box, "--node", well["nodeId"])["summary"]["onsets"] == []
    (onset,) = [each for each in told(box)["summary"]["onsets"] if each["nodeId"]]
    assert told(box, "--node", onset["nodeId"])["summary"]["onsets"][0] == onset


def test_a_time_has_two_ends(open_box: Open) -> None:
    box = open_box("night-shift")
    items = told(box, "--since", "4h", "--until", "2h")["items"]
    assert items
    assert all("2026-11-20T23:00" <= item["time"] < "2026-11-21T01:00" for item in items)


def test_every_format_has_every_item(open_box: Open) -> None:
    box = open_box("night-shift")
    count = len(told(box)["items"])
    assert len(box.run("timeline", "-o", "jsonl").jsonl()) == count
    rows = list(csv.DictReader(io.StringIO(box.run("timeline", "-o", "csv").stdout)))
    assert len(rows) == count
    assert rows[0].keys() >= {"time", "kind", "what", "source"}
    markdown = box.run("timeline", "-o", "markdown").stdout
    assert sum(line.startswith("| 2026") for line in markdown.splitlines()) == count
    assert "```\n" in markdown
    listed = box.run("timeline", "--list").stdout
    assert sum(line.startswith("2026-11-2") for line in listed.splitlines()) == count


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only-events"], "There are no logs to read alone."),
        (["--since", "1h", "--until", "2h"], "--since must be before --until."),
        (["--events", ""], "A path is empty."),
        (["--since", "soon"], "--since does not understand 'soon'."),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(
    open_box: Open, words: list[str], said: str
) -> None:
    refused = open_box("healthy").run("timeline", *words)
    assert (refused.status, refused.stdout) == (2, "")
    assert said in refused.stderr


def test_a_log_that_is_not_there_is_an_error(open_box: Open, tmp_path: Path) -> None:
    lost = open_box("healthy").run("timeline", "--events", str(tmp_path / "no.json"))
    assert lost.status == 7


def test_fail_on_asks_whether_anything_failed(open_box: Open) -> None:
    assert open_box("night-shift").run("timeline", "--fail-on", "any").status == 10
    assert open_box("healthy").run("timeline", "--fail-on", "any").status == 0


def test_a_node_is_told_of_without_what_befell_others(open_box: Open) -> None:
    box = open_box("night-shift")
    whole = told(box)["summary"]["onsets"]
    (sick,) = [each for each in whole if each["nodeId"]]
    (job,) = [each for each in whole if each["jobId"]]
    assert sick["poolIds"] != job["poolIds"]
    node, suspected = sick["nodeId"], box.run("nodes", "suspect", "-o", "json").json()["items"]
    (runs,) = [each["runs"] for each in suspected if each["nodeId"] == node]
    for name in (node.upper(), f"{sick['poolIds'][0].upper()}/{node}"):
        document = told(box, "--node", name)
        assert [each["message"] for each in document["summary"]["onsets"]] == [sick["message"]]
        assert {each["poolId"] for each in document["items"]} == set(sick["poolIds"])
        lines = box.run("timeline", "--node", name).stdout.splitlines()
        (row,) = [line.split() for line in lines if line.startswith("runs ")]
        assert int(row[1]) == runs


@pytest.mark.parametrize("only_log", [False, True])
def test_a_node_that_nothing_knows_is_no_well_node(
    open_box: Open, tmp_path: Path, only_log: bool
) -> None:
    box = open_box("night-shift")
    more = ["--only-events", "--events", log_of(box, tmp_path)] if only_log else []
    answer = box.run("timeline", "--node", "Nope", *more, "-o", "json")
    document = answer.json()
    assert answer.status == 3
    assert (document["items"], document["summary"]["onsets"]) == ([], [])
    assert not document["complete"]
    (problem,) = document["problems"]
    assert (problem["subject"], problem["kind"]) == ("node nope", "not-found")


def test_a_node_that_was_mistyped_is_answered_with_the_nearest_one(open_box: Open) -> None:
    box = open_box("night-shift")
    pool = box.sandbox.store.pools[0]
    node = pool.nodes[0].id
    for mistyped in (node[:-1], f"{pool.id}/{node[:-1]}"):
        answer = box.run("timeline", "--node", mistyped, "-o", "json")
        (problem,) = answer.json()["problems"]
        assert problem["message"].endswith(f"; did you mean {pool.id}/{node}?")
    shown = box.run("node", "show", node[:-1])
    assert (shown.status, f"did you mean {pool.id}/{node}?" in shown.stderr) == (3, True)


def test_a_log_is_narrowed_to_the_runs_of_a_job(open_box: Open, tmp_path: Path) -> None:
    box = open_box("night-shift")
    log = ("--only-events", "--events", log_of(box, tmp_path))
    job = "render-20261121"
    page = box.run("timeline", *log, "--job", job.upper()).stdout
    (row,) = [line.split() for line in page.splitlines() if line.startswith("runs ")]
    tasks = {
        line["properties"]["id"]
        for line in map(json.loads, box.sandbox.diagnostic_log())
        if line["operationName"] == "TaskCompleteEvent" and line["properties"]["jobId"] == job
    }
    assert int(row[1]) == len(tasks)


def test_failed_tasks_alone_are_not_drawn_as_all_that_ran(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchdoctor.work.diagnosis.ended_tasks.MOST_ENDED", 100)
    page = open_box("night-shift").run("timeline").stdout
    assert "runs " not in page
    assert "of so many tasks only the failed ones were read" in page


def test_an_event_without_a_time_is_not_passed_over_in_silence(
    open_box: Open, tmp_path: Path
) -> None:
    file = tmp_path / "PT1H.json"
    event = {"operationName": "TaskFailEvent", "properties": {"jobId": "a", "id": "b"}}
    file.write_text(json.dumps(event))
    page = open_box("healthy").run("timeline", "--only-events", "--events", str(file))
    assert (page.status, "of 1 event the log tells no time" in page.stdout) == (0, True)
