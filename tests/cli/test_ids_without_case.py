"""An id in another case means the same object, in every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchdoctor.sandbox.account.model import Job
from tests.box import Box, Open

POOL, JOB = "render-linux", "render-20261121"


def respell(box: Box, *jobs: Job) -> None:
    """Let jobs, and the tasks in them, spell their pool in another case than the pool itself."""
    for job in jobs:
        job.pool_id = "Render-LINUX"


@pytest.fixture
def box(open_box: Open) -> Box:
    box = open_box("bad-node")
    respell(box, *box.sandbox.store.jobs)
    return box


def suspects(box: Box, *argv: str) -> list[str]:
    found = box.run("nodes", "suspect", *argv, "-o", "jsonl").jsonl()
    return [item["nodeId"] for item in found if item["verdict"] == "suspect"]


def test_a_job_may_spell_its_pool_in_another_case(box: Box, open_box: Open) -> None:
    plain = open_box("bad-node")
    everywhere = suspects(plain)
    assert len(everywhere) == 1
    assert suspects(box) == suspects(box, "--pool", POOL.upper()) == everywhere
    assert suspects(box, "--exact") == suspects(plain, "--exact")
    kinds = [item["kind"] for item in box.run("triage", "-o", "jsonl").jsonl()]
    assert kinds == [item["kind"] for item in plain.run("triage", "-o", "jsonl").jsonl()]
    diagnosed = [item["kind"] for item in box.run("pool", "diagnose", POOL, "-o", "jsonl").jsonl()]
    assert "node-suspect" in diagnosed


@pytest.mark.parametrize(
    "argv",
    [
        ("tasks", "failed", "--job", JOB, "--pool", POOL),
        ("nodes", "suspect", "--pool", POOL, "--job", JOB),
        ("pool", "diagnose", POOL),
        ("job", "diagnose", JOB),
        ("task", "show", f"{JOB}/frame-0003"),
        ("compare", "jobs", JOB, "encode-20261121"),
        ("compare", "tasks", f"{JOB}/frame-0003", "encode-20261121/clip-001"),
        ("files", "list", "--job", JOB, "--task", "frame-0003"),
        ("files", "grep", "a", "--job", JOB, "-l"),
    ],
    ids=" ".join,
)
def test_the_answer_does_not_depend_on_the_case_of_the_ids(
    open_box: Open, argv: tuple[str, ...]
) -> None:
    box = open_box("bad-node")
    changed = [word.upper() if word.startswith(("render", JOB)) else word for word in argv]
    plain, upper = box.run(*argv, "-o", "json"), box.run(*changed, "-o", "json")
    assert (upper.status, upper.stderr) == (plain.status, plain.stderr)
    assert len(upper.json()["items"]) == len(plain.json()["items"]) > 0


def test_a_log_is_filtered_without_regard_to_case(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    log = tmp_path / "log.jsonl"
    log.write_text("".join(f"{line.rstrip()}\n" for line in box.sandbox.diagnostic_log()))
    for option, an_id in (("--pool", POOL), ("--job", JOB)):
        argv = ("events", "parse", str(log), "--show", "failures", "-o", "jsonl", option)
        plain, upper = box.run(*argv, an_id), box.run(*argv, an_id.upper())
        assert plain.stdout == upper.stdout != ""


def test_a_node_is_disabled_and_enabled_in_whatever_case(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    (node,) = suspects(box)
    home = {"XDG_STATE_HOME": str(tmp_path)}
    name = f"{POOL}/{node}"
    assert box.run("node", "disable", name.upper(), "--yes", environ=home).status == 0
    mine = box.run("node", "enable", "--mine", "--dry-run", "-o", "ids", environ=home)
    assert mine.stdout.lower().split() == [name.lower()]
    assert box.run("node", "enable", name, "--yes", environ=home).status == 0
    again = box.run("node", "enable", "--mine", "--dry-run", "-o", "ids", environ=home)
    assert again.stdout == ""
