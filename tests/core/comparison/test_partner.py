"""Which job another one is compared with: the newest of its shape that went well, and why it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from batchdoctor.core.comparison.partner import Partner, candidates_for, chosen
from batchdoctor.core.records import Job, JobPoolReference, TaskCounts

AT = datetime(2026, 11, 21, tzinfo=UTC)


def job(name: str, days_ago: int, pool: str = "farm") -> Job:
    made = AT - timedelta(days=days_ago)
    return Job(id=name, creation_time=made, pool_info=JobPoolReference(pool))


OWN = job("nightly-20261121", 0)


def partner(*others: tuple[Job, TaskCounts], own: Job = OWN) -> Partner:
    counts = {each.id: count for each, count in others}
    candidates = candidates_for(own, [own, *(each for each, _ in others)])
    return chosen(candidates, ((each, counts[each.id]) for each in candidates.jobs))


def ended(succeeded: int, failed: int = 0, active: int = 0) -> TaskCounts:
    return TaskCounts(
        active=active, completed=succeeded + failed, succeeded=succeeded, failed=failed
    )


def test_it_is_the_newest_that_went_well() -> None:
    found = partner(
        (job("nightly-20261118", 3), ended(60)),
        (job("nightly-20261120", 1), ended(40, 20)),
        (job("nightly-20261119", 2), ended(60)),
        (job("weekly-20261120", 1), ended(60)),
        (job("nightly-20261117", 4, "other-pool"), ended(60)),
    )
    assert found.job is not None
    assert (found.job.id, found.why) == (
        "nightly-20261119",
        "the newest that went well (60 succeeded, none failed) with the same pool, and the same"
        " id but for dates and hashes",
    )


def test_a_run_before_it_comes_before_a_later_one() -> None:
    middle = job("nightly-20261119", 2)
    found = partner(
        (job("nightly-20261121", 0), ended(60)), (job("nightly-20261118", 3), ended(60)), own=middle
    )
    assert found.job is not None
    assert found.job.id == "nightly-20261118"


def test_one_that_has_not_ended_is_no_measure() -> None:
    found = partner(
        (job("nightly-20261120", 1), ended(50, active=1)), (job("nightly-20261119", 2), ended(0))
    )
    assert (found.job, found.why) == (
        None,
        "of 2 jobs with the same pool, and the same id but for dates and hashes none went well",
    )


def test_where_all_have_failures_the_one_with_the_fewest_is_taken_if_they_are_few() -> None:
    few = (job("nightly-20261119", 2), ended(98, 2))
    many = (job("nightly-20261120", 1), ended(50, 50))
    found = partner(few, many)
    assert (found.job, found.why.partition(" with")[0]) == (
        few[0],
        "the one that went best (2.0% failed, none of 2 jobs went better)",
    )
    assert partner(many).job is None


def test_without_dates_numbers_will_do_and_that_is_said() -> None:
    found = partner((job("run-17", 1), ended(9)), own=job("run-18", 0))
    assert found.why.endswith("the same id but for numbers")
    assert partner(own=job("run-18", 0)).why == (
        "there is no other job with the same pool and the same id but for dates"
    )


def test_jobs_with_pools_of_their_own_are_of_one_shape_whatever_these_are_called() -> None:
    def with_own_pool(name: str, days_ago: int) -> Job:
        return Job(id=name, creation_time=AT - timedelta(days=days_ago))

    found = partner(
        (with_own_pool("nightly-20261120", 1), ended(60)),
        (job("nightly-20261119", 2), ended(60)),
        own=with_own_pool("nightly-20261121", 0),
    )
    assert found.job is not None
    assert found.job.id == "nightly-20261120"
