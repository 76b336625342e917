"""Getting at a node: users that expire, its address, and its agent's logs sent to a container.

https://learn.microsoft.com/rest/api/batchservice/nodes
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from batchdoctor.core.records import Record
from batchdoctor.core.records.access import LogUpload, PoolAccess, RemoteLogin
from batchdoctor.errors import BatchdoctorError, StateError, UncertainError
from batchdoctor.service.client import Client
from batchdoctor.service.faults import Fault
from batchdoctor.service.once import ActionResult, carry_out, has_code
from batchdoctor.service.paging import decode
from batchdoctor.service.query import parameters, path, utc
from batchdoctor.service.transport import Request

RecordType = TypeVar("RecordType", bound=Record)
_CREATED = frozenset({201})
_ACCESS = "virtualMachineConfiguration,networkConfiguration"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeUser:
    """A user of a node: signs in with a public key (Linux) or a password."""

    name: str
    expiry_time: datetime
    is_admin: bool = False
    ssh_public_key: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PutUser:
    """What became of a user; one that was `found` stays an administrator or not, as it was."""

    found: bool
    request_id: str | None = None


def pool_access(client: Client, pool_id: str) -> PoolAccess:
    """Read which system a pool's nodes run, and which ports it lets in."""
    target = path("pools", pool_id)
    return _read(
        client, PoolAccess, Request("GET", target, parameters(select=_ACCESS)), "read pool"
    )


def remote_login(client: Client, pool_id: str, node_id: str) -> RemoteLogin:
    """Ask for the address and port at which a node takes SSH or RDP."""
    request = Request("GET", _node(pool_id, node_id, "remoteloginsettings"), parameters())
    operation = f"ask for the address of node {pool_id}/{node_id}"
    return _read(client, RemoteLogin, request, operation)


def put_user(client: Client, pool_id: str, node_id: str, user: NodeUser) -> PutUser:
    """Create a user, or give one that is there the new key, password and expiry time.

    The service changes nothing else of a user that is there
    (https://learn.microsoft.com/rest/api/batchservice/nodes/replace-node-user).
    """
    body: dict[str, object] = {"expiryTime": utc(user.expiry_time)}
    if user.ssh_public_key is not None:
        body["sshPublicKey"] = user.ssh_public_key
    if user.password is not None:
        body["password"] = user.password
    operation = f"create the user {user.name} on node {pool_id}/{node_id}"
    create = Request(
        "POST",
        _node(pool_id, node_id, "users"),
        parameters(),
        body={"name": user.name, "isAdmin": user.is_admin, **body},
    )
    try:
        created = carry_out(
            client, create, operation, lambda _refusal, _lost: False, accepted=_CREATED
        )
        return PutUser(found=False, request_id=created.request_id)
    except StateError as refusal:
        if not has_code(refusal, "NodeUserExists"):
            raise
    replace = Request("PUT", _node(pool_id, node_id, "users", user.name), parameters(), body=body)
    replaced = carry_out(client, replace, operation, lambda _refusal, _lost: False)
    return PutUser(found=True, request_id=replaced.request_id)


def delete_user(client: Client, pool_id: str, node_id: str, name: str) -> ActionResult:
    """Delete a user; one that is not there is a success."""

    def gone(refusal: BatchdoctorError, _lost: bool) -> bool:  # noqa: FBT001 - as carry_out asks
        return has_code(refusal, "NodeUserNotFound")

    request = Request("DELETE", _node(pool_id, node_id, "users", name), parameters())
    return carry_out(client, request, f"delete the user {name} of node {pool_id}/{node_id}", gone)


def upload_logs(
    client: Client,
    pool_id: str,
    node_id: str,
    container_url: str,
    since: datetime,
    identity: str | None = None,
) -> LogUpload:
    """Have a node send its agent's logs since a time to a blob container.

    `container_url` carries a signature with the right to write, unless `identity` names a managed
    identity of the pool that has it. Asking twice sends the logs twice, into folders of their own,
    and only an answer names its folder: so what may have been carried out is not asked for again,
    but raises UncertainError.
    """
    body: dict[str, object] = {"containerUrl": container_url, "startTime": utc(since)}
    if identity is not None:
        body["identityReference"] = {"resourceId": identity}
    target = _node(pool_id, node_id, "uploadbatchservicelogs")
    request = Request("POST", target, parameters(), body=body)
    operation = f"have node {pool_id}/{node_id} send its logs"
    decoder = msgspec.json.Decoder(LogUpload)

    def attempt(limit: float) -> LogUpload:
        try:
            return decode(decoder, client.transport.exchange(request, limit).body)
        except Fault as fault:
            if fault.acted and not fault.throttled:
                raise _uncertain(fault, operation) from fault
            raise

    return client.retry.run(operation, attempt)


def _uncertain(fault: Fault, operation: str) -> UncertainError:
    error = fault.error(operation)
    return UncertainError(
        f"{error.message} It may send them all the same.",
        hint="Look into the container after some minutes, before you ask again.",
        code=error.code,
        request_id=error.request_id,
    )


def _read(client: Client, record: type[RecordType], request: Request, operation: str) -> RecordType:
    decoder = msgspec.json.Decoder(record)

    def attempt(limit: float) -> RecordType:
        return decode(decoder, client.transport.exchange(request, limit).body)

    return client.retry.run(operation, attempt)


def _node(pool_id: str, node_id: str, *more: str) -> str:
    return path("pools", pool_id, "nodes", node_id, *more)
