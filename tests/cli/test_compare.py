"""`compare`: pages for people, the same for machines, from a bundle too, and wrong questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchdoctor.sandbox import Fault, FaultKind
from tests.box import Box, Open, Run

NOW, THEN = "render-20261121", "render-20261120"
PAGE = """\
then    render-20261120, 110 tasks ended, 8 failed, made 2026-11-20 04:00 UTC
now     render-20261121, 73 tasks ended, 8 failed, 16 not ended yet, made
        2026-11-20 19:00 UTC
chosen  the one that went best (7.3% failed, none of 1 job went better) with the
        same pool, and the same id but for dates and hashes

CHANGED  command line
         Command line was --scene harbour, is --scene market, in all 89 tasks.
         one of them:
         $ batchdoctor task show render-20261121/frame-0001
CHANGED  constraint
         Constraint maxTaskRetryCount was 1, is 0, in all 89 tasks.
         one of them:
         $ batchdoctor task show render-20261121/frame-0001

failed now, not then  frame-0012, frame-0020, frame-0029, frame-0038,
                      frame-0057, frame-0064 and 1 more, in -o json
failed then, not now  5 tasks
same                  failures, how long tasks take, pool render-linux, setting
tests                 3; chance alone gives 1 difference in 100 pages

2 differences that can matter.
"""


def test_a_run_is_compared_with_the_one_that_went_well(open_box: Open) -> None:
    result = open_box("night-shift").run("compare", "jobs", NOW)
    assert (result.status, result.stderr, result.page) == (0, "", PAGE)


@pytest.mark.parametrize("order", [(NOW, THEN), (THEN, NOW)])
def test_the_order_of_two_jobs_does_not_matter(open_box: Open, order: tuple[str, str]) -> None:
    told = open_box("night-shift").run("compare", "jobs", *order, "-o", "json").json()
    assert (told["summary"]["before"], told["summary"]["after"]) == (THEN, NOW)
    assert [(item["what"], item["before"], item["after"]) for item in told["items"]] == [
        ("command-line", "--scene harbour", "--scene market"),
        ("constraint", "1", "0"),
    ]
    assert told["summary"]["chosen"] is None
    assert len(told["summary"]["failedNow"]) == told["summary"]["failedNowCount"] == 7


def test_one_of_two_logs_may_be_piped_in(open_box: Open, run_offline: Run, tmp_path: Path) -> None:
    text = "".join(f"{line}\n" for line in open_box("night-shift").sandbox.diagnostic_log())
    file = tmp_path / "PT1H.json"
    file.write_text(text)
    named = run_offline("compare", "logs", str(file), str(file), "-o", "json").json()
    for logs in (("-", str(file)), (str(file), "-")):
        piped = run_offline("compare", "logs", *logs, "-o", "json", stdin=text.encode()).json()
        assert piped["summary"]["tests"] == named["summary"]["tests"] > 0
        assert "standard input" in (piped["summary"]["before"], piped["summary"]["after"])
    refused = run_offline("compare", "logs", "-", "-", stdin=text.encode())
    assert (refused.status, refused.stdout) == (2, "")
    assert "One log cannot be both." in refused.stderr


def test_ids_are_the_tasks_that_show_what_differs(open_box: Open) -> None:
    box = open_box("bad-job")
    argv = ("compare", "jobs", "risk-var-20261121", "risk-stress-20261120")
    ids = box.run(*argv, "-o", "ids").stdout.split()
    assert ids[0] == "risk-var-20261121/book-001"
    items = box.run(*argv, "-o", "jsonl").jsonl()
    assert ids == [name for item in items for name in item["names"]]


def test_what_could_not_be_compared_is_not_called_the_same(open_box: Open) -> None:
    """All of its tasks failed, so nobody knows how long they would have taken."""
    box = open_box("bad-job")
    argv = ("compare", "jobs", "risk-var-20261121", "risk-stress-20261120", "-o", "json")
    assert "how long tasks take" not in box.run(*argv).json()["summary"]["same"]
    alike = ("compare", "jobs", "risk-stress-20261121", "risk-stress-20261120", "-o", "json")
    assert box.run(*alike).json()["summary"]["same"][:2] == ["failures", "how long tasks take"]


def test_the_bundle_tells_the_same_and_says_that_values_were_masked(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("bad-job")
    for job in box.sandbox.store.jobs:
        job.shape["commonEnvironmentSettings"] = [{"name": "SITE", "value": job.id[-3:]}]
    file = str(tmp_path / "night.zip")
    assert box.run("bundle", "--out", file).status == 0
    argv = ("compare", "jobs", "risk-stress-20261121", "risk-stress-20261120", "-o", "json")
    live, kept = box.run(*argv).json(), box.run(*argv, "--from", file).json()
    assert [item["subject"] for item in live["items"]] == ["SITE"]
    assert "121" not in str(live["items"][0]["message"])
    assert kept["items"] == []
    assert kept["summary"]["notTold"] == [
        "values of 1 environment variable: masked where they were kept"
    ]


def test_of_a_large_job_the_bundle_tells_outcomes_and_what_it_lacks(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("big", size=1200)
    file = str(tmp_path / "night.zip")
    assert box.run("bundle", "--out", file).status == 0
    jobs = sorted(box.sandbox.store.jobs, key=lambda job: -len(job.tasks))[:2]
    argv = ("compare", "jobs", jobs[0].id, jobs[1].id, "-o", "json", "--from", file)
    told = box.run(*argv).json()
    checked = {each["check"]: each for each in told["checked"]}
    assert checked["outcomes"]["objects"] == sum(
        task.state == "completed" for job in jobs for task in job.tasks
    )
    assert "the settings of" in checked["settings"]["problem"]


def test_differences_can_fail_a_command(open_box: Open) -> None:
    box = open_box("bad-job")
    stress = ("compare", "jobs", "risk-stress-20261121", "risk-stress-20261120")
    assert box.run(*stress, "--fail-on", "any").status == 0
    other = ("compare", "jobs", "risk-var-20261121", "risk-stress-20261120")
    assert box.run(*other, "--fail-on", "any").status == 10


@pytest.mark.parametrize(
    ("argv", "status", "words"),
    [
        (("jobs", "no-such-job"), 3, "hint: "),
        (("jobs", NOW, NOW.upper()), 2, f"error: {NOW} cannot differ from itself."),
        (
            ("jobs", "model-fit-20261121"),
            3,
            "error: There is nothing to compare model-fit-20261121 with: there is no other job"
            " with the same pool and the same id but for dates.\n"
            "hint: batchdoctor compare jobs model-fit-20261121 JOB\n",
        ),
        (("tasks", "frame-0001"), 2, "hint: give JOB/TASK"),
        (("tasks", f"{NOW}/no-such", f"{THEN}/frame-0001"), 3, "hint: "),
        (("nodes", "no-such", "render-linux/x"), 3, "hint: "),
    ],
)
def test_a_wrong_question_is_told_what_is_right(
    open_box: Open, argv: tuple[str, ...], status: int, words: str
) -> None:
    result = open_box("night-shift").run("compare", *argv)
    assert (result.status, result.stdout) == (status, "")
    assert words in result.stderr


@pytest.mark.parametrize("what", ["logs", "bundles"])
def test_files_that_are_not_there_are_told(run_offline: Run, tmp_path: Path, what: str) -> None:
    result = run_offline("compare", what, str(tmp_path / "a.zip"), str(tmp_path / "b.zip"))
    assert (result.status, result.stdout) == (7, "")
    assert "a.zip" in result.stderr


def test_what_cannot_be_read_makes_the_answer_incomplete_and_nothing_is_made_up(
    open_box: Open,
) -> None:
    box: Box = open_box("night-shift")
    box.order(Fault(FaultKind.BUSY, route="GET /pools/{id}/nodes", times=None))
    told = box.run("compare", "jobs", NOW, THEN, "-o", "json")
    document = told.json()
    assert (told.status, document["complete"]) == (6, False)
    assert document["problems"][0]["subject"].startswith("nodes of pool")
    assert [item["what"] for item in document["items"]] == ["command-line", "constraint"]


def test_a_page_speaks_plainly_in_a_pipe_and_on_a_terminal(open_box: Open) -> None:
    box = open_box("night-shift")
    plain = box.run("compare", "jobs", NOW)
    coloured = box.run("compare", "jobs", NOW, terminal=True, environ={"FORCE_COLOR": "1"})
    assert max(map(len, plain.stdout.splitlines())) <= 80
    assert "\x1b[" in coloured.stdout
    assert "\x1b[" not in plain.stdout
    markdown = box.run("compare", "jobs", NOW, "-o", "markdown").stdout
    assert "#### CHANGED command line" in markdown


def test_nodes_that_could_not_be_read_are_not_called_gone(open_box: Open) -> None:
    box = open_box("night-shift")
    box.order(Fault(FaultKind.BUSY, route="GET /pools/{id}/nodes", times=None))
    told = box.run("compare", "jobs", NOW, THEN, "-o", "json").json()
    (nodes,) = [each["problem"] for each in told["checked"] if each["check"] == "nodes"]
    assert nodes.endswith("which could not be read")
    assert not told["complete"]


def test_bundles_are_named_with_a_time_for_people(open_box: Open, tmp_path: Path) -> None:
    box, file = open_box("healthy"), str(tmp_path / "night.zip")
    assert box.run("bundle", "--out", file).status == 0
    page = box.run("compare", "bundles", file, file).stdout
    assert "sandbox at 2026-11-21 03:00 UTC, 2 pools, 3 jobs, 0 findings" in page


def test_tasks_that_still_run_hide_no_failures_of_a_node(open_box: Open) -> None:
    box = open_box("night-shift")
    pool = box.sandbox.store.pools[0]
    # The node that is suspect runs two tasks; the service counts a task when it has ended.
    bad, other = pool.nodes[7].id, pool.nodes[10].id
    page = box.run("compare", "nodes", f"{pool.id}/{bad}", f"{pool.id}/{other}").stdout
    assert "22 tasks run, 19 failed" in " ".join(page.split())
    assert "19 of 22 tasks failed" in box.run("node", "show", f"{pool.id}/{bad}").stdout
