"""`cost`: what node hours were spent on, from the log of a sandbox to the second, and live."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import batchdoctor
from batchdoctor.core.cost.purpose import Purpose
from tests.box import NOW, Box, Open, Run

PRICED = "render-linux=0.34"


class Told(NamedTuple):
    """A run as the log tells it."""

    node: tuple[str, str]
    start: datetime
    end: datetime
    purpose: str


def written(folder: Path, lines: Iterator[str]) -> Path:
    log = folder / "PT1H.json"
    log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return log


def runs_in(log: Path) -> list[Told]:
    """The runs of a log, read without any code of ours; what has not ended runs to the end."""
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    last = max(datetime.fromisoformat(entry["time"]) for entry in entries)
    found: dict[tuple[Any, ...], Told] = {}
    for entry in entries:
        body = entry["properties"]
        ran, where = body["executionInfo"], body["nodeInfo"]
        node = (where["poolId"], where["nodeId"])
        key = (body["jobId"], body["id"], ran["retryCount"], ran["requeueCount"])
        if not where["poolId"] or not where["nodeId"].strip():
            continue
        if entry["operationName"] == "TaskStartEvent":
            start = datetime.fromisoformat(entry["time"])
            found.setdefault(key, Told(node, start, last, "running"))
        elif ran["startTime"]:
            again = ran["retryCount"] or ran["requeueCount"]
            way = "repeated" if again else "failed" if ran["exitCode"] else "succeeded"
            if not again and ran["result"] == "Failure":
                way = "failed"
            start, end = (datetime.fromisoformat(ran[name]) for name in ("startTime", "endTime"))
            found[key] = Told(node, start, end, way)
    return list(found.values())


def exact_seconds(runs: list[Told]) -> dict[tuple[str, str], Fraction]:
    """Seconds of each pool and purpose: between two moments at which anything changes on a node."""
    found: dict[tuple[str, str], Fraction] = {}
    for node in {run.node for run in runs}:
        own = [run for run in runs if run.node == node]
        moments = sorted({run.start for run in own} | {run.end for run in own})
        for start, end in pairwise(moments):
            going = [run for run in own if run.start <= start and end <= run.end]
            length = Fraction((end - start) // timedelta(microseconds=1), 10**6)
            for purpose in [run.purpose for run in going] or ["no-task"]:
                key = (node[0], purpose)
                found[key] = found.get(key, Fraction()) + length / max(len(going), 1)
    return found


@pytest.mark.parametrize("scenario", ["night-shift", "bad-node", "bad-job"])
def test_the_hours_of_a_log_are_those_of_the_runs_in_it_to_the_second(
    open_box: Open, run_offline: Run, tmp_path: Path, scenario: str
) -> None:
    log = written(tmp_path, open_box(scenario).sandbox.diagnostic_log())
    document = run_offline("cost", "--events", str(log), "-o", "json").json()
    told = {
        (item["poolId"], item["purpose"]): item["nodeSeconds"]
        for item in document["items"]
        if item["purpose"]
    }
    exact = {key: length for key, length in exact_seconds(runs_in(log)).items() if length}
    assert told.keys() == exact.keys()
    assert all(abs(told[key] - length) < 1 for key, length in exact.items())
    summary = document["summary"]
    assert summary["nodeSeconds"] == sum(told.values()) == round(sum(exact.values(), Fraction()))
    assert sum(summary["secondsByPurpose"].values()) == summary["nodeSeconds"]
    assert sum(summary["secondsByPool"].values()) == summary["nodeSeconds"]
    assert summary["estimated"] is False


def test_a_log_that_is_piped_in_twice_gives_the_same_hours(
    open_box: Open, run_offline: Run, tmp_path: Path
) -> None:
    log = written(tmp_path, open_box("bad-node").sandbox.diagnostic_log())
    once = run_offline("cost", "--events", str(log), "-o", "json").json()
    text = log.read_bytes()
    twice = run_offline("cost", "--events", "-", "-o", "json", stdin=text + text).json()
    assert (twice["items"], twice["summary"]) == (once["items"], once["summary"])
    wrapped = b'{"records":[' + text.strip().replace(b"\n", b",") + b"]}"
    packed = run_offline("cost", "--events", "-", "-o", "json", stdin=wrapped).json()
    assert (packed["items"], packed["summary"]) == (once["items"], once["summary"])


def test_hours_of_two_spans_of_time_are_the_hours_of_both(
    open_box: Open, run_offline: Run, tmp_path: Path
) -> None:
    log = str(written(tmp_path, open_box("night-shift").sandbox.diagnostic_log()))

    def seconds(*options: str) -> int:
        document = run_offline("cost", "--events", log, *options, "-o", "json").json()
        return int(document["summary"]["nodeSeconds"])

    cut = "2026-11-20T20:15:30Z"
    assert abs(seconds("--until", cut) + seconds("--since", cut) - seconds()) <= 1


def live(box: Box, *options: str) -> Any:
    return box.run("cost", *options, "-o", "json").json()


def test_an_estimate_says_so_and_why(open_box: Open) -> None:
    document = live(open_box("bad-node"))
    assert document["summary"]["estimated"] is True
    assert [each["check"] for each in document["checked"]] == ["runs", "nodes", "pools"]
    assert document["checked"][1]["problem"] == (
        "the service tells the state of a node only since it last changed; before that a node"
        " without a task is taken for idle or starting, and what left its pool for gone"
    )
    assert document["span"] == {"since": "2026-11-20T03:00:00Z", "until": "2026-11-21T03:00:00Z"}
    assert document["summary"]["secondsByPool"] == {"render-linux": 12 * 24 * 3600}


def test_live_runs_are_those_of_the_log_of_the_account(
    open_box: Open, run_offline: Run, tmp_path: Path
) -> None:
    box = open_box("bad-node")
    log = written(tmp_path, box.sandbox.diagnostic_log())
    since = "2026-11-20T03:00:00Z"
    of_log = run_offline("cost", "--events", str(log), "--since", since, "-o", "json").json()
    for purpose in ("succeeded", "failed"):
        live_seconds = live(box)["summary"]["secondsByPurpose"][purpose]
        assert live_seconds == pytest.approx(of_log["summary"]["secondsByPurpose"][purpose], abs=1)


def test_prices_make_money_of_hours_and_unknown_pools_are_named(open_box: Open) -> None:
    box = open_box("night-shift")
    result = box.run("cost", "--price", "Render-Linux=0.34", "--price", "sim-spit=1", "-o", "json")
    document = result.json()
    assert result.status == 3
    assert document["problems"] == [
        {
            "subject": "pool sim-spit",
            "message": "a price was given, and there is no pool of that name here;"
            " did you mean sim-spot?",
            "kind": "not-found",
        }
    ]
    for item in document["items"]:
        if item["poolId"] == "render-linux":
            dollars = 0.34 * item["nodeSeconds"] / 3600
            assert item["usd"] == pytest.approx(dollars, abs=0.006)
        elif item["purpose"]:
            assert item["usd"] is None
    assert document["summary"]["unpriced"] == [
        *("sim-spot", "etl-windows", "ingest-linux", "model-gpu"),
    ]


def test_preempted_nodes_cost_nothing(open_box: Open) -> None:
    items = live(open_box("night-shift"), "--price", "sim-spot=1")["items"]
    (preempted,) = [item for item in items if item["purpose"] == "preempted"]
    assert (preempted["nodeSeconds"] > 0, preempted["usd"]) == (True, 0.0)


def test_prices_may_stand_in_the_configuration_file(open_box: Open, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[price]\nrender-linux = 0.34\n"other-account" = "1.5"\n')
    box = open_box("bad-node")
    environ = {"BATCHDOCTOR_CONFIG": str(file)}
    told = box.run("cost", "-o", "json", environ=environ)
    assert (told.status, told.json()["summary"]["usd"]) == (0, 97.92)
    other = box.run("cost", "-o", "json", "--price", "render-linux=1", environ=environ)
    assert other.json()["summary"]["usd"] == 288.0


def test_the_dearest_findings_come_with_what_stops_them(open_box: Open) -> None:
    items = live(open_box("night-shift"))["items"]
    dear = [(item["finding"], item["stop"]) for item in items if item["finding"]]
    assert [kind for kind, _ in dear] == [
        *("nodes-without-task", "node-unreachable", "node-offline", "node-error"),
        "start-task-failed",
    ]
    assert all(stop for _, stop in dear)
    hours = [item["nodeSeconds"] for item in items if item["finding"]]
    assert hours == sorted(hours, reverse=True)


def test_of_a_job_only_its_own_runs_are_told_and_what_they_share_stays_shared(
    open_box: Open,
) -> None:
    box = open_box("night-shift")
    everything = live(box, "--pool", "render-linux")["summary"]["secondsByPurpose"]
    jobs = [item["jobId"] for item in box.run("jobs", "list", "-o", "jsonl").jsonl()]
    whole: dict[str, int] = {}
    for job in jobs:
        of_job = live(box, "--job", job)
        if of_job["summary"]["secondsByPool"].keys() <= {"render-linux"}:
            for purpose, seconds in of_job["summary"]["secondsByPurpose"].items():
                whole[purpose] = whole.get(purpose, 0) + seconds
    of_tasks = {"succeeded", "failed", "repeated", "interrupted", "running"}
    expected = {key: seconds for key, seconds in everything.items() if key in of_tasks}
    assert whole == pytest.approx(expected, abs=len(jobs))


def test_names_that_nothing_has_are_told_with_the_nearest(
    open_box: Open, run_offline: Run, tmp_path: Path
) -> None:
    box = open_box("bad-node")
    log = str(written(tmp_path, box.sandbox.diagnostic_log()))
    result = run_offline("cost", "--events", log, "--pool", "render-linus", "--job", "no such")
    assert result.status == 3
    assert "pool render-linus: there is no pool of that name here" in result.stdout
    assert "job no such: there is no job of that name here" in result.stdout
    assert box.run("cost", "--job", "no-such").status == 3


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ("render=nan", "nan is no price of an hour of a node of render"),
        ("render=-1", "-1 is no price of an hour of a node of render"),
        ("render=inf", "inf is no price of an hour of a node of render"),
        ("render=1e9", "1e9 is no price of an hour of a node of render"),
        ("render=1e-999999999", "1e-999999999 is no price of an hour of a node of render"),
        ("render=1e999999999", "1e999999999 is no price of an hour of a node of render"),
        ("render=1/3", "1/3 is no price of an hour of a node of render"),
        ("render=", "'' is no price of an hour of a node of render"),
        ("render=0,34", "0,34 is no price of an hour of a node of render"),
        ("=1", "--price =1: this names no pool and its price"),
        ("render", "--price render: this names no pool and its price"),
    ],
)
def test_what_is_no_price_is_refused_before_anything_is_asked(
    open_box: Open, told: str, error: str
) -> None:
    box = open_box("bad-node")
    result = box.run("cost", "--price", told)
    assert (result.status, result.stdout) == (2, "")
    assert error in result.stderr
    assert box.requested("GET", "/") == 0


def test_two_prices_of_one_pool_are_one_too_many(open_box: Open) -> None:
    result = open_box("bad-node").run("cost", "--price", "a=1", "--price", "A=2")
    assert result.status == 2
    assert result.stderr == (
        "error: Two prices are given for the pool a.\nhint: give one of them\n"
    )


@pytest.mark.parametrize("table", ["[price]\nrender = nan\n", "[price]\na = true\n", "price = 1\n"])
def test_a_configuration_file_with_odd_prices_is_refused(
    open_box: Open, tmp_path: Path, table: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(table)
    result = open_box("bad-node").run("cost", environ={"BATCHDOCTOR_CONFIG": str(file)})
    assert (result.status, result.stdout) == (2, "")
    assert "price" in result.stderr


def test_a_page_fits_a_screen(open_box: Open) -> None:
    page = open_box("night-shift").run("cost", environ={"COLUMNS": "80"})
    lines = page.stdout.splitlines()
    assert len(lines) <= 24
    assert all(len(line) <= 80 for line in lines if "$ batchdoctor" not in line)


def test_the_page_of_a_pool_tells_each_purpose(open_box: Open) -> None:
    page = open_box("bad-node").run("cost", "--price", PRICED)
    assert page.page == PAGE.format(options="--pool render-linux --requeue")


PAGE = """\
Node hours by pool
render-linux  288.0 h  $97.92  ████████████████████ 100%  92% idle

What they were spent on
succeeded   21.5 h   $7.33  █···················   7%  first runs that succeeded
failed       0.4 h   $0.12  █···················   0%  first runs that failed
running      5 min   $0.03  █···················   0%  have not ended
idle       266.0 h  $90.44  ██████████████████··  92%  ready, and no task ran

What costs most, and what to type against it
$90.44  266.0 h  nodes-without-task: Let autoscale go down to no node
        $ batchdoctor pool diagnose --pool render-linux
 $0.11    0.3 h  3 jobs  tasks-failed-rarely
        $ batchdoctor tasks failed --pool render-linux
 $0.04    0.1 h  node render-linux/tvm-283647310_10-20261111t202534z  node-suspect
        $ batchdoctor node disable tvm-283647310_10-20261111t202534z {options}
 $0.02    2 min  job encode-20261121  tasks-failed
        $ batchdoctor files tail stderr --job encode-20261121 --task clip-005

288.0 node hours, $97.92: 92% idle, 7% succeeded, 0% failed. Estimated: -v tells why.
"""


def test_every_purpose_has_its_words() -> None:
    from batchdoctor.core.cost.purpose import MEANINGS

    assert list(MEANINGS) == list(Purpose)


def test_from_python_a_log_gives_the_same_hours(
    open_box: Open, run_offline: Run, tmp_path: Path
) -> None:
    log = written(tmp_path, open_box("bad-node").sandbox.diagnostic_log())
    answer = batchdoctor.log_cost(log, prices={"render-linux": 0.34}, until=NOW)
    told = run_offline(
        "cost", "--events", str(log), "--price", PRICED, "--until", NOW.isoformat(), "-o", "json"
    ).json()
    assert [item.node_seconds for item in answer] == [item["nodeSeconds"] for item in told["items"]]
    assert answer.summary.usd == told["summary"]["usd"]  # type: ignore[union-attr]


def test_a_log_without_any_event_is_no_log(run_offline: Run, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text("")
    result = run_offline("cost", "--events", str(file))
    assert (result.status, result.stdout) == (7, "")


def test_a_bundle_and_a_log_are_one_source_too_many(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    log = str(written(tmp_path, box.sandbox.diagnostic_log()))
    file = str(tmp_path / "night.zip")
    box.run("bundle", "--out", file)
    result = box.run("cost", "--from", file, "--events", log)
    assert (result.status, result.stdout) == (2, "")
    assert f"error: Hours are asked for both of {file} and of event logs." in result.stderr


def test_found_waste_is_a_finding_for_those_who_ask(open_box: Open) -> None:
    box = open_box("bad-node")
    assert box.run("cost").status == 0
    assert box.run("cost", "--fail-on", "any").status == 10


def test_a_run_of_which_a_log_tells_no_end_is_not_said_to_go_on(run_offline: Run) -> None:
    at = {"poolId": "p", "nodeId": "n"}
    events = [
        {
            "time": f"2026-11-20T0{hour}:00:00Z",
            "operationName": "TaskStartEvent",
            "properties": {"jobId": "j", "id": str(hour), "nodeInfo": {**at, "nodeId": str(hour)}},
        }
        for hour in (1, 2)
    ]
    text = "".join(f"{json.dumps(event)}\n" for event in events)
    page = run_offline("cost", "--events", "-", stdin=text.encode()).stdout
    assert "running  1.0 h  ████████████████████ 100%  no end is told" in page
