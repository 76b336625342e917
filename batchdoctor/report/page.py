"""The parts that a page for people is made of, without how they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

from batchdoctor.core.pictures.lanes import Lanes
from batchdoctor.core.text.step import Step


class Tone(Enum):
    """How much a word should worry the reader; the word itself always says it too."""

    BAD = "bad"
    WARN = "warn"
    GOOD = "good"
    PLAIN = "plain"
    QUIET = "quiet"
    HEADING = "heading"
    COMMAND = "command"


RowT_contra = TypeVar("RowT_contra", contravariant=True)


class Column(msgspec.Struct, Generic[RowT_contra], frozen=True):
    """A column of a table of items.

    `text_of` makes the cell; `lead` columns share the first line when a row does not fit the
    terminal in one, the others go to an indented second line.
    """

    title: str
    text_of: Callable[[RowT_contra], str]
    lead: bool = True
    tone_of: Callable[[str], Tone] | None = None
    right: bool = False


class Prefixed(msgspec.Struct, frozen=True):
    """A line of somebody's file, neither folded nor cut, behind what says whose it is."""

    prefix: str
    text: str


class Pairs(msgspec.Struct, frozen=True):
    """Labels with a value each; a label may lead to a page that tells more."""

    rows: Sequence[tuple[str, str]]
    title: str | None = None
    pages: Mapping[str, str] = {}


class Count(msgspec.Struct, frozen=True):
    """One row of a tally: what was counted, how often, and what it means.

    `amount` says in words how much it is, where that is no plain number.
    """

    key: str
    count: int
    note: str = ""
    tone: Tone = Tone.PLAIN
    amount: str = ""

    @property
    def number(self) -> str:
        """How much it is, as people read it."""
        return self.amount or f"{self.count:,}"


class Counts(msgspec.Struct, frozen=True):
    """A tally with a bar for each row's share of `total`.

    With `of_peak` that is the largest row, so bars compare rows and are no shares of a whole.
    """

    title: str
    rows: Sequence[Count]
    total: int
    of_peak: bool = False


class Card(msgspec.Struct, frozen=True):
    """One thing worth a paragraph: a flag, its name, what is known of it, and what to type.

    `commands` are never wrapped or indented differently, so that they can be copied. `steps` come
    last and are sentences and command lines in an order that matters.
    """

    flag: str
    tone: Tone
    title: str
    lines: Sequence[str] = ()
    commands: Sequence[str] = ()
    steps: Sequence[Step] = ()


class Cards(msgspec.Struct, frozen=True):
    """Paragraphs below a title; `dense` ones follow each other without an empty line."""

    cards: Sequence[Card]
    title: str | None = None
    dense: bool = False


class Note(msgspec.Struct, frozen=True):
    """A sentence of its own."""

    text: str
    tone: Tone = Tone.PLAIN


class Link(msgspec.Struct, frozen=True):
    """The address of a page that tells more."""

    address: str


class Commands(msgspec.Struct, frozen=True):
    """Command lines to type next, each with what it is for."""

    title: str | None
    rows: Sequence[tuple[str, str]]


class Steps(msgspec.Struct, frozen=True):
    """What to do next, in order."""

    title: str
    steps: Sequence[Step]


class Verbatim(msgspec.Struct, frozen=True):
    """Lines of somebody's file below a title, neither folded nor cut."""

    title: str
    lines: Sequence[str]


class Rows(msgspec.Struct, frozen=True):
    """A table of items among the paragraphs, drawn as the rows of a document are."""

    columns: Sequence[Column[Any]]
    items: Sequence[Any]
    title: str | None = None


class Chart(msgspec.Struct, frozen=True):
    """What happened over time, in lanes below each other."""

    lanes: Lanes
    title: str | None = None


TitledBlock = Rows | Chart | Pairs | Counts | Cards | Commands | Steps | Verbatim
Block = TitledBlock | Note | Link
