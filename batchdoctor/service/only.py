"""Which part of a listing the service is asked for: filters in the properties it can filter by.

https://learn.microsoft.com/rest/api/batchservice/odata-filters-in-batch
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from batchdoctor.service.query import all_of, any_of, moment

FAILED = "state eq 'completed' and executionInfo/result eq 'failure'"


class Only(msgspec.Struct, frozen=True, kw_only=True):
    """What a listing is narrowed to; what is empty or None narrows nothing.

    `since` and `until` bound the last change of state. `pool_ids` is about jobs only, `results` and
    `exit_code` are about tasks only.
    """

    states: Sequence[str] = ()
    results: Sequence[str] = ()
    pool_ids: Sequence[str] = ()
    exit_code: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def where(self) -> str | None:
        """The filter; None for no filter."""
        exit_code = "" if self.exit_code is None else f"executionInfo/exitCode eq {self.exit_code}"
        return all_of(
            any_of("state", self.states),
            any_of("executionInfo/result", self.results),
            any_of("executionInfo/poolId", self.pool_ids),
            exit_code,
            f"stateTransitionTime ge {moment(self.since)}" if self.since else "",
            f"stateTransitionTime le {moment(self.until)}" if self.until else "",
        )


EVERYTHING = Only()


def failed_where(
    since: datetime | None, until: datetime | None, exit_code: int | None
) -> str | None:
    """The filter for failed tasks: of a time in which they ended, with an exit code."""
    return all_of(
        FAILED,
        f"executionInfo/endTime ge {moment(since)}" if since else "",
        f"executionInfo/endTime le {moment(until)}" if until else "",
        f"executionInfo/exitCode eq {exit_code}" if exit_code is not None else "",
    )
