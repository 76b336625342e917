"""The first line of a page: where one is, when, how far one looks, what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batchdoctor.core.text.gate import shown
from batchdoctor.report.head import Head
from batchdoctor.report.head_words import account_words, head_words
from batchdoctor.report.page import Tone
from batchdoctor.report.paint import Painter, fold, width_of
from batchdoctor.report.rows import GAP


def head_lines(head: Head, painter: Painter) -> Iterator[str]:
    """One dim line, coloured for a protected account; more only where many ids are in it.

    A host of the public cloud loses the end that all of them have before the line gets a second.
    """
    protected = head.where is not None and head.where.protected
    tone = Tone.WARN if protected else Tone.QUIET
    room = painter.terminal.width
    parts = head_words(head)
    if width_of(shown(GAP.join(parts))) > room:
        parts[0] = account_words(head, short=True)
    for line in _lines([shown(part) for part in parts], room):
        yield painter.styled(line, tone)


def _lines(parts: Sequence[str], room: int) -> Iterator[str]:
    """Parts beside each other as far as they fit; a longer one is folded between its words."""
    line = ""
    for part in parts:
        if line and width_of(line) + len(GAP) + width_of(part) > room:
            yield from fold(line, room)
            line = part
        else:
            line = f"{line}{GAP}{part}" if line else part
    yield from fold(line, room)
