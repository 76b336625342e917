"""`schema`: what every command answers in json is what its schema says, and no key more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from batchdoctor.report.schemas import ANSWERS, schema_of
from batchdoctor.sandbox import Fault, FaultKind
from tests.box import Box, Open, Run

CHANGES = ("disable", "enable", "reboot", "reimage", "remove", "start", "deallocate")
# Command -> command lines that its schema must fit; {…} is filled from the account.
WITNESSES: dict[str, tuple[str, ...]] = {
    "config show": ("config show",),
    "config profiles": ("config profiles",),
    "triage": ("triage",),
    "cost": ("cost --price {pool}=0.3", "cost --events {log}", "cost --job {job}"),
    "timeline": ("timeline", "timeline --events {log}", "timeline --only-events --events {log}"),
    "pool diagnose": ("pool diagnose --pool {pool}",),
    "job diagnose": ("job diagnose --job {job}",),
    **{f"{noun} list": (f"{noun} list",) for noun in ("jobs", "pools", "nodes", "tasks")},
    "bundle": ("bundle --force --out {folder}/night.zip",),
    "compare jobs": ("compare jobs {job} {other_job}",),
    "compare tasks": ("compare tasks {job}/{task} {other_job}/{other_task}",),
    "compare nodes": ("compare nodes {pool}/{node} {other_node}",),
    "compare logs": ("compare logs {quiet_log} {log}",),
    "compare bundles": ("compare bundles {old_bundle} {new_bundle}",),
    "wait job": ("wait job {job} --timeout 1", "wait job {job} --until failed>0"),
    "wait pool": ("wait pool {pool} --until nodes>=1", "wait pool {pool} --until nodes>=9999"),
    "wait node": ("wait node {pool}/{node} --timeout 1 --until offline",),
    "wait task": ("wait task {job}/{task}",),
    "tasks failed": (
        "tasks failed",
        "tasks failed --stderr 2",
        *(f"tasks failed --by {by}" for by in ("node", "code", "category", "exit-code", "job")),
        "tasks failed --by message",
        "tasks failed --by message --stderr 2",
        "tasks failed --by code --stderr 2",
    ),
    "tasks reactivate": (
        "tasks reactivate --failed --job {job} --dry-run",
        "tasks reactivate --failed --job {job} --yes",
    ),
    **{
        f"job {each}": (f"job {each} {{job}} --dry-run",)
        for each in ("disable", "enable", "terminate")
    },
    "task terminate": ("task terminate {job}/{task} --dry-run",),
    "task show": ("task show {job}/{task}",),
    "nodes suspect": ("nodes suspect",),
    "node show": ("node show {pool}/{node}",),
    **{f"node {each}": (f"node {each} {{pool}}/{{node}} --dry-run",) for each in CHANGES},
    "node login": ("node login {pool}/{node} --user me --dry-run",),
    "node logs": ("node logs {pool}/{node} --container-file {sas} --dry-run",),
    "files list": ("files list --task {job}/{task}", "files list --node {pool}/{node}"),
    "files grep": (
        "files grep e --job {job} --failed -C 1",
        "files grep e --job {job} -c",
        "files grep e --job {job} -l",
    ),
    "events parse": (
        *(
            f"events parse {{log}} --show {show}"
            for show in ("summary", "failures", "nodes", "events", "unfinished", "timeline")
        ),
        "events parse {log} --by message",
    ),
    "events map": ("events map {log} --out {folder}/counts",),
    "events reduce": ("events reduce {counts} --shard 1/4",),
    "events reduce final": tuple(
        f"events reduce {{counts}} --final --show {show}"
        for show in ("summary", "nodes", "timeline")
    ),
    "messages test": ("messages test {messages}", "messages test {messages} {log}"),
    "explain": (
        "explain --list",
        "explain BlobAccessDenied 137 no-such-thing",
        "explain No space left on device",
    ),
    "auth check": ("auth check",),
    "config paths": ("config paths",),
    "sandbox scenarios": ("sandbox scenarios",),
    "schema": ("schema",),
}
LINES = [(command, line) for command, lines in WITNESSES.items() for line in lines]
SCENARIOS = ("night-shift", "bad-node", "bad-job")


def closed(schema: Any) -> Any:
    """A schema that lets no key pass which it does not name; the published one is not so strict."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: closed(each) for key, each in schema.items()}
    return {**strict, "additionalProperties": False} if "properties" in schema else strict


def validate(command: str, document: Any) -> None:
    """Raise unless the document is what the schema of its command says, and nothing else."""
    jsonschema.Draft202012Validator(closed(schema_of(command))).validate(document)


def others(box: Box, folder: Path, job: str, node: str) -> dict[str, str]:
    """What a failed task, its job and its node can be compared with, logs, and bundles."""
    jobs = box.run("jobs", "list", "-o", "jsonl").jsonl()
    other = next(each for each in jobs if each["jobId"] != job and each["succeededTasks"])["jobId"]
    done = box.run("tasks", "list", other, "--state", "succeeded", "-o", "jsonl").jsonl()[0]
    nodes = box.run("nodes", "list", "-o", "ids").stdout.split()
    quiet = folder / "quiet"
    lines = [line for line in box.sandbox.diagnostic_log() if "TaskFailEvent" not in line]
    quiet.write_text("\n".join(line for line in lines if '"Failure"' not in line))
    bundles = [folder / "old.zip", folder / "new.zip"]
    for bundle in bundles:
        box.run("bundle", "--job", job, "--out", str(bundle))
        for each in (each for pool in box.sandbox.store.pools for each in pool.nodes):
            each.members = {"nodeAgentInfo": {"version": "1.14.0"}}
    return {
        "other_job": other,
        "other_task": done["taskId"],
        "other_node": next(each for each in nodes if not each.endswith(f"/{node}")),
        "quiet_log": str(quiet),
        "old_bundle": str(bundles[0]),
        "new_bundle": str(bundles[1]),
    }


def filled(line: str, box: Box, folder: Path) -> list[str]:
    """The command line about a failed task and the node that it ran on."""
    failed = box.run("tasks", "failed", "-o", "jsonl").jsonl()
    found = next(item for item in failed if item["nodeId"])
    job, task, pool, node = (found[f"{noun}Id"] for noun in ("job", "task", "pool", "node"))
    sas, log = folder / "sas", folder / "log"
    sas.write_text("https://a.blob.core.windows.net/c?sv=1&sig=abc%3D&se=2030-01-01")
    log.write_text("".join(f"{line}\n" for line in box.sandbox.diagnostic_log()))
    messages = folder / "messages.toml"
    messages.write_text(
        '[[message]]\nname = "own"\nabout = "node"\nmeans = "It is ours."\npatterns = ["tvm*"]\n'
        'example = "on tvm-1"\nnear = "on a node"\n'
    )
    names = {"job": job, "task": task, "pool": pool, "node": node, "sas": sas, "log": log}
    names["messages"] = str(messages)
    if "{counts}" in line:
        names["counts"] = str(folder / "counts")
        assert box.run("events", "map", str(log), "--out", names["counts"]).status == 0
    names["folder"] = str(folder)
    names |= others(box, folder, job, node) if "compare" in line else {}
    return [word.format(**names) for word in line.split()]


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(("command", "line"), LINES, ids=[line for _, line in LINES])
def test_every_answer_fits_the_schema_of_its_command(
    open_box: Open, tmp_path: Path, command: str, line: str, scenario: str
) -> None:
    box = open_box(scenario)
    argv = filled(line, box, tmp_path) if "{" in line else line.split()
    told = box.run(*argv, "-o", "json", environ={"XDG_STATE_HOME": str(tmp_path)})
    assert told.status in {0, 6, 8, 9}, told.stderr
    # What `--final` answers has a schema of its own.
    assert told.json()["command"] == command.removesuffix(" final")
    validate(command, told.json())


def test_every_schema_has_a_witness() -> None:
    # A query of a workspace answers with what a log on disk does; notices, and jobs that need a
    # storage account, have their own tests.
    own = {"events query", "events submit", "triage notify"}
    assert ANSWERS.keys() - WITNESSES.keys() == own


def test_an_incomplete_answer_fits_too_and_names_the_kind_of_each_problem(open_box: Open) -> None:
    box = open_box("night-shift")
    box.order(Fault(FaultKind.BUSY, route="GET /jobs/{id}/tasks", times=None))
    told = box.run("tasks", "failed", "-o", "json").json()
    validate("tasks failed", told)
    assert [problem["kind"] for problem in told["problems"]][-2:] == ["unreachable", "not-read"]


def test_a_schema_notices_what_is_not_so(open_box: Open) -> None:
    told = open_box("bad-node").run("tasks", "failed", "-o", "json").json()
    validate("tasks failed", told)
    for change in ({"exitCode": "1"}, {"odd": 1}, {"category": "else"}):
        wrong = {**told, "items": [{**told["items"][0], **change}]}
        with pytest.raises(jsonschema.ValidationError):
            validate("tasks failed", wrong)
    del told["items"][0]["advice"]
    with pytest.raises(jsonschema.ValidationError):
        validate("tasks failed", told)


def test_a_schema_is_printed_for_the_words_of_a_command(run_offline: Run) -> None:
    told = run_offline("schema", "tasks", "failed")
    assert (told.status, json.loads(told.stdout)) == (0, schema_of("tasks failed"))
    assert run_offline("schema", "tasks failed").stdout == told.stdout
    jsonschema.Draft202012Validator.check_schema(told.json())


def test_an_unknown_command_is_told_with_the_nearest(run_offline: Run) -> None:
    told = run_offline("schema", "task", "fail")
    assert (told.status, told.stderr) == (
        2,
        "error: 'task fail' is no command with a schema.\nhint: batchdoctor schema tasks failed\n",
    )


def test_without_a_command_all_are_listed(run_offline: Run) -> None:
    assert run_offline("schema", "-o", "ids").stdout.splitlines() == list(ANSWERS)
