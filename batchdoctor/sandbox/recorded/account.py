"""Answers reads from recorded documents, with the filters, selections and pages of the service.

Nothing goes over a wire and nothing is signed: whoever holds the records may read them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from batchdoctor.sandbox.api import filterable
from batchdoctor.sandbox.api.call import Pager, Settings
from batchdoctor.sandbox.api.query import FILES, ITEM, LIST, Route, find_route
from batchdoctor.sandbox.clock import parse_wire_time, ticks, utc_now, wire_time
from batchdoctor.sandbox.protocol.filter import Filterable, Kind, parse_filter
from batchdoctor.sandbox.protocol.refusals import ServiceError, is_known, refusal_reply
from batchdoctor.sandbox.protocol.select import parse_select, prune
from batchdoctor.sandbox.recorded.content import content_reply
from batchdoctor.sandbox.recorded.records import Document, Records
from batchdoctor.sandbox.wire.envelope import Stamp
from batchdoctor.sandbox.wire.messages import Reply, Request, json_reply

# What an account says of something that is not there; of what was not looked at, NotRecorded.
_MISSING = {"pools": "PoolNotFound", "jobs": "JobNotFound"}
_MISSING |= {"nodes": "NodeNotFound", "tasks": "TaskNotFound"}
# What a failure is told from: of tasks that succeeded no more is recorded.
_ENDING = frozenset({"id", "state", "executionInfo", "nodeInfo", "constraints", "commandLine"})
_LONG_AFTER = "9999-01-01T00:00:00Z"
# A document like those that are missing; a list that lacks any other sort may lack anything.
_PROBES: dict[str, Document] = {
    "failed": {
        "state": "completed",
        "executionInfo": {"result": "failure", "endTime": _LONG_AFTER},
    },
    "succeeded": {
        "state": "completed",
        "executionInfo": {"result": "success", "endTime": _LONG_AFTER},
    },
    "active": {"state": "active"},
    "running": {"state": "running"},
}
_ENDED_BEFORE = "ended-before:"
_COUNTED = {"maxresults", "$skiptoken", "$filter"}


class _Item(NamedTuple):
    """A document of a list; lists are cut into pages by `seq`."""

    seq: int
    document: Document


class _Any(frozenset[str]):
    """Names of members, of which no record is the authority: all of them."""

    def __contains__(self, name: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class _Call:
    request: Request
    names: dict[str, str]
    records: Records
    pager: Pager

    def documents(self, kind: str, *of: str) -> Sequence[Document]:
        """A list. Raises ServiceError for one that was not recorded, or that was refused."""
        refused = self.records.refusal(kind, *of)
        if refused is not None:
            raise refusal(refused)
        found = self.records.documents(kind, *of)
        if found is None:
            raise ServiceError("NotRecorded")
        return found

    @property
    def selected(self) -> Collection[str]:
        """The members that are asked for; one that no document has where all are."""
        selection = parse_select(self.request.query.get("$select"), _Any())
        return {"*"} if selection is None else selection.keys()

    def select(self, document: Document) -> Document:
        return prune(document, parse_select(self.request.query.get("$select"), _Any()))


class RecordedAccount:
    """An account in the state in which it was recorded, at the address that it had then."""

    def __init__(self, records: Records, url: str) -> None:
        self._records = records
        self._url = url
        # Tokens of pages need a secret, and the same question the same answer.
        self._settings = Settings(hashlib.sha256(url.encode()).digest())

    def answer(
        self, method: str, target: str, query: dict[str, str], headers: dict[str, str]
    ) -> Reply:
        """Answer one read; refusals come as the service would write them."""
        asked = Request.parse(method, target, {name.lower(): v for name, v in headers.items()})
        asked.query |= query
        try:
            route, names = find_route(asked, _PATTERNS)
            pager = Pager(asked, self._url, self._settings)
            return route.handler(_Call(asked, names, self._records, pager))
        except ServiceError as refusal:
            stamp = Stamp(str(uuid.UUID(int=0)), ticks(utc_now()), self._url)
            return refusal_reply(refusal, stamp)


def _list(kind: str, table: filterable.Table, *of: str) -> Callable[[_Call], Reply]:
    """Answers a list of documents by the ids in the path."""
    columns = _by_document(table)

    def handle(call: _Call) -> Reply:
        ids = [call.names[name] for name in of]
        found = call.documents(kind, *ids)
        return _page(call, kind, found, columns, call.records.missing(kind, *ids))

    return handle


def _tasks(call: _Call) -> Reply:
    """GET /jobs/{job}/tasks: tasks whole where they are, else how they ended if that suffices."""
    job_id, records = call.names["job"], call.records
    whole = call.documents("tasks", job_id)
    endings = records.documents("endings", job_id)
    missing = records.missing("tasks", job_id)
    if endings is not None and _ENDING.issuperset(call.selected):
        kept = {task["id"]: task for task in whole}
        ended = {task["id"] for task in endings}
        whole = [kept.get(task["id"], task) for task in endings]
        whole += [task for task in kept.values() if task["id"] not in ended]
        missing = set(missing) - {"failed", "succeeded"}
        missing |= set(records.missing("endings", job_id))
    return _page(call, "tasks", whole, _TASK_COLUMNS, missing)


def _page(
    call: _Call,
    kind: str,
    found: Sequence[Document],
    columns: filterable.Table,
    missing: Collection[str],
) -> Reply:
    """One page; a list breaks off where documents that were asked for are missing.

    So whoever needs its beginning gets that, and nobody takes a part for the whole.
    """
    wanted = call.request.query.get("$filter")
    probes = [_probe(sort) for sort in missing]
    if wanted is not None:
        matches = parse_filter(wanted, columns)
        probes = [probe for probe in probes if probe is None or matches(_Item(0, probe))]
    items = [_Item(seq, document) for seq, document in enumerate(found)]
    return call.pager.page(
        kind, items, lambda item: call.select(item.document), columns, breaks_off=bool(probes)
    )


def _probe(sort: str) -> Document | None:
    """A document like those that are missing, the one most likely to be asked for."""
    if not sort.startswith(_ENDED_BEFORE):
        return _PROBES.get(sort)
    since = parse_wire_time(sort.removeprefix(_ENDED_BEFORE))
    if since is None:
        return None
    return {"state": "completed", "stateTransitionTime": wire_time(since - 1)}


def _one(kind: str, *of: str) -> Callable[[_Call], Reply]:
    """Answers one document by the ids in the path."""

    def handle(call: _Call) -> Reply:
        ids = [call.names[name] for name in of]
        *parents, name = ids
        records, folded_name = call.records, name.lower()
        found = records.documents(kind, *parents)
        for document in found or ():
            if str(document.get("id")).lower() == folded_name:
                metadata = f"{call.pager.url}/$metadata#{kind}/@Element"
                return json_reply({"odata.metadata": metadata, **call.select(document)})
        missing = found is None or records.missing(kind, *parents)
        raise ServiceError("NotRecorded" if missing else _MISSING[kind])

    return handle


def _counts(call: _Call) -> Reply:
    """GET /jobs/{job}/taskcounts."""
    wanted = call.names["job"].lower()
    for found in call.documents("taskcounts"):
        if str(found["jobId"]).lower() == wanted:
            metadata = f"{call.pager.url}/$metadata#taskcountsresult/@Element"
            return json_reply({"odata.metadata": metadata, **found["document"]})
    raise ServiceError("NotRecorded" if call.records.missing("taskcounts") else "JobNotFound")


def _preparations(call: _Call) -> Reply:
    wanted = call.names["job"].lower()
    for job in call.documents("jobs"):
        prepares = bool({"jobPreparationTask", "jobReleaseTask"} & job.keys())
        if str(job["id"]).lower() == wanted and not prepares:
            raise ServiceError("JobPreparationTaskOrReleaseTaskNotSpecified")
    return _list("preparations", filterable.PREPARATIONS, "job")(call)


def _files(noun: str, *of: str) -> Callable[[_Call], Reply]:
    columns = _by_document(filterable.FILES)

    def handle(call: _Call) -> Reply:
        deep = call.request.query.get("recursive", "false").lower() == "true"
        found = call.documents("files", noun, *(call.names[name] for name in of))
        items = [
            _Item(seq, document)
            for seq, document in enumerate(found)
            if deep or "/" not in document["name"].replace("\\", "/")
        ]
        return call.pager.page("files", items, lambda item: item.document, columns)

    return handle


def _content(noun: str, *of: str) -> Callable[[_Call], Reply]:
    def handle(call: _Call) -> Reply:
        ids = [call.names[name] for name in of]
        key = (noun, *ids, call.names["path"])
        refused = call.records.refusal("content", *key)
        if refused is not None:
            raise refusal(refused)
        kept = call.records.content(*key)
        if kept is None:
            _refuse_missing(call, noun, ids)
        return content_reply(call.request, kept)

    return handle


def _refuse_missing(call: _Call, noun: str, ids: Sequence[str]) -> None:
    """Raise FileNotFound for a file that a recorded list has not; of others nothing is known."""
    listed = call.records.documents("files", noun, *ids)
    if listed is None or call.records.missing("files", noun, *ids):
        return
    path = call.names["path"].replace("\\", "/").rstrip("/")
    if all(str(each.get("name")).replace("\\", "/") != path for each in listed):
        raise ServiceError("FileNotFound")


def refusal(code: str) -> ServiceError:
    """A refusal by a code that was recorded; of one that is not known only that it was one."""
    return ServiceError(code if is_known(code) else "NotRecorded")


def _by_document(table: filterable.Table) -> filterable.Table:
    """The same table of filters, over documents instead of the sandbox's own objects."""
    return {
        name: Filterable(column.kind, column.operators, _reader(name.split("/"), column.kind))
        for name, column in table.items()
    }


def _reader(path: list[str], kind: Kind) -> Callable[[_Item], Any]:
    def read(item: _Item) -> Any:
        value: Any = item.document
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return parse_wire_time(value) if kind is Kind.TIME and isinstance(value, str) else value

    return read


_TASK_COLUMNS = _by_document(filterable.TASKS)
_NODE = "/pools/{pool}/nodes/{node}"
_TASK = "/jobs/{job}/tasks/{task}"
_ROUTES: tuple[Route[_Call], ...] = (
    Route("GET", "/pools", _list("pools", filterable.POOLS), LIST),
    Route("GET", "/pools/{pool}", _one("pools", "pool"), ITEM),
    Route("GET", "/supportedimages", _list("images", filterable.IMAGES), _COUNTED),
    Route("GET", "/nodecounts", _list("nodecounts", filterable.NODE_COUNTS), _COUNTED),
    Route("GET", "/pools/{pool}/nodes", _list("nodes", filterable.NODES, "pool"), LIST),
    Route("GET", _NODE, _one("nodes", "pool", "node"), ITEM),
    Route("GET", "/jobs", _list("jobs", filterable.JOBS), LIST),
    Route("GET", "/jobs/{job}", _one("jobs", "job"), ITEM),
    Route("GET", "/jobs/{job}/taskcounts", _counts),
    Route("GET", "/jobs/{job}/jobpreparationandreleasetaskstatus", _preparations, LIST),
    Route("GET", "/jobs/{job}/tasks", _tasks, LIST),
    Route("GET", _TASK, _one("tasks", "job", "task"), ITEM),
    Route("GET", _TASK + "/files", _files("jobs", "job", "task"), FILES),
    Route("GET", _TASK + "/files/{path*}", _content("jobs", "job", "task")),
    Route("HEAD", _TASK + "/files/{path*}", _content("jobs", "job", "task")),
    Route("GET", _NODE + "/files", _files("pools", "pool", "node"), FILES),
    Route("GET", _NODE + "/files/{path*}", _content("pools", "pool", "node")),
    Route("HEAD", _NODE + "/files/{path*}", _content("pools", "pool", "node")),
)
_PATTERNS = [(route, route.pattern()) for route in _ROUTES]
