"""Reads what event logs tell of node hours, and reckons with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from tempfile import TemporaryFile
from typing import BinaryIO

from batchdoctor.core.advance import BYTES, Advance
from batchdoctor.core.cost.log_hours import LogHours
from batchdoctor.core.cost.reckoning import PoolTold, Window
from batchdoctor.core.cost.spending import Doubt
from batchdoctor.core.findings.checks.outage import outage_finding
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import run
from batchdoctor.core.text.wording import plural, verb
from batchdoctor.errors import ExitCode
from batchdoctor.events.reading import EventLog
from batchdoctor.work.cost.wish import Reckoned, Wish, reckoned
from batchdoctor.work.logs.reading import LogReading
from batchdoctor.work.surroundings import Surroundings

_AT_ONCE = 1024 * 1024


class LogCost:
    """Hours out of logs, which are read twice: once for what failed, once for the hours.

    All of them is read whatever time is asked for: a run may have begun before it or end after.
    """

    def __init__(
        self,
        outside: Surroundings,
        paths: Sequence[str],
        wish: Wish,
        stdin: BinaryIO | None = None,
    ) -> None:
        self._outside = outside
        self._paths = list(paths)
        self._wish = wish
        self._stdin = stdin
        self.problems: list[Problem] = []
        self.status = ExitCode.OK

    def reckoned(self) -> Reckoned:
        """Read and reckon. Raises InputError where there is no event at all."""
        with _readable_again(self._stdin if "-" in self._paths else None) as stdin:
            with stdin() as stream:
                concluded = self._judge(stream)
            with stdin() as stream:
                hours = self._read(stream)
        hours.settle()
        told = [
            PoolTold(runs=pool, sizes=hours.sizes.get(key))
            for key, pool in hours.runs.pools.items()
        ]
        window = self._wish.window(hours.window or Window(0, 0))
        doubts = list(_doubts(hours, told))
        return reckoned(self._wish, told, hours.runs, window, list(_findings(concluded)), doubts)

    def _judge(self, stdin: BinaryIO | None) -> Conclusion:
        where = ", ".join("standard input" if path == "-" else path for path in self._paths)
        log = EventLog(self._paths, stdin=stdin)
        reading = LogReading(self._outside, log, where, min_failures=2)
        reading.count()
        concluded = reading.conclusion
        self.problems += concluded.problems
        self.status = reading.status
        return concluded

    def _read(self, stdin: BinaryIO | None) -> LogHours:
        log, hours = EventLog(self._paths, stdin=stdin), LogHours(frozenset(self._wish.pools))
        at = log.position
        self._outside.progress(Advance("reckoning hours", lambda: at.done, lambda: at.total, BYTES))
        for _ in log.hours(hours):
            self._outside.stop_if_asked()
        return hours


@contextmanager
def _readable_again(
    stdin: BinaryIO | None,
) -> Iterator[Callable[[], AbstractContextManager[BinaryIO | None]]]:
    """Standard input from its beginning each time it is asked for, kept on disk meanwhile."""
    if stdin is None:
        yield nullcontext
        return
    with TemporaryFile() as kept:
        while block := stdin.read(_AT_ONCE):
            kept.write(block)
        kept.flush()

        def again() -> BinaryIO:
            stream = os.fdopen(os.dup(kept.fileno()), "rb")
            stream.seek(0)
            return stream

        yield again


def _findings(concluded: Conclusion) -> Iterator[Finding]:
    """The verdict of a log as findings."""
    for node in concluded.suspects:
        if node.verdict != "watch" and not node.is_only_slow:
            told = node.reasons[0].message if node.reasons else "It fails more than others do"
            yield Finding(
                kind="node-suspect",
                subject=Subject(pool_id=node.pool_id, node_ids=(node.node_id,)),
                message=f"{told[:1].upper()}{told[1:]}.",
                advice=node.advice,
            )
    for job in concluded.failing_jobs:
        yield Finding(
            kind="job-failing",
            subject=Subject(job_ids=(job.job_id,)),
            message=f"{job.failures:,} of {plural(job.ended, 'attempt')} failed.",
            advice=(run(command_line("job", "diagnose", job=job.job_id)),),
        )
    for outage in concluded.outages:
        yield outage_finding(outage)


def _doubts(hours: LogHours, told: Sequence[PoolTold]) -> Iterator[Doubt]:
    """What a log does not tell."""
    yield Doubt("nodes", "no log tells the states of nodes: idle, starting and broken are one")
    unsized = [pool.runs.pool_id for pool in told if pool.sizes is None]
    if unsized:
        pools = f"{unsized[0]}" if len(unsized) == 1 else plural(len(unsized), "pool")
        yield Doubt(
            "pools",
            f"no resize of {pools} is in the log, so a node counts from its first run to its last",
        )
    if count := hours.open.running:
        yield Doubt(
            "runs",
            f"{plural(count, 'run')} {verb(count, 'has', 'have')} no end in the log and"
            f" {verb(count, 'counts', 'count')} until the log ends",
        )
    if count := hours.open.lost:
        yield Doubt(
            "runs",
            f"{plural(count, 'run')} {verb(count, 'has', 'have')} no end although the task began"
            " again: what that time went to is not known",
        )
    if count := hours.several:
        yield Doubt(
            "runs",
            f"{plural(count, 'run')} took several nodes, of which the log names one",
        )
    if count := hours.nowhere:
        yield Doubt("runs", f"{plural(count, 'end')} named no node and counted nowhere")
    if count := hours.untimed:
        yield Doubt("runs", f"{plural(count, 'event')} had no time to count with")
