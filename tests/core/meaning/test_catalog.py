"""How entries of the catalog are found, and how its files are checked."""

from __future__ import annotations

import pytest

from batchdoctor.core.meaning.catalog import (
    SUBJECTS,
    Catalog,
    Retry,
    Where,
    load_catalog,
    parse_subject,
)
from batchdoctor.errors import BatchdoctorError


def test_a_code_is_found_in_any_case() -> None:
    catalog = load_catalog()
    assert catalog.lookup("BLOBACCESSDENIED") is catalog.lookup("blobaccessdenied")
    assert catalog.lookup("AllocationTimedout").code == "AllocationTimedOut"
    assert catalog.lookup("AUTOSCALEFORMULATOOLONG").code == "AutoScalingFormulaTooLong"


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("DiskFull", ["task", "node"]),
        ("ApplicationPackageError", ["task", "node"]),
        ("MountConfigurationError", ["task", "node"]),
        ("JobBeingTerminated", ["job", "rest"]),
        ("Unknown", ["task", "job", "resize"]),
    ],
)
def test_one_word_with_two_meanings_has_an_entry_for_each(code: str, places: list[str]) -> None:
    catalog = load_catalog()
    assert [entry.where[0] for entry in catalog.entries(code)] == places
    assert [catalog.lookup(code, place).where[0] for place in places] == places
    assert catalog.lookup(code).where[0] == places[0]


def test_a_start_task_fails_with_the_codes_of_tasks_but_has_no_output_files() -> None:
    catalog = load_catalog()
    assert catalog.find("BlobNotFound", "startTask") is catalog.find("BlobNotFound", "TASK")
    assert catalog.find("FileUploadConflict", "starttask") is None


def test_a_code_in_an_unexpected_place_still_gets_the_entry_there_is() -> None:
    assert load_catalog().lookup("AllocationFailed", "node").where == (Where.RESIZE,)


def test_a_place_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'tusk' is no place of error codes"):
        load_catalog().lookup("DiskFull", "tusk")


@pytest.mark.parametrize("code", ["FluxCapacitorEmpty", "", "137"])
def test_an_unknown_code_has_an_entry_that_says_so(code: str) -> None:
    entry = load_catalog().lookup(code, "task")
    assert not entry.known
    assert entry.code == code
    assert entry.meaning == "This code is not in batchdoctor's catalog."
    assert (entry.where, entry.retry, entry.category) == ((Where.TASK,), Retry.MAYBE, None)
    assert load_catalog().entries(code) == ()


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("BlobAcessDenied", "BlobAccessDenied"),
        ("accessdenied", "BlobAccessDenied"),
        ("noderead", "NodeNotReady"),
        ("commandprogramnotfond", "CommandProgramNotFound"),
        ("AllocTimedOut", "AllocationTimedOut"),
    ],
)
def test_near_misses_are_suggested(typed: str, suggested: str) -> None:
    assert suggested in load_catalog().near(typed)


@pytest.mark.parametrize("typed", ["", "x", "zzzzzz", "137"])
def test_nothing_is_suggested_for_what_resembles_nothing(typed: str) -> None:
    assert load_catalog().near(typed) == ()


def test_no_more_is_suggested_than_was_asked_for() -> None:
    assert len(load_catalog().near("notfound", limit=2)) == 2


def test_only_the_files_that_are_needed_are_read() -> None:
    read: list[str] = []
    shipped = load_catalog()

    def note(subject: str) -> bytes:
        read.append(subject)
        return shipped._read(subject)

    catalog = Catalog(note)
    catalog.lookup("BlobAccessDenied", "task")
    catalog.lookup("DiskFull", "task")
    assert read == ["task"]
    assert {entry.code for entry in catalog} == {entry.code for entry in shipped}
    assert read == list(SUBJECTS)


WHOLE = """
where = ["node"]
page = "https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking"
[code.DiskFull]
meaning = "The disk is full."
causes = ["Files pile up."]
actions = ["Delete some."]
retry = "no"
why = "not before"
"""


def test_a_whole_file_is_accepted() -> None:
    assert [entry.code for entry in parse_subject("node", WHOLE.encode())] == ["DiskFull"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('meaning = "The disk is full."', "", "missing required field `meaning`"),
        ('meaning = "The disk is full."', 'meaning = ""', "meaning"),
        ('causes = ["Files pile up."]', "causes = []", "causes"),
        ('retry = "no"', 'retry = "perhaps"', "perhaps"),
        ('retry = "no"', 'retry = "no"\nretries = 3', "unknown field `retries`"),
        ('retry = "no"', 'retry = "no"\ngroup = "nowhere"', "nowhere"),
        ('retry = "no"', 'retry = "no"\nwhere = ["resize"]', "belongs to another file"),
        ('retry = "no"', 'retry = "no"\ncategory = "node"', "for the codes of tasks"),
        ('retry = "no"', 'retry = "no"\nstatus = [409]', "REST"),
        ('retry = "no"', 'retry = "no"\ninferred = ["mood"]', "mood"),
        ("https://learn.microsoft.com", "http://example.com", "page"),
        ('where = ["node"]', 'where = ["nodes"]', "nodes"),
        ('where = ["node"]', 'where = ["node"]\nwhen = 1', "unknown field `when`"),
        ("[code.DiskFull]", "[code.DiskFull", "Expected"),
    ],
)
def test_a_broken_file_is_refused_with_its_name(old: str, new: str, complaint: str) -> None:
    assert old in WHOLE
    with pytest.raises(
        BatchdoctorError, match=r"^The catalog of error codes is broken: node\.toml"
    ) as caught:
        parse_subject("node", WHOLE.replace(old, new).encode())
    assert complaint in caught.value.message
