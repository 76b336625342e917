"""Starts what waits on free nodes, as real processes, and tells the account how they ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import quote

from batchdoctor.sandbox.account import job_life, task_life
from batchdoctor.sandbox.account.model import Node, Recipe, Task
from batchdoctor.sandbox.account.scheduling import free_nodes, is_unblocked, start
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.running.mishap import MishapKind, Mishaps
from batchdoctor.sandbox.running.run import Run

_EVERY = 0.02
_FAILED = Recipe(
    name="exit-code",
    code="FailureExitCode",
    category="UserError",
    message="The task exited with an exit code representing a failure",
    details={
        "Message": "The task process exited with an unexpected exit code",
        "AdditionalErrorCode": "FailureExitCode",
    },
)


class Agent:
    """Runs the tasks that were sent to an account, below a folder; those of its scenario never.

    `exclusive` is what keeps everybody else from the account meanwhile.
    """

    def __init__(
        self,
        store: Store,
        exclusive: AbstractContextManager[object],
        now: Callable[[], int],
        folder: Path,
        variables: Mapping[str, str],
        mishaps: Mishaps,
    ) -> None:
        self._store, self._exclusive, self._now = store, exclusive, now
        store.really_runs = True
        self._folder, self._variables = folder, variables
        self._mishaps = mishaps
        self._runs: list[Run] = []
        # Cut off from the service: what becomes of them is never heard.
        self._unheard: list[Run] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self.crash: Exception | None = None

    def start(self) -> Agent:
        """Begin. Returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End all processes and be done."""
        self._stopping.set()
        self._thread.join()
        runs = [*self._runs, *self._unheard]
        for run in runs:
            run.end()
        for run in runs:
            run.wait()

    def _go_on(self) -> None:
        try:
            while not self._stopping.wait(_EVERY):
                with self._exclusive:
                    self._look()
        except Exception as error:
            self.crash = error

    def _look(self) -> None:
        self._store.settle(self._now())
        for run in list(self._runs):
            if not _is_current(run):
                self._runs.remove(run)
                run.end()
                # Its folder must not be in use when the task comes back to it.
                run.wait()
            elif run.ended is not None:
                self._runs.remove(run)
                self._conclude(run)
            elif run.has_begun:
                self._strike(run)
        waiting = [task for task in self._store.queue if task.state == "active"]
        self._store.queue[:] = [task for task in waiting if not self._started(task)]

    def _started(self, task: Task) -> bool:
        if not task.kind.sent or task.job.state != "active" or not is_unblocked(task):
            return False
        node = next(free_nodes(self._store, task), None)
        if node is None:
            return False
        start(task, node, self._store.now)
        self._run(task, node)
        return True

    def _run(self, task: Task, node: Node) -> None:
        root = self._folder / quote(node.pool.id, safe="") / quote(node.id, safe="")
        run = Run(task, node, root, self._variables, task.started or 0)
        task.folder = run.folder
        self._runs.append(run)
        run.begin()

    def _conclude(self, run: Run) -> None:
        """Tell the account how a run ended, or run the task again where it was."""
        task, ended, now = run.task, run.ended, self._store.now
        if ended is None or self._mishaps.due(task.id, ended=True):
            task_life.requeue(self._store, task, now)
            return
        failure = ended.failure or (_FAILED if ended.exit_code else None)
        if failure is not None and task.retries < task.kind.max_retries:
            task_life.retry(task, now)
            self._run(task, run.node)
            return
        task.exit_code = ended.exit_code
        task_life.complete(self._store, task, now, failure)
        job_life.after_task(self._store, task)

    def _strike(self, run: Run) -> None:
        """Let what is due befall the node of a run."""
        mishap = self._mishaps.due(run.task.id, ended=False)
        if mishap is None:
            return
        node = run.node
        befallen = [each for each in self._runs if each.node is node]
        self._runs = [each for each in self._runs if each.node is not node]
        for each in befallen:
            if mishap.kind is MishapKind.NODE_LOST:
                each.end()
                each.wait()
            else:
                self._unheard.append(each)
        node.state, node.since, node.reachable = "unknown", self._store.now, False
        for task in list(node.running):
            task_life.requeue(self._store, task, self._store.now)


def _is_current(run: Run) -> bool:
    """Whether the account still takes a task to be in this run."""
    task = run.task
    here = task.state == "running" and task.node_id == run.node.id
    return here and task.started == run.started
