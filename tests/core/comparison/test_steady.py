"""What is another one in each run is taken out of names and settings, and nothing else is."""

from __future__ import annotations

import pytest

from batchdoctor.core.comparison.steady import (
    Steadying,
    kind_name,
    looser_shape_of,
    shape_of,
    without_access,
)

JOB = "nightly-20261121-77be09"
# Two texts that mean the same in two runs.
SAME = [
    ("render --date 20261121 --x", "render --date 20261120 --x"),
    ("in/2026-11-21/a.csv", "in/2026-11-20/a.csv"),
    ("in/2026/11/21/a.csv", "in/2026/11/20/a.csv"),
    ("--at 2026-11-21T03:00:00Z", "--at 2026-11-20T02:59:58.123Z"),
    ("--month 2026-11", "--month 2026-10"),
    ("--epoch 1795230000", "--epoch 1795143600"),
    (
        "--run 5f0c7c62-5a3f-4a86-9a1e-0f4f1f6a1b01",
        "--run C1D9B7AA-3C11-4D3E-8F7A-6B5E1D2C3F02",
    ),
    ("--run 5f0c7c625a3f4a869a1e0f4f1f6a1b01", "--run c1d9b7aa3c114d3e8f7a6b5e1d2c3f02"),
    ("/work/3f/9c2ab14e5d6f708192a3b4c5d6e7f8", "/work/3f/0c2ab14e5d6f708192a3b4c5d6e7f9"),
    ("https://a/b?sv=1&sig=abc%3D x", "https://a/b?sv=1&sig=def%3D x"),
]
# Two texts between which there is a difference.
OTHER = [
    ("--quality 80", "--quality 90"),
    ("app-4.2.1", "app-4.3.0"),
    ("--bytes 1073741824", "--bytes 2147483648"),
    ("--rev 9f3c2ab1", "--rev 1d2e3f40"),
    (f"--rev {'9f3c2ab1' * 5}", f"--rev {'1d2e3f40' * 5}"),
    (f"app@sha256:{'9f3c2ab1' * 8}", f"app@sha256:{'1d2e3f40' * 8}"),
    ("--frames 1000", "--frames 2000"),
    ("https://a/in/scene.tar", "https://a/in/scene-v2.tar"),
    ("--seed 7", "--seed 8"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_dates_guids_and_signatures_are_no_difference(left: str, right: str) -> None:
    assert Steadying([]).text(left) == Steadying([]).text(right)


@pytest.mark.parametrize(("left", "right"), OTHER)
def test_versions_numbers_and_hashes_are_one(left: str, right: str) -> None:
    assert Steadying([]).text(left) != Steadying([]).text(right)


def test_the_id_of_a_job_and_the_words_in_it_that_vary_are_its_own() -> None:
    steady = Steadying([JOB])
    assert steady.text(f"/out/{JOB}/x") == "/out/<id>/x"
    assert steady.text(f"/out/{JOB.upper()}/77be09.log") == "/out/<id>/<id>.log"
    # The part that all runs have in common is not.
    assert steady.text("nightly") == "nightly"


def test_a_short_id_is_no_part_of_other_words() -> None:
    assert Steadying(["a1", "job"]).text("job jobs a1 b") == "<id> jobs a1 b"
    assert Steadying(["task-7"], ["7"]).text("--n 7 --m 77 task-7") == "--n <id> --m 77 <id>"


def test_an_address_keeps_a_query_that_gives_no_access() -> None:
    assert without_access("get https://a/b?page=2") == "get https://a/b?page=2"
    assert without_access("get https://a/b?sv=1&sig=x 'c'") == "get https://a/b 'c'"


@pytest.mark.parametrize(
    ("left", "right", "alike", "loosely"),
    [
        ("nightly-20261121", "Nightly-20261120", True, True),
        ("nightly-20261121-77be09", "nightly-20261120-a81f03", True, True),
        ("etl_2026-11-21", "etl_2026-11-20", True, True),
        ("run-17", "run-18", False, True),
        ("render-1080", "render-720", False, True),
        ("nightly-20261121", "weekly-20261121", False, False),
        ("nightly:job-7", "nightly:job-8", False, True),
    ],
)
def test_jobs_are_of_one_shape_but_for_dates_and_hashes(
    left: str, right: str, alike: bool, loosely: bool
) -> None:
    assert (shape_of(left) == shape_of(right)) is alike
    assert (looser_shape_of(left) == looser_shape_of(right)) is loosely


@pytest.mark.parametrize(
    ("task_id", "kind"),
    [("frame-0017", "frame-#"), ("join", "join"), ("map-2-of-8", "map-#-of-#"), ("17", "#")],
)
def test_a_kind_of_task_is_its_id_without_numbers(task_id: str, kind: str) -> None:
    assert kind_name(task_id) == kind
