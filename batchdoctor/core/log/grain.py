"""How exactly it is kept when runs were: to the second, but for the largest logs.

The judgement of nodes looks at time in some thousand bins. Of a log of millions of events it needs
no more of a run that succeeded than the bin, and of billions no more than some of the runs. What is
kept is decided by what all splits of a log have in common, so each gives the same answer.
"""

from __future__ import annotations

from typing import NamedTuple

from batchdoctor.core.log.tally import ALWAYS, NEVER, Tally
from batchdoctor.core.suspicion.history import seconds_of

# So many events are few enough for each second.
FEW_EVENTS = 2_000_000
# Over the whole time of a log; and within minutes of each other runs may always be told apart.
_BINS = 8192
_MOST_SECONDS = 256
# A run is told of by two events or more; so many events tell of as many runs as one process judges
# in some gigabytes.
MOST_EVENTS = 2**27


class Counted(NamedTuple):
    """What all splits of a log agree on: its events, and the seconds of the first and the last."""

    events: int = 0
    first: int = 0
    last: int = 0

    def with_others(self, other: Counted) -> Counted:
        """Those of two logs together."""
        firsts = [each for each in (self.first, other.first) if each]
        return Counted(
            self.events + other.events, min(firsts, default=0), max(self.last, other.last)
        )


class Grain(NamedTuple):
    """When a run that succeeded began is kept to so many seconds; of all runs one of `every`."""

    seconds: int = 1
    every: int = 1

    @property
    def told(self) -> tuple[str, ...]:
        """What has to be said of it."""
        if self.every == 1:
            return ()
        return (f"nodes are judged by one of {self.every} runs each, since there are so many",)


EXACT = Grain()


def counted_in(tally: Tally) -> Counted:
    """What a tally has of it."""
    return Counted(
        sum(tally.events.values()),
        seconds_of(None if tally.first_time is ALWAYS else tally.first_time),
        seconds_of(None if tally.last_time is NEVER else tally.last_time),
    )


def grain_of(counted: Counted) -> Grain:
    """How exactly times are kept of a log."""
    if counted.events <= FEW_EVENTS:
        return EXACT
    bins = (counted.last - counted.first) / _BINS
    return Grain(
        min(_power_of_two(bins), _MOST_SECONDS), _power_of_two(counted.events / MOST_EVENTS)
    )


def _power_of_two(least: float) -> int:
    found = 1
    while found < least:
        found *= 2
    return found
