"""The tally: what counts as an attempt, a duplicate, an end; and that merging loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.log import event as names
from batchdoctor.core.log.counted import counted as counted_fields
from batchdoctor.core.log.event import CountedExecution, Event, EventBody, LogRecord
from batchdoctor.core.log.job_attempts import counters
from batchdoctor.core.log.summary import Summary, conclude
from batchdoctor.core.log.tally import NotDecidedError, Tally
from batchdoctor.core.log.tally_state import from_json, from_message, to_json, to_message
from batchdoctor.core.log.timeline import timeline
from batchdoctor.core.suspicion.run_counts import RunCounts

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


def told(
    name: str,
    *,
    job: str = "j",
    task: str = "t",
    node: str = "n",
    version: int = 1,
    minutes: int = 0,
    **execution: Any,
) -> LogRecord:
    """One record; `execution` in the spelling of the wire."""
    return msgspec.convert(
        {
            "operationName": name,
            "time": BEGIN + timedelta(minutes=minutes),
            "properties": {
                "jobId": job,
                "id": task,
                "systemTaskVersion": version,
                "nodeInfo": {"poolId": "p", "nodeId": node},
                "executionInfo": execution,
            },
        },
        LogRecord,
    )


def start(**fields: Any) -> LogRecord:
    return told(names.TASK_START, **{"retryCount": 0, **fields})


def complete(exit_code: int = 0, **fields: Any) -> LogRecord:
    return told(names.TASK_COMPLETE, **_end(exit_code, fields))


def fail(exit_code: int = 1, **fields: Any) -> LogRecord:
    return told(names.TASK_FAIL, **_end(exit_code, fields))


def requeue(**fields: Any) -> LogRecord:
    return told(names.TASK_REQUEUE, **{"retryCount": 0, "requeueCount": 0, **fields})


def _end(exit_code: int, fields: dict[str, Any]) -> dict[str, Any]:
    return {"exitCode": exit_code, "retryCount": 0, "requeueCount": 0, **fields}


def tally_of(*records: LogRecord, hot_limit: int | None = None, portable: bool = False) -> Tally:
    tally = Tally(portable=portable)
    for record in records:
        tally.add_all((record,))
        if hot_limit is not None and _held(tally) >= hot_limit:
            tally.attempts.spill()
    return tally


def _held(tally: Tally) -> int:
    jobs = tally.attempts.jobs.values()
    return sum(len(job.opened) + len(job.closed) + len(job.others) for job in jobs)


def summary_of(*records: LogRecord) -> Summary:
    """The summary of records, which must not depend on their order nor on where they are kept."""
    summary, runs = conclude(tally_of(*records))
    if len(records) <= 4:
        for order in permutations(records):
            for hot_limit in (1, 2, None):
                assert conclude(tally_of(*order, hot_limit=hot_limit)) == (summary, runs)
    return summary


def test_a_complete_and_a_fail_event_are_one_failure_and_no_duplicate() -> None:
    summary = summary_of(start(), complete(3), fail(3))
    assert (summary.attempts, summary.failures, summary.duplicates) == (1, 1, 0)
    assert summary.by_exit_code == {"3": 1}
    assert summary.unfinished == 0


def test_a_second_delivery_is_a_duplicate_of_its_event() -> None:
    summary = summary_of(start(), start(), complete(3), fail(3))
    assert (summary.attempts, summary.failures, summary.duplicates) == (1, 1, 1)


def test_an_end_without_a_start_is_an_attempt_that_ended() -> None:
    summary = summary_of(complete())
    assert (summary.attempts, summary.unfinished, summary.failures) == (1, 0, 0)


def test_a_start_without_an_end_is_unfinished_since_it_started() -> None:
    summary = summary_of(start(task="a", minutes=5), start(task="b", minutes=3), complete(task="a"))
    assert summary.unfinished == 1
    assert summary.oldest_unfinished == BEGIN + timedelta(minutes=3)


def test_retries_requeues_and_the_services_own_retries_are_told_apart() -> None:
    summary = summary_of(
        complete(3),
        complete(3, retryCount=1, version=2),
        complete(3, requeueCount=1, version=3),
        complete(0, version=4),
    )
    assert summary.attempts == 4
    assert (summary.retried, summary.requeued, summary.service_retries) == (1, 1, 1)


COUNTS = (0, 1, 2, 254, 255, 256, 257, 511, 512, 65279, 65280, 65534, 65535)


def test_counts_of_retries_and_requeues_are_never_taken_for_each_other() -> None:
    counted = {
        counters(CountedExecution(retry_count=retries, requeue_count=requeues))
        for retries in COUNTS
        for requeues in COUNTS
    }
    assert len(counted) == len(COUNTS) ** 2


def test_attempts_of_a_task_that_is_retried_for_very_long_are_all_counted() -> None:
    ends = [fail(retryCount=retries) for retries in COUNTS]
    ends += [fail(retryCount=1, requeueCount=requeues) for requeues in COUNTS[2:]]
    summary = summary_of(*ends)
    assert (summary.attempts, summary.failures) == (len(ends), len(ends))


def test_that_something_was_left_out_is_not_forgotten_in_merging() -> None:
    for first, second in ((True, False), (False, True), (True, True), (False, False)):
        one, other = Tally(), Tally()
        one.left_out, other.left_out = first, second
        one.merge(other)
        assert one.left_out is (first or second)


def test_a_start_that_names_no_requeue_count_belongs_to_the_requeued_end() -> None:
    summary = summary_of(start(), complete(requeueCount=2))
    assert (summary.attempts, summary.unfinished, summary.requeued) == (1, 0, 1)


def test_a_start_that_names_its_requeue_count_is_held_to_it() -> None:
    summary = summary_of(start(requeueCount=0), complete(requeueCount=2))
    assert (summary.attempts, summary.unfinished, summary.overtaken) == (2, 0, 1)


def test_starts_on_several_nodes_that_name_no_requeue_count_are_several_runs() -> None:
    summary = summary_of(
        start(node="a"), start(node="b", minutes=5), complete(node="b", minutes=9, requeueCount=1)
    )
    assert (summary.attempts, summary.duplicates, summary.requeued) == (2, 0, 1)
    assert (summary.unfinished, summary.overtaken) == (0, 1)


def test_the_last_of_such_runs_may_still_go_on() -> None:
    summary = summary_of(start(node="a"), start(node="b", minutes=5), start(node="b", minutes=5))
    assert (summary.attempts, summary.duplicates, summary.requeued) == (2, 1, 1)
    assert (summary.unfinished, summary.overtaken) == (1, 1)
    assert summary.oldest_unfinished == BEGIN + timedelta(minutes=5)


def test_a_requeue_without_a_count_of_the_service_is_a_run_as_well() -> None:
    summary = summary_of(start(node="a"), start(node="b", minutes=5), complete(node="b", minutes=9))
    assert (summary.attempts, summary.duplicates, summary.overtaken) == (2, 0, 1)


def test_an_end_on_a_node_that_is_not_told_has_the_first_start_that_is_left() -> None:
    summary = summary_of(start(node="a"), start(node="b", minutes=5), complete(node=" ", minutes=9))
    assert (summary.attempts, summary.duplicates) == (2, 0)


def test_a_requeue_told_with_the_count_of_the_next_run_does_not_end_that_one() -> None:
    for counts in ({}, {"requeueCount": 0}):
        again = dict.fromkeys(counts, 1)
        began = (start(node="a", **counts), requeue(node="a", minutes=2, requeueCount=1))
        waiting = summary_of(*began)
        assert (waiting.attempts, waiting.unfinished, waiting.duplicates) == (1, 0, 0)
        running = summary_of(*began, start(node="b", minutes=5, **again))
        assert (running.attempts, running.unfinished, running.requeued) == (2, 1, 1)


def test_a_requeue_told_with_the_count_of_its_own_run_ends_that_one() -> None:
    summary = summary_of(
        start(requeueCount=0),
        requeue(requeueCount=0),
        start(requeueCount=1),
        requeue(requeueCount=1),
    )
    assert (summary.attempts, summary.unfinished) == (2, 0)


def test_a_requeue_ends_the_attempt_that_it_puts_back() -> None:
    assert summary_of(start(), requeue()).unfinished == 0
    assert summary_of(start(), requeue(requeueCount=1)).unfinished == 0


def test_a_fail_event_is_a_failure_whatever_its_exit_code() -> None:
    summary = summary_of(fail(0))
    assert (summary.failures, summary.by_exit_code) == (1, {"0": 1})


def test_an_exit_code_of_zero_with_a_failed_result_is_a_failure() -> None:
    error = {"category": "UserError", "code": "FileUploadAccessDenied"}
    summary = summary_of(complete(0, result="failure", schedulingError=error))
    assert summary.by_category == {"fileUpload": 1}
    assert summary.by_code == {"FileUploadAccessDenied": 1}


def test_empty_texts_of_a_success_are_no_failure() -> None:
    error = {"category": "", "code": ""}
    assert summary_of(complete(0, result="Success", schedulingError=error)).failures == 0


def test_of_two_tellings_of_a_failure_the_one_with_a_code_is_believed() -> None:
    error = {"category": "UserError", "code": "FailureExitCode"}
    summary = summary_of(complete(3), fail(3, result="Failure", schedulingError=error))
    assert summary.by_code == {"FailureExitCode": 1}


def test_an_exit_code_without_its_sign_is_the_signed_one() -> None:
    assert summary_of(complete(3221225786)).by_exit_code == {"-1073741510": 1}


def test_the_same_task_id_in_two_jobs_is_two_tasks() -> None:
    assert summary_of(complete(job="ab", task="c"), complete(job="a", task="bc")).attempts == 2


def test_an_end_knows_better_than_a_start_where_an_attempt_ran() -> None:
    _, runs = conclude(tally_of(start(node="a"), complete(node="b")))
    assert (runs.node("p", "b").runs, runs.node("p", "a").runs) == (1, 0)


def test_a_node_named_by_a_blank_is_no_node() -> None:
    summary, runs = conclude(tally_of(complete(node=" ")))
    assert (summary.nodes, runs) == (0, RunCounts())


@pytest.mark.parametrize(
    "record", [start(job=""), complete(task=""), told("BrandNewEvent")], ids=["job", "task", "name"]
)
def test_what_the_counted_fields_do_not_decide_is_not_counted(record: LogRecord) -> None:
    tally = Tally()
    with pytest.raises(NotDecidedError):
        tally.add_all((record,))
    assert conclude(tally) == conclude(Tally())


def test_random_exit_codes_do_not_take_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batchdoctor.core.log.ways.MANY_WAYS", 10)
    records = [complete(code % 100, task=str(code)) for code in range(300)]
    summary, _ = conclude(tally_of(*records))
    assert (summary.attempts, summary.failures) == (300, 297)
    assert summary.events == {names.TASK_COMPLETE: 300}


RECORDS = st.builds(
    lambda make, job, task, node, version, minutes, retries, requeues: make(
        job=job,
        task=task,
        node=node,
        version=version,
        minutes=minutes,
        retryCount=retries,
        **({} if requeues is None else {"requeueCount": requeues}),
    ),
    st.sampled_from([start, complete, fail, requeue, lambda **f: complete(-1, **f)]),
    st.sampled_from(["j", "k"]),
    st.sampled_from(["t", "u", "v"]),
    st.sampled_from(["n", "m", ""]),
    st.sampled_from([1, 2, 4, 2**31 - 1, 2**32 - 1]),
    st.integers(0, 10_000),
    st.integers(0, 1),
    st.sampled_from([None, 0, 1, 2]),
)


@given(st.lists(RECORDS, max_size=30), st.data())
def test_any_split_merged_in_any_order_equals_the_whole(
    records: list[LogRecord], data: st.DataObject
) -> None:
    portable = data.draw(st.booleans())
    together = tally_of(*records, portable=portable)
    whole = (*conclude(together), timeline(together))
    share = st.integers(0, 3)
    shares: list[list[LogRecord]] = [[], [], [], []]
    for record in data.draw(st.permutations(records)):
        shares[data.draw(share)].append(record)
    ways: list[Callable[[Tally], Tally]] = [lambda t: t, lambda t: from_message(to_message(t))]
    copies = st.sampled_from([*ways, lambda t: from_json(to_json(t), "-")] if portable else ways)
    merged = Tally(portable=portable)
    for part in data.draw(st.permutations(shares)):
        hot_limit = data.draw(st.sampled_from([1, 3, None]))
        tally = tally_of(*part, hot_limit=hot_limit, portable=portable)
        merged.merge(data.draw(copies)(tally))
    assert (*conclude(merged), timeline(merged)) == whole


def test_events_of_one_kind_are_counted_once_while_ways_of_another_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("batchdoctor.core.log.ways.MANY_WAYS", 10)
    records = [
        make(code, task=str(code)) for code in range(1, 100) for make in (complete, fail, start_of)
    ]
    summary, _ = conclude(tally_of(*records))
    expected = dict.fromkeys((names.TASK_COMPLETE, names.TASK_FAIL, names.TASK_START), 99)
    assert (summary.events, summary.duplicates) == (expected, 0)


def start_of(_code: int, **fields: Any) -> LogRecord:
    return start(**fields)


def test_a_log_begins_with_its_first_time_even_after_an_event_without_one() -> None:
    untimed = Event(
        operation_name=names.TASK_START, time=None, properties=EventBody(job_id="j", id="t")
    )
    tally = Tally()
    tally.add(untimed)
    tally.add_all((start(minutes=1), start(minutes=2)))
    assert conclude(tally)[0].first_time == BEGIN + timedelta(minutes=1)


def test_tallies_that_number_tasks_in_different_ways_are_not_merged() -> None:
    with pytest.raises(ValueError, match="different ways"):
        Tally(portable=True).merge(tally_of(complete()))


def test_tasks_that_swap_names_with_their_jobs_are_not_mistaken_for_each_other() -> None:
    records = (complete(job="a", task="b"), complete(job="b", task="a"))
    assert conclude(tally_of(*records, hot_limit=1))[0].attempts == 2


@pytest.mark.parametrize("version", [2**63, 2**64 - 1, -(2**70)])
def test_a_version_too_large_for_a_row_is_cut_and_counted(version: int) -> None:
    event = Event(
        operation_name=names.TASK_COMPLETE,
        time=BEGIN,
        properties=EventBody(job_id="j", id="t", system_task_version=version),
    )
    tally = Tally()
    tally.add(event)
    tally.add(event)
    summary, _ = conclude(tally)
    assert (summary.attempts, summary.duplicates) == (1, 1)


def test_a_run_that_was_put_back_for_an_error_is_counted_and_its_error_is_told() -> None:
    error = {"code": "BadCommandType", "message": "The command is invalid."}
    details = [{"name": "Reason", "value": "Access denied"}]
    body = {
        "jobId": "j",
        "id": "t",
        "nodeInfo": {"poolId": "p", "nodeId": "n"},
        "executionInfo": {"exitCode": 11, "result": "failure", "requeueCount": 1}
        | {"schedulingError": error | {"details": details}},
    }

    def event(properties: dict[str, Any]) -> Event:
        told = msgspec.convert(properties, EventBody)
        return Event(operation_name=names.TASK_REQUEUE, time=BEGIN, properties=told)

    tally = Tally()
    tally.add(event(body))
    ((name, trouble),) = tally.troubles.items()
    assert (name.kind, name.subject, name.code) == ("schedule-failed", "j", "BadCommandType")
    assert (trouble.message, trouble.detail) == (
        "The command is invalid.",
        "task t, put back into the queue; Reason: Access denied",
    )
    plain = Tally()
    plain.add(event(body | {"executionInfo": {}}))
    assert plain.troubles == {}
    counted = [conclude(each)[0].attempts for each in (tally, plain)]
    assert counted == [1, 1]
    # The quick way has no words, and leaves such an event to this one.
    with pytest.raises(NotDecidedError):
        Tally().add_all([counted_fields(event(body))])
