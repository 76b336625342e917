"""What a handler is given, and the replies that many handlers share: one item, or a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.clock import entity_tag, header_time
from batchdoctor.sandbox.protocol.filter import Filterable, parse_filter
from batchdoctor.sandbox.protocol.paging import Listing, take_page
from batchdoctor.sandbox.protocol.refusals import ServiceError
from batchdoctor.sandbox.wire.messages import Reply, Request, json_reply

_ENTITIES = "Microsoft.Azure.Batch.Protocol.Entities"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a sandbox can be asked to do differently."""

    secret: bytes
    page_size: int = 1000
    range_status: int = 200


@dataclass(frozen=True, slots=True)
class Pager:
    """Writes the page of a listing that a request asks for."""

    request: Request
    url: str
    settings: Settings

    def page(
        self,
        kind: str,
        items: Sequence[Any],
        write: Callable[[Any], Any],
        table: Mapping[str, Filterable] | None = None,
        *,
        breaks_off: bool = False,
    ) -> Reply:
        """Return one page; `write` gives an item as a document or as JSON text.

        A list that `breaks_off` goes on after its last item, and what follows is refused.
        """
        request, url, settings = self.request, self.url, self.settings
        text = request.query.get("$filter")
        matches = parse_filter(text, table) if text is not None and table is not None else None
        listing = Listing(url, request.path, request.query, settings.secret, settings.page_size)
        page, link = take_page(items, listing, matches)
        if breaks_off and link is None:
            if not page:
                # A status that no client takes for a link that has grown old.
                raise ServiceError("NotRecorded", status=HTTPStatus.CONFLICT)
            link = listing.link(page[-1].seq)
        written = (write(item) for item in page)
        texts = [item if isinstance(item, str) else json.dumps(item) for item in written]
        head = f'{{"odata.metadata":"{url}/$metadata#{kind}","value":['
        tail = f',"odata.nextLink":{json.dumps(link)}}}' if link else "}"
        return json_reply(f"{head}{','.join(texts)}]{tail}".encode())


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way to a handler: `names` are the decoded parts of the path."""

    request: Request
    names: Mapping[str, str]
    store: Store
    settings: Settings

    @property
    def select(self) -> str | None:
        """The `$select` option as it was sent."""
        return self.request.query.get("$select")

    def page(
        self,
        kind: str,
        items: Sequence[Any],
        write: Callable[[Any], Any],
        table: Mapping[str, Filterable] | None = None,
    ) -> Reply:
        """Return one page of a listing; `write` gives an item as a document or as JSON text."""
        return Pager(self.request, self.store.url, self.settings).page(kind, items, write, table)

    def item(self, kind: str, document: Mapping[str, Any], modified: int | None = None) -> Reply:
        """Return one item; with the time of its last change, its tag goes into the headers."""
        metadata = f"{self.store.url}/$metadata#{kind}/@Element"
        return json_reply(
            {"odata.metadata": metadata, **document}, headers=version_headers(modified)
        )

    def answer(self, kind: str, document: Mapping[str, Any]) -> Reply:
        """Return what an operation found out, which is no item of a list."""
        metadata = f"{self.store.url}/$metadata#{_ENTITIES}.{kind}"
        return json_reply({"odata.metadata": metadata, **document})

    def done(self, status: int, modified: int | None = None) -> Reply:
        """Return the empty answer to a change."""
        address = self.store.url + self.request.path
        return Reply(status, headers={"DataServiceId": address, **version_headers(modified)})


def version_headers(modified: int | None) -> dict[str, str]:
    """Return the entity tag and the time of the last change, as headers."""
    if modified is None:
        return {}
    return {"ETag": entity_tag(modified), "Last-Modified": header_time(modified)}
