"""The JSON document around the items: what every answer says of itself."""

from __future__ import annotations

from typing import Generic, TypeVar

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.item import Item, Moment
from batchdoctor.core.problem import Problem, ProblemKind

SCHEMA_VERSION = 1

SummaryT = TypeVar("SummaryT")
EachT = TypeVar("EachT")


class ProblemItem(Item, frozen=True, kw_only=True):
    """Something that was asked for and could not be read."""

    subject: str
    message: str
    kind: ProblemKind


class Envelope(Item, Generic[SummaryT, EachT], frozen=True, kw_only=True):
    """One document: a head, a summary, and the items.

    `complete` is false when anything that was asked for could not be read; `problems` says what.
    `span` is the time that was looked at, `checked` what was examined.
    """

    schema_version: int
    command: str
    account: str | None
    generated_at: Moment
    complete: bool
    problems: tuple[ProblemItem, ...]
    summary: SummaryT
    span: Span
    checked: tuple[Checked, ...]
    items: tuple[EachT, ...]


def problem_item(problem: Problem) -> ProblemItem:
    """A problem as a part of a document."""
    return ProblemItem(subject=problem.subject, message=problem.message, kind=problem.kind)
