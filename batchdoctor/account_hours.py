"""The part of the Python face that reckons the hours of an account's nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from batchdoctor.core.answer import Answer
from batchdoctor.core.checked import LAST_DAY
from batchdoctor.core.cost.item import CostItem
from batchdoctor.work.answers import costs
from batchdoctor.work.answers.asking import Asking, Since

_NO_PRICES: Mapping[str, float] = {}


class AccountHours:
    """What the nodes of an account spent their hours on."""

    _asking: Asking

    def cost(
        self,
        since: Since = LAST_DAY,
        *,
        until: datetime | None = None,
        pools: str | Sequence[str] = (),
        jobs: str | Sequence[str] = (),
        prices: Mapping[str, float] = _NO_PRICES,
    ) -> Answer[CostItem]:
        """Node hours by pool and purpose, and the findings that cost most. As `cost`.

        `prices` are US dollars for an hour of a node, by pool.
        """
        named = [(names,) if isinstance(names, str) else names for names in (pools, jobs)]
        return costs.cost(self._asking, since, until, named[0], named[1], prices)
