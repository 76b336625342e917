"""`files grep`: which tasks wrote this? Whole files of many tasks, several at once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from batchdoctor.sandbox import Fault
from tests.box import Box, Open

PLACES = str(Path(__file__).parents[1] / "scenarios" / "places.toml")
JOB = "render-20261121"


@pytest.fixture
def places(open_box: Open) -> Box:
    return open_box(PLACES)


def page(box: Box, *argv: str) -> list[str]:
    """The lines of the answer behind the one that says of which account it is."""
    head, *lines = box.run("files", "grep", *argv).stdout.splitlines()
    assert head.startswith("sandbox at ")
    return lines


def test_lines_stand_behind_the_task_and_the_file(places: Box) -> None:
    assert page(places, "error|fatal", "--job", "flow") == [
        "flow/merged:stdout.txt:2:fatal: merged: index 'chr7.bai' not found",
        "flow/spoke:stderr.txt:1:error: spoke: the licence server does not answer",
        "",
        "2 lines found in 2 files of 2 tasks: 8 files of 4 tasks searched, 122 B.",
    ]


def test_a_prefix_has_colour_where_there_is_any(places: Box) -> None:
    argv = ("files", "grep", "fatal", "--job", "flow")
    shown = places.run(*argv, environ={"FORCE_COLOR": "1"}).stdout
    assert "\n\x1b[36mflow/merged:stdout.txt:2:\x1b[0mfatal: " in shown
    plain = places.run(*argv, environ={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    assert "\x1b" not in plain


def test_lines_around_a_match_are_told_once(places: Box) -> None:
    text = b"one\ntwo error\nthree\nfour\nfive\nsix error\nseven error\n"
    places.sandbox.put_task_file("flow", "spoke", "wd/app.log", text)
    argv = ("error", "--job", "flow", "--file", "wd/*.log", "-C", "1")
    assert page(places, *argv)[:-2] == [
        "flow/spoke:wd/app.log-1-one",
        "flow/spoke:wd/app.log:2:two error",
        "flow/spoke:wd/app.log-3-three",
        "--",
        "flow/spoke:wd/app.log-5-five",
        "flow/spoke:wd/app.log:6:six error",
        "flow/spoke:wd/app.log:7:seven error",
    ]
    first, *_ = places.run("files", "grep", *argv, "-o", "json").json()["items"]
    assert (first["lineNumber"], first["before"], first["after"]) == (2, ["one"], ["three"])


def test_files_alone_and_counts(places: Box) -> None:
    argv = (".", "--job", "flow", "--file", "stdout")
    assert page(places, *argv, "-l")[:2] == [
        "flow/merged:stdout.txt",
        "flow/spoke:stdout.txt",
    ]
    assert page(places, *argv, "-c")[:2] == [
        "flow/merged:stdout.txt:2",
        "flow/spoke:stdout.txt:1",
    ]
    counted = places.run("files", "grep", *argv, "-c", "-o", "json").json()
    assert [item["matches"] for item in counted["items"]] == [2, 1]
    assert (counted["summary"]["matches"], counted["summary"]["matchingFiles"]) == (3, 2)
    both = places.run("files", "grep", *argv, "-c", "-l")
    assert (both.status, both.stderr.splitlines()[0]) == (
        2,
        "error: -l and -c exclude each other.",
    )


def test_each_task_is_named_once_as_an_id(places: Box) -> None:
    result = places.run("files", "grep", ".", "--job", "flow", "--job", "FLOW", "-o", "ids")
    assert Counter(result.stdout.split()) == {"flow/merged": 1, "flow/spoke": 1}


def test_status_is_10_only_where_something_was_found_and_asked_for(places: Box) -> None:
    argv = ("files", "grep", "--job", "flow", "--fail-on", "any")
    assert places.run(*argv, "fatal").status == 10
    assert places.run(*argv, "FATAL").status == 0
    assert places.run(*argv, "FATAL", "-i").status == 10
    assert page(places, "FATAL", "--job", "flow") == [
        "No match: 8 files of 4 tasks searched, 122 B."
    ]


def test_what_could_not_be_read_is_told_at_the_end(places: Box) -> None:
    result = places.run("files", "grep", "error", "--job", "saved", "-o", "json")
    told = result.json()
    assert (result.status, told["complete"], told["items"]) == (0, False, [])
    assert {(each["kind"], each["message"].partition(",")[0]) for each in told["problems"]} == {
        ("refused", "6 files could not be read (the node no longer has the task's files)"),
        ("refused", "2 files could not be read (the node has cleaned up the task's files)"),
    }


def test_a_file_that_breaks_off_takes_nothing_from_the_others(places: Box) -> None:
    places.order(Fault("expired-token", route="HEAD /jobs/flow/tasks/merged/files/{path}", times=2))
    result = places.run("files", "grep", "error|fatal", "--job", "flow", "-o", "json")
    assert result.status == 4
    assert [item["taskId"] for item in result.json()["items"]] == ["spoke"]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("(", "--job", "flow"), "error: '(' is not a regular expression: "),
        (("x",), "error: No job is named whose files are to be searched."),
    ],
)
def test_what_cannot_be_searched_is_refused(places: Box, argv: tuple[str, ...], told: str) -> None:
    result = places.run("files", "grep", *argv)
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith(told)


def test_hostile_text_is_made_harmless(places: Box) -> None:
    places.sandbox.put_task_file(
        "flow", "spoke", "stderr.txt", b"error \x1b[2J\rgone sig=c2VjcmV0\n"
    )
    shown = places.run("files", "grep", "gone", "--job", "flow").stdout
    assert "\x1b" not in shown
    assert "c2VjcmV0" not in shown


def test_each_file_is_read_once_and_whole(open_box: Open) -> None:
    box = open_box("bad-node")
    text = b"".join(b"%07d nothing to see here, walk on\n" % n for n in range(60_000)) + b"error\n"
    names = [task.id for task in box.sandbox.store.job(JOB).tasks if task.result == "failure"]
    for name in names:
        box.sandbox.put_task_file(JOB, name, "stderr.txt", text)
    argv = ("files", "grep", "^error$", "--job", JOB, "--failed", "--file", "stderr")
    told = box.run(*argv, "-o", "json").json()
    assert [item["lineNumber"] for item in told["items"]] == [60_001] * len(names)
    reads = Counter(r.path for r in box.sandbox.requests if "/files/" in r.path)
    assert set(reads.values()) == {2}  # a HEAD and a GET
    assert told["summary"]["bytes"] == len(text) * len(names)
