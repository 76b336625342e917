"""The part of the Python face that lists what there is in an account.

The service leaves out what it can filter by; the states are its own words, in any case.
https://learn.microsoft.com/rest/api/batchservice/odata-filters-in-batch
"""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.answer import Answer
from batchdoctor.core.inventory.jobs import ListedJob
from batchdoctor.core.inventory.nodes import ListedNode
from batchdoctor.core.inventory.pools import ListedPool
from batchdoctor.core.inventory.tasks import ListedTask
from batchdoctor.core.inventory.wanted import Wanted
from batchdoctor.work.answers import lists
from batchdoctor.work.answers.asking import Asking, Since

Words = str | Sequence[str] | None


class AccountLists:
    """Lists of jobs, pools, nodes and tasks, in the order in which the service has them.

    `since` is about the last change of state: a moment, or a span before now.
    """

    _asking: Asking

    def jobs(
        self,
        *,
        states: Words = None,
        pools: Words = None,
        since: Since = None,
        limit: int | None = None,
        counted: bool = True,
    ) -> Answer[ListedJob]:
        """The jobs, with `counted` how the tasks of each stand: a request each. As `jobs list`."""
        return lists.jobs(
            self._asking,
            Wanted(
                states=_several(states),
                pools=_several(pools),
                since=self._asking.moment(since),
                limit=limit,
            ),
            counted=counted,
        )

    def pools(self, *, states: Words = None, limit: int | None = None) -> Answer[ListedPool]:
        """The pools, and how many of their nodes are in which state. As `pools list`."""
        return lists.pools(self._asking, Wanted(states=_several(states), limit=limit))

    def nodes(
        self,
        pools: Words = None,
        *,
        states: Words = None,
        since: Since = None,
        limit: int | None = None,
    ) -> Answer[ListedNode]:
        """The nodes of pools, or of all. As `nodes list`."""
        return lists.nodes(
            self._asking,
            Wanted(
                pools=_several(pools),
                states=_several(states),
                since=self._asking.moment(since),
                limit=limit,
            ),
        )

    def tasks(
        self,
        jobs: Words = None,
        *,
        states: Words = None,
        results: Words = None,
        exit_code: int | None = None,
        since: Since = None,
        limit: int | None = None,
    ) -> Answer[ListedTask]:
        """The tasks of jobs, or of all; `results` are success, failure. As `tasks list`."""
        return lists.tasks(
            self._asking,
            Wanted(
                jobs=_several(jobs),
                states=_several(states),
                results=_several(results),
                exit_code=exit_code,
                since=self._asking.moment(since),
                limit=limit,
            ),
        )


def _several(words: Words) -> Sequence[str]:
    return [words] if isinstance(words, str) else words or ()
