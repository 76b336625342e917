"""What fingers type: every form leads to the same place, or to a sentence that helps."""

from __future__ import annotations

import json

import pytest
import typer.main

from batchdoctor.cli.app import whole_app
from batchdoctor.cli.commands.triage import status_of
from batchdoctor.cli.completion.tree import tree_of
from batchdoctor.cli.forms import TWINS, as_meant
from batchdoctor.cli.neighbours import neighbour
from batchdoctor.cli.options import FailOn
from batchdoctor.cli.overview import commands_told, overview
from batchdoctor.cli.words import WORDS
from batchdoctor.core.findings.finding import Finding, Severity, Subject
from tests.box import Box, Open, Run

JOB, POOL = "risk-var-20261121", "sim-spot"
NODE = "tvm-129948156_8-20261109t105111z"
TASK = "book-048"
# A node that is up, and so has files.
UP = "render-linux/tvm-283647310_8-20261109t212451z"

# Typed -> the same in full.
SAME: tuple[tuple[str, str], ...] = (
    (f"task show {JOB} {TASK}", f"task show --job {JOB} --task {TASK}"),
    (f"task show {JOB}/{TASK}", f"task show --job {JOB} --task {TASK}"),
    (f"tasks show {JOB}/{TASK}", f"task show --job {JOB} --task {TASK}"),
    (f"tasks failed {JOB}", f"tasks failed --job {JOB}"),
    (f"task failed {JOB} encode-20261121", f"tasks failed --job {JOB} --job encode-20261121"),
    (f"nodes suspect {POOL}", f"nodes suspect --pool {POOL}"),
    (f"node suspect {POOL}", f"nodes suspect --pool {POOL}"),
    (f"job show {JOB}", f"job diagnose --job {JOB}"),
    (f"jobs diagnose {JOB}", f"job diagnose --job {JOB}"),
    (f"pool show {POOL}", f"pool diagnose --pool {POOL}"),
    (f"pools diagnose {POOL}", f"pool diagnose --pool {POOL}"),
    (f"job list {JOB}", f"jobs list --job {JOB}"),
    ("pool list", "pools list"),
    (f"node list {POOL}", f"nodes list --pool {POOL}"),
    (f"task list {JOB}", f"tasks list --job {JOB}"),
    (f"node show {NODE}", f"node show {NODE} --pool {POOL}"),
    (f"nodes show {POOL}/{NODE}", f"node show {NODE} --pool {POOL}"),
    (f"files get stderr {JOB}/{TASK}", f"files get stderr --job {JOB} --task {TASK}"),
    (f"file get stderr {JOB}/{TASK}", f"files get stderr --job {JOB} --task {TASK}"),
    (f"files tail stderr {JOB}/{TASK}", f"files tail stderr --job {JOB} --task {TASK}"),
    (f"files list {JOB}/{TASK}", f"files list --job {JOB} --task {TASK}"),
    (f"files list {JOB}/{TASK} *.txt", f"files list *.txt --job {JOB} --task {TASK}"),
    (f"files list wd/ {JOB}/{TASK}", f"files list wd/ --job {JOB} --task {TASK}"),
    (f"files list {UP}", f"files list --node {UP}"),
    (f"files tail startup/stdout.txt {UP}", f"files tail stdout --node {UP} --start-task"),
    (f"node cordon {POOL}/{NODE} -n", f"node disable {POOL}/{NODE} --task-completion -n"),
    (f"node drain {POOL}/{NODE} -n", f"node disable {POOL}/{NODE} --requeue --dry-run"),
    (f"nodes uncordon {POOL}/{NODE} -n", f"node enable {POOL}/{NODE} --dry-run"),
    (f"ssh {POOL}/{NODE} --user me -n", f"node login {POOL}/{NODE} --user me --dry-run"),
    (f"node ssh {POOL}/{NODE} --user me -n", f"node login {POOL}/{NODE} --user me --dry-run"),
    (
        f"tasks failed {JOB} --since today --json",
        f"tasks failed --job {JOB} --since 2026-11-21 -o json",
    ),
    (
        f"tasks failed {JOB} --since yesterday --json",
        f"tasks failed {JOB} --since 20261120 --json",
    ),
    (
        f"tasks failed {JOB} --since 22:30 --json",
        f"tasks failed {JOB} --since 2026-11-20T22:30:00Z --json",
    ),
    (f"tasks failed {JOB} --json", f"tasks failed {JOB} -o json"),
    (f"tasks list {JOB} --state Failed", f"tasks list {JOB} --state failed"),
    ("help tasks failed", "tasks failed --help"),
    ("help --man", "help --man"),
    ("help", ""),
    ("--help", ""),
)


def told(box: Box, line: str) -> tuple[int, str]:
    result = box.run(*line.split())
    assert "itself failed" not in result.stderr
    return result.status, result.stdout


@pytest.mark.parametrize(("typed", "meant"), SAME, ids=[typed for typed, _ in SAME])
def test_a_form_that_fingers_type_is_the_same_as_the_one_in_full(
    open_box: Open, typed: str, meant: str
) -> None:
    box = open_box("night-shift")
    status, answer = told(box, typed)
    assert (status, answer) == told(box, meant)
    assert (status, bool(answer)) == (0, True)


# What narrows `tasks failed` and `triage` -> what is left.
def test_failures_are_narrowed_by_node_kind_exit_code_and_time(open_box: Open) -> None:
    box = open_box("night-shift")
    every = box.run("tasks", "failed", "-o", "jsonl").jsonl()

    def failed(*words: str) -> list[str]:
        return [
            item["taskId"] for item in box.run("tasks", "failed", *words, "--json").json()["items"]
        ]

    some = next(item for item in every if item["exitCode"] is not None and item["nodeId"])
    node, code, kind = some["nodeId"], some["exitCode"], some["category"]
    assert failed("--node", node) == [i["taskId"] for i in every if i["nodeId"] == node]
    assert failed("--node", f"{some['poolId']}/{node}") == failed("--node", node.upper())
    assert failed("--exit-code", str(code)) == [
        item["taskId"] for item in every if item["exitCode"] == code
    ]
    assert failed("--category", kind) == [i["taskId"] for i in every if i["category"] == kind]
    moment = some["endTime"]
    before = [item["taskId"] for item in every if item["endTime"] <= moment]
    assert set(failed("--until", moment)) - {some["taskId"]} <= set(before)
    times = [
        i["endTime"]
        for i in box.run("tasks", "failed", "--sort", "newest", "--json").json()["items"]
    ]
    assert times == sorted(times, reverse=True)


def test_triage_of_a_pool_or_of_a_job_tells_of_nothing_else(open_box: Open) -> None:
    box = open_box("night-shift")
    of_pool = box.run("triage", "--pool", POOL.upper(), "-o", "json").json()
    assert (of_pool["summary"]["pools"], of_pool["items"] != []) == (1, True)
    assert {item["subject"].get("poolId", POOL) for item in of_pool["items"]} == {POOL}
    box.sandbox.requests.clear()
    of_job = box.run("triage", "--job", JOB, "-o", "json").json()
    assert (of_job["summary"]["pools"], of_job["summary"]["jobs"]) == (1, 1)
    # And asks of no other job how its tasks stand.
    assert [r.path for r in box.sandbox.requests if "taskcounts" in r.path] == [
        f"/jobs/{JOB}/taskcounts"
    ]
    ended = box.run("triage", "--job", "archive-20261114", "--since", "1h", "-o", "json").json()
    assert ended["summary"]["jobs"] == 1


# A wrong id -> the nearest one that exists, and where to look.
WRONG: tuple[tuple[str, str], ...] = (
    (
        "job diagnose risk-vr-20261121",
        "did you mean risk-var-20261121? What there is: batchdoctor jobs list",
    ),
    (
        "tasks failed risk-var",
        "did you mean risk-var-20261121? What there is: batchdoctor jobs list",
    ),
    (
        "triage --job risk-vat-20261121",
        "did you mean risk-var-20261121? What there is: batchdoctor jobs list",
    ),
    ("pool show simspot", "did you mean sim-spot? What there is: batchdoctor pools list"),
    ("nodes suspect sim", "did you mean sim-spot? What there is: batchdoctor pools list"),
    (
        "job disable risk-var --yes",
        "did you mean risk-var-20261121? What there is: batchdoctor jobs list",
    ),
    (
        f"task show {JOB}/bok-048",
        f"did you mean {JOB}/book-048? What there is: batchdoctor tasks list --job {JOB}",
    ),
    (
        f"files get stderr {JOB}/bok-048",
        f"did you mean {JOB}/book-048? What there is: batchdoctor tasks list --job {JOB}",
    ),
    (
        f"node show {POOL}/{NODE[:-1]}",
        f"did you mean {POOL}/{NODE}? What there is: batchdoctor nodes list --pool {POOL}",
    ),
    (
        f"node disable {POOL}/{NODE[:-1]} --yes",
        f"did you mean {POOL}/{NODE}? What there is: batchdoctor nodes list --pool {POOL}",
    ),
    ("node show tvm-0", "batchdoctor nodes list"),
    ("job diagnose zzzzzz", "batchdoctor jobs list"),
)


@pytest.mark.parametrize(("typed", "hint"), WRONG, ids=[typed for typed, _ in WRONG])
def test_a_wrong_id_is_answered_with_the_nearest(open_box: Open, typed: str, hint: str) -> None:
    result = open_box("night-shift").run(*typed.split())
    assert (result.status, result.stdout) == (3, "")
    assert result.stderr.splitlines()[-1] == f"hint: {hint}"


# A word that is none -> the one that was meant, or none.
UNKNOWN: tuple[tuple[str, str], ...] = (
    ("watch", "batchdoctor --help"),
    ("tiage", "did you mean batchdoctor triage?"),
    ("status", "did you mean batchdoctor triage?"),
    ("logs", "did you mean batchdoctor files tail?"),
    ("nodes supsect", "did you mean batchdoctor nodes suspect?"),
    ("task describe a/b", "did you mean batchdoctor task show?"),
    ("job kill x", "did you mean batchdoctor job terminate?"),
    ("node zap x", "batchdoctor node --help"),
)


@pytest.mark.parametrize(("typed", "hint"), UNKNOWN, ids=[typed for typed, _ in UNKNOWN])
def test_an_unknown_word_gets_the_right_neighbour_or_none(
    run_offline: Run, typed: str, hint: str
) -> None:
    result = run_offline(*typed.split())
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"hint: {hint}"


# A form that cannot be meant -> what is to be typed.
HALVES: tuple[tuple[str, str], ...] = (
    ("tasks failed --since 90", "--since 90m, --since 90h or --since 90d"),
    ("tasks failed --since 25:00", "--since 22:30, in UTC"),
    (f"task show {TASK}", "give JOB/TASK, or --job and --task"),
    (f"task show {JOB} {TASK} more", "give JOB/TASK, or --job and --task"),
    ("files get a/b", "batchdoctor files get stderr a/b"),
    ("files tail stdout stderr a/b", "batchdoctor files tail stdout JOB/TASK"),
    ("node login p/tvm-1 --expires today", "--expires 8h"),
)


@pytest.mark.parametrize(("typed", "hint"), HALVES, ids=[typed for typed, _ in HALVES])
def test_a_form_that_says_too_little_or_too_much_is_told_how(
    run_offline: Run, typed: str, hint: str
) -> None:
    result = run_offline(*typed.split())
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"hint: {hint}"


@pytest.mark.parametrize("level", ["any", "warning", "error"])
@pytest.mark.parametrize(
    "typed",
    [
        "triage",
        "tasks failed",
        "nodes suspect",
        f"job diagnose {JOB}",
        f"pool diagnose {POOL}",
        f"compare jobs {JOB} nightly-etl-20261121",
        "jobs list",
        f"task show {JOB}/{TASK}",
        f"node show {POOL}/{NODE}",
        f"files list {UP}",
        "explain DiskFull",
    ],
)
def test_every_level_can_fail_a_command(open_box: Open, typed: str, level: str) -> None:
    assert open_box("night-shift").run(*typed.split(), "--fail-on", level).status == 10


def test_notes_count_as_anything_only() -> None:
    note = Finding(kind="node-preempted", subject=Subject(pool_id=POOL), message="Preempted.")
    assert note.severity is Severity.INFO
    assert [int(status_of([note], level)) for level in FailOn] == [10, 0, 0]


def test_what_is_well_fails_no_command(open_box: Open) -> None:
    box = open_box("night-shift")
    done = box.run("tasks", "list", JOB, "--state", "completed", "-o", "jsonl").jsonl()
    well = next(JOB + "/" + item["taskId"] for item in done if item["result"] == "success")
    for typed in (f"task show {well}", f"files list {UP} core.*", "explain NoSuchWord"):
        assert box.run(*typed.split(), "--fail-on", "any").status == 0


def test_two_formats_at_once_are_one_too_many(run_offline: Run) -> None:
    told = run_offline("tasks", "failed", "--json", "-o", "csv")
    assert (told.status, json.loads(told.stderr)["error"]["hint"]) == (2, "give one of --json, -o")


def test_without_a_word_the_overview_is_the_answer(run_offline: Run) -> None:
    result = run_offline()
    assert (result.status, result.stderr, result.stdout) == (0, "", overview())
    lines = result.stdout.splitlines()
    assert lines[1] == "begin with: batchdoctor triage, or batchdoctor demo"
    assert (len(lines) <= 24, max(map(len, lines)) <= 80) == (True, True)


def test_the_overview_names_every_command(run_offline: Run) -> None:
    tree = tree_of(typer.main.get_command(whole_app()))
    real = {" ".join(each.path) for each in tree.every() if not each.children}
    named = set(commands_told())
    assert named <= real
    assert all(word in overview() for word in WORDS)


def test_the_options_of_all_commands_have_a_page(run_offline: Run) -> None:
    told = run_offline("help", "options")
    assert told.status == 0
    for option in ("-o, --output", "--json", "--account-endpoint", "--profile", "--timeout"):
        assert option in told.stdout
    assert len(told.stdout.splitlines()) <= 24


def test_only_a_verb_that_a_noun_lacks_is_looked_for_at_its_twin() -> None:
    assert as_meant(["triage", "--since", "6h"]) == ["triage", "--since", "6h"]
    assert as_meant(["tasks", "failed"]) == ["tasks", "failed"]
    assert as_meant(["task", "failed"]) == ["tasks", "failed"]
    assert as_meant(["tasks", "unheard-of"]) == ["tasks", "unheard-of"]
    assert as_meant([]) == []
    assert as_meant(["tasks", "--help"]) == ["tasks", "--help"]
    assert {*TWINS} <= {*WORDS}


@pytest.mark.parametrize("word", ["watch", "xyz", "foo"])
def test_a_word_like_no_other_has_no_neighbour(word: str) -> None:
    assert neighbour(word, list(WORDS), "") is None


def test_what_to_type_about_a_node_keeps_the_jobs_that_were_asked_for(open_box: Open) -> None:
    box = open_box("night-shift")
    typed = "nodes suspect render-linux --job render-20261121 -o jsonl"
    advice = [step for item in box.run(*typed.split()).jsonl() for step in item["advice"]]
    failed = [step for step in advice if "batchdoctor tasks failed" in step]
    assert failed
    assert all(
        step.endswith("--pool render-linux --by node --job render-20261121") for step in failed
    )
