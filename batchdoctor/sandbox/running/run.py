"""One run of a task: its folder, its variables, its process, and how that ended."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchdoctor.machine import end_with_children, started_apart, variables_of_home
from batchdoctor.sandbox.account.model import Node, Recipe, Task
from batchdoctor.sandbox.clock import TICKS_PER_SECOND
from batchdoctor.sandbox.running.provision import NotProvidedError, provide

# All that a process gets of this program's own environment.
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code, or how it failed without one."""

    exit_code: int | None = None
    failure: Recipe | None = None


@dataclass(slots=True)
class Run:
    """A task on its node. `ended` is set by a thread of its own."""

    task: Task
    node: Node
    root: Path
    account: Mapping[str, str]
    started: int
    ended: Ended | None = None
    taken_back: bool = False
    _process: subprocess.Popen[bytes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    @property
    def folder(self) -> Path:
        """The folder of the task, whose working folder is `wd`."""
        return self.root / "workitems" / self.task.job.id / "job-1" / self.task.id

    @property
    def has_begun(self) -> bool:
        """Whether its process was started."""
        return self._process is not None

    def begin(self) -> None:
        """Start, in a thread: what is downloaded first may take its time."""
        self._thread = threading.Thread(target=self._through, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End its processes, all of them, at once."""
        with self._lock:
            self.taken_back = True
            if self._process is not None:
                end_with_children(self._process)

    def wait(self) -> None:
        """Wait until nothing of it is left."""
        if self._thread is not None:
            self._thread.join()

    def _through(self) -> None:
        try:
            self.ended = self._run()
        except NotProvidedError as error:
            self.ended = Ended(failure=error.recipe)
        except FileNotFoundError:
            self.ended = Ended(failure=_NOT_FOUND)
        except (OSError, ValueError) as error:
            message = f"The command could not be started: {error}"
            recipe = Recipe("launch", "CommandLaunchFailed", "UserError", message)
            self.ended = Ended(failure=recipe)

    def _run(self) -> Ended:
        work = self.folder / "wd"
        work.mkdir(parents=True, exist_ok=True)
        members = self.task.kind.members
        provide(json.loads(members.get("resourceFiles", "[]")), work)
        with (
            (self.folder / "stdout.txt").open("wb") as out,
            (self.folder / "stderr.txt").open("wb") as err,
        ):
            with self._lock:
                if self.taken_back:
                    return Ended(exit_code=-1)
                argv = shlex.split(self.task.kind.command)
                self._process = started_apart(argv, work, self._environment(), out, err)
            return self._awaited(self._process)

    def _awaited(self, process: subprocess.Popen[bytes]) -> Ended:
        limit = self.task.kind.wall_clock
        try:
            code = process.wait(limit / TICKS_PER_SECOND if limit else None)
        except subprocess.TimeoutExpired:
            end_with_children(process)
            process.wait()
            return Ended(failure=_TOO_LONG)
        # What the command left behind is ended with it, as the service does.
        end_with_children(process)
        # A signal shows as the shell would have it.
        return Ended(128 - code if code < 0 else code)

    def _environment(self) -> dict[str, str]:
        """The variables of a process, the service's own and those that were sent.

        https://learn.microsoft.com/azure/batch/batch-compute-node-environment-variables
        """
        node, task, root = self.node, self.task, self.root
        shared = root / "shared"
        shared.mkdir(parents=True, exist_ok=True)
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            **variables_of_home(self.folder / "wd"),
            **self.account,
            "AZ_BATCH_JOB_ID": task.job.id,
            "AZ_BATCH_TASK_ID": task.id,
            "AZ_BATCH_POOL_ID": node.pool.id,
            "AZ_BATCH_NODE_ID": node.id,
            "AZ_BATCH_NODE_IS_DEDICATED": str(node.dedicated).lower(),
            "AZ_BATCH_NODE_ROOT_DIR": str(root),
            "AZ_BATCH_NODE_SHARED_DIR": str(shared),
            "AZ_BATCH_TASK_DIR": str(self.folder),
            "AZ_BATCH_TASK_WORKING_DIR": str(self.folder / "wd"),
            **_settings(task.job.shape.get("commonEnvironmentSettings")),
            **_settings(json.loads(task.kind.members.get("environmentSettings", "[]"))),
        }


def _settings(sent: list[dict[str, Any]] | None) -> dict[str, str]:
    return {each["name"]: str(each.get("value") or "") for each in sent or ()}


_NOT_FOUND = Recipe(
    name="not-found",
    code="CommandProgramNotFound",
    category="UserError",
    message="The specified command program is not found",
)
_TOO_LONG = Recipe(
    name="too-long",
    code="TaskEnded",
    category="UserError",
    message="Task exceeded its maximum wall-clock time and was ended",
)
