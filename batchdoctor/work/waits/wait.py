"""Waits until something is so, or can never be so, or the time for it is over."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta

import msgspec

from batchdoctor.core.problem import Problem, problem_of
from batchdoctor.core.text.times import span_text
from batchdoctor.core.waits.condition import Condition
from batchdoctor.core.waits.item import Outcome, Target, WaitItem
from batchdoctor.core.waits.outcome import Ended, wait_item
from batchdoctor.core.waits.verdict import Seen, Standing, Verdict
from batchdoctor.errors import UnreachableError
from batchdoctor.service.client import Client
from batchdoctor.work.surroundings import Surroundings
from batchdoctor.work.waits.looks import look_at
from batchdoctor.work.waits.pace import Pace

# What settles is the same for so long: counts are approximate, and tasks are added in batches.
SETTLE_SECONDS = 30.0
# The retries of one look; the wait itself goes on after them.
_LOOK_SECONDS = 60.0


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is waited for, and how.

    `limit_seconds` is how long at most, None without end. `settle_seconds` is how long it has to
    stay so; None asks that only of what is not final, such as the end of a job that stays active.
    """

    target: Target
    conditions: Sequence[Condition]
    limit_seconds: float | None = None
    settle_seconds: float | None = None
    poll_seconds: float = Pace().poll

    @property
    def words(self) -> str:
        """The conditions, as what the thing is to be or to have."""
        return " or ".join(condition.hope for condition in self.conditions)


class Wait(msgspec.Struct):
    """One wait. `problem` is the last look that failed, if no later one went well."""

    outside: Surroundings
    client: Client
    wanted: Wanted
    polls: int = 0
    failed_polls: int = 0
    problem: Problem | None = None
    _seen: Seen | None = None
    _began: datetime | None = None
    _held: tuple[Hashable, datetime] | None = None
    """What would end the wait if it stays so, and since when it is."""

    @property
    def problems(self) -> list[Problem]:
        """What could not be read in the end."""
        return [self.problem] if self.problem else []

    def end(self) -> WaitItem:
        """Wait, and tell how it ended.

        Raises NotFoundError for what was not there at the first look, UnreachableError while
        nothing was read in a wait without end, and AccessError.
        """
        began = self._began = self.outside.now()
        self._tell_begin()
        usual = self.client.retry.timeout
        try:
            ended = self._wait()
        except KeyboardInterrupt:
            ended = Ended(Outcome.INTERRUPTED)
        finally:
            self.client.retry.timeout = usual
        return wait_item(
            self.wanted.target,
            self.wanted.conditions,
            ended,
            self._seen,
            begin=began,
            end=self.outside.now(),
            polls=self.polls,
            failed_polls=self.failed_polls,
        )

    def _tell_begin(self) -> None:
        limit = self.wanted.limit_seconds
        within = f", for {span_text(timedelta(seconds=limit))} at most" if limit else ""
        self.outside.note(f"waiting for {self.wanted.target} to {self.wanted.words}{within}")

    def _wait(self) -> Ended:
        look = look_at(self.client, self.wanted.target, self.wanted.conditions)
        pace = Pace(self.wanted.poll_seconds)
        while True:
            self.client.retry.timeout = min(_LOOK_SECONDS, max(self._left(), 1.0))
            before = self._seen
            try:
                seen = self._seen = look()
            except UnreachableError as error:
                self._remember(error)
                seen = None
            self.polls += 1
            if seen is not None:
                self.problem = None
                if ended := self._judge(seen):
                    return ended
                self._show(seen)
            self.outside.stop_if_asked()
            left = self._left()
            if left <= 0:
                return Ended(Outcome.TIMED_OUT)
            changed = seen is not None and before is not None and seen.key != before.key
            pause = pace.next(self._spent().total_seconds(), changed=changed)
            self.outside.sleep(max(0.0, min(pause, left, self._to_settle())))

    def _remember(self, error: UnreachableError) -> None:
        if self._seen is None and self.wanted.limit_seconds is None:
            raise error
        self.failed_polls += 1
        self._held = None
        if self.problem is None:
            self.outside.note(f"warning: {error.message}; asking again")
        self.problem = problem_of(str(self.wanted.target), error)

    def _judge(self, seen: Seen) -> Ended | None:
        """The end of the wait, if it has come; what is so counts before what never will be."""
        judged = [(seen.judge(condition), condition) for condition in self.wanted.conditions]
        so = next((each for each in judged if each[0].standing is Standing.SO), None)
        if so:
            verdict, condition = so
            return Ended(Outcome.SO, condition) if self._settled(verdict, seen) else None
        if any(verdict.standing is Standing.WAITING for verdict, _ in judged):
            self._held = None
            return None
        verdict = judged[0][0]
        if not self._settled(verdict, seen):
            return None
        return Ended(Outcome.NEVER, why=verdict.why, reason=verdict.reason)

    def _settled(self, verdict: Verdict, seen: Seen) -> bool:
        """Whether a verdict has been the same for as long as it takes to be believed."""
        length = self._settle_length(verdict)
        if not length:
            return True
        what = (verdict, seen.key)
        if self._held is None or self._held[0] != what:
            self._held = (what, self.outside.now())
        return self.outside.now() - self._held[1] >= timedelta(seconds=length)

    def _settle_length(self, verdict: Verdict) -> float:
        asked = self.wanted.settle_seconds
        if verdict.settles:
            return SETTLE_SECONDS if asked is None else asked
        # What is final is final; only something that is so now can be asked to stay so.
        return asked or 0.0 if verdict.standing is Standing.SO and not _final(self._seen) else 0.0

    def _to_settle(self) -> float:
        if self._held is None:
            return float("inf")
        asked = self.wanted.settle_seconds
        length = SETTLE_SECONDS if asked is None else asked
        return length - (self.outside.now() - self._held[1]).total_seconds()

    def _spent(self) -> timedelta:
        return self.outside.now() - self._began if self._began else timedelta()

    def _left(self) -> float:
        limit = self.wanted.limit_seconds
        return float("inf") if limit is None else limit - self._spent().total_seconds()

    def _show(self, seen: Seen) -> None:
        settling = "; it has to stay so for a while (--settle)" if self._held else ""
        self.outside.progress(f"{self.wanted.target}: {seen.told}{settling}")


def _final(seen: Seen | None) -> bool:
    """Whether a thing has ended for good."""
    return seen is None or (seen.state or "completed").lower() == "completed"
