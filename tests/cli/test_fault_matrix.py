"""Every fault of the sandbox against every reading command: the same answer, or it says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from tests.box import NOW, Result, quick_fault, run_with

SCENARIO = "bad-node"
POOL, JOB = "render-linux", "render-20261121"
PAGE = 8
LOG = b"".join(b"%08d tile ok\n" % number for number in range(20_000))
COMMANDS: dict[str, list[str]] = {
    "tasks failed": ["tasks", "failed"],
    "tasks failed --by": ["tasks", "failed", "--by", "node"],
    "nodes suspect": ["nodes", "suspect"],
    "triage": ["triage"],
    "job diagnose": ["job", "diagnose", "--job", JOB],
    "pool diagnose": ["pool", "diagnose", "--pool", POOL],
    "node show": ["node", "show", f"{POOL}/{{node}}"],
    "node reboot --dry-run": ["node", "reboot", f"{POOL}/{{node}}", "--dry-run"],
    "tasks reactivate --dry-run": [
        *("tasks", "reactivate", "--failed", "--job", JOB, "--dry-run"),
    ],
    "files list": ["files", "list", "--job", JOB, "--task", "frame-0001"],
    "wait job": ["wait", "job", JOB, "--until", "failed>0"],
}
BYTES: dict[str, list[str]] = {
    "files get": ["files", "get", "wd/render.log", "--job", JOB, "--task", "frame-0001"],
    "files tail": ["files", "tail", "wd/render.log", "--job", JOB, "--task", "frame-0001"],
}
# A key is refused for good; everything else passes, or is told as unreachable.
REFUSALS = {FaultKind.EXPIRED_TOKEN: 4}
MODES: dict[str, dict[str, Any]] = {
    "first three": {"times": 3},
    "three in ten": {"times": None, "share": 0.3, "seed": 1},
}


def ask(argv: list[str], faults: list[Fault]) -> Result:
    """Run a command against an account of its own, which meets the faults."""
    with Sandbox(SCENARIO, now=lambda: NOW, page_size=PAGE, faults=faults) as sandbox:
        sandbox.store.task(JOB, "frame-0001").files = {"wd/render.log": LOG}
        node = next(n.id for n in sandbox.store.pool(POOL).nodes if n.running)
        words = [word.replace("{node}", node) for word in argv]
        return run_with(sandbox.environment(), lambda: NOW)(*words)


def comparable(result: Result) -> dict[str, Any]:
    """The document without what differs between two runs: the port, in the account's name."""
    document: dict[str, Any] = json.loads(result.stdout)
    document.pop("account")
    return document


_baselines: dict[str, Result] = {}


def baseline(name: str, argv: list[str]) -> Result:
    if name not in _baselines:
        _baselines[name] = ask(argv, [])
        assert _baselines[name].status == 0
    return _baselines[name]


def fault_of(kind: FaultKind, mode: str) -> Fault:
    return quick_fault(kind, drop=8192, **MODES[mode])


def verdict(name: str, argv: list[str], kind: FaultKind, mode: str) -> tuple[str, str]:
    """What became of one command under one fault: a word for the table, and what is wrong."""
    result = ask([*argv, "-o", "json"], [fault_of(kind, mode)])
    if "Traceback" in result.stderr or "itself failed" in result.stderr:
        return "crash", result.stderr
    expected = baseline(name, [*argv, "-o", "json"])
    if result.status == 0:
        same = comparable(result) == comparable(expected)
        return ("same", "") if same else ("DIFFERS", result.stdout)
    if result.status == REFUSALS.get(kind):
        return "refused", ""
    if result.status != 6:
        return "WRONG", f"{result.status}: {result.stderr}"
    if result.stdout and json.loads(result.stdout)["complete"]:
        return "LIES", result.stdout
    return ("incomplete" if result.stdout else "told"), ""


def byte_verdict(name: str, argv: list[str], kind: FaultKind, mode: str) -> tuple[str, str]:
    """As `verdict`, for commands that write a file's bytes."""
    result, expected = ask(argv, [fault_of(kind, mode)]), baseline(name, argv)
    if result.status == 0:
        same = result.output == expected.output
        return ("same", "") if same else ("DIFFERS", f"{len(result.output)} bytes")
    if result.status == REFUSALS.get(kind):
        return "refused", ""
    if result.status != 6 or "Traceback" in result.stderr:
        return "WRONG", f"{result.status}: {result.stderr}"
    whole = expected.output.startswith(result.output)
    return ("told", "") if whole else ("DIFFERS", "what was written is not a beginning")


def wrong_answers(kind: FaultKind, mode: str) -> dict[str, str]:
    """The commands that neither answered as without the fault nor said that they could not."""
    wrong = {}
    for name, argv in COMMANDS.items():
        word, why = verdict(name, argv, kind, mode)
        if word not in {"same", "refused", "told", "incomplete"}:
            wrong[name] = f"{word}: {why[:400]}"
    for name, argv in BYTES.items():
        word, why = byte_verdict(name, argv, kind, mode)
        if word not in {"same", "refused", "told"}:
            wrong[name] = f"{word}: {why[:400]}"
    return wrong


@pytest.mark.parametrize("kind", FaultKind)
def test_the_answer_is_the_same_or_says_that_it_is_incomplete(kind: FaultKind) -> None:
    assert wrong_answers(kind, "first three") == {}


# Faults that pass by themselves must not even make an answer incomplete when they come thrice.
PASSING = [
    FaultKind.THROTTLED,
    FaultKind.BUSY,
    FaultKind.INTERNAL_ERROR,
    FaultKind.TIMED_OUT,
    FaultKind.BAD_GATEWAY,
    FaultKind.GATEWAY_TIMEOUT,
    FaultKind.RESET,
    FaultKind.RESET_IN_HEADERS,
    FaultKind.RESET_IN_BODY,
    FaultKind.CLOSE,
    FaultKind.CLOSE_IN_BODY,
    FaultKind.CUT_CHUNKED,
    FaultKind.TRUNCATED_JSON,
    FaultKind.EMPTY_BODY,
    FaultKind.DUPLICATE_ITEM,
]


@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_that_passes_changes_nothing(kind: FaultKind) -> None:
    argv = COMMANDS["tasks failed"]
    assert verdict("tasks failed", argv, kind, "first three") == ("same", "")


def test_every_record_is_there_once_under_every_passing_fault() -> None:
    argv = ["tasks", "failed", "-o", "ids"]
    expected = ask(argv, []).stdout.splitlines()
    assert len(set(expected)) == len(expected) > PAGE
    for kind in PASSING:
        assert ask(argv, [fault_of(kind, "first three")]).stdout.splitlines() == expected, kind
