"""What a tally says in the end: the summary of a log, and the runs of every node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.log.attempt import (
    ENDED,
    NODE_SHIFT,
    NODES,
    ONE_OUTCOME,
    OUTCOME_SHIFT,
    Names,
)
from batchdoctor.core.log.attempt_count import AttemptCount, count_attempts
from batchdoctor.core.log.event import ATTEMPT_EVENTS, KNOWN_EVENTS
from batchdoctor.core.log.grain import counted_in, grain_of
from batchdoctor.core.log.history_columns import judged
from batchdoctor.core.log.left import Left
from batchdoctor.core.log.tally import ALWAYS, NEVER, Tally
from batchdoctor.core.log.trouble import Trouble, TroubleKind, TroubleName
from batchdoctor.core.suspicion.run_counts import RunCounts

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Summary(msgspec.Struct, frozen=True):
    """A log in numbers.

    `events` counts deliveries by operation name, `duplicates` those of an event of an attempt
    beyond the first. `attempts` are distinct (job, task, retry count, requeue count, version);
    `retried` and `requeued` those of them that the service began again for the one reason or the
    other, `service_retries` those that differ from another one by the service's own version
    counter only. `by_category`, `by_code` and `by_exit_code` count failed attempts.
    `oldest_unfinished` is when the longest running of the `unfinished` attempts started;
    `overtaken` are those that have no end in the log although their task began again. `by_job` and
    `by_node` (`POOL/NODE`) count failed attempts, `ended_by_job` all that ended. `troubles` are
    what failed and is no attempt of a task, the most frequent first. `untimed` events have a time
    that cannot be read, or that is not known and was asked for; `assumed` are sentences.
    """

    events: Mapping[str, int]
    unknown_events: int
    audit_records: int
    malformed: int
    duplicates: int
    attempts: int
    failures: int
    unfinished: int
    retried: int
    requeued: int
    service_retries: int
    by_category: Mapping[str, int]
    by_code: Mapping[str, int]
    by_exit_code: Mapping[str, int]
    jobs: int
    pools: int
    nodes: int
    first_time: datetime | None
    last_time: datetime | None
    oldest_unfinished: datetime | None
    damage: Mapping[str, int]
    overtaken: int = 0
    by_job: Mapping[str, int] = msgspec.field(default_factory=dict)
    by_node: Mapping[str, int] = msgspec.field(default_factory=dict)
    ended_by_job: Mapping[str, int] = msgspec.field(default_factory=dict)
    troubles: tuple[tuple[TroubleName, Trouble], ...] = ()
    untimed: int = 0
    assumed: tuple[str, ...] = ()

    @property
    def trouble_counts(self) -> dict[TroubleKind, int]:
        """How often each kind of trouble happened, those that did not too."""
        counts = dict.fromkeys(TroubleKind, 0)
        for name, trouble in self.troubles:
            counts[name.kind] += trouble.times
        return counts

    @property
    def findings(self) -> int:
        """Everything in the log that is not as it should be."""
        return self.failures + self.overtaken + sum(self.trouble_counts.values())


def conclude(tally: Tally, left: Left | None = None) -> tuple[Summary, RunCounts]:
    """Sum up a tally: its summary, and how often each node ran and failed each job.

    `left` is what is left of its attempts, if they were concluded before.
    """
    grain = grain_of(counted_in(tally))
    if left is None:
        names, (count, history) = tally.names, count_attempts(tally.attempts)
        history = judged(history, grain)
    else:
        names, count, history = left.names, left.count, left.history(grain)
    outcomes, events = names.outcomes, tally.events
    delivered = sum(times for name, times in events.items() if name in ATTEMPT_EVENTS)
    failures = _by_outcome(count)
    pools = {node.pool_id for node in tally.names.nodes} | tally.pools
    summary = Summary(
        events=dict(sorted(events.items())),
        unknown_events=sum(n for name, n in events.items() if name not in KNOWN_EVENTS),
        audit_records=tally.audit_records,
        malformed=tally.damage.total,
        duplicates=delivered - count.told,
        attempts=count.attempts,
        failures=sum(failures.values()),
        unfinished=count.unfinished,
        retried=count.retried,
        requeued=count.requeued,
        service_retries=count.service_retries,
        by_category=_by({index: outcomes[index].category for index in failures}, failures),
        by_code=_by({index: outcomes[index].code for index in failures}, failures),
        by_exit_code=_by({index: _text(outcomes[index].exit_code) for index in failures}, failures),
        jobs=len(set(tally.names.jobs) - {""}),
        pools=len(pools - {""}),
        nodes=sum(1 for node in tally.names.nodes if node.node_id),
        first_time=None if tally.first_time is ALWAYS else tally.first_time,
        last_time=None if tally.last_time is NEVER else tally.last_time,
        oldest_unfinished=_moment(count.oldest_open),
        damage=largest_first(tally.damage.kinds),
        overtaken=count.overtaken,
        by_job=_by_job(names, count, ONE_OUTCOME),
        by_node=_by_node(names, count),
        ended_by_job=_by_job(names, count, 0),
        untimed=tally.untimed.unread + tally.untimed.left_out,
        assumed=tuple(sorted([*tally.assumed, *grain.told])),
        troubles=tuple(sorted(tally.troubles.items(), key=_most_first)),
    )
    runs = _run_counts(tally, names, count)
    runs.history = history if history.pools else None
    return summary, runs


def _by_outcome(count: AttemptCount) -> dict[int, int]:
    failures: dict[int, int] = {}
    for (_, packed), times in count.by_packed.items():
        index = packed >> OUTCOME_SHIFT
        if index:
            failures[index] = failures.get(index, 0) + times
    return failures


def _by(keys: Mapping[int, str], failures: Mapping[int, int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for index, times in failures.items():
        if keys[index]:
            counts[keys[index]] = counts.get(keys[index], 0) + times
    return largest_first(counts)


def _by_job(names: Names, count: AttemptCount, least: int) -> dict[str, int]:
    """Ended attempts by job, of those whose packed bits are not less than `least`."""
    jobs: Counter[str] = Counter()
    for (job, packed), times in count.by_packed.items():
        if packed >= least and (packed & ENDED or packed >= ONE_OUTCOME):
            jobs[names.jobs[job]] += times
    return largest_first(dict(jobs))


def _by_node(names: Names, count: AttemptCount) -> dict[str, int]:
    nodes: Counter[str] = Counter()
    for (_, packed), times in count.by_packed.items():
        node = names.node(packed)
        if packed >= ONE_OUTCOME and node.node_id:
            nodes[f"{node.pool_id}/{node.node_id}"] += times
    return largest_first(dict(nodes))


def _most_first(found: tuple[TroubleName, Trouble]) -> tuple[int, str, str, str]:
    name, trouble = found
    return -trouble.times, name.kind, name.subject, name.code


def _text(exit_code: int | None) -> str:
    return "" if exit_code is None else str(exit_code)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)


def _run_counts(tally: Tally, names: Names, count: AttemptCount) -> RunCounts:
    """Runs by node and job; built in place, since there may be a hundred thousand such pairs."""
    runs = RunCounts()
    nodes = [runs.node(*name) if name.node_id else None for name in names.nodes]
    for (job, packed), times in count.by_packed.items():
        node = nodes[packed >> NODE_SHIFT & NODES] if packed & ENDED else None
        if node is None:
            continue
        if packed < ONE_OUTCOME:
            node.job(names.jobs[job]).runs += times
            continue
        outcome = names.outcome(packed)
        caused = times if outcome.node_caused else 0
        node.job(names.jobs[job]).include(times, times, caused)
        node.note_failure(outcome.code or None, None, times)
    for index, time in tally.last_failures.items():
        failed = tally.names.nodes[index]
        if failed.node_id:
            runs.node(*failed).note_failure(None, time)
    return runs
