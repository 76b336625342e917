"""The one retry policy: what is tried again, after how long, and how often at most."""

from __future__ import annotations

import math
import random as random_module
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from batchdoctor.service.faults import Fault
from batchdoctor.service.retry_event import RetryEvent, RetryTotals

if TYPE_CHECKING:
    from tenacity import RetryCallState

Result = TypeVar("Result")

# Half a second before the second attempt at most, then twice that each time, up to this.
FIRST_WAIT = 0.5
LONGEST_WAIT = 20.0
# The service itself works on a request for 30 s at most, so a slower answer is not coming.
ATTEMPT_SECONDS = 45.0
# After a wait, less than this is too short for a request and its answer.
LEAST_ATTEMPT = 0.1
# A lone request never empties the budget; eight at once do, after about four retries each. A
# request that succeeds gives back what its retries cost, so random faults cost nothing.
BUDGET = 500
COST_OF_RETRY = 14
COST_WHEN_THROTTLED = 5
# A name that nobody has and a port that nobody listens on are mistyped, unless they worked before.
TRIES_OF_NOBODY = 3


class RetryPolicy:
    """Decides about every retry of a run; one object shared by all its requests and threads.

    Args:
        timeout: seconds that all attempts and waits of one request may take together; raises
            `ValueError` unless they are a finite number.
        attempts: how often one request is sent at most.
        attempt_seconds: how long one attempt may take, however slowly its answer trickles in.
        hook: told of every retry before its wait.
        asking: told of every request before its first attempt.
        recovered: told when a request has succeeded after retries.
        sleep, clock, random: the world, for tests; `random` returns a number in [0, 1).

    """

    def __init__(
        self,
        timeout: float = 60.0,
        *,
        attempts: int = 10,
        attempt_seconds: float = ATTEMPT_SECONDS,
        hook: Callable[[RetryEvent], None] | None = None,
        asking: Callable[[str], None] | None = None,
        recovered: Callable[[], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        if not math.isfinite(timeout):
            raise ValueError(f"a time limit of {timeout} s is none")
        self.timeout = timeout
        self.attempts = attempts
        self.attempt_seconds = attempt_seconds
        self.clock = clock
        self.random = random
        self._hook = hook
        self._asking = asking
        self._recovered = recovered
        self.reached = False
        """Whether anybody has answered in this run."""
        self._sleep = sleep
        self._lock = threading.Lock()
        self._budget = BUDGET
        self._quiet_until = float("-inf")
        self._quiet_because: Fault | None = None
        self._totals = RetryTotals()

    @property
    def totals(self) -> RetryTotals:
        """Retries so far, for a summary line."""
        return self._totals

    def run(self, operation: str, attempt: Callable[[float], Result]) -> Result:
        """Call `attempt(seconds it may take)` until it returns or there is no point in going on.

        `attempt` raises `Fault`; the last one leaves as the error that it stands for, with
        `operation` ("list the jobs") in its sentence. Everything else passes through at once.
        """
        unit = _Request(self, operation)
        if self._asking is not None:
            self._asking(operation)
        try:
            try:
                result = attempt(unit.begin())
            except Fault as fault:
                if not fault.passing:
                    raise
                result = self._again(unit, attempt, fault)
                if self._recovered is not None:
                    self._recovered()
        except Fault as fault:
            raise fault.error(operation, unit.gave_up) from fault
        self.reached = True
        self._refund(unit.cost or 1)
        return result

    def _again(self, unit: _Request, attempt: Callable[[float], Result], first: Fault) -> Result:
        """Go on after the first attempt has failed: most requests never come here."""
        # A healthy run needs no retry engine, whose import takes longer than many an answer.
        import tenacity

        failed: list[Fault] = [first]

        def attempts() -> Result:
            if failed:
                raise failed.pop()
            return attempt(unit.begin())

        retrying = tenacity.Retrying(
            sleep=self._sleep,
            retry=tenacity.retry_if_exception(lambda e: isinstance(e, Fault) and e.passing),
            wait=unit.wait,
            stop=unit.stop,
            before_sleep=unit.announce,
            reraise=True,
        )
        return retrying(attempts)

    def pause(self, seconds: float) -> Fault | None:
        """Wait out what the service asked another request to wait.

        When too little of `seconds` would be left, does not wait, and returns what that one failed
        of; else None.
        """
        rest = self._quiet_until - self.clock()
        if rest <= 0:
            return None
        if rest + LEAST_ATTEMPT > seconds:
            return self._quiet_because
        self._sleep(rest)
        return None

    def spend(self, cost: int) -> bool:
        """Take from the budget that all requests share; False when it is empty."""
        with self._lock:
            if cost > self._budget:
                return False
            self._budget -= cost
            return True

    def _refund(self, cost: int) -> None:
        with self._lock:
            self._budget = min(BUDGET, self._budget + cost)

    def record(self, event: RetryEvent, fault: Fault) -> None:
        """Count a retry and tell the hook."""
        self.reached = self.reached or not fault.nobody
        with self._lock:
            if fault.throttled:
                self._quiet_until = max(self._quiet_until, self.clock() + event.wait_seconds)
                self._quiet_because = fault
            self._totals = RetryTotals(
                self._totals.retries + 1,
                self._totals.throttled + fault.throttled,
                self._totals.waited_seconds + event.wait_seconds,
            )
        if self._hook is not None:
            self._hook(event)


class _Request:
    """The retries of one request."""

    def __init__(self, policy: RetryPolicy, operation: str) -> None:
        self.policy = policy
        self.operation = operation
        self.started = policy.clock()
        self.waited = 0.0
        self.attempts = 0
        self.last: Fault | None = None
        self.cost = 0
        self.gave_up = ""

    def left(self) -> float:
        return self.policy.timeout - (self.policy.clock() - self.started)

    def begin(self) -> float:
        """Return the seconds that the next attempt may take.

        Raises the error of the last cause when waiting has left too little for another attempt.
        """
        throttled = self.policy.pause(self.left())
        cause = self.last or throttled
        if cause and (throttled or self.left() < LEAST_ATTEMPT):
            raise cause.error(self.operation, self._no_time()) from cause
        self.attempts += 1
        return max(min(self.left(), self.policy.attempt_seconds), 0.001)

    def _no_time(self) -> str:
        if self.attempts == 0:
            return (
                "; gave up before the first attempt, because the service asks to wait for most of "
                f"the {self.policy.timeout:g} s of --timeout or longer"
            )
        return f"; gave up {_tries(self.attempts)} in {self.policy.timeout:g} s (--timeout)"

    def wait(self, state: RetryCallState) -> float:
        """Return what the service asks for, else a random part of a doubling time."""
        asked = _fault(state).retry_after
        if asked:
            return asked
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (state.attempt_number - 1))
        return self.policy.random() * longest

    def stop(self, state: RetryCallState) -> bool:
        """Whether to give up now rather than after one more wait; `gave_up` then says why."""
        fault = _fault(state)
        tries = _tries(state.attempt_number)
        if fault.retry_after and fault.retry_after >= self.left():
            self.gave_up = (
                f"; the service asks to wait {fault.retry_after:.0f} s, more than what is left of "
                f"the {self.policy.timeout:g} s of --timeout ({tries})"
            )
        elif state.attempt_number >= self._most(fault):
            self.gave_up = f"; gave up {tries}"
        elif state.upcoming_sleep + LEAST_ATTEMPT > self.left():
            self.gave_up = f"; gave up {tries} in {self.policy.timeout:g} s (--timeout)"
        else:
            cost = COST_WHEN_THROTTLED if fault.throttled else COST_OF_RETRY
            if self.policy.spend(cost):
                self.cost += cost
                return False
            self.gave_up = f"; gave up {tries}, because too many other requests fail as well"
        return True

    def _most(self, fault: Fault) -> int:
        if fault.nobody and not self.policy.reached:
            return min(TRIES_OF_NOBODY, self.policy.attempts)
        return self.policy.attempts

    def announce(self, state: RetryCallState) -> None:
        fault = _fault(state)
        event = RetryEvent(
            operation=self.operation,
            attempt=state.attempt_number,
            cause=fault.why,
            wait_seconds=state.upcoming_sleep,
            waited_seconds=self.waited,
            brief=fault.brief,
            throttled=fault.throttled,
            spent_seconds=self.policy.clock() - self.started,
            limit_seconds=self.policy.timeout,
        )
        self.waited += state.upcoming_sleep
        self.last = fault
        self.policy.record(event, fault)


def _tries(attempts: int) -> str:
    return f"after {attempts} attempt" + "s" * (attempts > 1)


def _fault(state: RetryCallState) -> Fault:
    # Nothing else is ever retried.
    return cast("Fault", state.outcome.exception() if state.outcome else None)
