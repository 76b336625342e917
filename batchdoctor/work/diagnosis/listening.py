"""Judges nodes by what ran on them, and by what some of the programs that failed there said."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from batchdoctor.core.suspicion.judge import Suspicion, judge
from batchdoctor.core.suspicion.live_runs import LiveRuns, Unheard
from batchdoctor.core.suspicion.run_counts import RunCounts
from batchdoctor.errors import NotFoundError, StateError
from batchdoctor.prefetch import prefetched
from batchdoctor.work.files.said import Said, said_and_meant
from batchdoctor.work.reading.reading import Reading


def judge_and_listen(
    reading: Reading, runs: LiveRuns, counts: Callable[[], RunCounts], *, min_failures: int = 2
) -> list[Suspicion]:
    """Judge by the counts; where words speak of a node or a service, let them count, judge again.

    `counts` gives the counts from what `runs` knows by then. Words that are gone say nothing: the
    verdict then rests on the counts alone. That some could not be read is a problem of the answer.
    """
    judged = judge(counts(), min_failures=min_failures)
    if not runs.unheard or reading.stopped:
        return judged
    # Which brings in the catalog.
    from batchdoctor.core.suspicion.heard import Heard, mark, wanted, with_words

    accused = [(each.pool_id, each.node_id) for each in judged]
    asked = wanted(runs.unheard, accused)

    def listing(each: Unheard) -> Iterator[Said]:
        yield said_and_meant(reading, each.job_id, each.task_id)

    read = {
        each: said
        for each, found in prefetched(asked, listing, lambda: reading.stopped)
        for said in found
    }
    reading.remember_words(
        [
            (f"{each.job_id}/{each.task_id}", said.error)
            for each, said in read.items()
            if said.error and not isinstance(said.error, NotFoundError | StateError)
        ]
    )
    heard = Heard({each: said.cause for each, said in read.items() if said.lines is not None})
    runs.said = {
        (each.job_id, each.task_id): cause.words if cause else ""
        for each, cause in heard.causes.items()
    }
    if mark(runs, heard):
        judged = judge(counts(), min_failures=min_failures)
    return with_words(judged, heard)
