"""What a word means as an item of an answer."""

from __future__ import annotations

from batchdoctor.core.item import Item
from batchdoctor.core.meaning.about import About
from batchdoctor.core.meaning.explained import Explanation
from batchdoctor.core.meaning.kinds import Kind


class Meaning(Item, frozen=True, kw_only=True):
    """One meaning of one word; `kind` is None for a word that means nothing to us."""

    word: str
    kind: Kind | None
    name: str
    where: tuple[str, ...]
    known: bool
    meaning: str
    causes: tuple[str, ...]
    actions: tuple[str, ...]
    category: str | None
    service_category: str | None
    http_status: tuple[int, ...]
    retry: str | None
    retry_reason: str | None
    exit_code: int | None
    hex: str | None
    note: str | None
    page: str | None
    suggestions: tuple[str, ...]
    evidence: str | None
    about: About | None
    """What a message of a program says of the cause; null for what is none."""


class MeaningSummary(Item, frozen=True, kw_only=True):
    """How many meanings were found, and how many words have none."""

    meanings: int
    unknown: int


def meaning_of(found: Explanation) -> Meaning:
    """One explanation as an item."""
    return Meaning(
        word=found.word,
        kind=found.kind,
        name=found.name,
        where=found.where,
        known=found.known,
        meaning=found.meaning,
        causes=found.causes,
        actions=tuple(map(str, found.actions)),
        category=found.category,
        service_category=found.service_category,
        http_status=found.status,
        retry=found.retry,
        retry_reason=found.retry_reason,
        exit_code=found.exit_code,
        hex=found.hex,
        note=found.note,
        page=found.page,
        suggestions=found.suggestions,
        evidence=found.evidence,
        about=found.about,
    )
