"""What happened when, as a program asks for it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from msgspec.structs import replace

from batchdoctor.core.answer import Answer
from batchdoctor.core.names import folded
from batchdoctor.core.timeline.gathered import Asked
from batchdoctor.core.timeline.item import HappeningItem, happening_item, timeline_summary
from batchdoctor.work.answers.asking import Asking, Since
from batchdoctor.work.timeline.logs import log_of
from batchdoctor.work.timeline.reading import read_timeline


def timeline(
    asking: Asking,
    *,
    jobs: Sequence[str],
    pools: Sequence[str],
    nodes: Sequence[str],
    since: Since,
    until: Since,
    events: Sequence[str | os.PathLike[str]],
    limit: int,
) -> Answer[HappeningItem]:
    """Everything that happened, in the order of time; of more than `limit` some as one."""
    reading = asking.reading()
    asked = Asked(
        since=asking.moment(since),
        until=asking.moment(until),
        jobs=frozenset(map(folded, jobs)),
        pools=frozenset(map(folded, pools)),
        nodes=frozenset(map(folded, nodes)),
    )
    paths = [os.fspath(path) for path in events] or asking.logs
    log = log_of(asking.outside, paths, asked)
    found = read_timeline(asked, limit, reading, log)
    told = found.timeline
    answer = asking.answer(
        reading,
        map(happening_item, told.told),
        timeline_summary(told.happenings, told.folded, told.onsets),
        span=found.span,
        checked=found.checked,
    )
    # Those of the logs are among them.
    return replace(answer, problems=found.problems)
