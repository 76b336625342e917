"""Reads from the user's own journal what was done about what is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.deeds import Deed, acknowledged
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.names import folded
from batchdoctor.work.changes.journal import Journal, entries

_NOT_DONE = {"failed", "planned", "already"}


def with_deeds(
    journal: Journal, findings: Sequence[Finding], pools: Iterable[PoolFacts], at: datetime
) -> list[Finding]:
    """The same findings; those that this user acted on say so."""
    nodes = {
        (folded(facts.pool.id), folded(node.id)): node
        for facts in pools
        for node in facts.nodes or ()
    }
    return acknowledged(findings, list(deeds_of(journal)), nodes, at)


def deeds_of(journal: Journal) -> Iterator[Deed]:
    """What this user did to the account, oldest first; a journal that cannot be read has none."""
    try:
        for entry in entries(journal.folder, journal.account):
            name, time = str(entry.get("object")), _moment(entry.get("time"))
            if "/" in name and time and entry.get("result") not in _NOT_DONE:
                owner, own = name.split("/", 1)
                yield Deed(owner, own, str(entry.get("action")), time)
    except OSError as error:
        journal.outside.note(f"warning: the journal of changes: {error.strerror}")


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
