"""Which line of a program's output is quoted."""

from __future__ import annotations

import pytest

from batchdoctor.core.failures.telling_line import image_trouble, passes, telling_line


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
