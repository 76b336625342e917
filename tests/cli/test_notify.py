"""`triage --notify`: somebody is told of what is new and what has ended, each once."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from batchdoctor.sandbox import Fault, Sandbox, Scenario
from batchdoctor.sandbox.account.model import Node
from batchdoctor.sandbox.scenario.load import JobPlan, NodePlan, PoolPlan, TaskPlan
from tests.box import Box, Open, Result
from tests.cli.test_schema import validate


class Receiver(ThreadingHTTPServer):
    """Takes what is posted: `answers` are the statuses of the next posts, 0 hangs up."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        self.attempts = 0
        self.bodies: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hooks/T0/planted-secret"

    @property
    def told(self) -> list[Any]:
        return [json.loads(body) for body in self.bodies]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        receiver = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.attempts += 1
        status = receiver.answers.pop(0) if receiver.answers else 200
        if not status:
            self.close_connection = True
            return
        if status == 200:
            receiver.bodies.append(body)
        self.send_response(status)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


SMALL = Scenario(
    name="small",
    summary="Two nodes, one of which comes and goes.",
    pools=[PoolPlan(id="render", nodes=[NodePlan(count=2)])],
    jobs=[JobPlan(id="nightly", pool="render", tasks=[TaskPlan(count=2)])],
)


@pytest.fixture
def box(open_box: Open) -> Box:
    return open_box(SMALL)


def node_of(box: Box, index: int = 0) -> Node:
    return box.sandbox.store.pool("render").nodes[index]


def sicken(node: Node, *, sick: bool = True) -> None:
    node.state = "unusable" if sick else "idle"
    node.reachable = not sick


def triage(box: Box, state: Path, *words: str) -> Result:
    return box.run("triage", *words, environ={"XDG_STATE_HOME": str(state)})


def changes(told: list[Any]) -> list[tuple[str, str]]:
    return [(item["change"], item["kind"]) for each in told for item in each["items"]]


def test_what_is_new_and_what_has_ended_is_told_once(
    box: Box, receiver: Receiver, tmp_path: Path
) -> None:
    for look in range(30):
        sicken(node_of(box), sick=3 <= look < 20)
        result = triage(box, tmp_path, "--notify", receiver.url, "-o", "json")
        assert (result.status, result.json()["complete"]) == (0, True)
        box.clock.sleep(300)
    assert changes(receiver.told) == [("new", "node-unreachable"), ("ended", "node-unreachable")]
    new, ended = receiver.told
    assert (new["summary"], ended["summary"]) == (
        {"new": 1, "ended": 0, "ongoing": 0},
        {"new": 0, "ended": 1, "ongoing": 0},
    )
    (item,) = new["items"]
    assert item["subject"]["nodeId"] == node_of(box).id
    assert item["nextCommands"]
    assert ended["items"][0]["firstTime"] == item["firstTime"] == "2026-11-21T03:15:00Z"


def test_a_day_of_it_with_findings_that_flap(box: Box, receiver: Receiver, tmp_path: Path) -> None:
    """Every five minutes: one node flaps each time, one every 45 minutes, and one thing stays."""
    box.sandbox.store.pool("render").resize_errors = [
        {"code": "AccountCoreQuotaReached", "message": "The core quota was reached."}
    ]
    box.sandbox.store.pool("render").target_dedicated = 9
    for look in range(288):
        sicken(node_of(box, 0), sick=look % 2 == 0)
        sicken(node_of(box, 1), sick=look // 9 % 2 == 0)
        assert triage(box, tmp_path, "--notify", receiver.url, "-o", "ids").status == 0
        box.clock.sleep(300)
    told = changes(receiver.told)
    assert told.count(("new", "pool-resize-failed")) == 1
    assert ("ended", "pool-resize-failed") not in told
    times: dict[str, list[datetime]] = {}
    for each in receiver.told:
        for item in each["items"]:
            key = f"{item['kind']} {item['subject'].get('nodeId')}"
            times.setdefault(key, []).append(datetime.fromisoformat(each["generatedAt"]))
    assert len(times) >= 3
    for key, moments in times.items():
        hours = [later - before for before, later in pairwise(moments)]
        assert all(each >= timedelta(hours=1) for each in hours), key


def test_two_who_ask_tell_once(receiver: Receiver, tmp_path: Path) -> None:
    """Four programs at the same time, as cron and people: the state is locked meanwhile."""
    with Sandbox(SMALL) as sandbox:
        node = sandbox.store.pool("render").nodes[0]
        sicken(node)
        environ = {**sandbox.environment(), "XDG_STATE_HOME": str(tmp_path), "PATH": "/usr/bin"}
        argv = [
            sys.executable,
            "-m",
            "batchdoctor",
            "triage",
            "--notify",
            receiver.url,
            "-o",
            "ids",
        ]
        programs = [
            subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(4)
        ]
        ends = [(program.communicate(timeout=60), program.returncode) for program in programs]
    assert [status for _, status in ends] == [0, 0, 0, 0]
    assert changes(receiver.told) == [("new", "node-unreachable")]


def test_the_state_is_ones_own_and_named_by_account_and_profile(
    box: Box, receiver: Receiver, tmp_path: Path
) -> None:
    sicken(node_of(box))
    triage(box, tmp_path, "--notify", receiver.url)
    config = tmp_path / "config.toml"
    config.write_text('[profile.night]\nauth = "key"\n')
    environ = {"XDG_STATE_HOME": str(tmp_path), "BATCHDOCTOR_CONFIG": str(config)}
    box.run("triage", "--notify", receiver.url, "--profile", "night", environ=environ)
    assert len(receiver.told) == 2
    files = sorted((tmp_path / "batchdoctor" / "notices").iterdir())
    host = box.sandbox.url.removeprefix("http://").replace(":", "_")
    assert [file.name for file in files] == [
        *(f"{host}.json", f"{host}.lock", f"night@{host}.json", f"night@{host}.lock"),
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize("answers", [[500, 503], [429], [0, 0], [502, 504, 500, 429]], ids=str)
def test_a_receiver_that_is_ill_for_a_while_is_told_all_the_same(
    box: Box, receiver: Receiver, tmp_path: Path, answers: list[int]
) -> None:
    receiver.answers, receiver.headers = [*answers], {"Retry-After": "1"}
    sicken(node_of(box))
    result = triage(box, tmp_path, "--notify", receiver.url, "-o", "json")
    assert (result.status, receiver.attempts) == (0, len(answers) + 1)
    assert len(receiver.told) == 1


@pytest.mark.parametrize(
    ("status", "attempts"), [(404, 1), (400, 1), (302, 1), (410, 1), (500, 10)]
)
def test_a_receiver_that_stays_ill_is_a_problem_and_told_later(
    box: Box, receiver: Receiver, tmp_path: Path, status: int, attempts: int
) -> None:
    receiver.answers = [status] * attempts
    sicken(node_of(box))
    result = triage(box, tmp_path, "--notify", receiver.url, "-o", "json")
    document = result.json()
    assert (result.status, document["complete"], receiver.attempts) == (6, False, attempts)
    (problem,) = document["problems"]
    place = receiver.url.partition("/hooks")[0]
    assert problem["subject"] == f"notice to {place}"
    assert problem["kind"] == "unreachable"
    assert problem["message"].startswith(f"Could not post to {place}: it answered HTTP {status}")
    assert [item["kind"] for item in document["items"]] == ["node-unreachable"]
    assert "planted-secret" not in result.stdout + result.stderr
    assert triage(box, tmp_path, "--notify", receiver.url).status == 0
    assert changes(receiver.told) == [("new", "node-unreachable")]


def test_nobody_at_the_url_is_a_problem(box: Box, tmp_path: Path) -> None:
    sicken(node_of(box))
    result = triage(box, tmp_path, "--notify", "http://127.0.0.1:9/secret", "-o", "json")
    (problem,) = result.json()["problems"]
    assert (result.status, "it cannot be reached" in problem["message"]) == (6, True)
    assert "secret" not in result.stdout + result.stderr


def test_nothing_has_ended_when_the_account_could_not_be_read(
    box: Box, receiver: Receiver, tmp_path: Path
) -> None:
    sicken(node_of(box))
    triage(box, tmp_path, "--notify", receiver.url)
    box.clock.sleep(7200)
    box.order(Fault("expired-token", "GET /pools", times=1))
    assert triage(box, tmp_path, "--notify", receiver.url).status == 4
    assert [each for each in changes(receiver.told) if each[0] == "ended"] == []


def test_a_file_gets_a_line_for_each_notice(box: Box, tmp_path: Path) -> None:
    file = tmp_path / "notices.jsonl"
    for look in range(16):
        sicken(node_of(box), sick=look < 14)
        triage(box, tmp_path, "--notify", str(file))
        box.clock.sleep(300)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert changes(lines) == [("new", "node-unreachable"), ("ended", "node-unreachable")]
    for line in lines:
        validate("triage notify", line)


def test_a_url_may_be_kept_in_a_file(box: Box, receiver: Receiver, tmp_path: Path) -> None:
    secret = tmp_path / "hook"
    secret.write_text(f"{receiver.url}\n")
    sicken(node_of(box))
    assert triage(box, tmp_path, "--notify", f"@{secret}").status == 0
    assert len(receiver.told) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--notify", "http://example.com/x"), "posts to example.com over https only"),
        (("--notify", "https://"), "a URL without a host"),
        (("--notify", "/nowhere/at/all"), "/nowhere/at is no folder."),
        (("--notify", "@/nowhere"), "/nowhere, which --notify names, cannot be read"),
        (("--notify-format", "slack"), "--notify-format needs --notify"),
        (("--notify", "x", "--notify-format", "irc"), "is not one of"),
    ],
)
def test_what_cannot_be_told_to_is_wrong_usage(
    box: Box, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = triage(box, tmp_path, *words)
    assert (result.status, len(box.sandbox.requests)) == (2, 0)
    assert sentence in result.stderr


def test_a_memory_that_cannot_be_read_is_told_with_the_way_out(
    box: Box, receiver: Receiver, tmp_path: Path
) -> None:
    sicken(node_of(box))
    triage(box, tmp_path, "--notify", receiver.url)
    (file,) = (tmp_path / "batchdoctor" / "notices").glob("*.json")
    file.write_text("{")
    result = triage(box, tmp_path, "--notify", receiver.url)
    assert result.status == 2
    assert f"hint: rm {file} begins anew" in result.stderr


def test_what_is_accepted_meanwhile_is_not_told_as_an_end(
    box: Box, receiver: Receiver, tmp_path: Path
) -> None:
    sicken(node_of(box))
    triage(box, tmp_path, "--notify", receiver.url)
    box.clock.now += timedelta(hours=3)
    triage(box, tmp_path, "--notify", receiver.url, "--ignore", "node-unreachable")
    assert changes(receiver.told) == [("new", "node-unreachable")]


def message(box: Box, receiver: Receiver, state: Path, form: str) -> Any:
    assert triage(box, state, "--notify", receiver.url, "--notify-format", form).status == 0
    return receiver.told[-1]


# What the documentation of an adaptive card asks of the parts that are used.
_RUN = {
    "type": "object",
    "required": ["type", "text"],
    "properties": {
        "type": {"const": "TextRun"},
        "text": {"type": "string", "minLength": 1},
        "weight": {"enum": ["Bolder"]},
        "size": {"enum": ["Medium"]},
        "color": {"enum": ["Attention", "Warning", "Good", "Default"]},
        "fontType": {"enum": ["Monospace"]},
    },
    "additionalProperties": False,
}
_CARD = {
    "type": "object",
    "required": ["$schema", "type", "version", "body"],
    "properties": {
        "type": {"const": "AdaptiveCard"},
        "version": {"const": "1.4"},
        "body": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"const": "RichTextBlock"},
                    "inlines": {"type": "array", "minItems": 1, "items": _RUN},
                },
                "required": ["type", "inlines"],
            },
        },
    },
}
# https://api.slack.com/reference/block-kit/blocks
_SLACK = {
    "type": "object",
    "required": ["text", "blocks"],
    "additionalProperties": False,
    "properties": {
        "text": {"type": "string", "minLength": 1},
        "blocks": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "oneOf": [
                    {
                        "required": ["type", "text"],
                        "properties": {
                            "type": {"const": "header"},
                            "text": {
                                "properties": {
                                    "type": {"const": "plain_text"},
                                    "text": {"type": "string", "minLength": 1, "maxLength": 150},
                                }
                            },
                        },
                    },
                    {
                        "required": ["type", "elements"],
                        "properties": {
                            "type": {"const": "rich_text"},
                            "elements": {"type": "array", "minItems": 1},
                        },
                    },
                ]
            },
        },
    },
}


def test_teams_gets_a_card(open_box: Open, receiver: Receiver, tmp_path: Path) -> None:
    told = message(open_box("night-shift"), receiver, tmp_path, "teams")
    (attachment,) = told["attachments"]
    assert told["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    jsonschema.validate(attachment["content"], _CARD)
    assert len(receiver.bodies[-1]) < 28_000
    first = attachment["content"]["body"][:3]
    assert first[0]["inlines"][0]["text"].endswith(": findings: 14 new")
    assert first[1:] == [
        {
            "type": "RichTextBlock",
            "inlines": [
                {
                    "type": "TextRun",
                    "text": "ERROR job-failing (job risk-var-20261121, pool sim-spot)",
                    "weight": "Bolder",
                    "color": "Attention",
                },
                {
                    "type": "TextRun",
                    "text": " 45 of 48 tasks failed (94%) on 7 nodes, so it is the job: exit code "
                    "1. stderr of book-001 ends: ModuleNotFoundError: No module named "
                    "'riskengine.curves' (5 of 5 others that were read say the same)",
                },
            ],
        },
        {
            "type": "RichTextBlock",
            "inlines": [
                {
                    "type": "TextRun",
                    "text": "batchdoctor files tail stderr --job risk-var-20261121 --task book-001",
                    "fontType": "Monospace",
                }
            ],
        },
    ]
    assert attachment["content"]["body"][-1]["inlines"][0]["text"] == "and 4 more findings"


def test_slack_gets_blocks(open_box: Open, receiver: Receiver, tmp_path: Path) -> None:
    told = message(open_box("night-shift"), receiver, tmp_path, "slack")
    jsonschema.validate(told, _SLACK)
    assert told["text"].endswith(": findings: 14 new")
    assert told["blocks"][1] == {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {
                        "type": "text",
                        "text": "ERROR job-failing (job risk-var-20261121, pool sim-spot)",
                        "style": {"bold": True},
                    }
                ],
            },
            {
                "type": "rich_text_section",
                "elements": [
                    {
                        "type": "text",
                        "text": "45 of 48 tasks failed (94%) on 7 nodes, so it is the job: exit "
                        "code 1. stderr of book-001 ends: ModuleNotFoundError: No module named "
                        "'riskengine.curves' (5 of 5 others that were read say the same)",
                    }
                ],
            },
            {
                "type": "rich_text_preformatted",
                "elements": [
                    {
                        "type": "text",
                        "text": "batchdoctor files tail stderr --job risk-var-20261121 --task "
                        "book-001",
                    }
                ],
            },
        ],
    }


@pytest.mark.parametrize("form", ["json", "teams", "slack"])
def test_no_secret_and_no_escape_leaves_in_a_notice(
    box: Box, receiver: Receiver, tmp_path: Path, form: str
) -> None:
    node = node_of(box)
    sicken(node)
    text = "https://a.blob.core.windows.net/c?sv=1&sig=cGxhbnRlZHNpZ25hdHVyZQ%3D <!channel> \x1b[2J"
    node.errors = [{"code": "DiskFull", "message": text}]
    message(box, receiver, tmp_path, form)
    body = receiver.bodies[-1]
    assert b"cGxhbnRlZHNpZ25hdHVyZQ" not in body
    assert b"\x1b" not in body
