"""What a bundle holds, in the form in which a recorded account is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchdoctor.work.bundle.opened import Bundle

_REFUSED = "refused:"


@dataclass(slots=True)
class KeptContent:
    """What was kept of a file: its bytes from `start` on, its whole size, its other headers."""

    data: bytes
    start: int
    size: int
    headers: dict[str, str]


class BundleRecords:
    """The records of a bundle."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def documents(self, kind: str, *of: str) -> Sequence[Mapping[str, Any]] | None:
        """The documents of a list; None if it was not taken."""
        return self._bundle.documents(kind, *of)

    def missing(self, kind: str, *of: str) -> Collection[str]:
        """What of a list is not there."""
        part = self._bundle.part(kind, *of)
        return [] if part is None else part.missing

    def refusal(self, kind: str, *of: str) -> str | None:
        """The code with which the service refused a list or a file."""
        codes = [sort for sort in self.missing(kind, *of) if sort.startswith(_REFUSED)]
        return codes[0].removeprefix(_REFUSED) if codes else None

    def content(self, *of: str) -> KeptContent | None:
        """What was kept of a file; None if nothing was."""
        part = self._bundle.part("content", *of)
        if part is None:
            return None
        data = self._bundle.data(part)
        return KeptContent(data, part.start, part.size, dict(part.headers))
