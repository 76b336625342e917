"""A bundle as a document: what is in it, what was left out, what was masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from batchdoctor.core.bundle_item import BundlePart, BundleSummary
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.times import size_text, utc_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column, Pairs

_COLUMNS: tuple[Column[BundlePart], ...] = (
    Column("WHAT", lambda part: part.kind),
    Column("PARTS", lambda part: f"{part.parts:,}", right=True),
    Column("DOCUMENTS", lambda part: f"{part.documents:,}", right=True),
    Column("SIZE", lambda part: size_text(part.bytes), right=True),
    Column("NOT WHOLE", lambda part: f"{part.broken_off:,}" if part.broken_off else "", right=True),
)


def bundle_document(
    head: Head,
    parts: Iterable[BundlePart],
    summary: BundleSummary,
    problems: Sequence[Problem] = (),
) -> Document[BundlePart]:
    """One item for each kind of part."""
    ending = Ending(
        summary=summary,
        problems=problems,
        page=tuple(_page(summary)),
        verdict=_verdict(summary),
    )
    return Document(
        head=head,
        item_type=BundlePart,
        items=iter(parts),
        ending=lambda: ending,
        name_of=lambda _: None,
        columns=_COLUMNS,
    )


def _page(summary: BundleSummary) -> Iterator[Block]:
    masked = ", ".join(f"{count:,} {sort}" for sort, count in summary.masked.items())
    rows = [
        ("account", summary.account),
        ("taken at", utc_text(summary.taken_at) or ""),
        ("masked", masked or "nothing"),
    ]
    yield Pairs([row for row in rows if row[1]])
    if summary.left_out:
        yield Pairs([(each.what, each.why) for each in summary.left_out], "Left out")


def _verdict(summary: BundleSummary) -> str:
    size = size_text(summary.bytes)
    so = "" if summary.complete else ", which is not complete"
    left = f"; {plural(len(summary.left_out), 'thing')} left out" if summary.left_out else ""
    return f"{summary.path}: {size}{so}{left}. Ask it: batchdoctor triage --from {summary.path}"
