"""Attacks on changes: answers that are lost or untrue, a journal that is none, a program killed."""

from __future__ import annotations

import itertools
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.sandbox.faults import effects
from batchdoctor.sandbox.service import Service
from batchdoctor.sandbox.wire.messages import WHOLE, Delivery, Request
from tests.attacks.killing import Run, runs
from tests.attacks.raw import answer
from tests.box import NOW, Box, Open, Result, run_with

POOL, JOB = "render-linux", "render-20261121"
CUT = effects.delivery_of(Fault(FaultKind.RESET_IN_HEADERS, delay=0))
REFUSAL = {"code": "AuthenticationFailed", "message": {"value": "no"}}
# What a change may be answered: whether the account carries it out, and what comes back.
ANSWERS: dict[str, tuple[bool, bytes]] = {
    "200, nothing done": (False, answer(200)),
    "201, nothing done": (False, answer(201)),
    "204, nothing done": (False, answer(204)),
    "207, nothing done": (False, answer(207)),
    "299, nothing done": (False, answer(299)),
    "sign-in page": (False, answer(200, b"<html>Sign in</html>")),
    "403 after the effect": (True, answer(403, REFUSAL)),
    "401 after the effect": (True, answer(401, b"")),
    "HTML 404 after the effect": (True, answer(404, b"<html>")),
    "407 after the effect": (True, answer(407, b"")),
    "302 after the effect": (True, answer(302, b"", {"Location": "http://127.0.0.1:9/"})),
    "429 after the effect": (True, answer(429, b"", {"Retry-After": "1"})),
    "500 after the effect": (True, answer(500, b"")),
    "502 after the effect": (True, answer(502, b"<html>bad gateway</html>")),
    "half an answer after the effect": (True, b""),
    "403, nothing done": (False, answer(403, REFUSAL)),
    "HTML 404, nothing done": (False, answer(404, b"<html>")),
    "503, nothing done": (False, answer(503, b"")),
}
COMMANDS = ("disable", "enable", "reboot", "reimage", "remove", "start", "deallocate", "reactivate")
# The documented success itself may lie: then it is a success. So may a status that means refusal.
BELIEVED = {
    *(("200, nothing done", command) for command in COMMANDS),
    ("204, nothing done", "reactivate"),
}
REFUSED = ("403", "401", "HTML 404", "407", "302", "429")


def change(sandbox: Sandbox, command: str) -> list[str]:
    """One change, and an account in which it is one."""
    if command == "reactivate":
        found = next(t for t in sandbox.store.job(JOB).tasks if t.result == "failure")
        return ["tasks", "reactivate", f"{JOB}/{found.id}"]
    node = next(n for n in sandbox.store.pool(POOL).nodes if n.state == "idle")
    if command == "enable":
        node.state, node.scheduling = "offline", "disabled"
    if command == "start":
        node.state = "deallocated"
    return ["node", command, f"{POOL}/{node.id}"]


def answered(command: str, first: str, later: str) -> tuple[Result, int]:
    """A change that is answered so, first and ever after; and how often it was carried out."""
    respond, carried_out, sent = Service.respond, [0], [0]

    def answering(self: Service, request: Request) -> tuple[bytes, bytes, Delivery]:
        if request.method != "POST":
            return respond(self, request)
        name = later if sent[0] else first
        sent[0] += 1
        acts, told = ANSWERS[name]
        if acts:
            head, _, _ = respond(self, request)
            carried_out[0] += b" 20" in head[:12]
        head, mark, body = (told or answer(202)).partition(b"\r\n\r\n")
        return head + mark, body, WHOLE if told else CUT

    with Sandbox("bad-node", now=lambda: NOW) as sandbox:
        argv = [*change(sandbox, command), "--yes", "-o", "jsonl"]
        with mock.patch.object(Service, "respond", answering):
            # The clock of retries is the machine's own; nothing else waits.
            result = run_with(sandbox.environment(), lambda: NOW, lambda _seconds: None)(*argv)
    return result, carried_out[0]


CASES = list(itertools.product(COMMANDS, ANSWERS))


def lie(command: str, first: str, later: str) -> str:
    """What was told that is not so."""
    result, count = answered(command, first, later)
    if "itself failed" in result.stderr or "Traceback" in result.stderr:
        return result.stderr[:300]
    said = json.loads(result.stdout.splitlines()[-1])["outcome"]
    told = f"{said}, status {result.status}, carried out {count} times"
    if count > 1 and command not in {"disable", "enable"}:
        return told
    if said == "done" and not count and (later, command) not in BELIEVED:
        return told
    if said == "failed" and count:
        # Of an answer that was not lost, a refusal by the service itself is to be believed.
        return "" if first == later and first.startswith(REFUSED) else told
    return told if (result.status == 0) != (said in {"done", "already"}) else ""


def test_144_answers_to_a_change_are_never_taken_for_another() -> None:
    assert len(CASES) == 144
    told = {f"{command}: {name}": lie(command, name, name) for command, name in CASES}
    assert {name: why for name, why in told.items() if why} == {}


LOST = "half an answer after the effect"


def test_68_answers_after_a_lost_one_leave_it_open_or_look() -> None:
    # One for each way of finding out what became of a lost attempt.
    ways = {"disable", "reboot", "remove", "reactivate"}
    cases = [(command, later) for command, later in CASES if later != LOST and command in ways]
    assert len(cases) == 68
    told = {}
    for command, later in cases:
        if why := lie(command, LOST, later):
            told[f"{command}: then {later}"] = why
    assert told == {}


def put_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as found:
        # The name of a socket may have no more than a hundred characters.
        here = Path.cwd()
        os.chdir(path.parent)
        try:
            found.bind(path.name)
        finally:
            os.chdir(here)


PLACES: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "socket": put_socket,
    "link to a file": lambda path: path.symlink_to(__file__),
    "link to nothing": lambda path: path.symlink_to(path.parent / "nothing"),
    "link to itself": lambda path: path.symlink_to(path),
    "full device": lambda path: path.symlink_to("/dev/full"),
    "endless device": lambda path: path.symlink_to("/dev/zero"),
}
CHANGING = ("disable", "enable", "reboot", "remove", "reactivate")


def test_40_journals_that_are_none_are_refused_before_anything_is_sent(
    open_box: Open, tmp_path: Path
) -> None:
    told = []
    for place, command in itertools.product(PLACES, CHANGING):
        box, state = open_box("bad-node"), tmp_path / f"{place}-{command}"
        (state / "batchdoctor").mkdir(parents=True)
        PLACES[place](state / "batchdoctor" / "journal.jsonl")
        argv, environ = [*change(box.sandbox, command), "--yes"], {"XDG_STATE_HOME": str(state)}
        result = box.run(*argv, environ=environ)
        if result.status != 2 or box.requested("POST", "") or "--no-journal" not in result.stderr:
            told.append(f"{place}, {command}: {result.status} {result.stderr[:200]}")
        if box.run(*argv, "--no-journal", environ=environ).status:
            told.append(f"{place}, {command}: no way past")
    assert told == []


LINES: dict[str, bytes] = {
    "half a line": b'{"time": "2026',
    "no UTF-8": b"\xff\xfe\n",
    "zeros": b"\0" * 4096,
    "byte order mark": b"\xef\xbb\xbf{}\n",
    "depth": b"[" * 100_000 + b"\n",
    "no objects": b'null\n[]\n17\n"x"\n',
    "odd entries": b'{"account": "HOST", "object": 5, "action": [], "result": {}}\n',
    "another account": b'{"account":"x","object":"a/b","action":"disable","result":"done"}\n',
}


def test_8_damaged_journals_lose_no_entry_that_follows(open_box: Open, tmp_path: Path) -> None:
    told = []
    for name, content in LINES.items():
        box, state = open_box("bad-node"), tmp_path / name
        (state / "batchdoctor").mkdir(parents=True)
        host = box.sandbox.url.partition("//")[2].encode()
        (state / "batchdoctor" / "journal.jsonl").write_bytes(content.replace(b"HOST", host))
        argv, environ = change(box.sandbox, "disable"), {"XDG_STATE_HOME": str(state)}
        assert box.run(*argv, "--yes", environ=environ).status == 0
        mine = ("node", "enable", "--mine", "--dry-run", "-o", "ids")
        if box.run(*mine, environ=environ).stdout.split() != [argv[-1]]:
            told.append(name)
    assert told == []


def begun(box: Box, state: Path, command: str) -> list[str]:
    """A change that was begun, and of which nobody saw the end."""
    argv = change(box.sandbox, command)
    (state / "batchdoctor").mkdir(parents=True)
    entry: dict[str, Any] = {
        "time": "2026-11-21T02:00:00Z",
        "account": box.sandbox.url.partition("//")[2],
        "object": argv[-1].upper() if command != "reactivate" else argv[-1],
        "action": command,
        "result": "begin",
        "erased": {"exitCode": 1} if command == "reactivate" else None,
    }
    (state / "batchdoctor" / "journal.jsonl").write_text(json.dumps(entry) + "\n")
    return argv


@pytest.mark.parametrize("command", CHANGING)
def test_5_kinds_of_change_without_an_end_are_told_by_the_next_command(
    open_box: Open, tmp_path: Path, command: str
) -> None:
    box = open_box("bad-node")
    argv, environ = begun(box, tmp_path, command), {"XDG_STATE_HOME": str(tmp_path)}
    noun = "task" if command == "reactivate" else "node"
    told = f"note: whether {command} of "
    shown = box.run(noun, "show", argv[-1], environ=environ)
    assert (shown.status, told in shown.stderr) == (0, True)
    again = box.run(*argv, "--yes", environ=environ)
    assert (again.status, told in again.stderr) == (0, True)
    # Now its end is known, and nothing is told any more.
    assert told not in box.run(noun, "show", argv[-1], environ=environ).stderr


# Another moment for each; `python -m tests.attacks.killing 240` looks at more of them.
KILLED = 14


@pytest.mark.timeout(120)
def test_112_changes_killed_on_their_way_are_neither_lost_nor_doubled_nor_told_falsely() -> None:
    found: list[Run] = list(runs(KILLED, seed=20))
    assert sum(len(run.wanted) for run in found) == 112
    assert {
        f"{run.action} {run.number.name} {run.moment}": run.wrong() for run in found if run.wrong()
    } == {}
    # The signals did strike, and in the middle.
    assert any(run.status and run.carried_out for run in found)
    assert any(sum(run.carried_out.values()) < len(run.wanted) for run in found)
