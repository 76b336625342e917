"""Hostile ids, messages and file names, and planted secrets, through every command and format."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.sandbox import Fault, FaultKind
from tests.box import Box, Open, Result

HOSTILE = (
    "=cmd|'/c calc'!A1 \x1b[2J\x1b]8;;https://evil.example\x07click\x1b]8;;\x07 [red]markup[/] "
    "\u202egnp.exe \x9b31m \r\noverwritten\ttab \x00 \u200b end"
)
SIGNATURE = "cGxhbnRlZHNpZ25hdHVyZQ"
SIGNED = f"https://a.blob.core.windows.net/c/f?sv=1&se=2&sig={SIGNATURE}%3D&sp=r"
KEY, TOKEN = "cGxhbnRlZGtleQ", "plantedtokenplantedtoken"
PASSWORD = "planted-password"
SECRETS = (SIGNATURE, KEY, TOKEN, PASSWORD)
PLANTED = (
    f"{SIGNED} {SIGNED.replace('&', '&amp;')} DefaultEndpointsProtocol=https;AccountKey={KEY}==; "
    f'Authorization: Bearer {TOKEN} {{"u":"http://me:{PASSWORD}@proxy:3128/'
    f'?a\\u0026sig={SIGNATURE}\\u003d"}}'
)
JOB, POOL = "render-20261121", "render-linux"
COMMANDS: dict[str, list[str]] = {
    "tasks failed": ["tasks", "failed"],
    "tasks failed --by": ["tasks", "failed", "--by", "code"],
    "nodes suspect": ["nodes", "suspect"],
    "triage": ["triage"],
    "job diagnose": ["job", "diagnose", "--job", JOB],
    "pool diagnose": ["pool", "diagnose", "--pool", POOL],
    "compare jobs": ["compare", "jobs", JOB, "encode-20261121"],
    "compare tasks": ["compare", "tasks", f"{JOB}/frame-0001", f"{JOB}/frame-0002"],
    "compare nodes": ["compare", "nodes", f"{POOL}/{{node}}", f"{POOL}/{{other}}"],
    "node show": ["node", "show", f"{POOL}/{{node}}"],
    "node reboot": ["node", "reboot", f"{POOL}/{{node}}", "--dry-run", "--max-share", "100"],
    "tasks reactivate": ["tasks", "reactivate", "--failed", "--job", JOB, "--dry-run"],
    "files list": ["files", "list", "--task", f"{JOB}/frame-0001"],
    "files grep": ["files", "grep", ".", "--job", JOB, "-C", "1"],
    "files grep --file": ["files", "grep", "", "--job", JOB, "--file", "*", "-c"],
    "tasks failed --stderr": ["tasks", "failed", "--stderr", "3"],
    "task show": ["task", "show", f"{JOB}/frame-0001"],
    "node disable": ["node", "disable", f"{POOL}/{{node}}", "--yes", "--max-share", "100"],
    "node login": ["node", "login", f"{POOL}/{{node}}", "--user", "me", "--dry-run"],
    "explain": ["explain", "-"],
    **{
        f"events parse --show {show}": ["events", "parse", "-", "--show", show]
        for show in ("summary", "failures", "nodes", "unfinished", "timeline", "events")
    },
    "files get": ["files", "get", "stdout", "--task", f"{JOB}/frame-0001"],
    "files tail": ["files", "tail", "stdout", "--task", f"{JOB}/frame-0001"],
    "files tail of several": [
        *("files", "tail", "stderr", "--task", f"{JOB}/frame-0001", "--task", f"{JOB}/frame-0002")
    ],
    "auth check": ["auth", "check"],
    "wait task": ["wait", "task", f"{JOB}/frame-0001"],
}
STREAMS = {"files get", "files tail", "files tail of several"}
# What we ourselves write to a terminal: colours, and the line that progress stands on.
OURS = re.compile(r"\x1b\[[0-9;]*m|\r?\x1b\[K")


@pytest.fixture
def box(open_box: Open) -> Box:
    """An account whose every text is hostile and holds a signature."""
    box = open_box("bad-node")
    text = f"{HOSTILE} {PLANTED}"
    for task in box.sandbox.store.tasks():
        if task.recipe is not None:
            task.recipe = replace(task.recipe, message=text, details={text: text})
    pool = box.sandbox.store.pool(POOL)
    pool.nodes[0].state = "unusable"
    pool.nodes[0].errors = [
        {"code": text, "message": text, "errorDetails": [{"name": text, "value": text}]}
    ]
    pool.resize_errors = [{"code": "AllocationFailed", "message": text, "values": []}]
    box.sandbox.store.task(JOB, "frame-0001").files = {
        "stdout.txt": HOSTILE.encode(),
        "stderr.txt": text.encode(),
        "wd/\x1b[2J\u202e=x": b"",
    }
    return box


def ran(box: Box, name: str, *more: str, **options: Any) -> Result:
    """A command of the table, with the log of the account or a text where it reads one."""
    node, other = (each.id for each in box.sandbox.store.pool(POOL).nodes[:2])
    read = "".join(f"{line}\n" for line in box.sandbox.diagnostic_log()) if "parse" in name else ""
    argv = [word.replace("{node}", node).replace("{other}", other) for word in COMMANDS[name]]
    return box.run(*argv, *more, stdin=(read or f"{HOSTILE} {PLANTED}").encode(), **options)


def controls(text: str) -> set[str]:
    rest = OURS.sub("", text).replace("\n", "").replace("\t", "")
    return {char for char in rest if not char.isprintable() and char != "\xa0"}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_terminal_is_given_nothing_to_obey(box: Box, name: str) -> None:
    result = ran(box, name, "-v", terminal=True, environ={"FORCE_COLOR": "1"})
    assert result.status in {0, 3}
    assert (controls(result.stdout), controls(result.stderr)) == (set(), set())


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - STREAMS))
def test_a_spreadsheet_is_given_no_formula(box: Box, name: str) -> None:
    result = ran(box, name, "-o", "csv")
    cells = [cell for row in csv.reader(io.StringIO(result.stdout)) for cell in row]
    assert result.status in {0, 3}
    assert not [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r"))]


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - STREAMS))
@pytest.mark.parametrize("form", ["jsonl", "tsv"])
def test_a_line_is_a_record_whatever_is_in_it(box: Box, name: str, form: str) -> None:
    lines = ran(box, name, "-o", form).stdout.split("\n")
    documents = ran(box, name, "-o", "json").json()["items"]
    assert len(lines) - 1 == len(documents)


@pytest.mark.parametrize("output", ["table", "json", "jsonl", "csv", "tsv", "ids", "markdown"])
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - STREAMS))
def test_no_secret_and_no_escape_is_shown(box: Box, name: str, output: str, tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    result = ran(box, name, "-o", output, "-v", environ=environ)
    assert result.status in {0, 3}
    told = result.stdout + result.stderr
    journal = tmp_path / "batchdoctor" / "journal.jsonl"
    told += journal.read_text() if journal.exists() else ""
    assert not [secret for secret in (*SECRETS, box.sandbox.key) if secret in told]
    assert controls(told.replace("\r\n", "\n")) == set()


@pytest.mark.parametrize(
    "kind", [FaultKind.CAPTIVE_PORTAL, FaultKind.EXPIRED_TOKEN, FaultKind.WRONG_TYPE]
)
def test_no_key_is_shown_when_things_go_wrong(open_box: Open, kind: FaultKind) -> None:
    box = open_box("bad-node")
    box.order(Fault(kind, times=None))
    result = box.run("tasks", "failed", "-v")
    assert result.status in {4, 6}
    assert box.sandbox.key not in result.stdout + result.stderr
    assert "SharedKey sandbox:" not in result.stderr


def test_a_crash_shows_no_secret(open_box: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    box = open_box("bad-node")

    def crash(*args: object) -> None:
        raise ValueError(f"AccountKey={box.sandbox.key} {SIGNED} \x1b[2J")

    monkeypatch.setattr("batchdoctor.service.client.Client.jobs", crash)
    result = box.run("tasks", "failed", "-v")
    assert result.status == 1
    assert "Traceback" in result.stderr
    assert box.sandbox.key not in result.stderr
    assert SIGNATURE not in result.stderr
    assert controls(result.stderr) == set()
