"""What is told of retries: one of them, in the words for a waiting person, and all in numbers."""

from __future__ import annotations

import math

import msgspec


class RetryEvent(msgspec.Struct, frozen=True):
    """One retry, before its wait: attempt number `attempt` of `operation` failed of `cause`.

    `brief` is the cause in two or three words, `spent_seconds` what the request has taken by then
    of the `limit_seconds` that it may take.
    """

    operation: str
    attempt: int
    cause: str
    wait_seconds: float
    waited_seconds: float
    brief: str = "no good answer"
    throttled: bool = False
    spent_seconds: float = 0.0
    limit_seconds: float = 60.0

    def told(self, since: float) -> str:
        """What happens `since` seconds after it, on one line."""
        left = self.wait_seconds - since
        if self.throttled and left > 0:
            return f"throttled, waiting {math.ceil(left)} s"
        spent = min(self.spent_seconds + since, self.limit_seconds)
        return (
            f"{self.brief}, trying again ({self.attempt + 1}, {spent:.0f} of "
            f"{self.limit_seconds:g} s)"
        )


class RetryTotals(msgspec.Struct, frozen=True):
    """All retries of a run so far."""

    retries: int = 0
    throttled: int = 0
    waited_seconds: float = 0.0
