"""What the commands of `events` have in common: what is asked for, and the answer of a reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from batchdoctor.cli.call import Call
from batchdoctor.cli.commands.events.options import By, failures_of
from batchdoctor.cli.options import parse_when
from batchdoctor.cli.reporting import write_report
from batchdoctor.core.checked import Span
from batchdoctor.core.log.show import Show
from batchdoctor.core.meaning.category import Category
from batchdoctor.errors import ExitCode, InputError, UsageError, worst
from batchdoctor.events.selection import Selection
from batchdoctor.report.event_log import LogAnswer
from batchdoctor.report.formats import Format
from batchdoctor.report.head import Head, only

if TYPE_CHECKING:
    from batchdoctor.report.document import Document
    from batchdoctor.work.logs.reading import LogReading


def answered(call: Call, reading: LogReading, show: Show | By, head: Head, *, fail_on: bool) -> int:
    """Write what a reading says, as it reads; the exit status that it asks for."""
    try:
        call.write(_document(reading, show, head))
        if call.shared.output is not Format.TABLE:
            # A page has them itself; other formats that are no document have no place for them.
            for line in reading.doubts():
                call.world.note(line)
        found = ExitCode.FINDINGS if fail_on and reading.failed else ExitCode.OK
    except InputError:
        if call.world.interruption.cut:
            raise KeyboardInterrupt from None  # before there was an event
        raise
    finally:
        if call.shared.verbose:
            for line in reading.damaged_places():
                call.world.note(line)
    return worst([reading.status, found])


def write_log_report(path: str, reading: LogReading, head: Head) -> None:
    """Write the page of a reading that is at its end. Raises UsageError where that cannot be."""
    # It takes as long to load as all else, and few want a page.
    from batchdoctor.core.pictures.marks import picture_of_log

    concluded = reading.conclusion
    page = LogAnswer(head, lambda: concluded).of_summary()
    write_report(path, page, picture_of_log(concluded, reading.tally))


def _document(reading: LogReading, show: Show | By, head: Head) -> Document[Any]:
    """The document of `--show` or `--by`; its items are read from the log as they are written."""
    answer = LogAnswer(head, lambda: reading.conclusion)
    match show:
        case Show.FAILURES | By.MESSAGE:
            return failures_of(reading, show, answer)
        case Show.EVENTS:
            return answer.of_events(reading.events())
        case Show.NODES:
            return answer.of_nodes(reading.suspects)
        case Show.UNFINISHED:
            return answer.of_unfinished(reading.unfinished)
        case Show.TIMELINE:
            return answer.of_buckets(reading.timeline())
        case Show.SUMMARY:
            return answer.of_summary(reading.count)


def selection_of(
    call: Call,
    times: tuple[str | None, str | None],
    job: Sequence[str] | None,
    pool: Sequence[str] | None,
    node: Sequence[str] | None,
    category: Sequence[Category] | None,
) -> Selection:
    """The filters as a value. Raises UsageError."""
    now = call.world.now()
    since, until = parse_when(times[0], "--since", now), parse_when(times[1], "--until", now)
    if since and until and since >= until:
        raise UsageError("--since must be before --until.", hint="--since 6h --until 1h")
    return Selection(
        since=since,
        until=until,
        jobs=frozenset(job or ()),
        pools=frozenset(pool or ()),
        nodes=frozenset(node or ()),
        categories=frozenset(each.value for each in category or ()),
    )


def head_of(call: Call, selection: Selection, source: str = "event logs") -> Head:
    """The beginning of an answer, with what was asked for."""
    left_out = (
        *only("job", selection.jobs),
        *only("pool", selection.pools),
        *only("node", selection.nodes),
        *only("category", selection.categories),
    )
    span = Span(selection.since, selection.until)
    return call.head(source=source, span=span, left_out=left_out)
