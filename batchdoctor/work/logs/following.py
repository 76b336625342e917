"""Follows a log that is being written: gives each new event or failure as soon as it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.log.conclusion import Conclusion, conclusion_of
from batchdoctor.core.log.event import Event
from batchdoctor.core.log.tally import Tally
from batchdoctor.errors import UsageError
from batchdoctor.events.following import Following
from batchdoctor.events.selection import Selection
from batchdoctor.work.surroundings import Surroundings

# A log in a storage account grows every few minutes, one on disk at any time.
_LOOK_AGAIN = 1.0


class LogFollowing:
    """One log, followed until the user wants to stop. Raises UsageError for anything else."""

    def __init__(self, outside: Surroundings, paths: Sequence[str], selection: Selection) -> None:
        if len(paths) != 1 or paths[0] == "-":
            raise UsageError("--follow watches one file or one blob.", hint="name just one")
        self._outside = outside
        self._tally = Tally()
        self._filters = selection.filters
        self._following = Following(paths[0], self._wait, selection)

    def events(self) -> Iterator[Event]:
        """Yield each event that is written from now on."""
        return self._following.events(self._tally)

    def failures(self) -> Iterator[Failure]:
        """Yield each failure that is told from now on."""
        return (failure_of(task) for task in self._following.failures(self._tally))

    def conclusion(self) -> Conclusion:
        """What all of it adds up to so far."""
        return conclusion_of(self._tally, self._outside.now(), filters=self._filters)

    def _wait(self) -> bool:
        """Hand over what is new and wait for more; false when the user wants to stop."""
        try:
            self._outside.deliver()
            self._outside.sleep(_LOOK_AGAIN)
        except KeyboardInterrupt:
            return False
        return True
