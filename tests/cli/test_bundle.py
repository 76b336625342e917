"""Bundles: what was asked of an account is asked of the bundle later, with the same answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.box import Box, Open
from tests.scenarios import scenario

QUESTIONS = [
    "triage",
    "triage --since 2h -o json",
    "tasks failed",
    "tasks failed --by code -o json",
    "tasks failed --stderr 3 -o jsonl",
    "nodes suspect",
    "nodes suspect --exact -o json",
]


def bundled(box: Box, tmp_path: Path, *options: str) -> str:
    file = str(tmp_path / "night.zip")
    result = box.run("bundle", "--out", file, *options)
    assert (result.status, result.stderr) == (0, "")
    return file


def questions_of(box: Box) -> list[str]:
    """Every question that a reading command can ask of what is there."""
    store = box.sandbox.store
    asked = list(QUESTIONS)
    asked += [f"pool diagnose {pool.id} -o json" for pool in store.pools]
    asked += [f"job diagnose {job.id}" for job in store.jobs]
    asked += [f"nodes suspect --pool {pool.id}" for pool in store.pools]
    for pool in store.pools:
        asked += [f"node show {node.id} --pool {pool.id}" for node in pool.nodes[:2]]
    for job in store.jobs:
        failed = [task for task in job.tasks if task.result == "failure"]
        for task in failed[:1]:
            asked += [
                f"task show {job.id}/{task.id}",
                f"files list --job {job.id} --task {task.id} -o json",
                f"files tail stderr --job {job.id} --task {task.id}",
                f"files get stdout --job {job.id} --task {task.id}",
            ]
    return asked


@pytest.mark.parametrize(
    "name",
    ["night-shift", "bad-node", "bad-job", "healthy", "words", "running", "fitting", "endings"],
)
def test_each_question_has_the_same_answer_live_and_from_the_bundle(
    open_box: Open, tmp_path: Path, name: str
) -> None:
    ours = name in {"night-shift", "bad-node", "bad-job", "healthy"}
    box = open_box(name if ours else scenario(name))
    file = bundled(box, tmp_path)
    requests = len(box.sandbox.requests)
    for question in questions_of(box):
        live = box.run(*question.split())
        requests = len(box.sandbox.requests)
        kept = box.run(*question.split(), "--from", file)
        assert len(box.sandbox.requests) == requests
        assert (kept.status, kept.output) == (live.status, live.output), question
