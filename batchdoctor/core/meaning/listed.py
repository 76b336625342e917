"""All that can be explained, or what of it is of some kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from batchdoctor.core.meaning.catalog import load_catalog
from batchdoctor.core.meaning.exit_codes import SIGNALS
from batchdoctor.core.meaning.explained import (
    Explanation,
    of_code,
    of_exit_code,
    of_message,
    of_state,
)
from batchdoctor.core.meaning.explanation import Known
from batchdoctor.core.meaning.kinds import ListedKind
from batchdoctor.core.meaning.node_states import NODE_STATES
from batchdoctor.core.meaning.windows_codes import HRESULTS, NTSTATUS

# As the catalog spells them.
_PLACES = {
    kind: {ListedKind.START_TASK: "startTask", ListedKind.EXIT_CODE: "exitCode"}.get(
        kind, kind.value
    )
    for kind in ListedKind
}


def every_explanation(messages: Known, kinds: Collection[ListedKind] = ()) -> Iterator[Explanation]:
    """All codes, states and messages, or some kinds of them; exit codes that have a meaning."""
    return (found for found in _every(messages) if place_of(found, kinds))


def place_of(found: Explanation, kinds: Collection[ListedKind] = ()) -> str | None:
    """The first of its places that is asked for, as the catalog spells it; None if none is."""
    wanted = {_PLACES[kind] for kind in kinds or ListedKind}
    return next((place for place in found.where or ("message",) if place in wanted), None)


def _every(messages: Known) -> Iterator[Explanation]:
    for entry in load_catalog():
        yield of_code(entry.code, entry)
    for state in NODE_STATES:
        yield of_state(state.state, state)
    for number in (*NTSTATUS, *HRESULTS):
        yield of_exit_code(f"0x{number:08X}", number)
    for signal in SIGNALS:
        yield of_exit_code(str(-signal), -signal)
    for message in messages():
        yield of_message(message.name, message)
