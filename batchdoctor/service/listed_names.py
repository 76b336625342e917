"""Which names listings had, so that they can be offered to whoever types the next command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

# Names kept of each kind; nobody chooses among more of them.
MOST = 500
_KINDS = frozenset({"jobs", "pools", "nodes", "tasks"})


class ListedNames:
    """The first names of each kind, in their order: `JOB`, `POOL`, `POOL/NODE`, `JOB/TASK`.

    Threads may share it.
    """

    def __init__(self) -> None:
        self._found: dict[str, dict[str, None]] = {}

    @property
    def found(self) -> Mapping[str, Sequence[str]]:
        """Names by kind: `jobs`, `pools`, `nodes`, `tasks`."""
        return {kind: list(names) for kind, names in self._found.items()}

    def see(self, target: str, page: Sequence[Any]) -> None:
        """Keep the names of a page of the listing at `target`, an escaped path."""
        *owners, kind = target.strip("/").split("/")
        names = self._found.setdefault(kind, {}) if kind in _KINDS else None
        if names is None or len(names) >= MOST:
            return
        owner = f"{unquote(owners[-1])}/" if owners else ""
        for record in page[: MOST - len(names)]:
            names[f"{owner}{record.id}"] = None
