"""What to do about a difference: command lines that show more, safest first."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from batchdoctor.core.comparison.difference import Found, Way, What
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run, say

_OF_POOL = {What.IMAGE, What.AGENT, What.VM_SIZE, What.SPOT, What.POOL, What.NODE}
_SAYINGS = {
    What.ENVIRONMENT: "see where the job is submitted what sets it; values are never shown here",
    What.RESOURCE_FILE: "see whether what lies there is what the program expects",
    What.PACKAGE: "run one task with the version from before",
    What.CONTAINER: "run one task with the image from before",
    What.CONSTRAINT: "see whether tasks now end by the limit",
}
_UNTIL_KNOWN = "run one task as it was before, to see whether that was it"


class JobSteps:
    """Steps for differences between jobs, of which one is now."""

    def __init__(self, job_id: str, pool_id: str | None) -> None:
        self._job, self._pool = job_id, pool_id

    def __call__(self, what: What, way: Way, names: Sequence[str]) -> Sequence[Step]:
        """What to do about a difference that some tasks show."""
        if way is Way.BETTER:
            return ()
        if what is What.FAILURES:
            return self._of_failures(names)
        if what is What.DURATION:
            return (run(command_line("nodes", "suspect", job=self._job), "are there slow nodes"),)
        if what in {What.TASKS, What.RETRIES, What.REQUEUES}:
            return (run(command_line("tasks", "list", job=self._job), "which tasks"),)
        if what in _OF_POOL and self._pool:
            look = command_line("pool", "diagnose", pool=self._pool)
            return (run(look, "what the pool says"), say(_UNTIL_KNOWN))
        shown = names[:1] if names else ()
        look_at = [run(command_line("task", "show", each), "one of them") for each in shown]
        return (*look_at, say(_SAYINGS.get(what, _UNTIL_KNOWN)))

    def _of_failures(self, names: Sequence[str]) -> Sequence[Step]:
        example = [run(command_line("task", "show", each), "one of them") for each in names[:1]]
        return (
            *example,
            run(command_line("tasks", "failed", job=self._job, by="message"), "all of them"),
            run(command_line("nodes", "suspect", job=self._job), "is it a node"),
        )

    def to(self, found: Found) -> Found:
        """The same difference, with what to do about it."""
        if found.steps:
            return found
        return replace(found, steps=tuple(self(found.what, found.way, found.names)))
