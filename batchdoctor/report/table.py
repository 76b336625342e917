"""Draws a document for people: where and when, rows as they arrive, their sum, the verdict last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from batchdoctor.core.text.gate import shown
from batchdoctor.core.text.step import Step
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head_line import head_lines
from batchdoctor.report.lane_text import lane_lines
from batchdoctor.report.machine import Write
from batchdoctor.report.page import (
    Block,
    Card,
    Cards,
    Chart,
    Commands,
    Counts,
    Link,
    Note,
    Pairs,
    Prefixed,
    Rows,
    Steps,
    TitledBlock,
    Tone,
    Verbatim,
)
from batchdoctor.report.paint import Cell, GridColumn, Painter, fold, width_of
from batchdoctor.report.rows import GAP, MEASURED_ROWS, row_lines
from batchdoctor.report.terminal import Terminal

_BAR_WIDTH = 20
_COUNT_WIDTH = 7
# What a count, its bar and its share take beside a key.
_COUNT_ROOM = _COUNT_WIDTH + _BAR_WIDTH + len(" 100%") + 2 * len(GAP)
_MIN_FOLD = 20


def write_table(document: Document[Any], write: Write, terminal: Terminal) -> Ending:
    """Write the page of a document, its paragraphs apart; the last one is its verdict.

    Its first line comes with the first row or with the end, so that nothing stands where the
    question failed.
    """
    painter = Painter(terminal)
    head = "".join(f"{line}\n" for line in head_lines(document.head, painter))
    begun = False
    for line in _rows(document, painter):
        write(f"{line}\n" if begun else f"{head}{line}\n")
        begun = True
    ending = document.ending()
    if not begun:
        write(head)
    for paragraph in _paragraphs(ending, painter):
        lines = list(paragraph)
        write("\n".join(["", *lines] if begun else lines) + "\n")
        begun = True
    return ending


def _rows(document: Document[Any], painter: Painter) -> Iterator[str]:
    if document.heading:
        yield from _folded(document.heading, painter, Tone.HEADING)
    if document.lines_of is not None:
        for item in document.items:
            yield from (prefixed_line(line, painter) for line in document.lines_of(item))
        return
    if not document.columns:
        for _ in document.items:  # nothing of them is shown, yet they are counted on the way
            pass
        return
    rows = row_lines(
        document.columns, document.items, painter, 1 if document.live else MEASURED_ROWS
    )
    for index, line in enumerate(rows):
        if index == 0 and document.heading:
            yield ""
        yield line


def prefixed_line(line: Prefixed, painter: Painter) -> str:
    """One line behind its prefix, which is in colour where there is one."""
    return f"{painter.styled(shown(line.prefix), Tone.COMMAND)}{shown(line.text)}"


def _paragraphs(ending: Ending, painter: Painter) -> Iterator[Iterator[str]]:
    if ending.problems:
        yield (
            line
            for problem in ending.problems
            for line in _folded(
                f"not read: {problem.subject}: {problem.message}", painter, Tone.WARN
            )
        )
    for block in ending.page:
        yield block_lines(block, painter)
    yield _verdict(ending.verdict, painter)


def _verdict(text: str, painter: Painter) -> Iterator[str]:
    """The verdict: one line for whoever takes the last one, folded where it is read."""
    if painter.terminal.screen:
        return _folded(text, painter, Tone.HEADING)
    return iter([painter.styled(shown(text), Tone.HEADING)])


def block_lines(block: Block, painter: Painter) -> Iterator[str]:
    """Lines of one block of a page."""
    match block:
        case Note():
            yield from _folded(block.text, painter, block.tone)
        case Link():
            address = shown(block.address)
            yield painter.linked(painter.styled(address, Tone.QUIET), address)
        case titled:
            if titled.title:
                yield painter.styled(shown(titled.title), Tone.HEADING)
            yield from _titled_lines(titled, painter)


def _titled_lines(block: TitledBlock, painter: Painter) -> Iterator[str]:
    """Lines of a block below its title."""
    match block:
        case Pairs():
            yield from _pairs(block, painter)
        case Counts():
            yield from _counts(block, painter)
        case Cards():
            yield from _cards(block, painter)
        case Commands():
            yield from _commands(block, painter)
        case Steps():
            yield from _steps(block.steps, painter, GAP)
        case Verbatim():
            yield from (f"{GAP}{shown(line)}".rstrip() for line in block.lines)
        case Rows():
            yield from row_lines(block.columns, iter(block.items), painter)
        case Chart():
            terminal = painter.terminal
            yield from lane_lines(block.lanes, terminal.width, unicode=terminal.unicode)


def _pairs(block: Pairs, painter: Painter) -> Iterator[str]:
    """Labels in a column; values folded between words, so that no id is broken."""
    labels = [shown(label) for label, _ in block.rows]
    width = max(map(width_of, labels), default=0)
    room = max(painter.terminal.width - width - len(GAP), _MIN_FOLD)
    for label, (key, value) in zip(labels, block.rows, strict=True):
        told = painter.linked(painter.styled(label, Tone.QUIET), shown(block.pages.get(key, "")))
        head = told + " " * (width - width_of(label))
        for line in fold(shown(value), room):
            yield f"{head}{GAP}{line}".rstrip()
            head = " " * width


def _counts(block: Counts, painter: Painter) -> Iterator[str]:
    """Key, count, bar and note beside each other, or a shorter line where keys are long ids."""
    key_width = max((width_of(shown(row.key)) for row in block.rows), default=0)
    if key_width + _COUNT_ROOM > painter.terminal.width:
        return _long_counts(block, painter)
    rows = [
        (
            Cell(shown(row.key), row.tone),
            Cell(shown(row.number)),
            Cell(_bar(row.count, block, painter)),
            Cell(shown(row.note)),
        )
        for row in block.rows
    ]
    columns = (GridColumn(), GridColumn(right=True), GridColumn(), GridColumn(folds=True))
    return painter.grid(columns, rows)


def _long_counts(block: Counts, painter: Painter) -> Iterator[str]:
    for row in block.rows:
        share = row.count / block.total if block.total else 0.0
        key = painter.styled(shown(row.key), row.tone)
        yield f"{row.number:>{_COUNT_WIDTH}}{GAP}{share:4.0%}{GAP}{key}"
        if row.note:
            yield from _folded(row.note, painter, Tone.PLAIN, GAP * 2)


def _bar(count: int, block: Counts, painter: Painter) -> str:
    share = count / block.total if block.total else 0.0
    filled = max(1, round(share * _BAR_WIDTH)) if count else 0
    full, empty = ("█", "·") if painter.terminal.unicode else ("#", ".")
    bar = f"{full * filled}{empty * (_BAR_WIDTH - filled)}"
    return bar if block.of_peak else f"{bar} {share:4.0%}"


def _cards(block: Cards, painter: Painter) -> Iterator[str]:
    flag_width = max((width_of(card.flag) for card in block.cards), default=0)
    for index, card in enumerate(block.cards):
        if index and not block.dense:
            yield ""
        yield from _card(card, flag_width, painter)


def _card(card: Card, flag_width: int, painter: Painter) -> Iterator[str]:
    indent = " " * flag_width + GAP
    flag = painter.styled(card.flag.ljust(flag_width), card.tone)
    yield flag + GAP + painter.styled(shown(card.title), Tone.HEADING)
    for line in card.lines:
        yield from _folded(line, painter, Tone.PLAIN, indent)
    for command in card.commands:
        yield _command(command, painter, indent)
    yield from _steps(card.steps, painter, indent)


def _steps(steps: Sequence[Step], painter: Painter, indent: str) -> Iterator[str]:
    for step in steps:
        if step.say:
            words = f"{step.say}:" if step.run else step.say
            yield from _folded(words, painter, Tone.PLAIN, indent)
        if step.run:
            yield _command(step.run, painter, indent)


def _commands(block: Commands, painter: Painter) -> Iterator[str]:
    for purpose, command in block.rows:
        if purpose:
            yield from _folded(purpose, painter, Tone.PLAIN, GAP)
        yield _command(command, painter, GAP * 2 if purpose else GAP)


def _command(command: str, painter: Painter, indent: str) -> str:
    """One command line, never folded: it is there to be copied."""
    return f"{indent}$ {painter.styled(shown(command), Tone.COMMAND)}"


def _folded(text: str, painter: Painter, tone: Tone, indent: str = "") -> Iterator[str]:
    """Lines folded between words; an id longer than the line sticks out rather than being cut."""
    room = max(painter.terminal.width - width_of(indent), _MIN_FOLD)
    for line in fold(shown(text), room):
        yield indent + painter.styled(line, tone)
