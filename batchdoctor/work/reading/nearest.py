"""What was meant by an id that does not exist: the nearest one that does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice

from batchdoctor.core.names import folded
from batchdoctor.core.records import same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.errors import BatchdoctorError, NotFoundError
from batchdoctor.service.client import Client

# Ids that are compared: five pages, and a tenth of a second.
_MOST = 5000
_ALIKE = 0.6
_BEGINS_ALIKE = 0.75


def with_nearest(error: NotFoundError, client: Client) -> NotFoundError:
    """The same error, its hint with the nearest id that exists, or with the list to look at."""
    kinds = {"JobNotFound": "jobs", "PoolNotFound": "pools"}
    kind = next((noun for code, noun in kinds.items() if same(error.code, code)), None)
    if not error.asked or not (kind or _is_below(error)):
        return error
    try:
        meant = _nearest(client, error, kind)
    except BatchdoctorError:
        meant = None
    look = _listing(error, kind)
    hint = f"did you mean {meant}? What there is: {look}" if meant else look
    told = NotFoundError(error.message, hint=hint, code=error.code, request_id=error.request_id)
    told.asked = error.asked
    return told


def nearest_node(client: Client, node_id: str, pools: Sequence[str]) -> str | None:
    """The node of these pools, as `POOL/NODE`, whose id is nearest to this one."""
    try:
        nodes = islice(
            ((node, pool) for pool in pools for node in client.ids("pools", pool, "nodes")), _MOST
        )
        places = dict(nodes)
    except BatchdoctorError:
        return None
    found = _alike(node_id, iter(places))
    return f"{places[found]}/{found}" if found else None


def _is_below(error: NotFoundError) -> bool:
    return any(same(error.code, code) for code in ("TaskNotFound", "NodeNotFound"))


def _nearest(client: Client, error: NotFoundError, kind: str | None) -> str | None:
    owner, own = error.asked[0], error.asked[-1]
    if kind:
        return _alike(owner, client.ids(kind))
    is_task = same(error.code, "TaskNotFound")
    below = ("jobs", owner, "tasks") if is_task else ("pools", owner, "nodes")
    found = _alike(own, client.ids(*below))
    return f"{owner}/{found}" if found else None


def _alike(an_id: str, ids: Iterator[str]) -> str | None:
    wanted = folded(an_id)
    spellings = {folded(each): each for each in islice(ids, _MOST)}
    # Who knows the beginning only does not type the date behind it.
    beginnings = {each[: len(wanted) + 1]: own for each, own in spellings.items()}
    for known, cutoff in ((spellings, _ALIKE), (beginnings, _BEGINS_ALIKE)):
        if found := get_close_matches(wanted, known, 1, cutoff):
            return known[found[0]]
    return None


def _listing(error: NotFoundError, kind: str | None) -> str:
    if kind:
        return command_line(kind, "list")
    if same(error.code, "TaskNotFound"):
        return command_line("tasks", "list", job=error.asked[0])
    return command_line("nodes", "list", pool=error.asked[0])
