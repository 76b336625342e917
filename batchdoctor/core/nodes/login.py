"""A way in to a node as an item of an answer."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from batchdoctor.core.item import Item, Moment


class LoginOutcome(StrEnum):
    """What became of the user on the node."""

    THERE = "there"
    PLANNED = "planned"
    DELETED = "deleted"
    GONE = "gone"
    """There was none to delete."""


class NodeLogin(Item, frozen=True, kw_only=True):
    """How to log in to a node; without an address there is nowhere to log in to."""

    pool_id: str
    node_id: str
    user: str
    expiry_time: Moment | None
    protocol: str | None = None
    address: str | None = msgspec.field(default=None, name="remoteLoginIPAddress")
    port: int | None = msgspec.field(default=None, name="remoteLoginPort")
    command: str | None = None
    rdp_file: str | None = None
    outcome: LoginOutcome = LoginOutcome.THERE

    @property
    def name(self) -> str:
        """`POOL/NODE`."""
        return f"{self.pool_id}/{self.node_id}"


class LoginSummary(Item, frozen=True, kw_only=True):
    """The user and what became of it."""

    user: str
    outcome: LoginOutcome
