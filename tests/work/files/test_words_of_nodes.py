"""The words of start and preparation tasks: the order of a task's places, on the node alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchdoctor.core.words import Words
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.work.files.words import START_TASK_FOLDER, folder_words
from tests.box import Box, Open

SCENARIO = Path(__file__).parents[2] / "scenarios" / "places.toml"
PREPARATION = "workitems/flow/job-1/jobpreparation"
FOLDERS = pytest.mark.parametrize("folder", [START_TASK_FOLDER, PREPARATION])
NONE_SAVED = "outputFiles: none: start, preparation and release tasks cannot have any"


def farm(open_box: Open) -> tuple[Box, str]:
    """An account, and one of its nodes."""
    box = open_box(str(SCENARIO))
    return box, box.run("nodes", "list", "--pool", "farm", "-o", "ids").stdout.split()[0]


def told(box: Box, node: str, folder: str) -> tuple[tuple[str, ...], str | None, list[str]]:
    with Client(resolve_account(AccountOptions(), box.sandbox.environment())) as client:
        words: Words = folder_words(client, "farm", node.rpartition("/")[2], folder, 5)
    place = words.place.label if words.place else None
    return words.lines, place, [str(each) for each in words.missed]


def put(box: Box, node: str, folder: str, **files: str) -> None:
    names = {"stderr": "stderr.txt", "stdout": "stdout.txt", "own": "wd/.command.err"}
    for name, content in files.items():
        path = f"{folder}/{names[name]}"
        box.sandbox.put_node_file("farm", node.rpartition("/")[2], path, content.encode())


@FOLDERS
def test_the_first_place_with_words_answers_and_says_why_no_nearer_one_did(
    open_box: Open, folder: str
) -> None:
    box, node = farm(open_box)
    put(box, node, folder, stderr="", stdout="\n", own="samtools: no such tool\n")
    assert told(box, node, folder) == (
        ("samtools: no such tool",),
        "wd/.command.err",
        ["stderr: empty", "stdout: empty"],
    )
    put(box, node, folder, stdout="merged streams\n")
    assert told(box, node, folder) == (("merged streams",), "stdout", ["stderr: empty"])
    put(box, node, folder, stderr="apt: no lock\n")
    assert told(box, node, folder) == (("apt: no lock",), "stderr", [])


def test_where_no_file_is_there_nothing_can_be_elsewhere_either(open_box: Open) -> None:
    box, node = farm(open_box)
    assert told(box, node, PREPARATION) == (
        (),
        None,
        [
            "stderr: not there",
            "stdout: not there",
            "wd/.command.err: not there",
            NONE_SAVED,
        ],
    )


@FOLDERS
def test_tail_of_an_empty_stderr_shows_the_next_place_with_words(
    open_box: Open, folder: str
) -> None:
    box, node = farm(open_box)
    put(box, node, folder, stderr="", stdout="merged streams\n")
    where = ("--pool", "farm", "--node", node.rpartition("/")[2])
    shown = box.run("files", "tail", f"{folder}/stderr.txt", *where)
    assert (shown.stdout, shown.stderr) == (
        "merged streams\n",
        "note: stderr: empty; this is stdout\n",
    )
    fetched = box.run("files", "get", f"{folder}/stderr.txt", *where)
    assert (fetched.stdout, fetched.stderr) == (
        "",
        "note: stderr: empty; there are words in stdout\n",
    )


def test_a_file_of_that_name_in_the_working_folder_is_shown_as_it_is(open_box: Open) -> None:
    box, node = farm(open_box)
    put(box, node, START_TASK_FOLDER, stdout="merged streams\n")
    id_ = node.rpartition("/")[2]
    box.sandbox.put_node_file("farm", id_, "startup/wd/stderr.txt", b"")
    shown = box.run("files", "tail", "startup/wd/stderr.txt", "--pool", "farm", "--node", id_)
    assert (shown.stdout, shown.stderr) == ("", "")


@pytest.mark.parametrize("verb", ["tail", "get"])
def test_of_what_is_not_there_it_is_said_that_no_copy_can_be(open_box: Open, verb: str) -> None:
    box, node = farm(open_box)
    id_ = node.rpartition("/")[2]
    asked = box.run("files", verb, f"{PREPARATION}/stderr.txt", "--pool", "farm", "--node", id_)
    assert asked.stderr.startswith(
        f"error: Could not read {PREPARATION}/stderr.txt of node farm/{id_}: the node has no file"
        f" of that name. No copy was found: {NONE_SAVED}."
    )


def test_the_page_of_a_node_says_why_its_failed_start_task_has_no_words(open_box: Open) -> None:
    box = open_box(str(SCENARIO.with_name("words.toml")))
    node = "tvm-725881266_4-20261105t233711z"
    for file in ("stdout", "stderr"):
        box.sandbox.put_node_file("spread", node, f"startup/{file}.txt", b"")
    shown = box.run("node", "show", f"spread/{node}").stdout
    assert (
        "Last lines\n"
        "start task  no words: stderr: empty; stdout: empty; wd/.command.err: not there\n"
    ) in shown


@FOLDERS
def test_a_stderr_that_only_warns_leaves_the_word_to_a_stdout_that_names_an_error(
    open_box: Open, folder: str
) -> None:
    box, node = farm(open_box)
    put(box, node, folder, stderr="WARNING: no stable interface\n", stdout="E: no package x\n")
    assert told(box, node, folder) == (
        ("WARNING: no stable interface",),
        "stderr",
        [],
    )
    put(box, node, folder, stdout="Unable to locate package x\n")
    assert told(box, node, folder) == (
        ("Unable to locate package x",),
        "stdout",
        ["stderr: names no error"],
    )
    put(box, node, folder, stderr="Killed\n")
    assert told(box, node, folder) == (("Killed",), "stderr", [])


def test_the_mark_at_the_front_of_a_file_is_no_word(open_box: Open) -> None:
    box, node = farm(open_box)
    put(box, node, START_TASK_FOLDER, stderr="\ufeff\r\n", stdout="path not found\n")
    assert told(box, node, START_TASK_FOLDER) == (("path not found",), "stdout", ["stderr: empty"])
