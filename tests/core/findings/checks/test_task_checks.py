"""Is it the job as a whole, some of its tasks, or the usual background?"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from batchdoctor.core.failures.by_cause import JobFailures, NodeKey
from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.checks.task import failed_tasks
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.records import (
    FailureInformation,
    Job,
    NameValue,
    Node,
    NodeReference,
    Pool,
    Task,
    TaskCounts,
    TaskExecution,
)
from batchdoctor.core.suspicion.rise import Rise
from tests.steps import words

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def job(
    name: str, succeeded: int, failed: int, *, code: str = "FailureExitCode", recent: bool = True
) -> JobFacts:
    failures = JobFailures(name)
    exit_code = 1 if code == "FailureExitCode" else None
    for number in range(failed):
        execution = TaskExecution(
            exit_code=exit_code,
            result="failure",
            failure_info=FailureInformation(category="UserError", code=code),
        )
        where = NodeReference(pool_id="p", node_id=f"n{number % 4}")
        task = Task(id=f"t{number}", job_id=name, execution_info=execution, node_info=where)
        failures.add(failure_of(task), recent=recent)
    return JobFacts(
        job=Job(id=name),
        at=NOW,
        pool_id="p",
        counts=TaskCounts(succeeded=succeeded, failed=failed),
        failures=failures,
    )


def detailed(*messages: str) -> JobFacts:
    """A job whose tasks failed with one code, for what these messages in the details say."""
    failures = JobFailures("j")
    for number, message in enumerate(messages):
        execution = TaskExecution(
            result="failure",
            failure_info=FailureInformation(
                category="UserError",
                code="ContainerInvalidSettings",
                details=[NameValue(name="Message", value=message)],
            ),
        )
        failures.add(failure_of(Task(id=f"t{number}", job_id="j", execution_info=execution)))
    counts = TaskCounts(succeeded=90, failed=len(messages))
    return JobFacts(job=Job(id="j"), at=NOW, pool_id="p", counts=counts, failures=failures)


def judged(*jobs: JobFacts, suspects: set[NodeKey] | None = None) -> list[Finding]:
    return list(failed_tasks(jobs, suspects or set()))


def test_a_job_that_fails_most_of_its_tasks_is_failing() -> None:
    (found,) = judged(job("j", 5, 45))
    assert found.kind == "job-failing"
    assert found.message == (
        "45 of 50 tasks failed (90%) on 4 nodes, so it is the job: exit code 1."
    )
    assert found.evidence == ("45 with exit code 1: t0, t4, t8.",)
    assert words(found.advice)[-1] == "batchdoctor tasks failed --by code --job j"


def test_one_code_that_the_details_tell_apart_is_several_causes() -> None:
    facts = job("j", 0, 0, code="BlobAccessDenied")
    for number, terms in enumerate(["se=2026-11-01", "se=2026-11-01", "se=2027-01-01"] * 2):
        url = f"https://x.blob.core.windows.net/in/a?{terms}&sp=r&sig=a"
        execution = TaskExecution(
            result="failure",
            end_time=NOW,
            failure_info=FailureInformation(
                code="BlobAccessDenied", details=[NameValue(name="BlobSource", value=url)]
            ),
        )
        assert facts.failures
        facts.failures.add(failure_of(Task(id=f"t{number}", execution_info=execution)))
    (found,) = judged(facts)
    assert found.message == (
        "6 of 6 tasks failed (100%): BlobAccessDenied. The SAS of the URL ended 2026-11-01, 20 d"
        " 3 h before the failure."
    )
    assert found.evidence == (
        "4 with BlobAccessDenied: t0, t1, t3.",
        "2 with BlobAccessDenied: t2, t5. The SAS of the URL was valid (until 2027-01-01, sp=r), so"
        " it is not the cause.",
    )


def test_a_few_failures_are_not_most_however_large_their_share() -> None:
    (found,) = judged(job("j", 0, 4))
    assert found.kind == "tasks-failed"


def test_small_jobs_that_failed_alike_are_one_finding() -> None:
    alike = [job(f"flow-{number}", 0, 2) for number in range(4)]
    other = job("other", 0, 1, code="BlobNotFound")
    apart, together = sorted(judged(*alike, other), key=lambda each: len(each.subject.job_ids))
    assert apart.subject.job_ids == ("other",)
    assert together.subject.job_ids == ("flow-0", "flow-1", "flow-2", "flow-3")
    assert together.message == (
        "8 of 8 tasks of 4 small jobs failed, 8 of them application (exit code 1)."
    )
    assert together.evidence == (
        "Jobs: flow-0, flow-1, flow-2, flow-3.",
        "The first: t0 of flow-0.",
    )
    assert words(together.advice)[-1] == "batchdoctor tasks failed --pool p --by job"
    assert len(judged(*alike[:2])) == 2


def test_a_failure_that_is_not_the_programs_is_worth_a_word_of_its_own() -> None:
    (found,) = judged(job("j", 999, 1, code="BlobNotFound"))
    assert (found.kind, found.message) == (
        "tasks-failed",
        "1 of 1,000 tasks failed: 1 preprocessing.",
    )


def test_the_background_of_all_jobs_is_one_note() -> None:
    (found,) = judged(job("a", 98, 2), job("b", 198, 2), job("c", 10, 0))
    assert found.kind == "tasks-failed-rarely"
    assert found.subject.job_ids == ("a", "b")
    assert found.message == "4 of 300 tasks failed in 2 jobs, each less than 5% of its tasks."
    assert words(found.advice) == ("batchdoctor tasks failed --pool p",)


def test_one_task_in_twenty_is_more_than_the_background() -> None:
    kinds = [judged(job("j", 100 - failed, failed))[0].kind for failed in (4, 5)]
    assert kinds == ["tasks-failed-rarely", "tasks-failed"]


def test_half_of_the_tasks_are_most_of_them() -> None:
    kinds = [judged(job("j", succeeded, 10))[0].kind for succeeded in (10, 11)]
    assert kinds == ["job-failing", "tasks-failed"]


def test_failures_on_a_suspect_node_count_for_the_node() -> None:
    every = {NodeKey("p", f"n{number}") for number in range(4)}
    assert not judged(job("j", 5, 45), suspects=every)
    (found,) = judged(job("j", 100, 8), suspects={NodeKey("p", "n0")})
    assert found.message == "6 of 106 tasks failed: 6 application."
    assert "2 failures more on suspect nodes counted for those." in found.evidence


def test_failures_of_before_the_time_asked_for_are_left_out() -> None:
    assert not judged(job("j", 5, 45, recent=False))


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 21, hour, minute, tzinfo=UTC)


def test_failures_that_are_over_are_a_warning_that_says_from_when_to_when() -> None:
    rise = Rise("j", at(1, 0), 20, 18, 100, 0, at(2, 59), at(1, 30), 80, 1)
    facts = msgspec.structs.replace(job("j", 181, 19), rise=rise)
    (found,) = judged(facts)
    assert found.kind == "tasks-failed"
    assert found.evidence[0] == (
        "From 2026-11-21 01:00 UTC to 2026-11-21 01:30 UTC 18 of 20 tasks failed; before that 0 of"
        " 100, since then 1 of 80."
    )


def test_what_changed_just_before_is_told_with_failures_that_go_on() -> None:
    node = Node(id="n", allocation_time=at(0, 55))
    pool = PoolFacts(pool=Pool(id="p"), at=NOW, nodes=[node])
    rise = Rise("j", at(1, 0), 50, 50, 50, 0, at(0, 59))
    facts = msgspec.structs.replace(job("j", 50, 50), rise=rise, pool=pool)
    (found,) = judged(facts)
    assert found.kind == "job-failing"
    assert found.evidence[0] == "Just before: 1 of 1 node was allocated at 2026-11-21 00:55 UTC."


def test_one_code_with_several_causes_has_the_words_of_each() -> None:
    (found,) = judged(detailed("Read timed out.", "Read timed out.", "unknown flag: --gpu"))
    told = (
        "Read from the message: the node's container daemon or the registry did not answer in time,"
        ' which passes ("Read timed out.").'
    )
    assert found.message == (
        f"3 of 93 tasks failed: 2 node, 1 preprocessing (ContainerInvalidSettings). {told}"
    )
    assert found.evidence == (
        "2 with ContainerInvalidSettings: t0, t1.",
        "1 with ContainerInvalidSettings: t2. The task could not start. Batch names: unknown flag:"
        " --gpu.",
    )


def test_what_one_of_them_says_is_not_said_of_all() -> None:
    (found,) = judged(detailed("unknown flag: --gpu", "the container name is in use"))
    assert found.message.endswith(" Batch names, for one: unknown flag: --gpu.")
