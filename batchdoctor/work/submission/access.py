"""How the tasks of a job get into storage: by signatures of URLs, or as an identity of their pool.

https://learn.microsoft.com/rest/api/storageservices/create-service-sas
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs

import msgspec

from batchdoctor.core.names import folded
from batchdoctor.core.records.pool import PoolIdentity, UserIdentity
from batchdoctor.core.text.times import utc_text
from batchdoctor.errors import UsageError
from batchdoctor.events.blobs import Address

# What a signature has to allow: to read and list logs; to write the counts too.
READ = "rl"
WRITE = "rwl"
_RIGHTS = {"r": "read", "w": "write", "l": "list"}


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """What lets the tasks in; `told` says it of each URL, in words and without a secret."""

    signed: tuple[Address, ...] = ()
    identity: UserIdentity | None = None
    told: tuple[str, ...] = ()

    @property
    def secrets(self) -> str:
        """The signed URLs, parted by blanks."""
        return " ".join(address.signed_url for address in self.signed)


def access_to(
    wanted: Sequence[tuple[Address, str]],
    identity: PoolIdentity | None,
    chosen: str | None,
    now: datetime,
) -> Access:
    """Work out what lets tasks into some addresses, each with the rights that it needs.

    A URL's own signature comes first; then the identity of the pool that is `chosen` by its
    resource id or client id, or the only one there is. Raises UsageError where there is none, or
    a signature is over or allows too little.
    """
    unsigned = next((address for address, _ in wanted if not address.signature), None)
    found = _identity(unsigned, identity, chosen) if unsigned or chosen else None
    told = []
    for address, rights in wanted:
        if address.signature:
            told.append(f"by its signature{_checked(address, rights, now)}")
        else:
            told.append(f"as the pool's identity {found.name if found else ''}".rstrip())
    return Access(
        signed=tuple(address for address, _ in wanted if address.signature),
        identity=found,
        told=tuple(told),
    )


def _checked(address: Address, rights: str, now: datetime) -> str:
    """Until when a signature is good, in words. Raises UsageError."""
    values = {name: found[0] for name, found in parse_qs(address.signature).items()}
    allowed = values.get("sp")
    missing = [_RIGHTS[right] for right in rights if allowed and right not in allowed]
    if missing:
        raise UsageError(
            f"The signature of {address.name} does not allow to {' and '.join(missing)}.",
            hint=f"az storage container generate-sas --permissions {rights}",
        )
    until = _moment(values.get("se"))
    if until is None:
        return ""
    if until <= now:
        raise UsageError(
            f"The signature of {address.name} ended at {utc_text(until)}.",
            hint="az storage container generate-sas makes a new one",
        )
    return f", good until {utc_text(until)}"


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _identity(
    address: Address | None, identity: PoolIdentity | None, chosen: str | None
) -> UserIdentity:
    """The identity of the pool that tasks are to be, for the sake of an address. UsageError."""
    known = (identity.user_assigned_identities if identity else None) or []
    fitting = [each for each in known if chosen is None or _is_named(each, chosen)]
    if len(fitting) == 1:
        return fitting[0]
    if chosen is not None:
        raise UsageError(
            f"The pool has no identity {chosen}.",
            hint="those that it has: " + (", ".join(each.name for each in known) or "none"),
        )
    if not known and address is not None:
        raise UsageError(
            f"Nothing would let the tasks into {address.name}: its URL has no signature, and the"
            " pool has no identity.",
            hint="add a signature to the URL, or a user-assigned identity to the pool",
        )
    raise UsageError(
        "The pool has several identities.",
        hint="--identity ID, one of: " + ", ".join(each.name for each in known),
    )


def _is_named(identity: UserIdentity, chosen: str) -> bool:
    names = (identity.resource_id, identity.client_id, identity.name)
    return folded(chosen) in {folded(name) for name in names if name}
