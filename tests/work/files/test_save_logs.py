"""Saving logs: what could not be written is told, and the answer is not called complete."""

from __future__ import annotations

import json
from io import FileIO
from pathlib import Path

import pytest

from batchdoctor.work.files.save_logs import LogKeeper
from tests.box import Open

JOB = "render-20261121"


def test_logs_that_have_no_place_make_the_answer_incomplete(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    (tmp_path / JOB).write_text("in the way")
    argv = ("tasks", "failed", "--job", JOB, "--limit", "1", "--save-logs", str(tmp_path))
    result = box.run(*argv, "-o", "json")
    document = result.json()
    (item,) = document["items"]
    assert (result.status, document["complete"]) == (2, False)
    assert [problem["subject"] for problem in document["problems"]] == [
        f"{name}.txt of {JOB}/{item['taskId']}" for name in ("stdout", "stderr")
    ]
    lines = (tmp_path / "manifest.jsonl").read_text().splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["missing", "missing"]


def test_a_manifest_that_the_disk_has_no_room_for_is_told_once(
    open_box: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = open_box("bad-node")
    monkeypatch.setattr(LogKeeper, "_manifest", lambda _: FileIO("/dev/full", "ab"))
    argv = ("tasks", "failed", "--job", JOB, "--limit", "3", "--save-logs", str(tmp_path))
    result = box.run(*argv, "-o", "json")
    document = result.json()
    assert (result.status, document["complete"], len(document["items"])) == (2, False, 3)
    assert [problem["message"] for problem in document["problems"]] == [
        f"{tmp_path / 'manifest.jsonl'} cannot be written to: No space left on device."
    ]


def test_a_device_in_the_place_of_the_manifest_is_never_read(
    open_box: Open, tmp_path: Path
) -> None:
    (tmp_path / "manifest.jsonl").symlink_to("/dev/zero")
    argv = ("tasks", "failed", "--job", JOB, "--save-logs", str(tmp_path))
    result = open_box("bad-node").run(*argv)
    assert (result.status, result.stdout) == (2, "")
    assert "manifest.jsonl is no file, so nothing was saved." in result.stderr
