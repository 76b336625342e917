"""Findings as a document and as a page."""

from __future__ import annotations

from datetime import timedelta

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.findings.item import LookedAt, finding_item
from batchdoctor.core.item import plain
from batchdoctor.core.text.step import run, say
from batchdoctor.report.findings import (
    Findings,
    finding_card,
    subject_names,
)
from batchdoctor.report.head import Head
from batchdoctor.report.table import write_table
from batchdoctor.report.terminal import Terminal
from tests.box import NOW

FAILED = Finding(
    kind="start-task-failed",
    subject=Subject(pool_id="render", node_ids=("n1", "n2")),
    message="The start task failed on 2 nodes: exit code 7.",
    evidence=("They wait for 12 min: n1, n2.",),
    advice=(
        say("Read what it wrote."),
        run("batchdoctor files get stderr --pool render --node n1 --start-task"),
        run("batchdoctor node reboot n1 n2 --pool render", "When that is corrected"),
    ),
)
NOTE = Finding(
    kind="node-preempted", subject=Subject(pool_id="spot"), message="Gone.", advice=(say("x"),)
)


HEAD = "host  2026-11-21 03:00 UTC  last 6 h"
SAW_ALL = (Checked(check="pools", objects=2, of="pools"),)


def page(
    *findings: Finding,
    brief: bool,
    accepted: int = 0,
    checked: tuple[Checked, ...] = SAW_ALL,
) -> str:
    written: list[str] = []
    head = Head("triage", "host", NOW, span=Span(NOW - timedelta(hours=6), NOW))
    looked_at = LookedAt(2, 3, accepted)
    answer = Findings(
        head,
        findings,
        [],
        looked_at,
        about="2 pools and 3 jobs",
        brief=brief,
        checked=checked,
    )
    write_table(answer.document(), written.append, Terminal())
    return "".join(written)


def test_the_brief_page_has_the_first_step_of_each_and_keeps_them_apart() -> None:
    assert (
        page(FAILED, NOTE, brief=True)
        == """\
host  2026-11-21 03:00 UTC  last 6 h
ERROR  pool render  start-task-failed
       The start task failed on 2 nodes: exit code 7.
       Read what it wrote.
       $ batchdoctor files get stderr --pool render --node n1 --start-task

NOTE   pool spot  node-preempted
       Gone.

1 error, 1 note in 2 pools and 3 jobs (now, and failures of the last 6 h).
"""
    )


def test_the_full_page_has_evidence_and_every_step_in_its_order() -> None:
    assert (
        page(FAILED, brief=False)
        == """\
host  2026-11-21 03:00 UTC  last 6 h
ERROR  pool render  start-task-failed
       The start task failed on 2 nodes: exit code 7.
       They wait for 12 min: n1, n2.
       Read what it wrote.
       $ batchdoctor files get stderr --pool render --node n1 --start-task
       When that is corrected:
       $ batchdoctor node reboot n1 n2 --pool render

1 error in 2 pools and 3 jobs (now, and failures of the last 6 h).
"""
    )


def test_a_healthy_page_is_two_lines_that_tell_what_was_left_out() -> None:
    when = "(now, and failures of the last 6 h)"
    assert page(brief=True) == f"{HEAD}\nNothing is wrong with 2 pools and 3 jobs {when}.\n"
    left_out = f"Nothing is wrong with 2 pools and 3 jobs (1 accepted or ignored) {when}.\n"
    assert page(brief=True, accepted=1) == f"{HEAD}  without 1 accepted\n{left_out}"


def test_a_page_is_not_called_well_where_something_was_not_looked_at() -> None:
    blind = (*SAW_ALL, Checked(check="nodes", objects=None, of="nodes", problem="no nodes read"))
    assert page(brief=True, checked=blind) == (
        f"{HEAD}\n"
        "Nothing wrong was found in 2 pools and 3 jobs (now, and failures of the last 6 h),"
        " and whether all is well is not known: no nodes read.\n"
    )
    assert page(FAILED, brief=True, checked=blind).endswith(" Not known: no nodes read.\n")
    nothing = "Nothing was looked at in 2 pools and 3 jobs."
    assert page(brief=True, checked=()) == f"{HEAD}\n{nothing}\n"


def test_the_subject_of_an_item_has_the_ids_that_apply() -> None:
    several = plain(finding_item(FAILED).subject)
    assert several == {"poolId": "render", "nodeIds": ["n1", "n2"]}
    one = Finding(
        kind="dependency-never-met",
        subject=Subject(pool_id="p", job_ids=("j",), task_ids=("t",)),
        message="m",
    )
    assert plain(finding_item(one).subject) == {
        "poolId": "p",
        "jobId": "j",
        "jobIds": ["j"],
        "taskId": "t",
        "taskIds": ["t"],
    }


def test_names_are_those_that_other_commands_take() -> None:
    assert subject_names(finding_item(FAILED)) == ["render/n1", "render/n2"]
    assert subject_names(finding_item(NOTE)) == []


def test_the_command_that_is_being_run_is_no_advice() -> None:
    look, own = run("batchdoctor triage --since 6h", "Look there"), run("batchdoctor triage")
    told = Finding(kind="job-failing", subject=Subject(), message="m", advice=(own, look))
    assert finding_card(told, own="batchdoctor triage").steps == [look]
