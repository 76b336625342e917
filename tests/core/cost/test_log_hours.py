"""Hours out of the events of a log, in whatever order and however often those are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.cost.log_hours import LogHours
from batchdoctor.core.cost.purpose import Purpose
from batchdoctor.core.cost.reckoning import PoolTold, reckon
from batchdoctor.core.log.event import (
    POOL_CREATE,
    POOL_DELETE_COMPLETE,
    POOL_RESIZE_COMPLETE,
    POOL_RESIZE_START,
    TASK_COMPLETE,
    TASK_FAIL,
    TASK_REQUEUE,
    TASK_START,
    Event,
    EventBody,
)
from batchdoctor.core.records import NodeReference, TaskExecution
from tests.core.cost.by_second import SECOND, PlainRun, by_second

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def told(
    name: str,
    moment: float,
    *,
    task: str = "t",
    node: str = "n1",
    start: float | None = None,
    end: float | None = None,
    exit_code: int | None = 0,
    retries: int = 0,
    requeues: int | None = 0,
    version: int = 1,
    **more: Any,
) -> Event:
    ended = name != TASK_START
    return Event(
        operation_name=name,
        time=at(moment),
        properties=EventBody(
            job_id="j",
            id=task,
            system_task_version=version,
            node_info=NodeReference(pool_id="p", node_id=node),
            execution_info=TaskExecution(
                start_time=at(start) if start is not None else None,
                end_time=at(end) if end is not None else None,
                exit_code=exit_code if ended else None,
                retry_count=retries,
                requeue_count=requeues,
            ),
            **more,
        ),
    )


def begun(moment: float, **more: Any) -> Event:
    return told(TASK_START, moment, **more)


def done(start: float, end: float, **more: Any) -> Event:
    return told(TASK_COMPLETE, end, start=start, end=end, **more)


def failed(start: float, end: float, **more: Any) -> Event:
    return told(TASK_FAIL, end, start=start, end=end, exit_code=1, **more)


def sized(name: str, moment: float, nodes: int, *, spot: int = 0) -> Event:
    body = EventBody(id="p", current_dedicated_nodes=nodes, current_low_priority_nodes=spot)
    return Event(operation_name=name, time=at(moment), properties=body)


def hours_of(*events: Event) -> LogHours:
    hours = LogHours()
    for event in events:
        hours.add_event(event)
    hours.settle()
    return hours


def spent(*events: Event) -> dict[str, Fraction]:
    hours = hours_of(*events)
    assert hours.window is not None
    (pool,) = hours.runs.pools.values()
    found = reckon(PoolTold(runs=pool, sizes=hours.sizes.get("p")), hours.window)
    return {str(purpose): length / SECOND for purpose, length in found.by_purpose.items()}


def test_an_end_tells_all_of_a_run() -> None:
    assert spent(done(10, 70)) == {"succeeded": 60}


def test_a_failure_is_told_by_two_events_and_counts_once() -> None:
    events = (begun(10), done(10, 70, exit_code=1), failed(10, 70), failed(10, 70))
    assert spent(*events) == {"failed": 60}


def test_a_log_without_times_of_runs_goes_by_its_events() -> None:
    assert spent(begun(10), told(TASK_COMPLETE, 70)) == {"succeeded": 60}


@pytest.mark.parametrize("counter", ["retries", "requeues"])
def test_a_run_of_a_task_that_ran_before_repeats(counter: str) -> None:
    again: dict[str, Any] = {counter: 1}
    assert spent(failed(0, 10), done(10, 40, **again)) == {"failed": 10, "repeated": 30}


def test_a_run_that_was_put_back_in_the_queue_was_interrupted() -> None:
    with_times = told(TASK_REQUEUE, 20, start=0, end=20)
    assert spent(begun(0), with_times, done(30, 40, requeues=1)) == {
        "interrupted": 20,
        "no-task": 10,
        "repeated": 10,
    }


def test_a_requeue_without_times_ends_the_run_that_had_begun() -> None:
    assert spent(begun(0), told(TASK_REQUEUE, 20), done(300, 310, requeues=1)) == {
        "interrupted": 20,
        "no-task": 280,
        "repeated": 10,
    }


def test_a_run_without_an_end_goes_on_until_the_log_ends() -> None:
    hours = hours_of(begun(0), done(0, 90, task="other", node="n2"))
    assert (hours.open.running, hours.open.lost) == (1, 0)
    events = (begun(0), done(0, 90, task="other", node="n2"))
    assert spent(*events) == {"running": 90, "succeeded": 90}


def test_what_became_of_a_run_whose_task_began_again_is_not_known() -> None:
    events = (begun(0), begun(200, node="n2", version=2), done(200, 260, node="n2", version=2))
    assert spent(*events) == {"not-known": 200, "repeated": 60}
    assert hours_of(*events).open.lost == 1


def test_a_start_that_comes_after_its_end_begins_no_run() -> None:
    assert spent(done(10, 70), begun(9)) == {"succeeded": 60}


def test_the_nodes_of_a_pool_are_counted_from_its_resizes() -> None:
    events = (
        sized(POOL_CREATE, 0, 7),
        sized(POOL_RESIZE_START, 0, 0),
        sized(POOL_RESIZE_COMPLETE, 60, 2, spot=1),
        begun(70),
        done(70, 100),
        sized(POOL_RESIZE_START, 160, 3),
        sized(POOL_RESIZE_COMPLETE, 180, 0),
        sized(POOL_DELETE_COMPLETE, 200, 0),
    )
    # Nobody tells when three nodes came in the first minute, and when they went.
    assert spent(*events) == {"succeeded": 30, "no-task": 270, "not-known": 3 * 60 + 3 * 20}


def test_ends_that_name_no_node_or_no_time_are_counted_as_such() -> None:
    nowhere = done(0, 10)
    blank = Event(
        operation_name=TASK_COMPLETE,
        time=at(10),
        properties=EventBody(job_id="j", id="t", node_info=NodeReference(pool_id="p")),
    )
    never = told(TASK_COMPLETE, 10, task="never began", exit_code=None)
    hours = hours_of(nowhere, blank, never)
    assert (hours.nowhere, hours.untimed, len(hours.runs)) == (1, 1, 1)


ENDS = ("succeeded", "failed", "interrupted", "not-known", "running")


@st.composite
def schedules(draw: st.DrawFn) -> tuple[list[PlainRun], list[Event]]:
    """Runs of some tasks on some nodes, and the events that tell of them."""
    runs: list[PlainRun] = []
    events: list[Event] = []
    last = 0
    for number in range(draw(st.integers(1, 4))):
        task, now, retries, requeues, lost = f"t{number}", draw(st.integers(0, 20)), 0, 0, False
        for _ in range(draw(st.integers(1, 3))):
            node = draw(st.sampled_from(("n1", "n2")))
            end = draw(st.sampled_from(ENDS))
            length = draw(st.integers(1, 20))
            # What is lost is told from the start of the next run if that is not just behind it.
            later = now + max(length, 70) if end == "not-known" else now + length
            counts: dict[str, Any] = {"retries": retries, "requeues": requeues}
            events.append(begun(now, task=task, node=node, **counts))
            purpose = Purpose(end)
            if end in {"succeeded", "failed"}:
                make = done if end == "succeeded" else failed
                events.append(make(now, later, task=task, node=node, **counts))
                if end == "failed" and draw(st.booleans()):
                    events.append(done(now, later, task=task, node=node, exit_code=1, **counts))
                if retries or requeues or lost:
                    purpose = Purpose.REPEATED
            elif end == "interrupted":
                requeue = told(
                    TASK_REQUEUE, later, task=task, node=node, start=now, end=later, **counts
                )
                events.append(requeue)
            runs.append(PlainRun(node, now, later, purpose))
            last = max(last, later if end not in {"running", "not-known"} else now)
            if end in {"succeeded", "running"}:
                break
            retries += end == "failed"
            requeues += end == "interrupted"
            lost = lost or end == "not-known"
            now = later if end == "not-known" else later + draw(st.integers(0, 30))
        if runs[-1].purpose is Purpose.NOT_KNOWN:
            # Nothing began again, so it goes on.
            runs[-1] = runs[-1]._replace(purpose=Purpose.RUNNING)
    going = [
        run._replace(end=max(last, run.start)) if run.purpose is Purpose.RUNNING else run
        for run in runs
    ]
    return going, events


@given(schedules(), st.randoms(use_true_random=False))
def test_hours_do_not_depend_on_the_order_of_events_nor_on_how_often_they_are_told(
    schedule: tuple[list[PlainRun], list[Event]], chance: Random
) -> None:
    runs, events = schedule
    moments = [run.start for run in runs] + [
        run.end for run in runs if run.purpose is not Purpose.NOT_KNOWN
    ]
    window = (min(moments), max(moments))
    again = [*events, *chance.sample(events, len(events) // 2)]
    chance.shuffle(again)
    expected = {str(each): many for each, many in by_second(window, runs).items()}
    assert spent(*again) == expected
