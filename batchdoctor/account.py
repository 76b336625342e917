"""The Python face of an account: one method a question or a change, typed values back.

The same settings, retries and answers as the commands, and no output on any stream. Changes ask
nobody: whoever calls them has decided. https://learn.microsoft.com/rest/api/batchservice/
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Literal, TypeVar

import msgspec

from batchdoctor.core.answer import Answer
from batchdoctor.core.changed import ChangedNode, ReactivatedTask, changed_node, reactivated_task
from batchdoctor.core.failures.counts import FailureCounts
from batchdoctor.core.failures.item import FailedTask, failed_task, failure_summary
from batchdoctor.core.files import ListedFile, listed_file
from batchdoctor.core.item import Item
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.sign_in import Check
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.work.changes import actions
from batchdoctor.work.changes.change import Change, Wanted, refuse_if_none_is_there
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.changes.plan import make_plan
from batchdoctor.work.changes.reactivation import Chosen, Reactivating, read_chosen
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.configuration import read_profile
from batchdoctor.work.diagnosis.auth_checks import AuthChecks
from batchdoctor.work.files.listing import content_of, files_of
from batchdoctor.work.files.owner import Owner, OwnerKind
from batchdoctor.work.files.save_logs import LogKeeper
from batchdoctor.work.folders import state_folder
from batchdoctor.work.reading.failures import failures_of
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.surroundings import Quiet

__all__ = ["Account", "connect"]

ItemT = TypeVar("ItemT", bound=msgspec.Struct)
Since = datetime | timedelta | None
Nodes = str | NodeName | Sequence[str | NodeName]
Tasks = Literal["requeue", "terminate", "taskcompletion", "retaineddata"]


def connect(
    endpoint: str | None = None,
    *,
    name: str | None = None,
    key_file: str | Path | None = None,
    auth: str | None = None,
    profile: str | None = None,
    timeout: float = 60.0,
    environ: Mapping[str, str] = os.environ,
) -> Account:
    """Open the account that arguments, profile, environment and az's configuration name.

    Nothing is asked of the service yet. `timeout` is how long all retries of one request may take
    together, in seconds. Raises UsageError, and AccessError where a key is needed and not there.
    """
    options = AccountOptions(
        endpoint=endpoint,
        name=name,
        key_file=None if key_file is None else str(key_file),
        auth=auth,
        profile=read_profile(environ, profile),
    )
    account = resolve_account(options, environ)
    outside = Quiet()
    retry = RetryPolicy(timeout, sleep=outside.sleep)
    return Account(Client(account, retry=retry), outside, environ)


class Account:
    """An Azure Batch account; use it as a context, or `close` it.

    Nodes are named `POOL/NODE`, tasks `JOB/TASK`; ids compare without case. Every method raises the
    errors of `batchdoctor.errors` while nothing could be read; after that what could not be read is
    among the problems of its answer.
    """

    def __init__(self, client: Client, outside: Quiet, environ: Mapping[str, str]) -> None:
        self._client = client
        self._outside = outside
        self._environ = environ

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
        self._client.__exit__(None, None, None)

    @property
    def host(self) -> str:
        """The account's host, as documents name it."""
        return self._client.account.host

    def failed_tasks(
        self,
        jobs: str | Sequence[str] | None = None,
        *,
        pool: str | None = None,
        since: Since = None,
        limit: int | None = None,
    ) -> Answer[FailedTask]:
        """Which tasks failed, and what kind of failure is each? As `tasks failed`."""
        reading, counts = self._reading(), FailureCounts()
        failures = failures_of(reading, _several(jobs), pool, self._moment(since))
        items = []
        for failure in islice(failures, limit):
            counts.add(failure)
            items.append(failed_task(failure))
        return self._answer(reading, items, failure_summary(counts))

    def check_access(self) -> Answer[Check]:
        """Which account, which credential, does it work, is the clock right? As `auth check`."""
        checks = AuthChecks(self._client)
        items = list(checks.results())
        return self._answer(self._reading(), items, checks.facts)

    def files(self, owner: TaskName | NodeName | str) -> Answer[ListedFile]:
        """The files of a task, or of a node given as a NodeName. As `files list`."""
        reading, whose = self._reading(), _owner(owner)
        listing = reading.each(
            f"files of {whose.name}", files_of(self._outside, self._client, whose)
        )
        return self._answer(reading, [listed_file(file, whose.name) for file in listing])

    def read_file(self, owner: TaskName | NodeName | str, path: str = "stderr") -> bytes:
        """A file whole: `stdout`, `stderr` or a path. As `files get`."""
        return content_of(self._outside, self._client, _owner(owner), path)

    def tail(
        self, owner: TaskName | NodeName | str, path: str = "stderr", lines: int = 20
    ) -> bytes:
        """The last lines of a file, no more fetched than needed. As `files tail`."""
        return content_of(self._outside, self._client, _owner(owner), path, lines=lines)

    def save_logs(
        self,
        folder: str | Path,
        jobs: str | Sequence[str] | None = None,
        *,
        pool: str | None = None,
        since: Since = None,
    ) -> Answer[FailedTask]:
        """Save stdout and stderr of failed tasks. As `tasks failed --save-logs`."""
        reading = self._reading()
        keeper = LogKeeper(self._outside, self._client, Path(folder), reading.problems)
        failures = failures_of(reading, _several(jobs), pool, self._moment(since))
        items = [failed_task(failure) for failure in keeper.passing(failures)]
        keeper.tell()
        return self._answer(reading, items)

    def disable(
        self, nodes: Nodes, tasks: Tasks = "requeue", *, dry_run: bool = False, max_share: int = 50
    ) -> Answer[ChangedNode]:
        """Keep new tasks off nodes; what runs there is requeued, ended or left to finish."""
        return self._change(actions.DISABLE, nodes, tasks, dry_run=dry_run, max_share=max_share)

    def enable(self, nodes: Nodes, *, dry_run: bool = False) -> Answer[ChangedNode]:
        """Give nodes new tasks again."""
        return self._change(actions.ENABLE, nodes, dry_run=dry_run)

    def start(self, nodes: Nodes, *, dry_run: bool = False) -> Answer[ChangedNode]:
        """Start nodes that were deallocated."""
        return self._change(actions.START, nodes, dry_run=dry_run)

    def reboot(
        self, nodes: Nodes, tasks: Tasks = "requeue", *, dry_run: bool = False, max_share: int = 50
    ) -> Answer[ChangedNode]:
        """Restart nodes, once each."""
        return self._change(actions.REBOOT, nodes, tasks, dry_run=dry_run, max_share=max_share)

    def reimage(
        self, nodes: Nodes, tasks: Tasks = "requeue", *, dry_run: bool = False, max_share: int = 50
    ) -> Answer[ChangedNode]:
        """Put a fresh operating system on nodes."""
        return self._change(actions.REIMAGE, nodes, tasks, dry_run=dry_run, max_share=max_share)

    def deallocate(
        self, nodes: Nodes, tasks: Tasks = "requeue", *, dry_run: bool = False, max_share: int = 50
    ) -> Answer[ChangedNode]:
        """Stop nodes and give their machines back."""
        return self._change(actions.DEALLOCATE, nodes, tasks, dry_run=dry_run, max_share=max_share)

    def remove(
        self, nodes: Nodes, tasks: Tasks = "requeue", *, dry_run: bool = False, max_share: int = 50
    ) -> Answer[ChangedNode]:
        """Take nodes out of their pool for good."""
        return self._change(actions.REMOVE, nodes, tasks, dry_run=dry_run, max_share=max_share)

    def reactivate(
        self,
        tasks: str | Sequence[str | TaskName] = (),
        *,
        jobs: str | Sequence[str] | None = None,
        category: Category | str | None = None,
        node: str | None = None,
        dry_run: bool = False,
    ) -> Answer[ReactivatedTask]:
        """Run tasks again, named ones or the failed ones of jobs; each comes as it was, first."""
        if not dry_run:
            refuse_when_read_only(self._environ, "reactivating tasks")
        reading = self._reading()
        journal = self._journal() if dry_run else self._journal().require()
        named = [TaskName.of(each) for each in ([tasks] if isinstance(tasks, str) else tasks)]
        chosen = Chosen(
            tasks=[(name.job_id, name.task_id) for name in named],
            jobs=_several(jobs) or (),
            category=category,
            node_id=node,
        )
        failures, refused = read_chosen(reading, chosen)
        with closing(journal):
            work = Reactivating(
                self._outside, self._client, failures, refused, reading.problems, dry_run, journal
            )
            items = [reactivated_task(step) for step in work.steps()]
        return self._answer(reading, items)

    def _change(
        self,
        action: actions.Action,
        nodes: Nodes,
        tasks: str = "",
        *,
        dry_run: bool,
        max_share: int = 100,
    ) -> Answer[ChangedNode]:
        names = [NodeName.of(each) for each in _listed(nodes)]
        if not dry_run:
            refuse_when_read_only(self._environ, f"node {action.name}")
        journal = self._journal() if dry_run else self._journal().require()
        plan = make_plan(self._outside, self._client, action, names, tasks, max_share)
        if plan.too_much:
            raise plan.too_much
        refuse_if_none_is_there(plan)
        wanted = Wanted(option=tasks, dry_run=dry_run, max_share=max_share)
        reading = self._reading()
        with closing(journal):
            work = Change(self._outside, self._client, plan, wanted, journal, reading.problems)
            items = [changed_node(change) for change in work.changes()]
        self._outside.notes += plan.disturbs
        return self._answer(reading, items)

    def _reading(self) -> Reading:
        self._outside.notes.clear()
        return Reading(self._outside, self._client)

    def _journal(self) -> Journal:
        return Journal(self._outside, state_folder(self._environ), self.host)

    def _moment(self, since: Since) -> datetime | None:
        return self._outside.now() - since if isinstance(since, timedelta) else since

    def _answer(
        self, reading: Reading, items: Iterable[ItemT], summary: Item | None = None
    ) -> Answer[ItemT]:
        found = list(items)
        reading.finish()
        return Answer(
            items=found,
            summary=summary,
            problems=list(reading.problems),
            notes=tuple(self._outside.notes),
        )


def _several(names: str | Sequence[str] | None) -> Sequence[str] | None:
    return [names] if isinstance(names, str) else names


def _listed(nodes: Nodes) -> Iterator[str | NodeName]:
    yield from [nodes] if isinstance(nodes, str | NodeName) else nodes


def _owner(name: TaskName | NodeName | str) -> Owner:
    if isinstance(name, NodeName):
        return Owner(OwnerKind.NODE, name.pool_id, name.node_id)
    task = TaskName.of(name)
    return Owner(OwnerKind.TASK, task.job_id, task.task_id)
