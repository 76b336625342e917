"""A transport without a wire: answers come from what was recorded of an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from batchdoctor.errors import UsageError
from batchdoctor.service.account import Account
from batchdoctor.service.faults import fault_of_answer
from batchdoctor.service.transport import Request, Stream, Transport

_READS = {"GET", "HEAD"}


class Recorded(NamedTuple):
    """An answer as the service would have given it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ReplayedTransport(Transport):
    """Gives recorded answers; `answer` is told method, path, query and headers of a request.

    `taken_from` is what they come from, in words; `closing` is called when it is closed.
    """

    def __init__(
        self,
        account: Account,
        answer: Callable[[str, str, dict[str, str], dict[str, str]], Recorded],
        taken_from: str,
        closing: Callable[[], None],
    ) -> None:
        super().__init__(account)
        self._closing = closing
        self._answer = answer
        self._taken_from = taken_from

    def open(self, request: Request, limit: float) -> Stream:  # noqa: ARG002
        """Answer a request; raises `Fault` for a refusal, and UsageError for a change.

        It takes no time, so `limit` is of no use here.
        """
        if request.method not in _READS:
            raise UsageError(
                f"Nothing was changed: the answers come from {self._taken_from}, not from the"
                " account.",
                hint="leave out --from, and BATCHDOCTOR_FROM, to change the account itself",
            )
        self.sent += 1
        found = self._answer(
            request.method, request.target, dict(request.query or {}), dict(request.headers or {})
        )
        if not 200 <= found.status < 300:  # noqa: PLR2004 - HTTP
            now = datetime.now(UTC)
            raise fault_of_answer(found.status, found.headers, found.body, now=now)
        return _Kept(found)

    def close(self) -> None:
        """Close what was recorded, too."""
        super().close()
        self._closing()


class _Kept(Stream):
    """An answer that is there already."""

    def __init__(self, found: Recorded) -> None:
        self.status = found.status
        self.headers = found.headers
        self._left = found.body

    def read(self) -> bytes:
        """Return everything, and then nothing."""
        left, self._left = self._left, b""
        return left

    def close(self) -> None:
        """There is no connection to give back."""
