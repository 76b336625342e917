"""What node hours were spent on, by event logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from batchdoctor.core.answer import Answer
from batchdoctor.core.cost.item import CostItem, cost_checked, cost_items, cost_span, cost_summary
from batchdoctor.work.cost.logs import LogCost
from batchdoctor.work.cost.wish import Wish, told_prices
from batchdoctor.work.surroundings import Quiet


def log_cost_answer(
    paths: Sequence[str],
    since: datetime | None,
    until: datetime | None,
    pools: Sequence[str],
    jobs: Sequence[str],
    prices: Mapping[str, float],
) -> Answer[CostItem]:
    """Node hours out of logs. Raises InputError where there is no event at all, and UsageError."""
    wish = Wish(since=since, until=until, pools=pools, jobs=jobs, prices=told_prices(prices))
    reading = LogCost(Quiet(), paths, wish)
    found = reading.reckoned()
    parts = found.spending.parts()
    return Answer(
        items=cost_items(parts, found.dear),
        summary=cost_summary(found.spending, parts),
        problems=[*reading.problems, *found.unknown],
        span=cost_span(found.spending),
        checked=cost_checked(found.spending),
    )
