"""Changes of which nobody saw the end: told when their object is met again."""

from __future__ import annotations

from collections.abc import Iterable

from batchdoctor.core.names import folded
from batchdoctor.core.text.wording import plural
from batchdoctor.work.changes.journal import Journal, entries

_MOST_TOLD = 5


def tell_unended(journal: Journal, objects: Iterable[str]) -> None:
    """Note which of these objects, `POOL/NODE` or `JOB/TASK`, a last change was lost sight of.

    Its program was ended, or its answer lost. A journal that cannot be read says nothing here:
    whoever has to write to it refuses.
    """
    wanted, last = {folded(name) for name in objects}, {}
    try:
        for entry in entries(journal.folder, journal.account):
            if (name := folded(str(entry.get("object")))) in wanted:
                last[name] = entry
    except OSError:
        return
    lost = [entry for entry in last.values() if entry.get("result") == "unknown"]
    for entry in lost[:_MOST_TOLD]:
        kept = "; the journal has what it erased" if entry.get("erased") else ""
        journal.outside.note(
            f"note: whether {entry.get('action')} of {entry.get('object')} at {entry.get('time')} "
            f"was carried out is not known, because its end was not seen{kept}"
        )
    if len(lost) > _MOST_TOLD:
        journal.outside.note(f"note: nor is it of {plural(len(lost) - _MOST_TOLD, 'other object')}")
