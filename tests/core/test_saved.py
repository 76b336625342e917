"""Where a task's files are saved: by its patterns, and by the conventions of the .NET library."""

from __future__ import annotations

import msgspec
import pytest

from batchdoctor.core.records.output_file import OutputFile
from batchdoctor.core.saved import (
    conventional_container,
    conventional_name,
    conventional_path,
    may_have_saved,
    saved_names,
    saved_path,
    saved_prefix,
)


def output(pattern: str, path: str | None = None, when: str | None = None) -> OutputFile:
    told = {
        "filePattern": pattern,
        "destination": {"container": {"containerUrl": "https://a.example/c", "path": path}},
        "uploadOptions": {"uploadCondition": when},
    }
    return msgspec.convert(told, OutputFile)


@pytest.mark.parametrize(
    ("pattern", "path", "file", "names"),
    [
        ("../stderr.txt", "t1/err", "stderr.txt", ("t1/err",)),
        ("../stderr.txt", None, "stderr.txt", ("stderr.txt",)),
        ("../std*.txt", "t1", "stderr.txt", ("t1/stderr.txt",)),
        ("../std???.txt", "t1/", "stdout.txt", ("t1/stdout.txt",)),
        ("../std[a-o]*.txt", "t1", "stderr.txt", ("t1/stderr.txt",)),
        ("$AZ_BATCH_TASK_DIR/*.txt", None, "stdout.txt", ("stdout.txt",)),
        (r"%AZ_BATCH_TASK_DIR%\std*.txt", "t", "stderr.txt", ("t/stderr.txt",)),
        ("${AZ_BATCH_TASK_WORKING_DIR}/a.log", "x", "wd/a.log", ("x",)),
        (".command.err", "n/.command.err", "wd/.command.err", ("n/.command.err",)),
        ("**/*.log", "logs", "wd/a/b.log", ("logs/a/b.log", "logs/b.log")),
        ("../**", "all", "wd/a/b", ("all/wd/a/b", "all/b")),
        ("*.txt", "t", "stderr.txt", ()),
        ("../stdout.txt", "t", "stderr.txt", ()),
        ("out[9-1]", "x", "wd/out1", ()),
        ("*a" * 500, "x", "wd/" + "a" * 500, ()),
    ],
)
def test_a_pattern_says_what_a_blob_is_called(
    pattern: str, path: str | None, file: str, names: tuple[str, ...]
) -> None:
    saved = output(pattern, path)
    assert saved_names(saved, file) == names
    for name in names[:1]:
        assert saved_path(saved, name) == file
        assert name.startswith(saved_prefix(saved))


def test_a_blob_of_another_pattern_has_no_path() -> None:
    assert saved_path(output("../std*.txt", "t1"), "t1/other.txt") is None
    assert saved_path(output("../std*.txt", "t1"), "t2/stdout.txt") is None
    assert saved_path(output("../stdout.txt", "t1"), "t1/stdout.txt") is None


@pytest.mark.parametrize(
    ("when", "result", "may"),
    [
        ("TaskFailure", "failure", True),
        ("taskcompletion", "failure", True),
        ("tasksuccess", "failure", False),
        ("taskfailure", "success", False),
        ("tasksuccess", None, True),
        (None, "failure", True),
    ],
)
def test_what_is_saved_depends_on_how_the_task_ended(
    when: str | None, result: str | None, may: bool
) -> None:
    assert may_have_saved(output("a", "b", when), result) is may


@pytest.mark.parametrize(
    ("job", "container"),
    [
        ("nightly-7", "job-nightly-7"),
        ("Nightly", "job-nightly"),
        ("a_b", "job-a-b-eb2980a5a244aad8cef818994eaae6c75b8eac16"),
        ("x" * 60, "job-xxxxxxxxxxxxxxx-06ced2e070e58c2c4ed9f2b8cb890f0c512ce60d"),
        ("_", "job-job-53a0acfad59379b3e050338bf9f23cfc172ee787"),
    ],
)
def test_a_job_has_one_container(job: str, container: str) -> None:
    assert conventional_container(job) == container
    assert len(container) <= 63


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("stdout.txt", "t/$TaskLog/stdout.txt"),
        ("wd/a/b.csv", "t/$TaskOutput/a/b.csv"),
    ],
)
def test_logs_and_products_are_kept_apart(path: str, name: str) -> None:
    assert conventional_name("t", path) == name
    assert conventional_path("t", name) == path
    assert conventional_path("other", name) is None
