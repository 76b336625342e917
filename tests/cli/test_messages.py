"""What programs said: causes, groups, verdicts and a user's own tables, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.box import Box, Open, Run

SCENARIOS = Path(__file__).parents[1] / "scenarios"
OWN = """
[[message]]
name = "curves"
about = "input"
means = "The curves were not published."
steps = ["Publish the curves."]
patterns = ["no module named 'riskengine.*'"]
example = "ModuleNotFoundError: No module named 'riskengine.curves'"
near = "ModuleNotFoundError: No module named 'numpy'"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "messages.toml"
    file.write_text(OWN)
    return file


def groups(box: Box, *more: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = box.run(
        "tasks", "failed", "--by", "message", *more, "-o", "jsonl"
    ).jsonl()
    return found


def test_a_node_with_a_read_only_disk_is_named_with_its_words(open_box: Open) -> None:
    box = open_box(str(SCENARIOS / "read-only.toml"))
    (finding,) = box.run("triage", "-o", "json").json()["items"]
    assert finding["kind"] == "node-suspect"
    assert finding["message"].endswith(" 18 of 18 say: Read-only file system.")
    (suspect,) = box.run("nodes", "suspect", "-o", "jsonl").jsonl()
    assert suspect["verdict"] == "suspect"
    reasons = {reason["kind"]: reason["message"] for reason in suspect["reasons"]}
    assert reasons["said"] == "18 of 18 say: Read-only file system"
    assert "node-caused-failures" in reasons


def test_ten_minutes_without_storage_on_all_nodes_are_one_finding(open_box: Open) -> None:
    box = open_box(str(SCENARIOS / "storage-outage.toml"))
    told = box.run("triage", "-o", "json").json()
    (finding,) = told["items"]
    assert finding["kind"] == "outage"
    assert finding["subject"]["jobIds"] == ["job-a", "job-b", "job-c", "job-d", "job-e"]
    assert "150 of 150 tasks of 5 jobs on 8 nodes failed by storage" in finding["message"]
    assert "The failures are 150 storage-busy." in finding["evidence"]
    assert box.run("nodes", "suspect", "-o", "ids").stdout == ""


def test_of_an_outage_a_few_words_are_read_and_not_those_of_every_task(open_box: Open) -> None:
    box = open_box(str(SCENARIOS / "storage-outage.toml"))
    box.run("triage")
    assert box.requested("HEAD", "/files/") <= 48


def test_failures_are_grouped_by_what_they_have_in_common(open_box: Open) -> None:
    first, second, *_ = groups(open_box("night-shift"))
    assert first == {
        "by": "message",
        "key": "ModuleNotFoundError: No module named 'riskengine.curves'",
        "failures": 39,
        "share": 0.3939,
        "jobs": 1,
        "nodes": 6,
        "firstTime": first["firstTime"],
        "lastTime": first["lastTime"],
        "example": "ModuleNotFoundError: No module named 'riskengine.curves'",
        "jobId": "risk-var-20261121",
        "taskId": "book-001",
        "place": "stderr",
        "cause": {
            "entry": "python-module-missing",
            "about": "code",
            "line": "ModuleNotFoundError: No module named 'riskengine.curves'",
            "place": "stderr",
        },
        "stderr": None,
    }
    assert str(first["firstTime"]) < str(first["lastTime"])
    assert (second["key"], second["failures"], second["jobs"], second["nodes"]) == (
        "OSError: [Errno <n>] Input/output error: '<path>'",
        13,
        3,
        1,
    )


def test_the_groups_hold_every_failure_once_and_are_the_same_each_time(open_box: Open) -> None:
    box = open_box("night-shift")
    found = groups(box)
    assert groups(box) == found
    tasks = box.run("tasks", "failed", "-o", "json").json()["summary"]["tasks"]
    assert sum(int(str(group["failures"])) for group in found) == tasks
    counts = [group["failures"] for group in found]
    assert counts == sorted(counts, key=lambda count: -int(str(count)))


def test_a_program_that_never_ran_is_not_asked_for_its_words(open_box: Open) -> None:
    box = open_box("night-shift")
    box.run("tasks", "failed", "--by", "message", "--job", "ingest-20261121")
    asked = {request.path for request in box.sandbox.requests if "/files/" in request.path}
    assert not any("feed-031" in path for path in asked)


def test_words_that_are_gone_are_one_problem_and_no_other_status(open_box: Open) -> None:
    result = open_box("night-shift").run("tasks", "failed", "--by", "message", "-o", "json")
    told = result.json()
    assert result.status == 0
    (problem,) = told["problems"]
    assert problem["subject"] == "words of risk-stress-20261120/scenario-002 and 7 more tasks"
    (silent,) = [item for item in told["items"] if item["key"] == "(no words)"]
    assert silent["failures"] >= 8
    assert silent["cause"] is None


def test_a_failure_has_its_cause_only_where_words_were_read_or_details_tell_it(
    open_box: Open,
) -> None:
    items = open_box("night-shift").run("tasks", "failed", "-o", "jsonl").jsonl()
    told = {item["code"]: item["cause"] for item in items if item["cause"]}
    assert told["BlobAccessDenied"] == {
        "entry": "sas-expired",
        "about": "permission",
        "line": "Server failed to authenticate the request: the signature has expired.",
        "place": "details",
    }
    assert "FailureExitCode" not in told


def test_a_terminal_shows_groups_then_the_newest_twenty(open_box: Open) -> None:
    box = open_box("night-shift")
    page = box.run("tasks", "failed", terminal=True, environ={"NO_COLOR": "1"}).stdout
    assert page.index("Failures by category") < page.index("groups, by job and code")
    assert page.index("groups, by job and code") < page.index("The newest failures")
    assert "book-001: ModuleNotFoundError: No module named 'riskengine.curves'" in page
    assert "79 more failures: --all lists all of them." in page
    rows = page.partition("The newest failures")[2].partition("79 more")[0].splitlines()[3:-1]
    assert len(rows) == 2 * 20
    # No more than one example of each group is read.
    assert box.requested("HEAD", "/files/") <= 2 * 8


@pytest.mark.parametrize("more", [["--all"], ["-o", "jsonl"], ["-o", "csv"]], ids=" ".join)
def test_all_of_them_are_a_word_away_and_machines_get_all_anyway(
    open_box: Open, more: list[str]
) -> None:
    box = open_box("night-shift")
    argv = ["tasks", "failed", *more]
    piped = box.run(*argv)
    assert box.run(*argv, terminal=True, environ={"NO_COLOR": "1"}).stdout == piped.stdout
    assert piped.stdout.count("frame-") > 10


def test_all_and_a_limit_say_different_things(open_box: Open) -> None:
    told = open_box("healthy").run("tasks", "failed", "--all", "--limit", "3")
    assert (told.status, told.stderr.splitlines()[0]) == (
        2,
        "error: --all and --limit say different things.",
    )


def test_triage_quotes_what_most_of_a_jobs_programs_say(open_box: Open) -> None:
    items = open_box("night-shift").run("triage", "-o", "json").json()["items"]
    (failing,) = [item for item in items if item["kind"] == "job-failing"]
    assert failing["message"].endswith(
        "stderr of book-001 ends: ModuleNotFoundError: No module named 'riskengine.curves'"
        " (5 of 5 others that were read say the same)"
    )


def test_a_task_is_shown_with_its_cause_and_what_helps(open_box: Open) -> None:
    box = open_box("night-shift")
    (task,) = box.run("task", "show", "render-20261120/frame-0034", "-o", "json").json()["items"]
    assert (task["cause"]["entry"], task["cause"]["about"], task["cause"]["place"]) == (
        "disk-read-only",
        "disk",
        "stderr",
    )
    node, pool = task["nodeId"], task["poolId"]
    assert f"batchdoctor node disable {node} --pool {pool} --requeue" in task["nextCommands"]


@pytest.mark.parametrize("how", ["option", "configuration"])
def test_a_users_own_table_comes_before_the_catalog(open_box: Open, own: Path, how: str) -> None:
    box = open_box("bad-job")
    more = ["--messages", str(own)] if how == "option" else []
    environ = {} if more else {"BATCHDOCTOR_CONFIG": str(own)}
    argv = ["tasks", "failed", "--by", "message", *more, "-o", "jsonl"]
    found = box.run(*argv, environ=environ).jsonl()
    assert {"curves"} <= {item["cause"]["entry"] for item in found if item["cause"]}


def test_a_table_that_is_wrong_is_told_before_anything_is_asked(open_box: Open, own: Path) -> None:
    box = open_box("healthy")
    own.write_text(OWN.replace('"input"', '"weather"'))
    told = box.run("tasks", "failed", "--messages", str(own))
    assert told.status == 2
    assert told.stderr.splitlines()[0] == (
        f"error: In {own}, the message curves: Invalid enum value 'weather' - at `$.about`."
    )
    assert not box.sandbox.requests


def test_messages_are_tested_by_their_examples_and_on_a_log(
    run_offline: Run, own: Path, tmp_path: Path
) -> None:
    log = tmp_path / "stderr.txt"
    log.write_text("start\nModuleNotFoundError: No module named 'riskengine.vol'\nend\n")
    told = run_offline("messages", "test", str(own), str(log), "-o", "json")
    assert (told.status, told.json()["items"]) == (
        0,
        [
            {
                "name": "curves",
                "about": "input",
                "patterns": 1,
                "exampleFound": True,
                "nearFound": False,
                "matches": 1,
                "lines": ["ModuleNotFoundError: No module named 'riskengine.vol'"],
            }
        ],
    )
    assert told.json()["summary"] == {"messages": 1, "asMeant": 1, "lines": 3, "matched": 1}
    piped = run_offline("messages", "test", str(own), "-", "-o", "json", stdin=log.read_bytes())
    assert piped.json()["items"] == told.json()["items"]


def test_a_message_that_does_not_match_as_meant_is_a_finding(run_offline: Run, own: Path) -> None:
    own.write_text(OWN.replace("riskengine.*", "*"))
    assert run_offline("messages", "test", str(own)).status == 0
    told = run_offline("messages", "test", str(own), "--fail-on", "any")
    assert told.status == 10
    assert "near: found in it, and should not be" in told.stdout
    assert told.stdout.splitlines()[-1] == "1 of 1 message does not match as meant."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "There is no file"),
        ("x = ", "cannot be read"),
        ("x = 1", "There is no [[message]] table"),
        ("message = 1", "`message` is no list of tables"),
    ],
)
def test_a_file_of_messages_that_is_none_is_refused(
    run_offline: Run, tmp_path: Path, text: str | None, told: str
) -> None:
    file = tmp_path / "own.toml"
    if text is not None:
        file.write_text(text)
    result = run_offline("messages", "test", str(file))
    assert result.status == 2
    assert told in result.stderr


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("OSError: [Errno 28] No space left on device: '/mnt/x'", "disk"),
        ("CUDA error: uncorrectable ECC error encountered", "gpu"),
        ("docker: Error response from daemon: toomanyrequests: ...", "registry"),
        ("retrying after connection reset, succeeded", None),
        ("memory: 12 GB", None),
        ("0 errors", None),
        ("reading error.log", None),
    ],
)
def test_explain_tells_what_a_line_is_about_and_of_chatter_nothing(
    run_offline: Run, line: str, about: str | None
) -> None:
    for told in (
        run_offline("explain", line, "-o", "json"),
        run_offline("explain", "-", "-o", "json", stdin=line.encode()),
    ):
        items = json.loads(told.stdout)["items"]
        assert {item["about"] for item in items} == {about}


def test_the_failures_of_a_log_are_grouped_by_the_messages_told_of_them(
    open_box: Open, run_offline: Run, tmp_path: Path
) -> None:
    log = tmp_path / "PT1H.json"
    lines = open_box("night-shift").sandbox.diagnostic_log()
    log.write_text("".join(f"{line}\n" for line in lines))
    told = run_offline("events", "parse", str(log), "--by", "message", "-o", "json").json()
    failures = run_offline("events", "parse", str(log), "--show", "failures", "-o", "jsonl")
    assert sum(item["failures"] for item in told["items"]) == len(failures.jsonl())
    keys = {item["key"]: item for item in told["items"]}
    assert any("signature has expired" in key for key in keys)
    refused = run_offline("events", "parse", str(log), "--by", "message", "--show", "nodes")
    assert refused.status == 2
