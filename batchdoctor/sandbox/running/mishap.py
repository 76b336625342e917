"""What can befall the tasks that really run: their node is lost, cut off, or their end unheard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from batchdoctor.errors import UsageError


class MishapKind(StrEnum):
    """What happens; in each case the task is queued again, and runs on another node.

    `node-lost` ends the node's processes. `node-cut-off` leaves them running, unheard, so that a
    task runs twice at the same time. `end-unheard` loses the news of a task's end, so that it runs
    once more after it has done everything.
    """

    NODE_LOST = "node-lost"
    NODE_CUT_OFF = "node-cut-off"
    END_UNHEARD = "end-unheard"


@dataclass(frozen=True, slots=True)
class Mishap:
    """One mishap, which strikes once: the first run of a task whose id matches a pattern.

    It strikes as soon as that has begun and `when` says so; one of its end, when it ends.
    """

    kind: MishapKind
    task: str = "*"
    when: Callable[[], bool] = lambda: True

    @classmethod
    def of(cls, text: str) -> Mishap:
        """What `KIND:TASK` says. Raises UsageError."""
        kind, _, task = text.partition(":")
        if kind not in set(MishapKind):
            raise UsageError(
                f"There is no mishap of the kind '{kind}'.",
                hint=f"{', '.join(MishapKind)}; with :TASK for one task, such as {kind}:map-*",
            )
        return cls(MishapKind(kind), task or "*")


@dataclass(slots=True)
class Mishaps:
    """The mishaps still to come. Usable by several threads."""

    left: list[Mishap]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, mishap: Mishap) -> None:
        """Order one more."""
        with self._lock:
            self.left.append(mishap)

    def due(self, task_id: str, *, ended: bool) -> Mishap | None:
        """Take what strikes a task that runs, or that has just ended."""
        with self._lock:
            for mishap in self.left:
                of_end = mishap.kind is MishapKind.END_UNHEARD
                if of_end == ended and fnmatchcase(task_id, mishap.task) and mishap.when():
                    self.left.remove(mishap)
                    return mishap
        return None
