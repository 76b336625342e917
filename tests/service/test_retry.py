"""What is tried again, after how long, how often at most, and who is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from batchdoctor.errors import AccessError, UnreachableError
from batchdoctor.service.faults import Fault
from batchdoctor.service.retry import BUDGET, RetryPolicy
from batchdoctor.service.retry_event import RetryEvent
from tests.service.clock import FakeTime


def failing(times: int, fault: Callable[[], Fault]) -> Callable[[float], str]:
    left = [times]

    def attempt(_limit: float) -> str:
        if left[0] > 0:
            left[0] -= 1
            raise fault()
        return "done"

    return attempt


def busy(retry_after: float | None = None) -> Fault:
    return Fault("it is busy", passing=True, status=503, code="X", retry_after=retry_after)


def test_waits_double_from_half_a_second_up_to_a_limit() -> None:
    time = FakeTime()
    policy = time.policy(timeout=1000.0)
    assert policy.run("do it", failing(8, busy)) == "done"
    assert time.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]


def test_a_wait_is_a_random_part_of_its_length_and_not_less() -> None:
    time = FakeTime()
    parts = iter([0.0, 0.25, 0.999])
    policy = time.policy(random=lambda: next(parts))
    policy.run("do it", failing(3, busy))
    assert time.slept == [0.0, 0.25, 0.999 * 2.0]


def test_what_the_service_asks_to_wait_wins() -> None:
    time = FakeTime()
    time.policy().run("do it", failing(2, lambda: busy(7.0)))
    assert time.slept == [7.0, 7.0]


def test_a_wait_of_zero_falls_back_to_our_own() -> None:
    time = FakeTime()
    time.policy().run("do it", failing(1, lambda: busy(0.0)))
    assert time.slept == [0.5]


def test_a_wait_longer_than_the_budget_fails_at_once_and_names_the_time() -> None:
    time = FakeTime()
    with pytest.raises(UnreachableError) as caught:
        time.policy().run("list the jobs", failing(1, lambda: busy(86400.0)))
    assert time.slept == []
    assert caught.value.message == (
        "Could not list the jobs: it is busy; the service asks to wait 86400 s, more than what is "
        "left of the 60 s of --timeout (after 1 attempt)."
    )


def test_the_time_of_the_attempts_counts_too() -> None:
    time = FakeTime()
    limits: list[float] = []

    def attempt(limit: float) -> str:
        limits.append(limit)
        time.now += 25.0
        raise busy()

    with pytest.raises(UnreachableError, match=r"gave up after 3 attempts in 60 s"):
        time.policy().run("do it", attempt)
    assert limits == [45.0, 60 - 25.5, 60 - 51.5]
    assert time.now - 1000.0 <= 60 + 25


def test_the_number_of_attempts_is_bounded() -> None:
    time = FakeTime()
    with pytest.raises(UnreachableError, match="gave up after 4 attempts"):
        time.policy(attempts=4).run("do it", failing(9, busy))
    assert len(time.slept) == 3


def test_what_does_not_pass_is_not_tried_again() -> None:
    time = FakeTime()
    refused = Fault("no", AccessError, status=403, code="AuthenticationFailed", request_id="r1")
    with pytest.raises(AccessError) as caught:
        time.policy().run("list the jobs", failing(1, lambda: refused))
    assert (caught.value.message, caught.value.code, caught.value.request_id) == (
        "Could not list the jobs: no.",
        "AuthenticationFailed",
        "r1",
    )
    assert time.slept == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit])
def test_everything_else_passes_through_at_once(error: type[BaseException]) -> None:
    time = FakeTime()

    def attempt(_limit: float) -> str:
        raise error

    with pytest.raises(error):
        time.policy().run("do it", attempt)
    assert time.slept == []


def test_each_retry_is_told_before_its_wait() -> None:
    time = FakeTime()
    told: list[tuple[float, RetryEvent]] = []
    policy = time.policy(hook=lambda event: told.append((time.now, event)))
    policy.run("list the jobs", failing(2, busy))
    assert told == [
        (1000.0, RetryEvent("list the jobs", 1, "it is busy", 0.5, 0.0, "HTTP 503")),
        (
            1000.5,
            RetryEvent("list the jobs", 2, "it is busy", 1.0, 0.5, "HTTP 503", spent_seconds=0.5),
        ),
    ]
    assert (policy.totals.retries, policy.totals.throttled) == (2, 0)
    assert policy.totals.waited_seconds == 1.5


def test_in_an_outage_the_shared_budget_ends_the_retries_of_all() -> None:
    time = FakeTime()
    policy = time.policy(attempts=10)
    attempts = 0
    for _ in range(50):
        with pytest.raises(UnreachableError):
            policy.run("do it", failing(99, busy))
    attempts = len(time.slept)
    assert attempts == BUDGET // 14


def test_faults_that_pass_cost_nothing_in_the_end() -> None:
    time = FakeTime()
    policy = time.policy()
    for _ in range(500):
        assert policy.run("do it", failing(2, busy)) == "done"


def test_requests_that_succeed_at_once_earn_retries_for_the_others() -> None:
    time = FakeTime()
    policy = time.policy()

    def retried() -> bool:
        before = len(time.slept)
        with pytest.raises(UnreachableError):
            policy.run("do it", failing(99, busy))
        return len(time.slept) > before

    while retried():
        pass
    # 500 is 35 retries of 14, and 10 are left over.
    for _ in range(3):
        policy.run("do it", failing(0, busy))
    assert not retried()
    policy.run("do it", failing(0, busy))
    assert retried()


def test_a_throttled_request_makes_the_next_one_wait_as_well() -> None:
    time = FakeTime()
    policy = time.policy(timeout=30.0)
    throttled = Fault("too much", passing=True, status=429, retry_after=10.0)
    seen: list[float] = []

    def hook(_event: RetryEvent) -> None:
        if not seen:
            seen.append(time.now)
            policy.run("another", lambda _limit: seen.append(time.now))

    policy._hook = hook
    policy.run("first", failing(1, lambda: throttled))
    assert seen == [1000.0, 1010.0]


def throttled_for(seconds: float) -> Fault:
    return Fault("too much", passing=True, status=429, code="TooManyRequests", retry_after=seconds)


def test_a_request_is_not_sent_when_the_wait_of_another_leaves_it_no_time() -> None:
    time = FakeTime()
    policy = time.policy(timeout=30.0)
    policy.record(RetryEvent("another", 1, "too much", 29.95, 0.0), throttled_for(29.95))
    with pytest.raises(UnreachableError) as caught:
        policy.run("list the jobs", lambda _limit: pytest.fail("it was sent"))
    assert (caught.value.message, caught.value.code) == (
        "Could not list the jobs: too much; gave up before the first attempt, because the "
        "service asks to wait for most of the 30 s of --timeout or longer.",
        "TooManyRequests",
    )
    assert time.slept == []


def test_a_retry_is_not_sent_when_the_wait_of_another_leaves_it_no_time() -> None:
    time = FakeTime()
    policy = time.policy(timeout=60.0)
    sent: list[float] = []

    def attempt(limit: float) -> str:
        sent.append(limit)
        policy.record(RetryEvent("another", 1, "too much", 59.99, 0.0), throttled_for(59.99))
        raise busy()

    with pytest.raises(UnreachableError) as caught:
        policy.run("list the jobs", attempt)
    assert caught.value.message == (
        "Could not list the jobs: it is busy; gave up after 1 attempt in 60 s (--timeout)."
    )
    assert (sent, time.slept) == ([45.0], [0.5])


def test_a_wait_that_leaves_no_time_for_an_attempt_is_not_begun() -> None:
    time = FakeTime()

    def attempt(_limit: float) -> str:
        time.now += 0.45
        raise busy()

    with pytest.raises(UnreachableError, match=r"it is busy; gave up after 1 attempt in 1 s"):
        time.policy(timeout=1.0).run("do it", attempt)
    assert time.slept == []


@pytest.mark.parametrize("overslept", [0.0, 0.45])
def test_an_attempt_that_could_only_time_out_is_not_sent(overslept: float) -> None:
    time = FakeTime()
    policy = time.policy(timeout=1.0)
    policy._sleep = lambda seconds: time.sleep(seconds + overslept)
    limits: list[float] = []

    def attempt(limit: float) -> str:
        limits.append(limit)
        time.now += 0.0 if overslept else 0.499
        raise busy()

    with pytest.raises(UnreachableError, match=r"it is busy; gave up after 1 attempt in 1 s"):
        policy.run("do it", attempt)
    assert limits == [1.0]


def test_a_first_attempt_gets_the_time_there_is_however_short() -> None:
    assert FakeTime().policy(timeout=0.02).run("do it", lambda limit: limit) == 0.02


@pytest.mark.parametrize("endless", [float("nan"), float("inf"), float("-inf")])
def test_a_time_limit_is_a_finite_number(endless: float) -> None:
    with pytest.raises(ValueError, match="is none"):
        RetryPolicy(endless)


def nobody() -> Fault:
    return Fault("nobody is there", passing=True, nobody=True)


def test_where_nobody_is_three_tries_are_enough() -> None:
    time = FakeTime()
    with pytest.raises(UnreachableError, match=r"nobody is there; gave up after 3 attempts"):
        time.policy().run("do it", failing(9, nobody))
    assert time.slept == [0.5, 1.0]


@pytest.mark.parametrize("before", [failing(0, nobody), failing(1, busy)])
def test_who_answered_before_is_asked_for_longer(before: Callable[[float], str]) -> None:
    time = FakeTime()
    policy = time.policy(timeout=1000.0)
    policy.run("do it", before)
    assert policy.run("do it", failing(5, nobody)) == "done"


def test_who_asks_hears_what_is_asked_for_and_when_trouble_is_over() -> None:
    time = FakeTime()
    told: list[str] = []
    policy = time.policy(asking=told.append, recovered=lambda: told.append("recovered"))
    policy.run("list the jobs", failing(0, busy))
    policy.run("list the pools", failing(2, busy))
    assert told == ["list the jobs", "list the pools", "recovered"]
