"""The nodes that the user disabled, by the user's own journal of changes."""

from __future__ import annotations

from pathlib import Path

from batchdoctor.core.names import NodeName, same_id
from batchdoctor.errors import InputError
from batchdoctor.service.client import Client
from batchdoctor.work.changes.journal import disabled_by_me


def my_nodes(journal_folder: Path | None, client: Client, pool_id: str | None) -> list[NodeName]:
    """Nodes of the account, or of one pool, that this user disabled and did not enable since.

    Raises InputError for a journal that cannot be read.
    """
    try:
        written = disabled_by_me(journal_folder, client.account.host)
    except OSError as error:
        raise InputError(f"The journal of changes could not be read: {error.strerror}.") from error
    names = [NodeName(*text.split("/", 1)) for text in written if "/" in text]
    return [name for name in names if pool_id is None or same_id(pool_id, name.pool_id)]
