"""A listing page by page: nothing lost, nothing twice, and 8 bytes kept for each record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import msgspec

from batchdoctor.errors import UnreachableError
from batchdoctor.service.faults import Fault, fault_of_body
from batchdoctor.service.link import ForeignLinkError, OddLinkError, target_of
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.seen import Seen
from batchdoctor.service.transport import Request, Transport

RecordType = TypeVar("RecordType")
# How the service says that it no longer knows the place in the list that a link names.
STALE_LINK = frozenset({400, 404, 410})


class Page(msgspec.Struct, Generic[RecordType], gc=False):
    """One page as the service sends it."""

    value: list[RecordType]
    next_link: str | None = msgspec.field(default=None, name="odata.nextLink")


class Listing(Generic[RecordType]):
    """One walk through a listing. A page is the unit of retry.

    Args:
        operation: what the listing does, for messages ("list the jobs").
        identity: what tells two records apart.
        notice: told in words of what the reader should know: records that came twice, a restart.
        strict: whether a number in quotes is a wrong answer; sizes of files come like that.

    """

    def __init__(
        self,
        transport: Transport,
        retry: RetryPolicy,
        record: type[RecordType],
        *,
        operation: str,
        identity: Callable[[RecordType], str],
        notice: Callable[[str], None],
        strict: bool = True,
    ) -> None:
        self._transport = transport
        self._retry = retry
        page: Any = Page[record]  # type: ignore[valid-type]  # a type that is a value here
        self._decoder: msgspec.json.Decoder[Page[RecordType]]
        self._decoder = msgspec.json.Decoder(page, strict=strict)
        self._operation = operation
        self._identity = identity
        self._notice = notice
        self._seen = Seen()

    def walk(self, target: str, query: dict[str, str]) -> Iterator[list[RecordType]]:
        """Yield the records of each page, those left out that were there before.

        Raises an error of ours; what was yielded before it stays good.
        """
        try:
            yield from self._pages(Request("GET", target, query))
        except _StaleLinkError:
            # The service forgot our place, so the list is read again, once, without repeats.
            self._notice(f"The service could not go on to {self._operation}; started again.")
            self._seen.start_again()
            try:
                yield from self._pages(Request("GET", target, query))
            except _StaleLinkError as stale:
                raise UnreachableError(
                    f"Could not {self._operation} to the end: the service refused to go on for "
                    f"the second time: {stale.fault.why}.",
                    code=stale.fault.code,
                    request_id=stale.fault.request_id,
                ) from stale.fault
        if self._seen.repeated:
            self._notice(
                f"{self._seen.repeated} records came twice while the list changed "
                f"({self._operation}); they are counted once."
            )

    def _pages(self, request: Request) -> Iterator[list[RecordType]]:
        links: set[int] = set()
        while True:
            page = self._fetch(request, first=not links)
            yield self._seen.new_ones(page.value, self._identity)
            if not page.next_link:
                return
            link = self._checked(page.next_link)
            if hash(link) in links:
                raise UnreachableError(
                    f"Could not {self._operation} to the end: the service's link to the next page "
                    "leads back to a page already read."
                )
            links.add(hash(link))
            request = Request("GET", link)

    def _fetch(self, request: Request, *, first: bool) -> Page[RecordType]:
        def attempt(limit: float) -> Page[RecordType]:
            try:
                answer = self._transport.exchange(request, limit)
            except Fault as fault:
                if not first and fault.status in STALE_LINK:
                    raise _StaleLinkError(fault) from fault
                raise
            return decode(self._decoder, answer.body)

        return self._retry.run(self._operation, attempt)

    def _checked(self, link: str) -> str:
        """Return a link's path and query verbatim: the SDK would turn its `+` into a space.

        It is followed with our signature, so only the account's own origin is ever put before it.
        """
        account = self._transport.account
        try:
            return target_of(link, account.endpoint)
        except ForeignLinkError:
            why = f"leads away from {account.host}, and no credential is sent there"
        except OddLinkError:
            why = "is none that can be followed"
        raise UnreachableError(
            f"Could not {self._operation} to the end: the link to the next page {why}."
        )


class _StaleLinkError(Exception):
    """The service refused the link to a next page."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.fault = fault


DecodedType = TypeVar("DecodedType")


def decode(decoder: msgspec.json.Decoder[DecodedType], body: bytes) -> DecodedType:
    """Decode an answer; raises a `Fault` worth a retry when it is not what it should be."""
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fault_of_body(body, str(error)) from error
