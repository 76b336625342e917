"""The JSON Schemas of the documents, made from the very structs that are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from batchdoctor.core.bundle_item import BundlePart, BundleSummary
from batchdoctor.core.changed import (
    ChangedJob,
    ChangedNode,
    OutcomeCounts,
    ReactivatedTask,
    ReactivationCounts,
    SentLogs,
    SentLogsCounts,
)
from batchdoctor.core.comparison.difference import CompareSummary, Difference
from batchdoctor.core.configured import (
    ProfileItem,
    ProfilesSummary,
    SettingItem,
    SettingsSummary,
)
from batchdoctor.core.cost.item import CostItem, CostSummary
from batchdoctor.core.failures.item import (
    FailedTask,
    FailedTaskWithStderr,
    FailureGroup,
    FailureGroupWithStderr,
    FailureSummary,
    MessageGroup,
)
from batchdoctor.core.failures.task_item import TaskItem, TaskSummary
from batchdoctor.core.file_match import FileMatch, MatchingFile, SearchSummary
from batchdoctor.core.files import FilesSummary, ListedFile
from batchdoctor.core.findings.item import FindingItem, FindingsSummary
from batchdoctor.core.findings.of_account import AccountFinding
from batchdoctor.core.inventory.jobs import ListedJob
from batchdoctor.core.inventory.nodes import ListedNode
from batchdoctor.core.inventory.pools import ListedPool
from batchdoctor.core.inventory.summary import ListSummary
from batchdoctor.core.inventory.tasks import ListedTask
from batchdoctor.core.item import Item
from batchdoctor.core.kept import KeptPath, KeptSummary
from batchdoctor.core.log.items import BucketItem, EventItem, UnfinishedItem
from batchdoctor.core.log.shard_items import MappedPart, MapSummary, ReducedShard, ReduceSummary
from batchdoctor.core.log.submitted import SubmitSummary, SubmittedTask
from batchdoctor.core.log.summary_item import LogSummary
from batchdoctor.core.meaning.item import Meaning, MeaningSummary
from batchdoctor.core.meaning.message_test import TestedMessage, TestSummary
from batchdoctor.core.nodes.login import LoginSummary, NodeLogin
from batchdoctor.core.notices.item import NoticeItem, NoticeSummary
from batchdoctor.core.sign_in import Check, SignInSummary
from batchdoctor.core.suspicion.item import SuspectItem, SuspectSummary
from batchdoctor.core.suspicion.node_item import NodeItem, NodeSummary
from batchdoctor.core.text.wording import plural
from batchdoctor.core.timeline.item import HappeningItem, TimelineSummary
from batchdoctor.core.waits.item import WaitItem, WaitSummary
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.envelope import Envelope
from batchdoctor.report.head import Head
from batchdoctor.report.page import Column
from batchdoctor.report.scenarios import Scenario, ScenarioSummary

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEMPLATE = "#/$defs/{name}"


class Answer(msgspec.Struct, frozen=True):
    """What a command answers with: its summary, and the kinds of item it may have."""

    summary: type[Item]
    items: tuple[type[Item], ...]


class SchemaItem(Item, frozen=True, kw_only=True):
    """A command whose document has a schema; `items` are the names of the kinds of its items."""

    command: str
    items: tuple[str, ...]


class SchemaSummary(Item, frozen=True, kw_only=True):
    """How many there are."""

    schemas: int


_TIMELINE = Answer(TimelineSummary, (HappeningItem,))
_FINDINGS = Answer(FindingsSummary, (FindingItem,))
_LOG_ITEMS = (FailedTask, SuspectItem, EventItem, UnfinishedItem, BucketItem, MessageGroup)
_FAILURES = (
    *(FailedTask, FailedTaskWithStderr),
    *(FailureGroup, FailureGroupWithStderr, MessageGroup),
)
_COMPARED = Answer(CompareSummary, (Difference,))
_WAIT = Answer(WaitSummary, (WaitItem,))
_CHANGES = Answer(OutcomeCounts, (ChangedNode,))
_JOB_CHANGES = Answer(OutcomeCounts, (ChangedJob,))

ANSWERS: Mapping[str, Answer] = {
    "triage": Answer(FindingsSummary, (FindingItem, AccountFinding)),
    # What its --notify posts, or writes into a file.
    "triage notify": Answer(NoticeSummary, (NoticeItem,)),
    "cost": Answer(CostSummary, (CostItem,)),
    "timeline": _TIMELINE,
    "pool diagnose": _FINDINGS,
    "job diagnose": _FINDINGS,
    "jobs list": Answer(ListSummary, (ListedJob,)),
    "pools list": Answer(ListSummary, (ListedPool,)),
    "nodes list": Answer(ListSummary, (ListedNode,)),
    "tasks list": Answer(ListSummary, (ListedTask,)),
    "bundle": Answer(BundleSummary, (BundlePart,)),
    "compare jobs": _COMPARED,
    "compare tasks": _COMPARED,
    "compare nodes": _COMPARED,
    "compare logs": _COMPARED,
    "compare bundles": _COMPARED,
    "wait job": _WAIT,
    "wait pool": _WAIT,
    "wait node": _WAIT,
    "wait task": _WAIT,
    "tasks failed": Answer(FailureSummary, _FAILURES),
    "tasks reactivate": Answer(ReactivationCounts, (ReactivatedTask,)),
    "job disable": _JOB_CHANGES,
    "job enable": _JOB_CHANGES,
    "job terminate": _JOB_CHANGES,
    "task terminate": _JOB_CHANGES,
    "task show": Answer(TaskSummary, (TaskItem,)),
    "nodes suspect": Answer(SuspectSummary, (SuspectItem,)),
    "node show": Answer(NodeSummary, (NodeItem,)),
    "node disable": _CHANGES,
    "node enable": _CHANGES,
    "node reboot": _CHANGES,
    "node reimage": _CHANGES,
    "node remove": _CHANGES,
    "node start": _CHANGES,
    "node deallocate": _CHANGES,
    "node login": Answer(LoginSummary, (NodeLogin,)),
    "node logs": Answer(SentLogsCounts, (SentLogs,)),
    "files list": Answer(FilesSummary, (ListedFile,)),
    "files grep": Answer(SearchSummary, (FileMatch, MatchingFile)),
    "events parse": Answer(LogSummary, _LOG_ITEMS),
    "events query": Answer(LogSummary, _LOG_ITEMS),
    "events map": Answer(MapSummary, (MappedPart,)),
    "events reduce": Answer(ReduceSummary, (ReducedShard,)),
    # With --dry-run or --no-wait; after the wait it is that of `events parse`.
    "events submit": Answer(SubmitSummary, (SubmittedTask,)),
    "events reduce final": Answer(LogSummary, (SuspectItem, BucketItem)),
    "messages test": Answer(TestSummary, (TestedMessage,)),
    "explain": Answer(MeaningSummary, (Meaning,)),
    "config show": Answer(SettingsSummary, (SettingItem,)),
    "config profiles": Answer(ProfilesSummary, (ProfileItem,)),
    "auth check": Answer(SignInSummary, (Check,)),
    "config paths": Answer(KeptSummary, (KeptPath,)),
    "sandbox scenarios": Answer(ScenarioSummary, (Scenario,)),
    "schema": Answer(SchemaSummary, (SchemaItem,)),
}


def schema_of(command: str) -> dict[str, Any]:
    """The JSON Schema of `-o json` of a command. Raises KeyError for one that has none."""
    schema = schema_around(Envelope, ANSWERS[command])
    return {"$schema": _DIALECT, **schema, "title": f"batchdoctor {command}"}


def schema_around(envelope: Any, answer: Answer) -> dict[str, Any]:
    """The schema of an envelope, a generic struct of a summary and items, around an answer."""
    kinds = [envelope[answer.summary, Item], *answer.items]
    (document, *items), parts = msgspec.json.schema_components(kinds, ref_template=_TEMPLATE)
    for part in parts.values():
        _complete(part)
    root = parts.pop(document["$ref"].rpartition("/")[2])
    parts.pop("Item")
    root["properties"]["items"]["items"] = items[0] if len(items) == 1 else {"anyOf": items}
    return {**root, "$defs": parts}


def _complete(part: dict[str, Any]) -> None:
    """Say that every key is there: those with a default are written too, only UNSET ones are not.

    Texts of several lines become one.
    """
    if "description" in part:
        part["description"] = " ".join(part["description"].split())
    for key, kind in part.get("properties", {}).items():
        if "default" in kind:
            del kind["default"]
            part["required"].append(key)


def schema_list(head: Head) -> Document[SchemaItem]:
    """Every command whose document has a schema."""
    ending = Ending(
        summary=SchemaSummary(schemas=len(ANSWERS)),
        problems=(),
        page=(),
        verdict=f"{plural(len(ANSWERS), 'schema')}: batchdoctor schema COMMAND",
    )
    return Document(
        head=head,
        item_type=SchemaItem,
        items=iter(
            SchemaItem(command=command, items=tuple(kind.__name__ for kind in answer.items))
            for command, answer in ANSWERS.items()
        ),
        ending=lambda: ending,
        name_of=lambda item: item.command,
        columns=(
            Column("COMMAND", lambda item: item.command),
            Column("ITEMS", lambda item: ", ".join(item.items), lead=False),
        ),
    )
