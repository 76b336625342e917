"""Which line of a program's output is quoted."""

from __future__ import annotations

import pytest

from batchdoctor.core.failures.telling_line import (
    image_trouble,
    is_quiet,
    names_error,
    passes,
    telling_line,
)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([], ""),
        (["", "  "], ""),
        (["step 1", "step 2"], "step 2"),
        (["Error: no disk", "cleaning up"], "Error: no disk"),
        (["error: first", "fatal: second", "bye"], "fatal: second"),
        (
            ["docker: unauthorized: log in.", "See 'docker run --help'."],
            "docker: unauthorized: log in.",
        ),
        (
            ["Traceback (most recent call last):", '  File "a.py", line 3', "KeyError: 'x'"],
            "KeyError: 'x'",
        ),
        (["usage: fit [-h]", "fit: error: no such option"], "fit: error: no such option"),
        (["See 'fit --help'."], "See 'fit --help'."),
        (["ImportError: no scipy", "0 errors while cleaning"], "ImportError: no scipy"),
        (
            ["forrtl: severe (24): end-of-file", "mpirun noticed that rank 3 exited (Killed)."],
            "forrtl: severe (24): end-of-file",
        ),
        (
            ["mpirun noticed that rank 3 was killed.", "bye"],
            "mpirun noticed that rank 3 was killed.",
        ),
        (["Fehler: Datei nicht gefunden", "Bitte melden."], "Fehler: Datei nicht gefunden"),
        (["Segmentation fault (core dumped)", "done"], "Segmentation fault (core dumped)"),
        (["エラー: ファイルが見つかりません", "終了"], "エラー: ファイルが見つかりません"),
    ],
)
def test_the_last_line_that_names_an_error_is_taken(lines: list[str], line: str) -> None:
    assert telling_line(lines) == line


def test_a_very_long_line_is_cut() -> None:
    assert telling_line([f"error {'x' * 300}"]) == f"error {'x' * 193}…"


def test_a_word_about_a_login_is_about_an_image_only_where_images_are_spoken_of() -> None:
    assert image_trouble("docker: unauthorized: authentication required") == "told-unauthorized"
    assert image_trouble("curl: 401 unauthorized") is None
    assert image_trouble("docker: all is done") is None


@pytest.mark.parametrize("line", ["HTTP 503", "read timed out", "429 Too Many Requests"])
def test_trouble_of_a_busy_server_passes(line: str) -> None:
    assert passes(line)
    assert not passes("ImportError: No module named x")


@pytest.mark.parametrize(
    "line",
    [
        "WARNING: apt does not have a stable CLI interface.",
        "OpenBLAS WARNING - could not determine the L2 cache size",
        "a.py:8: DeprecationWarning: use b",
        "INFO: error handling is on",
        "+ ./setup --on-error stop",
        "",
    ],
)
def test_warnings_and_notes_are_quiet_whatever_words_they_use(line: str) -> None:
    assert is_quiet([line])
    assert not names_error([line])


@pytest.mark.parametrize("line", ["E: Unable to locate package x", "KeyError: 'x'", "Killed"])
def test_an_error_is_neither_quiet_nor_overheard(line: str) -> None:
    assert not is_quiet(["WARNING: x", line])
    assert names_error(["WARNING: x", line])


def test_a_count_of_no_errors_names_none() -> None:
    assert not names_error(["finished with 0 errors"])
