"""One meaning of a word, and what codes, exit codes, states and messages come to as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from batchdoctor.core.meaning.about import About
from batchdoctor.core.meaning.catalog import CatalogEntry
from batchdoctor.core.meaning.exit_codes import explain_exit_code
from batchdoctor.core.meaning.kinds import Kind
from batchdoctor.core.meaning.node_states import PAGE, StateMeaning
from batchdoctor.core.text.step import Step, run

if TYPE_CHECKING:
    from batchdoctor.core.meaning.message_entry import MessageEntry

_EXIT_CODE_PAGE = "https://learn.microsoft.com/azure/batch/error-handling"
_NO_MEANING = (
    "Every program has its own meaning for this number: its stderr and its manual know it."
)
_AGAIN = {
    "yes": "such trouble passes",
    "no": "the same comes again",
    "maybe": "it depends on whether the cause passes",
}


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One meaning of a word; `kind` is None for a word that means nothing to us."""

    word: str
    """As it was asked."""
    kind: Kind | None
    name: str
    """In the service's spelling."""
    where: tuple[str, ...] = ()
    meaning: str
    causes: tuple[str, ...] = ()
    actions: tuple[Step, ...] = ()
    category: str | None = None
    service_category: str | None = None
    status: tuple[int, ...] = ()
    retry: str | None = None
    retry_reason: str | None = None
    note: str | None = None
    page: str | None = None
    exit_code: int | None = None
    hex: str | None = None
    suggestions: tuple[str, ...] = msgspec.field(default=())
    evidence: str | None = None
    """The line of a longer text that the word was found in."""
    about: About | None = None
    """What a message of a program says of the cause."""

    @property
    def known(self) -> bool:
        """Whether the word means anything to us."""
        return self.kind is not None


def of_message(word: str, entry: MessageEntry) -> Explanation:
    """What programs mean by such words."""
    return Explanation(
        word=word,
        kind="message",
        name=entry.name,
        meaning=entry.means,
        actions=entry.steps,
        retry=entry.again.value,
        retry_reason=_AGAIN[entry.again.value],
        note=None if entry.sure.value == "certain" else f"It is {entry.sure.value}, not certain.",
        page=entry.source,
        about=entry.about,
    )


def of_code(word: str, entry: CatalogEntry) -> Explanation:
    """What a code of the service means."""
    return Explanation(
        word=word,
        kind="code",
        name=entry.code,
        where=tuple(place.value for place in entry.where),
        meaning=entry.meaning,
        causes=entry.causes,
        actions=entry.actions,
        category=entry.category.value if entry.category else None,
        service_category=entry.service,
        status=entry.status,
        retry=entry.retry.value,
        retry_reason=entry.why,
        note=entry.note,
        page=entry.page,
    )


def of_state(word: str, state: StateMeaning) -> Explanation:
    """What a state of a node means."""
    return Explanation(
        word=word,
        kind="nodeState",
        name=state.state,
        where=("node",),
        meaning=state.meaning,
        actions=state.actions,
        page=PAGE,
    )


def of_exit_code(word: str, number: int) -> Explanation:
    """What an exit code means, in any spelling of the number."""
    found = explain_exit_code(number)
    return Explanation(
        word=word,
        kind="exitCode",
        name=found.name or str(found.signed),
        where=("exitCode",),
        meaning=found.meaning or _NO_MEANING,
        actions=(run("batchdoctor tasks failed --by exit-code"),),
        page=_EXIT_CODE_PAGE,
        exit_code=found.signed,
        hex=found.hex,
    )
