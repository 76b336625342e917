"""What a program may rely on: mypy checks this file, and nobody runs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import assert_type

import batchdoctor
from batchdoctor import Account, Answer, NodeName, TaskName
from batchdoctor.core.changed import ChangedNode, ReactivatedTask, SentLogs
from batchdoctor.core.failures.item import FailedTask
from batchdoctor.core.failures.task_item import TaskItem
from batchdoctor.core.file_match import FileMatch
from batchdoctor.core.files import ListedFile
from batchdoctor.core.findings.item import FindingItem
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.meaning.item import Meaning
from batchdoctor.core.nodes.login import NodeLogin
from batchdoctor.core.sign_in import Check
from batchdoctor.core.suspicion.item import SuspectItem
from batchdoctor.core.suspicion.node_item import NodeItem
from batchdoctor.errors import BatchdoctorError, ExitCode


def questions() -> None:
    with batchdoctor.connect("acct.westeurope.batch.azure.com", key_file="key") as account:
        assert_type(account, Account)
        assert_type(account.failed_tasks("nightly", since=timedelta(hours=6)), Answer[FailedTask])
        assert_type(account.failed_tasks(["a", "b"], pool="p", limit=3), Answer[FailedTask])
        assert_type(account.triage(timedelta(days=1), ignore=["node-offline"]), Answer[FindingItem])
        assert_type(account.diagnose_job("j", exact=True), Answer[FindingItem])
        assert_type(account.diagnose_pool("p"), Answer[FindingItem])
        assert_type(account.suspect_nodes(["p"], jobs="j"), Answer[SuspectItem])
        assert_type(account.task("j/t").item, TaskItem)
        assert_type(account.task(TaskName("j", "t"), lines=3), Answer[TaskItem])
        assert_type(account.node(NodeName("p", "n")), Answer[NodeItem])
        assert_type(account.check_access(), Answer[Check])
        assert_type(account.files("j/t"), Answer[ListedFile])
        assert_type(account.search_files("Killed", ["a", "b"], failed=True), Answer[FileMatch])
        assert_type(account.read_file(NodeName("p", "n"), "startup/stderr.txt"), bytes)
        assert_type(account.tail("j/t", "stdout", lines=3), bytes)
        assert_type(account.save_logs("logs", "nightly"), Answer[FailedTask])


def changes(account: Account) -> None:
    assert_type(account.disable("p/n", "taskcompletion", dry_run=True), Answer[ChangedNode])
    assert_type(account.enable([NodeName("p", "n"), "p/m"]), Answer[ChangedNode])
    assert_type(account.reboot("p/n", "retaineddata", max_share=100), Answer[ChangedNode])
    assert_type(account.reactivate("j/t"), Answer[ReactivatedTask])
    assert_type(
        account.reactivate(jobs="j", category=Category.NODE, dry_run=True), Answer[ReactivatedTask]
    )
    assert_type(account.send_logs("p/n", "https://x/?sig=y"), Answer[SentLogs])
    assert_type(account.make_user("p/n", "kim", datetime.now(UTC)), Answer[NodeLogin])
    account.disable("p/n", "wait")  # type: ignore[arg-type]  # not one of the ways to treat tasks


def values(answer: Answer[FailedTask]) -> None:
    for failure in answer:
        assert_type(failure.end_time, datetime | None)
        assert_type(failure.category, Category)
        assert_type(failure.next_commands, tuple[str, ...])
    assert_type(answer.complete, bool)
    assert_type(len(answer), int)


def offline() -> None:
    assert_type(batchdoctor.explain("137"), tuple[Meaning, ...])
    batchdoctor.parse_events(["PT1H.json"], show="failures", since=datetime.now(UTC))


def errors() -> None:
    try:
        batchdoctor.connect(profile="prod").triage()
    except BatchdoctorError as error:
        assert_type(error.exit_code, ExitCode)
        assert_type(error.hint, str | None)
