"""How to log in to a node, as a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.problem import Problem
from batchdoctor.core.text.times import utc_text
from batchdoctor.report.document import Document, Ending, Item
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Commands, Pairs

KEYS = (
    "poolId",
    "nodeId",
    "user",
    "expiryTime",
    "protocol",
    "remoteLoginIPAddress",
    "remoteLoginPort",
    "command",
    "rdpFile",
    "outcome",
)


class LoginAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `node login`; without `address` there is nowhere to log in to."""

    head: Head
    pool_id: str
    node_id: str
    user: str
    outcome: str
    expiry_time: datetime | None = None
    protocol: str | None = None
    address: str | None = None
    port: int | None = None
    command: str | None = None
    rdp_file: str | None = None
    problems: Sequence[Problem] = ()

    def document(self) -> Document:
        """The node as the only item."""
        return Document(
            head=self.head,
            keys=KEYS,
            items=iter([self._item()]),
            ending=self._ending,
            name_of=lambda item: f"{item['poolId']}/{item['nodeId']}",
        )

    def _item(self) -> Item:
        return {
            "poolId": self.pool_id,
            "nodeId": self.node_id,
            "user": self.user,
            "expiryTime": utc_text(self.expiry_time),
            "protocol": self.protocol,
            "remoteLoginIPAddress": self.address,
            "remoteLoginPort": self.port,
            "command": self.command,
            "rdpFile": self.rdp_file,
            "outcome": self.outcome,
        }

    def _ending(self) -> Ending:
        name = f"{self.pool_id}/{self.node_id}"
        return Ending(
            summary={"user": self.user, "outcome": self.outcome},
            problems=self.problems,
            page=self._page(name),
            verdict=self._verdict(name),
        )

    def _verdict(self, name: str) -> str:
        if self.outcome == "planned":
            return f"Nothing was done about the user {self.user} on {name}."
        return f"The user {self.user} is {self.outcome} on {name}."

    def _page(self, name: str) -> Sequence[Block]:
        if self.expiry_time is None or self.outcome == "planned":
            return ()
        facts = [("user", self.user), ("expires", utc_text(self.expiry_time) or "")]
        if self.address:
            facts.append(("address", f"{self.address} port {self.port} ({self.protocol})"))
        rows = [("", self.command)] if self.command else []
        if self.rdp_file:
            facts.append(("file", self.rdp_file))
        remove = f"batchdoctor node login {name} --user {self.user} --remove"
        return (
            Pairs(facts),
            Commands("Log in", [*rows, ("When you are done", remove)]),
        )
