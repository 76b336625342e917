"""How to log in to a node, as a document."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from batchdoctor.core.nodes.login import LoginOutcome, LoginSummary, NodeLogin
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.times import utc_text
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Commands, Pairs


class LoginAnswer(msgspec.Struct, frozen=True):
    """The answer of `node login`."""

    head: Head
    login: NodeLogin
    problems: Sequence[Problem] = ()

    def document(self) -> Document[NodeLogin]:
        """The node as the only item."""
        return Document(
            head=self.head,
            item_type=NodeLogin,
            items=iter([self.login]),
            ending=self._ending,
            name_of=lambda item: item.name,
        )

    def _ending(self) -> Ending:
        login = self.login
        return Ending(
            summary=LoginSummary(user=login.user, outcome=login.outcome),
            problems=self.problems,
            page=_page(login),
            verdict=_verdict(login),
        )


def _verdict(login: NodeLogin) -> str:
    if login.outcome is LoginOutcome.PLANNED:
        return f"Nothing was done about the user {login.user} on {login.name}."
    return f"The user {login.user} is {login.outcome} on {login.name}."


def _page(login: NodeLogin) -> Sequence[Block]:
    if login.expiry_time is None or login.outcome is LoginOutcome.PLANNED:
        return ()
    facts = [("user", login.user), ("expires", utc_text(login.expiry_time) or "")]
    if login.address:
        facts.append(("address", f"{login.address} port {login.port} ({login.protocol})"))
    rows = [("", login.command)] if login.command else []
    if login.rdp_file:
        facts.append(("file", login.rdp_file))
    remove = f"batchdoctor node login {login.name} --user {login.user} --remove"
    return (
        Pairs(facts),
        Commands("Log in", [*rows, ("When you are done", remove)]),
    )
