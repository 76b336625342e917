"""`task show`: the whole story of one task on one screen."""

from __future__ import annotations

import pytest

from batchdoctor.core.failures.task_item import TaskItem
from batchdoctor.sandbox import Fault
from tests.box import Open
from tests.scenarios import scenario

NIGHT = "night-shift"


def test_a_failed_task_is_told_on_one_screen(open_box: Open) -> None:
    box = open_box(NIGHT)
    result = box.run("task", "show", "risk-var-20261121/book-001")
    assert len(result.stdout.splitlines()) <= 23  # and the prompt
    lines = result.page.splitlines()
    assert "  $ batchdoctor nodes suspect --pool sim-spot" in lines
    assert lines[0] == "Task risk-var-20261121/book-001"
    assert "because   The program ran and returned 1." in lines
    assert "  ModuleNotFoundError: No module named 'riskengine.curves'" in lines
    assert '    File "value_at_risk.py", line 12, in <module>' in lines
    assert lines[-1] == "risk-var-20261121/book-001: failed, application (exit 1)."


def test_options_and_the_short_form_name_the_same_task(open_box: Open) -> None:
    box = open_box(NIGHT)
    short = box.run("task", "show", "risk-var-20261121/book-001", "-o", "jsonl")
    spelled = (["--job", "risk-var-20261121", "--task", "book-001"], ["--task-id"])
    assert box.run("task", "show", *spelled[0], "-o", "jsonl").output == short.output
    both = box.run("task", "show", "--task-id", "risk-var-20261121/book-001", "-o", "jsonl")
    assert both.output == short.output
    (item,) = short.jsonl()
    assert tuple(item) == TaskItem.__struct_encode_fields__


@pytest.mark.parametrize(
    "words",
    [[], ["book-001"], ["--task", "book-001"], ["--job", "j"], ["a/b", "--job", "j"], ["/b"]],
)
def test_half_a_name_is_wrong_usage(open_box: Open, words: list[str]) -> None:
    box = open_box(NIGHT)
    assert box.run("task", "show", *words).status == 2
    assert not box.sandbox.requests


def test_a_node_that_left_is_told_and_what_it_takes_with_it(open_box: Open) -> None:
    result = open_box(NIGHT).run("task", "show", "archive-20261114/volume-1", "-o", "json")
    (item,) = result.json()["items"]
    assert (item["nodeFate"], item["nodeState"], item["stderr"]) == ("gone", None, None)
    assert "cleaned up" in item["stderrProblem"]
    assert item["advice"] == []
    assert (result.status, result.json()["complete"]) == (0, True)


def test_a_node_of_the_same_id_that_is_newer_is_another_node(open_box: Open) -> None:
    box = open_box(NIGHT)
    name = "risk-var-20261121/book-001"
    (item,) = box.run("task", "show", name, "-o", "jsonl").jsonl()
    assert item["nodeFate"] == "present"
    pool = box.sandbox.store.pool(item["poolId"])
    node = next(node for node in pool.nodes if node.id == item["nodeId"])
    node.allocated = box.sandbox.store.now
    (item,) = box.run("task", "show", name, "-o", "jsonl").jsonl()
    assert (item["nodeFate"], item["nodeState"]) == ("replaced", None)


def test_a_task_that_waits_names_what_to_ask(open_box: Open) -> None:
    page = open_box(NIGHT).run("task", "show", "model-fit-20261121/fold-01").stdout
    assert "active again, after preparing failed" in page
    assert "$ batchdoctor job diagnose --job model-fit-20261121" in page
    assert "stderr" not in page


def test_the_number_of_lines_is_as_asked(open_box: Open) -> None:
    box = open_box(NIGHT)
    for count, expected in (("1", 1), ("3", 3)):
        words = ("task", "show", "risk-var-20261121/book-001", "--lines", count)
        (item,) = box.run(*words, "-o", "jsonl").jsonl()
        assert len(item["stderr"]) == expected
    box.sandbox.requests.clear()
    box.run("task", "show", "risk-var-20261121/book-001", "--lines", "0")
    assert box.requested("HEAD", "/files/") == box.requested("GET", "/files/") == 0


def test_nobody_is_sent_to_look_at_words_that_are_known_to_be_none(open_box: Open) -> None:
    told = open_box(scenario("activities")).run("task", "show", "mute/d").stdout
    assert told.split("\n\n")[-3:] == [
        "Last lines: none\n"
        "stderr           empty\n"
        "stdout           empty\n"
        "wd/.command.err  not there",
        "Type next\n"
        "  $ batchdoctor files list --job mute --task d\n"
        "  $ batchdoctor nodes suspect --pool adf",
        "mute/d: failed, application (exit 3).\n",
    ]


def test_what_a_terminal_would_obey_is_written_out(open_box: Open) -> None:
    box = open_box(NIGHT)
    job = next(job for job in box.sandbox.store.jobs if job.id == "risk-var-20261121")
    task = job.by_id["book-001"]
    assert task.recipe is not None
    object.__setattr__(task, "recipe", _Loud(task.recipe))
    page = box.run("task", "show", "risk-var-20261121/book-001", terminal=True).stdout
    assert "\\x1b]0;gotcha" in page
    assert "\x1b]0" not in page


class _Loud:
    """A way to fail whose program writes control characters."""

    def __init__(self, quiet: object) -> None:
        self._quiet = quiet

    def __getattr__(self, name: str) -> object:
        return "\x1b]0;gotcha\x07 done\n" if name == "stderr" else getattr(self._quiet, name)


def test_a_node_that_may_not_be_read_leaves_the_rest_of_the_story(open_box: Open) -> None:
    box = open_box(NIGHT)
    box.order(Fault("expired-token", route="GET /pools/{id}/nodes/{id}"))
    result = box.run("task", "show", "risk-var-20261121/book-001", "-o", "json")
    (item,) = result.json()["items"]
    assert (item["nodeFate"], item["code"]) == ("unknown", "FailureExitCode")
    assert (result.status, result.json()["complete"]) == (4, False)


def test_a_task_that_does_not_exist_is_not_found(open_box: Open) -> None:
    result = open_box(NIGHT).run("task", "show", "risk-var-20261121/nope")
    assert (result.status, result.stdout) == (3, "")
