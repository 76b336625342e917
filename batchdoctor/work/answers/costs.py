"""What the node hours of an account were spent on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from batchdoctor.core.answer import Answer
from batchdoctor.core.cost.item import CostItem, cost_checked, cost_items, cost_span, cost_summary
from batchdoctor.core.findings.acceptance import parse_settings
from batchdoctor.work.answers.asking import Asking, Since
from batchdoctor.work.configuration import read_config
from batchdoctor.work.cost.live import live_cost
from batchdoctor.work.cost.wish import Wish, prices_of, told_prices


def cost(
    asking: Asking,
    since: Since,
    until: datetime | None,
    pools: Sequence[str],
    jobs: Sequence[str],
    prices: Mapping[str, float],
) -> Answer[CostItem]:
    """Node hours of an account. Raises UsageError for a price that is none."""
    config, source = read_config(asking.environ)
    wish = Wish(
        since=asking.moment(since),
        until=until,
        pools=pools,
        jobs=jobs,
        prices=told_prices(prices),
        usual=prices_of(config, source),
    )
    accepted = parse_settings(config, str(source)).ignore
    reading = asking.reading()
    found = live_cost(reading, asking.journal(), wish, accepted=accepted)
    reading.problems += found.unknown
    parts = found.spending.parts()
    return asking.answer(
        reading,
        cost_items(parts, found.dear),
        cost_summary(found.spending, parts),
        span=cost_span(found.spending),
        checked=cost_checked(found.spending),
    )
