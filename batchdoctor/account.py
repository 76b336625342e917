"""The Python face of an account: one method a question or a change, typed values back.

The same settings, retries and answers as the commands, and no output on any stream. Changes ask
nobody: whoever calls them has decided. https://learn.microsoft.com/rest/api/batchservice/
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal

from batchdoctor.account_compare import AccountCompare
from batchdoctor.account_hours import AccountHours
from batchdoctor.account_jobs import AccountJobs
from batchdoctor.account_lists import AccountLists
from batchdoctor.account_nodes import AccountNodes
from batchdoctor.core.answer import Answer
from batchdoctor.core.bundle_item import BundlePart
from batchdoctor.core.changed import ReactivatedTask
from batchdoctor.core.checked import LAST_DAY
from batchdoctor.core.failures.item import FailedTask, MessageGroup
from batchdoctor.core.failures.task_item import TaskItem
from batchdoctor.core.file_match import FileMatch
from batchdoctor.core.files import ListedFile
from batchdoctor.core.findings.item import FindingItem
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.sign_in import Check
from batchdoctor.core.suspicion.item import SuspectItem
from batchdoctor.core.suspicion.node_item import NodeItem
from batchdoctor.core.suspicion.suspect_node import NodeVerdict
from batchdoctor.core.timeline.item import HappeningItem
from batchdoctor.core.waits.item import WaitItem
from batchdoctor.work.answers import bundles, changes, messages, questions, timelines
from batchdoctor.work.answers import files as file_answers
from batchdoctor.work.answers.asking import Asking, Since
from batchdoctor.work.answers.waiting import waited
from batchdoctor.work.changes.reactivation import Chosen
from batchdoctor.work.files.grep import search_for

Ids = str | Sequence[str] | None
Owner = TaskName | NodeName | str


class Account(AccountLists, AccountCompare, AccountJobs, AccountNodes, AccountHours):
    """An Azure Batch account; use it as a context, or `close` it. Not for several threads at once.

    Nodes are named `POOL/NODE`, tasks `JOB/TASK`; ids compare without case. A file belongs to a
    task, or to a node given as a `NodeName`. Each method raises the errors of `batchdoctor.errors`
    while nothing could be read, and ValueError for a name of another form; after that, what could
    not be read is among the problems of its answer. `since` is a moment, or a span before now.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def __enter__(self) -> Account:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._asking.client.close()

    @property
    def host(self) -> str:
        """The account's host, as documents name it."""
        return self._asking.host

    def triage(self, since: Since = LAST_DAY, *, ignore: Sequence[str] = ()) -> Answer[FindingItem]:
        """What is wrong in the account, worst first, and what to do next? As `triage`."""
        return questions.triage(self._asking, since, ignore)

    def timeline(
        self,
        since: Since = LAST_DAY,
        *,
        until: Since = None,
        jobs: Ids = None,
        pools: Ids = None,
        nodes: Ids = None,
        events: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
        limit: int = 1000,
    ) -> Answer[HappeningItem]:
        """What happened when, in event logs too, and since when does it fail? As `timeline`."""
        return timelines.timeline(
            self._asking,
            jobs=_several(jobs) or (),
            pools=_several(pools) or (),
            nodes=_several(nodes) or (),
            since=since,
            until=until,
            events=[events] if isinstance(events, str | os.PathLike) else events,
            limit=limit,
        )

    def failed_tasks(
        self,
        jobs: Ids = None,
        *,
        pool: str | None = None,
        since: Since = None,
        limit: int | None = None,
    ) -> Answer[FailedTask]:
        """Which tasks failed, and what kind of failure is each? As `tasks failed`."""
        return questions.failed_tasks(self._asking, _several(jobs), pool, since, limit=limit)

    def failed_messages(
        self, jobs: Ids = None, *, pool: str | None = None, since: Since = None
    ) -> Answer[MessageGroup]:
        """What did failed tasks say, and how many the same? As `tasks failed --by message`."""
        return messages.failed_messages(self._asking, _several(jobs), pool, since)

    def task(self, name: str | TaskName, *, lines: int = 10) -> Answer[TaskItem]:
        """The whole story of one task, with so many lines of its stderr. As `task show`."""
        return questions.task(self._asking, TaskName.of(name), lines)

    def node(self, name: str | NodeName) -> Answer[NodeItem]:
        """One node: state, errors, start task, recent tasks. As `node show`."""
        return questions.node(self._asking, NodeName.of(name))

    def suspect_nodes(
        self,
        pools: Ids = None,
        *,
        jobs: Ids = None,
        since: Since = None,
        min_failures: int = 2,
        exact: bool = False,
        verdicts: Sequence[NodeVerdict] = (),
        parked: bool = False,
    ) -> Answer[SuspectItem]:
        """Which nodes should I not trust, and why? As `nodes suspect`."""
        return questions.suspect_nodes(
            self._asking,
            _several(pools),
            _several(jobs),
            since,
            min_failures=min_failures,
            exact=exact,
            verdicts=verdicts,
            parked=parked,
        )

    def diagnose_job(
        self, job: str, *, since: Since = None, exact: bool = False
    ) -> Answer[FindingItem]:
        """Why is this job stuck or failing? As `job diagnose`."""
        return questions.diagnose_job(self._asking, job, since, exact=exact)

    def diagnose_pool(self, pool: str) -> Answer[FindingItem]:
        """Why is this pool not delivering? As `pool diagnose`."""
        return questions.diagnose_pool(self._asking, pool)

    def bundle(
        self,
        out: str | Path,
        *,
        jobs: Ids = None,
        pools: Ids = None,
        since: Since = None,
        events: Sequence[str] = (),
        force: bool = False,
    ) -> Answer[BundlePart]:
        """Take along what the account says. As `bundle`. UsageError for a file in the way."""
        taken = (_several(jobs) or (), _several(pools) or (), since, events)
        return bundles.bundle(self._asking, Path(out), *taken, force=force)

    def wait(
        self,
        noun: Literal["job", "pool", "node", "task"],
        name: str | NodeName | TaskName,
        until: str | Sequence[str] = (),
        *,
        timeout: timedelta | None = None,
        settle: timedelta | None = None,
    ) -> Answer[WaitItem]:
        """Wait until it is so, can never be so, or the time is over. As `wait`."""
        return waited(self._asking, noun, name, until, timeout=timeout, settle=settle)

    def check_access(self) -> Answer[Check]:
        """Which account, which credential, does it work, is the clock right? As `auth check`."""
        return questions.check_access(self._asking)

    def files(self, owner: Owner) -> Answer[ListedFile]:
        """The files of a task or a node. As `files list`."""
        return file_answers.files(self._asking, _owner(owner))

    def search_files(
        self,
        pattern: str,
        jobs: str | Sequence[str],
        *,
        failed: bool = False,
        files: Sequence[str] = ("stderr", "stdout"),
        context: int = 0,
        ignore_case: bool = False,
    ) -> Answer[FileMatch]:
        """Which tasks wrote this? Lines that match a regular expression. As `files grep`."""
        search = search_for(pattern, files, context=context, ignore_case=ignore_case)
        return file_answers.matches(self._asking, search, _several(jobs) or (), failed=failed)

    def read_file(self, owner: Owner, path: str = "stderr") -> bytes:
        """A file whole: `stdout`, `stderr` or a path. As `files get`."""
        return file_answers.content(self._asking, _owner(owner), path)

    def tail(self, owner: Owner, path: str = "stderr", *, lines: int = 20) -> bytes:
        """The last lines of a file, little more fetched than needed. As `files tail`."""
        return file_answers.content(self._asking, _owner(owner), path, lines=lines)

    def save_logs(
        self,
        folder: str | Path,
        jobs: Ids = None,
        *,
        pool: str | None = None,
        since: Since = None,
    ) -> Answer[FailedTask]:
        """Save stdout and stderr of failed tasks. As `tasks failed --save-logs`."""
        return questions.failed_tasks(
            self._asking, _several(jobs), pool, since, keep_below=Path(folder)
        )

    def reactivate(
        self,
        tasks: str | TaskName | Sequence[str | TaskName] = (),
        *,
        jobs: Ids = None,
        category: Category | None = None,
        node: str | None = None,
        dry_run: bool = False,
    ) -> Answer[ReactivatedTask]:
        """Run tasks again, named ones or the failed ones of jobs; each comes as it was, first."""
        named = [tasks] if isinstance(tasks, str | TaskName) else tasks
        names = [TaskName.of(each) for each in named]
        chosen = Chosen(
            tasks=[(each.job_id, each.task_id) for each in names],
            jobs=_several(jobs) or (),
            category=category,
            node_id=node,
        )
        return changes.reactivated(self._asking, chosen, dry_run=dry_run)


def _several(names: Ids) -> Sequence[str] | None:
    return [names] if isinstance(names, str) else names


def _owner(name: Owner) -> TaskName | NodeName:
    return TaskName.of(name) if isinstance(name, str) else name
