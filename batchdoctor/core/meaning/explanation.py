"""What a word from an error message means: a code, an exit code or the state of a node."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal

import msgspec

from batchdoctor.core.meaning.catalog import CatalogEntry, load_catalog
from batchdoctor.core.meaning.exit_codes import (
    NTSTATUS,
    SIGNALS,
    explain_exit_code,
    parse_exit_code,
)
from batchdoctor.core.meaning.node_states import NODE_STATES, PAGE, StateMeaning, node_state_meaning

Kind = Literal["code", "exitCode", "nodeState"]

_EXIT_CODE_PAGE = "https://learn.microsoft.com/azure/batch/error-handling"
_NO_MEANING = (
    "Every program has its own meaning for this number: its stderr and its manual know it."
)
_MOST_SUGGESTIONS = 3


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
    actions: tuple[str, ...] = ()
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

    @property
    def known(self) -> bool:
        """Whether the word means anything to us."""
        return self.kind is not None


def explain(word: str) -> tuple[Explanation, ...]:
    """Every meaning of a word, in any case; one that says so for a word without any.

    A word may be a code of the service, an exit code in any spelling, the name of a signal or of an
    NTSTATUS value, or the state of a node.
    """
    found = (*_codes(word), *_states(word), *_exit_codes(word))
    return found or (_unknown(word),)


def every_explanation() -> Iterator[Explanation]:
    """All codes of the service and all states of nodes; of exit codes those with a meaning."""
    for entry in load_catalog():
        yield _of_entry(entry.code, entry)
    for state in NODE_STATES:
        yield _of_state(state.state, state)
    for number in NTSTATUS:
        yield _of_exit_code(f"0x{number:08X}", number)
    for signal in SIGNALS:
        yield _of_exit_code(str(-signal), -signal)


def _codes(word: str) -> tuple[Explanation, ...]:
    return tuple(_of_entry(word, entry) for entry in load_catalog().entries(word))


def _of_entry(word: str, entry: CatalogEntry) -> Explanation:
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


def _states(word: str) -> tuple[Explanation, ...]:
    state = node_state_meaning(word)
    return (_of_state(word, state),) if state else ()


def _of_state(word: str, state: StateMeaning) -> Explanation:
    return Explanation(
        word=word,
        kind="nodeState",
        name=state.state,
        where=("node",),
        meaning=state.meaning,
        actions=state.actions,
        page=PAGE,
    )


def _exit_codes(word: str) -> tuple[Explanation, ...]:
    number = parse_exit_code(word)
    if number is None:
        number = _by_name(word)
    return () if number is None else (_of_exit_code(word, number),)


def _by_name(word: str) -> int | None:
    """The exit code that carries a name such as `SIGKILL` or `STATUS_DLL_NOT_FOUND`."""
    wanted = word.upper()
    for value, (name, _) in NTSTATUS.items():
        if name.upper() in {wanted, f"STATUS_{wanted}"}:
            return explain_exit_code(value).signed
    return next((-number for number, (name, _) in SIGNALS.items() if name == wanted), None)


def _of_exit_code(word: str, number: int) -> Explanation:
    found = explain_exit_code(number)
    return Explanation(
        word=word,
        kind="exitCode",
        name=found.name or str(found.signed),
        where=("exitCode",),
        meaning=found.meaning or _NO_MEANING,
        actions=("batchdoctor tasks failed --by exit-code",),
        page=_EXIT_CODE_PAGE,
        exit_code=found.signed,
        hex=found.hex,
    )


def _unknown(word: str) -> Explanation:
    return Explanation(
        word=word,
        kind=None,
        name=word,
        meaning="This is in no list of batchdoctor's; the service's own message is all there is.",
        suggestions=_near(word),
    )


def _near(word: str) -> tuple[str, ...]:
    states = {state.state.lower(): state.state for state in NODE_STATES}
    close = get_close_matches(word.lower(), states, n=_MOST_SUGGESTIONS, cutoff=0.7)
    return (*load_catalog().near(word), *(states[each] for each in close))[:_MOST_SUGGESTIONS]
