"""A time for tests of waiting, in which nobody really waits."""

from __future__ import annotations

from typing import Any

from batchdoctor.service.retry import RetryPolicy


class FakeTime:
    """A clock that moves only when somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now

    def policy(self, **options: Any) -> RetryPolicy:
        """A policy that goes by this clock, and waits the longest that it may."""
        return RetryPolicy(
            **{"sleep": self.sleep, "clock": self.clock, "random": lambda: 1.0, **options}
        )
