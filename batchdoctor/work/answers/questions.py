"""Answers about tasks, nodes, jobs, pools and the account as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from batchdoctor.core.answer import Answer
from batchdoctor.core.failures.counts import FailureCounts
from batchdoctor.core.failures.item import FailedTask, failed_task, failure_summary
from batchdoctor.core.failures.task_item import TaskItem, task_item
from batchdoctor.core.findings.acceptance import check_kinds, parse_settings
from batchdoctor.core.findings.item import FindingItem, finding_item, findings_summary
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.sign_in import Check
from batchdoctor.core.suspicion.item import SuspectItem, suspect_item
from batchdoctor.core.suspicion.node_item import NodeItem
from batchdoctor.work.answers.asking import Asking, Since
from batchdoctor.work.configuration import read_config
from batchdoctor.work.diagnosis.auth_checks import AuthChecks
from batchdoctor.work.diagnosis.judged import Judged, judge_account, judge_job, judge_pool
from batchdoctor.work.diagnosis.node import read_node
from batchdoctor.work.diagnosis.story import read_story
from batchdoctor.work.diagnosis.suspects import find_suspects
from batchdoctor.work.files.save_logs import LogKeeper
from batchdoctor.work.reading.failures import Narrowed, failures_of
from batchdoctor.work.reading.reading import Reading


def failed_tasks(
    asking: Asking,
    jobs: Sequence[str] | None,
    pool: str | None,
    since: Since,
    *,
    limit: int | None = None,
    keep_below: Path | None = None,
) -> Answer[FailedTask]:
    """The failed tasks; what they wrote is saved below a folder, if one is named."""
    reading, counts = asking.reading(), FailureCounts()
    narrowed = Narrowed(pool_id=pool, since=asking.moment(since))
    failures = islice(failures_of(reading, jobs, narrowed), limit)
    keeper = (
        LogKeeper(asking.outside, asking.client, keep_below, reading.problems)
        if keep_below
        else None
    )
    items = []
    for failure in keeper.passing(failures) if keeper else failures:
        counts.add(failure)
        items.append(failed_task(failure))
    if keeper:
        keeper.tell()
    return asking.answer(reading, items, failure_summary(counts))


def task(asking: Asking, name: TaskName, lines: int) -> Answer[TaskItem]:
    """One task with the last lines of what it wrote."""
    reading = asking.reading()
    story = read_story(reading, name, lines)
    return asking.answer(reading, [task_item(story)])


def node(asking: Asking, name: NodeName) -> Answer[NodeItem]:
    """One node."""
    reading = asking.reading()
    return asking.answer(reading, [read_node(reading, name).item])


def suspect_nodes(
    asking: Asking,
    pools: Sequence[str] | None,
    jobs: Sequence[str] | None,
    since: Since,
    *,
    min_failures: int,
    exact: bool,
    verdicts: Sequence[str],
    parked: bool,
) -> Answer[SuspectItem]:
    """The nodes not to be trusted, the worst first."""
    reading = asking.reading()
    found = find_suspects(
        reading,
        pools=pools,
        jobs=jobs,
        since=asking.moment(since),
        min_failures=min_failures,
        exact=exact,
        verdicts=verdicts,
        parked=parked,
    )
    return asking.answer(reading, map(suspect_item, found.suspects), span=found.span)


def triage(asking: Asking, since: Since, ignored: Sequence[str]) -> Answer[FindingItem]:
    """What is wrong in the account, but for what the configuration file accepts."""
    check_kinds(list(ignored), "ignore")
    config, source = read_config(asking.environ)
    accepted = parse_settings(config, str(source)).ignore
    reading = asking.reading()
    judged = judge_account(
        reading, asking.journal(), asking.moment(since), accepted=accepted, ignored=ignored
    )
    return _findings(asking, reading, judged)


def diagnose_job(asking: Asking, job: str, since: Since, *, exact: bool) -> Answer[FindingItem]:
    """Why a job is stuck or failing."""
    reading = asking.reading()
    moment = asking.moment(since)
    judged = judge_job(reading, asking.journal(), job, moment, exact=exact)
    return _findings(asking, reading, judged)


def diagnose_pool(asking: Asking, pool: str) -> Answer[FindingItem]:
    """Why a pool is not delivering."""
    reading = asking.reading()
    return _findings(asking, reading, judge_pool(reading, asking.journal(), pool))


def check_access(asking: Asking) -> Answer[Check]:
    """Which account, which credential, and whether it works."""
    reading, checks = asking.reading(), AuthChecks(asking.client)
    items = list(checks.results())
    return asking.answer(reading, items, checks.facts)


def _findings(asking: Asking, reading: Reading, judged: Judged) -> Answer[FindingItem]:
    return asking.answer(
        reading,
        map(finding_item, judged.findings),
        findings_summary(judged.findings, judged.looked_at),
        span=judged.span,
        checked=judged.checked,
    )
