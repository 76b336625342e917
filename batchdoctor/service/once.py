"""Carrying out a change once, over a wire that may lose the answer after the service acted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec

from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Node, Record, same
from batchdoctor.errors import (
    BatchdoctorError,
    NotFoundError,
    StateError,
    UncertainError,
)
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault, fault_of_body
from batchdoctor.service.paging import decode
from batchdoctor.service.properties import NODE_PROPERTIES
from batchdoctor.service.query import parameters, path
from batchdoctor.service.transport import Request

# How the service says yes to a change of a node, and to one that it carries out at once.
# https://learn.microsoft.com/rest/api/batchservice/nodes
ACCEPTED = frozenset({200, 202})
CARRIED_OUT = frozenset({204})
RecordType = TypeVar("RecordType", bound=Record)


class Effect(StrEnum):
    """Whether the object was changed now, or was as asked before."""

    CHANGED = "changed"
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What a change came to, and the service's id of the request that showed it, if it told one."""

    outcome: Effect
    request_id: str | None = None


def carry_out(
    client: Client,
    change: Request,
    operation: str,
    settled: Callable[[BatchdoctorError, bool], bool],
    happened: Callable[[float], bool] | None = None,
    *,
    accepted: Collection[int] = ACCEPTED,
    confirmed: bool = True,
) -> ActionResult:
    """Send a change that may be sent again, until the service answers.

    `accepted` are the statuses with which it says yes; anybody between may answer another success.

    When it refuses, because the object is not in the state or not there, `settled(refusal, lost)`
    says whether the object is as asked all the same; `lost` is whether an earlier attempt of ours
    may have acted. Raises the refusal otherwise, and `UncertainError` when nobody can tell.

    A change that the service would take a second time has `happened(seconds)`: it reads, before
    anything is sent again, whether an earlier attempt acted, whatever the answer to that one was.
    Unless a yes is `confirmed` by its status alone, it is read after one, too.
    """
    sent = lost = False

    def attempt(limit: float) -> ActionResult:
        nonlocal sent, lost
        until = client.retry.clock() + limit
        if sent and happened and happened(limit):
            return ActionResult(Effect.CHANGED)
        sent = True
        try:
            result = _send(client, change, until, accepted)
            if happened and not confirmed and _is_untrue(client, happened, until):
                raise Fault(
                    "the service said yes, and nothing came of it", passing=True, acted=True
                )
        except Fault as fault:
            lost = lost or fault.acted
            raise
        return result

    try:
        try:
            return client.retry.run(operation, attempt)
        except (StateError, NotFoundError) as refusal:
            if not settled(refusal, lost):
                raise
            outcome = Effect.CHANGED if lost else Effect.ALREADY
            return ActionResult(outcome, refusal.request_id)
    except BatchdoctorError as error:
        if lost and not _tells_of_the_object(error):
            raise _uncertain(error) from error
        raise


@dataclass(frozen=True, slots=True)
class Restart:
    """A way to restart a node: its verb, the state it brings, the refusal while it is under way."""

    verb: str
    state: str
    under_way: str


REBOOT = Restart("reboot", "rebooting", "NodeBeingRebooted")
REIMAGE = Restart("reimage", "reimaging", "NodeBeingReimaged")


def restart(
    client: Client, pool_id: str, node_id: str, change: Request, kind: Restart
) -> ActionResult:
    """Send a reboot or reimage, which is never just repeated: a second one is a second outage.

    State and boot time of the node are read before the request, and again after every attempt that
    failed. It is sent again only when the node shows no trace of the first one.
    """
    before: Node | None = None
    lost = False
    target = path("pools", pool_id, "nodes", node_id)

    def attempt(limit: float) -> ActionResult:
        nonlocal before, lost
        until = client.retry.clock() + limit
        node = read_once(client, Node, target, NODE_PROPERTIES, limit)
        before = before or node
        if _restarted(node, before, kind.state):
            return ActionResult(Effect.CHANGED if lost else Effect.ALREADY)
        try:
            return _send(client, change, until, ACCEPTED)
        except Fault as fault:
            lost = lost or fault.acted
            raise

    try:
        return client.retry.run(f"{kind.verb} node {pool_id}/{node_id}", attempt)
    except BatchdoctorError as error:
        # The node may still be waiting for its tasks to end, and show no trace until then.
        if isinstance(error, StateError) and has_code(error, kind.under_way):
            return ActionResult(Effect.CHANGED if lost else Effect.ALREADY, error.request_id)
        if lost and not _tells_of_the_object(error):
            raise _uncertain(error) from error
        raise


def _send(client: Client, change: Request, until: float, accepted: Collection[int]) -> ActionResult:
    """Send a change once; raises `Fault`, also when somebody else than the service answers."""
    answer = client.transport.exchange(change, max(until - client.retry.clock(), 0.001))
    if answer.status not in accepted:
        raise Fault(
            f"the answer is HTTP {answer.status}, which the Batch service does not say to this",
            passing=True,
            acted=True,
            status=answer.status,
            hint="A proxy may stand between; check the endpoint and HTTPS_PROXY.",
        )
    if answer.body:
        # The service accepts a change with an empty answer. A sign-in page says 200 as well.
        raise fault_of_body(answer.body, "it should be empty")
    return ActionResult(Effect.CHANGED, answer.headers.get("request-id"))


def _is_untrue(client: Client, happened: Callable[[float], bool], until: float) -> bool:
    """Whether it can be seen that a yes was none; one that cannot be looked up stands."""
    try:
        return not happened(max(until - client.retry.clock(), 0.001))
    except (Fault, BatchdoctorError):
        return False


def _tells_of_the_object(error: BatchdoctorError) -> bool:
    """Whether the service refused for what the object is, and its words could be read.

    Everything else, such as a token that ran out, says nothing about an attempt that was lost; nor
    does a pool that is being resized, perhaps because of just that one.
    """
    told = isinstance(error, (StateError, NotFoundError)) and error.code is not None
    return told and not has_code(error, "PoolBeingResized")


def _uncertain(error: BatchdoctorError) -> UncertainError:
    return UncertainError(
        f"{error.message} An earlier attempt may have been carried out all the same.",
        hint=error.hint or "Look at it, or run the same command again: it is not done twice.",
        code=error.code,
        request_id=error.request_id,
    )


def has_code(error: BatchdoctorError, code: str) -> bool:
    """Whether an error carries this code of the service, whatever its case."""
    return same(error.code, code)


def read_once(
    client: Client, record: type[RecordType], target: str, select: str, limit: float
) -> RecordType:
    """Read an object in one exchange: the retry around it is the change's own. Raises `Fault`."""
    request = Request("GET", target, parameters(select=select))
    answer = client.transport.exchange(request, limit)
    return decode(msgspec.json.Decoder(record), answer.body)


def _restarted(node: Node, before: Node, state: str) -> bool:
    """Whether a node is restarting as asked, or has done so since `before`."""
    if same(node.state, state):
        return True
    if node.last_boot_time is not None and node.last_boot_time != before.last_boot_time:
        return True
    moved = node.state_transition_time != before.state_transition_time
    return moved and has_trait(node.state, Trait.BOOTS)
