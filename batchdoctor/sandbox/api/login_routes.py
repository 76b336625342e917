"""Logging in to a node, and having it send its logs: users, addresses, uploads."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from batchdoctor.sandbox.account.model import Node
from batchdoctor.sandbox.account.node_life import require
from batchdoctor.sandbox.api.call import Call
from batchdoctor.sandbox.clock import parse_wire_time
from batchdoctor.sandbox.protocol.bodies import Member, read_body
from batchdoctor.sandbox.protocol.refusals import ServiceError, bad_property
from batchdoctor.sandbox.wire.messages import Reply

_USABLE = {"idle", "running"}
_TALKING = {"idle", "running", "offline", "starttaskfailed", "waitingforstarttask"}
_LOG_FILES = 7
_USER = {"password": Member(str), "expiryTime": Member(str), "sshPublicKey": Member(str)}


def _node(call: Call) -> Node:
    return call.store.node(call.names["pool"], call.names["node"])


def _user_body(call: Call, node: Node, members: dict[str, Member]) -> dict[str, Any]:
    body = read_body(call.request, members)
    expiry = body.get("expiryTime")
    if expiry is not None and parse_wire_time(expiry) is None:
        raise bad_property("expiryTime", expiry, "The value is not a time.")
    if node.pool.windows and body.get("sshPublicKey"):
        raise bad_property("sshPublicKey", "...", "Windows nodes take no SSH key.")
    if node.pool.windows and not body.get("password"):
        raise ServiceError("MissingRequiredProperty", PropertyName="password")
    return body


def create_user(call: Call) -> Reply:
    """POST /pools/{pool}/nodes/{node}/users."""
    node = _node(call)
    members = {"name": Member(str, required=True), "isAdmin": Member(bool), **_USER}
    body = _user_body(call, node, members)
    require(node, _USABLE, "OperationInvalidForCurrentState")
    name = body.pop("name")
    if name.lower() in node.users:
        raise ServiceError("NodeUserExists")
    node.users[name.lower()] = body
    reply = call.done(201)
    location = f"{reply.headers['DataServiceId']}/{name}"
    return Reply(201, headers={"DataServiceId": location, "Location": location})


def replace_user(call: Call) -> Reply:
    """PUT /pools/{pool}/nodes/{node}/users/{user}."""
    node, user = _known_user(call)
    body = _user_body(call, node, _USER)
    admin = node.users[user].get("isAdmin", False)
    node.users[user] = body | {"isAdmin": admin}
    return call.done(200)


def delete_user(call: Call) -> Reply:
    """DELETE /pools/{pool}/nodes/{node}/users/{user}."""
    node, user = _known_user(call)
    del node.users[user]
    return Reply(200)


def _known_user(call: Call) -> tuple[Node, str]:
    node, user = _node(call), call.names["user"].lower()
    require(node, _USABLE, "OperationInvalidForCurrentState")
    if user not in node.users:
        raise ServiceError("NodeUserNotFound")
    return node, user


def remote_login(call: Call) -> Reply:
    """GET /pools/{pool}/nodes/{node}/remoteloginsettings."""
    node = _node(call)
    if node.booted is None:
        raise ServiceError("NodeNotReady")
    settings = {"remoteLoginIPAddress": node.public_ip, "remoteLoginPort": node.port}
    reply = call.answer("RemoteLoginSettings", settings)
    return replace(reply, headers={**reply.headers, **call.done(200).headers})


def upload_logs(call: Call) -> Reply:
    """POST /pools/{pool}/nodes/{node}/uploadbatchservicelogs."""
    node = _node(call)
    members = {
        "containerUrl": Member(str, required=True),
        "startTime": Member(str, required=True),
        "endTime": Member(str),
        "identityReference": Member(dict),
    }
    body = read_body(call.request, members)
    for name in ("startTime", "endTime"):
        if body.get(name) is not None and parse_wire_time(body[name]) is None:
            raise bad_property(name, body[name], "The value is not a time.")
    if not body["containerUrl"].startswith(("http://", "https://")):
        raise bad_property("containerUrl", body["containerUrl"], "The value is not an address.")
    if not node.reachable or node.state not in _TALKING:
        require(node, set(), "NodeNotReady")
    unique = hashlib.sha256(f"{node.id}{call.store.now}".encode()).hexdigest()[:32]
    folder = f"{node.pool.id}/{node.id}/{unique}"
    document = {"virtualDirectoryName": folder, "numberOfFilesUploaded": _LOG_FILES}
    return call.answer("UploadBatchServiceLogsResult", document)
