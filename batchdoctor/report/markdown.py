"""A document as Markdown, as GitHub and Azure DevOps render it; foreign text stays text in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from batchdoctor.core.text.gate import shown
from batchdoctor.core.text.step import Step
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head_words import head_words
from batchdoctor.report.lane_text import lane_lines
from batchdoctor.report.machine import Write
from batchdoctor.report.page import (
    Block,
    Card,
    Cards,
    Chart,
    Column,
    Commands,
    Counts,
    Link,
    Note,
    Pairs,
    Rows,
    Steps,
    Verbatim,
)

# Everything that begins or ends something in Markdown, a mention or an address among it.
_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|<>~@$&^=-])")
_NUMBERED = re.compile(r"^(\s*\d+)([.)])")
# What would make a link by itself, though nothing marks it.
_ADDRESS = re.compile(r"((?:\b(?:https?|ftp|mailto):|\bwww\.)\S+)", re.IGNORECASE)
_FENCES = re.compile(r"`+")
_FEWEST = 3
# Columns that a picture of characters may take.
_PAGE = 80


def write_markdown(document: Document[Any], write: Write) -> Ending:
    """Where and when in one line, rows as a table, paragraphs as sections, the verdict last."""
    write(f"*{text('  '.join(head_words(document.head)))}*\n")
    if document.heading:
        write(f"\n## {text(document.heading)}\n")
    _write_rows(document, write)
    ending = document.ending()
    for problem in ending.problems:
        write(f"\n**not read:** {text(problem.subject)}: {text(problem.message)}\n")
    for block in ending.page:
        for line in block_lines(block):
            write(f"{line}\n")
    write(f"\n**{text(ending.verdict)}**\n")
    return ending


def text(words: str) -> str:
    """Words that mean themselves: no mark, link, mention or tag comes of them.

    An address stands as code, which no renderer makes a link of.
    """
    parts = _ADDRESS.split(shown(words))
    return "".join(
        code(part.replace("|", "%7C")) if number % 2 else _NUMBERED.sub(r"\1\\\2", _marked(part))
        for number, part in enumerate(parts)
    )


def _marked(words: str) -> str:
    return _MARKS.sub(r"\\\1", words)


def code(words: str) -> str:
    """Words in a code span, whatever backticks are in them; in a table no bar ends their cell."""
    plain = shown(words)
    fence = "`" * (max((len(run) for run in _FENCES.findall(plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") or not plain.strip() else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def fenced(lines: Sequence[str], language: str = "") -> Iterator[str]:
    """Lines in a block of code that nothing in them can end."""
    plain = [shown(line) for line in lines]
    longest = max((len(run) for line in plain for run in _FENCES.findall(line)), default=0)
    fence = "`" * max(_FEWEST, longest + 1)
    yield f"{fence}{language}"
    yield from plain
    yield fence


def _write_rows(document: Document[Any], write: Write) -> None:
    for number, line in enumerate(_row_lines(document.columns, document.items)):
        write(f"{line}\n" if number else f"\n{line}\n")


def _row_lines(columns: Sequence[Column[Any]], items: Iterable[Any]) -> Iterator[str]:
    """Lines of a table, none where there are no items; without columns the items only go by."""
    begun = False
    for item in items:
        if not columns:
            continue
        if not begun:
            begun = True
            yield f"| {' | '.join(text(column.title.strip() or ' ') for column in columns)} |"
            yield f"|{'|'.join('---:' if column.right else '---' for column in columns)}|"
        cells = (text(column.text_of(item)) for column in columns)
        yield f"| {' | '.join(cells)} |"


def block_lines(block: Block) -> Iterator[str]:
    """Lines of one block of a page, an empty one before it."""
    yield ""
    title = None if isinstance(block, Note | Link) else block.title
    if title:
        yield f"### {text(title)}"
        yield ""
    match block:
        case Pairs() | Counts():
            yield from _tally(block)
        case Cards():
            for card in block.cards:
                yield from _card(card)
        case Commands():
            yield from (f"- {code(line)} {text(what)}" for line, what in block.rows)
        case Steps():
            yield from _steps(block.steps)
        case Verbatim() | Chart() | Rows():
            yield from _drawn(block)
        case Note():
            yield text(block.text)
        case Link():
            yield text(block.address)


def _drawn(block: Verbatim | Chart | Rows) -> Iterator[str]:
    match block:
        case Verbatim():
            yield from fenced(block.lines)
        case Chart():
            yield from fenced(list(lane_lines(block.lanes, _PAGE, unicode=True)))
        case Rows():
            yield from _row_lines(block.columns, block.items)


def _tally(block: Pairs | Counts) -> Iterator[str]:
    if isinstance(block, Pairs):
        yield from ("| | |", "|---|---|")
        yield from (f"| {text(label)} | {text(value)} |" for label, value in block.rows)
        return
    yield from ("| | count | share | |", "|---|---:|---:|---|")
    for row in block.rows:
        share = f"{row.count / block.total:.0%}" if block.total else ""
        yield f"| {text(row.key)} | {text(row.number)} | {share} | {text(row.note)} |"


def _card(card: Card) -> Iterator[str]:
    yield f"#### {text(card.flag)} {text(card.title)}".rstrip()
    yield ""
    for line in card.lines:
        yield text(line)
        yield ""
    if card.commands:
        yield from fenced(card.commands, "sh")
        yield ""
    yield from _steps(card.steps)
    if card.steps:
        yield ""


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        said = text(step.say) if step.say else ""
        run = code(step.run) if step.run else ""
        yield f"- {': '.join(part for part in (said.rstrip('.') if run else said, run) if part)}"
