"""Words beside the counts: few are read, and what they say counts where it may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.meaning.messages import Cause, known_messages
from batchdoctor.core.records import NodeReference, Task, TaskExecution
from batchdoctor.core.suspicion.heard import Heard, mark, wanted, with_words
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.live_runs import LiveRuns, Unheard
from batchdoctor.core.suspicion.outage import outages_of

START = datetime(2026, 11, 21, tzinfo=UTC)
READ_ONLY = "mkdir: cannot create directory '/x': Read-only file system"
BUSY = "azure.core.exceptions.HttpResponseError: The server is busy."
NODES = [f"tvm-{number}" for number in range(8)]


def cause(line: str) -> Cause | None:
    return known_messages().cause_in([line], None)


def ran(job: str, number: int, node: str, *, minute: int, exit_code: int) -> Task:
    end = START + timedelta(minutes=minute)
    return Task(
        id=f"task-{number}",
        job_id=job,
        state="completed",
        node_info=NodeReference(pool_id="farm", node_id=node),
        execution_info=TaskExecution(
            start_time=end - timedelta(minutes=1),
            end_time=end,
            exit_code=exit_code,
            result="failure" if exit_code else "success",
        ),
    )


def runs_of(tasks: list[Task]) -> LiveRuns:
    runs = LiveRuns({})
    for task in tasks:
        execution = task.execution_info
        failed = execution is not None and bool(execution.exit_code)
        runs.add(task, failure_of(task) if failed else None)
    return runs


def everywhere(minute: int, exit_code: int, jobs: int = 4, each: int = 40) -> list[Task]:
    return [
        ran(
            f"job-{job}",
            minute * 1000 + number,
            NODES[number % 8],
            minute=minute + number % 9,
            exit_code=exit_code,
        )
        for job in range(jobs)
        for number in range(each)
    ]


def test_of_any_number_of_failures_a_bounded_number_is_read() -> None:
    runs = runs_of([task for minute in range(0, 500, 10) for task in everywhere(minute, 1)])
    accused = [("farm", node) for node in NODES]
    asked = wanted(runs.unheard, accused)
    assert len(runs.unheard) == 8000
    assert len(asked) == len(set(asked)) <= 3 * 20 + 4 * 12 + 16
    assert wanted(runs.unheard, accused) == asked


def test_nothing_is_read_for_a_failure_here_and_there() -> None:
    runs = runs_of([ran("a", n, NODES[n], minute=n * 60, exit_code=1) for n in range(8)])
    assert wanted(runs.unheard, []) == []


def test_of_an_accused_node_all_are_read_up_to_twenty() -> None:
    tasks = [ran("a", n, "tvm-0", minute=n, exit_code=1) for n in range(19)]
    asked = wanted(runs_of(tasks).unheard, [("farm", "tvm-0")])
    assert len(asked) == 19


def test_words_about_the_node_count_as_caused_by_it_and_are_told() -> None:
    tasks = everywhere(0, 0) + [ran("job-0", n, "tvm-0", minute=n, exit_code=1) for n in range(12)]
    runs = runs_of(tasks)
    heard = Heard({each: cause(READ_ONLY) for each in wanted(runs.unheard, [("farm", "tvm-0")])})
    assert mark(runs, heard)
    assert runs.counts.node("farm", "tvm-0").job("job-0").node_caused == 12
    (found,) = with_words(judge(runs.counts), heard)
    assert [reason.kind for reason in found.reasons][:2] == ["repeated-failures", "said"]
    assert found.reasons[1].message == "12 of 12 say: Read-only file system"


def test_words_that_tell_nothing_of_the_node_change_nothing() -> None:
    runs = runs_of(everywhere(0, 1))
    heard = Heard(dict.fromkeys(wanted(runs.unheard, []), cause("KeyError: 'x'")))
    assert not mark(runs, heard)
    before = judge(runs_of(everywhere(0, 1)).counts)
    assert with_words(judge(runs.counts), heard) == before


def test_two_of_a_node_that_say_the_same_speak_for_the_rest_of_it_and_no_others_do() -> None:
    tasks = [ran("job-0", n, "tvm-0", minute=n, exit_code=1) for n in range(6)]
    mixed = runs_of(tasks)
    first, second, *_ = mixed.unheard
    mark(mixed, Heard({first: cause(READ_ONLY), second: None}))
    assert mixed.counts.node("farm", "tvm-0").job("job-0").node_caused == 1
    alike = runs_of(tasks)
    mark(alike, Heard({first: cause(READ_ONLY), second: cause(READ_ONLY)}))
    assert alike.counts.node("farm", "tvm-0").job("job-0").node_caused == 6


def test_what_speaks_of_storage_everywhere_at_once_is_an_outage() -> None:
    tasks = [*everywhere(0, 0), *everywhere(60, 1), *everywhere(120, 0)]
    runs = runs_of(tasks)
    heard: dict[Unheard, Cause | None] = {each: cause(BUSY) for each in wanted(runs.unheard, [])}
    assert len(heard) <= 40
    assert outages_of(runs.counts.history) == ()
    mark(runs, Heard(heard))
    (outage,) = outages_of(runs.counts.history)
    assert (outage.service, outage.failures, len(outage.jobs), outage.nodes) == (
        "storage",
        160,
        4,
        8,
    )
    assert outage.codes == {"storage-busy": 160}


def test_one_missing_blob_of_many_jobs_is_no_outage() -> None:
    tasks = [*everywhere(0, 0), *everywhere(60, 1), *everywhere(120, 0)]
    runs = runs_of(tasks)
    missing = cause("ResourceNotFoundError: The specified blob does not exist.")
    assert not mark(runs, Heard(dict.fromkeys(wanted(runs.unheard, []), missing)))
