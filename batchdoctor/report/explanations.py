"""Explanations of codes as a document: an item for each meaning, and a page for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from batchdoctor.core.meaning.explained import Explanation
from batchdoctor.core.meaning.item import Meaning, MeaningSummary, meaning_of
from batchdoctor.core.meaning.kinds import ListedKind
from batchdoctor.core.meaning.listed import place_of
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Link, Pairs

_PLACES = {
    "task": "task",
    "startTask": "start task",
    "preparation": "job preparation task",
    "job": "job",
    "node": "node",
    "resize": "pool resize",
    "autoscale": "autoscale",
    "rest": "the REST interface",
    "exitCode": "exit code",
    "message": "words of programs",
}
_TITLES = {"code": "code of", "exitCode": "", "nodeState": "state of"}
_RETRIES = {
    "yes": "Doing it again unchanged can help",
    "no": "Doing it again unchanged does not help",
    "maybe": "Doing it again unchanged may help",
}


class Explanations(msgspec.Struct):
    """The answer of `explain`; a list of some `kinds` has a line for each instead of a page."""

    head: Head
    found: Iterable[Explanation]
    brief: bool = False
    kinds: Sequence[ListedKind] = ()
    shown: list[Explanation] = msgspec.field(default_factory=list)

    def document(self) -> Document[Meaning]:
        """Every meaning as an item."""
        return Document(
            head=self.head,
            item_type=Meaning,
            items=self._items(),
            ending=self._ending,
            name_of=lambda item: item.name,
        )

    def _items(self) -> Iterator[Meaning]:
        for found in self.found:
            self.shown.append(found)
            yield meaning_of(found)

    def _ending(self) -> Ending:
        known = sum(found.known for found in self.shown)
        page = (
            catalog_blocks(self.shown, self.kinds) if self.brief else explanation_blocks(self.shown)
        )
        return Ending(
            summary=MeaningSummary(meanings=known, unknown=len(self.shown) - known),
            problems=(),
            page=page,
            verdict=self._verdict(known),
        )

    def _verdict(self, known: int) -> str:
        unknown = len(self.shown) - known
        if self.brief:
            return f"{plural(known, 'entry')}."
        if len(self.shown) > 1:
            return f"{plural(known, 'meaning')}{f', {unknown} unknown' if unknown else ''}."
        only = self.shown[0]
        if not only.known:
            told = "Nothing in it is known" if " " in only.word else f"{only.word} is not known"
            return f"{told}.{_did_you_mean(only)}"
        if only.retry:
            return f"{_RETRIES[only.retry]}."
        return f"{only.name} is {_kind_text(only)}."


def _did_you_mean(found: Explanation) -> str:
    return f" Did you mean {' or '.join(found.suggestions)}?" if found.suggestions else ""


def _kind_text(found: Explanation) -> str:
    if found.kind == "exitCode":
        return f"an exit code ({found.exit_code}, {found.hex})"
    return "a state of nodes"


def explanation_blocks(explanations: Sequence[Explanation]) -> Sequence[Block]:
    """Each meaning with its causes and what to do, in full."""
    blocks: list[Block] = []
    for found in explanations:
        blocks.append(Pairs(list(_rows(found)), _title(found)))
        if found.page:
            blocks.append(Link(found.page))
    return blocks


def _title(found: Explanation) -> str:
    if not found.known:
        return f"{found.word}  (unknown)"
    if found.kind == "exitCode":
        spelled = [str(found.exit_code), str(found.hex)]
        name = [found.name] if found.name not in spelled else []
        return f"exit code {'  '.join([*spelled, *name])}"
    if found.kind == "message":
        return f"{found.name}  (message of programs)"
    places = ", ".join(_PLACES[place] for place in found.where)
    return f"{found.name}  ({_TITLES[str(found.kind)]} {places})"


def _rows(found: Explanation) -> Iterator[tuple[str, str]]:
    if found.evidence and found.evidence != found.word:
        yield "in", found.evidence
    yield "means", found.meaning
    if found.about:
        yield "about", found.about.value
    if found.suggestions:
        yield "perhaps", ", ".join(found.suggestions)
    if found.category:
        blamed = f", {found.service_category} to the service" if found.service_category else ""
        yield "category", f"{found.category}{blamed}"
    if found.status:
        yield "HTTP", ", ".join(map(str, found.status))
    for label, texts in (("because", found.causes), ("do", [str(step) for step in found.actions])):
        for number, text in enumerate(texts, start=1):
            yield label if number == 1 else "", f"{number}. {text}"
    if found.retry:
        yield "again?", f"{found.retry}: {found.retry_reason}"
    if found.note:
        yield "note", found.note


def catalog_blocks(
    explanations: Sequence[Explanation], kinds: Sequence[ListedKind] = ()
) -> Sequence[Block]:
    """One line for each meaning, by the place where it occurs, of those asked for."""
    groups: dict[str, list[tuple[str, str]]] = {}
    pages: dict[str, str] = {}
    for found in explanations:
        title = _PLACES[place_of(found, kinds) or found.where[0]].capitalize()
        if found.kind == "nodeState":
            title = "State of a node"
        label = found.hex if found.kind == "exitCode" and found.where else None
        name = f"{label} {found.name}" if label and label != found.name else found.name
        groups.setdefault(title, []).append((name, found.meaning))
        if found.page:
            pages[name] = found.page
    return [Pairs(rows, title, pages) for title, rows in groups.items()]
