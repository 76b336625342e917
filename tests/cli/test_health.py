"""Nothing is called well that was not looked at: every such sentence, and what it rests on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import batchdoctor
from batchdoctor.core.failures.examined import examined_node, sound_node
from batchdoctor.sandbox import Fault
from tests.box import Open

PACKAGE = Path(batchdoctor.__file__).parent
WELL = re.compile(
    r"Nothing is wrong|Nothing wrong|No failed|No suspect|No failures|No event matches|\bis well\b"
)

# Every sentence of health in the code, and the checks of `checked` that have to have seen all.
SENTENCES = {
    ("core/findings/health.py", "Nothing is wrong with "): {
        "resize-errors",
        "unusable",
        "stranded",
    },
    ("core/findings/health.py", "Nothing wrong was found in "): set(),
    ("core/findings/health.py", ", and whether all is well is not known: "): set(),
    ("core/failures/examined.py", "No failed tasks in "): {"failed-tasks"},
    ("core/failures/examined.py", "No failed task was found in "): set(),
    ("core/failures/examined.py", "No suspect nodes among "): {"node-states", "node-failures"},
    ("core/failures/examined.py", "No suspect node was found among "): set(),
    ("core/failures/examined.py", "Nothing is wrong with the node itself"): {
        "node-states",
        "node-failures",
    },
    ("core/failures/examined.py", "Nothing wrong was found with the node itself"): set(),
    ("report/event_verdict.py", "No failures in "): {"task-failures"},
    ("report/event_verdict.py", "No event matches, so it tells nothing of what was asked"): set(),
}


def sentences_of_health() -> set[tuple[str, str]]:
    """Every text of the package that says that something is well."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith("sandbox/"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in said:
                continue
            if isinstance(node.value, str) and WELL.search(node.value):
                found.add((place, node.value))
    return found


def test_every_sentence_of_health_is_in_the_list() -> None:
    assert sentences_of_health() == set(SENTENCES)


LIVE = [
    (["triage"], "Nothing is wrong with ", "core/findings/health.py"),
    (["pool", "diagnose", "render-linux"], "Nothing is wrong with ", "core/findings/health.py"),
    (["tasks", "failed"], "No failed tasks in ", "core/failures/examined.py"),
    (["nodes", "suspect"], "No suspect nodes among ", "core/failures/examined.py"),
]


@pytest.mark.parametrize(("words", "sentence", "place"), LIVE)
def test_where_everything_was_seen_the_sentence_names_what_it_rests_on(
    open_box: Open, words: list[str], sentence: str, place: str
) -> None:
    box = open_box("healthy")
    told = box.run(*words, "-o", "json").json()
    whole = {
        check["check"]
        for check in told["checked"]
        if check["objects"] is not None and check["problem"] is None
    }
    needed = SENTENCES[place, sentence]
    assert needed - whole <= ({"stranded"} if words[0] == "pool" else set())
    assert box.run(*words).stdout.splitlines()[-1].startswith(sentence)
    assert set(told["span"]) == {"since", "until"}


BLIND = [
    (["triage"], "GET /pools"),
    (["triage"], "GET /nodecounts"),
    (["triage"], "GET /jobs"),
    (["triage"], "GET /jobs/{id}/taskcounts"),
    (["triage"], "GET /jobs/{id}/tasks"),
    (["pool", "diagnose", "render-linux"], "GET /pools/{id}/nodes"),
    (["pool", "diagnose", "render-linux"], "GET /nodecounts"),
    (["pool", "diagnose", "render-linux"], "GET /jobs"),
    (["job", "diagnose", "render-20261121"], "GET /jobs/{id}/taskcounts"),
    (["job", "diagnose", "render-20261121"], "GET /jobs/{id}/tasks"),
    (["job", "diagnose", "render-20261121"], "GET /pools/{id}"),
    (["tasks", "failed"], "GET /jobs/{id}/tasks"),
    (["nodes", "suspect"], "GET /jobs/{id}/taskcounts"),
    (["nodes", "suspect"], "GET /pools/{id}/nodes"),
]


@pytest.mark.parametrize(("words", "route"), BLIND, ids=str)
def test_where_something_was_refused_nothing_is_called_well(
    open_box: Open, words: list[str], route: str
) -> None:
    box = open_box("healthy")
    box.order(Fault("expired-token", route=route, times=None))
    told = box.run(*words, "-o", "json").json()
    last = box.run(*words).stdout.splitlines()[-1]
    assert any(check["problem"] for check in told["checked"])
    assert told["complete"] is False
    assert not last.startswith(("Nothing is wrong", "No failed tasks", "No suspect nodes"))
    assert re.search("not known|not all", last, re.IGNORECASE)


def test_nodes_whose_failures_could_not_be_listed_are_not_called_well(open_box: Open) -> None:
    box = open_box("bad-node")
    box.order(Fault("expired-token", route="GET /jobs/{id}/tasks", times=None))
    last = box.run("nodes", "suspect").stdout.splitlines()[-1]
    assert not last.startswith("No suspect nodes")
    assert "not everything could be read" in last


def test_a_node_is_called_well_over_the_tasks_that_it_has_run(open_box: Open) -> None:
    box = open_box("healthy")
    node = box.sandbox.store.pools[0].nodes[0]
    shown = box.run("node", "show", f"{node.pool.id}/{node.id}")
    last = f"Nothing is wrong with the node itself (now, and in {node.tasks_run} tasks run since"
    assert shown.stdout.splitlines()[-1].startswith(last)


@pytest.mark.parametrize(
    "words",
    [
        ["triage"],
        ["job", "diagnose", "render-20261121"],
        ["pool", "diagnose", "render-linux"],
        ["nodes", "suspect"],
        ["tasks", "failed"],
        ["tasks", "failed", "--by", "node"],
        ["task", "show", "render-20261121/frame-0001"],
    ],
    ids=" ".join,
)
def test_every_live_document_says_what_was_checked_and_over_which_time(
    open_box: Open, words: list[str]
) -> None:
    told = open_box("healthy").run(*words, "-o", "json").json()
    assert told["checked"]
    assert told["span"]["until"] == "2026-11-21T03:00:00Z"
    for check in told["checked"]:
        assert set(check) == {"check", "objects", "of", "problem"}


def test_a_node_of_which_many_tasks_failed_is_not_called_well() -> None:
    checked = examined_node(36, compared=True)
    assert sound_node(checked, "", 6) == (
        "Nothing wrong was found with the node itself; why 6 of 36 tasks run since it was allocated"
        " failed is not looked at here."
    )
    assert sound_node(checked, "", 1).startswith("Nothing is wrong with the node itself")
