"""Unfinished attempts: the ones that the summary counts, with where and for how long they ran."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.log.event import Event, EventBody, LogRecord
from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.unfinished import Starts, Unfinished
from batchdoctor.core.records import NodeReference, TaskExecution
from tests.core.log.test_tally import BEGIN, RECORDS, complete, requeue, start

# One attempt is told to have ended on two nodes, and its task to have begun on both.
TWO_ENDS = (
    start(node="a"),
    start(node="b", minutes=5),
    complete(0, node="a", minutes=6),
    complete(0, node="b", minutes=6),
)


def event_of(record: LogRecord) -> Event:
    """The whole event that a record was cut from, as far as that matters here."""
    body = record.properties
    node, execution = body.node_info, body.execution_info
    return Event(
        operation_name=record.operation_name,
        time=record.time,
        properties=EventBody(
            job_id=body.job_id,
            id=body.id,
            system_task_version=body.system_task_version,
            node_info=NodeReference(pool_id=node.pool_id, node_id=node.node_id) if node else None,
            execution_info=TaskExecution(
                retry_count=execution.retry_count,
                requeue_count=execution.requeue_count,
                exit_code=execution.exit_code,
            )
            if execution
            else None,
        ),
    )


def unfinished(*records: LogRecord) -> tuple[Tally, list[Unfinished]]:
    tally, starts = Tally(), Starts()
    for event in map(event_of, records):
        tally.add(event)
        starts.add(event)
    found = starts.unfinished(tally)
    if starts.missing:
        for event in map(event_of, records):
            starts.recall(event, tally)
        found = starts.unfinished(tally)
    assert not starts.missing
    return tally, found


def test_a_start_without_an_end_is_listed_with_its_place_and_its_time() -> None:
    records = (start(minutes=1), complete(task="other", minutes=5))
    assert unfinished(*records)[1] == [
        Unfinished(
            job_id="j",
            task_id="t",
            pool_id="p",
            node_id="n",
            start_time=BEGIN + timedelta(minutes=1),
            duration_seconds=240.0,
            retry_count=0,
            requeue_count=None,
            system_task_version=1,
        )
    ]


def test_the_longest_running_comes_first() -> None:
    _, found = unfinished(start(task="late", minutes=9), start(task="early", minutes=1))
    assert [each.task_id for each in found] == ["early", "late"]


def test_a_start_delivered_again_after_its_end_is_not_running() -> None:
    assert unfinished(start(), complete(), start())[1] == []


def test_of_a_start_delivered_twice_the_earlier_time_counts() -> None:
    tally, found = unfinished(start(minutes=5), start(minutes=1), complete(task="o", minutes=9))
    assert [each.start_time for each in found] == [conclude(tally)[0].oldest_unfinished]
    assert found[0].duration_seconds == 480.0


def test_an_end_before_its_start_is_an_end() -> None:
    assert unfinished(complete(), start())[1] == []


def test_what_was_put_back_into_the_queue_is_not_running() -> None:
    assert unfinished(start(), requeue(requeueCount=1))[1] == []


def test_a_run_that_a_requeue_foretold_is_listed() -> None:
    records = (start(requeueCount=0), requeue(requeueCount=1), start(requeueCount=1, minutes=5))
    assert [each.requeue_count for each in unfinished(*records)[1]] == [1]


def test_the_runs_of_a_task_on_two_nodes_are_both_listed() -> None:
    _, found = unfinished(start(node="a"), start(node="b", minutes=5))
    assert [(each.node_id, each.overtaken) for each in found] == [("b", False), ("a", True)]


def test_of_an_attempt_that_ended_on_two_nodes_the_start_that_is_left_is_listed() -> None:
    tally, found = unfinished(*TWO_ENDS)
    assert (conclude(tally)[0].overtaken, [each.node_id for each in found]) == (1, ["b"])


@given(st.lists(RECORDS, max_size=30))
def test_as_many_are_listed_as_the_summary_counts(records: list[LogRecord]) -> None:
    tally, found = unfinished(*records)
    summary = conclude(tally)[0]
    overtaken = [each for each in found if each.overtaken]
    assert (len(found) - len(overtaken), len(overtaken)) == (summary.unfinished, summary.overtaken)
